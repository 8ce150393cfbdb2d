import type { SbiExtension } from './call.ts';
import { failure, SbiError, success } from './call.ts';

/** Timer extension (SBI 2.0, chapter 6). */
export const timerExtension: SbiExtension = {
  id: 0x5449_4d45n,
  call: ({ hart, functionId, argument }) => {
    if (functionId !== 0n) return failure(SbiError.notSupported);
    hart.setTimer(argument(0));
    return success();
  },
};
