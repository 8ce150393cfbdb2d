import { parseAddress } from '../address.ts';
import type { Debuggee } from '../debuggee.ts';
import { RequestFailure } from '../failure.ts';
import { fixedPlace, type CodePlace } from '../program.ts';

/**
 * The places in code that a person means: `page_take`, `timer.c:42`, `0x80200000`. Throws a RequestFailure when there are none.
 */
export function placesAt({ program, sources }: Debuggee, location: string): readonly CodePlace[] {
  const address = parseAddress(location.replace(/^\*/, ''));
  if (address !== undefined) return [fixedPlace(address)];
  const named = program.placesNamed(location);
  if (named.length > 0) return named;
  const [, path, digits] = /^(.+):(\d+)$/.exec(location) ?? [];
  if (path === undefined) throw new RequestFailure(`${program.name} has no function "${location}".`);
  const file = sources.fileFor(path);
  if (file === undefined) throw new RequestFailure(`No source of ${program.name} has a path that ends like ${path}.`);
  const found = program.breakpointLine(file, Number(digits));
  if (found === undefined) throw new RequestFailure(`There is no code at or after ${location}.`);
  return found.places;
}
