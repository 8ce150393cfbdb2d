import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TerminalText } from '../../extension/terminal-text.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("the text of a guest's console", () => {
  it('begins every line at its left', () => {
    assert.equal(new TerminalText().decode(encode('a\nb\r\nc\n\nd')), 'a\r\nb\r\nc\r\n\r\nd');
    assert.equal(new TerminalText().decode(encode('\n')), '\r\n');
  });

  it('keeps a carriage return that stands alone', () => {
    assert.equal(new TerminalText().decode(encode('10%\r20%')), '10%\r20%');
  });

  it('does not depend on how the bytes were cut', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('\r', '\n', 'a', 'é', '→', '😀') }),
        fc.array(fc.nat(40)),
        (text, cuts) => {
          const bytes = encode(text);
          const whole = new TerminalText().decode(bytes);
          const pieces = new TerminalText();
          const borders = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
          const joined = borders.map((from, index) => pieces.decode(bytes.subarray(from, borders[index + 1] ?? from)));
          assert.equal(joined.join(''), whole);
        },
      ),
    );
  });
});
