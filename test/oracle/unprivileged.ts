import { decode } from '../../emulator/riscv/decoder.ts';
import type { DecodedInstruction, Extension, Instruction } from '../../emulator/riscv/instruction.ts';
import { instructions } from '../../emulator/riscv/instructions.ts';
import { binary32, binary64 } from '../emulator/engine/float/reference.ts';
import { floatOperand, integerOperand } from '../operands.ts';
import type { Random } from '../random.ts';
import { RAM, SANDBOX, SANDBOX_SIZE, SLOTS, csr } from './layout.ts';
import type { LoadedCsr } from './layout.ts';
import { PAD_PARCELS, mstatus } from './program.ts';
import type { Program, TestCase } from './program.ts';

/**
 * Random unprivileged instructions, one or a few at a time, run in U-mode without paging: physical memory protection
 * turns whatever goes astray into an access fault, which must be the same fault on both machines.
 */

/** What a case draws its instructions from: an extension, or bits that mean whatever they mean. */
export type Subject = Exclude<Extension, 'privileged' | 'Svinval'> | 'encodings';

const CYCLE = 0xc00;
const FCSRS = [0x001, 0x002, 0x003];
const otherCsrs = [CYCLE, 0xc01, 0xc02, 0xc03, 0x000, 0x100, 0x180, 0x300, 0x344, 0xf14];

const isControlFlow = ({ instruction: { format, name } }: DecodedInstruction): boolean =>
  format === 'B' || format === 'J' || name === 'jalr';

const memoryFormats: readonly Instruction['format'][] = [
  'load',
  'S',
  'F-load',
  'F-store',
  'atomic',
  'load-reserved',
  'address',
];
const isMemoryAccess = ({ instruction: { format, name } }: DecodedInstruction): boolean =>
  name !== 'jalr' && memoryFormats.includes(format);

const floatFormats: readonly Instruction['format'][] = [
  'FR',
  'FR-rm',
  'FR4',
  'F-unary-rm',
  'F-load',
  'x-to-F',
  'x-to-F-rm',
];

/** The integer register it writes; 0 for none. */
const writtenRegister = ({ rd, instruction: { format } }: DecodedInstruction): number =>
  floatFormats.includes(format) ? 0 : rd;

/** wfi, and what QEMU 7.2 lets U-mode carry out: the tests of privileged instructions have them. */
const excluded: readonly string[] = ['wfi', 'sfence.w.inval', 'sfence.inval.ir'];

/** Extensions that QEMU 7.2 has not. */
const absentFromQemu: readonly Extension[] = ['Zicond', 'Zicbom', 'Zicboz'];

interface CompressedEncoding {
  readonly bits: number;
  readonly decoded: DecodedInstruction;
}

/** Every 16-bit encoding that is an instruction, by its name. */
const compressed: ReadonlyMap<string, readonly CompressedEncoding[]> = (() => {
  const encodings = new Map<string, CompressedEncoding[]>();
  for (let bits = 0; bits < 0x1_0000; bits++) {
    if ((bits & 3) === 3) continue;
    const decoded = decode(bits);
    if (decoded?.compressedName === undefined) continue;
    const sameName = encodings.get(decoded.compressedName) ?? [];
    sameName.push({ bits, decoded });
    encodings.set(decoded.compressedName, sameName);
  }
  return encodings;
})();
const compressedNames = [...compressed.keys()];

const instructionsOf = (subject: Subject): readonly Instruction[] =>
  instructions.filter(({ name, extension }) => extension === subject && !excluded.includes(name));
const byExtension = new Map<Subject, readonly Instruction[]>();

interface Drawn {
  readonly bits: number;
  /** Undefined for an encoding that means nothing to the machine. */
  readonly decoded: DecodedInstruction | undefined;
}

function drawEncoding(random: Random, subject: Subject): Drawn {
  if (subject === 'encodings') {
    const bits = random.bits32();
    // Two thirds are compressed by chance alone, but few of the others come near an instruction: start from one.
    if (random.once(2)) {
      const near = random.pick(instructions);
      const flipped = ((near.match | (bits & ~near.mask)) ^ (random.once(2) ? 1 << random.below(32) : 0)) >>> 0;
      return { bits: flipped, decoded: decode(flipped) };
    }
    const parcel = (bits & 3) === 3 ? bits : bits & 0xffff;
    return { bits: parcel, decoded: decode(parcel) };
  }
  if (subject === 'C') return random.pick(compressed.get(random.pick(compressedNames)) ?? []);
  const candidates = byExtension.get(subject) ?? instructionsOf(subject);
  byExtension.set(subject, candidates);
  const instruction = random.pick(candidates);
  let bits = (instruction.match | (random.bits32() & ~instruction.mask)) >>> 0;
  if (instruction.format.endsWith('-rm') || instruction.format === 'FR4') {
    const mode = random.once(16) ? 5 + random.below(2) : random.pick([0, 1, 2, 3, 4, 7, 7, 7]);
    bits = (bits & ~0x7000) | (mode << 12);
  }
  if (instruction.format === 'csr' || instruction.format === 'csr-imm') {
    bits = ((bits & 0xf_ffff) | (random.pick(random.once(6) ? otherCsrs : FCSRS) << 20)) >>> 0;
    // Counters tell different times on different machines: look at whether they may be read only.
    // (Nor is anything written to them: QEMU 7.2 lets csrrs and csrrc of zero pass, which the manual forbids.)
    if (bits >>> 20 >= CYCLE) bits &= ~0xf_8f80;
  }
  return { bits: bits >>> 0, decoded: decode(bits) };
}

