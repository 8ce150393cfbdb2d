import type { SbiExtension } from './call.ts';
import { failure, SbiError, success } from './call.ts';

/** Version 2.0: major in bits 30 to 24, minor below. */
const SPECIFICATION_VERSION = 2n << 24n;
/** Not assigned by the specification (table 4 ends at small numbers): "RTGD". */
const IMPLEMENTATION_ID = 0x5254_4744n;
const IMPLEMENTATION_VERSION = 1n;

const MVENDORID = 0xf11;
const MARCHID = 0xf12;
const MIMPID = 0xf13;

/** Base extension (SBI 2.0, chapter 4). `probe` tells whether an extension exists. */
export function baseExtension(probe: (extensionId: bigint) => boolean): SbiExtension {
  return {
    id: 0x10n,
    call: ({ hart, functionId, argument }) => {
      switch (functionId) {
        case 0n:
          return success(SPECIFICATION_VERSION);
        case 1n:
          return success(IMPLEMENTATION_ID);
        case 2n:
          return success(IMPLEMENTATION_VERSION);
        case 3n:
          return success(probe(argument(0)) ? 1n : 0n);
        case 4n:
          return success(hart.readCsr(MVENDORID) ?? 0n);
        case 5n:
          return success(hart.readCsr(MARCHID) ?? 0n);
        case 6n:
          return success(hart.readCsr(MIMPID) ?? 0n);
        default:
          return failure(SbiError.notSupported);
      }
    },
  };
}
