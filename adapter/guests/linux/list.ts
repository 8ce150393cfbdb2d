import { GuestError } from '../guest-error.ts';
import { KernelObject, offsetOf, type KernelView } from '../kernel-object.ts';

/** More elements than any list of a kernel has; a list that is being written to may go round in a circle. */
const LONGEST_LIST = 100_000;

/** The structures on a `list_head`, each linked by its member `link` (include/linux/list.h). */
export function* listElements(
  kernel: KernelView,
  head: KernelObject,
  tag: string,
  link: string,
): Generator<KernelObject> {
  const offset = offsetOf(kernel, tag, link);
  let node = head.member('next').unsigned();
  for (let count = 0; node !== head.address; count++) {
    if (count === LONGEST_LIST || node === 0n) {
      throw new GuestError(`The list of struct ${tag} at 0x${head.address.toString(16)} does not come to its end.`);
    }
    const element = KernelObject.at(kernel, tag, BigInt.asUintN(64, node - offset));
    yield element;
    node = element.member(link).member('next').unsigned();
  }
}
