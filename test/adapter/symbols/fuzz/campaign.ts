import assert from 'node:assert/strict';
import { FIXTURE_COMPANIONS, fixturePath } from '../fixtures.ts';
import { readFileSync } from 'node:fs';
import { damaged, numbersFrom, partsOf } from './damage.ts';
import { examine } from './examination.ts';

/** Seconds that the questions about one small file may take; they take thousandths. */
const LONGEST = 20;
/** Bytes that the whole process may hold at any time. */
const MOST_MEMORY = 2 ** 30;

/** A program, and which of its files is damaged. */
interface Subject {
  readonly program: string;
  readonly damagedFile: string;
}

const alone = (program: string): Subject => ({ program, damagedFile: program });

/** Both versions, in one file and several, compressed, relocatable, by three compilers' hands. */
const SUBJECTS: readonly Subject[] = [
  ...['o0-dwarf5.elf', 'o2-dwarf5.elf', 'o0-dwarf4.elf', 'o2-dwarf4.elf', 'o2-zlib.elf', 'o2-zstd.elf'].map(alone),
  ...['o2-gnu-zdebug.elf', 'o2-clang-4.elf', 'o2-clang-5.elf', 'o2-type-units-4.elf', 'o2-type-units-5.elf'].map(alone),
  ...['o2-macros-5.elf', 'o2-macinfo.elf', 'o2-debug-link.elf', 'o2-split-5.elf', 'o2-shared.elf'].map(alone),
  ...['o2-module.ko', 'o0-object.o'].map(alone),
  { program: 'o2-split-4.elf', damagedFile: 'o2-split-4-main.dwo' },
  { program: 'o2-split-5.elf', damagedFile: 'o2-split-5-main.dwo' },
  { program: 'o2-package-4.elf', damagedFile: 'o2-package-4.elf.dwp' },
  { program: 'o2-package-5.elf', damagedFile: 'o2-package-5.elf.dwp' },
  { program: 'o2-shared.elf', damagedFile: 'o2-shared.sup' },
];

/** What came of a campaign. */
export interface Outcome {
  readonly files: number;
  /** Those that could be loaded, whole or in part. */
  readonly usable: number;
  /** Milliseconds for the slowest. */
  readonly slowest: number;
  /** Bytes resident at most, when looked at. */
  readonly memory: number;
}

/**
 * Damages `count` files, each in a way that its number tells, and examines them. Fails at the first that throws what is no
 * SymbolError, hangs, or takes too much memory, and names its number: `first` begins with it again.
 */
export function runCampaign(count: number, first = 0): Outcome {
  const subjects = SUBJECTS.map(({ program, damagedFile }) => {
    const whole = new Uint8Array(readFileSync(fixturePath(damagedFile)));
    const base = readFileSync(fixturePath(program));
    return { program, damagedFile, whole, base: new Uint8Array(base), parts: partsOf(whole) };
  });
  const files = new Map<string, Uint8Array | undefined>();
  const read = (path: string): Uint8Array | undefined => {
    if (!files.has(path)) files.set(path, FIXTURE_COMPANIONS.read(path));
    return files.get(path);
  };
  let [usable, slowest, memory] = [0, 0, 0];
  for (let number = first; number < first + count; number++) {
    const subject = subjects[number % subjects.length] ?? assert.fail('no subjects');
    const numbers = numbersFrom(number);
    const bytes = damaged(subject.whole, subject.parts, numbers);
    const isProgram = subject.program === subject.damagedFile;
    const name = subject.damagedFile;
    const companions = {
      ...FIXTURE_COMPANIONS,
      read: (path: string) => {
        if (path.endsWith('damaged.elf.dwp')) return name.endsWith('.dwp') ? bytes : undefined;
        return !isProgram && path.endsWith(name) ? bytes : read(path);
      },
    };
    const origin = /\.(ko|o)$/.test(name) ? 0n : 0x8000_0000n;
    const addresses = Array.from({ length: 3 }, () => origin + BigInt(numbers.below(0x140) * 2));
    const started = performance.now();
    try {
      if (examine(isProgram ? bytes : subject.base, companions, addresses)) usable++;
    } catch (error) {
      throw new Error(`file ${number} (${name}): ${error instanceof Error ? (error.stack ?? '') : String(error)}`, {
        cause: error,
      });
    }
    const took = performance.now() - started;
    slowest = Math.max(slowest, took);
    assert.ok(took < LONGEST * 1000, `file ${number} (${name}) took ${Math.round(took)} ms`);
    if (number % 64 === 0) memory = Math.max(memory, process.memoryUsage.rss());
    assert.ok(memory < MOST_MEMORY, `${memory} bytes in use at file ${number} (${name})`);
  }
  return { files: count, usable, slowest, memory };
}
