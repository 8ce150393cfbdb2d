import type { GuestExit } from '../machine.ts';
import type { SbiExtension } from './call.ts';
import { failure, SbiError, success } from './call.ts';

const SHUTDOWN = 0n;
const WARM_REBOOT = 2n;
const NO_REASON = 0n;
const SYSTEM_FAILURE = 1n;

/** System reset extension (SBI 2.0, chapter 10). A shutdown because of a system failure has exit code 1. */
export function systemResetExtension(onExit: (exit: GuestExit) => void): SbiExtension {
  return {
    id: 0x5352_5354n,
    call: ({ functionId, argument }) => {
      if (functionId !== 0n) return failure(SbiError.notSupported);
      // Both are 32-bit parameters.
      const type = BigInt.asUintN(32, argument(0));
      const reason = BigInt.asUintN(32, argument(1));
      if (type > WARM_REBOOT || reason > SYSTEM_FAILURE) return failure(SbiError.invalidParameter);
      onExit(type === SHUTDOWN ? { kind: 'power-off', code: reason === NO_REASON ? 0 : 1 } : { kind: 'reset' });
      return success();
    },
  };
}
