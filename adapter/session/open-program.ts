import type { TimelineContract } from '../../emulator/replay/timeline.ts';
import type { SymbolConfiguration } from './configuration/shared.ts';
import type { SourceFiles } from './host.ts';
import type { Program } from './program.ts';

export async function openProgram(
  timeline: TimelineContract,
  configuration: SymbolConfiguration,
  files: SourceFiles,
): Promise<{ readonly program: Program; readonly remarks: readonly string[] }> {
  await Promise.resolve();
  throw new Error(`${timeline.counter} ${configuration.symbols} ${typeof files}`);
}
