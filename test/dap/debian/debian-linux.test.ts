import { requireLinuxFile } from '../../guests/linux.ts';
import { describeLinux } from '../linux-session.ts';

/** Debian's kernel and its debug package: large, and therefore on request only (`npm run test:debian`). */
describe("Debian's Linux, debugged over DAP", function () {
  this.timeout(1_800_000);
  describeLinux((context) => ({
    name: 'debian-linux',
    machine: {
      kernel: requireLinuxFile(context, 'debian-kernel'),
      initrd: requireLinuxFile(context, 'initramfs'),
      memory: '128M',
    },
    symbols: requireLinuxFile(context, 'debian-symbols'),
  }));
});
