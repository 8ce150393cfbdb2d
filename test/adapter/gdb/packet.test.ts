import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Incoming } from '../../../adapter/gdb/packet.ts';
import { encodePacket, MAXIMUM_PAYLOAD, PacketReader } from '../../../adapter/gdb/packet.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const text = (data: Uint8Array): string => String.fromCharCode(...data);

function readAll(...pieces: readonly string[]): Incoming[] {
  const reader = new PacketReader();
  return pieces.flatMap((piece) => [...reader.read(bytes(piece))]);
}

describe('a packet', () => {
  it('is framed by $ and # and the sum of its bytes', () => {
    assert.equal(text(encodePacket('OK')), '$OK#9a');
    assert.equal(text(encodePacket('')), '$#00');
  });

  it('escapes what would end or change it', () => {
    assert.equal(text(encodePacket('a#b$c}d*e')), '$a}\x03b}\x04c}]d}\ne#51');
  });

  it('holds bytes only', () => {
    assert.throws(() => encodePacket('€'), RangeError);
  });

  it('comes back as it went, in pieces of any size', () => {
    const payloads = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) });
    fc.assert(
      fc.property(payloads, fc.integer({ min: 1, max: 7 }), (payload, size) => {
        const encoded = text(encodePacket(payload));
        const pieces = encoded.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
        assert.deepEqual(readAll(...pieces), [{ kind: 'packet', payload }]);
      }),
    );
  });
});

describe('the packet reader', () => {
  it('tells packets, acknowledgements and Ctrl-C apart', () => {
    assert.deepEqual(readAll('+$g#67\x03-'), [
      { kind: 'ack' },
      { kind: 'packet', payload: 'g' },
      { kind: 'interrupt' },
      { kind: 'nack' },
    ]);
  });

  it('expands run lengths', () => {
    // "0* " is a zero and three more of it.
    assert.deepEqual(readAll('$0* #7a'), [{ kind: 'packet', payload: '0000' }]);
  });

  it('notices a wrong checksum', () => {
    assert.deepEqual(readAll('$g#68'), [{ kind: 'damaged' }]);
    assert.deepEqual(readAll('$g#zz'), [{ kind: 'damaged' }]);
  });

  it('refuses escapes and run lengths that are cut short', () => {
    assert.deepEqual(readAll('$}#7d'), [{ kind: 'damaged' }]);
    assert.deepEqual(readAll('$*#2a'), [{ kind: 'damaged' }]);
    assert.deepEqual(readAll('$a*#8b'), [{ kind: 'damaged' }]);
  });

  it('begins anew at a $ inside a packet, and skips noise between packets', () => {
    assert.deepEqual(readAll('noise$abc$g#67'), [{ kind: 'packet', payload: 'g' }]);
  });

  it('keeps no more than the largest packet, however long a client goes on', () => {
    const reader = new PacketReader();
    const endless = new Uint8Array(MAXIMUM_PAYLOAD).fill(0x61);
    assert.deepEqual([...reader.read(bytes('$'))], []);
    for (let i = 0; i < 8; i++) assert.deepEqual([...reader.read(endless)], []);
    assert.deepEqual([...reader.read(bytes('#00'))], [{ kind: 'damaged' }]);
    assert.deepEqual([...reader.read(bytes('$g#67'))], [{ kind: 'packet', payload: 'g' }]);
  });
});