/** Rewrites the target of a jump so that it ends among the c.ebreaks after the slot, or in forbidden memory. */
function aim(random: Random, bits: number, decoded: DecodedInstruction): Drawn {
  if (decoded.instruction.name === 'jalr') return { bits, decoded };
  const offset = decoded.length + 2 * random.below(PAD_PARCELS - 3);
  if (decoded.length === 2) {
    const candidates = compressed
      .get(decoded.compressedName ?? '')
      ?.filter(({ decoded: { imm } }) => imm >= 2 && imm < 2 * PAD_PARCELS - 4);
    return random.pick(candidates ?? []);
  }
  const immediate =
    decoded.instruction.format === 'B'
      ? ((offset & 0x7e0) << 20) | ((offset & 0x1e) << 7)
      : random.once(3)
        ? // Almost a megabyte back, before the first slot.
          0x8000_0000 | (random.bits32() & 0xf000)
        : (offset & 0x7fe) << 20;
  const operands = decoded.instruction.format === 'B' ? 0x01ff_f07f : 0xfff;
  const aimed = ((bits & operands) | immediate) >>> 0;
  return { bits: aimed, decoded: decode(aimed) };
}

/** An address for an access of up to 8 bytes, weighted to where accesses split or stray. */
function sandboxAddress(random: Random, aligned: number | undefined): number {
  const page = SANDBOX + 4096 * (1 + random.below(SANDBOX_SIZE / 4096 - 1));
  const address = ((): number => {
    switch (random.below(8)) {
      case 0:
        return page - random.below(9);
      case 1:
        return SANDBOX + SANDBOX_SIZE - random.below(10);
      case 2:
        return SANDBOX - random.below(10);
      case 3:
        return page + 64 * random.below(64) - random.below(9);
      default:
        return SANDBOX + random.below(SANDBOX_SIZE);
    }
  })();
  return aligned === undefined ? address : address - (address % aligned);
}

function alignmentOf(random: Random, { instruction: { format, name } }: DecodedInstruction): number | undefined {
  if (format === 'atomic' || format === 'load-reserved') {
    if (random.once(6)) return undefined;
    return name.includes('.d') ? 8 : 4;
  }
  return random.once(2) ? 8 : undefined;
}

const isStoreConditional = ({ instruction: { name } }: DecodedInstruction): boolean => name.startsWith('sc.');
const widthOf = ({ instruction: { name } }: DecodedInstruction): string => name.slice(name.lastIndexOf('.'));
const isLoadReserved = ({ instruction: { name } }: DecodedInstruction): boolean => name.startsWith('lr.');

/** Lets an access go where an earlier one went, as lr and sc must. */
function reuseBase(random: Random, drawn: Drawn, bases: ReadonlySet<number>): Drawn {
  const { bits, decoded } = drawn;
  if (decoded?.length !== 4 || !isMemoryAccess(decoded) || bases.size === 0 || random.once(3)) return drawn;
  const reused = ((bits & ~(0x1f << 15)) | (random.pick([...bases]) << 15)) >>> 0;
  return { bits: reused, decoded: decode(reused) };
}

/** Floating-point registers: boxed singles, doubles, and what is neither; often near one another. */
function floatRegisters(random: Random): bigint[] {
  const registers: bigint[] = [];
  const singles = random.once(2);
  for (let index = 0; index < 32; index++) {
    const previous = registers[index - 1];
    if (previous !== undefined && random.once(3)) {
      const sign = random.once(2) ? (singles ? binary32.signBit : binary64.signBit) : 0n;
      registers.push(BigInt.asUintN(64, (previous ^ sign) + BigInt(random.below(5) - 2)));
    } else if (random.once(24)) registers.push(random.bits64());
    else if (singles !== random.once(8)) {
      registers.push(
        (random.once(24) ? random.bits64() << 32n : 0xffff_ffff_0000_0000n) | floatOperand(random, binary32),
      );
    } else registers.push(floatOperand(random, binary64));
  }
  return registers.map((bits) => BigInt.asUintN(64, bits));
}

