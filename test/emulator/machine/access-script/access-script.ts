import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MachineConfiguration } from '../../../../emulator/machine/configuration.ts';
import { createMachine } from '../../../../emulator/machine/virt-machine.ts';

/** Runs a list of loads and stores as a guest program on QEMU and on our machine. */

export type Width = 1 | 2 | 4 | 8;

export type Access =
  | { readonly kind: 'load'; readonly address: number; readonly width: Width }
  | { readonly kind: 'store'; readonly address: number; readonly width: Width; readonly value: bigint }
  /** Loads until the value is there: for what QEMU does in its own time. */
  | { readonly kind: 'wait'; readonly address: number; readonly width: Width; readonly value: bigint };

export const load = (address: number, width: Width = 4): Access => ({ kind: 'load', address, width });
export const store = (address: number, value: number | bigint, width: Width = 4): Access => {
  return { kind: 'store', address, width, value: BigInt(value) };
};
export const wait = (address: number, value: number | bigint, width: Width = 4): Access => {
  return { kind: 'wait', address, width, value: BigInt(value) };
};

const LIST = 0x8040_0000;
const OPERATION = { load: 1n, store: 2n, wait: 3n } as const;

function encode(accesses: readonly Access[]): Uint8Array {
  const bytes = new Uint8Array((accesses.length + 1) * 40);
  const view = new DataView(bytes.buffer);
  for (const [index, access] of accesses.entries()) {
    view.setBigUint64(index * 40, OPERATION[access.kind], true);
    view.setBigUint64(index * 40 + 8, BigInt(access.width), true);
    view.setBigUint64(index * 40 + 16, BigInt(access.address), true);
    if (access.kind !== 'load') view.setBigUint64(index * 40 + 24, access.value, true);
  }
  return bytes;
}

/** What the program printed: a line for each access. What the accesses themselves printed is left out. */
function results(console: string): readonly string[] {
  const heading = '\nRESULTS\n';
  const start = console.lastIndexOf(heading);
  if (start < 0) throw new Error(`the program did not get to its results: ${JSON.stringify(console.slice(-200))}`);
  return console
    .slice(start + heading.length)
    .trimEnd()
    .split('\n');
}

/** The program, built in a folder of its own. */
export class AccessScript {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'retrograde-access-script-'));
  readonly #program = path.join(this.#folder, 'program.elf');

  constructor() {
    const source = fileURLToPath(new URL('program.S', import.meta.url));
    const flags = ['-nostdlib', '-static', '-march=rv64ima_zicsr', '-mabi=lp64', '-Wl,--build-id=none', '-Wl,-n'];
    execFileSync('riscv64-linux-gnu-gcc', [
      ...flags,
      '-Wl,-Ttext=0x80000000',
      '-Wl,--no-warn-rwx-segments',
      source,
      '-o',
      this.#program,
    ]);
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true });
  }

  /** A file in the folder, for QEMU's options. */
  file(name: string, contents: Uint8Array): string {
    const file = path.join(this.#folder, name);
    writeFileSync(file, contents);
    return file;
  }

  onQemu(accesses: readonly Access[], options: readonly string[] = []): readonly string[] {
    const list = this.file('list', encode(accesses));
    const output = this.file('console', new Uint8Array(0));
    execFileSync(
      'qemu-system-riscv64',
      [
        '-machine',
        'virt',
        '-m',
        '16M',
        '-bios',
        'none',
        '-kernel',
        this.#program,
        '-display',
        'none',
        '-monitor',
        'none',
      ]
        .concat(['-serial', `file:${output}`, '-device', `loader,file=${list},addr=${LIST},force-raw=on`])
        .concat(options),
      { stdio: 'pipe', timeout: 60_000 },
    );
    return results(readFileSync(output, 'latin1'));
  }

  onOurs(
    accesses: readonly Access[],
    configuration: MachineConfiguration,
    drives: readonly Uint8Array[] = [],
  ): readonly string[] {
    const kernel = readFileSync(this.#program);
    const machine = createMachine(configuration, {
      kernel,
      initrd: undefined,
      dtb: undefined,
      firmware: undefined,
      drives,
    });
    if (!machine.writePhysical(BigInt(LIST), encode(accesses))) throw new Error('the list does not fit into RAM');
    machine.setEventSource({
      nextCounter: () => Infinity,
      take: () => [],
      entropy: (_counter, length) => new Uint8Array(length).fill(0x5a),
    });
    let console = '';
    machine.onConsoleOutput((_counter, bytes) => {
      console += Buffer.from(bytes).toString('latin1');
    });
    const outcome = machine.run(500_000_000);
    if (outcome.kind !== 'exit') throw new Error(`the program ended by ${outcome.kind}: ${JSON.stringify(console)}`);
    return results(console);
  }
}
