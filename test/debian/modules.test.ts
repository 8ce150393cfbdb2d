import assert from 'node:assert/strict';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { TestSession, type AttachAttributes, type Stop } from '../adapter/session/debug-session.ts';
import { askGdb } from '../adapter/symbols/gdb.ts';
import { debianModulesLinux, recordedLinux } from '../dap/linux-guests.ts';
import { requirePeer } from '../peers.ts';

const place = ({ counter, name, line }: Stop): string => `${counter} ${name}:${line}`;
const lowAddress = (range: string | undefined): bigint => BigInt(range?.split(' ')[0] ?? 0);

describe("Debian's own modules, over DAP", function () {
  this.timeout(1_800_000);
  let attributes: { recording: string; symbols: string };
  let packed: readonly string[];
  let debugDirectory: string;
  let session: TestSession;

  before(async function () {
    const guest = debianModulesLinux(this);
    attributes = await recordedLinux(guest);
    packed = [...guest.packed.values()];
    debugDirectory = guest.debugDirectory;
  });

  const attach = async (ways: Partial<AttachAttributes>): Promise<void> => {
    session = await TestSession.start();
    await session.attach({ ...attributes, at: 'start', ...ways });
  };

  afterEach(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  const modules = async (): Promise<readonly DebugProtocol.Module[]> =>
    ((await session.request('modules')) as { modules: readonly DebugProtocol.Module[] }).modules;

  const namesOfStack = async (): Promise<readonly string[]> => (await session.stack()).map(({ name }) => name);

  /** The stops from here on at functions of three modules, and backwards to here the same ones again. */
  const stopsBothWays = async (): Promise<readonly Stop[]> => {
    const pending = await session.breakAtFunctions(
      'loop_configure',
      'vfat_fill_super',
      'fat_fill_super',
      'vfat_create',
    );
    assert.ok(pending.every(({ verified }) => !verified));
    const forwards: Stop[] = [];
    for (let stop = await session.continue(); !stop.description.includes('End'); stop = await session.continue()) {
      forwards.push(stop);
    }
    const backwards: Stop[] = [];
    for (let stop = await session.reverseContinue(); !stop.description.includes('Start');) {
      backwards.push(stop);
      stop = await session.reverseContinue();
    }
    assert.deepEqual(backwards.reverse().map(place), forwards.map(place));
    // The file system is mounted twice, the second time by a module that was loaded anew.
    assert.deepEqual(
      forwards.map(({ name }) => name),
      ['loop_configure', 'vfat_fill_super', 'fat_fill_super', 'vfat_create', 'vfat_fill_super', 'fat_fill_super'],
    );
    return forwards;
  };

  it('stop by function and unwind through modules and kernel with the packed files alone', async () => {
    await attach({ symbols: [attributes.symbols, ...packed] });
    const [configured, , filled] = await stopsBothWays();
    await session.travel(configured?.counter ?? 0);
    const calls = ['loop_configure', 'lo_ioctl', 'blkdev_ioctl', 'vfs_ioctl'];
    assert.deepEqual((await namesOfStack()).slice(0, calls.length), calls);
    await session.travel(filled?.counter ?? 0);
    const mounting = ['fat_fill_super', 'vfat_fill_super', 'get_tree_bdev_flags', 'get_tree_bdev', 'vfat_get_tree'];
    assert.deepEqual((await namesOfStack()).slice(0, mounting.length), mounting);
    assert.ok((await namesOfStack()).includes('<environment call from U-mode>'));
    const loop = (await modules()).find(({ name }) => name === 'loop');
    assert.match(loop?.symbolStatus ?? '', /^Loaded by the kernel \(live\)\. Names without lines/);
  });

  for (const isNamed of [false, true]) {
    const title = isNamed ? 'which the packed files lead to' : 'in which the modules are found';
    it(`stop and show lines and variables with Debian's tree of debug information, ${title}`, async () => {
      const symbols = isNamed ? [attributes.symbols, ...packed] : attributes.symbols;
      await attach({ symbols, debugDirectories: [debugDirectory] });
      const [configured, mounted] = await stopsBothWays();
      await session.travel(configured?.counter ?? 0);
      assert.equal(await session.evaluate('lo->lo_number'), '0');
      assert.equal(await session.evaluate('lo->lo_state'), '0');
      assert.match(await session.evaluate('lo->lo_disk->disk_name'), /^"loop0"/);
      // A kernel's object, by a type that both know.
      assert.equal(await session.evaluate('bdev->bd_disk == lo->lo_disk'), '1');
      const stack = await session.stack();
      assert.match(stack[0]?.source?.path ?? '', /drivers\/block\/loop\.c$/);
      assert.ok(stack.slice(0, 8).every(({ line }) => line > 0));
      await session.travel(mounted?.counter ?? 0);
      const scope = await session.scopeNamed('Arguments');
      assert.deepEqual(
        scope.variables.map(({ name }) => name),
        ['sb', 'fc'],
      );
      assert.match(await session.evaluate('sb->s_type->name'), /"vfat"$/);
      const listed = (await modules()).filter(({ symbolStatus }) => symbolStatus?.startsWith('Loaded by the kernel'));
      assert.deepEqual(listed.map(({ name }) => name).sort(), ['fat', 'loop', 'nls_ascii', 'nls_cp437', 'vfat']);
      for (const module of listed) {
        assert.match(module.symbolStatus ?? '', /Symbols and lines/);
        assert.ok(module.symbolFilePath?.startsWith(debugDirectory), module.symbolFilePath);
      }
    });
  }

  it('stop at lines of sources that are kept elsewhere, bound in the run that loads the module, and step by line', async () => {
    await attach({ debugDirectories: [debugDirectory] });
    const source = { path: '/somewhere/linux-6.12/drivers/block/loop.c' };
    await session.breakAtFunctions('loop_configure');
    const { line } = await session.continue();
    await session.breakAtFunctions();
    await session.travel('start');
    const [pending] = (await session.client.setBreakpointsRequest({ source, breakpoints: [{ line }] })).body
      .breakpoints;
    assert.equal(pending?.verified, false);
    assert.match(pending.message ?? '', /It binds by itself when a module is loaded that has it\.$/);
    const stop = await session.continue();
    assert.deepEqual([stop.reason, stop.name, stop.line], ['breakpoint', 'loop_configure', line]);
    const next = [await session.next(), await session.next(), await session.next()];
    assert.ok(next.every(({ name }) => name === 'loop_configure'));
    const back = [await session.stepBack(), await session.stepBack(), await session.stepBack()];
    assert.deepEqual(
      back.map(place),
      [next[1], next[0], stop].map((one) => one && place(one)),
    );
  });

  it('have the lines that gdb tells of them where the kernel has put them', async function () {
    requirePeer(this, 'gdb-multiarch');
    await attach({ debugDirectories: [debugDirectory] });
    await session.breakAtFunctions('vfat_create');
    await session.continue();
    const kernel = (await session.request('retrograde/modules')) as {
      modules: readonly { name: string; sections: Readonly<Record<string, string>> }[];
    };
    let compared = 0;
    for (const { name, symbolFilePath = '', addressRange } of await modules()) {
      const sections = kernel.modules.find((module) => module.name === name)?.sections;
      const text = sections?.['.text'];
      if (sections === undefined || text === undefined) continue;
      assert.equal(lowAddress(addressRange), BigInt(text));
      const instructions = (await session.request('disassemble', {
        memoryReference: text,
        instructionCount: 1500,
      })) as NonNullable<DebugProtocol.DisassembleResponse['body']>;
      // gdb 13 puts the lines of the other sections at the beginning of .text. The NOPs before a function are its own here.
      const asked = instructions.instructions.filter(
        ({ line, address, instruction }) =>
          line !== undefined && !instruction.includes('nop') && BigInt(address) > BigInt(text) + 0x400n,
      );
      const answers = askGdb(attributes.symbols, [
        `add-symbol-file ${symbolFilePath} ${text}`,
        ...asked.map(({ address }) => `info line *${address}`),
      ]);
      asked.forEach(({ address, line, location }, at) => {
        const told = /^Line (\d+) of "([^"]+)"/.exec((answers[1 + at] ?? '').trim());
        assert.equal(
          `${path.basename(told?.[2] ?? '')}:${told?.[1]}`,
          `${path.basename(location?.path ?? '')}:${line}`,
          address,
        );
        compared++;
      });
    }
    assert.ok(compared > 100, `${compared} places`);
  });
});
