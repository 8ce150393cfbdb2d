import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { TestSession } from './debug-session.ts';
import { frameOf, partsOf, scopeOf, sessionOnValues } from './values-session.ts';

describe('setVariable', function () {
  this.timeout(180_000);
  let session: TestSession;
  let show: number;
  before(async () => {
    session = await sessionOnValues();
    show = await frameOf(session, 'show');
  });
  after(() => session.stop());

  const set = async (variablesReference: number, name: string, value: string): Promise<string> =>
    (await session.client.setVariableRequest({ variablesReference, name, value })).body.value;
  const named = (variables: readonly DebugProtocol.Variable[], name: string): DebugProtocol.Variable =>
    variables.find((one) => one.name === name) ?? assert.fail(`There is no ${name}.`);

  it('changes a local by an expression of its frame, and keeps what the client was shown', async () => {
    const { reference } = await scopeOf(session, show, 'Locals');
    assert.equal(await set(reference, 'local', 'argument + 1'), '5');
    assert.equal(named(await partsOf(session, reference), 'local').value, '5');
    // The frame is still there, though the state is another.
    assert.equal(named((await scopeOf(session, show, 'Locals')).variables, 'local').value, '5');
    assert.deepEqual((await session.status()).branch?.changes, 1);
  });

  it('changes members and elements', async () => {
    const { variables } = await scopeOf(session, show, 'Locals');
    const here = named(variables, 'here').variablesReference;
    assert.equal(await set(here, 'y', '-1'), '-1');
    assert.equal(
      (await session.client.evaluateRequest({ expression: 'here', frameId: show })).body.result,
      '{x = 31, y = -1}',
    );
    const sizes = named(variables, 'sizes').variablesReference;
    assert.equal(await set(sizes, '[2]', '77'), '77');
    const { variables: parameters } = await scopeOf(session, show, 'Arguments');
    const object = named(parameters, 'object').variablesReference;
    assert.equal(await set(object, 'colour', 'BLUE'), 'BLUE');
    assert.equal(await session.evaluate('root.colour', 'watch'), 'BLUE');
  });

  it('changes registers, CSRs and their fields', async () => {
    const frame = (await session.stack(1))[0]?.id ?? 0;
    const registers = await scopeOf(session, frame, 'Registers');
    await set(registers.reference, 'a5', '0x1234');
    assert.match(named(await partsOf(session, registers.reference), 'a5').value, /^0x0000000000001234/);
    const floats = await scopeOf(session, frame, 'Floating point');
    await set(floats.reference, 'fa0', '2.5');
    assert.match(named(await partsOf(session, floats.reference), 'fa0').value, /\(double 2\.5\)/);
    const csrs = await scopeOf(session, frame, 'CSRs');
    await set(csrs.reference, 'sscratch', '0x99');
    assert.match(named(await partsOf(session, csrs.reference), 'sscratch').value, /^0x0000000000000099/);
    const status = named(await partsOf(session, csrs.reference), 'sstatus').variablesReference;
    await set(status, 'MXR', '1');
    assert.equal(named(await partsOf(session, status), 'MXR').value, '1');
  });

  it('says what can be set, and why something cannot', async () => {
    const { reference, variables } = await scopeOf(session, show, 'Locals');
    assert.ok(!(named(variables, 'local').presentationHint?.attributes ?? []).includes('readOnly'));
    assert.ok(named(variables, 'here').presentationHint?.attributes?.includes('readOnly'));
    const refused = (name: string, value: string): Promise<string> =>
      session.refusal('setVariable', { variablesReference: reference, name, value });
    assert.match(await refused('letter', '300'), /300 does not fit into char|unsigned char/);
    assert.match(await refused('nobody', '1'), /"nobody" cannot be changed here/);
    assert.match(await refused('local', ''), /There is no expression/);
  });

  it('tells clients that understand it what to ask for again', () => {
    assert.ok(session.events.some(({ event }) => event === 'invalidated'));
    assert.ok(session.events.some(({ event }) => event === 'memory'));
  });
});
