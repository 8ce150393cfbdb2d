import assert from 'node:assert/strict';
import type { GuestExit } from '../../../../emulator/machine/machine.ts';
import { RAM_BASE } from '../../../../emulator/machine/memory-map.ts';
import type { SbiHart } from '../../../../emulator/machine/sbi/hart.ts';
import { Sbi } from '../../../../emulator/machine/sbi/sbi.ts';
import { ByteStateReader, ByteStateWriter } from '../../../../emulator/machine/state.ts';
import { TestMemory } from '../test-board.ts';

const [BASE, TIME, IPI, RFENCE, HSM, SRST, DBCN] = [
  0x10n,
  0x5449_4d45n,
  0x73_5049n,
  0x5246_4e43n,
  0x48_534dn,
  0x5352_5354n,
  0x4442_434en,
] as const;
const ALL = 2n ** 64n - 1n;

class TestHart implements SbiHart {
  readonly index: number;
  readonly x = new Array<bigint>(32).fill(0n);
  /** What was asked of it, as text. */
  readonly asked: string[] = [];

  constructor(index: number) {
    this.index = index;
  }

  readX(register: number): bigint {
    return this.x[register] ?? 0n;
  }
  writeX(register: number, value: bigint): void {
    this.x[register] = value;
  }
  readCsr(number: number): bigint | undefined {
    return number === 0xf12 ? 0x7_0200n : 0n;
  }
  setTimer(deadline: bigint): void {
    this.asked.push(`timer ${deadline}`);
  }
  setSoftwareInterrupt(pending: boolean): void {
    this.asked.push(`software interrupt ${pending}`);
  }
  start(address: bigint, opaque: bigint): void {
    this.asked.push(`start ${address.toString(16)} ${opaque}`);
  }
  stop(): void {
    this.asked.push('stop');
  }
  waitForInterrupt(): void {
    this.asked.push('wait');
  }
}

function firmware(harts = 1) {
  const memory = new TestMemory(1 << 20);
  const cores = Array.from({ length: harts }, (_, index) => new TestHart(index));
  const exits: GuestExit[] = [];
  const console = { printed: '', typed: '' };
  const sbi = new Sbi({
    harts: cores,
    memory,
    console: {
      transmit: (bytes) => (console.printed += Buffer.from(bytes).toString('latin1')),
      takeReceived: (length) => {
        const taken = console.typed.slice(0, length);
        console.typed = console.typed.slice(length);
        return Buffer.from(taken, 'latin1');
      },
    },
    onExit: (exit) => exits.push(exit),
  });
  return {
    sbi,
    memory,
    cores,
    exits,
    console,
    /** Executes `ecall` on hart 0, or another; returns a0 (signed) and a1. */
    call: (extension: bigint, functionId: bigint, args: readonly bigint[] = [], on = 0) => {
      const hart = cores[on];
      assert.ok(hart);
      hart.x.fill(0x5a5an);
      for (const [index, value] of args.entries()) hart.x[10 + index] = BigInt.asUintN(64, value);
      hart.x[16] = functionId;
      hart.x[17] = extension;
      const untouched = hart.x.slice();
      sbi.handle(hart);
      assert.deepEqual(hart.x.slice(12), untouched.slice(12), 'only a0 and a1 change');
      return [BigInt.asIntN(64, hart.readX(10)), hart.readX(11)] as const;
    },
  };
}

