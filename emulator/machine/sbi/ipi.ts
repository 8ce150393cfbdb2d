import type { SbiExtension } from './call.ts';
import { failure, SbiError, success } from './call.ts';
import { selectHarts } from './hart-mask.ts';
import type { SbiHart } from './hart.ts';

/** Inter-processor interrupt extension (SBI 2.0, chapter 7). */
export function ipiExtension(harts: readonly SbiHart[]): SbiExtension {
  return {
    id: 0x73_5049n,
    call: ({ functionId, argument }) => {
      if (functionId !== 0n) return failure(SbiError.notSupported);
      const targets = selectHarts(harts, argument(0), argument(1));
      if (!targets) return failure(SbiError.invalidParameter);
      for (const target of targets) target.setSoftwareInterrupt(true);
      return success();
    },
  };
}
