import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { temporaryFolder, TestSession, type Stop } from '../adapter/session/debug-session.ts';
import { MODULE_SOURCES, requireLinuxFile } from '../guests/linux.ts';
import { requirePeer } from '../peers.ts';
import { modulesLinux, recordedLinux } from './linux-guests.ts';

const place = ({ counter, name, line }: Stop): string => `${counter} ${name}:${line}`;
const ledger = path.join(MODULE_SOURCES, 'ledger.c');
/** The line of `ledger.c` that has a text, once. */
const lineOf = (text: string): number =>
  readFileSync(ledger, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text)) + 1;
const balanceLine = lineOf('pr_info("ledger: balance');

describe('loadable modules of Linux, over DAP', function () {
  this.timeout(600_000);
  let session: TestSession;
  let attributes: { recording: string; symbols: string };
  let symbolsOfLedger: string;

  before(async function () {
    attributes = await recordedLinux(modulesLinux(this));
    symbolsOfLedger = requireLinuxFile(this, 'ledger-symbols');
    session = await TestSession.start();
    const symbols = [attributes.symbols, symbolsOfLedger];
    await session.attach({ ...attributes, symbols, sourceRoots: [MODULE_SOURCES], at: 'start' });
  });

  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  const breakAtLine = async (...lines: readonly number[]): Promise<{ verified: boolean; message?: string }[]> => {
    const breakpoints = lines.map((line) => ({ line }));
    return (await session.client.setBreakpointsRequest({ source: { path: ledger }, breakpoints })).body.breakpoints;
  };

  const variables = async (): Promise<Record<string, string>> => {
    const [frame] = await session.stack(1);
    const { scopes } = (await session.client.scopesRequest({ frameId: frame?.id ?? 0 })).body;
    const found: Record<string, string> = {};
    for (const { name, variablesReference } of scopes.filter((scope) => ['Arguments', 'Locals'].includes(scope.name))) {
      assert.ok(name !== '');
      const inside = (await session.client.variablesRequest({ variablesReference })).body.variables;
      for (const variable of inside) found[variable.name] = variable.value;
    }
    return found;
  };

  it('binds a breakpoint in the initialisation of a module that is loaded later in the same run', async () => {
    const [pending] = await breakAtLine(balanceLine);
    assert.equal(pending?.verified, false);
    assert.match(pending.message ?? '', /^ledger is not loaded at this moment; the breakpoint binds by itself/);
    const stop = await session.continue();
    assert.deepEqual([stop.reason, stop.name, stop.line], ['breakpoint', 'ledger_init', balanceLine]);
    const bound = session.events.filter(({ event }) => event === 'breakpoint');
    assert.equal((bound.at(-1)?.body as { breakpoint: { verified: boolean } }).breakpoint.verified, true);
  });

  it('shows stacks that go through the module and the kernel', async () => {
    const frames = await session.stack();
    const names = frames.map(({ name }) => name);
    assert.deepEqual(names.slice(0, 4), ['ledger_init', 'do_one_initcall', 'do_init_module', 'load_module']);
    assert.equal(frames[0]?.source?.path, ledger);
    assert.ok(names.includes('<environment call from U-mode>'), names.join(' < '));
  });

  it("evaluates the module's variables and the kernel's in one frame", async () => {
    assert.equal(await session.evaluate('balance'), '100');
    assert.match(await session.evaluate('init_task.comm'), /"swapper"/);
    assert.equal(await session.evaluate('(struct posting *)postings.next == 0'), '0');
    assert.equal(await session.evaluate('container_of(postings.next, struct posting, link)->amount'), '100');
  });

  it('stops in both loads of the module, at different addresses, and backwards at the same moments', async () => {
    const first = await session.status();
    const again = await session.continue();
    assert.deepEqual([again.name, again.line], ['ledger_init', balanceLine]);
    assert.match((await session.continue()).description, /End of recording/);
    assert.equal(place(await session.reverseContinue()), place(again));
    const back = await session.reverseContinue();
    assert.equal(back.counter, first.counter);
    assert.notEqual(back.pc, again.pc);
    assert.match((await session.reverseContinue()).description, /Start of recording/);
  });

  it('stops at a function of the module in both directions at the same moments, and in no other code at its addresses', async () => {
    await breakAtLine();
    const [pending] = await session.breakAtFunctions('ledger_post');
    assert.match(pending?.message ?? '', /^ledger is not loaded/);
    const forwards: Stop[] = [];
    const amounts: string[] = [];
    for (let stop = await session.continue(); !stop.description.includes('End'); stop = await session.continue()) {
      forwards.push(stop);
      amounts.push((await variables())['amount'] ?? '');
    }
    assert.deepEqual(amounts, ['100', '3', '100', '-7']);
    const backwards: Stop[] = [];
    for (let stop = await session.reverseContinue(); !stop.description.includes('Start');) {
      backwards.push(stop);
      stop = await session.reverseContinue();
    }
    assert.deepEqual(backwards.reverse().map(place), forwards.map(place));
  });

  it('steps from the kernel into the module, through it, and out again', async () => {
    await session.travel('start');
    await session.breakAtFunctions('ledger_set');
    const entered = await session.continue();
    await session.breakAtFunctions();
    const lines: Stop[] = [entered];
    while (lines.at(-1)?.name === 'ledger_set') lines.push(await session.next());
    assert.ok(lines.length > 2, lines.map(place).join(', '));
    assert.equal(lines.at(-1)?.name, 'param_attr_store');
    const inside = lines.slice(0, -1);
    const back: Stop[] = [await session.travel(inside.at(-1)?.counter ?? 0)];
    for (let count = 1; count < inside.length; count++) back.push(await session.stepBack());
    assert.deepEqual(back.reverse().map(place), inside.map(place));
  });

  it('lists the modules with where their sections are, as /proc/modules and sysfs have it', async () => {
    const { counter: end } = await session.travel('end');
    assert.ok(end > 0);
    const { modules } = (await session.request('retrograde/modules')) as {
      modules: readonly {
        name: string;
        state: string;
        sections: Record<string, string>;
        regions: { address: string }[];
      }[];
    };
    const { data } = (await session.request('retrograde/consoleOutput')) as { data: string };
    const console_ = Buffer.from(data, 'base64').toString();
    for (const { name, regions } of modules) {
      assert.match(console_, new RegExp(`^${name} .*Live ${regions[0]?.address ?? 'nowhere'} `, 'm'));
    }
    assert.deepEqual(
      modules.map(({ name, state }) => `${name} ${state}`),
      ['ledger live', 'stamp live'],
    );
    const text = modules[0]?.sections['.text'] ?? 'nowhere';
    assert.match(console_, new RegExp(`^${text}\\r?$`, 'm'));
    assert.match(await session.evaluate('/modules'), /^ledger +live/);
    const files = ((await session.request('modules')) as { modules: readonly Record<string, string>[] }).modules;
    const [own, other] = [files.find(({ name }) => name === 'ledger'), files.find(({ name }) => name === 'stamp')];
    assert.equal(own?.['symbolStatus'], 'Loaded by the kernel (live). Symbols and lines.');
    assert.equal(own['symbolFilePath'], symbolsOfLedger);
    assert.equal(other?.['symbolStatus'], 'Loaded by the kernel (live). No file with its symbols is known.');
  });

  it('says of a breakpoint in code that was given back when it runs', async () => {
    const [over] = await breakAtLine(balanceLine);
    assert.match(over?.message ?? '', /^ledger has been initialised, and that code given back/);
    await breakAtLine();
  });

  it('finds the file of a module by itself, by build-id and by name, also packed', async function () {
    requirePeer(this, 'xz');
    const byBuildId = path.join(temporaryFolder(), 'by-build-id');
    const notes = execFileSync('riscv64-linux-gnu-readelf', ['-n', symbolsOfLedger], { encoding: 'utf8' });
    const buildId = /Build ID: ([0-9a-f]+)/.exec(notes)?.[1] ?? '';
    mkdirSync(path.join(byBuildId, '.build-id', buildId.slice(0, 2)), { recursive: true });
    copyFileSync(symbolsOfLedger, path.join(byBuildId, '.build-id', buildId.slice(0, 2), `${buildId.slice(2)}.debug`));
    const byName = path.join(temporaryFolder(), 'by-name');
    mkdirSync(path.join(byName, 'deep/er'), { recursive: true });
    writeFileSync(path.join(byName, 'deep/er/ledger.ko.gz'), gzipSync(readFileSync(symbolsOfLedger)));
    // As the kernel's own `make modules_install` does it.
    const asInstalled = path.join(temporaryFolder(), 'as-installed');
    mkdirSync(path.join(asInstalled, 'extra'), { recursive: true });
    const packed = execFileSync('xz', ['-c', '--check=crc32', '--lzma2=dict=1MiB', symbolsOfLedger]);
    writeFileSync(path.join(asInstalled, 'extra/ledger.ko.xz'), packed);
    for (const folder of [byBuildId, byName, asInstalled]) {
      const other = await TestSession.start();
      await other.attach({ ...attributes, sourceRoots: [MODULE_SOURCES], debugDirectories: [folder], at: 'start' });
      await other.breakAtFunctions('ledger_post');
      const stop = await other.continue();
      assert.equal(stop.name, 'ledger_post', folder);
      await other.stop();
    }
  });

  it('takes the lines of a module as it is delivered from a tree of debug information', async function () {
    requirePeer(this, 'xz');
    const file = path.join(temporaryFolder(), 'delivered', 'ledger.ko.xz');
    mkdirSync(path.dirname(file));
    writeFileSync(file, execFileSync('xz', ['-c', requireLinuxFile(this, 'ledger')]));
    const debugDirectory = path.join(temporaryFolder(), 'debug-tree');
    const information = readFileSync(symbolsOfLedger, 'latin1');
    const release = /vermagic=([^ ]+)/.exec(information)?.[1] ?? '';
    const separate = path.join(debugDirectory, 'lib/modules', release, 'extra/ledger.ko');
    mkdirSync(path.dirname(separate), { recursive: true });
    copyFileSync(symbolsOfLedger, separate);
    const symbols = [attributes.symbols, file];
    for (const debugDirectories of [[], [debugDirectory]]) {
      const other = await TestSession.start();
      await other.attach({ ...attributes, symbols, sourceRoots: [MODULE_SOURCES], debugDirectories, at: 'start' });
      const [pending] = await other.breakAtFunctions('ledger_post');
      assert.match(pending?.message ?? '', /^ledger is not loaded at this moment/);
      const stop = await other.continue();
      assert.deepEqual([stop.name, stop.line > 0], ['ledger_post', debugDirectories.length > 0]);
      if (stop.line > 0) assert.equal(await other.evaluate('amount'), '100');
      await other.stop();
    }
  });

  it('says that a breakpoint may bind when files of modules are found by themselves', async () => {
    const other = await TestSession.start();
    await other.attach({ ...attributes, debugDirectories: [path.dirname(symbolsOfLedger)], at: 'start' });
    const [unknown] = await other.breakAtFunctions('ledger_post');
    assert.match(
      unknown?.message ?? '',
      /has no function "ledger_post"\. It binds by itself when a module is loaded that has it\.$/,
    );
    await other.stop();
  });

  it('says what is wrong with a packed file, and where', async function () {
    requirePeer(this, 'xz');
    const packed = execFileSync('xz', ['-c', symbolsOfLedger]);
    const file = path.join(temporaryFolder(), 'ledger.ko.xz');
    writeFileSync(file, packed.subarray(0, packed.length / 2));
    const other = await TestSession.start();
    const attached = other.attach({ ...attributes, symbols: [attributes.symbols, file] });
    await assert.rejects(
      attached,
      /ledger\.ko\.xz cannot be read: the file does not end as one of xz does.*the \.xz file at 0x/,
    );
    await other.stop();
  });
});
