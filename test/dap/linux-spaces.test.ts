import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { temporaryFolder, TestSession, type Stop } from '../adapter/session/debug-session.ts';
import { requireLinuxFile, userProgram } from '../guests/linux.ts';
import { recordedLinux, spacesLinux } from './linux-guests.ts';

const sources = path.dirname(userProgram('knock'));
const place = ({ counter, name, line }: Stop): string => `${counter} ${name}:${line}`;

describe('user programs beside the kernel, over DAP', function () {
  this.timeout(600_000);
  let session: TestSession;
  let recorded: { recording: string; symbols: string };

  before(async function () {
    recorded = await recordedLinux(spacesLinux(this));
    const { recording, symbols } = recorded;
    const busybox = requireLinuxFile(this, 'busybox');
    session = await TestSession.start();
    await session.attach({
      recording,
      symbols: [
        symbols,
        userProgram('knock'),
        { file: userProgram('decoy'), space: 'user' },
        { file: busybox },
        userProgram('wander'),
      ],
      sourceRoots: [sources],
      at: 'start',
    });
  });

  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  const breakAtLine = async (file: string, line: number): Promise<{ verified: boolean; message?: string }> => {
    const source = { path: path.join(sources, file) };
    const { breakpoints } = (await session.client.setBreakpointsRequest({ source, breakpoints: [{ line }] })).body;
    assert.ok(breakpoints[0] !== undefined);
    return breakpoints[0];
  };

  const noBreakpoints = async (): Promise<void> => {
    for (const file of ['knock.c', 'decoy.c']) {
      await session.client.setBreakpointsRequest({ source: { path: path.join(sources, file) }, breakpoints: [] });
    }
    await session.breakAtFunctions();
  };

  const taskOnHart = async (): Promise<string> =>
    (await session.client.threadsRequest()).body.threads[0]?.name.replace(/^hart 0: (\S+).*$/, '$1') ?? '';

  it('keeps breakpoints of a program that does not run yet, and binds them by itself', async () => {
    const pending = await breakAtLine('knock.c', 23);
    assert.equal(pending.verified, false);
    assert.match(pending.message ?? '', /^knock is not running at this moment; the breakpoint binds by itself/);
    const bound = session.client.waitForEvent('breakpoint') as Promise<{ body: { breakpoint: { verified: boolean } } }>;
    const stop = await session.continue();
    assert.deepEqual([stop.reason, stop.name, stop.line], ['breakpoint', 'knock', 23]);
    assert.equal(await taskOnHart(), 'knock');
    assert.equal((await bound).body.breakpoint.verified, true);
  });

  it('stops there in that program only, as often as it comes by, in both directions', async () => {
    const first = await session.continue();
    const second = await session.continue();
    assert.deepEqual([first.name, second.name], ['knock', 'knock']);
    assert.match((await session.continue()).description, /End of recording/);
    assert.equal(place(await session.reverseContinue()), place(second));
    assert.equal(place(await session.reverseContinue()), place(first));
    await session.reverseContinue();
    assert.match((await session.reverseContinue()).description, /Start of recording/);
  });

  it("does not stop in another program that has other code at the breakpoint's address", async () => {
    await session.travel('start');
    await noBreakpoints();
    const [turn] = await session.breakAtFunctions('decoy!turn');
    assert.equal(turn?.verified, false);
    const stop = await session.continue();
    assert.deepEqual([stop.name, await taskOnHart()], ['turn', 'decoy']);
    await session.breakAtFunctions();
    await session.travel('start');
    await breakAtLine('knock.c', 23);
    const knock = await session.continue();
    assert.deepEqual([knock.name, await taskOnHart()], ['knock', 'knock']);
    // A breakpoint on the instruction, of whatever program, shows that the decoy came by the same address long before.
    const breakpoints = [{ instructionReference: `0x${knock.pc.toString(16)}` }];
    await session.request('setInstructionBreakpoints', { breakpoints });
    await session.travel('start');
    const decoy = await session.continue();
    assert.deepEqual([decoy.pc, await taskOnHart()], [knock.pc, 'decoy']);
    await session.request('setInstructionBreakpoints', { breakpoints: [] });
    await session.travel(knock.counter);
  });

  it('shows the frames of the program with its own symbols and variables', async () => {
    const frames = await session.stack();
    assert.deepEqual(
      frames.slice(0, 2).map(({ name }) => name),
      ['knock', 'main'],
    );
    assert.equal(frames[0]?.source?.path, path.join(sources, 'knock.c'));
    assert.match(await session.evaluate('door->name[0]'), /'f'/);
  });

  it('steps from the program across ecall into the kernel, and by sret out of it, in both directions', async () => {
    await noBreakpoints();
    await session.breakAtFunctions('knock!system_call');
    const entered = await session.continue();
    assert.equal(entered.name, 'system_call');
    await session.breakAtFunctions();
    // Forwards by line: the lines of the assembly up to ecall, then the kernel's entry.
    const lines: Stop[] = [entered];
    for (let count = 0; count < 8 && lines.at(-1)?.name === 'system_call'; count++) lines.push(await session.stepIn());
    const inKernel = lines.at(-1);
    assert.ok(inKernel !== undefined && inKernel.pc >> 63n === 1n, lines.map(place).join(', '));
    assert.equal(inKernel.name, 'handle_exception');
    assert.ok(inKernel.line > 0);
    // Backwards by line: to the ecall, not yet made.
    const back = await session.stepBack();
    assert.deepEqual([back.name, back.counter], ['system_call', inKernel.counter - 1]);
    assert.equal(place(await session.stepIn()), place(inKernel));
    // Out of the handler, to the instruction behind the ecall.
    const out = await session.stepOut();
    assert.deepEqual([out.name, out.pc], ['system_call', back.pc + 4n]);
    // By instruction the last step was sret, and the way back leads over it.
    const atReturn = await session.stepBack('instruction');
    assert.equal(atReturn.counter, out.counter - 1);
    assert.ok(atReturn.pc >> 63n === 1n, 'not in the kernel');
    const returned = await session.stepIn('instruction');
    assert.equal(place(returned), place(out));
    // Backwards into the system call just made: the kernel's last line.
    const last = await session.reverseStepIn();
    assert.ok(last.pc >> 63n === 1n && last.counter > inKernel.counter && last.counter < out.counter, place(last));
    // And by line out of it again.
    assert.equal(place(await session.stepIn()), place(out));
  });

  it('steps over a system call in the program', async () => {
    await session.breakAtFunctions('knock!knock');
    await session.travel('start');
    const knock = await session.continue();
    await session.breakAtFunctions();
    const lines: Stop[] = [];
    for (let count = 0; count < 4; count++) lines.push(await session.next());
    assert.ok(
      lines.every(({ name }) => name === 'knock' || name === 'main'),
      lines.map(place).join(', '),
    );
    for (let count = 0; count < 4; count++) await session.stepBack();
    assert.equal((await session.status()).counter, knock.counter);
  });

  it('stops at a symbol of a program without sources', async () => {
    await session.travel('start');
    const [entry] = await session.breakAtFunctions('busybox!_start');
    assert.equal(entry?.verified, false);
    const stop = await session.continue();
    assert.equal(stop.reason, 'function breakpoint');
    assert.equal(stop.pc, 0x103a0n);
    await session.travel('start');
    await session.breakAtFunctions('knock!system_call');
    assert.equal((await session.continue()).name, 'system_call');
  });

  it('binds breakpoints in a program that is loaded anywhere when it is executed, in both directions', async () => {
    await session.travel('start');
    await noBreakpoints();
    const [pending] = await session.breakAtFunctions('wander');
    assert.match(pending?.message ?? '', /^wander is not running at this moment/);
    const stops: Stop[] = [];
    for (let stop = await session.continue(); !stop.description.includes('End'); stop = await session.continue()) {
      assert.deepEqual([stop.name, await taskOnHart()], ['wander', 'wander']);
      stops.push(stop);
    }
    assert.equal(stops.length, 4, stops.map(place).join(', '));
    assert.notEqual(stops[0]?.pc, stops[2]?.pc);
    for (const stop of stops.reverse()) assert.equal(place(await session.reverseContinue()), place(stop));
    assert.match((await session.reverseContinue()).description, /Start of recording/);
  });

  it('stops at a symbol of a program that has names but no debug information', async () => {
    const stripped = path.join(temporaryFolder(), 'knock');
    execFileSync('riscv64-linux-gnu-objcopy', ['--strip-debug', userProgram('knock'), stripped]);
    const other = await TestSession.start();
    await other.attach({ ...recorded, symbols: [recorded.symbols, stripped], at: 'start' });
    await other.breakAtFunctions('knock!knock');
    const stop = await other.continue();
    assert.deepEqual([stop.name, stop.line], ['knock', 0]);
    assert.deepEqual(
      (await other.stack()).slice(0, 2).map(({ name }) => name),
      ['knock', 'main'],
    );
    await other.stop();
  });
});
