import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { guestPath } from '../../guests/programs.ts';
import { Retrograde } from './retrograde.ts';

const demo = fileURLToPath(guestPath('demo/demo'));

/** Where an ELF header says where its section headers are, and how many. */
const E_SHOFF = 0x28;
const E_SHNUM = 0x3c;

describe('Files that go into a recording, and the adapter on a port that opens it', function () {
  this.timeout(120_000);
  const retrograde = new Retrograde();

  before(() => retrograde.build());
  after(() => {
    retrograde.dispose();
  });

  it('holds the drives: their images are not needed afterwards, and not altered before', async () => {
    const [disk, tools] = [retrograde.file('disk.img'), retrograde.file('tools.img')];
    const content = Buffer.alloc(10 * 512 + 100, 'disk');
    writeFileSync(disk, content);
    writeFileSync(tools, Buffer.alloc(512, 'tool'));
    const file = retrograde.file('drives.retrograde');
    const recorded = await retrograde.run(
      ...['record', '-o', file, '--kernel', demo, '--memory', '16M', '--virtio', 'modern'],
      ...['--drive', disk, '--drive', `${tools},readonly`],
    );
    assert.equal(recorded.code, 1, recorded.stderr);
    assert.ok(readFileSync(disk).equals(content));
    rmSync(disk);
    rmSync(tools);
    const { machine } = JSON.parse((await retrograde.run('info', file, '--json')).stdout) as {
      machine: { drives: unknown; virtio: unknown };
    };
    assert.deepEqual(machine.drives, [
      { name: 'disk.img', size: 11 * 512, readOnly: false },
      { name: 'tools.img', size: 512, readOnly: true },
    ]);
    assert.equal(machine.virtio, 'modern');
    assert.equal((await retrograde.run('verify', file)).code, 0);
  });

  it('holds the symbols, and serves a session to each client of a port', async () => {
    const stripped = retrograde.file('stripped.elf');
    const elf = readFileSync(demo);
    elf.fill(0, E_SHOFF, E_SHOFF + 8);
    elf.fill(0, E_SHNUM, E_SHNUM + 4);
    writeFileSync(stripped, elf);
    const machine = ['--kernel', stripped, '--firmware', 'none', '--memory', '16M'];
    const [bare, named] = [retrograde.file('bare.retrograde'), retrograde.file('named.retrograde')];
    await retrograde.run('record', '-o', bare, ...machine);
    await retrograde.run('record', '-o', named, ...machine, '--symbols', demo);

    const adapter = retrograde.start('dap', '--port', '0');
    const ended = once(adapter, 'close');
    const port = await new Promise<number>((resolve) => {
      adapter.stderr?.on('data', (chunk: Buffer) => {
        resolve(Number(/listens on 127\.0\.0\.1:(\d+)\.\n/.exec(chunk.toString())?.[1]));
      });
    });
    const [withSymbols, without] = await Promise.all([stackAtEnd(port, named), stackAtEnd(port, bare)]);
    assert.deepEqual(withSymbols.slice(0, 3), ['power_off', 'panic', 'trap']);
    assert.ok(!without.includes('panic'), without.join(', '));
    const taken = await retrograde.run('dap', '--port', String(port));
    assert.equal(taken.code, 74);
    assert.match(taken.stderr, /cannot be listened on: the address is in use\. Choose another with --port\./);
    adapter.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
  });
});

/** Names of the functions on the stack at the end of a recording, seen by a client of its own. */
async function stackAtEnd(port: number, recording: string): Promise<readonly string[]> {
  const client = new DebugClient('', '', 'retrograde');
  await client.start(port);
  await client.initializeRequest();
  const stopped = client.waitForEvent('stopped', 60_000);
  await client.attachRequest({ recording } as DebugProtocol.AttachRequestArguments);
  await client.configurationDoneRequest();
  await stopped;
  const { stackFrames } = (await client.stackTraceRequest({ threadId: 1 })).body;
  await client.disconnectRequest();
  return stackFrames.map(({ name }) => name);
}
