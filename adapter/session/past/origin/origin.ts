import type { Moment } from '../moment.ts';

/** One step on the way back of a value: a copy of it was made. */
export interface OriginLink {
  readonly moment: Moment;
  /** The instruction that the step carried out, as a disassembler writes it. */
  readonly instruction: string;
  /** What holds the value after the step: `a0`, `memory at 0x80201000 <buffer+0x4>`. */
  readonly holder: string;
  /** The value, in hexadecimal, and how many bits of it are followed. */
  readonly value: string;
  readonly bits: number;
}

/** Something that a computation took in. */
export interface OriginInput {
  readonly name: string;
  readonly value: string;
}

/** Where a value began, or where following it ended. */
export type Origin =
  /** The instruction of the last link has it in itself. */
  | { readonly kind: 'constant' }
  /** It has been there since power-on. */
  | { readonly kind: 'initial' }
  /** It was typed: byte `index` of all input of that console; the counter is the moment at which it arrived. */
  | {
      readonly kind: 'console-input';
      readonly device: string;
      readonly counter: number;
      readonly index: number;
      readonly byte: number;
    }
  /** It was drawn from the host's randomness at that moment. */
  | { readonly kind: 'entropy'; readonly counter: number }
  /** A device read it from a drive; `offset` counts bytes within the sector of 512. */
  | { readonly kind: 'drive'; readonly drive: string; readonly sector: number; readonly offset: number }
  /** The guest's clock. */
  | { readonly kind: 'clock'; readonly what: string }
  /** A register of a device, or what a device reports in memory. */
  | { readonly kind: 'device'; readonly device: string; readonly what: string }
  /** The answer of the built-in SBI to a call. */
  | { readonly kind: 'firmware' }
  /** A trap was taken, or returned from. */
  | { readonly kind: 'trap' }
  /** The last link is not a copy. */
  | { readonly kind: 'computed'; readonly inputs: readonly OriginInput[] }
  /** As many links as were asked for. */
  | { readonly kind: 'enough' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'diverged'; readonly counter: number };
