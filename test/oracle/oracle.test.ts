import assert from 'node:assert/strict';
import { instructions } from '../../emulator/riscv/instructions.ts';
import { requirePeer } from '../peers.ts';
import { Random } from '../random.ts';
import { Outcome, compare, report } from './comparison.ts';
import type { Difference } from './comparison.ts';
import { countInstructions } from './coverage.ts';
import { explanations } from './explained.ts';
import { addressSpaces, pagingCase } from './paging.ts';
import { csrCase, privilegedCase } from './privileged.ts';
import { Program } from './program.ts';
import { protectionCase } from './protection.ts';
import { runInQemu } from './qemu.ts';
import { runInRetrograde } from './retrograde.ts';
import { unprivilegedCase } from './unprivileged.ts';
import type { Subject } from './unprivileged.ts';

/**
 * Random instructions on QEMU and on the machine, from the same state: every register, CSR and memory word that results is
 * compared. ORACLE_INSTRUCTIONS is how many each family carries out at least (2000; the long run 100000), ORACLE_SEED
 * what they are drawn from. A failure names its seed.
 */
const INSTRUCTIONS = Number(process.env['ORACLE_INSTRUCTIONS'] ?? 2000);
const SEED = Number(process.env['ORACLE_SEED'] ?? 1);

/** Cases in one program: enough to make starting QEMU cheap, few enough to fit its memory. */
const CASES = 6000;

/** Fills a program with cases until it is full or has as many as are asked for. */
type Fill = (random: Random, program: Program, cases: number) => void;

interface Family {
  readonly name: string;
  readonly fill: Fill;
  /** The extension whose instructions count; all do when absent. */
  readonly extension?: string;
}

function repeat(add: (random: Random, program: Program) => void): Fill {
  return (random, program, cases) => {
    while (program.cases.length < cases && !program.full) add(random, program);
  };
}

/** Half of the cases are one instruction, where a difference names its cause; the others up to eight. */
const unprivileged = (subject: Subject): Fill =>
  repeat((random, program) => {
    program.add(unprivilegedCase(random, program, subject, random.once(2) ? 1 : 1 + random.below(8)));
  });

const paging: Fill = (random, program, cases) => {
  const spaces = addressSpaces(random, program);
  // Of a mode and level drawn in vain the tables are used up; others may have room.
  for (let inVain = 0; inVain < 20 && program.cases.length < cases && !program.full;) {
    const test = pagingCase(random, spaces, program);
    if (test === undefined) inVain++;
    else program.add(test);
  }
};

const extensions = [
  'I',
  'M',
  'A',
  'F',
  'D',
  'C',
  'Zicsr',
  'Zifencei',
  'Zba',
  'Zbb',
  'Zbs',
  'Zicbop',
  'Zihintpause',
] as const;

const families: readonly Family[] = [
  ...extensions.map((extension) => ({ name: extension, extension, fill: unprivileged(extension) })),
  { name: 'random encodings', fill: unprivileged('encodings') },
  { name: 'accesses and jumps under Sv39, Sv48 and Sv57', fill: paging },
  {
    name: 'physical memory protection',
    fill: repeat((random, program) => program.add(protectionCase(random, program))),
  },
  {
    name: 'CSRs',
    fill: repeat((random, program) => {
      program.openSlot();
      program.add(csrCase(random));
    }),
  },
  ...(['privileged', 'Svinval'] as const).map((extension) => ({
    name: extension,
    extension,
    fill: repeat((random, program) => program.add(privilegedCase(random, program, extension))),
  })),
];

/** Extensions that QEMU 7.2 has not; absent.test.ts tests them. */
const absent: readonly string[] = ['Zicond', 'Zicbom', 'Zicboz'];

describe('instructions against QEMU', () => {
  const counts = new Map<string, number>();
  const explained = new Map<string, number>();

  before(function () {
    requirePeer(this, 'qemu-system-riscv64');
  });

  for (const [index, { name, fill, extension }] of families.entries()) {
    it(`${name}: registers, CSRs and memory agree`, async () => {
      let carriedOut = 0;
      for (let round = 0; carriedOut < INSTRUCTIONS; round++) {
        const seed = SEED + 1000 * index + 100_000 * round;
        const random = new Random(seed);
        const program = new Program(random);
        fill(random, program, Math.min(CASES, INSTRUCTIONS - carriedOut + 10));
        const qemu = await runInQemu(program);
        const retrograde = runInRetrograde(program);
        const unexplained: Difference[] = [];
        for (const difference of compare(program, qemu, retrograde)) {
          const explanation = explanations.find(({ covers }) => covers(difference));
          if (explanation === undefined) unexplained.push(difference);
          else explained.set(explanation.name, (explained.get(explanation.name) ?? 0) + 1);
        }
        const differing = new Set(unexplained.map(({ placed }) => placed)).size;
        const summary = `${differing} of ${program.cases.length} cases differ (seed ${seed})`;
        assert.equal(unexplained.length, 0, `${summary}\n${report(unexplained, 5)}`);
        for (const placed of program.cases) {
          for (const [of, count] of countInstructions(placed, new Outcome(qemu, placed.index))) {
            counts.set(of, (counts.get(of) ?? 0) + count);
            if (extension === undefined || of === extension) carriedOut += count;
          }
        }
      }
    });
  }

  it('covers every extension', () => {
    const described = new Set(['C', ...instructions.map(({ extension }) => extension)]);
    for (const name of absent) described.delete(name);
    console.log('    instructions carried out, by extension:');
    for (const extension of described) console.log(`      ${extension.padEnd(12)} ${counts.get(extension) ?? 0}`);
    console.log('    differences that are meant (explained.ts):');
    for (const [name, count] of explained) console.log(`      ${name}: ${count}`);
    for (const extension of described) {
      assert((counts.get(extension) ?? 0) >= INSTRUCTIONS, `${extension}: only ${counts.get(extension) ?? 0}`);
    }
  });
});
