/** GNU objdump as a peer: what it makes of instructions. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ObjdumpLine {
  readonly address: bigint;
  readonly bits: number;
  /** Bytes in memory: 2 or 4. */
  readonly length: number;
  /** Mnemonic, one space and the operands; addresses as 0x and digits, without symbols and comments. */
  readonly text: string;
}

export const ARCHITECTURE = 'rv64gc_zicsr_zifencei_zba_zbb_zbs_zicbom_zicboz_zicbop_zihintpause_svinval';
/** objdump's default is 1.11, which has fewer CSRs. */
const PRIVILEGED_SPECIFICATION = 'priv-spec=1.12';

/** Runs in a directory that is removed afterwards. */
export function inTemporaryDirectory<T>(work: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'retrograde-'));
  try {
    return work(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Disassembles code at address 0, as an object file that names every extension, for objdump goes by that. */
export function objdumpCode(code: Uint8Array, options: readonly string[] = []): readonly ObjdumpLine[] {
  return inTemporaryDirectory((directory) => {
    const path = (name: string): string => join(directory, name);
    writeFileSync(path('empty.s'), '.text\nnop\n');
    writeFileSync(path('code.bin'), code);
    execFileSync('riscv64-linux-gnu-as', [`-march=${ARCHITECTURE}`, path('empty.s'), '-o', path('code.o')]);
    execFileSync('riscv64-linux-gnu-objcopy', ['--update-section', `.text=${path('code.bin')}`, path('code.o')]);
    return objdumpFile(path('code.o'), [PRIVILEGED_SPECIFICATION, ...options]);
  });
}

/** Disassembles the text of a file. */
export function objdumpFile(path: string, options: readonly string[] = []): readonly ObjdumpLine[] {
  const printed = execFileSync(
    'riscv64-linux-gnu-objdump',
    ['-d', '-z', '-j', '.text', ...(options.length === 0 ? [] : ['-M', options.join(',')]), path],
    { encoding: 'utf8', maxBuffer: 2 ** 30 },
  );
  return printed.split('\n').flatMap((line) => {
    const [, address, bits, text] = /^\s*([0-9a-f]+):\t([0-9a-f]{4}|[0-9a-f]{8})\s*\t(.*)$/.exec(line) ?? [];
    if (address === undefined || bits === undefined || text === undefined) return [];
    return [{ address: BigInt(`0x${address}`), bits: parseInt(bits, 16), length: bits.length / 2, text: plain(text) }];
  });
}

function plain(text: string): string {
  return text
    .replace(/\s*#.*/, '')
    .replace('\t', ' ')
    .replace(/\b(?:0x)?([0-9a-f]+) <.*>/, '0x$1')
    .trim();
}
