import { requireLinuxFile } from '../guests/linux.ts';
import { describeLinux } from './linux-session.ts';

describe('the small Linux, debugged over DAP', function () {
  this.timeout(600_000);
  describeLinux((context) => ({
    name: 'small-linux',
    machine: {
      kernel: requireLinuxFile(context, 'small-kernel'),
      initrd: requireLinuxFile(context, 'initramfs'),
      memory: '64M',
    },
    symbols: requireLinuxFile(context, 'small-symbols'),
  }));
});
