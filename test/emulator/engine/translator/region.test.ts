import assert from 'node:assert/strict';
import { groupAccesses } from '../../../../emulator/engine/translator/access-groups.ts';
import { findRegion, type Block, type PageCode, type Region } from '../../../../emulator/engine/translator/region.ts';
import { decode } from '../../../../emulator/riscv/decoder.ts';
import { encode } from '../../../assembler.ts';

const [zero, ra, a0, a1] = [0, 1, 10, 11];

/** A page that begins with these instructions, of which those at `unknown` offsets have never been executed. */
function page(words: readonly number[], unknown: readonly number[] = []): PageCode {
  return {
    instructionAt: (offset) => {
      const word = words[offset / 4];
      return word === undefined || unknown.includes(offset) ? undefined : decode(word);
    },
  };
}

function regionAt(code: PageCode, head: number, limit = 100): Region {
  const region = findRegion(code, head, limit);
  assert(region);
  return region;
}

function block(region: Region, offset: number): Block {
  const found = region.blocks.find((each) => each.offset === offset);
  assert(found, `no block at ${offset}`);
  return found;
}

describe('a region', () => {
  const loop = [
    encode('addi', { rd: a0, rs1: a0, imm: -1 }), // 0
    encode('beq', { rs1: a1, rs2: zero, imm: 8 }), // 4: to 12
    encode('addi', { rd: a1, rs1: a1, imm: 1 }), // 8
    encode('bne', { rs1: a0, rs2: zero, imm: -12 }), // 12: to 0
    encode('jalr', { rs1: ra }), // 16
  ];

  it('holds a loop with all its ways, and what follows', () => {
    const region = regionAt(page(loop), 0);
    assert.deepEqual(
      region.blocks.map(({ offset }) => offset).sort((a, b) => a - b),
      [0, 8, 12, 16],
    );
    assert.equal(region.size, 5);
    assert.equal(region.flow.isLoopHeader(0), true);
    assert.deepEqual(block(region, 16).end, { kind: 'jump' });
  });

  it('ends before what was never executed', () => {
    const region = regionAt(page(loop, [8]), 0);
    const { end } = block(region, 0);
    assert(end.kind === 'branch');
    assert.deepEqual(end.otherwise, { kind: 'exit', offset: 8 });
  });

  it('does not follow a call, and leaves before what only the interpreter does', () => {
    const call = regionAt(page([encode('addi', { rd: a0, rs1: a0, imm: 1 }), encode('jal', { rd: ra, imm: 400 })]), 0);
    assert.deepEqual(block(call, 0).end, { kind: 'go', to: { kind: 'exit', offset: 404 } });
    const trap = regionAt(page([encode('addi', { rd: a0, rs1: a0, imm: 1 }), encode('ecall')]), 0);
    assert.deepEqual(block(trap, 0).end, { kind: 'interpret', offset: 4 });
    assert.equal(findRegion(page([encode('ecall')]), 0, 100), undefined);
  });

  it('has no more instructions than it may, those nearest to the head', () => {
    const region = regionAt(page(loop), 0, 3);
    assert.equal(region.size, 3);
    assert.deepEqual(
      region.blocks.map(({ offset }) => offset).sort((a, b) => a - b),
      [0, 8],
    );
  });
});

describe('accesses of a block', () => {
  const at = (base: number, imm: number, rd = 5): number => encode('ld', { rd, rs1: base, imm });
  const groupsOf = (words: readonly number[]): ReturnType<typeof groupAccesses> => {
    const [first] = regionAt(page(words), 0).blocks;
    assert(first);
    return groupAccesses(first.instructions);
  };

  it('share a look into the TLB while their base stays as it is', () => {
    const [first, second, , third] = groupsOf([
      at(a0, 16),
      encode('sd', { rs1: a0, rs2: a1, imm: -8 }),
      encode('addi', { rd: a0, rs1: a0, imm: 8 }),
      at(a0, 0),
    ]);
    assert.deepEqual(first, { base: a0, low: -8, high: 24, write: true });
    assert.equal(second, first);
    assert.notEqual(third, first);
  });

  it('do not when they lie far apart, or the first one changes the base', () => {
    const [near, far] = groupsOf([at(a0, 0), at(a0, 1000)]);
    assert.notEqual(near, far);
    const [load, after] = groupsOf([at(a0, 0, a0), at(a0, 8)]);
    assert.notEqual(load, after);
  });
});
