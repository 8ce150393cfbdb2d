import type { ValueFormat } from '../symbols/variables/value-format.ts';
import type { Arguments } from './arguments.ts';
import type { Debuggee } from './debuggee.ts';
import { formatOf } from './variables.ts';
import type { StoppedView, ViewFrame } from './stopped-view.ts';

/** What the name of a frame is to show (StackFrameFormat of the protocol). */
export interface FrameFormat {
  readonly parameters: boolean;
  readonly types: boolean;
  readonly names: boolean;
  readonly values: boolean;
  readonly line: boolean;
  readonly module: boolean;
  readonly numbers: ValueFormat;
}

/** Reads the `format` of `stackTrace`. Parameters of which nothing is wanted are shown by name and value. */
export function frameFormatOf(args: Arguments, view: StoppedView): FrameFormat {
  const format = args.has('format') ? args.object('format') : undefined;
  const flag = (name: string): boolean => format?.optionalBoolean(name) ?? false;
  const [types, names, values] = [flag('parameterTypes'), flag('parameterNames'), flag('parameterValues')];
  const unsaid = !types && !names && !values;
  return {
    parameters: flag('parameters') || !unsaid,
    types,
    names: names || unsaid,
    values: values || unsaid,
    line: flag('line'),
    module: flag('module'),
    numbers: formatOf(args, view),
  };
}

/** `demo.elf!panic(const char *message = 0x80002f10 "out of pages") line 38`, as far as it is wanted. */
export function frameName(
  { program }: Debuggee,
  { frame, inlineDepth, function: active }: ViewFrame,
  name: string,
  format: FrameFormat,
): string {
  const module = format.module ? program.moduleAt(frame.lookup)?.name : undefined;
  const line = format.line
    ? (active === undefined ? program.positionAt(frame.lookup) : active.position)?.line
    : undefined;
  const parameters = format.parameters
    ? program.variables(frame, inlineDepth).arguments.map((parameter) => {
        const declared = [
          ...(format.types ? [parameter.typeName] : []),
          ...(format.names ? [parameter.name] : []),
        ].join(' ');
        const value = format.values ? [parameter.textIn(format.numbers)] : [];
        return [...(declared === '' ? [] : [declared]), ...value].join(' = ');
      })
    : undefined;
  return [
    module === undefined ? '' : `${module}!`,
    name,
    parameters === undefined ? '' : `(${parameters.join(', ')})`,
    line === undefined ? '' : ` line ${line}`,
  ].join('');
}
