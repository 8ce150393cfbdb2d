import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Program } from '../../../adapter/symbols/program.ts';
import { renderingOf } from '../../../adapter/symbols/variables/render/registry.ts';
import type { Value } from '../../../adapter/symbols/variables/value.ts';
import { guestPath } from '../../guests/programs.ts';

describe('renderers', () => {
  const program = Program.load('values', readFileSync(guestPath('values/values')));

  /** The program's objects as its file has them, with some words changed as the running program would. */
  function named(name: string, changes: ReadonlyMap<bigint, bigint> = new Map()): Value {
    const readMemory = (address: bigint, length: number): Uint8Array | undefined => {
      const contents = program.fileBytes(address, length);
      const bytes = contents && Uint8Array.from(contents);
      const change = changes.get(address);
      if (bytes !== undefined && change !== undefined && length === 8) {
        new DataView(bytes.buffer).setBigUint64(0, change, true);
      }
      return bytes;
    };
    const context = { pc: 0n, readRegister: () => undefined, readMemory };
    return program.variableNamed(name, context) ?? assert.fail(`there is no ${name}`);
  }

  const render = (value: Value): ReturnType<typeof renderingOf> =>
    renderingOf(value, (keyword, path) => program.typeNamed(keyword, path));
  const addressOf = (name: string): bigint => named(name).address ?? assert.fail(`${name} is nowhere`);

  it('show the number in an atomic_t', () => {
    assert.equal(render(named('atomic'))?.text, '42');
  });

  it('show a list as its nodes when nobody knows what they are part of', () => {
    const [head, first, second] = [addressOf('items'), addressOf('first_item') + 8n, addressOf('second_item') + 8n];
    assert.equal(render(named('items'))?.text, 'empty');
    const linked = new Map([
      [head, first],
      [first, second],
      [second, head],
    ]);
    const list = render(named('items', linked)) ?? assert.fail('no list');
    assert.equal(list.text, '2 nodes');
    assert.deepEqual(
      list.list(0, 2).map(({ address }) => address),
      [first, second],
    );
    assert.equal(list.list(1, 1)[0]?.expression, `*(struct list_head *)0x${second.toString(16)}`);
  });

  it('say where a list is broken, and end when it goes round in itself', () => {
    const [head, first] = [addressOf('items'), addressOf('first_item') + 8n];
    assert.equal(render(named('items', new Map([[head, first]])))?.text, '1 node, then broken');
    assert.equal(render(named('items', new Map([[head, first], [first, first]])))?.text, '1 node, then broken'); // prettier-ignore
    assert.equal(render(named('items', new Map([[head, 0n]])))?.text, 'not initialized');
  });

  it('leave other structures as they are', () => {
    assert.equal(render(named('root')), undefined);
    assert.equal(render(named('ratio')), undefined);
  });
});
