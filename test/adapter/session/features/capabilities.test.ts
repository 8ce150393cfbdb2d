import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { TestSession } from '../debug-session.ts';
import { CAPABILITIES, EVENTS, REQUESTS, type Shown } from './table.ts';

/** What the protocol's own types say there is: `command: 'next'`, `event: 'stopped'`. */
const protocol = readFileSync(
  path.join(
    path.dirname(createRequire(import.meta.url).resolve('@vscode/debugprotocol/package.json')),
    'lib/debugProtocol.d.ts',
  ),
  'utf8',
);
const named = (what: 'command' | 'event'): string[] =>
  [...protocol.matchAll(new RegExp(`^\\t\\t// ${what}: '(\\w+)';$`, 'gm'))].map(([, name]) => name ?? '');

/** Requests that adapters send to clients. */
const REVERSE = ['runInTerminal', 'startDebugging'];

const tests = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts'));

/** A file that is there, has tests, and has them of an adapter in a process of its own. */
function assertShown(feature: string, shown: string): void {
  const file = `${shown}.test.ts`;
  assert.ok(tests.includes(file), `${feature}: there is no ${file}`);
  const text = readFileSync(path.join(import.meta.dirname, file), 'utf8');
  assert.match(text, /\bit\(/, `${file} has no test`);
  assert.match(text, /TestSession\.(start|onDemo)\(/, `${file} drives no adapter`);
}

const isAbsent = (shown: Shown): shown is Exclude<Shown, string> => typeof shown !== 'string';

describe('the capabilities that the adapter tells of', function () {
  this.timeout(120_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.start();
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('are those that have a test, and no others', () => {
    const told: Readonly<Record<string, unknown>> = { ...session.capabilities };
    for (const [capability, shown] of Object.entries(CAPABILITIES)) {
      const isTold = told[capability] !== undefined && told[capability] !== false;
      if (isAbsent(shown)) {
        assert.ok(!isTold, `${capability} is told of, and has no test`);
        continue;
      }
      assert.ok(isTold, `${capability} has a test, and is not told of`);
      assertShown(capability, shown);
    }
    const unknown = Object.keys(told).filter((capability) => !Object.hasOwn(CAPABILITIES, capability));
    assert.deepEqual(unknown, [], 'the protocol has no such capabilities');
  });

  it('leave no request of the protocol out: each is tested, or refused as one that there is not', async () => {
    assert.deepEqual(
      Object.keys(REQUESTS).sort(),
      named('command')
        .filter((name) => !REVERSE.includes(name))
        .sort(),
    );
    for (const [command, shown] of Object.entries(REQUESTS)) {
      if (isAbsent(shown)) {
        assert.match(await session.refusal(command, {}), /Retrograde has no request/, command);
      } else assertShown(command, shown);
    }
  });

  it('leave no event of the protocol out', () => {
    assert.deepEqual(Object.keys(EVENTS).sort(), named('event').sort());
    for (const [event, shown] of Object.entries(EVENTS)) if (!isAbsent(shown)) assertShown(event, shown);
  });

  it('have all their tests in the table', () => {
    const all = [CAPABILITIES, REQUESTS, EVENTS].flatMap((table) => Object.values<Shown>(table));
    const spare = tests.filter((file) => !all.includes(file.replace('.test.ts', '')));
    assert.deepEqual(spare, []);
  });
});