describe('the built-in SBI', () => {
  it('says what it is', () => {
    const { call } = firmware();
    assert.deepEqual(call(BASE, 0n), [0n, 0x0200_0000n], 'specification 2.0');
    assert.deepEqual(call(BASE, 5n), [0n, 0x7_0200n], 'marchid');
    assert.deepEqual(call(BASE, 7n), [-2n, 0n]);
  });

  it('admits to the extensions it has', () => {
    const { call } = firmware();
    for (const present of [BASE, TIME, IPI, RFENCE, HSM, SRST, DBCN, 0n, 1n, 2n, 3n, 8n]) {
      assert.deepEqual(call(BASE, 3n, [present]), [0n, 1n], present.toString(16));
    }
    for (const absent of [4n, 5n, 6n, 7n, 0x50_4d55n, 0x5355_5350n, 0xdeadn]) {
      assert.deepEqual(call(BASE, 3n, [absent]), [0n, 0n], absent.toString(16));
      assert.deepEqual(call(absent, 0n), [-2n, 0n]);
    }
  });

  it('sets the timer', () => {
    const { call, cores } = firmware();
    assert.deepEqual(call(TIME, 0n, [123_456n]), [0n, 0n]);
    assert.deepEqual(call(TIME, 0n, [ALL]), [0n, 0n]);
    assert.deepEqual(cores[0]?.asked, ['timer 123456', `timer ${ALL}`]);
    assert.deepEqual(call(TIME, 1n, [1n]), [-2n, 0n]);
  });

  it('sends software interrupts to the harts of a mask', () => {
    const { call, cores } = firmware(4);
    assert.deepEqual(call(IPI, 0n, [0b101n, 1n]), [0n, 0n]);
    assert.deepEqual(
      cores.map((core) => core.asked.length),
      [0, 1, 0, 1],
    );
    assert.deepEqual(call(IPI, 0n, [0n, ALL]), [0n, 0n], 'all of them');
    assert.deepEqual(
      cores.map((core) => core.asked.length),
      [1, 2, 1, 2],
    );
    assert.deepEqual(call(IPI, 0n, [0b1000n, 1n]), [-3n, 0n], 'there is no hart 4');
  });

  it('has nothing to do for a remote fence, but checks its harts', () => {
    const { call } = firmware();
    for (const functionId of [0n, 1n, 2n]) {
      assert.deepEqual(call(RFENCE, functionId, [1n, 0n, 0n, ALL]), [0n, 0n]);
      assert.deepEqual(call(RFENCE, functionId, [2n, 0n, 0n, ALL]), [-3n, 0n]);
    }
    assert.deepEqual(call(RFENCE, 3n, [1n, 0n]), [-2n, 0n], 'no hypervisor');
  });

  it('starts and stops harts, and knows which run', () => {
    const { call, cores } = firmware(2);
    const entry = BigInt(RAM_BASE);
    assert.deepEqual(call(HSM, 2n, [0n]), [0n, 0n]);
    assert.deepEqual(call(HSM, 2n, [1n]), [0n, 1n]);
    assert.deepEqual(call(HSM, 0n, [1n, 0x1000n, 7n]), [-5n, 0n], 'not RAM');
    assert.deepEqual(call(HSM, 0n, [1n, entry, 7n]), [0n, 0n]);
    assert.deepEqual(cores[1]?.asked, ['start 80000000 7']);
    assert.deepEqual(call(HSM, 0n, [1n, entry, 7n]), [-6n, 0n], 'already started');
    call(HSM, 1n, [], 1);
    assert.deepEqual(cores[1].asked.at(-1), 'stop');
    assert.deepEqual(call(HSM, 2n, [1n]), [0n, 1n]);
    assert.deepEqual(call(HSM, 2n, [2n]), [-3n, 0n]);
    assert.deepEqual(call(HSM, 0n, [9n, entry, 7n]), [-3n, 0n]);
  });

  it('remembers which harts run over a checkpoint', () => {
    const { call, sbi } = firmware(2);
    call(HSM, 0n, [1n, BigInt(RAM_BASE), 0n]);
    const writer = new ByteStateWriter();
    sbi.save(writer);
    sbi.reset();
    assert.deepEqual(call(HSM, 2n, [1n]), [0n, 1n]);
    sbi.restore(new ByteStateReader(writer.finish()));
    assert.deepEqual(call(HSM, 2n, [1n]), [0n, 0n]);
  });

  it('suspends a hart by letting it wait', () => {
    const { call, cores } = firmware();
    assert.deepEqual(call(HSM, 3n, [0n]), [0n, 0n]);
    assert.deepEqual(cores[0]?.asked, ['wait']);
    assert.deepEqual(call(HSM, 3n, [0x8000_0000n]), [-2n, 0n]);
    assert.deepEqual(call(HSM, 3n, [1n]), [-3n, 0n]);
  });

  for (const [type, reason, exit] of [
    [0n, 0n, { kind: 'power-off', code: 0 }],
    [0n, 1n, { kind: 'power-off', code: 1 }],
    [1n, 0n, { kind: 'reset' }],
    [2n, 0n, { kind: 'reset' }],
  ] as const) {
    it(`ends the run as ${JSON.stringify(exit)} for reset type ${type}, reason ${reason}`, () => {
      const { call, exits } = firmware();
      assert.deepEqual(call(SRST, 0n, [type, reason]), [0n, 0n]);
      assert.deepEqual(exits, [exit]);
    });
  }

  it('refuses resets that the specification reserves', () => {
    const { call, exits } = firmware();
    assert.deepEqual(call(SRST, 0n, [3n, 0n]), [-3n, 0n]);
    assert.deepEqual(call(SRST, 0n, [0n, 2n]), [-3n, 0n]);
    assert.deepEqual(exits, []);
  });

  it('prints from memory and reads into it', () => {
    const { call, console, memory } = firmware();
    const buffer = BigInt(RAM_BASE + 0x100);
    memory.write(RAM_BASE + 0x100, Buffer.from('hello'));
    assert.deepEqual(call(DBCN, 0n, [5n, buffer, 0n]), [0n, 5n]);
    assert.deepEqual(call(DBCN, 2n, [0x121n]), [0n, 0n]);
    assert.equal(console.printed, 'hello!');
    console.typed = 'abc';
    assert.deepEqual(call(DBCN, 1n, [10n, buffer, 0n]), [0n, 3n]);
    assert.equal(Buffer.from(memory.read(RAM_BASE + 0x100, 5)).toString(), 'abclo');
    assert.deepEqual(call(DBCN, 1n, [10n, buffer, 0n]), [0n, 0n]);
  });

  it('refuses a console buffer outside of RAM', () => {
    const { call, console } = firmware();
    for (const [length, low, high] of [
      [1n, 0n, 0n],
      [ALL, BigInt(RAM_BASE), 0n],
      [2n, BigInt(RAM_BASE) + 0xf_ffffn, 0n],
      [1n, BigInt(RAM_BASE), 1n],
      [1n, ALL, 0n],
    ] as const) {
      assert.deepEqual(call(DBCN, 0n, [length, low, high]), [-3n, 0n]);
      assert.deepEqual(call(DBCN, 1n, [length, low, high]), [-3n, 0n]);
    }
    assert.equal(console.printed, '');
  });

  it('prints a very long buffer in parts', () => {
    const { call } = firmware();
    assert.deepEqual(call(DBCN, 0n, [500_000n, BigInt(RAM_BASE), 0n]), [0n, 65_536n]);
  });

  it('has the legacy console, timer and shutdown, which leave a1 alone', () => {
    const { call, console, cores, exits } = firmware();
    assert.deepEqual(call(1n, 0n, [0x41n]), [0n, 0x5a5an]);
    assert.equal(console.printed, 'A');
    console.typed = 'z';
    assert.equal(call(2n, 0n)[0], 0x7an);
    assert.equal(call(2n, 0n)[0], -1n, 'nothing waits');
    call(0n, 0n, [99n]);
    call(3n, 0n);
    assert.deepEqual(cores[0]?.asked, ['timer 99', 'software interrupt false']);
    call(8n, 0n);
    assert.deepEqual(exits, [{ kind: 'power-off', code: 0 }]);
  });
});
