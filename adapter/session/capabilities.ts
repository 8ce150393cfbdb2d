import type { DebugProtocol } from '@vscode/debugprotocol';
import { EXCEPTION_BREAKPOINT_FILTERS } from './breakpoints/exception-filters.ts';

/** What the session can do: nothing is listed that a handler does not answer. */
export const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsFunctionBreakpoints: true,
  supportsInstructionBreakpoints: true,
  supportsDataBreakpoints: true,
  supportsDataBreakpointBytes: true,
  supportsBreakpointLocationsRequest: true,
  exceptionBreakpointFilters: EXCEPTION_BREAKPOINT_FILTERS,
  supportsExceptionInfoRequest: true,
  supportsStepBack: true,
  supportsSteppingGranularity: true,
  supportsRestartRequest: true,
  supportsRestartFrame: true,
  supportsGotoTargetsRequest: true,
  supportsTerminateRequest: true,
  supportsCancelRequest: true,
  supportsDelayedStackTraceLoading: true,
  supportsLoadedSourcesRequest: true,
  supportsModulesRequest: true,
  supportsDisassembleRequest: true,
  supportsReadMemoryRequest: true,
  supportsEvaluateForHovers: true,
  supportsClipboardContext: true,
  supportsCompletionsRequest: true,
  completionTriggerCharacters: ['/', '$', '.', '>'],
  supportsValueFormattingOptions: true,
  supportsANSIStyling: true,
};
