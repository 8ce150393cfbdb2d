import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { guestPath } from '../../../guests/programs.ts';
import { DEMO_SOURCES, demoRecording, record, temporaryFolder } from '../debug-session.ts';
import { InProcessClient } from '../in-process-client.ts';

describe('The next and previous event', function () {
  this.timeout(120_000);

  it('goes from one host input to the other, and says what arrives', async () => {
    const inputScript = path.join(temporaryFolder(), 'keys');
    writeFileSync(inputScript, 'send ab\nexpect [b]\nsend q\n');
    const machine = { kernel: fileURLToPath(guestPath('console/echo')), memory: '16M', inputScript };
    const client = await InProcessClient.attach({ recording: await record(machine, 'echo.retrograde') });
    const last = await client.move('retrograde/previousEvent', {});
    const first = await client.move('retrograde/previousEvent', {});
    assert.deepEqual([last.reason, last.text], ['goto', '2 bytes of input for uart0: "q\\n"']);
    assert.deepEqual([first.reason, first.text], ['goto', '3 bytes of input for uart0: "ab\\n"']);
    assert.ok(first.counter < last.counter);
    assert.match(
      await client.refusal('retrograde/previousEvent', {}),
      /^No host input was recorded before this moment/,
    );
    assert.equal((await client.move('retrograde/nextEvent', {})).counter, last.counter);
    assert.match(await client.refusal('retrograde/nextEvent', {}), /^No host input was recorded after this moment/);
    await client.close();
  });

  it('goes from one interrupt to the other, forwards and backwards', async () => {
    const client = await InProcessClient.attach({ recording: await demoRecording(), sourceRoots: [DEMO_SOURCES] });
    await client.travel(10_000_000);
    const forward: number[] = [];
    for (let count = 0; count < 4; count++) {
      forward.push((await client.move('retrograde/nextEvent', { kind: 'interrupt' })).counter);
      // The next step takes it.
      await client.move('stepIn', { threadId: 1, granularity: 'instruction' });
      assert.equal((await client.stack())[0]?.name, 'trap_vector');
      await client.move('stepBack', { threadId: 1, granularity: 'instruction' });
    }
    const back: number[] = [];
    for (let count = 0; count < 3; count++) {
      back.push((await client.move('retrograde/previousEvent', { kind: 'interrupt' })).counter);
    }
    assert.deepEqual(back, forward.slice(0, -1).reverse());
    // The demo's only exception is the one that it panics of.
    const fault = await client.move('evaluate', { expression: '/next-event exception', context: 'repl' });
    await client.move('stepIn', { threadId: 1, granularity: 'instruction' });
    assert.equal((await client.stack())[0]?.name, 'trap_vector');
    const none = await client.move('retrograde/nextEvent', { kind: 'exception' });
    assert.match(none.description, /^End of recording/);
    await client.travel(fault.counter);
    assert.match(await client.refusal('retrograde/nextEvent', { kind: 'tea' }), /kind/);
    await client.close();
  });
});
