import { DEFAULT_MEMORY_BUDGET } from '../../emulator/replay/checkpoint-policy.ts';
import type { Arguments } from '../host/arguments.ts';
import type { CommandOptions } from './command.ts';
import { parseMemoryBudget } from './values.ts';

/** What commands that travel in a recording, or make one to travel in, have in common. */
export const travelOptions: CommandOptions = {
  'memory-budget': {
    type: 'string',
    value: 'SIZE',
    help: `memory for checkpoints; what they do not find room for is read back from the recording, or replayed (${DEFAULT_MEMORY_BUDGET / 2 ** 30}G)`,
  },
};

/** Bytes; undefined when it was not given. */
export function memoryBudgetOf(args: Arguments): number | undefined {
  const text = args.text('memory-budget');
  return text === undefined ? undefined : parseMemoryBudget(text);
}
