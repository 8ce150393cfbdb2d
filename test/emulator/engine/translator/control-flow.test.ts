import assert from 'node:assert/strict';
import { findControlFlow } from '../../../../emulator/engine/translator/control-flow.ts';

describe('the control flow of a region', () => {
  it('finds where the ways of a diamond meet', () => {
    const flow = findControlFlow([[1, 2], [3], [3], []]);
    assert.deepEqual(flow.order[0], 0);
    assert.equal(flow.position(3), 3);
    assert.equal(flow.isMerge(3), true);
    assert.equal(flow.isMerge(1), false);
    assert.deepEqual([...flow.dominated(0)].sort(), [1, 2, 3]);
  });

  it('finds the headers of loops in one another', () => {
    const flow = findControlFlow([[1], [2], [2, 3], [1, 4], []]);
    const headers = [0, 1, 2, 3, 4].filter((node) => flow.isLoopHeader(node));
    assert.deepEqual(headers, [1, 2]);
    assert.equal(flow.isMerge(1), false, 'an edge back is no merge');
    assert.equal(flow.isCut(3, 1), false);
  });

  it('takes a loop to its own head as a loop', () => {
    const flow = findControlFlow([[0, 1], []]);
    assert.equal(flow.isLoopHeader(0), true);
    assert.deepEqual(flow.dominated(0), [1]);
  });

  it('cuts a way into the middle of a loop', () => {
    // 1 and 2 form a loop that is entered at both.
    const flow = findControlFlow([[1, 2], [2, 3], [1], []]);
    const edges: readonly (readonly [number, number])[] = [
      [0, 1],
      [0, 2],
      [1, 2],
      [2, 1],
      [1, 3],
    ];
    const cut = edges.filter(([from, to]) => flow.isCut(from, to));
    assert.equal(cut.length, 1);
    assert.deepEqual(
      [
        [1, 2],
        [2, 1],
      ].some(([from, to]) => flow.isCut(from ?? 0, to ?? 0)),
      true,
    );
    assert.deepEqual([...flow.order].sort(), [0, 1, 2, 3]);
  });

  it('leaves out what cannot be reached', () => {
    const flow = findControlFlow([[2], [2], []]);
    assert.deepEqual(flow.order, [0, 2]);
    assert.equal(flow.isMerge(2), false);
  });
});
