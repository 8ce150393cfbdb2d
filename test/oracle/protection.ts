import type { Random } from '../random.ts';
import { SANDBOX, SANDBOX_SIZE, csr } from './layout.ts';
import type { LoadedCsr } from './layout.ts';
import type { Program, TestCase } from './program.ts';
import { PMP_NATURALLY_ALIGNED, PMP_TOP_OF_RANGE, SANDBOX_ENTRY, defaultPmpConfiguration } from './runner.ts';
import { unprivilegedCase } from './unprivileged.ts';

/**
 * Physical memory protection: accesses of U-mode to a sandbox that up to four overlapping entries divide. Entries are whole
 * pages, the machine's granularity. Accesses are aligned: QEMU 7.2 refuses one that two entries match, which the machine
 * carries out as two.
 */

const addresses = [csr.pmpaddr8, csr.pmpaddr9, csr.pmpaddr10, csr.pmpaddr11] as const;

/** pmpaddr of a naturally aligned region of 2^`order` pages that holds the page. */
function naturallyAligned(page: number, order: number): bigint {
  const size = 4096 * 2 ** order;
  return BigInt((page - (page % size)) / 4) | BigInt(size / 8 - 1);
}

export function protectionCase(random: Random, program: Program): TestCase {
  const test = unprivilegedCase(random, program, random.pick(['I', 'A', 'F', 'D'] as const), 1, true);
  const csrs = new Map<LoadedCsr, bigint>();
  let configuration = 0n;
  for (const [index, address] of addresses.entries()) {
    const page = SANDBOX + 4096 * random.below(SANDBOX_SIZE / 4096 + 1);
    const matching = random.pick([0, PMP_TOP_OF_RANGE, PMP_NATURALLY_ALIGNED, PMP_NATURALLY_ALIGNED]);
    csrs.set(address, matching === PMP_NATURALLY_ALIGNED ? naturallyAligned(page, random.below(5)) : BigInt(page / 4));
    // Write without read is reserved.
    const permissions = random.pick([0, 1, 3, 4, 5, 7]);
    configuration |= BigInt(matching | permissions) << BigInt(8 * index);
  }
  csrs.set(csr.pmpcfg2, configuration);
  // Entries of lower number go first: the default one for the sandbox is off, but now and then limits what these grant.
  csrs.set(csr.pmpcfg0, random.once(8) ? defaultPmpConfiguration() : defaultPmpConfiguration(SANDBOX_ENTRY));
  return { ...test, family: 'physical memory protection', csrs };
}
