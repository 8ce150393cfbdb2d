/** D, double-precision floating-point (The RISC-V Instruction Set Manual, Volume I, ch. "D"). */
import { define, defineExtension } from './define.ts';
import { unaryWithRounding } from './encoding.ts';
import { floatInstructions } from './float-instructions.ts';
import { convert, double, single } from './float-semantics.ts';

const conversions = [
  define(
    'fcvt.s.d',
    unaryWithRounding('F-unary-rm', 0x20, 1),
    'Converts double precision to single.',
    convert(single, double, 'f64_to_f32'),
  ),
  define(
    'fcvt.d.s',
    unaryWithRounding('F-unary-rm', 0x21, 0),
    'Converts single precision to double, exactly.',
    convert(double, single, 'f32_to_f64'),
  ),
];

export const rv64d = defineExtension('D', [
  ...floatInstructions({
    format: double,
    suffix: 'd',
    bitsSuffix: 'd',
    load: 'fld',
    store: 'fsd',
    fmt: 1,
    width: 3,
    what: 'double-precision value',
  }),
  ...conversions,
]);
