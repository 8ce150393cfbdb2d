import assert from 'node:assert/strict';
import path from 'node:path';
import { TestSession, type Stop } from '../adapter/session/debug-session.ts';
import { recordedLinux, type LinuxGuest } from './linux-guests.ts';

const place = ({ counter, name, line }: Stop): string => `${counter} ${name}:${line}`;

/** A path as kernel people say it: `init/main.c`. */
function shortPath(source: { readonly path?: string } | undefined): string {
  return source?.path?.split(path.sep).slice(-2).join('/') ?? '';
}

/**
 * What must hold on a recorded boot: breakpoints late in it and early, steps by instruction and by line, backwards and
 * forwards to the same counters, and a stack with names, files and lines.
 */
export function describeLinux(guestOf: (context: Mocha.Context) => LinuxGuest): void {
  let session: TestSession;

  before(async function () {
    const { recording, symbols } = await recordedLinux(guestOf(this));
    session = await TestSession.start();
    await session.attach({ recording, symbols, at: 'start' });
  });

  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  let late: Stop;

  it('stops at a function late in the boot', async () => {
    const [breakpoint] = await session.breakAtFunctions('run_init_process');
    assert.equal(breakpoint?.verified, true, breakpoint?.message);
    late = await session.continue();
    assert.deepEqual([late.reason, late.name], ['function breakpoint', 'run_init_process']);
  });

  it('names the functions of the stack with file and line', async () => {
    const frames = (await session.stack()).map((frame) => `${frame.name} ${shortPath(frame.source)}`);
    assert.deepEqual(frames.slice(0, 2), ['run_init_process init/main.c', 'kernel_init init/main.c']);
    assert.ok((await session.stack()).slice(0, 2).every((frame) => frame.line > 0));
    assert.match(frames[2] ?? '', /kernel\/entry\.S$/);
  });

  it('goes back by 20 instructions', async () => {
    for (let count = 1; count <= 20; count++) {
      const stop = await session.stepBack('instruction');
      assert.equal(stop.counter, late.counter - count);
    }
    for (let count = 0; count < 20; count++) await session.stepIn('instruction');
    assert.equal((await session.status()).counter, late.counter);
  });

  it('goes back by 5 lines, which next undoes', async () => {
    await session.breakAtFunctions();
    // A breakpoint after the prologue has lines of its function before it: those are gone back through first.
    let entered = late;
    while ((await session.stack())[1]?.name === 'kernel_init') entered = await session.stepBack();
    const back: Stop[] = [];
    for (let count = 0; count < 5; count++) back.push(await session.stepBack());
    for (const [index, stop] of back.entries()) {
      assert.ok(stop.counter < (back[index - 1] ?? entered).counter, `${place(stop)} is not earlier`);
      assert.ok(stop.line > 0, place(stop));
      assert.equal(stop.name, 'kernel_init');
    }
    const forward: Stop[] = [];
    for (let count = 0; count < 4; count++) forward.push(await session.next());
    assert.deepEqual(forward.map(place), back.slice(0, -1).reverse().map(place));
  });

  it('runs back to an earlier breakpoint, and forward to the same counter as before', async () => {
    await session.travel(late.counter);
    await session.breakAtFunctions('run_init_process', 'start_kernel');
    const early = await session.reverseContinue();
    assert.deepEqual([early.reason, early.name], ['function breakpoint', 'start_kernel']);
    assert.ok(early.counter < late.counter);
    const again = await session.continue();
    assert.equal(place(again), place(late));
  });

  it('steps over, into and out of functions of the kernel, and back again', async () => {
    await session.breakAtFunctions('vfs_write');
    const write = await session.continue();
    assert.equal(write.name, 'vfs_write');
    await session.breakAtFunctions();
    const caller = (await session.stack())[1];
    const out = await session.stepOut();
    assert.equal(out.name, caller?.name);
    assert.ok(out.counter > write.counter);
    await session.travel(write.counter);
    const call = await session.reverseStepOut();
    assert.deepEqual([call.name, call.counter < write.counter], [caller?.name, true]);
    const entered = await session.stepIn();
    assert.equal(entered.name, 'vfs_write');
  });

  it('runs back to the store that changed a variable', async () => {
    await session.travel(late.counter);
    const info = (await session.request('dataBreakpointInfo', { name: 'system_state' })) as { dataId: string };
    const breakpoints = [{ dataId: info.dataId, accessType: 'write' as const }];
    await session.client.setDataBreakpointsRequest({ breakpoints });
    const store = await session.reverseContinue();
    assert.equal(store.reason, 'data breakpoint');
    assert.match(store.description, /system_state was written/);
    const before = await session.evaluate('system_state');
    await session.stepIn('instruction');
    assert.notEqual(await session.evaluate('system_state'), before);
    await session.client.setDataBreakpointsRequest({ breakpoints: [] });
  });
}
