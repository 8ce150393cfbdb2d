import type { GuestExit } from '../machine.ts';
import type { SbiCall } from './call.ts';
import type { SbiConsole } from './console.ts';

/**
 * A legacy extension (SBI 2.0, chapter 5), which has one function and returns a plain value in a0, leaving a1 alone.
 * Legacy IPIs and remote fences, whose masks are in virtual memory, are not offered: no kernel that runs on RV64 with Sstc
 * lacks their replacements.
 */
export type LegacyExtension = (call: SbiCall) => bigint;

const NONE_WAITING = -1n;

/** The legacy extensions by number. */
export function legacyExtensions(
  console: SbiConsole,
  onExit: (exit: GuestExit) => void,
): ReadonlyMap<bigint, LegacyExtension> {
  return new Map<bigint, LegacyExtension>([
    [
      0x0n, // set_timer
      ({ hart, argument }) => {
        hart.setTimer(argument(0));
        return 0n;
      },
    ],
    [
      0x1n, // console_putchar
      ({ argument }) => {
        console.transmit(Uint8Array.of(Number(argument(0) & 0xffn)));
        return 0n;
      },
    ],
    [
      0x2n, // console_getchar
      () => {
        const [byte] = console.takeReceived(1);
        return byte === undefined ? NONE_WAITING : BigInt(byte);
      },
    ],
    [
      0x3n, // clear_ipi
      ({ hart }) => {
        hart.setSoftwareInterrupt(false);
        return 0n;
      },
    ],
    [
      0x8n, // shutdown
      () => {
        onExit({ kind: 'power-off', code: 0 });
        return 0n;
      },
    ],
  ]);
}
