import { NOT_TOLD, type Disagreement, type Explanation } from './comparison.ts';

/** What gdb 13 tells otherwise than Retrograde for reasons that are its own, found in its behaviour and its debug output. */
export const explanations: readonly Explanation[] = [
  {
    reason:
      'what an inlined function was passed gdb computes from the registers of the function that it is inlined into, one ' +
      "frame further in than it must: the call site's expression is meant for the caller",
    explains: ({ assumption }) => assumption === 'values on entry are computed in the function itself',
  },
  {
    reason:
      'gdb does not trust the call site that tells what was passed: the function called has several ranges, is a clone, or ' +
      'begins with patchable NOPs, so that its symbol is not where the debug information has it',
    explains: isValueOnEntry,
  },
  {
    reason:
      'gdb leaves out variables of an inlined function whose blocks have no code any more, where Rust nests them; Retrograde ' +
      'says that they were optimized out',
    explains: ({ class: one, gdb, ours, frame }) =>
      one === 'variables' && gdb === NOT_TOLD && ours === 'optimized out' && frame?.kind === 'inlined',
  },
  {
    reason: 'gdb leaves out variables that are declared extern within a function',
    explains: ({ class: one, gdb, ours }) => one === 'variables' && gdb === NOT_TOLD && ours === 'extern',
  },
  {
    reason:
      'gdb looks up the line of a frame that a trap made behind the call that it has made, as if it had been interrupted ' +
      'there; Retrograde the line of the call',
    explains: ({ class: one, gdb }) => one === 'frames' && gdb.includes(' trap 0x'),
  },
  {
    reason:
      'where the length of a variable-length array is not known (yet), gdb writes none, or believes what it finds in its ' +
      'place; Retrograde says "variable length"',
    explains: ({ class: one, gdb, ours }) =>
      one === 'types' && /\[(?:\d{10,})?\]$/.test(gdb) && ours.endsWith('[variable length]'),
  },
  {
    reason:
      'in the NOPs that begin a function and are patched to trace it there is no line: gdb gives the last of the function ' +
      'before, or none, Retrograde the first of the function',
    explains: ({ isInPatchableNops }) => isInPatchableNops === true,
  },
];

/** gdb has no value where Retrograde has one that was passed, as a call site tells. */
export function isValueOnEntry({ class: one, assumption }: Disagreement): boolean {
  return one === 'absences' && assumption === 'no value on entry is known';
}

/** Those that no explanation fits. */
export function unexplained(disagreements: readonly Disagreement[]): readonly Disagreement[] {
  return disagreements.filter((one) => !explanations.some(({ explains }) => explains(one)));
}
