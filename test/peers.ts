import { spawnSync } from 'node:child_process';

/** Programs of other people that tests hold this project against. All are Debian packages. */

export type Peer =
  | 'qemu-system-riscv64'
  | 'gdb-multiarch'
  | 'riscv64-linux-gnu-gcc'
  | 'riscv64-linux-gnu-readelf'
  | 'riscv64-linux-gnu-objdump'
  | 'dtc'
  | 'emacs'
  | 'make'
  | 'python3'
  | 'xz';

/** The first line of what `PEER --version` prints, or undefined when the program is not installed. */
export function peerVersion(peer: Peer): string | undefined {
  const result = spawnSync(peer, ['--version'], { encoding: 'utf8' });
  return result.status === 0 ? (result.stdout.split('\n')[0] ?? '') : undefined;
}

/** Skips the running test or suite where a peer is not installed, and says so on stderr. */
export function requirePeer(context: Mocha.Context, peer: Peer): void {
  if (peerVersion(peer) !== undefined) return;
  const title = context.currentTest?.fullTitle() ?? context.test?.fullTitle() ?? 'a test';
  console.error(`SKIPPED ${title}: ${peer} is not installed`);
  context.skip();
}
