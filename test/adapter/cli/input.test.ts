import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { requirePeer } from '../../peers.ts';
import { guestPath } from '../../guests/programs.ts';
import { Retrograde } from './retrograde.ts';

/** Sleeps until a key is pressed, answers each in brackets, and ends at `q`. */
const echo = fileURLToPath(guestPath('console/echo'));
const machine = ['--kernel', echo, '--memory', '16M'];
const pressKeys = fileURLToPath(new URL('press-keys.py', import.meta.url));

describe('Input of a live guest', function () {
  this.timeout(120_000);
  const retrograde = new Retrograde();

  before(() => retrograde.build());
  after(() => {
    retrograde.dispose();
  });

  it('comes through a pipe', async () => {
    const ran = await retrograde.runWithInput('abq', 'run', ...machine);
    assert.deepEqual(ran, { code: 0, stdout: '[a][b]0000000000000124\n', stderr: '' });
  });

  it('is recorded with what it led to', async () => {
    const file = retrograde.file('typed.retrograde');
    const recorded = await retrograde.runWithInput('xyzq', 'record', '-o', file, ...machine);
    assert.equal(recorded.code, 0, recorded.stderr);
    assert.match(recorded.stdout, /^\[x\]\[y\]\[z\]/);
    assert.equal((await retrograde.run('verify', file)).code, 0);
    assert.equal((await retrograde.run('replay', file)).stdout, recorded.stdout);
  });

  it('ends with the pipe when the guest waits for more', async () => {
    const ran = await retrograde.runWithInput('ab', 'run', ...machine);
    assert.equal(ran.code, 74);
    assert.equal(ran.stdout, '[a][b]');
    assert.match(ran.stderr, /it waits for input, and there is no more\.\n$/);
  });

  it('is every key of a terminal, Ctrl-C too, but for what begins with Ctrl-A', async function () {
    requirePeer(this, 'python3');
    // The guest sleeps between the keys: idle time passes as on a clock, and a key wakes it.
    const keys = [...['Ctrl-A x ends', 'a'], ...['[a]', '\x03'], ...['[\x03]', '\x01\x01'], ...['[\x01]', '\x01x']].map(
      (text) => Buffer.from(text).toString('hex'),
    );
    const file = retrograde.file('terminal.retrograde');
    const command = [...retrograde.command, 'record', '-o', file, ...machine];
    const ran = await retrograde.spawn('python3', pressKeys, ...keys, '--', ...command);
    assert.equal(ran.code, 130, ran.stderr);
    assert.ok(ran.stdout.includes('[a][\x03][\x01]'), ran.stdout);
    assert.match(ran.stdout, /stopped because it was interrupted/);
    assert.equal((await retrograde.run('replay', file)).stdout, '[a][\x03][\x01]');
    assert.equal((await retrograde.run('verify', file)).code, 0);
  });
});
