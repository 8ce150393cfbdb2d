import { decode } from '../../emulator/riscv/decoder.ts';
import { result, savedCsrs, WATCHES } from './layout.ts';
import type { PlacedCase, Program } from './program.ts';

/** One word of a result record by its name, and what the two machines left in it. */
export interface Difference {
  readonly placed: PlacedCase;
  readonly field: string;
  readonly qemu: bigint;
  readonly retrograde: bigint;
  /** All of the machine's results. */
  readonly ours: Outcome;
}

const fields: readonly { readonly name: string; readonly offset: number }[] = [
  { name: 'fcsr', offset: result.fcsr },
  ...savedCsrs.map(({ name }, index) => ({ name, offset: result.csrs + 8 * index })),
  ...Array.from({ length: WATCHES }, (_, index) => ({ name: `watch${index}`, offset: result.watches + 8 * index })),
  ...Array.from({ length: 31 }, (_, index) => ({ name: `x${index + 1}`, offset: result.x + 8 * (index + 1) })),
  ...Array.from({ length: 32 }, (_, index) => ({ name: `f${index}`, offset: result.f + 8 * index })),
];

/** A case's results on one machine. */
export class Outcome {
  private readonly view: DataView;

  constructor(results: Uint8Array, index: number) {
    this.view = new DataView(results.buffer, results.byteOffset + index * result.size, result.size);
  }

  word(offset: number): bigint {
    return this.view.getBigUint64(offset, true);
  }

  csr(name: (typeof savedCsrs)[number]['name']): bigint {
    return this.word(result.csrs + 8 * savedCsrs.findIndex((saved) => saved.name === name));
  }

  get cause(): number {
    return Number(BigInt.asUintN(32, this.csr('mcause')));
  }
}

/** Every word in which the machines differ, case by case. */
export function compare(program: Program, qemu: Uint8Array, retrograde: Uint8Array): Difference[] {
  const differences: Difference[] = [];
  for (const placed of program.cases) {
    const start = placed.index * result.size;
    const end = start + result.size;
    if (Buffer.compare(qemu.subarray(start, end), retrograde.subarray(start, end)) === 0) continue;
    const theirs = new Outcome(qemu, placed.index);
    const ours = new Outcome(retrograde, placed.index);
    for (const { name, offset } of fields) {
      if (theirs.word(offset) === ours.word(offset)) continue;
      differences.push({ placed, field: name, qemu: theirs.word(offset), retrograde: ours.word(offset), ours });
    }
  }
  return differences;
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** The code of a case, an instruction a line. */
export function listing({ test: { code }, slot }: PlacedCase): string[] {
  const lines: string[] = [];
  for (let at = 0; at < code.length;) {
    const low = code[at] ?? 0;
    const bits = (low & 3) === 3 ? (low | ((code[at + 1] ?? 0) << 16)) >>> 0 : low;
    const decoded = decode(bits);
    const text =
      decoded === undefined
        ? 'no instruction of the machine'
        : `${decoded.compressedName ?? decoded.instruction.name} rd=${decoded.rd} rs1=${decoded.rs1} rs2=${decoded.rs2} ` +
          `rs3=${decoded.rs3} imm=${decoded.imm} rm=${decoded.rm} csr=${hex(BigInt(decoded.csr))}`;
    lines.push(`${hex(BigInt(slot + 2 * at))}: ${bits.toString(16).padStart((low & 3) === 3 ? 8 : 4, '0')}  ${text}`);
    at += (low & 3) === 3 ? 2 : 1;
  }
  return lines;
}

/** What a person needs to reproduce a difference: code, the operands it read, both results. */
export function report(differences: readonly Difference[], limit: number): string {
  const lines: string[] = [];
  const seen = new Set<PlacedCase>();
  for (const { placed } of differences) {
    if (seen.has(placed) || seen.size >= limit) continue;
    seen.add(placed);
    const { test } = placed;
    lines.push(
      `case ${placed.index} (${test.family}, ${test.privilege}-mode, mstatus ${hex(test.mstatus)}, fcsr ${test.fcsr})`,
    );
    lines.push(...listing(placed).map((line) => `  ${line}`));
    lines.push(
      `  x: ${test.x
        .map((value, register) => `x${register}=${hex(value)}`)
        .slice(1)
        .join(' ')}`,
    );
    lines.push(`  f: ${test.f.map((value, register) => `f${register}=${hex(value)}`).join(' ')}`);
    for (const difference of differences) {
      if (difference.placed !== placed) continue;
      lines.push(`  ${difference.field}: QEMU ${hex(difference.qemu)}, Retrograde ${hex(difference.retrograde)}`);
    }
  }
  return lines.join('\n');
}
