/** F, single-precision floating-point (The RISC-V Instruction Set Manual, Volume I, ch. "F"). */
import { defineExtension } from './define.ts';
import { floatInstructions } from './float-instructions.ts';
import { single } from './float-semantics.ts';

export const rv64f = defineExtension(
  'F',
  floatInstructions({
    format: single,
    suffix: 's',
    bitsSuffix: 'w',
    load: 'flw',
    store: 'fsw',
    fmt: 0,
    width: 2,
    what: 'single-precision value',
  }),
);
