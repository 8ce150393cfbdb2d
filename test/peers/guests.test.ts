import assert from 'node:assert/strict';
import { barePrograms, demoKernel, guestPath } from '../guests/programs.ts';
import { requirePeer } from '../peers.ts';
import { runInQemu } from './qemu.ts';

describe('the guests written here, in QEMU', function () {
  this.timeout(120_000);
  before(function () {
    requirePeer(this, 'qemu-system-riscv64');
  });

  for (const { name, checksum } of barePrograms) {
    it(`${name} prints its checksum and powers off`, async () => {
      assert.deepEqual(await runInQemu(guestPath(name), 100), { console: `${checksum}\n`, status: 0 });
    });
  }

  it('the demo kernel works for a while, then panics over a link to a task that is gone', async () => {
    const { console, status } = await runInQemu(guestPath(demoKernel), 60);
    assert.match(console, /^demo kernel: 2003 pages free\n(tick \d+: .*\n)+\npanic: load page fault\n/);
    assert.equal(status, 1);
  });
});
