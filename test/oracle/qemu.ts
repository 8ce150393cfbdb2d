import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { RAM, RAM_SIZE, RESULTS } from './layout.ts';
import { requireComplete } from './program.ts';
import type { Program } from './program.ts';

/**
 * The extensions of the machine that QEMU 7.2 has, and none that only QEMU has. It has neither Zicond nor Zicbom, Zicboz
 * and Zicbop, which are tested against written-out semantics instead.
 */
const CPU = 'rv64,zba=on,zbb=on,zbs=on,zbc=off,h=off,debug=off,svinval=on,svnapot=on,svpbmt=on,sstc=on';

/** Runs a program under QEMU until it powers off; the results it left in RAM. */
export async function runInQemu(program: Program): Promise<Uint8Array> {
  const directory = await mkdtemp(path.join(tmpdir(), 'retrograde-oracle-'));
  try {
    const image = path.join(directory, 'image');
    const ram = path.join(directory, 'ram');
    await writeFile(image, program.image);
    // RAM in a file outlives QEMU, so that results need no channel out of the guest.
    await promisify(execFile)(
      'qemu-system-riscv64',
      [
        ...['-machine', 'virt,memory-backend=ram', '-cpu', CPU, '-display', 'none', '-monitor', 'none'],
        ...['-object', `memory-backend-file,id=ram,size=${String(RAM_SIZE)},mem-path=${ram},share=on`],
        ...['-smp', '1,maxcpus=2', '-m', `${String(RAM_SIZE / 1024 / 1024)}M`, '-serial', 'none', '-bios', image],
      ],
      { timeout: 120_000 },
    );
    const file = await open(ram);
    try {
      const bytes = new Uint8Array(program.resultSize);
      await file.read(bytes, 0, bytes.length, RESULTS - RAM);
      requireComplete(program, bytes, 'QEMU');
      return bytes;
    } finally {
      await file.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
