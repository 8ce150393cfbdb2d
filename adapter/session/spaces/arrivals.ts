import type { SearchPredicate } from '../../../emulator/machine/predicate.ts';
import type { StopCondition } from '../../../emulator/machine/stop.ts';
import type { GuestView } from '../guest/guest-view.ts';

/** The entries of these functions of the kernel, as far as it has them. */
export function entriesOf(
  { symbols }: GuestView,
  names: readonly string[],
  when?: SearchPredicate,
): readonly StopCondition[] {
  return names.flatMap((name) => {
    const address = symbols?.address(name);
    return address === undefined
      ? []
      : [{ kind: 'instruction', address, ...(when === undefined ? {} : { when }) } as const];
  });
}
