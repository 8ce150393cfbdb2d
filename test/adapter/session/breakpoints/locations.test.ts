import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { SymbolsProgram } from '../../../../adapter/session/symbols-program.ts';
import { Program } from '../../../../adapter/symbols/program.ts';
import { TestSession } from '../debug-session.ts';

describe('locations of function breakpoints', function () {
  this.timeout(300_000);
  let session: TestSession;
  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await session.stop();
  });

  it('are functions by name, lines of files, functions of files, and addresses', async () => {
    const [fn] = await session.breakAtFunctions('timer_interrupt');
    assert.equal(fn?.verified, true);
    const { line = 0, instructionReference = '' } = fn;
    for (const name of [`timer.c:${line}`, 'timer.c:timer_interrupt', `*${instructionReference}`]) {
      const [same] = await session.breakAtFunctions(name);
      assert.deepEqual([same?.verified, same?.instructionReference], [true, instructionReference], name);
      await session.travel('start');
      const stop = await session.continue();
      assert.deepEqual([stop.name, stop.reason], ['timer_interrupt', 'function breakpoint']);
    }
    const [entry] = await session.breakAtFunctions('*timer_interrupt');
    const [later] = await session.breakAtFunctions('*timer_interrupt+0x2');
    const distance = BigInt(later?.instructionReference ?? '') - BigInt(entry?.instructionReference ?? '');
    assert.equal(distance, 2n);
  });

  it('that are none are told of', async () => {
    for (const name of ['console.c:timer_interrupt', 'nothing.c:3', '*nothing', '*', 'timer.c:99999']) {
      const [answer] = await session.breakAtFunctions(name);
      assert.equal(answer?.verified, false, name);
      assert.ok((answer.message ?? '').includes(`no function "${name}"`), answer.message);
    }
  });

  it('include every copy of an inlined function', async () => {
    const [answer] = await session.breakAtFunctions('interrupts_off');
    assert.equal(answer?.verified, true, answer?.message);
    const callers = new Set<string>();
    for (const from of [0, 5_000_000]) {
      await session.travel(from);
      for (let stop = 0; stop < 6; stop++) {
        const { reason, name } = await session.continue();
        assert.equal(reason, 'function breakpoint');
        callers.add(name);
      }
    }
    assert.ok(callers.size > 1, [...callers].join());
    await session.breakAtFunctions();
  });

  it('are found by paths of Rust, whole or in part', () => {
    const file = readFileSync(new URL('../../../guests/rust/values.elf', import.meta.url));
    const program = new SymbolsProgram(Program.load('values-rust.elf', file));
    const [some] = program.sourceFiles().filter(({ path }) => path.endsWith('.rs') && path.includes('values'));
    assert.ok(some !== undefined);
    const lines = program.linesWithCode(some, 1, 1000);
    const names = new Set(
      lines.flatMap((line) =>
        (program.breakpointLine(some, line)?.places ?? []).flatMap(
          ({ address }) => program.functionAt(address)?.name ?? [],
        ),
      ),
    );
    const paths = [...names].filter((name) => name.includes('::') && !name.includes('<'));
    assert.ok(paths.length > 0, [...names].join());
    for (const path of paths) {
      const whole = program.placesNamed(path).map(({ address }) => address);
      const part = program.placesNamed(path.split('::').slice(1).join('::')).map(({ address }) => address);
      assert.ok(whole.length > 0, path);
      assert.ok(
        whole.every((address) => part.includes(address)),
        path,
      );
    }
  });
});
