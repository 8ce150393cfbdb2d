import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Program } from '../../../adapter/symbols/program.ts';
import { askGdb, breakpointAddresses } from './gdb.ts';

/**
 * Holds the symbols of a large kernel against gdb, and says how long they take:
 *
 *     npx tsx test/adapter/symbols/vmlinux-check.ts VMLINUX [SAMPLES]
 *
 * Lines of random addresses in functions, and breakpoints at random functions. Exits with 1 when fewer than 98 in 100
 * agree, and shows what differs.
 */
const [path, samples = '400'] = process.argv.slice(2);
assert.ok(path !== undefined, 'usage: vmlinux-check.ts VMLINUX [SAMPLES]');
const bytes = readFileSync(path);
const started = process.cpuUsage();
const program = Program.load(path, bytes);
const entry = program.entry ?? 0n;
program.functionsAt(entry);
const { user, system } = process.cpuUsage(started);
console.log(`opened, first look-up done: ${Math.round((user + system) / 1000)} ms of CPU time`);

const functions = [...program.symbols()].filter(({ type, size }) => type === 'function' && size > 8);
const random = randomNumbers(1);
const chosen = Array.from({ length: Number(samples) }, () => functions[Math.floor(random() * functions.length)]).filter(
  (symbol) => symbol !== undefined,
);
assert.ok(chosen.length > 0, 'the file has no functions');

let worst = 1;
report('lines', compareLines());
report('function breakpoints', compareFunctions());
assert.deepEqual(program.problems, []);
process.exitCode = worst < 0.98 ? 1 : 0;

interface Comparison {
  readonly compared: number;
  readonly differences: readonly string[];
}

function report(what: string, { compared, differences }: Comparison): void {
  console.log(`${what}: ${compared - differences.length} of ${compared} as gdb tells them`);
  for (const difference of differences.slice(0, 20)) console.log(`  ${difference}`);
  worst = Math.min(worst, 1 - differences.length / Math.max(1, compared));
}

function compareLines(): Comparison {
  const addresses = chosen.map(
    ({ address, size }) => address + 8n + BigInt(Math.floor((random() * (size - 8)) / 2) * 2),
  );
  const answers = askGdb(
    path ?? '',
    addresses.map((address) => `info line *0x${address.toString(16)}`),
  );
  const differences: string[] = [];
  let compared = 0;
  addresses.forEach((address, at) => {
    const told = /^Line (\d+) of "([^"]+)"/.exec(answers[at] ?? '');
    const line = program.lineAt(address);
    if (told === null && line === undefined) return;
    compared++;
    const [, number, file = ''] = told ?? [];
    if (Number(number) === line?.line && line.path.endsWith(file.replace(/^(\.\/)+/, ''))) return;
    const here = `${line?.path ?? 'nothing'}:${line?.line ?? 0}`;
    differences.push(`${program.symbolNear(address)?.text ?? ''}: gdb ${file}:${number ?? 'none'}, here ${here}`);
  });
  return { compared, differences };
}

function compareFunctions(): Comparison {
  const names = [...new Set(chosen.map(({ name }) => name))].filter((name) => !name.includes('.')).slice(0, 150);
  const answers = askGdb(
    path ?? '',
    names.flatMap((name) => [`break ${name}`, 'info breakpoints', 'delete']),
  );
  const differences: string[] = [];
  names.forEach((name, at) => {
    const told = breakpointAddresses(answers[at * 3 + 1] ?? '');
    const here = program.addressesOfFunction(name);
    // gdb also stops at the symbols of functions that are patched at their start, and at inlined copies.
    if (here.length > 0 && here.every((address) => told.includes(address))) return;
    differences.push(`${name}: gdb ${format(told)}, here ${format(here)}`);
  });
  return { compared: names.length, differences };
}

function format(addresses: readonly bigint[]): string {
  return addresses.map((address) => `0x${address.toString(16)}`).join(' ') || 'nothing';
}

/** The same numbers in [0, 1) in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
