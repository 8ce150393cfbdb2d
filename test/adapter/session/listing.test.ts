import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { listInstructions, type ListingSource } from '../../../adapter/session/disassembly/listing.ts';
import { Program } from '../../../adapter/symbols/program.ts';

const DEMO = new URL('../../guests/demo/demo.elf', import.meta.url);

/** The code of the demo as it lies in its file, which the guest maps as it is. */
function demoCode(): { readonly source: ListingSource; readonly main: bigint; readonly program: Program } {
  const file = readFileSync(DEMO);
  const program = Program.load('demo.elf', file);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  // Program headers of a 64-bit ELF file: e_phoff at 32, e_phentsize at 54, e_phnum at 56.
  const segments = Array.from({ length: view.getUint16(56, true) }, (_, index) => {
    const at = Number(view.getBigUint64(32, true)) + index * view.getUint16(54, true);
    const field = (offset: number): bigint => view.getBigUint64(at + offset, true);
    return { offset: Number(field(8)), address: field(16), size: Number(field(32)) };
  });
  const read = (address: bigint, length: number): Uint8Array => {
    const segment = segments.find((one) => one.address <= address && address < one.address + BigInt(one.size));
    if (segment === undefined) return new Uint8Array(0);
    const from = Number(address - segment.address);
    return file.subarray(segment.offset + from, segment.offset + Math.min(from + length, segment.size));
  };
  const symbol = program.lookupSymbol('kernel_main') ?? program.lookupSymbol('main');
  assert.ok(symbol !== undefined);
  return {
    program,
    main: symbol.address,
    source: {
      read,
      symbolStart: (address) => program.symbolNear(address)?.symbol.address,
      symbolize: (address) => program.symbolNear(address)?.text,
    },
  };
}

describe('a listing of instructions', () => {
  const { source, main } = demoCode();
  const forward = listInstructions(source, main, 0, 200);

  it('goes on from its origin without a gap', () => {
    assert.equal(forward.length, 200);
    assert.equal(forward[0]?.address, main);
    for (const [index, one] of forward.entries()) {
      const next = forward[index + 1];
      if (next !== undefined) assert.equal(next.address, one.address + BigInt(one.bytes.length));
    }
  });

  it('is the same before an origin as the one that leads to it', () => {
    for (const index of [1, 7, 50, 199]) {
      const origin = forward[index]?.address ?? 0n;
      const back = listInstructions(source, origin, -index, index + 1);
      assert.deepEqual(
        back.map((one) => [one.address, one.text]),
        forward.slice(0, index + 1).map((one) => [one.address, one.text]),
      );
    }
  });

  it('can lie wholly before or after its origin', () => {
    const origin = forward[20]?.address ?? 0n;
    assert.deepEqual(listInstructions(source, origin, -15, 5), forward.slice(5, 10));
    assert.deepEqual(listInstructions(source, origin, 10, 5), forward.slice(30, 35));
  });

  it('has as many lines as asked for where nothing can be read', () => {
    const listed = listInstructions(source, 0x10n, -20, 40);
    assert.equal(listed.length, 40);
    assert.ok(listed.every((one) => one.invalid));
    assert.equal(listed[20]?.address, 0x10n);
  });

  it('names the targets of calls', () => {
    assert.ok(
      forward.some((one) => /^(jal|auipc|jalr|call)\b.*<\w+/.test(one.text)),
      forward.map((o) => o.text).join('\n'),
    );
  });
});
