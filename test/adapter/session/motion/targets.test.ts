import assert from 'node:assert/strict';
import path from 'node:path';
import { DEMO_SOURCES, demoRecording } from '../debug-session.ts';
import { InProcessClient } from '../in-process-client.ts';

interface Target {
  readonly id: number;
  readonly label: string;
}

/** Lines of the demo's `print("...", pages_free())` in kernel_main, and of the store in `sleep_ticks` that runs all the time. */
const MAIN = { path: path.join(DEMO_SOURCES, 'main.c') };
const PRINTS = 73;

describe('Targets of motion', function () {
  this.timeout(120_000);
  let client: InProcessClient;

  const functionNow = async (): Promise<string> => (await client.stack())[0]?.name ?? '';
  const breakAt = (...names: readonly string[]): Promise<unknown> =>
    client.request('setFunctionBreakpoints', { breakpoints: names.map((name) => ({ name })) });

  before(async () => {
    client = await InProcessClient.attach({ recording: await demoRecording(), sourceRoots: [DEMO_SOURCES] });
  });

  after(async () => {
    await client.close();
  });

  describe('stepInTargets', () => {
    let targets: readonly Target[];
    let line: number;

    before(async () => {
      await client.travel(0);
      line = (await client.move('retrograde/runToLine', { source: MAIN, line: PRINTS })).counter;
      const [frame] = await client.stack();
      assert.deepEqual([frame?.name, frame?.line], ['kernel_main', PRINTS]);
      ({ targets } = (await client.request('stepInTargets', { frameId: frame?.id })) as { targets: Target[] });
    });

    it('lists the calls that the line will make', () => {
      assert.deepEqual(
        targets.map(({ label }) => label),
        ['pages_free', 'print'],
      );
    });

    for (const index of [0, 1]) {
      it(`steps into call ${index + 1} of the line, over those before it`, async () => {
        await client.travel(line);
        const target = targets[index];
        assert.ok(target !== undefined);
        const stop = await client.move('stepIn', { threadId: 1, targetId: target.id });
        assert.equal(stop.reason, 'step');
        assert.equal(await functionNow(), target.label);
      });
    }

    it('refuses a call that was offered at another moment', async () => {
      await client.travel(line + 1);
      assert.match(
        await client.refusal('stepIn', { threadId: 1, targetId: targets[0]?.id }),
        /moment that has been left/,
      );
      assert.match(await client.refusal('stepIn', { threadId: 1, targetId: 999 }), /no call 999/);
    });
  });

  describe('gotoTargets', () => {
    it('has the moments nearest to the present on both sides, and says which they are', async () => {
      await breakAt('sleep_ticks');
      await client.travel(15_000_000);
      const before = await client.move('reverseContinue');
      const [frame] = await client.stack();
      await client.travel(15_000_000);
      const after = await client.move('continue');
      await breakAt();
      await client.travel(15_000_000);
      const place = { source: frame?.source, line: frame?.line };
      const { targets } = (await client.request('gotoTargets', place)) as { targets: Target[] };
      assert.equal(targets.length, 2);
      const told = new Map<number, string>();
      for (const { id, label } of targets) {
        await client.travel(15_000_000);
        told.set((await client.move('goto', { threadId: 1, targetId: id })).counter, label);
      }
      assert.match(told.get(before.counter) ?? '', /^The last time before now .* steps earlier$/);
      assert.match(told.get(after.counter) ?? '', /^The next time .* steps later$/);
    });

    it('has one target for a line that runs on one side only', async () => {
      await client.travel(15_000_000);
      const { targets } = (await client.request('gotoTargets', { source: MAIN, line: PRINTS })) as {
        targets: Target[];
      };
      assert.deepEqual([targets.length, (targets[0]?.label ?? '').includes('last time')], [1, true]);
      assert.equal(await client.counter(), 15_000_000, 'looking for them moves nothing');
    });
  });

  it('runs to a line, and back to it', async () => {
    await client.travel(0);
    const there = await client.move('retrograde/runToLine', { source: MAIN, line: PRINTS });
    await client.travel(15_000_000);
    const back = await client.move('retrograde/reverseRunToLine', { source: MAIN, line: PRINTS });
    assert.deepEqual([back.counter, back.reason], [there.counter, 'step']);
    const never = await client.move('retrograde/reverseRunToLine', { source: MAIN, line: PRINTS });
    assert.deepEqual([never.counter, never.description], [0, 'Start of recording']);
    assert.match(
      await client.refusal('retrograde/runToLine', { source: MAIN, line: 5000 }),
      /no code at or after line 5000/,
    );
  });

  it('stops at a breakpoint on the way to a line', async () => {
    await client.travel(0);
    await breakAt('paging_init');
    const stop = await client.move('retrograde/runToLine', { source: MAIN, line: PRINTS });
    assert.deepEqual([stop.reason, await functionNow()], ['function breakpoint', 'paging_init']);
    await breakAt();
  });

  it('goes back to the beginning of an inlined frame', async () => {
    await breakAt('page_take');
    await client.travel(0);
    await client.move('continue');
    await breakAt();
    for (let count = 0; (await functionNow()) !== 'interrupts_off'; count++) {
      assert.ok(count < 20, 'page_take calls interrupts_off, which is inlined');
      await client.move('stepIn', { threadId: 1, granularity: 'instruction' });
    }
    const first = await client.counter();
    await client.move('stepIn', { threadId: 1, granularity: 'instruction' });
    const [inner, outer] = await client.stack();
    assert.deepEqual([inner?.name, outer?.name], ['interrupts_off', 'page_take']);
    assert.equal((await client.move('restartFrame', { frameId: inner?.id })).counter, first);
    // Out of it, either way, is page_take.
    await client.move('stepOut');
    assert.equal(await functionNow(), 'page_take');
    await client.travel(first + 1);
    const call = await client.move('retrograde/reverseStepOut');
    assert.deepEqual([await functionNow(), call.counter], ['page_take', first - 1]);
  });
});
