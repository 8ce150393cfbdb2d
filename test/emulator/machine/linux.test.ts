import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createMachine } from '../../../emulator/machine/virt-machine.ts';
import { requireLinuxFile, type LinuxFile } from '../../guests/linux.ts';
import { quiet } from './program.ts';

/** The small Linux runs its script and powers off, whatever firmware is under it. */

function boot(context: Mocha.Context, firmware: LinuxFile | undefined): { text: string; exit: unknown } {
  const file = (name: LinuxFile): Uint8Array => readFileSync(requireLinuxFile(context, name));
  const machine = createMachine(
    {
      memory: 64 * 2 ** 20,
      harts: 1,
      firmware: { kind: firmware === undefined ? 'builtin' : 'image' },
      append: 'console=ttyS0 auto',
      stepsPerTick: 100,
      rtc: '1700000000000000000',
      seed: '01'.repeat(32),
      drives: [],
    },
    {
      kernel: file('small-kernel'),
      initrd: file('initramfs'),
      dtb: undefined,
      firmware: firmware === undefined ? undefined : file(firmware),
      drives: [],
    },
  );
  machine.setEventSource(quiet);
  const output: Uint8Array[] = [];
  machine.onConsoleOutput((_counter, bytes) => {
    output.push(bytes.slice());
  });
  const outcome = machine.run(400_000_000);
  return { text: Buffer.concat(output).toString(), exit: outcome.kind === 'exit' ? outcome.exit : outcome };
}

describe('Linux', () => {
  const firmwares: readonly (LinuxFile | undefined)[] = [undefined, 'opensbi-debian-12', 'opensbi-debian-13'];
  for (const firmware of firmwares) {
    it(`boots on ${firmware ?? 'the built-in SBI'} and powers off`, function () {
      const { text, exit } = boot(this, firmware);
      assert.match(text, firmware === undefined ? /SBI specification v2\.0/ : /OpenSBI v1\.\d/);
      assert.match(text, /setting system clock to 2023-11-14T22:13:20 UTC/);
      // What the script computes: the checksums of `seq 1 2000` and of a megabyte of zeros.
      assert.match(text, /ea4d0a24dabcaa11f9aa979b872d162b {2}-/);
      assert.match(text, /30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58 {2}-/);
      assert.match(text, /guest: done/);
      assert.deepEqual(exit, { kind: 'power-off', code: 0 });
    }).timeout(120_000);
  }
});
