import { record } from '../adapter/session/debug-session.ts';
import { requireLinuxFile } from '../guests/linux.ts';

/** A Linux to be recorded from power-on to power-off, and its vmlinux. */
export interface LinuxGuest {
  readonly name: string;
  readonly machine: { readonly kernel: string; readonly initrd: string; readonly memory: string };
  readonly symbols: string;
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

const recordings = new Map<string, Promise<string>>();

/** A recording of a Linux, the same run each time; made once for all tests. */
export async function recordedLinux(guest: LinuxGuest): Promise<{ recording: string; symbols: string }> {
  const { name, machine, symbols } = guest;
  const always = { append: 'console=ttyS0 auto', rtc: '2026-01-01T00:00:00Z', seed: '5e'.repeat(32) };
  const recording = recordings.get(name) ?? record({ ...machine, ...always }, `${name}.retrograde`, LONGEST_BOOT);
  recordings.set(name, recording);
  return { recording: await recording, symbols };
}

/** Milliseconds: Debian's boot is a billion steps, and the computer may have other work. */
const LONGEST_BOOT = 900_000;
