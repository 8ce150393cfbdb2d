import type { Mapping } from '../guest.ts';
import { KernelObject, type KernelView } from '../kernel-object.ts';
import { pathOfFile } from './file-path.ts';
import { mapleEntries } from './maple-tree.ts';

/** Bits of vm_area_struct.vm_flags (include/linux/mm.h). */
const VM_READ = 1n;
const VM_WRITE = 2n;
const VM_EXEC = 4n;
const VM_MAYSHARE = 0x80n;
const PAGE = 4096n;

/** The mappings of a task's `struct mm_struct`: in a maple tree since 6.1, in a list before. */
export function mappingsOf(kernel: KernelView, mm: KernelObject): readonly Mapping[] {
  const areas = mm.has('mm_mt')
    ? mapleEntries(kernel, mm.member('mm_mt')).map((address) => KernelObject.at(kernel, 'vm_area_struct', address))
    : [...listed(mm)];
  return areas.map((area) => describe(kernel, mm, area));
}

function* listed(mm: KernelObject): Generator<KernelObject> {
  for (let area = mm.member('mmap').target(); area !== undefined; area = area.member('vm_next').target()) yield area;
}

function describe(kernel: KernelView, mm: KernelObject, area: KernelObject): Mapping {
  const flags = area.anyMember('vm_flags', '__vm_flags').unsigned();
  const start = area.member('vm_start').unsigned();
  const end = area.member('vm_end').unsigned();
  const file = area.member('vm_file').target();
  return {
    start,
    end,
    read: (flags & VM_READ) !== 0n,
    write: (flags & VM_WRITE) !== 0n,
    execute: (flags & VM_EXEC) !== 0n,
    shared: (flags & VM_MAYSHARE) !== 0n,
    name: file === undefined ? nameOf(mm, start, end) : pathOfFile(kernel, file),
    offset: file === undefined ? 0n : area.member('vm_pgoff').unsigned() * PAGE,
  };
}

/** What /proc/PID/maps calls memory that is of no file. */
function nameOf(mm: KernelObject, start: bigint, end: bigint): string {
  const at = (member: string): bigint => mm.member(member).unsigned();
  const vdso = mm.has('context.vdso') ? at('context.vdso') : 0n;
  if (vdso !== 0n && vdso === start) return '[vdso]';
  if (vdso !== 0n && vdso === end) return '[vvar]';
  if (start <= at('brk') && end >= at('start_brk')) return '[heap]';
  if (start <= at('start_stack') && end >= at('start_stack')) return '[stack]';
  return '';
}
