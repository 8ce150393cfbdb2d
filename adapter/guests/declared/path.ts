import { GuestError } from '../guest-error.ts';
import { KernelObject, type KernelView } from '../kernel-object.ts';

/**
 * The object at a path such as `cpus[hart].proc`: a variable, then members and elements. Pointers are followed where a
 * member is asked of them. Throws a GuestError that names the part that does not exist.
 */
export function objectAtPath(kernel: KernelView, path: string, hart: number): KernelObject {
  const [variable = '', ...parts] = path.replaceAll('[hart]', `[${hart}]`).match(/\w+|\[\d+\]/g) ?? [];
  if (variable === '') throw new GuestError(`"${path}" names no variable of the kernel.`);
  return parts.reduce(
    (object, part) => (part.startsWith('[') ? object.element(Number(part.slice(1, -1))) : object.member(part)),
    KernelObject.variable(kernel, variable),
  );
}
