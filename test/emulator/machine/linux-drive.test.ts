import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { EventSource, HostEvent } from '../../../emulator/machine/machine.ts';
import { createMachine } from '../../../emulator/machine/virt-machine.ts';
import { linuxInitramfs, requireLinuxFile } from '../../guests/linux.ts';
import { defaultConfiguration } from './test-board.ts';

/** The small Linux with a drive: a file system made, mounted, written, and found again by the next boot. */

const MIB = 2 ** 20;
const PROMPT = 'guest# ';
const STEPS_AT_MOST = 1_500_000_000;

const noEntropy: Pick<EventSource, 'nextCounter' | 'entropy'> = {
  nextCounter: () => Infinity,
  entropy: () => {
    throw new Error('this kernel has no driver that asks for entropy');
  },
};

/** Boots, types each command at a prompt, and returns what was printed and the drive's pages afterwards. */
function boot(
  kernel: Uint8Array,
  initrd: Uint8Array,
  drive: Uint8Array,
  commands: readonly string[],
  virtio: 'legacy' | 'modern',
): { readonly printed: string; readonly drive: Uint8Array } {
  const machine = createMachine(
    {
      ...defaultConfiguration,
      memory: 32 * MIB,
      firmware: { kind: 'builtin' },
      append: 'console=ttyS0',
      drives: [{ name: 'drive.img', size: drive.length, readOnly: false }],
      virtio,
    },
    { kernel, initrd, dtb: undefined, firmware: undefined, drives: [drive] },
  );
  let printed = '';
  machine.onConsoleOutput((_counter, bytes) => {
    printed += Buffer.from(bytes).toString('latin1');
  });
  const typed: HostEvent[] = [];
  machine.setEventSource({ ...noEntropy, take: () => typed.splice(0) });
  const waiting = [...commands];
  let seen = 0;
  while (machine.counter < STEPS_AT_MOST) {
    const outcome = machine.run(machine.counter + 1_000_000);
    if (outcome.kind === 'exit') {
      assert.deepEqual(outcome.exit, { kind: 'power-off', code: 0 });
      const [, space] = machine.spaces;
      assert.ok(space);
      const pages = Array.from({ length: space.pageCount }, (_, index) => space.page(index).slice());
      return { printed, drive: Buffer.concat(pages) };
    }
    const prompt = printed.indexOf(PROMPT, seen);
    const command = prompt < 0 ? undefined : waiting.shift();
    if (command !== undefined) {
      seen = printed.length;
      const { counter } = machine;
      typed.push({ kind: 'console-input', counter, device: 'uart0', bytes: Buffer.from(`${command}\n`), idleTicks: 0 });
    } else if (outcome.kind === 'idle') {
      break;
    }
  }
  return assert.fail(`Linux did not power off; the last it printed was ${JSON.stringify(printed.slice(-300))}`);
}

describe('Linux with a drive', () => {
  for (const virtio of ['legacy', 'modern'] as const) {
    it(`makes a file system, writes to it, and finds it again (${virtio} virtio)`, function () {
      this.timeout(300_000);
      const kernel = readFileSync(requireLinuxFile(this, 'small-kernel'));
      const initrd = linuxInitramfs(readFileSync(requireLinuxFile(this, 'busybox')));
      const blank = new Uint8Array(2 * MIB);

      const first = boot(
        kernel,
        initrd,
        blank,
        [
          'mke2fs /dev/vda && mkdir /mnt && mount -t ext4 /dev/vda /mnt && echo mounted',
          'seq 1 20000 >/mnt/numbers; echo kept >/mnt/note; sync; umount /mnt; poweroff -f',
        ],
        virtio,
      );
      assert.match(first.printed, /\[vda\] 4096 512-byte logical blocks/);
      assert.match(first.printed, /^mounted/m);
      assert.ok(
        blank.every((byte) => byte === 0),
        'the image is never altered',
      );

      const second = boot(
        kernel,
        initrd,
        first.drive,
        ['mkdir /mnt && mount -t ext4 -o ro /dev/vda /mnt && cat /mnt/note && tail -n 1 /mnt/numbers; poweroff -f'],
        virtio,
      );
      assert.match(second.printed, /^kept\r?\n20000\r?$/m);
    });
  }
});
