import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DEMO_SOURCES, demoRecording, TestSession, type Stop } from '../adapter/session/debug-session.ts';
import { requirePeer } from '../peers.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = fileURLToPath(new URL('emacs/drive.el', import.meta.url));
const source = `${DEMO_SOURCES}/timer.c`;
/** `arm();` in the timer's interrupt. */
const LINE = 38;

interface Stopped {
  readonly after: string;
  readonly function: string;
  readonly line: number;
}

/** Drives Emacs through its script; every line it prints is one of JSON. */
async function emacs(recording: string): Promise<readonly unknown[]> {
  const adapter = [process.execPath, '--import', 'tsx', `${root}adapter/cli/dap-main.ts`];
  const { stdout } = await promisify(execFile)('emacs', ['--batch', '-l', script], {
    cwd: root,
    timeout: 240_000,
    env: {
      ...process.env,
      ADAPTER: JSON.stringify(adapter),
      RECORDING: recording,
      SOURCE: source,
      LINE: String(LINE),
    },
  });
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as unknown);
}

describe('Emacs with dap-mode, which knows nothing of Retrograde', function () {
  this.timeout(300_000);

  it('goes forwards and backwards to the same places as this project’s own client', async function () {
    requirePeer(this, 'emacs');
    const recording = await demoRecording();
    const printed = await emacs(recording);

    const session = await TestSession.start();
    await session.attach({ recording, at: 'start', sourceRoots: [DEMO_SOURCES] });
    const expected: Stopped[] = [];
    const note = (after: string, { name, line }: Stop): void => {
      expected.push({ after, function: name, line });
    };
    const [entry] = await session.stack(1);
    assert.ok(entry !== undefined);
    expected.push({ after: 'attach', function: entry.name, line: entry.line });
    await session.breakAtLines('timer.c', LINE);
    note('continue', await session.continue());
    note('continue', await session.continue());
    note('next', await session.next());
    note('stepBack', await session.stepBack());
    note('reverseContinue', await session.reverseContinue());
    note('step-in', await session.stepIn());
    note('step-out', await session.stepOut());
    await session.stop();

    assert.deepEqual(printed.slice(0, -1), expected);
    assert.equal(expected.filter(({ line }) => line === LINE).length, 4);
    const { scopes } = printed.at(-1) as { readonly scopes: readonly string[] };
    assert.ok(
      scopes.some((name) => /registers/i.test(name)),
      String(scopes),
    );
  });
});
