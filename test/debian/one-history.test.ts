import { debianLinux, recordedLinux } from '../dap/linux-guests.ts';
import { describeOneHistory } from '../peers/one-history.ts';
import { requirePeer } from '../peers.ts';

describe("One history through gdb and DAP: Debian's Linux", function () {
  this.timeout(1_800_000);
  describeOneHistory({
    recorded: async (context) => {
      requirePeer(context, 'gdb-multiarch');
      return recordedLinux(debianLinux(context));
    },
    early: '*start_kernel',
    late: '*run_init_process',
    often: '*vfs_write',
    variable: 'system_state',
    lines: { of: '*kernel_init', count: 18 },
    calls: { of: '*run_init_process', count: 4 },
  });
});
