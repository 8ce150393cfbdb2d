import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { record, TestSession } from './debug-session.ts';

const FOLDER = fileURLToPath(new URL('../../guests/values', import.meta.url));
let recorded: Promise<string> | undefined;

/** A session on the program that has one object of each kind, in `stop_here`, called by `show`. */
export async function sessionOnValues(): Promise<TestSession> {
  recorded ??= record(
    { kernel: path.join(FOLDER, 'values.elf'), firmware: 'none', memory: '16M', seed: '0'.repeat(64) },
    'values.retrograde',
  );
  const session = await TestSession.start({ supportsInvalidatedEvent: true, supportsMemoryEvent: true });
  await session.attach({ recording: await recorded, at: 'start', sourceRoots: [FOLDER] });
  await session.breakAtFunctions('stop_here');
  await session.continue();
  await session.breakAtFunctions();
  return session;
}

/** The frame of a function on the stack. */
export async function frameOf(session: TestSession, name: string): Promise<number> {
  const frame = (await session.stack()).find((one) => one.name === name);
  if (frame === undefined) throw new Error(`${name} is not on the stack.`);
  return frame.id;
}

/** The variables of a scope of a frame, and the reference that they were had by. */
export async function scopeOf(
  session: TestSession,
  frameId: number,
  name: string,
): Promise<{ readonly reference: number; readonly variables: readonly DebugProtocol.Variable[] }> {
  const { scopes } = (await session.client.scopesRequest({ frameId })).body;
  const reference = scopes.find((one) => one.name === name)?.variablesReference ?? 0;
  return { reference, variables: await partsOf(session, reference) };
}

export async function partsOf(session: TestSession, reference: number): Promise<readonly DebugProtocol.Variable[]> {
  return (await session.client.variablesRequest({ variablesReference: reference })).body.variables;
}
