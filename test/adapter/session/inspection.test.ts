import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DEMO_SOURCES, TestSession } from './debug-session.ts';

describe('looking at the stopped machine', function () {
  this.timeout(180_000);
  let session: TestSession;
  let frames: DebugProtocol.StackFrame[];

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
    await session.breakAtFunctions('panic');
    await session.continue();
    frames = await session.stack();
  });
  after(async () => {
    await session.stop();
  });

  const scope = async (frame: number, name: string): Promise<DebugProtocol.Variable[]> => {
    const { scopes } = (await session.client.scopesRequest({ frameId: frames[frame]?.id ?? 0 })).body;
    const found = scopes.find((one) => one.name === name);
    assert.ok(found !== undefined, `${name} is none of ${scopes.map((one) => one.name).join(', ')}`);
    return (await session.client.variablesRequest({ variablesReference: found.variablesReference })).body.variables;
  };

  it('shows the stack through the trap into the interrupted code', () => {
    const names = frames.map((frame) => frame.name);
    assert.deepEqual(names.slice(0, 3), ['panic', 'trap', 'trap_vector']);
    assert.ok(names.includes('wake_sleepers') && names.includes('timer_interrupt'), names.join(' < '));
    assert.equal(frames[0]?.source?.path, path.join(DEMO_SOURCES, 'panic.c'));
  });

  it('gives frames a page at a time', async () => {
    const page = (await session.client.stackTraceRequest({ threadId: 1, startFrame: 1, levels: 2 })).body;
    assert.deepEqual(
      page.stackFrames.map((frame) => frame.name),
      ['trap', 'trap_vector'],
    );
    assert.ok((page.totalFrames ?? 0) > 3);
  });

  it('shows the variables of a function, and what pointers point to', async () => {
    const wake = frames.findIndex((frame) => frame.name === 'wake_sleepers');
    const locals = await scope(wake, 'Locals');
    const task = locals.find((variable) => variable.name === 'task');
    assert.match(task?.type ?? '', /struct task \*/, JSON.stringify(locals));
  });

  it('shows registers by name, and the fields of CSRs', async () => {
    const registers = await scope(0, 'Registers');
    assert.deepEqual([registers[0]?.name, registers[3]?.name, registers.length], ['pc', 'sp', 33]);
    assert.match(registers[0]?.value ?? '', /^0x[0-9a-f]{16} <panic/);
    const csrs = await scope(0, 'CSRs');
    const cause = csrs.find((variable) => variable.name === 'scause');
    assert.match(cause?.value ?? '', /0x000000000000000d load page fault/);
    const status = csrs.find((variable) => variable.name === 'sstatus');
    const fields = (await session.client.variablesRequest({ variablesReference: status?.variablesReference ?? 0 }))
      .body;
    assert.match(fields.variables.find((field) => field.name === 'SPP')?.value ?? '', /^1 \(Supervisor\)$/);
  });

  it('evaluates registers, symbols and memory', async () => {
    const sp = BigInt((await session.evaluate('$sp')).split(' ')[0] ?? '');
    assert.equal(await session.evaluate('*($sp)'), await session.evaluate(`*${sp}`));
    assert.match(await session.evaluate('scause'), /^0x000000000000000d \(13\)$/);
    assert.match(await session.evaluate('&ticks'), /^0x80[0-9a-f]{6} <ticks>$/);
    assert.match(await session.evaluate('ticks', 'hover'), /\d/);
    assert.match(
      await session.refusal('evaluate', { expression: 'nothing + 1' }),
      /^Column 1: There is no "nothing".*\nnothing \+ 1\n\^{7}$/,
    );
    assert.match(
      await session.evaluate('/when'),
      /^counter [\d,]+ of [\d,]+ \(the guest powered off with code 1\), \d+\.\d %, guest time [\d.]+ s$/,
    );
    assert.match(await session.refusal('evaluate', { expression: '/fly', context: 'repl' }), /no command "\/fly"/);
    assert.match(
      await session.refusal('evaluate', { expression: '> hello', context: 'repl' }),
      /cannot be typed to in the past|has ended/,
    );
  });

  it('evaluates expressions of C in the frame that is selected', async () => {
    const wake = frames.find((frame) => frame.name === 'wake_sleepers')?.id;
    const ask = async (expression: string, more: object = {}): Promise<DebugProtocol.EvaluateResponse['body']> =>
      (await session.request('evaluate', {
        expression,
        frameId: wake,
        ...more,
      })) as DebugProtocol.EvaluateResponse['body'];
    assert.equal((await ask('sizeof(struct task) == sizeof *task')).result, '1');
    assert.equal((await ask('task == 0 ? 1 : 2')).type, 'int');
    assert.match((await ask('(unsigned long)&ticks')).result, /^\d+$/);
    assert.match((await ask('(unsigned long)&ticks', { format: { hex: true } })).result, /^0x80[0-9a-f]+$/);
    assert.equal((await ask('$sstatus.SPP')).result, (await ask('($sstatus >> 8) & 1')).result);
    assert.equal((await ask('$counter')).result.split(' ')[1], `(${(await session.status()).counter})`);
    const physical = await ask('phys(unsigned int, (unsigned long)&ticks)');
    assert.match(physical.memoryReference ?? '', /^p:0x80/);
    assert.match(
      await session.refusal('evaluate', { expression: 'ticks = 1' }),
      /^Column 7: Nothing is assigned here: an assignment stands alone.*\nticks = 1\n {6}\^$/,
    );
    assert.match(await session.refusal('evaluate', { expression: 'panic(1)' }), /cannot be called/);
  });

  it('completes members, registers, fields of CSRs and names', async () => {
    const wake = frames.find((frame) => frame.name === 'wake_sleepers')?.id ?? 0;
    const complete = async (text: string): Promise<string[]> => {
      const request = { text, column: text.length + 1, frameId: wake };
      return (await session.client.completionsRequest(request)).body.targets.map(({ label }) => label);
    };
    assert.ok((await complete('1 + task->')).includes('state'), (await complete('1 + task->')).join());
    assert.deepEqual(await complete('$sstatus.SP'), ['SPIE', 'SPP']);
    assert.ok((await complete('$sst')).includes('sstatus'));
    assert.ok((await complete('ta')).includes('task'));
    assert.ok((await complete('/tra')).includes('/travel'));
  });

  it('disassembles around the pc, with symbols and lines', async () => {
    const memoryReference = frames[0]?.instructionPointerReference ?? '';
    const all = (
      await session.client.disassembleRequest({ memoryReference, instructionOffset: -40, instructionCount: 80 })
    ).body;
    assert.equal(all?.instructions.length, 80);
    assert.equal(all.instructions[40]?.address, memoryReference);
    assert.ok(all.instructions.some((one) => one.symbol === 'panic'));
    assert.ok(all.instructions.some((one) => one.location?.path?.endsWith('panic.c') === true && (one.line ?? 0) > 0));
    const after = (await session.client.disassembleRequest({ memoryReference, instructionCount: 5 })).body;
    assert.deepEqual(
      after?.instructions.map((one) => one.instruction),
      all.instructions.slice(40, 45).map((one) => one.instruction),
    );
  });

  it('reads memory as far as it is mapped', async () => {
    const memoryReference = frames[0]?.instructionPointerReference ?? '';
    const read = (await session.request('readMemory', { memoryReference, count: 16 })) as { data: string };
    const words =
      (await session.client.disassembleRequest({ memoryReference, instructionCount: 8 })).body?.instructions ?? [];
    const listed = words
      .map((one) => one.instructionBytes ?? '')
      .join(' ')
      .replaceAll(' ', '');
    assert.ok(listed.startsWith(Buffer.from(read.data, 'base64').toString('hex')), listed);
    const nothing = (await session.request('readMemory', { memoryReference: '0x10', count: 8 })) as object;
    assert.deepEqual(nothing, { address: '0x10', unreadableBytes: 8 });
    assert.match(
      await session.refusal('readMemory', { memoryReference: 'somewhere', count: 1 }),
      /no memory reference/,
    );
  });

  it('lists the sources, and the lines that can be stopped at', async () => {
    const sources = (await session.request('loadedSources')) as { sources: DebugProtocol.Source[] };
    assert.ok(sources.sources.some((one) => one.path === path.join(DEMO_SOURCES, 'timer.c')));
    const text = readFileSync(path.join(DEMO_SOURCES, 'timer.c'), 'utf8').split('\n');
    const first = text.findIndex((line) => line.startsWith('void sleep_ticks')) + 1;
    const where = { source: { path: path.join(DEMO_SOURCES, 'timer.c') }, line: first, endLine: first + 14 };
    const { breakpoints } = (await session.request('breakpointLocations', where)) as {
      breakpoints: { line: number }[];
    };
    assert.ok(breakpoints.length > 5);
    assert.ok(breakpoints.every(({ line }) => line >= first && line <= first + 14));
  });

  it('tells what the guest printed, as text and as bytes', async () => {
    await session.travel('end');
    const { data, end } = (await session.request('retrograde/consoleOutput')) as { data: string; end: number };
    const printed = Buffer.from(data, 'base64');
    assert.equal(printed.length, end);
    assert.match(printed.toString(), /^demo kernel: /);
    assert.equal(session.output.get('stdout'), printed.toString());
  });

  it('forgets frames when the machine moves', async () => {
    const frameId = frames[0]?.id ?? 0;
    await session.travel(1000);
    assert.match(await session.refusal('scopes', { frameId }), /moment that has been left/);
  });
});
