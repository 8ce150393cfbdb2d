import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { record, TestSession } from './debug-session.ts';

const guests = fileURLToPath(new URL('../../guests', import.meta.url));

export const CALLS_SOURCE = path.join(guests, 'calls/calls.c');

/** A session at the start of a recording of test/guests/calls, whose functions pass on and forget what they were given. */
export async function callsSession(): Promise<TestSession> {
  const kernel = path.join(guests, 'calls/calls.elf');
  const machine = { kernel, memory: '16M', rtc: '2026-01-01T00:00:00Z', seed: '0'.repeat(64) };
  const recording = await record(machine, 'calls.retrograde');
  const session = await TestSession.start();
  await session.attach({ recording, sourceRoots: [guests], at: 'start' });
  return session;
}
