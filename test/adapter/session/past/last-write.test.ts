import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DEMO_SOURCES, TestSession } from '../debug-session.ts';

interface LastWrite {
  readonly kind: string;
  readonly moment: { readonly counter: number; readonly function?: string; readonly line?: number };
  readonly before: string;
  readonly after: string;
  readonly beforeValue?: string;
  readonly afterValue?: string;
  readonly holder: string;
}

type Link = Pick<LastWrite, 'moment'>;

describe('who last wrote', function () {
  this.timeout(300_000);
  let session: TestSession;
  before(async () => {
    session = await TestSession.onDemo();
  });
  after(() => session.stop());

  const lastWrite = async (args: object): Promise<LastWrite> =>
    (await session.request('retrograde/lastWrite', args)) as LastWrite;
  const bits = async (name: string): Promise<bigint> =>
    BigInt(/^0x[0-9a-f]+/.exec(await session.evaluate(`$${name}`))?.[0] ?? '-1');
  const pointer = async (expression: string): Promise<bigint> =>
    BigInt(/0x[0-9a-f]+/.exec(await session.evaluate(expression))?.[0] ?? '-1');
  /** The frame of a function in the present stack. */
  const frameOf = async (name: string): Promise<number> => {
    const frame = (await session.stack()).find((one) => one.name === name);
    assert.ok(frame !== undefined, `no frame of ${name}`);
    return frame.id;
  };

  it("finds the demo's bug in three requests", async () => {
    await session.travel('end');
    // The tick looks at a sleeper that is not there. Who put it where the tick looks?
    const link = await lastWrite({ name: '*link', frameId: await frameOf('wake_sleepers') });
    assert.deepEqual([link.kind, link.moment.function], ['store', 'wake_sleepers']);
    // The tick itself, as it took another sleeper out, from that one's own link. Who wrote that?
    await session.travel(link.moment.counter);
    const own = await lastWrite({ name: 'task->sleep_next' });
    assert.deepEqual([own.kind, own.moment.function], ['store', 'sleep_ticks']);
    assert.ok(link.moment.counter - own.moment.counter > 6_000_000);
    // The sleeper, which puts itself before whoever is in the slot. Who wrote the slot last?
    await session.travel(own.moment.counter);
    const slot = await lastWrite({ name: '*slot' });
    assert.deepEqual([slot.kind, slot.moment.function], ['store', 'wake_sleepers']);
    // A tick came after the sleeper had read the slot, and before it turned interrupts off: that is the bug.
    // The chain says the same at once: the trap kept what had been read before in its frame, and gave it back.
    const { links } = (await session.request('retrograde/origin', { name: 'next' })) as { links: Link[] };
    const read = links.find(({ moment }) => moment.function === 'sleep_ticks');
    assert.ok(read !== undefined && links[0]?.moment.function === 'trap_vector');
    assert.ok(read.moment.counter < slot.moment.counter && slot.moment.counter < own.moment.counter);
  });

  it('is asked of registers: integer registers and CSRs, at any distance', async () => {
    for (const counter of [20_000_000, 49_135_400]) {
      for (const register of ['a5', 'sp', 's11', 'sepc', 'satp']) {
        await session.travel(counter);
        const present = await bits(register);
        const write = await lastWrite({ name: `$${register}` });
        if (write.kind === 'initial') continue;
        assert.equal(BigInt(write.after), present, register);
        assert.equal((await session.status()).counter, counter);
        await session.travel(write.moment.counter);
        assert.equal(await bits(register), BigInt(write.before), register);
        await session.stepIn('instruction');
        assert.equal(await bits(register), present, register);
      }
    }
  });

  it('counts a write of the value that was there', async () => {
    await session.travel(20_000_000);
    const write = await lastWrite({ name: '$a5' });
    // No instruction from there to the present writes the register: the slow way of finding out.
    let at = await session.travel(write.moment.counter + 1);
    for (; at.counter < 20_000_000; at = await session.stepIn('instruction')) {
      const memoryReference = `0x${at.pc.toString(16)}`;
      const { body } = await session.client.disassembleRequest({ memoryReference, instructionCount: 1 });
      const text = body?.instructions[0]?.instruction;
      assert.doesNotMatch(text ?? '', /^(?!s[bhwd]|b|j)\S+ a5,/, `counter ${at.counter}`);
    }
  });

  it('is asked of variables in registers, in the innermost frame and in those that called it', async () => {
    await session.travel(12_000_000);
    const source = readFileSync(path.join(DEMO_SOURCES, 'timer.c'), 'utf8').split('\n');
    await session.breakAtLines('timer.c', source.findIndex((line) => line.includes('self->sleep_next = next')) + 1);
    await session.continue();
    await session.breakAtLines('timer.c');
    const inner = await lastWrite({ name: 'next' });
    assert.match(inner.holder, /^[ast]\d+$/);
    assert.equal(BigInt(inner.after), await pointer('next'));
    await session.breakAtFunctions('schedule');
    await session.continue();
    await session.breakAtFunctions();
    const outer = await lastWrite({ name: 'before', frameId: await frameOf('sleep_ticks') });
    // It is what turning interrupts off gave, inlined there.
    assert.equal(outer.moment.function, 'interrupts_off');
    assert.ok(outer.moment.counter < (await session.status()).counter);
  });

  it('is asked of the translation of an address', async () => {
    await session.travel(20_000_000);
    const map = await lastWrite({ translationOf: '0x80200000' });
    assert.equal(map.kind, 'store');
    assert.match(map.moment.function ?? '', /^(map_in_place|paging_map)$/);
    assert.match(map.after, /^0x[0-9a-f]{16}$/);
    assert.equal(BigInt(map.after) & 1n, 1n);
    assert.match(await session.evaluate('/last-map 0x80200000'), /^the translation of 0x80200000: 0x0{16} -> 0x/);
  });

  it('shows values as the type has them', async () => {
    await session.travel(20_000_000);
    const { beforeValue, afterValue } = await lastWrite({ name: 'ticks' });
    assert.deepEqual([beforeValue, afterValue], ['195', '196']);
    assert.match(
      await session.evaluate('/last-write $sepc'),
      /^\$sepc: 0x[0-9a-f]{16} -> 0x[0-9a-f]{16}, by a trap or the return from one, at /,
    );
  });

  it('is answered at once when it is asked again', async () => {
    await session.travel(20_000_000);
    const first = await lastWrite({ name: '$s11' });
    const began = session.events.length;
    assert.deepEqual(await lastWrite({ name: '$s11' }), first);
    assert.equal(session.events.length, began);
  });
});
