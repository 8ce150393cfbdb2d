import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How a run of QEMU ended. */
export interface QemuRun {
  readonly console: string;
  /** QEMU's exit status; null when it was ended for taking too long. */
  readonly status: number | null;
}

/** Runs a bare-metal ELF on QEMU's virt board with this project's time base: 100 instructions in a tick of mtime. */
export async function runInQemu(elf: URL, seconds: number): Promise<QemuRun> {
  const options = ['-M', 'virt', '-m', '64', '-nographic', '-bios', 'none', '-icount', 'shift=0'];
  const qemu = spawn('qemu-system-riscv64', [...options, '-kernel', fileURLToPath(elf)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let console = '';
  qemu.stdout.setEncoding('latin1').on('data', (text: string) => (console += text));
  const limit = setTimeout(() => qemu.kill('SIGKILL'), seconds * 1000);
  const status = await new Promise<number | null>((resolve, reject) => {
    qemu.once('error', reject);
    qemu.once('close', resolve);
  });
  clearTimeout(limit);
  return { console, status };
}