/** Makes one case of up to `length` instructions; `aligned` accesses are. */
export function unprivilegedCase(
  random: Random,
  program: Program,
  subject: Subject,
  length: number,
  aligned = false,
): TestCase {
  const code: number[] = [];
  const slot = program.openSlot();
  const x = Array.from({ length: 32 }, () => integerOperand(random));
  for (let register = 2; register < 32; register++) {
    const previous = x[register - 1];
    if (previous !== undefined && random.once(4))
      x[register] = BigInt.asUintN(64, previous + BigInt(random.below(3) - 1));
  }
  /** Registers whose initial value an instruction counts on. */
  const bases = new Set<number>();
  const written = new Set<number>();
  let watched = SANDBOX + 8;
  /** The lr that an sc may follow. */
  let reserved: DecodedInstruction | undefined;
  const append = (bits: number, size: 2 | 4): void => {
    code.push(bits & 0xffff);
    if (size === 4) code.push(bits >>> 16);
  };

  for (let count = 0; count < length; count++) {
    const { bits, decoded } = reuseBase(random, drawEncoding(random, subject), bases);
    if (decoded === undefined) {
      append(bits, (bits & 3) === 3 ? 4 : 2);
      break;
    }
    const { name, extension } = decoded.instruction;
    if (excluded.includes(name) || absentFromQemu.includes(extension)) continue;
    const { rs1 } = decoded;
    if (bases.has(writtenRegister(decoded)) && writtenRegister(decoded) !== 0) continue;
    if (isControlFlow(decoded)) {
      const aimed = aim(random, bits, decoded);
      if (decoded.instruction.name === 'jalr' && rs1 !== 0) {
        if (written.has(rs1) || bases.has(rs1)) continue;
        const pad = slot + 2 * code.length + decoded.length;
        const target = random.once(4) ? RAM + random.below(SLOTS - RAM) : pad + random.below(2 * PAD_PARCELS - 6);
        x[rs1] = BigInt.asUintN(64, BigInt(target - decoded.imm));
      }
      append(aimed.bits, decoded.length);
      break;
    }
    // QEMU fails an sc without a reservation before it looks at the address, and so has no fault to compare.
    // It also compares the whole value that lr read, so widths must be the same.
    if (isStoreConditional(decoded) && (rs1 === 0 || rs1 !== reserved?.rs1 || widthOf(decoded) !== widthOf(reserved))) {
      continue;
    }
    if (isMemoryAccess(decoded)) reserved = isLoadReserved(decoded) ? decoded : undefined;
    if (decoded.instruction.name === 'ctzw') {
      // QEMU 7.2 counts on into the upper half when the lower is zero; the result is 32.
      if (written.has(rs1) || rs1 === 0) continue;
      x[rs1] = (x[rs1] ?? 0n) | (1n << BigInt(random.below(32)));
      bases.add(rs1);
    }
    if (isMemoryAccess(decoded) && rs1 !== 0) {
      if (written.has(rs1)) continue;
      if (!bases.has(rs1)) {
        const address = sandboxAddress(random, aligned ? 8 : alignmentOf(random, decoded));
        watched = address - (address % 8);
        x[rs1] = random.once(32) ? integerOperand(random) : BigInt.asUintN(64, BigInt(address - decoded.imm));
        bases.add(rs1);
        if (writtenRegister(decoded) === rs1) {
          bases.delete(rs1);
        }
      }
    }
    if (writtenRegister(decoded) !== 0) written.add(writtenRegister(decoded));
    append(bits, decoded.length);
  }

  const watches = [-8, 0, 8, 16].map((offset) =>
    Math.min(Math.max(watched + offset, SANDBOX), SANDBOX + SANDBOX_SIZE - 8),
  );
  const floatState = BigInt(random.once(16) ? random.below(4) : 1 + random.below(3));
  const counters = new Map<LoadedCsr, bigint>();
  if (subject === 'Zicsr' && random.once(2)) {
    counters.set(csr.mcounteren, random.bits64() & 0xffff_ffffn).set(csr.scounteren, random.bits64() & 0xffff_ffffn);
  }
  return {
    code,
    csrs: counters,
    family: subject,
    privilege: 'U',
    mstatus: floatState << mstatus.FS_SHIFT,
    fcsr: random.below(2) * random.below(32) + 32 * (random.once(16) ? random.below(8) : random.below(5)),
    x,
    f: floatRegisters(random),
    watches,
  };
}
