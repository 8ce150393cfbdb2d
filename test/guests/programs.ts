import { readFileSync } from 'node:fs';

/**
 * The guests written here, as built: ELF files for RAM at 0x8000_0000, started in M-mode (firmware `none`). They print to
 * the UART and end through the test finisher.
 */

export interface BareProgram {
  /** Path of the ELF below test/guests, without its extension. */
  readonly name: string;
  /** What it prints before it powers off with code 0: a checksum of 16 hexadecimal digits, and a newline. */
  readonly checksum: string;
}

/** Programs alone on the machine; 64 MB of RAM are enough for each. QEMU prints the same checksums (test/peers). */
export const barePrograms: readonly BareProgram[] = [
  { name: 'compute/loop', checksum: '0c1928d8daae8569' },
  { name: 'compute/hash', checksum: '5e12c489da8683a5' },
  { name: 'compute/sort', checksum: 'da909af160b84ba1' },
  { name: 'compute/matrix', checksum: 'abc0ca728dd0c2f1' },
  { name: 'compute/chase', checksum: '000000f41dd5997c' },
  { name: 'compute/recursion', checksum: 'b363b0f9451b7240' },
  { name: 'compute/indirect', checksum: 'abd68ed9e84cc639' },
  { name: 'compute/float-hard', checksum: 'c041133b23939923' },
  { name: 'compute/float-soft', checksum: 'b67e3cac03f181d6' },
  { name: 'compute/mandelbrot', checksum: '8b3abc253e2acf42' },
  { name: 'memory/stream', checksum: 'db407fe06a169600' },
  { name: 'memory/random', checksum: 'f14627be5aa5185e' },
  { name: 'trap-heavy/ecall', checksum: '147d28ce76da4ae1' },
  { name: 'trap-heavy/storm', checksum: '4b4b5643fe9ed0c1' },
  { name: 'trap-heavy/timer', checksum: '80d8a2fc2d7e6c71' },
  { name: 'paging/fault', checksum: 'fa8fc3c62f66a177' },
  { name: 'paging/fault-fence', checksum: 'fa8fc3c62f66a177' },
  { name: 'paging/syscall', checksum: '6f6178dbef905f84' },
  { name: 'paging/switch', checksum: 'dae394be45f46e00' },
];

/** The demo kernel: panics by itself, and powers off with code 1. 16 MB of RAM are enough. */
export const demoKernel = 'demo/demo';

/** Where the ELF of a guest is kept. */
export function guestPath(name: string): URL {
  return new URL(`${name}.elf`, import.meta.url);
}

/** The ELF of a guest. */
export function readGuest(name: string): Uint8Array {
  return readFileSync(guestPath(name));
}
