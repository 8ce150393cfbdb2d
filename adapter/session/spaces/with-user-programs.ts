import type { TimelineContract } from '../../../emulator/replay/timeline-contract.ts';
import type { GuestView } from '../guest/guest-view.ts';
import type { Program } from '../program.ts';
import { SpacesProgram } from './spaces-program.ts';
import { UserPrograms, type UserFile } from './user-programs.ts';

/** A kernel with the user programs whose files are known; the kernel alone where there are none. */
export function withUserPrograms(
  kernel: Program,
  files: readonly UserFile[],
  guestView: GuestView,
  timeline: TimelineContract,
): Program {
  if (files.length === 0) return kernel;
  const users = new UserPrograms(files, guestView, () => timeline.counter);
  return new SpacesProgram(kernel, users, (address, length) => guestView.memory(address, length));
}
