import assert from 'node:assert/strict';
import fc from 'fast-check';
import { flatten } from '../../../../emulator/machine/device-tree/flattened.ts';
import type { DeviceTreeNode } from '../../../../emulator/machine/device-tree/tree.ts';
import { node } from '../../../../emulator/machine/device-tree/tree.ts';
import { unflatten } from '../../../../emulator/machine/device-tree/unflatten.ts';
import { virtDeviceTree } from '../../../../emulator/machine/device-tree/virt-device-tree.ts';
import { LoadError } from '../../../../emulator/machine/loaders/load-error.ts';

const blob = flatten(virtDeviceTree(2 ** 24, 1, { append: 'x', initrd: undefined, rngSeed: new Uint8Array(32) }));

function withProperties(
  name: string,
  properties: Readonly<Record<string, Uint8Array>>,
  children: DeviceTreeNode[],
): DeviceTreeNode {
  return { name, properties: new Map(Object.entries(properties)), children };
}

/** Passes when reading gives a tree or says why not. */
function readsOrRefuses(bytes: Uint8Array): void {
  try {
    unflatten(bytes);
  } catch (error) {
    assert.ok(error instanceof LoadError, `not a LoadError: ${String(error)}`);
  }
}

describe('reading a device tree blob', () => {
  it('gives back any tree', () => {
    const name = fc.string({
      unit: fc.constantFrom('a', 'b', 'z', '0', '9', ',', '.', '_', '+', '-', '@', '#'),
      minLength: 1,
      maxLength: 31,
    });
    const values = fc.dictionary(name, fc.uint8Array({ maxLength: 40 }), { noNullPrototype: true });
    const { tree } = fc.letrec<{ tree: DeviceTreeNode; leaf: DeviceTreeNode; branch: DeviceTreeNode }>((tie) => ({
      tree: fc.oneof({ maxDepth: 5 }, tie('leaf'), tie('branch')),
      leaf: fc.tuple(name, values).map(([title, properties]) => withProperties(title, properties, [])),
      branch: fc
        .tuple(name, values, fc.array(tie('tree'), { maxLength: 3 }))
        .map(([title, properties, children]) => withProperties(title, properties, children)),
    }));
    const reservation = fc
      .tuple(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), fc.nat())
      .map(([address, size]) => ({ address, size: BigInt(size) }));
    fc.assert(
      fc.property(tree, fc.array(reservation), fc.nat(7), (root, reservations, bootHart) => {
        const written = { root, reservations, bootHart };
        assert.deepEqual(unflatten(flatten(written)), written);
      }),
      { numRuns: 200 },
    );
  });

  it('refuses one cut short at any byte', () => {
    for (let length = 0; length < blob.length; length++) {
      assert.throws(() => unflatten(blob.subarray(0, length)), LoadError);
    }
  });

  it('reads or refuses whatever bytes are altered', () => {
    const alteration = fc.tuple(fc.nat(blob.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(alteration, { minLength: 1, maxLength: 8 }), (alterations) => {
        const altered = blob.slice();
        for (const [offset, value] of alterations) altered[offset] = value;
        readsOrRefuses(altered);
      }),
      { numRuns: 3000 },
    );
  });

  it('refuses nodes nested beyond reason', () => {
    let root = node('x', {});
    for (let depth = 0; depth < 100; depth++) root = node('x', {}, [root]);
    assert.throws(() => unflatten(flatten({ root, reservations: [], bootHart: 0 })), /nested deeper than 64/);
  });

  it('refuses what is not one, naming the remedy', () => {
    assert.throws(() => unflatten(new Uint8Array(100)), /d00dfeed.*dtc/);
    const future = blob.slice();
    new DataView(future.buffer).setUint32(20, 18);
    new DataView(future.buffer).setUint32(24, 18);
    assert.throws(() => unflatten(future), /version 18/);
  });
});
