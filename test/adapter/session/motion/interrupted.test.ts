import assert from 'node:assert/strict';
import path from 'node:path';
import { DEMO_SOURCES, demoRecording } from '../debug-session.ts';
import { InProcessClient } from '../in-process-client.ts';

/** The call of `tasks_run` in kernel_main, which never returns. */
const LAST_LINE = { source: { path: path.join(DEMO_SOURCES, 'main.c') }, line: 79 };

describe('A motion that does not come to its end', function () {
  this.timeout(120_000);
  let client: InProcessClient;
  let end: number;

  const breakAt = (...names: readonly string[]): Promise<unknown> =>
    client.request('setFunctionBreakpoints', { breakpoints: names.map((name) => ({ name })) });
  const functionNow = async (): Promise<string> => (await client.stack())[0]?.name ?? '';

  before(async () => {
    client = await InProcessClient.attach({ recording: await demoRecording(), sourceRoots: [DEMO_SOURCES] });
    end = await client.end();
  });

  after(async () => {
    await client.close();
  });

  beforeEach(() => breakAt());

  const toLastLine = async (): Promise<number> => {
    await client.travel(0);
    return (await client.move('retrograde/runToLine', LAST_LINE)).counter;
  };

  for (const command of ['next', 'continue']) {
    it(`${command} forwards is paused where it has got to`, async () => {
      const from = await toLastLine();
      const stop = await client.moveAndPause(command);
      assert.equal(stop.reason, 'pause');
      assert.ok(stop.counter >= from && stop.counter < end);
      assert.equal(stop.description, 'Paused');
      assert.equal((await client.travel(from)).counter, from, 'the session is usable');
    });
  }

  it('a search backwards that is paused returns to where it began', async () => {
    // Which is not met before the end.
    await breakAt('panic');
    const origin = (await client.travel(Math.floor(end * 0.9))).counter;
    const stop = await client.moveAndPause('reverseContinue');
    assert.deepEqual([stop.reason, stop.description, stop.counter], ['pause', 'Paused', origin]);
  });

  it('a line that is stepped back over is left where it was, when that is paused', async () => {
    await toLastLine();
    const late = await client.move('next');
    await breakAt('kernel_main');
    const stop = await client.moveAndPause('retrograde/reverseRunToLine', { ...LAST_LINE });
    assert.deepEqual([stop.description, stop.counter], ['Paused', late.counter]);
  });

  it('next over a call that never returns meets the end of the recording, and says so', async () => {
    await toLastLine();
    const stop = await client.move('next');
    assert.deepEqual(
      [stop.reason, stop.description, stop.counter],
      ['pause', 'End of recording: the guest powered off with code 1', end],
    );
    assert.match((await client.move('next')).description, /^End of recording/);
  });

  it('every motion backwards meets the start of the recording, and says so', async () => {
    for (const command of [
      'stepBack',
      'retrograde/reverseNext',
      'retrograde/reverseStepIn',
      'retrograde/reverseStepOut',
    ]) {
      await client.travel(0);
      const stop = await client.move(command);
      assert.deepEqual([command, stop.counter, stop.description], [command, 0, 'Start of recording']);
    }
  });

  it('next, and back, stop at a breakpoint inside what they go over', async () => {
    await breakAt('task_start');
    await client.travel(0);
    await client.move('continue');
    await breakAt();
    const call = await client.move('retrograde/reverseStepOut');
    const line = await client.move('stepBack');
    assert.ok(line.counter < call.counter);
    const after = await client.move('retrograde/runToLine', { ...LAST_LINE, line: LAST_LINE.line - 1 });
    assert.equal(after.reason, 'step');
    await breakAt('page_take');
    const back = await client.move('stepBack');
    assert.deepEqual([back.reason, await functionNow()], ['function breakpoint', 'page_take']);
    await client.travel(line.counter);
    const forth = await client.move('next');
    assert.deepEqual([forth.reason, await functionNow()], ['function breakpoint', 'page_take']);
    assert.ok(line.counter < forth.counter && forth.counter < back.counter && back.counter < after.counter);
  });

  it('stepOut stops at a breakpoint on its way', async () => {
    await breakAt('task_start');
    await client.travel(0);
    const inside = await client.move('continue');
    await breakAt('page_take');
    const stop = await client.move('stepOut');
    assert.deepEqual([stop.reason, await functionNow()], ['function breakpoint', 'page_take']);
    assert.ok(stop.counter > inside.counter);
  });
});
