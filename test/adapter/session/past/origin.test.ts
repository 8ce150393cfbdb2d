import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { record, temporaryFolder, TestSession } from '../debug-session.ts';

interface Link {
  readonly moment: { readonly counter: number; readonly function?: string };
  readonly instruction: string;
  readonly holder: string;
  readonly value: string;
}

interface Answer {
  readonly links: readonly Link[];
  readonly origin: { readonly kind: string } & Readonly<Record<string, unknown>>;
}

const ECHO = fileURLToPath(new URL('../../../guests/console/echo.elf', import.meta.url));

describe('where a value came from', function () {
  this.timeout(300_000);

  describe('in the demo', () => {
    let session: TestSession;
    before(async () => {
      session = await TestSession.onDemo();
    });
    after(() => session.stop());
    const originOf = async (args: object): Promise<Answer> =>
      (await session.request('retrograde/origin', args)) as Answer;

    it('leads through copies to a computation, and names what went into it', async () => {
      await session.travel(20_000_000);
      const { links, origin } = await originOf({ name: 'ticks' });
      assert.deepEqual(
        links.map(({ value }) => BigInt(value)),
        links.map(() => 196n),
      );
      assert.equal(links[0]?.moment.function, 'timer_interrupt');
      assert.equal(origin.kind, 'computed');
      assert.deepEqual(
        (origin['inputs'] as { value: string }[]).map(({ value }) => value),
        ['0xc3'],
      );
    });

    it('leads from a character of the console to the text in the kernel that it is of', async () => {
      await session.travel('end');
      const printed = (await session.request('retrograde/consoleOutput')) as { readonly data: string };
      const offset = Buffer.from(printed.data, 'base64').indexOf('panic: ');
      const { links, origin } = await originOf({ consoleOffset: offset });
      assert.ok(links.length >= 1);
      for (const { value } of links) assert.equal(BigInt(value), BigInt('p'.charCodeAt(0)));
      assert.equal(origin.kind, 'initial');
      // Each copy is what it says: after the step, the holder has the value.
      const [first] = links;
      assert.ok(first !== undefined);
      await session.travel(first.moment.counter + 1);
      assert.match(first.holder, /^[ast]\d+$/);
      assert.match(await session.evaluate(`$${first.holder} & 0xff`), /^112$/);
    });

    it('is streamed link by link to a client that asks for it, and cut short where it is told to be', async () => {
      await session.travel('end');
      const events: { results: Link[] }[] = [];
      session.client.on('retrograde/results', (event: { body: { results: Link[] } }) => events.push(event.body));
      const { links } = await originOf({ name: 'current', stream: true, most: 3 });
      assert.deepEqual(
        events.flatMap(({ results }) => results),
        links,
      );
      const cut = await originOf({ name: 'current', most: 1 });
      assert.deepEqual([cut.links, cut.origin], [links.slice(0, 1), { kind: 'enough' }]);
    });

    it('is told in the debug console', async () => {
      await session.travel(20_000_000);
      const lines = (await session.evaluate('/origin ticks')).split('\n');
      assert.match(
        lines[0] ?? '',
        /^0x0{14}c4 in memory at 0x[0-9a-f]+ <ticks> {2}by sd \S+ {2}at timer\.c:37 in timer_interrupt, /,
      );
      assert.match(lines.at(-1) ?? '', /^It was computed there from \w+ = 0xc3\.$/);
    });
  });

  it('leads from a character of the console to the key that was typed', async () => {
    const script = path.join(temporaryFolder(), 'echo-origin.txt');
    writeFileSync(script, 'send hello\nsend q\n');
    const recording = await record(
      { kernel: ECHO, firmware: 'none', memory: '16M', seed: '0'.repeat(64), inputScript: script },
      'echo-origin.retrograde',
    );
    const session = await TestSession.start();
    await session.attach({ recording });
    const printed = (await session.request('retrograde/consoleOutput')) as { readonly data: string };
    const text = Buffer.from(printed.data, 'base64').toString('latin1');
    assert.ok(text.includes('[h][e][l]'), text);
    const { origin } = (await session.request('retrograde/origin', {
      consoleOffset: text.indexOf('[e]') + 1,
    })) as Answer;
    assert.deepEqual(
      { kind: origin.kind, device: origin['device'], index: origin['index'], byte: origin['byte'] },
      { kind: 'console-input', device: 'uart0', index: 1, byte: 'e'.charCodeAt(0) },
    );
    await session.stop();
  });
});
