import { plainText, type Renderer } from './rendering.ts';

/** Words of a bitmap that are looked at. */
const MOST_WORDS = 128;
const WORD_BITS = 64;

/** Linux's `cpumask` and `nodemask`: the numbers of the bits that are set, as the kernel writes them: `0-3,5`. */
export const bitmap: Renderer = (value) => {
  const bits = value.memberNamed('bits');
  if (bits === undefined) return undefined;
  const ranges: string[] = [];
  let start: number | undefined;
  const close = (end: number): void => {
    if (start !== undefined) ranges.push(start === end ? `${start}` : `${start}-${end}`);
    start = undefined;
  };
  const words = bits.children(0, MOST_WORDS);
  for (const [index, word] of words.entries()) {
    const contents = word.read();
    if (contents.kind !== 'bits') return undefined;
    for (let bit = 0; bit < WORD_BITS; bit++) {
      const isSet = ((contents.value >> BigInt(bit)) & 1n) !== 0n;
      const at = index * WORD_BITS + bit;
      if (isSet) start ??= at;
      else close(at - 1);
    }
  }
  close(words.length * WORD_BITS - 1);
  return plainText(ranges.length === 0 ? 'none' : ranges.join(','));
};
