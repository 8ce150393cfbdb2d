import type { PhysicalMemory, StateReader, StateWriter } from '../device.ts';
import type { GuestExit } from '../machine.ts';
import { baseExtension } from './base.ts';
import type { SbiCall, SbiExtension } from './call.ts';
import { failure, SbiError } from './call.ts';
import type { SbiConsole } from './console.ts';
import { debugConsoleExtension } from './debug-console.ts';
import type { SbiHart } from './hart.ts';
import { HartStateManagement } from './hsm.ts';
import { ipiExtension } from './ipi.ts';
import type { LegacyExtension } from './legacy.ts';
import { legacyExtensions } from './legacy.ts';
import { rfenceExtension } from './rfence.ts';
import { systemResetExtension } from './system-reset.ts';
import { timerExtension } from './timer.ts';

/** Registers of the calling convention (SBI 2.0, chapter 3). */
const A0 = 10;
const A1 = 11;
const A6 = 16;
const A7 = 17;

export interface SbiParts {
  readonly harts: readonly SbiHart[];
  readonly memory: PhysicalMemory;
  readonly console: SbiConsole;
  readonly onExit: (exit: GuestExit) => void;
}

/**
 * The built-in firmware: SBI 2.0 as the machine itself carries it out when S-mode executes `ecall`, in the place of M-mode
 * code. One call is one step.
 */
export class Sbi {
  readonly #extensions: ReadonlyMap<bigint, SbiExtension>;
  readonly #legacy: ReadonlyMap<bigint, LegacyExtension>;
  readonly #hsm: HartStateManagement;

  constructor({ harts, memory, console, onExit }: SbiParts) {
    this.#hsm = new HartStateManagement(
      harts,
      (address) => address <= BigInt(Number.MAX_SAFE_INTEGER) && memory.contains(Number(address), 2),
    );
    this.#legacy = legacyExtensions(console, onExit);
    const extensions = [
      baseExtension((id) => this.#extensions.has(id) || this.#legacy.has(id)),
      timerExtension,
      ipiExtension(harts),
      rfenceExtension(harts),
      this.#hsm,
      systemResetExtension(onExit),
      debugConsoleExtension(console, memory),
    ];
    this.#extensions = new Map(extensions.map((extension) => [extension.id, extension]));
  }

  /**
   * Carries out the call in the hart's registers. The caller has made `ecall`'s pc the next instruction already; `stop`
   * and `waitForInterrupt` of the hart may be called from here.
   */
  handle(hart: SbiHart): void {
    const id = BigInt.asUintN(64, hart.readX(A7));
    const call: SbiCall = {
      hart,
      functionId: BigInt.asUintN(64, hart.readX(A6)),
      argument: (index) => BigInt.asUintN(64, hart.readX(A0 + index)),
    };
    const legacy = this.#legacy.get(id);
    if (legacy) {
      hart.writeX(A0, BigInt.asUintN(64, legacy(call)));
      return;
    }
    const { error, value } = this.#extensions.get(id)?.call(call) ?? failure(SbiError.notSupported);
    hart.writeX(A0, BigInt.asUintN(64, error));
    hart.writeX(A1, BigInt.asUintN(64, value));
  }

  reset(): void {
    this.#hsm.reset();
  }

  save(writer: StateWriter): void {
    this.#hsm.save(writer);
  }

  restore(reader: StateReader): void {
    this.#hsm.restore(reader);
  }
}
