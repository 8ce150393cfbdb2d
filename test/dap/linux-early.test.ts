import assert from 'node:assert/strict';
import { TestSession, type Stop } from '../adapter/session/debug-session.ts';
import { recordedLinux, smallLinux } from './linux-guests.ts';

const place = ({ counter, name, line }: Stop): string => `${counter} ${name}:${line}`;
/** Below the kernel's half of the address space. */
const isPhysical = ({ pc }: Stop): boolean => pc >> 63n === 0n;

describe('Linux before it has turned paging on, over DAP', function () {
  this.timeout(600_000);
  let session: TestSession;

  before(async function () {
    const { recording, symbols } = await recordedLinux(smallLinux(this));
    session = await TestSession.start();
    await session.attach({ recording, symbols, at: 'start' });
  });

  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('is known from its first instruction on', async () => {
    const [frame] = await session.stack(1);
    assert.equal(frame?.name, '_start');
    assert.match(frame.source?.path ?? '', /arch\/riscv\/kernel\/head\.S$/);
    assert.match(await session.evaluate('$pc'), /<_start>/);
  });

  it('stops in code that runs at its physical address, with sources, stack and variables', async () => {
    const [setup] = await session.breakAtFunctions('setup_vm');
    assert.equal(setup?.verified, true);
    const stop = await session.continue();
    assert.equal(stop.name, 'setup_vm');
    assert.ok(isPhysical(stop), stop.pc.toString(16));
    const frames = await session.stack();
    assert.deepEqual(
      frames.map(({ name }) => name),
      ['setup_vm', '_start_kernel'],
    );
    assert.match(frames[0]?.source?.path ?? '', /arch\/riscv\/mm\/init\.c$/);
    assert.match(await session.evaluate('dtb_pa'), /^(0x)?[0-9a-f]+/);
    assert.equal(await session.evaluate('kernel_map.virt_addr'), '0');
  });

  it('steps by line there, and back again', async () => {
    await session.breakAtFunctions();
    const lines = [await session.next()];
    for (let count = 0; count < 5; count++) lines.push(await session.next());
    assert.ok(
      lines.every((one) => one.name === 'setup_vm' && isPhysical(one)),
      lines.map(place).join(', '),
    );
    const back: Stop[] = [];
    for (let count = 1; count < lines.length; count++) back.push(await session.stepBack());
    assert.deepEqual(back.reverse().map(place), lines.slice(0, -1).map(place));
  });

  it('stops at a function that runs both before and after, at each address', async () => {
    await session.travel('start');
    const [breakpoint] = await session.breakAtFunctions('memset', 'start_kernel');
    assert.equal(breakpoint?.verified, true);
    const early: Stop[] = [];
    for (let stop = await session.continue(); stop.name !== 'start_kernel'; stop = await session.continue())
      early.push(stop);
    assert.ok(early.length > 0 && early.every(isPhysical), early.map(place).join(', '));
    const late = await session.continue();
    assert.ok(!isPhysical(late), late.pc.toString(16));
    await session.reverseContinue();
    for (const stop of early.reverse()) assert.equal(place(await session.reverseContinue()), place(stop));
    assert.match((await session.reverseContinue()).description, /Start of recording/);
  });

  it('checks a condition where the code is not yet', async () => {
    const breakpoints = [{ name: 'setup_vm', condition: 'dtb_pa > 0' }];
    const body = (await session.client.setFunctionBreakpointsRequest({ breakpoints })).body;
    assert.equal(body.breakpoints[0]?.verified, true, body.breakpoints[0]?.message);
    assert.equal((await session.continue()).name, 'setup_vm');
  });
});
