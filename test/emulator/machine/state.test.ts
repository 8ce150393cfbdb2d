import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ByteStateReader, ByteStateWriter } from '../../../emulator/machine/state.ts';

describe('a saved state', () => {
  it('reads back as it was written', () => {
    const value = fc.oneof(
      fc.record({ kind: fc.constant('u8' as const), value: fc.nat(0xff) }),
      fc.record({ kind: fc.constant('u32' as const), value: fc.nat(0xffff_ffff) }),
      fc.record({ kind: fc.constant('u64' as const), value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
      fc.record({ kind: fc.constant('count' as const), value: fc.maxSafeNat() }),
      fc.record({ kind: fc.constant('boolean' as const), value: fc.boolean() }),
      fc.record({ kind: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 5000 }) }),
    );
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const writer = new ByteStateWriter();
        for (const item of values) {
          if (item.kind === 'u64') writer.u64(item.value);
          else if (item.kind === 'boolean') writer.boolean(item.value);
          else if (item.kind === 'bytes') writer.bytes(item.value);
          else writer[item.kind](item.value);
        }
        const reader = new ByteStateReader(writer.finish());
        for (const item of values) assert.deepEqual(reader[item.kind](), item.value);
        reader.expectEnd();
      }),
    );
  });

  it('grows at any write, as with much console input in line', () => {
    for (const before of [1016, 1020, 1023, 1024, 2047, 4096]) {
      const long = new Uint8Array(5000).fill(before);
      const writer = new ByteStateWriter();
      for (let count = 0; count < before; count++) writer.u8(count & 0xff);
      writer.u32(0x1234_5678);
      writer.bytes(long);
      writer.u64(9n);
      const reader = new ByteStateReader(writer.finish());
      for (let count = 0; count < before; count++) assert.equal(reader.u8(), count & 0xff);
      assert.equal(reader.u32(), 0x1234_5678);
      assert.deepEqual(reader.bytes(), long);
      assert.equal(reader.u64(), 9n);
    }
  });

  it('is refused when it is cut short, too long, or not what was written', () => {
    const writer = new ByteStateWriter();
    writer.bytes(Uint8Array.of(1, 2, 3));
    const state = writer.finish();
    assert.throws(() => new ByteStateReader(state.subarray(0, state.length - 1)).bytes(), RangeError);
    assert.throws(() => new ByteStateReader(new Uint8Array(3)).u32(), RangeError);
    assert.throws(() => new ByteStateReader(Uint8Array.of(2)).boolean(), RangeError);
    assert.throws(() => new ByteStateReader(new Uint8Array(8).fill(0xff)).count(), RangeError);
    const reader = new ByteStateReader(state);
    assert.throws(() => {
      reader.expectEnd();
    }, /11 bytes longer/);
  });

  it('does not take what is not a count', () => {
    const writer = new ByteStateWriter();
    for (const value of [-1, 0.5, 2 ** 53, NaN]) {
      assert.throws(() => {
        writer.count(value);
      }, RangeError);
    }
  });
});
