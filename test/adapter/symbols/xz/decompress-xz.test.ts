import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { SymbolError } from '../../../../adapter/symbols/symbol-error.ts';
import { crc64 } from '../../../../adapter/symbols/xz/crc64.ts';
import { decompressXz } from '../../../../adapter/symbols/xz/decompress-xz.ts';
import { sha256 } from '../../../../adapter/symbols/xz/sha256.ts';
import { crc32 } from '../../../../emulator/recording/crc32.ts';
import { requirePeer } from '../../../peers.ts';
import { fixturePath } from '../fixtures.ts';
import { makeXz } from './xz-maker.ts';

const LARGEST_RUN = 70_000;

function packed(contents: Uint8Array, ...options: readonly string[]): Uint8Array {
  return execFileSync('xz', ['--compress', '--stdout', '--threads=1', ...options], {
    input: contents,
    maxBuffer: 2 ** 27,
  });
}

/** Contents of every kind that a packer tells apart: noise, repetition near and far, tables, text. */
const contents = fc
  .array(
    fc.oneof(
      fc.record({ kind: fc.constant('noise' as const), seed: fc.nat(), length: fc.nat(LARGEST_RUN) }),
      fc.record({ kind: fc.constant('repetition' as const), from: fc.nat(), length: fc.nat(LARGEST_RUN) }),
      fc.record({ kind: fc.constant('bytes' as const), bytes: fc.uint8Array({ maxLength: 300 }) }),
      fc.record({ kind: fc.constant('words' as const), seed: fc.nat(), length: fc.nat(LARGEST_RUN / 8) }),
    ),
    { maxLength: 8 },
  )
  .map((runs) => {
    const bytes: number[] = [];
    for (const run of runs) {
      if (run.kind === 'bytes') bytes.push(...run.bytes);
      else if (run.kind === 'noise') for (const byte of noise(run.seed, run.length)) bytes.push(byte);
      else if (run.kind === 'words')
        for (const byte of noise(run.seed, run.length)) bytes.push(byte & 3, 0, byte & 1, 0);
      else {
        const start = bytes.length === 0 ? 0 : run.from % bytes.length;
        for (let count = 0; count < run.length; count++) bytes.push(bytes[start + count] ?? 0x20);
      }
    }
    return Uint8Array.from(bytes);
  });

function noise(seed: number, length: number): Uint8Array {
  let state = seed | 1;
  return Uint8Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  });
}

const preset = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom('', 'e')).map(([level, e]) => `-${level}${e}`);
const contextBits = fc
  .record({ lc: fc.nat(4), lp: fc.nat(4), pb: fc.nat(4), dictionary: fc.constantFrom('4KiB', '48KiB', '1MiB') })
  .filter(({ lc, lp }) => lc + lp <= 4)
  .map(({ lc, lp, pb, dictionary }) => `--lzma2=lc=${lc},lp=${lp},pb=${pb},dict=${dictionary}`);
const check = fc.constantFrom('none', 'crc32', 'crc64', 'sha256').map((name) => `--check=${name}`);
const blocks = fc.oneof(
  fc.constant([]),
  fc.integer({ min: 1000, max: 60_000 }).map((size) => [`--block-size=${size}`]),
);
const options = fc
  .tuple(fc.oneof(preset, contextBits), check, blocks)
  .map(([method, checked, size]) => [method, checked, ...size]);

describe('a file that xz packed', function () {
  this.timeout(300_000);

  it('is what xz says it was, with every preset, check, context and size of blocks', function () {
    requirePeer(this, 'xz');
    fc.assert(
      fc.property(contents, options, (original, chosen) => {
        assert.ok(Buffer.from(decompressXz(packed(original, ...chosen))).equals(original), chosen.join(' '));
      }),
      { numRuns: 80 },
    );
  });

  it('may have several streams, with padding between and behind them', function () {
    requirePeer(this, 'xz');
    const padding = fc.nat(3).map((count) => new Uint8Array(count * 4));
    const stream = fc.tuple(contents, check, padding);
    fc.assert(
      fc.property(fc.array(stream, { minLength: 1, maxLength: 4 }), (streams) => {
        const file = streams.flatMap(([original, checked, behind]) => [packed(original, checked), behind]);
        const expected = Buffer.concat(streams.map(([original]) => original));
        assert.ok(Buffer.from(decompressXz(Buffer.concat(file))).equals(expected));
      }),
      { numRuns: 12 },
    );
  });

  it('may hold as much as the format can', function () {
    requirePeer(this, 'xz');
    const zeros = new Uint8Array(2 ** 24);
    for (const level of ['-0', '-6e']) assert.equal(decompressXz(packed(zeros, level)).length, zeros.length);
  });
});

