import assert from 'node:assert/strict';
import type { CompanionFiles } from '../../../../adapter/symbols/companions/companion-files.ts';
import type { UnwindContext } from '../../../../adapter/symbols/frames/unwind-context.ts';
import { Program } from '../../../../adapter/symbols/program.ts';
import { SymbolError } from '../../../../adapter/symbols/symbol-error.ts';
import type { Value } from '../../../../adapter/symbols/variables/value.ts';

/** What every complaint is like: a reason, and the section and offset that it is about. */
const COMPLAINT = /^.+ \(.+ at 0x[0-9a-f]+\)$/s;

/**
 * Asks of a program whatever a session may: lines, functions, names, macros, frames and variables. True when it could be
 * loaded. Fails when something else than a SymbolError is thrown, or one that does not say where.
 */
export function examine(bytes: Uint8Array, companions: CompanionFiles, addresses: readonly bigint[]): boolean {
  let program: Program;
  try {
    program = Program.load('damaged.elf', bytes, { companions });
  } catch (error) {
    assert.ok(error instanceof SymbolError, `thrown: ${error instanceof Error ? error.stack : String(error)}`);
    assert.match(error.message, COMPLAINT);
    return false;
  }
  program.sourceFiles();
  for (const line of [1, 31]) program.addressesOfLine('main.c', line);
  for (const name of ['recurse', 'leaf']) {
    program.addressesOfFunction(name);
    program.inlinedCopiesOf(name);
    program.lookupSymbols(name);
  }
  assert.ok([program.buildId, program.debugLink, program.entry].length === 3);
  for (const address of addresses) {
    const context = contextAt(address);
    program.functionsAt(address);
    program.lineRangeAt(address);
    program.symbolNear(address);
    program.macroNamed('NULL', address);
    for (const frame of program.unwind(context, { limit: 3 })) {
      const { arguments: values, locals } = program.variables(frame);
      for (const value of [...values, ...locals]) open(value, 0);
    }
  }
  const [first = 0n] = addresses;
  for (const value of program.fileVariables(first, contextAt(first))) open(value, 0);
  for (const problem of program.problems) assert.match(problem.message, COMPLAINT);
  return true;
}

function open(value: Value, depth: number): void {
  assert.ok(value.text.length + value.typeName.length > 0);
  assert.ok(value.childCount >= 0);
  if (depth < 2) for (const child of value.children(0, 2)) open(child, depth + 1);
}

/** A machine whose memory holds its own addresses. */
function contextAt(pc: bigint): UnwindContext {
  return {
    pc,
    readRegister: (register) => (register < 64 ? 0x8000_2000n + BigInt(register * 8) : undefined),
    readMemory: (address, length) => {
      if (address < 0x8000_0000n || address > 0x8001_0000n || length > 0x1_0000) return undefined;
      return new Uint8Array(length).fill(Number(address & 0x7fn));
    },
  };
}
