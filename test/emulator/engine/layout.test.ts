import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const text = readFileSync(new URL('../../../emulator/engine/layout.ts', import.meta.url), 'utf8');

describe("the layout of the engine's memory", () => {
  it('gives each word of the state of the engine an address of its own', () => {
    const from = text.indexOf('// State of the engine');
    const state = text.slice(from, text.indexOf('CONTEXT_KEYS', from));
    const names = new Map<string, string>();
    for (const [, name, address] of state.matchAll(/^export const (\w+) = (0x[0-9a-f]+);/gm)) {
      if (name === undefined || address === undefined) continue;
      assert.equal(names.get(address), undefined, `${name} lies where ${names.get(address)} lies`);
      names.set(address, name);
    }
    assert.ok(names.size > 30);
  });
});