describe('the checksums of xz', () => {
  it('are those of their specifications', () => {
    assert.equal(crc64(Buffer.from('123456789')), 0x995dc9bbdf1939fan);
    assert.equal(crc64(new Uint8Array()), 0n);
  });

  it("include a SHA-256 as node's is, of every length around a block's", () => {
    for (let length = 0; length < 200; length++) {
      const bytes = noise(length, length);
      assert.deepEqual(Buffer.from(sha256(bytes)), createHash('sha256').update(bytes).digest(), `${length}`);
    }
  });
});

describe('a damaged file of xz', function () {
  this.timeout(120_000);
  const original = readFileSync(fixturePath('o2-module.ko'));
  const whole = readFileSync(fixturePath('o2-module.ko.xz'));

  /** Either what it was, or a sentence with a place that is in the file. */
  const examine = (bytes: Uint8Array): 'read' | 'refused' => {
    try {
      assert.ok(Buffer.from(decompressXz(bytes)).equals(original), 'read as something else');
      return 'read';
    } catch (error) {
      if (!(error instanceof SymbolError)) throw error;
      assert.equal(error.section, 'the .xz file');
      assert.ok(error.offset >= 0 && error.offset <= bytes.length, error.message);
      return 'refused';
    }
  };

  it('is read while it is whole', () => {
    assert.equal(examine(whole), 'read');
  });

  it('is refused wherever it was cut short', () => {
    for (let length = 1; length < whole.length; length += length < whole.length - 100 ? 97 : 1) {
      assert.equal(examine(whole.subarray(0, length)), 'refused', `${length} bytes`);
    }
  });

  it('is refused for what was altered in it', () => {
    const change = fc.tuple(fc.nat(whole.length - 1), fc.uint8Array({ minLength: 1, maxLength: 4 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, values] of changes) bytes.set(values.subarray(0, bytes.length - at), at);
        assert.equal(examine(bytes), Buffer.from(bytes).equals(whole) ? 'read' : 'refused');
      }),
      { numRuns: 600 },
    );
  });

  it('ends in a sentence also when its checksums were mended', () => {
    const lengthOfIndex = (view: DataView): number => (view.getUint32(whole.length - 8, true) + 1) * 4;
    const from = whole.length - 12 - lengthOfIndex(new DataView(whole.buffer, whole.byteOffset, whole.length));
    // The block's header, the first chunks, the index and the footer.
    const place = fc.oneof(
      fc.integer({ min: 12, max: 48 }),
      fc.integer({ min: from, max: whole.length - 1 }),
      fc.nat(whole.length - 1),
    );
    const change = fc.tuple(place, fc.oneof(fc.constantFrom(0, 0x7f, 0x80, 0xff), fc.nat(255)));
    let deep = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        mend(bytes);
        try {
          decompressXz(bytes);
        } catch (error) {
          if (!(error instanceof SymbolError)) throw error;
          if (!/checksum|cut short/.test(error.reason)) deep++;
        }
      }),
      { numRuns: 600 },
    );
    assert.ok(deep > 100, `${deep} of 600 were refused for more than a checksum`);
  });
});

