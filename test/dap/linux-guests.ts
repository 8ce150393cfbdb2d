import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { record, temporaryFolder } from '../adapter/session/debug-session.ts';
import { linuxInitramfs, requireDebianModules, requireLinuxFile, type DebianModules } from '../guests/linux.ts';

/** A Linux to be recorded from power-on to power-off, and its vmlinux. */
export interface LinuxGuest {
  readonly name: string;
  readonly machine: { readonly kernel: string; readonly initrd: string; readonly memory: string };
  readonly symbols: string;
  /** Added to the kernel's command line. */
  readonly append?: string;
}

export function smallLinux(context: Mocha.Context): LinuxGuest {
  return {
    name: 'small-linux',
    machine: {
      kernel: requireLinuxFile(context, 'small-kernel'),
      initrd: requireLinuxFile(context, 'initramfs'),
      memory: '64M',
    },
    symbols: requireLinuxFile(context, 'small-symbols'),
  };
}

/** The same kernel with the user programs of `test/guests/linux/user`, and with all of its messages on the console. */
export function spacesLinux(context: Mocha.Context): LinuxGuest {
  const guest = smallLinux(context);
  const initrd = path.join(temporaryFolder(), 'spaces.cpio');
  writeFileSync(initrd, linuxInitramfs(readFileSync(requireLinuxFile(context, 'busybox')), 'spaces'));
  return { ...guest, name: 'spaces-linux', machine: { ...guest.machine, initrd }, append: 'ignore_loglevel' };
}

/** The same kernel, which loads modules, and removes and loads them again. */
export function modulesLinux(context: Mocha.Context): LinuxGuest {
  const guest = smallLinux(context);
  const initrd = path.join(temporaryFolder(), 'modules.cpio');
  const modules = (['ledger', 'stamp'] as const).map(
    (name) => [`${name}.ko`, readFileSync(requireLinuxFile(context, name))] as const,
  );
  const busybox = readFileSync(requireLinuxFile(context, 'busybox'));
  writeFileSync(initrd, linuxInitramfs(busybox, 'modules', new Map(modules)));
  return { ...guest, name: 'modules-linux', machine: { ...guest.machine, initrd } };
}

/** Debian's kernel and its debug package: large, and therefore on request only (`npm run test:debian`). */
export function debianLinux(context: Mocha.Context): LinuxGuest {
  return {
    name: 'debian-linux',
    machine: {
      kernel: requireLinuxFile(context, 'debian-kernel'),
      initrd: requireLinuxFile(context, 'initramfs'),
      memory: '128M',
    },
    symbols: requireLinuxFile(context, 'debian-symbols'),
  };
}

/** The same kernel, which loads some of Debian's own modules, packed as they are. */
export function debianModulesLinux(context: Mocha.Context): LinuxGuest & DebianModules {
  const guest = debianLinux(context);
  const modules = requireDebianModules(context);
  const initrd = path.join(temporaryFolder(), 'debian-modules.cpio');
  const files = [...modules.packed].map(([name, file]) => [name, readFileSync(file)] as const);
  const busybox = readFileSync(requireLinuxFile(context, 'busybox'));
  writeFileSync(initrd, linuxInitramfs(busybox, 'debian-modules', new Map(files)));
  return { ...guest, ...modules, name: 'debian-modules-linux', machine: { ...guest.machine, initrd } };
}

const recordings = new Map<string, Promise<string>>();

/** A recording of a Linux, the same run each time; made once for all tests. */
export async function recordedLinux(guest: LinuxGuest): Promise<{ recording: string; symbols: string }> {
  const { name, machine, symbols, append = 'auto' } = guest;
  const always = { append: `console=ttyS0 ${append}`, rtc: '2026-01-01T00:00:00Z', seed: '5e'.repeat(32) };
  const recording = recordings.get(name) ?? record({ ...machine, ...always }, `${name}.retrograde`, LONGEST_BOOT);
  recordings.set(name, recording);
  return { recording: await recording, symbols };
}

/** Milliseconds: Debian's boot is a billion steps, and the computer may have other work. */
const LONGEST_BOOT = 900_000;
