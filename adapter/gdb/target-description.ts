import type { HartView } from '../../emulator/machine/machine.ts';
import type { Register, RegisterFeature } from './registers.ts';
import { registersOf } from './registers.ts';

/**
 * The XML in which a target tells gdb what it is (Debugging with GDB, "Target Descriptions" and "RISC-V Features"). The
 * OS ABI `none` matters: left alone, gdb takes a bare RISC-V file for a GNU/Linux program and steps it by writing
 * breakpoints into memory.
 */
export function targetDescription(hart: HartView): string {
  const registers = registersOf(hart);
  const features = (['cpu', 'fpu', 'csr', 'virtual'] as const).map((feature) =>
    featureElement(
      feature,
      registers.filter((register) => register.feature === feature),
    ),
  );
  return [
    '<?xml version="1.0"?>',
    '<!DOCTYPE target SYSTEM "gdb-target.dtd">',
    '<target version="1.0">',
    '<architecture>riscv:rv64</architecture>',
    '<osabi>none</osabi>',
    ...features,
    '</target>',
  ].join('\n');
}

function featureElement(feature: RegisterFeature, registers: readonly Register[]): string {
  const types =
    feature === 'fpu'
      ? [
          '<union id="riscv_double">',
          '<field name="float" type="ieee_single"/>',
          '<field name="double" type="ieee_double"/>',
          '</union>',
        ]
      : [];
  const elements = registers.map(
    ({ name, number }) => `<reg name="${name}" bitsize="64" regnum="${number}" type="${registerType(feature, name)}"/>`,
  );
  return [`<feature name="org.gnu.gdb.riscv.${feature}">`, ...types, ...elements, '</feature>'].join('\n');
}

function registerType(feature: RegisterFeature, name: string): string {
  if (feature === 'fpu') return 'riscv_double';
  if (name === 'pc') return 'code_ptr';
  return name === 'sp' || name === 'gp' || name === 'tp' || name === 'fp' ? 'data_ptr' : 'int';
}
