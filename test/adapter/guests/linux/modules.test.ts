import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadedModules } from '../../../../adapter/guests/linux/modules.ts';
import { FileKernelSymbols } from '../../../../adapter/session/guest/kernel-symbols.ts';
import { ElfFile } from '../../../../adapter/symbols/elf/elf-file.ts';
import { Program } from '../../../../adapter/symbols/program.ts';
import { requirePeer } from '../../../peers.ts';
import { temporaryFolder } from '../../session/debug-session.ts';

/** What all kernels have; a module with two sections, of which `ATTRIBUTES` tells in the way of a version. */
const program = (attributes: string): string => `
struct list_head { struct list_head *next, *prev; };
struct attribute { const char *name; unsigned short mode; };
struct bin_attribute { struct attribute attr; unsigned long size; void *private; void *read; };
struct attribute_group { const char *name; void *is_visible; void **attrs; ATTRIBUTE_LIST };
struct module_memory { void *base; unsigned int size; };
${attributes}
struct module {
  int state; struct list_head list; char name[56]; struct module_memory mem[7]; struct module_sect_attrs *sect_attrs;
};
struct module sample;
struct list_head modules = { &sample.list, &sample.list };
struct module sample = {
  .list = { &modules, &modules }, .name = "sample", .mem = { { (void *)0x1000, 64 } }, .sect_attrs = (void *)&sections
};
void _start(void) {}
`;

const COUNTED = `
struct module_sect_attr { struct bin_attribute battr; unsigned long address; };
struct module_sect_attrs { struct attribute_group grp; unsigned int nsections; struct module_sect_attr attrs[]; };
struct { struct attribute_group grp; unsigned int nsections; struct module_sect_attr attrs[2]; } sections = {
  .nsections = 2, .attrs = { { { { ".text" } }, 0x1000 }, { { { ".data" } }, 0x2000 } }
};`;

const LISTED = `
struct module_sect_attrs { struct attribute_group grp; struct bin_attribute attrs[]; };
extern struct bin_attribute *list[3];
struct { struct attribute_group grp; struct bin_attribute attrs[2]; } sections = {
  .grp = { .LIST = (void *)list },
  .attrs = { { .attr = { ".text" }, .private = (void *)0x1000 }, { .attr = { ".data" }, .private = (void *)0x2000 } }
};
struct bin_attribute *list[3] = { &sections.attrs[0], &sections.attrs[1], 0 };`;

/** By the versions of Linux that have it so (include/linux/module.h, kernel/module/sysfs.c, include/linux/sysfs.h). */
const LAYOUTS: readonly (readonly [versions: string, attributes: string, list: string, ofList: string])[] = [
  ['up to 6.13', COUNTED, 'struct bin_attribute **bin_attrs;', 'bin_attrs'],
  ['6.14', LISTED, 'union { void **bin_attrs; const struct bin_attribute **bin_attrs_new; };', 'bin_attrs_new'],
  ['from 6.18 on', LISTED, 'const struct bin_attribute **bin_attrs;', 'bin_attrs'],
];

describe('the sections of loaded modules', () => {
  for (const [versions, attributes, list, ofList] of LAYOUTS) {
    it(`are read as Linux keeps them, ${versions}`, function () {
      requirePeer(this, 'riscv64-linux-gnu-gcc');
      const source = path.join(temporaryFolder(), 'sections.c');
      const file = path.join(temporaryFolder(), `sections-${ofList}.elf`);
      writeFileSync(source, program(attributes).replace('ATTRIBUTE_LIST', list).replace('LIST', ofList));
      const options = ['-g', '-nostdlib', '-static', '-mcmodel=medany', '-w', '-Wl,-Ttext=0x80200000'];
      execFileSync('riscv64-linux-gnu-gcc', [...options, '-o', file, source]);
      const bytes = readFileSync(file);
      const { segments } = ElfFile.parse(bytes);
      // As in memory, where zeros follow what a file has of a segment.
      const read = (address: bigint, length: number): Uint8Array | undefined => {
        const at = Number(address);
        const segment = segments.find(({ virtualAddress: start, fileSize }) => start <= at && at < start + fileSize);
        if (segment === undefined) return undefined;
        const { offset, virtualAddress, fileSize } = segment;
        const memory = new Uint8Array(length);
        memory.set(
          bytes.subarray(offset + at - virtualAddress, offset + Math.min(fileSize, at - virtualAddress + length)),
        );
        return memory;
      };
      const [module, ...others] = loadedModules({ symbols: new FileKernelSymbols(Program.load(file, bytes)), read });
      assert.deepEqual([module?.name, others.length], ['sample', 0]);
      assert.deepEqual(
        [...(module?.sections() ?? [])],
        [
          ['.text', 0x1000n],
          ['.data', 0x2000n],
        ],
      );
    });
  }
});
