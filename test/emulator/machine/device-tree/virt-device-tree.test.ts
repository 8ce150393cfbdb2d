import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { flatten } from '../../../../emulator/machine/device-tree/flattened.ts';
import type { DeviceTreeNode } from '../../../../emulator/machine/device-tree/tree.ts';
import { unflatten } from '../../../../emulator/machine/device-tree/unflatten.ts';
import { virtDeviceTree } from '../../../../emulator/machine/device-tree/virt-device-tree.ts';
import { requirePeer } from '../../../peers.ts';

const MIB = 2 ** 20;
const rngSeed = Uint8Array.from({ length: 32 }, (_, index) => index);

function tree(memory: number) {
  const initrd = { start: 0x8400_0000, end: 0x8400_1388 };
  return virtDeviceTree(memory, 1, { append: 'console=ttyS0 quiet', initrd, rngSeed });
}

/** Every property of a tree by path, as hexadecimal. */
function properties(node: DeviceTreeNode, at = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of node.properties) found.set(`${at}/${name}`, Buffer.from(value).toString('hex'));
  if (node.properties.size === 0) found.set(`${at}/`, '');
  for (const child of node.children) {
    for (const [name, value] of properties(child, `${at}/${child.name}`)) found.set(name, value);
  }
  return found;
}

describe('the generated device tree', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'retrograde-device-tree-'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('reads back as it was written', () => {
    const written = tree(128 * MIB);
    assert.deepEqual(unflatten(flatten(written)), written);
  });

  for (const memory of [16 * MIB, 128 * MIB, 3072 * MIB]) {
    it(`is accepted by dtc without a warning (${memory / MIB} MiB of RAM)`, function () {
      requirePeer(this, 'dtc');
      const result = spawnSync('dtc', ['-I', 'dtb', '-O', 'dts'], { input: flatten(tree(memory)), encoding: 'utf8' });
      assert.equal(result.stderr, '');
      assert.equal(result.status, 0);
      assert.match(result.stdout, /bootargs = "console=ttyS0 quiet"/);
    });
  }

  it("is QEMU's, but for what is not on this board and what is said in full", function () {
    this.timeout(60_000);
    requirePeer(this, 'qemu-system-riscv64');
    const kernel = path.join(folder, 'kernel.bin');
    const initrd = path.join(folder, 'initrd');
    const dumped = path.join(folder, 'virt.dtb');
    writeFileSync(kernel, new Uint8Array(64));
    writeFileSync(initrd, new Uint8Array(5000));
    execFileSync(
      'qemu-system-riscv64',
      ['-machine', `virt,dumpdtb=${dumped}`, '-m', '128M', '-nographic', '-append', 'console=ttyS0 quiet'].concat([
        '-kernel',
        kernel,
        '-initrd',
        initrd,
        '-bios',
        'none',
      ]),
      { stdio: 'pipe' },
    );
    const theirs = properties(unflatten(readFileSync(dumped)).root);
    const ours = properties(tree(128 * MIB).root);

    const absentHere = [/^\/pmu\//, /^\/fw-cfg@/, /^\/flash@/, /^\/platform-bus@/, /^\/soc\/pci@/];
    const saidInFull = [
      '/cpus/cpu@0/riscv,isa', // QEMU's hart has other extensions.
      '/cpus/cpu@0/mmu-type', // Sv57, where QEMU 7.2 has Sv48.
      '/chosen/rng-seed', // Random in QEMU, the machine's seed here.
    ];
    const onlyHere = [
      '/cpus/cpu@0/riscv,isa-base',
      '/cpus/cpu@0/riscv,isa-extensions',
      '/cpus/cpu@0/riscv,cbom-block-size',
      '/cpus/cpu@0/riscv,cboz-block-size',
      '/cpus/cpu@0/riscv,cbop-block-size',
      '/cpus/cpu@0/interrupt-controller/#address-cells', // dtc warns of its absence in QEMU's tree.
    ];
    const expected = new Map([...theirs].filter(([name]) => !absentHere.some((pattern) => pattern.test(name))));
    for (const name of saidInFull) {
      assert.ok(expected.delete(name) && ours.delete(name), name);
    }
    for (const name of onlyHere) assert.ok(ours.delete(name), name);
    assert.deepEqual(Object.fromEntries([...ours].sort()), Object.fromEntries([...expected].sort()));
  });
});
