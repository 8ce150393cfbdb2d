import assert from 'node:assert/strict';
import { parseBookmarks, parseConsoleOutput, parseStatus } from '../../extension/protocol.ts';

const status = { state: 'stopped', counter: 7, end: 9, mode: 'replaying', recording: '/r.retrograde' };

describe('a status', () => {
  it('is read, with how the guest ended as a sentence', () => {
    const history = { ...status, branch: undefined };
    assert.deepEqual(parseStatus(status), { ...history, exit: undefined });
    const branch = { ...status, mode: 'branching', branch: { base: 5, changes: 2 } };
    assert.deepEqual(parseStatus(branch), { ...branch, exit: undefined, branch: { base: 5 } });
    const exit = { kind: 'power-off', code: 1, text: 'The guest powered off with code 1.' };
    assert.deepEqual(parseStatus({ ...status, exit }), { ...history, exit: exit.text });
  });

  it('is refused when any part is missing or of another kind', () => {
    for (const name of Object.keys(status)) {
      assert.equal(parseStatus({ ...status, [name]: undefined }), undefined, name);
      assert.equal(parseStatus({ ...status, [name]: {} }), undefined, name);
    }
    assert.equal(parseStatus(null), undefined);
    assert.equal(parseStatus('stopped'), undefined);
  });
});

describe('bookmarks', () => {
  it('are read as they come, and what is none is left out', () => {
    const early = { name: 'early', counter: 1000 };
    assert.deepEqual(parseBookmarks({ bookmarks: [early, { name: 'no counter' }, 'text', { ...early, more: 1 }] }), [
      early,
      early,
    ]);
    assert.deepEqual(parseBookmarks({ bookmarks: 7 }), []);
    assert.deepEqual(parseBookmarks(undefined), []);
  });
});

describe('console bytes', () => {
  it('are read from base64, all 256 values', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const data = Buffer.from(bytes).toString('base64');
    assert.deepEqual(parseConsoleOutput({ data, start: 0 }), { bytes, branch: undefined });
    assert.deepEqual(parseConsoleOutput({ data, start: 0, branch: 7 }), { bytes, branch: 7 });
  });

  it('are refused when they are no base64', () => {
    assert.equal(parseConsoleOutput({ data: '*', start: 0 }), undefined);
    assert.equal(parseConsoleOutput({ start: 0 }), undefined);
    assert.equal(parseConsoleOutput(undefined), undefined);
  });
});
