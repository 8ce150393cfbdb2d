import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createMachine } from '../../../emulator/machine/virt-machine.ts';
import { requireLinuxFile } from '../../guests/linux.ts';
import { elfFile } from './loaders/elf-file.ts';
import { defaultConfiguration } from './test-board.ts';

/** Debian's OpenSBI on our board: what it says that it found. */

describe('OpenSBI', () => {
  for (const release of ['opensbi-debian-12', 'opensbi-debian-13'] as const) {
    it(`finds the board's devices and enters the kernel in S-mode (${release})`, function () {
      const firmware = readFileSync(requireLinuxFile(this, release));
      const machine = createMachine(
        { ...defaultConfiguration, memory: 64 * 2 ** 20, firmware: { kind: 'image' } },
        // A kernel that loops at its first instruction.
        { kernel: elfFile(), initrd: undefined, dtb: undefined, firmware, drives: [] },
      );
      let printed = '';
      machine.onConsoleOutput((_counter, bytes) => {
        printed += Buffer.from(bytes).toString('latin1');
      });
      assert.deepEqual(machine.run(30_000_000), { kind: 'limit' });

      assert.match(printed, /Platform Name +: riscv-virtio,qemu/);
      assert.match(printed, /Platform Timer Device +: aclint-mtimer @ 10000000Hz/);
      assert.match(printed, /Platform Console Device +: uart8250/);
      assert.match(printed, /Platform Shutdown Device +: s(ifive_test|yscon-poweroff)/);
      assert.match(printed, /Boot HART ISA Extensions +: .*sstc/);
      assert.match(printed, /Domain0 Next Arg1 +: 0x0000000083e00000/, 'the device tree');
      const [hart] = machine.harts;
      assert.equal(hart?.pc, 0x8020_0000n);
      assert.equal(hart.privilege, 'S');
      assert.equal(hart.readX(11), 0x83e0_0000n);
    });
  }
});
