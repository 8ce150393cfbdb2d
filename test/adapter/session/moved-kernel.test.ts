import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { record, TestSession, type Stop } from './debug-session.ts';

const folder = fileURLToPath(new URL('../../guests/moved', import.meta.url));
const kernel = path.join(folder, 'kernel.elf');
/** What the kernel adds to the address that it is linked to. */
const MOVED_BY = 0x5600000n;
const LINKED = 0xffff_ffff_8000_0000n;

describe('a kernel that moves itself before it turns paging on', () => {
  let recording: string;
  let session: TestSession;

  const open = async (at: 'start' | 'end', symbols?: object): Promise<TestSession> => {
    session = await TestSession.start();
    await session.attach({
      recording,
      sourceRoots: [folder],
      at,
      ...(symbols === undefined ? {} : { symbols: [symbols] }),
    });
    return session;
  };

  before(async () => {
    const machine = { kernel, memory: '16M', rtc: '2026-01-01T00:00:00Z', seed: '0'.repeat(64) };
    recording = await record(machine, 'moved.retrograde');
  });

  afterEach(async () => {
    await session.stop();
  });

  const isMoved = ({ pc }: Stop): boolean => pc >= LINKED + MOVED_BY;

  it('is known where it is loaded, and then where it has moved itself, in the run in which it does', async () => {
    await open('start');
    assert.equal((await session.stack(1))[0]?.name, '_start');
    await session.breakAtFunctions('choose_place', 'visit');
    const early = await session.continue();
    assert.deepEqual([early.name, early.pc >> 63n], ['choose_place', 0n]);
    assert.match((await session.stack())[0]?.source?.path ?? '', /moved\/kernel\.c$/);
    const stops: Stop[] = [];
    for (let count = 0; count < 3; count++) stops.push(await session.continue());
    assert.ok(stops.every((one) => one.name === 'visit' && isMoved(one)));
    assert.deepEqual(
      (await session.stack()).map(({ name }) => name),
      ['visit', 'main'],
    );
    assert.equal(await session.evaluate('visits'), '3');
    assert.equal(await session.evaluate('number'), '3');
    assert.match((await session.continue()).description, /powered off/);
    for (const stop of stops.reverse()) assert.equal((await session.reverseContinue()).counter, stop.counter);
    assert.equal((await session.reverseContinue()).counter, early.counter);
  });

  it('is found by its page tables at the end of its run', async () => {
    await open('end');
    assert.equal((await session.stack())[0]?.name, 'main');
    assert.equal(await session.evaluate('visits'), '6');
    assert.equal(await session.evaluate('&visits == 0xffffffff85601000'), '1');
    await session.breakAtFunctions('visit');
    assert.ok(isMoved(await session.reverseContinue()));
  });

  it('is where the person says it is, before anything tells', async () => {
    await open('start', { file: kernel, address: `0x${MOVED_BY.toString(16)}` });
    const [breakpoint] = await session.breakAtFunctions('visit');
    assert.ok(BigInt(breakpoint?.instructionReference ?? '0') >= LINKED + MOVED_BY);
    assert.ok(isMoved(await session.continue()));
  });

  it('says how far it has moved', async () => {
    await open('start');
    assert.doesNotMatch(await session.evaluate('/kernel'), /relocated/);
    await session.travel('end');
    assert.match(await session.evaluate('/kernel'), /relocated by: 0x5600000 bytes/);
  });
});
