import assert from 'node:assert/strict';
import type { TranslationPolicy } from '../../../../emulator/engine/translator/translations.ts';
import type { Machine } from '../../../../emulator/machine/machine.ts';
import { instructions } from '../../../../emulator/riscv/instructions.ts';
import type { Instruction } from '../../../../emulator/riscv/instruction.ts';
import { formatFields } from '../../../../emulator/riscv/formats.ts';
import type { Assembler } from '../../../assembler.ts';
import { fingerprint, hart, machineRunning } from '../../machine/program.ts';

/** Each instruction in a loop that is translated at once, against the same loop interpreted. */

const EAGER: TranslationPolicy = { threshold: 1, largestRegion: 400, capacity: 1000 };
const DATA = 0x8000_8000;
const MEMORY = 2 ** 18;
const [t0, t1, t2, s0] = [5, 6, 7, 8];
const [a0, a1, a2] = [10, 11, 12];
const TURNS = 40;
const MSTATUS = 0x300;
const MTVEC = 0x305;
const MEPC = 0x341;
const MSCRATCH = 0x340;
const FLOAT_ON = 1 << 13;
const hasImmediate = new Set(['I', 'shift5', 'shift6', 'load', 'S', 'U', 'csr-imm', 'F-load', 'F-store']);

/** Control flow makes the loop itself, and these leave it for good. */
const isLeftOut = ({ name, format }: Instruction): boolean =>
  format === 'B' || format === 'J' || ['jalr', 'mret', 'sret', 'wfi', 'ecall', 'ebreak'].includes(name);

/** All the loops one after another. An instruction that traps is skipped by the handler. */
function writeLoops(program: Assembler, skew: number): void {
  const [over, handler] = [program.label(), program.label()];
  program.branch('jal', {}, over);
  program.place(handler);
  program.emit('csrrs', { rd: s0, csr: MEPC });
  program.emit('addi', { rd: s0, rs1: s0, imm: 4 });
  program.emit('csrrw', { rs1: s0, csr: MEPC });
  program.emit('mret');
  program.place(over);
  program.emit('auipc', { rd: t0 });
  program.emit('addi', { rd: t0, rs1: t0, imm: handler.offset - over.offset });
  program.emit('csrrw', { rs1: t0, csr: MTVEC });
  program.constant(t0, FLOAT_ON);
  program.emit('csrrs', { rs1: t0, csr: MSTATUS });
  program.constant(t2, 0x9e37_79b9);
  program.constant(a1, 0x8765_4321);
  for (const instruction of instructions) if (!isLeftOut(instruction)) writeLoop(program, instruction, skew);
  program.emit('jal');
}

/** Operands change from turn to turn; addresses stay near DATA, aligned or not as `skew` says. */
function writeLoop(program: Assembler, instruction: Instruction, skew: number): void {
  const { name, format } = instruction;
  program.constant(t1, TURNS);
  program.constant(a0, DATA + skew);
  const top = program.size;
  const touches = ['load', 'S', 'atomic', 'load-reserved', 'F-load', 'F-store', 'address', 'prefetch'].includes(format);
  const base = touches ? a0 : a2;
  const imm = format === 'shift5' || format === 'shift6' ? 7 : format === 'csr-imm' ? 9 : format === 'U' ? 0x12000 : 24;
  const has = formatFields[format];
  program.emit(name, {
    ...(has.rd && { rd: a2 }),
    ...(has.rs1 && { rs1: base }),
    ...(has.rs2 && { rs2: a1 }),
    ...(has.rs3 && { rs3: a2 }),
    ...(has.rm && { rm: 7 }),
    ...(has.csr && { csr: MSCRATCH }),
    ...(hasImmediate.has(format) && { imm }),
  });
  // What it left goes into the next turn's operands, as integers and as floating point.
  program.emit('add', { rd: a1, rs1: a1, rs2: t2 });
  program.emit('xor', { rd: a1, rs1: a1, rs2: a2 });
  program.emit('fcvt.d.l', { rd: a1, rs1: a1, rm: 7 });
  program.emit('fmv.x.d', { rd: t0, rs1: a2 });
  program.emit('xor', { rd: t2, rs1: t2, rs2: t0 });
  program.emit('add', { rd: a2, rs1: a2, rs2: a1 });
  program.emit('addi', { rd: t1, rs1: t1, imm: -1 });
  program.emit('bne', { rs1: t1, imm: top - program.size });
}

/** For the report of a difference. */
function describeMoment(machine: Machine): string {
  return `by counter ${machine.counter}, pc ${hart(machine).pc.toString(16)}`;
}

describe('an instruction in a hot loop', () => {
  for (const skew of [0, 3, 4091]) {
    it(`does translated what it does interpreted, ${skew} bytes into its data`, () => {
      const [translated, interpreted] = ([EAGER, 'off'] as const).map((policy) => {
        const machine = machineRunning((program) => {
          writeLoops(program, skew);
        }, MEMORY);
        machine.translateCode(policy);
        return machine;
      });
      assert(translated && interpreted);
      const end = instructions.length * TURNS * 12;
      while (translated.counter < end) {
        // Several slices to a loop: what became hot in one is translated before the next.
        for (let slice = 0; slice < 10; slice++) translated.run(translated.counter + 37);
        interpreted.run(translated.counter);
        assert.equal(fingerprint(translated), fingerprint(interpreted), describeMoment(interpreted));
      }
      const { bytes } = interpreted.readVirtual(0, hart(interpreted).pc, 4);
      assert.deepEqual([...bytes], [0x6f, 0, 0, 0], 'the loop after all others');
    }).timeout(60_000);
  }

  it('is not translated when it is a breakpoint, which is met at every turn', () => {
    const machine = machineRunning((program) => {
      program.constant(t1, TURNS);
      program.emit('addi', { rd: a0, rs1: a0, imm: 1 });
      program.emit('addi', { rd: a1, rs1: a1, imm: 2 });
      program.emit('addi', { rd: t1, rs1: t1, imm: -1 });
      program.emit('bne', { rs1: t1, imm: -12 });
      program.emit('jal', { imm: 0 });
    });
    machine.translateCode(EAGER);
    machine.run(machine.counter + 30);
    const address = hart(machine).pc;
    let hits = 0;
    for (let before = -1; before !== machine.counter; hits++) {
      before = machine.counter;
      const stops = { conditions: [{ kind: 'instruction', address } as const] };
      if (machine.run(machine.counter + 1000, stops, true).kind !== 'hit') break;
      assert.equal(hart(machine).pc, address);
      assert.equal(machine.counter - before, 4);
    }
    assert(hits > 25, `${hits} hits`);
  });
});
