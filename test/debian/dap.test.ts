import { debianLinux } from '../dap/linux-guests.ts';
import { describeLinux } from '../dap/linux-session.ts';

describe("Debian's Linux, debugged over DAP", function () {
  this.timeout(1_800_000);
  describeLinux(debianLinux);
});
