import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder, TestSession } from '../adapter/session/debug-session.ts';
import { smallLinux } from './linux-guests.ts';

interface Link {
  readonly moment: {
    readonly counter: number;
    readonly function?: string;
    readonly source?: { readonly name?: string };
  };
  readonly value: string;
}

interface Answer {
  readonly links: readonly Link[];
  readonly origin: {
    readonly kind: string;
    readonly device?: string;
    readonly counter?: number;
    readonly byte?: number;
  };
}

/** What is typed to a program that gives back what it reads. */
const TYPED = 'xyzzy';

describe('where a character on the console of Linux came from', function () {
  this.timeout(600_000);
  let session: TestSession;

  before(async function () {
    const { machine, symbols } = smallLinux(this);
    const script = path.join(temporaryFolder(), 'typed.txt');
    const recording = path.join(temporaryFolder(), 'typed.retrograde');
    writeFileSync(script, `expect guest# \nsend cat\nexpect cat\nsend ${TYPED}\n`);
    session = await TestSession.start();
    await Promise.all([
      session.client.waitForEvent('initialized', 600_000),
      session.client.launchRequest({
        ...machine,
        symbols,
        recording,
        append: 'console=ttyS0',
        seed: '5e'.repeat(32),
        rtc: '2026-01-01T00:00:00Z',
        inputScript: script,
      } as never),
    ]);
    const running = session.client.configurationDoneRequest();
    const printed = (): string => session.output.get('stdout') ?? '';
    while (!printed().includes(`${TYPED}\r\n`)) await new Promise((resolve) => setTimeout(resolve, 50));
    await running;
    await session.arrive(() => session.client.pauseRequest({ threadId: 1 }));
  });
  after(() => (session as TestSession | undefined)?.stop());

  it('leads through the write and the read of the program, the terminal and the driver to the key', async () => {
    const { places } = (await session.request('retrograde/consoleSearch', { text: TYPED })) as {
      places: { offset: number; counter: number; line: string }[];
    };
    const [place] = places;
    assert.ok(place !== undefined);
    assert.equal(place.line, TYPED);
    for (const [index, character] of TYPED.match(/./g)?.entries() ?? []) {
      const { links, origin } = (await session.request('retrograde/origin', {
        consoleOffset: place.offset + index,
      })) as Answer;
      assert.deepEqual([origin.kind, origin.device, origin.byte], ['console-input', 'uart0', character.charCodeAt(0)]);
      // Copies only: the same value all the way, and ever earlier.
      for (const { value } of links) assert.equal(Number(value), character.charCodeAt(0));
      const counters = links.map(({ moment }) => moment.counter);
      assert.deepEqual(
        counters,
        [...counters].sort((a, b) => b - a),
      );
      assert.ok((origin.counter ?? Infinity) < (counters.at(-1) ?? 0));
      const files = links.map(({ moment }) => moment.source?.name ?? '');
      // From the UART's driver back into the program, and out of the terminal's queue to the driver again.
      for (const file of ['uaccess.S', 'n_tty.c', 'tty_buffer.h', '8250_port.c']) {
        assert.ok(files.includes(file), `${file} is not among ${files.join(' ')}`);
      }
    }
  });

  it('finds the calls of read, with task, arguments and results', async () => {
    const { calls } = (await session.request('retrograde/calls', { function: 'ksys_read' })) as {
      calls: { task?: string; arguments: string[]; returned?: { value?: string } }[];
    };
    const ofProgram = calls.filter(({ task }) => task?.startsWith('cat '));
    const [first, waiting] = ofProgram;
    assert.equal(first?.returned?.value, String(TYPED.length + 1));
    assert.equal(first.arguments[0], 'fd = 0');
    assert.ok(waiting !== undefined && waiting.returned === undefined);
  });

  it('tells who last wrote a variable that an idle kernel brings up to date', async () => {
    const write = (await session.request('retrograde/lastWrite', { name: 'jiffies_64' })) as {
      kind: string;
      moment: { function?: string };
    };
    assert.deepEqual([write.kind, write.moment.function], ['store', 'tick_do_update_jiffies64']);
  });
});
