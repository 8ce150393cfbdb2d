import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
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
  /** Its release, such as `6.12.117+deb13-riscv64`. */
  'debian-release': 'debian/release',
  /** Some of its modules, see `requireDebianModules`. */
  'debian-modules': 'debian-modules',
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

/** Modules of Debian's kernel in the order in which they are loaded, by their paths below `kernel`. */
const DEBIAN_MODULES = ['drivers/block/loop', 'fs/nls/nls_cp437', 'fs/nls/nls_ascii', 'fs/fat/fat', 'fs/fat/vfat'];

/** What Debian's packages have of modules, with the folders that they have in them; there only after `prepare.sh --with-symbols`. */
export interface DebianModules {
  /** The modules as they are delivered, packed and without debug information, by `NAME.ko.xz`. */
  readonly packed: ReadonlyMap<string, string>;
  /** `usr/lib/debug` of the debug package. */
  readonly debugDirectory: string;
}

export function requireDebianModules(context: Mocha.Context): DebianModules {
  const release = readFileSync(requireLinuxFile(context, 'debian-release'), 'utf8').trim();
  const packages = requireLinuxFile(context, 'debian-modules');
  const packed = DEBIAN_MODULES.map((module) => {
    const path = join(packages, `usr/lib/modules/${release}/kernel/${module}.ko.xz`);
    return [basename(path), path] as const;
  });
  return { packed: new Map(packed), debugDirectory: join(packages, 'usr/lib/debug') };
}

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
 * workload of shell commands; that of `spaces` runs the user programs of `linux/user`; those of `modules` and `debian-modules`
 * load the modules that are given.
 */
export function linuxInitramfs(
  busybox: Uint8Array,
  script: 'init' | 'bench' | 'spaces' | 'modules' | 'debian-modules' = 'init',
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
