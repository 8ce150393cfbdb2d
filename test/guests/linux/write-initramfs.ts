import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findLinuxFile, guestCache, linuxInitramfs } from '../linux.ts';

/** Writes initramfs.cpio into the guest cache from the busybox there. */
const busybox = findLinuxFile('busybox');
if (busybox === undefined) {
  console.error(`No busybox in ${guestCache}: run test/guests/linux/debian.sh first.`);
  process.exit(1);
}
writeFileSync(join(guestCache, 'initramfs.cpio'), linuxInitramfs(readFileSync(busybox)));
