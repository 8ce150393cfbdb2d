import { DEMO_KERNEL, demoRecording } from '../adapter/session/debug-session.ts';
import { recordedLinux, smallLinux } from '../dap/linux-guests.ts';
import { requirePeer } from '../peers.ts';
import { describeOneHistory } from './one-history.ts';

describe('One history through gdb and DAP: the demo kernel', function () {
  this.timeout(300_000);
  describeOneHistory({
    recorded: async (context) => {
      requirePeer(context, 'gdb-multiarch');
      return { recording: await demoRecording(), symbols: DEMO_KERNEL };
    },
    early: 'kernel_main',
    late: 'panic',
    often: 'task_start',
    variable: 'ticks',
    lines: { of: 'task_start', count: 14 },
    calls: { of: 'trap', count: 30 },
  });
});

describe('One history through gdb and DAP: the small Linux', function () {
  this.timeout(600_000);
  describeOneHistory({
    recorded: async (context) => {
      requirePeer(context, 'gdb-multiarch');
      return recordedLinux(smallLinux(context));
    },
    early: 'start_kernel',
    late: 'run_init_process',
    often: 'vfs_write',
    variable: 'system_state',
    lines: { of: 'kernel_init', count: 18 },
    calls: { of: 'run_init_process', count: 4 },
  });
});
