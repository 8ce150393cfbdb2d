import { smallLinux } from './linux-guests.ts';
import { describeLinux } from './linux-session.ts';

describe('the small Linux, debugged over DAP', function () {
  this.timeout(600_000);
  describeLinux(smallLinux);
});
