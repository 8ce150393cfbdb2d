import type { SbiExtension } from './call.ts';
import { failure, SbiError, success } from './call.ts';
import { selectHarts } from './hart-mask.ts';
import type { SbiHart } from './hart.ts';

const REMOTE_SFENCE_VMA_ASID = 2n;

/**
 * Remote fence extension (SBI 2.0, chapter 8). This machine's caches are coherent with memory at every step, so a valid
 * request has nothing left to do. The functions for hypervisors are not supported, there being no H extension.
 */
export function rfenceExtension(harts: readonly SbiHart[]): SbiExtension {
  return {
    id: 0x5246_4e43n,
    call: ({ functionId, argument }) => {
      if (functionId > REMOTE_SFENCE_VMA_ASID) return failure(SbiError.notSupported);
      return selectHarts(harts, argument(0), argument(1)) ? success() : failure(SbiError.invalidParameter);
    },
  };
}
