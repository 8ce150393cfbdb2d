import { readFileSync } from 'node:fs';
import { findLinuxFile } from '../guests/linux.ts';
import { readGuest } from '../guests/programs.ts';
import { Random } from '../random.ts';
import { compareBranches } from './branches.ts';
import type { Disturbance } from './disturbance.ts';
import { compareRuns } from './runs.ts';
import { kernelSubject, soupSubject, type Subject } from './subject.ts';
import { compareTravel } from './travel.ts';

/** One thing to be done to one subject; `check` is undefined when everything was equal, or says what differed. */
export interface Ordeal {
  readonly name: string;
  readonly check: () => string | undefined | Promise<string | undefined>;
}

const undisturbed: Disturbance = {
  slices: [500_000],
  stops: false,
  looks: false,
  restores: false,
  translates: false,
};

const disturbances: Readonly<Record<string, Disturbance>> = {
  'interpreted, disturbed': { ...undisturbed, slices: [1, 300, 50_000], stops: true, looks: true, restores: true },
  translated: { ...undisturbed, slices: [300, 20_000, 500_000], translates: true },
  'translated, in slices': { ...undisturbed, slices: [1, 7, 300, 5000], translates: true },
  'translated, disturbed': {
    ...{ slices: [50, 5000, 50_000], stops: true, looks: true, restores: true, translates: true },
  },
};

/** Everything that one round does to random code: the same seed is the same round. */
export function soupOrdeals(seed: number, steps: number): readonly Ordeal[] {
  return ordealsOf(soupSubject(seed, steps), seed, 40);
}

/** The same for a kernel; undefined when it is not prepared here. */
export function kernelOrdeals(name: KernelName, seed: number, steps: number): readonly Ordeal[] | undefined {
  const subject = kernels[name](steps);
  return subject === undefined ? undefined : ordealsOf(subject, seed, 10);
}

function ordealsOf(subject: Subject, seed: number, marks: number): readonly Ordeal[] {
  const random = new Random(~seed);
  return [
    ...Object.entries(disturbances).map(([name, how]) => {
      const own = random.bits32();
      return { name: `${subject.name}, ${name}`, check: () => compareRuns(subject, own, how, marks) };
    }),
    { name: `${subject.name}, travelled`, check: () => compareTravel(subject, random.bits32(), 2 * marks) },
    { name: `${subject.name}, branched`, check: () => compareBranches(subject, random.bits32(), marks) },
  ];
}

export const kernelNames = ['demo', 'timer', 'paging', 'small Linux', 'Debian Linux'] as const;
export type KernelName = (typeof kernelNames)[number];

const kernels: Readonly<Record<KernelName, (steps: number) => Subject | undefined>> = {
  demo: (steps) => kernelSubject('demo kernel', steps, { kernel: readGuest('demo/demo'), memory: 16 * 2 ** 20 }),
  timer: (steps) => kernelSubject('timer interrupts', steps, { kernel: readGuest('trap-heavy/timer') }),
  paging: (steps) => kernelSubject('switches of address space', steps, { kernel: readGuest('paging/switch') }),
  'small Linux': (steps) => linux('small-kernel', 'small Linux', steps, 32),
  'Debian Linux': (steps) => linux('debian-kernel', 'Debian Linux', steps, 128),
};

function linux(
  file: 'small-kernel' | 'debian-kernel',
  name: string,
  steps: number,
  megabytes: number,
): Subject | undefined {
  const [kernel, initrd] = [findLinuxFile(file), findLinuxFile('initramfs')];
  if (kernel === undefined || initrd === undefined) return undefined;
  return kernelSubject(name, steps, {
    kernel: readFileSync(kernel),
    initrd: readFileSync(initrd),
    append: 'console=ttyS0 auto',
    memory: megabytes * 2 ** 20,
  });
}
