import type { Machine } from '../../emulator/machine/machine.ts';
import { HART_STATE } from '../../emulator/engine/layout.ts';

/** How a state differs from the one it should be, for the person who has to find out why; undefined when it does not. */
export function difference(actual: Machine, expected: Machine): string | undefined {
  if (actual.counter !== expected.counter) {
    return `it stands at counter ${actual.counter} instead of ${expected.counter}`;
  }
  const [a, e] = [actual.saveSmall(), expected.saveSmall()];
  const found: string[] = [];
  const harts = firstDifference(a.harts, e.harts);
  if (harts !== undefined) found.push(`hart state at layout offset ${HART_STATE + harts}`);
  const devices = firstDifference(a.devices, e.devices);
  if (devices !== undefined) found.push(`devices at byte ${devices}`);
  for (const [index, space] of expected.spaces.entries()) {
    for (let page = 0; page < space.pageCount; page++) {
      const other = actual.spaces[index];
      if (other === undefined) continue;
      if (actual.hashPage(other.page(page)) === expected.hashPage(space.page(page))) continue;
      const byte = firstDifference(other.page(page), space.page(page)) ?? 0;
      found.push(`${space.name} from byte 0x${(page * 4096 + byte).toString(16)} on`);
      break;
    }
  }
  if (found.length === 0) return undefined;
  return `at counter ${expected.counter}, in ${found.join(', ')}\n${registers(actual, expected)}`;
}

function firstDifference(a: Uint8Array, b: Uint8Array): number | undefined {
  const length = Math.max(a.length, b.length);
  for (let index = 0; index < length; index++) if (a[index] !== b[index]) return index;
  return undefined;
}

function registers(actual: Machine, expected: Machine): string {
  const [a] = actual.harts;
  const [e] = expected.harts;
  if (a === undefined || e === undefined) return '';
  const lines = [`  pc ${hex(a.pc)}, expected ${hex(e.pc)}; ${a.privilege}, expected ${e.privilege}`];
  for (let number = 1; number < 32; number++) {
    if (a.readX(number) !== e.readX(number)) {
      lines.push(`  x${number} ${hex(a.readX(number))}, expected ${hex(e.readX(number))}`);
    }
    if (a.readF(number) !== e.readF(number)) {
      lines.push(`  f${number} ${hex(a.readF(number))}, expected ${hex(e.readF(number))}`);
    }
  }
  return lines.join('\n');
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;
