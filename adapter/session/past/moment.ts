import type { DebugProtocol } from '@vscode/debugprotocol';
import { formatAddress } from '../address.ts';
import type { Client } from '../client.ts';
import type { Debuggee } from '../debuggee.ts';

/** A moment of the past as clients are told of it; `retrograde/travel` goes there. */
export interface Moment {
  readonly counter: number;
  /** The instruction about to execute. */
  readonly instructionReference: string;
  /** The function that holds it, or the innermost one inlined there. */
  readonly function?: string;
  readonly source?: DebugProtocol.Source;
  readonly line?: number;
}

/** Tells of the moment at which a hart was about to execute the instruction at `pc`. */
export async function momentOf(
  { program, sources }: Debuggee,
  client: Client,
  counter: number,
  pc: bigint,
): Promise<Moment> {
  const [innermost] = program.functionsBefore(pc);
  const position = innermost?.position ?? program.positionAt(pc);
  const name = innermost?.name ?? program.symbolAt(pc)?.name;
  return {
    counter,
    instructionReference: formatAddress(pc),
    ...(name === undefined ? {} : { function: name }),
    ...(position === undefined
      ? {}
      : { source: await sources.toClient(position.file), line: client.lineToClient(position.line) }),
  };
}

/** `task.c:83 in scheduler, counter 1,234,567`. */
export function momentText({ counter, function: name, source, line, instructionReference }: Moment): string {
  const place = source?.name === undefined || line === undefined ? instructionReference : `${source.name}:${line}`;
  return `${place}${name === undefined ? '' : ` in ${name}`}, counter ${counter.toLocaleString('en')}`;
}
