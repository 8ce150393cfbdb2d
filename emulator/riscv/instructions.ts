import type { Instruction } from './instruction.ts';
import { privileged } from './privileged.ts';
import { rv64a } from './rv64a.ts';
import { rv64d } from './rv64d.ts';
import { rv64f } from './rv64f.ts';
import { rv64i } from './rv64i.ts';
import { rv64m } from './rv64m.ts';
import { svinval } from './svinval.ts';
import { zba } from './zba.ts';
import { zbb } from './zbb.ts';
import { zbs } from './zbs.ts';
import { zicbom, zicbop, zicboz } from './zicbo.ts';
import { zicond } from './zicond.ts';
import { zicsr } from './zicsr.ts';
import { zifencei } from './zifencei.ts';
import { zihintpause } from './zihintpause.ts';

/**
 * Every 32-bit instruction of the machine. Where an encoding matches two, the one that names more bits is meant: hints
 * such as pause are particular encodings of other instructions.
 */
export const instructions: readonly Instruction[] = [
  ...rv64i,
  ...rv64m,
  ...rv64a,
  ...rv64f,
  ...rv64d,
  ...zicsr,
  ...zifencei,
  ...zihintpause,
  ...zba,
  ...zbb,
  ...zbs,
  ...zicond,
  ...zicbom,
  ...zicboz,
  ...zicbop,
  ...privileged,
  ...svinval,
];
