import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpioArchive } from './cpio.ts';

/**
 * The real Linux guests, which are too large to keep in the project: `test/guests/linux/prepare.sh` puts them into a cache
 * folder. A test asks for one by name; where it is missing the test is skipped, and says so.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));

/** `guests` in the folder RETROGRADE_CACHE, or in `.cache` at the root of the project. */
export const guestCache = join(process.env['RETROGRADE_CACHE'] ?? join(root, '.cache'), 'guests');

const files = {
  /** Debian 13's kernel, 6.12 (an Image). Needs 96 MB of RAM with the initramfs, takes about 1.2 G instructions to boot. */
  'debian-kernel': 'debian/Image',
  /** Its vmlinux with DWARF 5, 300 MB; there only after `prepare.sh --with-symbols`. */
  'debian-symbols': 'debian/vmlinux',
  /** Linux 6.1 of small.config (an Image). 16 MB of RAM are enough, takes about 60 M instructions to boot. */
  'small-kernel': 'small-linux/Image',
  /** Its vmlinux with DWARF 5. */
  'small-symbols': 'small-linux/vmlinux',
  /** The modules of `linux/modules` for it, as they are loaded, and the same with debug information. */
  ledger: 'small-linux/modules/ledger.ko',
  'ledger-symbols': 'small-linux/modules/debug/ledger.ko',
  stamp: 'small-linux/modules/stamp.ko',
  /** A static riscv64 busybox. */
  busybox: 'debian/busybox',
  /** OpenSBI fw_dynamic of Debian 13 and of Debian 12. */
  'opensbi-debian-13': 'debian/opensbi.bin',
  'opensbi-debian-12': 'debian-12/opensbi.bin',
  /** What `linuxInitramfs` makes, as a file for programs that want one. */
  initramfs: 'initramfs.cpio',
} as const;

const here = dirname(fileURLToPath(import.meta.url));

/** The source of a module. */
export const MODULE_SOURCES = join(here, 'linux/modules');

const SPACES_PROGRAMS = ['knock', 'decoy', 'wander'] as const;

/** The ELF file of a user program that is written here; its source is beside it. */
export function userProgram(name: (typeof SPACES_PROGRAMS)[number]): string {
  return join(here, `linux/user/${name}.elf`);
}

export type LinuxFile = keyof typeof files;

/** Where a file is kept, or undefined when it has not been prepared. */
export function findLinuxFile(name: LinuxFile): string | undefined {
  const path = join(guestCache, files[name]);
  return existsSync(path) ? path : undefined;
}

/** The path of a file. Where it is missing, says so on stderr and skips the running test or suite. */
export function requireLinuxFile(context: Mocha.Context, name: LinuxFile): string {
  const path = findLinuxFile(name);
  if (path === undefined) {
    const title = context.currentTest?.fullTitle() ?? context.test?.fullTitle() ?? 'a test';
    console.error(`SKIPPED ${title}: no guest ${name}; run test/guests/linux/prepare.sh`);
    context.skip();
  }
  return path;
}

/**
 * An initramfs with busybox and one of the scripts of `linux/` as /init. That of `init` has a shell with the prompt
 * `guest# `, or, with `auto` on the kernel's command line, a fixed script that ends by powering off; that of `bench` runs a
 * workload of shell commands; that of `spaces` runs the user programs of `linux/user`; that of `modules` loads the modules
 * that are given.
 */
export function linuxInitramfs(
  busybox: Uint8Array,
  script: 'init' | 'bench' | 'spaces' | 'modules' = 'init',
  modules: ReadonlyMap<string, Uint8Array> = new Map(),
): Uint8Array {
  const init = readFileSync(join(here, `linux/${script}.sh`));
  const programs = script === 'spaces' ? SPACES_PROGRAMS : [];
  return cpioArchive([
    ...['bin', 'dev', 'etc', 'proc', 'sys', 'tmp'].map((path) => ({ kind: 'directory' as const, path })),
    { kind: 'file', path: 'bin/busybox', content: busybox, executable: true },
    { kind: 'symbolic-link', path: 'bin/sh', target: 'busybox' },
    ...programs.map((name) => {
      const content = readFileSync(userProgram(name));
      return { kind: 'file' as const, path: `bin/${name}`, content, executable: true };
    }),
    ...(modules.size === 0 ? [] : [{ kind: 'directory' as const, path: 'lib' }]),
    ...[...modules].map(([name, content]) => {
      return { kind: 'file' as const, path: `lib/${name}`, content, executable: false };
    }),
    { kind: 'file', path: 'init', content: init, executable: true },
  ]);
}