/** Makes the checksums of the stream's header, its first block's header, its index and its footer right. */
function mend(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer);
  const set = (start: number, end: number, at: number): void => {
    if (start >= 0 && start < end && end <= bytes.length) view.setUint32(at, crc32(bytes.subarray(start, end)), true);
  };
  const end = bytes.length;
  set(6, 8, 8);
  const header = 12 + (view.getUint8(12) + 1) * 4;
  if (header < end) set(12, header - 4, header - 4);
  const index = end - 12 - (view.getUint32(end - 8, true) + 1) * 4;
  set(index, end - 16, end - 16);
  set(end - 8, end - 2, end - 12);
}

describe('a file of xz that says what it must not', () => {
  const stored = [1, 0, 2, 0x61, 0x62, 0x63, 0];
  const refused = (parts: Parameters<typeof makeXz>[0], message: RegExp): void => {
    assert.throws(() => decompressXz(makeXz(parts)), message);
  };

  it('is none when it says nothing wrong', () => {
    assert.equal(Buffer.from(decompressXz(makeXz({ chunks: stored, contentSize: 3 }))).toString(), 'abc');
  });

  it('is told that a filter is not read', () => {
    const filters = [
      [0x0b, 0],
      [0x21, 1, 0],
    ];
    refused(
      { filters, chunks: stored, contentSize: 3 },
      /xz's filter RISC-V is not read: unpack it with xz -dk \(the \.xz file at 0xe\)/,
    );
    refused({ filters: [[0x31, 0]], chunks: stored, contentSize: 3 }, /xz's filter 0x31 is not read/);
    refused({ filters: [[0x21, 1, 41]], chunks: stored, contentSize: 3 }, /LZMA2 with unknown properties/);
  });

  it('is not believed about its size', () => {
    refused(
      { chunks: stored, contentSize: 2 ** 40 },
      /60 compressed bytes claim to hold 1099511627776, which is too much/,
    );
    refused({ chunks: stored, contentSize: 2 ** 23 }, /claim to hold 8388608/);
    refused({ chunks: stored, contentSize: 4 }, /the block holds 3 bytes, not the 4 it claims/);
    refused({ chunks: stored, contentSize: 2 }, /a chunk holds more than the block \(the \.xz file at 0x18\)/);
  });

  it('is refused for its chunks', () => {
    refused({ chunks: [2, ...stored.slice(1)], contentSize: 3 }, /the first chunk has no beginning of a dictionary/);
    refused({ chunks: [...stored.slice(0, 6), 3, 0, 0, 0, 0], contentSize: 4 }, /0x3 is no kind of chunk/);
    refused({ chunks: [...stored, 0], contentSize: 3 }, /the block goes on behind its last chunk/);
    refused({ chunks: stored.slice(0, 5), contentSize: 3 }, /3 bytes are wanted where 2 are left/);
    const compressed = (control: number, ...data: readonly number[]): number[] => [
      control,
      0,
      9,
      0,
      data.length - 1,
      ...data,
    ];
    refused({ chunks: [...stored.slice(0, 6), ...compressed(0xa0, 0)], contentSize: 13 }, /wants properties/);
    refused({ chunks: [0xe0, 0, 9, 0, 4, 0xff, 0, 0, 0, 0, 0, 0], contentSize: 10 }, /0xff are no properties of LZMA2/);
    refused(
      { chunks: [0xe0, 0, 9, 0, 4, 0x5d, 1, 0, 0, 0, 0, 0], contentSize: 10 },
      /begins with a byte that is not zero/,
    );
    // All ones: a match before there is anything, beyond the input's end.
    refused(
      { chunks: [0xe0, 0, 9, 0, 9, 0x5d, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0], contentSize: 10 },
      /compressed data end in the midst|refers to/,
    );
  });

  it('is refused for checks that nobody knows', () => {
    refused({ check: 2, chunks: stored, digest: [0, 0, 0, 0], contentSize: 3 }, /stream flags 0x200 are not known/);
    refused({ check: 1, chunks: stored, digest: [0, 0, 0, 0], contentSize: 3 }, /do not match their CRC32/);
    const digest = [...createHash('sha256').update('abc').digest()];
    assert.equal(decompressXz(makeXz({ check: 10, chunks: stored, digest, contentSize: 3 })).length, 3);
  });
});
