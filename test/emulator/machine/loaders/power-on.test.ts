import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadMachine } from '../../../../emulator/machine/loaders/load-machine.ts';
import { requirePeer } from '../../../peers.ts';
import { defaultConfiguration } from '../test-board.ts';

/** What QEMU has in memory at power-on, held against what we put there. */

const MIB = 2 ** 20;

const SOURCE = `
  .globl _start, tohost
  .text
_start: j _start
  .section .tohost, "aw"
  .balign 64
tohost: .dword 0
  .bss
  .zero 5000
`;

describe('power-on', () => {
  let folder: string;
  before(function () {
    requirePeer(this, 'qemu-system-riscv64');
    requirePeer(this, 'riscv64-linux-gnu-gcc');
    folder = mkdtempSync(path.join(tmpdir(), 'retrograde-power-on-'));
    writeFileSync(path.join(folder, 'kernel.S'), SOURCE);
    writeFileSync(path.join(folder, 'initrd'), Buffer.alloc(5000, 'initrd'));
    writeFileSync(path.join(folder, 'firmware.bin'), Buffer.alloc(100_000, 'firmware'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  function link(address: number): { readonly file: string; readonly symbols: string } {
    const file = path.join(folder, `kernel-${address.toString(16)}.elf`);
    const flags = [
      '-nostdlib',
      '-static',
      '-Wl,--build-id=none',
      '-Wl,-n',
      `-Wl,-Ttext=0x${address.toString(16)}`,
      '-Wl,--no-warn-rwx-segments',
    ];
    execFileSync('riscv64-linux-gnu-gcc', [...flags, path.join(folder, 'kernel.S'), '-o', file]);
    return { file, symbols: execFileSync('riscv64-linux-gnu-nm', [file], { encoding: 'utf8' }) };
  }

  /** Memory of a QEMU machine that has not begun to run, by its monitor. */
  function qemuMemory(options: readonly string[], ranges: readonly (readonly [number, number])[]): readonly Buffer[] {
    const files = ranges.map((_, index) => path.join(folder, `memory-${index}`));
    const commands = ranges.map(([address, size], index) => `pmemsave ${address} ${size} "${files[index] ?? ''}"\n`);
    execFileSync(
      'qemu-system-riscv64',
      ['-machine', 'virt', '-m', '128M', '-S', '-display', 'none', '-serial', 'null', '-monitor', 'stdio', ...options],
      { input: `${commands.join('')}quit\n`, stdio: ['pipe', 'ignore', 'inherit'] },
    );
    return files.map((file) => readFileSync(file));
  }

  for (const { firmware, bios, address } of [
    { firmware: 'none', bios: 'none', address: 0x8000_0000 },
    { firmware: 'image', bios: 'firmware.bin', address: 0x8020_0000 },
  ] as const) {
    it(`puts the same into memory and the boot ROM as QEMU (firmware ${firmware})`, function () {
      this.timeout(60_000);
      const { file, symbols } = link(address);
      const loaded = loadMachine(
        { ...defaultConfiguration, memory: 128 * MIB, firmware: { kind: firmware }, append: 'quiet' },
        {
          kernel: readFileSync(file),
          initrd: readFileSync(path.join(folder, 'initrd')),
          firmware: firmware === 'image' ? readFileSync(path.join(folder, bios)) : undefined,
          dtb: undefined,
          drives: [],
        },
      );
      const tohost = /^([0-9a-f]+) . tohost$/m.exec(symbols)?.[1];
      assert.equal(loaded.tohost, Number.parseInt(tohost ?? '', 16));

      const images = loaded.writes.filter((write) => write.bytes !== loaded.deviceTree.blob);
      const [mrom, tree, ...theirs] = qemuMemory(
        ['-bios', firmware === 'image' ? path.join(folder, bios) : bios, '-kernel', file].concat([
          '-initrd',
          path.join(folder, 'initrd'),
          '-append',
          'quiet',
        ]),
        [
          [0x1000, 256],
          [loaded.deviceTree.address, 4],
          ...images.map((write) => [write.address, write.bytes.length] as const),
        ],
      );
      const rom = Buffer.alloc(256);
      rom.set(loaded.mrom);
      assert.equal(mrom?.toString('hex'), rom.toString('hex'));
      assert.equal(tree?.toString('hex'), 'd00dfeed', "QEMU's device tree is at the same place");
      for (const [index, write] of images.entries()) {
        assert.equal(theirs[index]?.compare(write.bytes), 0, `at ${write.address.toString(16)}`);
      }
    });
  }
});
