import { smallLinux } from '../dap/linux-guests.ts';
import { describeLinuxExpressions } from './expressions/linux-comparison.ts';

describe('expressions about the small Linux', function () {
  this.timeout(600_000);
  describeLinuxExpressions(smallLinux);
});
