import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BookmarkFiles } from '../../../../adapter/host/bookmark-files.ts';
import { openRecording } from '../../../../adapter/host/recording-files.ts';
import type { Bookmark } from '../../../../emulator/recording/bookmark-chunk.ts';
import { DEMO_KERNEL, DEMO_MACHINE, demoRecording, temporaryFolder, TestSession } from '../debug-session.ts';

const bookmark = (name: string, counter: number): { readonly kind: 'set'; readonly bookmark: Bookmark } => ({
  kind: 'set',
  bookmark: { name, counter },
});

/** A copy of the demo's recording, to be written to. */
async function copy(name: string): Promise<string> {
  const file = path.join(temporaryFolder(), name);
  copyFileSync(await demoRecording(), file);
  return file;
}

async function withBookmarks<T>(file: string, use: (bookmarks: BookmarkFiles) => Promise<T>): Promise<T> {
  const content = await openRecording(file);
  try {
    assert.equal(content.damage, undefined);
    return await use(await BookmarkFiles.of(file, content.machine.configuration, content));
  } finally {
    await content.close();
  }
}

const names = (bookmarks: readonly Bookmark[]): string[] => bookmarks.map(({ name }) => name);

describe('bookmarks', function () {
  this.timeout(300_000);

  it('are named, listed, travelled to and removed, and a colleague sees them', async () => {
    const file = await copy('colleague.retrograde');
    const session = await TestSession.start();
    await session.attach({ recording: file });
    await session.travel(20_000_000);
    assert.match(
      await session.evaluate('/bookmark before the bug'),
      /^"before the bug" is counter 20,000,000, kept in the recording\.$/,
    );
    const told = once(session.client, 'retrograde/bookmarks') as Promise<[{ readonly body: unknown }]>;
    await session.request('retrograde/addBookmark', { name: 'early', counter: 1_000_000 });
    const [{ body }] = await told;
    assert.deepEqual(body, {
      bookmarks: [
        { name: 'early', counter: 1_000_000 },
        { name: 'before the bug', counter: 20_000_000 },
      ],
    });
    await session.evaluate('/bookmark mistake');
    await session.request('retrograde/removeBookmark', { name: 'mistake' });
    assert.match(await session.refusal('retrograde/removeBookmark', { name: 'mistake' }), /no bookmark "mistake"/);
    assert.match(await session.refusal('retrograde/addBookmark', { name: 'x', counter: 10 ** 12 }), /it ends at/);
    await session.leave();
    const colleague = await TestSession.start();
    await colleague.attach({ recording: file });
    const { bookmarks } = (await colleague.request('retrograde/bookmarks')) as { bookmarks: Bookmark[] };
    assert.deepEqual(bookmarks, [
      { name: 'early', counter: 1_000_000 },
      { name: 'before the bug', counter: 20_000_000 },
    ]);
    assert.match(await colleague.evaluate('/bookmarks'), /^ +1,000,000 {2}early\n +20,000,000 {2}before the bug$/);
    assert.equal((await colleague.arrive(() => colleague.evaluate('/travel early'))).counter, 1_000_000);
    await colleague.leave();
  });

  it('survive a writer that is killed at any byte', async () => {
    const file = await copy('killed.retrograde');
    await withBookmarks(file, (bookmarks) => bookmarks.change(bookmark('first', 5)));
    const before = statSync(file).size;
    await withBookmarks(file, (bookmarks) => bookmarks.change(bookmark('second', 7)));
    const whole = readFileSync(file);
    for (let size = before; size <= whole.length; size++) {
      truncateSync(file, before);
      writeFileSync(file, whole.subarray(before, size), { flag: 'a' });
      const seen = await withBookmarks(file, (bookmarks) => Promise.resolve(names(bookmarks.all)));
      assert.deepEqual(seen, size < whole.length ? ['first'] : ['first', 'second'], `${size} bytes`);
      await withBookmarks(file, (bookmarks) => bookmarks.change(bookmark('third', 9)));
      const after = await withBookmarks(file, (bookmarks) => Promise.resolve(names(bookmarks.all)));
      assert.deepEqual(after, [...seen, 'third'], `${size} bytes`);
    }
  });

  it('of two sessions at once are both kept', async () => {
    const file = await copy('two.retrograde');
    await withBookmarks(file, async (one) =>
      withBookmarks(file, async (other) => {
        await one.change(bookmark('of one', 1));
        await other.change(bookmark('of the other', 2));
        await one.change(bookmark('of one again', 3));
        assert.deepEqual(names(one.all), ['of one', 'of the other', 'of one again']);
      }),
    );
    const kept = await withBookmarks(file, (bookmarks) => Promise.resolve(names(bookmarks.all)));
    assert.deepEqual(kept, ['of one', 'of the other', 'of one again']);
  });

  it('lie beside a recording that was cut short, and of another recording are passed over', async () => {
    const file = await copy('short.retrograde');
    truncateSync(file, statSync(file).size - 10);
    const content = await openRecording(file);
    const bookmarks = await BookmarkFiles.of(file, content.machine.configuration, content);
    const size = statSync(file).size;
    assert.equal(await bookmarks.change(bookmark('here', 1000)), 'beside');
    assert.equal(statSync(file).size, size);
    const again = await BookmarkFiles.of(file, content.machine.configuration, content);
    assert.deepEqual(again.all, [{ name: 'here', counter: 1000 }]);
    const other = await BookmarkFiles.of(file, { ...content.machine.configuration, rtc: '1' }, content);
    assert.deepEqual(other.all, []);
    writeFileSync(`${file}-bookmarks`, '{"recording": 5}');
    await assert.rejects(
      BookmarkFiles.of(file, content.machine.configuration, content),
      /-bookmarks.*damaged.*Move it away/,
    );
    await content.close();
  });

  it('made while recording go into the recording when it is over', async () => {
    const recording = path.join(temporaryFolder(), 'live-bookmarks.retrograde');
    const session = await TestSession.start();
    await session.arrive(async () => {
      await Promise.all([
        session.client.waitForEvent('initialized', 60_000),
        session.client.launchRequest({ ...DEMO_MACHINE, kernel: DEMO_KERNEL, recording, stopAt: 3_000_000 } as never),
      ]);
      await session.client.configurationDoneRequest();
    });
    assert.match(await session.evaluate('/bookmark live'), /kept beside the recording/);
    assert.ok(existsSync(`${recording}-bookmarks`));
    await session.leave();
    // The adapter folds them in as it ends.
    for (let tries = 0; tries < 100 && existsSync(`${recording}-bookmarks`); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const kept = await withBookmarks(recording, (bookmarks) => Promise.resolve(bookmarks.all));
    assert.deepEqual(kept, [{ name: 'live', counter: 3_000_000 }]);
    assert.ok(!existsSync(`${recording}-bookmarks`));
  });
});

describe('moments', function () {
  this.timeout(300_000);
  let session: TestSession;
  before(async () => {
    session = await TestSession.onDemo();
  });
  after(() => session.stop());

  const travel = async (counter: string): Promise<number> =>
    (await session.arrive(() => session.request('retrograde/travel', { counter }))).counter;

  it('are counters, parts, and either from here on', async () => {
    const { end } = await session.status();
    assert.equal(await travel('12,345,678'), 12_345_678);
    assert.equal(await travel('+1_000'), 12_346_678);
    assert.equal(await travel('-6678'), 12_340_000);
    assert.equal(await travel('50%'), Math.round(end / 2));
    assert.equal(await travel('start'), 0);
    assert.equal(await travel('+10%'), Math.round(end / 10));
    assert.match(await session.refusal('retrograde/travel', { counter: 'nowhere' }), /"nowhere" is no moment/);
  });

  it('are times of the guest: the first at which its clock shows them', async () => {
    for (const [text, ticks] of [
      ['10ms', 100_000n],
      ['0.025s', 250_000n],
      ['123456ns', 1235n],
    ] as const) {
      const counter = await travel(text);
      const time = async (): Promise<bigint> =>
        BigInt(/^0x[0-9a-f]+/.exec(await session.evaluate('$time'))?.[0] ?? '-1');
      assert.ok((await time()) >= ticks, text);
      await session.travel(counter - 1);
      assert.ok((await time()) < ticks, text);
    }
    await travel('10ms');
    const later = await travel('+5ms');
    assert.equal(await travel('15ms'), later);
    assert.match(await session.evaluate('/when'), /^counter [\d,]+ of [\d,]+ \(.*\), [\d.]+ %, guest time 0\.0\d+ s$/);
  });
});
