import type { TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import type { GuestView } from '../guest/guest-view.ts';
import type { OpenedProgram } from '../open-program.ts';
import type { Program } from '../program.ts';
import { UnknownProgram } from '../unknown-program.ts';
import { FirmwareGroup } from './firmware-group.ts';
import { KernelGroup } from './kernel-group.ts';
import { ModuleGroup } from './module-group.ts';
import { SpacesProgram } from './spaces-program.ts';
import { UserPrograms } from './user-programs.ts';

/** All whose files are known as one program: user programs, the kernel, its modules, the firmware. */
export function assembleProgram(opened: OpenedProgram, guestView: GuestView, timeline: TimelineContract): Program {
  const { kernel, kernelPath, modules, moduleFinder, users, firmware, name } = opened;
  const counter = (): number => timeline.counter;
  const kernelSide =
    kernel === undefined
      ? []
      : [new KernelGroup(kernel, kernelPath), new ModuleGroup(modules, moduleFinder, guestView, counter)];
  return new SpacesProgram(
    {
      kernelSide,
      users: users.length === 0 ? [] : [new UserPrograms(users, guestView, counter)],
      firmware: firmware.length === 0 ? [] : [new FirmwareGroup(firmware, timeline)],
    },
    new UnknownProgram(name),
  );
}
