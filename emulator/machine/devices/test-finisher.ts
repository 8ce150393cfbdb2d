import type { Device } from '../device.ts';
import type { GuestExit } from '../machine.ts';
import { TEST_FINISHER } from '../memory-map.ts';

const FAIL = 0x3333;
const PASS = 0x5555;
const RESET = 0x7777;

/**
 * The SiFive test device, by which a guest ends the run: the low 16 bits of a store say how, the high 16 bits of a
 * failure are its code. Kernels reach it as a syscon poweroff or reboot.
 */
export class TestFinisher implements Device {
  readonly name = 'test';
  readonly region = TEST_FINISHER;
  readonly #onExit: (exit: GuestExit) => void;

  constructor(onExit: (exit: GuestExit) => void) {
    this.#onExit = onExit;
  }

  read(): number {
    return 0;
  }

  peek(): number {
    return 0;
  }

  write(offset: number, _width: 1 | 2 | 4, value: number): void {
    if (offset !== 0) return;
    switch (value & 0xffff) {
      case PASS:
        this.#onExit({ kind: 'power-off', code: 0 });
        break;
      case FAIL:
        this.#onExit({ kind: 'power-off', code: value >>> 16 });
        break;
      case RESET:
        this.#onExit({ kind: 'reset' });
        break;
      default:
    }
  }

  reset(): void {
    // No state.
  }

  save(): void {
    // No state: once it is written the guest is over, which the machine knows.
  }

  restore(): void {
    // No state.
  }
}
