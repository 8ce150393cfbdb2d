import assert from 'node:assert/strict';
import { parseConsoleBytes, parseStatus } from '../../extension/protocol.ts';

const status = { state: 'stopped', counter: 7, end: 9, mode: 'replaying', recording: '/r.retrograde' };

describe('a status', () => {
  it('is read, with how the guest ended as a sentence', () => {
    assert.deepEqual(parseStatus(status), { ...status, exit: undefined });
    const exit = { kind: 'power-off', code: 1, text: 'The guest powered off with code 1.' };
    assert.deepEqual(parseStatus({ ...status, exit }), { ...status, exit: exit.text });
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

describe('console bytes', () => {
  it('are read from base64, all 256 values', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    assert.deepEqual(parseConsoleBytes({ data: Buffer.from(bytes).toString('base64'), start: 0 }), bytes);
  });

  it('are refused when they are no base64', () => {
    assert.equal(parseConsoleBytes({ data: '*', start: 0 }), undefined);
    assert.equal(parseConsoleBytes({ start: 0 }), undefined);
    assert.equal(parseConsoleBytes(undefined), undefined);
  });
});
