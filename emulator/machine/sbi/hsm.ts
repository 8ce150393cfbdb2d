import type { StateReader, StateWriter } from '../device.ts';
import type { SbiCall, SbiExtension, SbiReturn } from './call.ts';
import { failure, SbiError, success } from './call.ts';
import type { SbiHart } from './hart.ts';

const HART_START = 0n;
const HART_STOP = 1n;
const HART_GET_STATUS = 2n;
const HART_SUSPEND = 3n;

/** Suspend types: 0 is the default retentive suspend, bit 31 marks non-retentive ones. */
const RETENTIVE_DEFAULT = 0n;
const RETENTIVE_PLATFORM = 0x1000_0000n;
const NON_RETENTIVE_DEFAULT = 0x8000_0000n;
const NON_RETENTIVE_PLATFORM = 0x9000_0000n;

const STARTED = 0n;
const STOPPED = 1n;

/** Hart state management extension (SBI 2.0, chapter 9). Hart 0 is started by the machine, the others by the kernel. */
export class HartStateManagement implements SbiExtension {
  readonly id = 0x48_534dn;
  readonly #harts: readonly SbiHart[];
  readonly #isMemory: (address: bigint) => boolean;
  readonly #started: boolean[];

  /** `isMemory` tells whether a hart can fetch from a physical address. */
  constructor(harts: readonly SbiHart[], isMemory: (address: bigint) => boolean) {
    this.#harts = harts;
    this.#isMemory = isMemory;
    this.#started = harts.map((_, index) => index === 0);
  }

  call(call: SbiCall): SbiReturn {
    switch (call.functionId) {
      case HART_START:
        return this.#start(call.argument(0), call.argument(1), call.argument(2));
      case HART_STOP:
        this.#started[this.#harts.indexOf(call.hart)] = false;
        call.hart.stop();
        return success();
      case HART_GET_STATUS: {
        const started = this.#started[this.#position(call.argument(0))];
        return started === undefined ? failure(SbiError.invalidParameter) : success(started ? STARTED : STOPPED);
      }
      case HART_SUSPEND:
        return suspend(call);
      default:
        return failure(SbiError.notSupported);
    }
  }

  reset(): void {
    for (const index of this.#started.keys()) this.#started[index] = index === 0;
  }

  save(writer: StateWriter): void {
    for (const started of this.#started) writer.boolean(started);
  }

  restore(reader: StateReader): void {
    for (const index of this.#started.keys()) this.#started[index] = reader.boolean();
  }

  #start(hartId: bigint, address: bigint, opaque: bigint): SbiReturn {
    const position = this.#position(hartId);
    const hart = this.#harts[position];
    if (!hart) return failure(SbiError.invalidParameter);
    if (this.#started[position]) return failure(SbiError.alreadyAvailable);
    if (!this.#isMemory(address)) return failure(SbiError.invalidAddress);
    this.#started[position] = true;
    hart.start(address, opaque);
    return success();
  }

  #position(hartId: bigint): number {
    return this.#harts.findIndex((hart) => BigInt(hart.index) === hartId);
  }
}

function suspend({ hart, argument }: SbiCall): SbiReturn {
  // The suspend type is a 32-bit parameter.
  const type = BigInt.asUintN(32, argument(0));
  if (type === RETENTIVE_DEFAULT) {
    hart.waitForInterrupt();
    return success();
  }
  const known = (type >= RETENTIVE_PLATFORM && type < NON_RETENTIVE_DEFAULT) || type >= NON_RETENTIVE_PLATFORM;
  return failure(known || type === NON_RETENTIVE_DEFAULT ? SbiError.notSupported : SbiError.invalidParameter);
}
