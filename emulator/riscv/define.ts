import type { Encoding } from './encoding.ts';
import type { Extension, Instruction } from './instruction.ts';
import type { Semantics } from './semantics.ts';

/** An entry of an extension's table: everything about an instruction but the extension. */
export type Definition = Omit<Instruction, 'extension'>;

/** Writes one entry of an extension's table. */
export function define(name: string, encoding: Encoding, description: string, semantics: Semantics): Definition {
  return { name, ...encoding, description, semantics };
}

/** The instructions of an extension. */
export function defineExtension(extension: Extension, definitions: readonly Definition[]): readonly Instruction[] {
  return definitions.map((definition) => ({ extension, ...definition }));
}
