import { ifKnown } from '../guest-error.ts';
import type { KernelIdentity } from '../guest.ts';
import { KernelObject, symbolAddress, textAt, type KernelView } from '../kernel-object.ts';

/** Version and command line. */
export function linuxIdentity(kernel: KernelView): KernelIdentity {
  return {
    version: ifKnown(() => textAt(kernel, symbolAddress(kernel, 'linux_banner')).trim()),
    commandLine: ifKnown(() => commandLine(kernel)),
  };
}

/** saved_command_line is set up early in the boot; before, boot_command_line holds what the firmware passed. */
function commandLine(kernel: KernelView): string {
  const saved = ifKnown(() => KernelObject.variable(kernel, 'saved_command_line').target());
  const text = saved && ifKnown(() => textAt(kernel, saved.address));
  return text ?? textAt(kernel, symbolAddress(kernel, 'boot_command_line'));
}
