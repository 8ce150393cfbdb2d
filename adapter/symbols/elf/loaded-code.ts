import type { Address } from '../address.ts';
import type { ElfFile } from './elf-file.ts';
import { SectionFlag, SectionType, type Section } from './section.ts';

/** The addresses at which code of the file has these bytes, as the file loads it: at most `most`, in the order of sections. */
export function codeWith(elf: ElfFile, bytes: Uint8Array, most: number): Address[] {
  const found: Address[] = [];
  for (const section of codeSections(elf)) {
    const contents = elf.contents(section);
    for (let at = indexOf(contents, bytes, 0); at >= 0; at = indexOf(contents, bytes, at + 1)) {
      if (found.length === most) return found;
      found.push(section.address + at);
    }
  }
  return found;
}

export function firstCode(elf: ElfFile): Address | undefined {
  return codeSections(elf)
    .map(({ address }) => address)
    .sort((a, b) => a - b)[0];
}

/** Physical less virtual address of the segment that has an address. */
export function physicalOffset(elf: ElfFile, address: Address): bigint | undefined {
  const segment = elf.segments.find(
    ({ virtualAddress, memorySize }) => virtualAddress <= address && address < virtualAddress + memorySize,
  );
  return segment && BigInt(segment.physicalAddress) - BigInt(segment.virtualAddress);
}

function codeSections({ sections }: ElfFile): readonly Section[] {
  const wanted = SectionFlag.allocate | SectionFlag.execute;
  return sections.filter(
    ({ flags, type, address }) =>
      (flags & wanted) === wanted && type !== SectionType.noBits && Number.isSafeInteger(address),
  );
}

function indexOf(contents: Uint8Array, bytes: Uint8Array, from: number): number {
  const [first] = bytes;
  if (first === undefined) return -1;
  for (let at = contents.indexOf(first, from); at >= 0; at = contents.indexOf(first, at + 1)) {
    if (at + bytes.length > contents.length) return -1;
    let same = 1;
    while (same < bytes.length && contents[at + same] === bytes[same]) same++;
    if (same === bytes.length) return at;
  }
  return -1;
}
