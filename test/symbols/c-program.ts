import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Program } from '../../adapter/symbols/program.ts';
import { FIXTURE_COMPANIONS, fixturePath } from '../adapter/symbols/fixtures.ts';
import { loadProgram } from './our-stacks.ts';

/** A program to be run, and how both sides read its symbols. */
export interface BuiltProgram {
  readonly elf: string;
  readonly program: Program;
  /** gdb's commands. */
  readonly loadSymbols: readonly string[];
}

const sources = path.dirname(fixturePath('o0-dwarf5.elf'));
const files = ['start.S', 'main.c', 'other.c', 'types.c'];
const target = ['-march=rv64gc', '-mabi=lp64d', '-mcmodel=medany', '-ffreestanding', '-fno-stack-protector'];
const link = ['-nostdlib', '-static', '-no-pie', '-Wl,--build-id=sha1,--no-warn-rwx-segments'];

/** The program in one file, for its symbols as for running it. */
export function wholeProgram(folder: string, name: string, options: readonly string[]): BuiltProgram {
  const elf = path.join(folder, `${name}.elf`);
  gcc([...target, ...link, '-Wl,-T,link.ld', ...options, '-o', elf, ...files]);
  return { elf, program: loadProgram(elf), loadSymbols: [`file ${elf}`] };
}

/** One that was built and is kept, with the files of its debug information beside it. gdb reads that of `forGdb`, whose code is the same. */
export function keptProgram(name: string, forGdb = name): BuiltProgram {
  const elf = fixturePath(`${name}.elf`);
  const program = Program.load(elf, readFileSync(elf), { companions: FIXTURE_COMPANIONS });
  // gdb looks for what was split off in the folder that it is in.
  const where = [`cd ${sources}`, `set debug-file-directory ${path.join(sources, 'debug')}`];
  return { elf, program, loadSymbols: [...where, `file ${fixturePath(`${forGdb}.elf`)}`] };
}

/** The program as it was linked for another address than the one it runs at. */
export function movedProgram(folder: string, name: string, options: readonly string[], bias: bigint): BuiltProgram {
  const script = readFileSync(path.join(sources, 'link.ld'), 'utf8');
  const [here, there] = [0x8000_0000n + bias, 0x8000_0000n].map((address, at) => {
    const file = path.join(folder, `${name}-${at}`);
    writeFileSync(`${file}.ld`, script.replace(/0x80000000/, `0x${address.toString(16)}`));
    gcc([...target, ...link, `-Wl,-T,${file}.ld`, ...options, '-o', `${file}.elf`, ...files]);
    return `${file}.elf`;
  });
  if (here === undefined || there === undefined) throw new Error('Two programs were built.');
  return {
    elf: here,
    program: loadProgram(there, bias),
    loadSymbols: [`symbol-file -o 0x${bias.toString(16)} ${there}`],
  };
}

/** The program as a relocatable file, whose sections something else has put where they are: as a kernel does with a module. */
export function loadedModule(folder: string, name: string, options: readonly string[]): BuiltProgram {
  const [module, elf, map] = ['ko', 'elf', 'map'].map((kind) => path.join(folder, `${name}.${kind}`));
  if (module === undefined || elf === undefined || map === undefined) throw new Error('Three names were made.');
  // Code that the linker would make shorter is elsewhere than the relocatable file has it.
  gcc([...target, '-mno-relax', '-r', '-nostdlib', ...options, '-o', module, ...files]);
  gcc([...link, '-mno-relax', `-Wl,-T,link.ld,-Map=${map}`, '-o', elf, module]);
  const sections = new Map<string, bigint>();
  for (const [, section, address] of readFileSync(map, 'utf8').matchAll(
    /^ (\.\S+)\s+(0x[\da-f]+)\s+0x[\da-f]+ \S+\.ko$/gm,
  )) {
    if (section?.startsWith('.debug') === false) sections.set(section, BigInt(address ?? 0));
  }
  const places = [...sections].map(([section, address]) => `-s ${section} 0x${address.toString(16)}`);
  const program = Program.load(module, readFileSync(module), { sectionAddresses: sections });
  return { elf, program, loadSymbols: [`add-symbol-file ${module} ${places.join(' ')}`] };
}

/** The program for Linux to run. */
export function userProgram(folder: string, name: string, options: readonly string[]): BuiltProgram {
  const elf = path.join(folder, `${name}.elf`);
  const start = fileURLToPath(new URL('user-start.S', import.meta.url));
  gcc([...target, ...link, ...options, '-o', elf, start, ...files.slice(1)]);
  return { elf, program: loadProgram(elf), loadSymbols: [`file ${elf}`] };
}

function gcc(args: readonly string[]): void {
  execFileSync('riscv64-linux-gnu-gcc', args, { cwd: sources, stdio: ['ignore', 'ignore', 'inherit'] });
}
