import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findLinuxFile, linuxInitramfs, type LinuxFile } from '../guests/linux.ts';
import { barePrograms, readGuest } from '../guests/programs.ts';
import { repeatedGuest } from './repeated-guest.ts';

/** A guest that ends by itself, and how each contender is told of it. */
export interface BenchGuest {
  readonly name: string;
  readonly kind: 'bare' | 'boot' | 'shell';
  /** What it prints when it has done its work. Undefined: a checksum, which all contenders must print alike. */
  readonly mustPrint: string | undefined;
  /** Options of `retrograde run` and `record`. */
  readonly options: readonly string[];
  readonly qemuOptions: readonly string[];
  /** The same with so many times the work; undefined where there is nothing to repeat. */
  readonly repeated?: (times: number) => BenchGuest;
}

/**
 * How often each program does its work: about two seconds of QEMU without -icount. The timer guest is left out: it counts
 * interrupts of a clock that only some contenders derive from instructions, so they would not do the same work.
 */
const repetitions: Readonly<Record<string, number>> = {
  'compute/loop': 33,
  'compute/hash': 47,
  'compute/sort': 29,
  'compute/matrix': 32,
  'compute/chase': 2,
  'compute/recursion': 19,
  'compute/indirect': 8,
  'compute/float-hard': 12,
  'compute/float-soft': 64,
  'compute/mandelbrot': 25,
  'memory/stream': 25,
  'memory/random': 2,
  'trap-heavy/ecall': 6,
  'trap-heavy/storm': 10,
  'paging/fault': 18,
  'paging/fault-fence': 6,
  'paging/syscall': 12,
  'paging/switch': 3,
};

/** The bare programs, their patched copies written into `folder`; `part` of the work of each (1 is all, 0 none). */
export function bareGuests(folder: string, part: number): readonly BenchGuest[] {
  return barePrograms.flatMap(({ name }) => {
    const times = repetitions[name];
    return times === undefined ? [] : [bareGuest(folder, name, part === 0 ? 0 : Math.max(1, Math.round(times * part)))];
  });
}

export function bareGuest(folder: string, name: string, times: number): BenchGuest {
  const file = join(folder, `${name.replace('/', '-')}-${times}.elf`);
  writeFileSync(file, repeatedGuest(readGuest(name), times));
  return {
    name,
    kind: 'bare',
    mustPrint: undefined,
    options: ['--kernel', file, '--firmware', 'none', '--memory', '64M'],
    qemuOptions: ['-bios', 'none', '-m', '64', '-kernel', file],
    repeated: (more) => bareGuest(folder, name, Math.round(times * more)),
  };
}

const kernels: readonly { readonly file: LinuxFile; readonly name: string; readonly rounds: number }[] = [
  { file: 'small-kernel', name: 'Linux 6.1, small', rounds: 1 },
  { file: 'debian-kernel', name: 'Linux 6.12, Debian', rounds: 1 },
];

/** Both Linux kernels, to the prompt of their shell and through a workload of the shell. What is not prepared is left out. */
export function linuxGuests(folder: string): readonly BenchGuest[] {
  return kernels.flatMap(({ file, name, rounds }) => {
    const boot = linuxGuest(folder, file, `${name}: boot`, 0);
    const shell = linuxGuest(folder, file, `${name}: shell`, rounds);
    return boot === undefined || shell === undefined ? [] : [boot, shell];
  });
}

/** A kernel with the bench's initramfs, whose workload runs `rounds` times; undefined when it is not prepared. */
export function linuxGuest(folder: string, file: LinuxFile, name: string, rounds: number): BenchGuest | undefined {
  const kernel = findLinuxFile(file);
  const busybox = findLinuxFile('busybox');
  if (kernel === undefined || busybox === undefined) {
    console.error(`${file} is not prepared (test/guests/linux/prepare.sh): ${name} is left out`);
    return undefined;
  }
  const initramfs = join(folder, 'bench.cpio');
  writeFileSync(initramfs, linuxInitramfs(readFileSync(busybox), 'bench'));
  const append = `console=ttyS0 rounds=${rounds}`;
  return {
    name,
    kind: rounds === 0 ? 'boot' : 'shell',
    mustPrint: 'guest: done',
    options: ['--kernel', kernel, '--initrd', initramfs, '--append', append, '--memory', '256M'],
    qemuOptions: ['-m', '256', '-kernel', kernel, '-initrd', initramfs, '-append', append],
  };
}
