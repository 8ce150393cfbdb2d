import { GuestError, ifKnown } from '../guest-error.ts';
import type { KernelModule } from '../guest.ts';
import { KernelObject, textAt, type KernelView } from '../kernel-object.ts';
import { buildIdInNotes } from '../../symbols/elf/identity.ts';
import { littleEndian } from '../memory/memory.ts';
import { listElements } from './list.ts';

/** enum module_state. */
const STATES: readonly string[] = ['live', 'coming', 'going', 'unformed'];
/** enum mod_mem_type, since 6.4. */
const MEMORY_NAMES: readonly string[] = [
  'text',
  'data',
  'rodata',
  'ro_after_init',
  'init_text',
  'init_data',
  'init_rodata',
];
/** Bytes of a name that tell modules apart. */
const LONGEST_MARK = 16;
const NO_SECTIONS: ReadonlyMap<string, bigint> = new Map();
/** Bytes of a note with a build-id of 20 bytes, as linkers make it. */
const LONGEST_NOTE = 36;
const POINTER = 8;
/** More sections than a module can have (SHN_LORESERVE); a list that is being written to may have no end. */
const MOST_SECTIONS = 0xff00;
/** Symbols of a section that is not in memory. */
const SHN_UNDEF = 0n;

/** The modules that are loaded, the latest first, as the kernel keeps them (include/linux/module.h). */
export function loadedModules(kernel: KernelView): readonly KernelModule[] {
  if (kernel.symbols.address('modules') === undefined) {
    throw new GuestError('This kernel was built without loadable modules (CONFIG_MODULES).');
  }
  const head = KernelObject.variable(kernel, 'modules');
  return [...listElements(kernel, head, 'module', 'list')].map((module) => describe(kernel, module));
}

function describe(kernel: KernelView, module: KernelObject): KernelModule {
  const name = module.member('name');
  return {
    name: name.text(),
    state: STATES[module.member('state').number()] ?? 'unknown',
    address: module.address,
    regions: module.has('mem') ? regions(module.member('mem')) : oldRegions(module),
    mark: { address: name.address, bytes: name.bytes().subarray(0, LONGEST_MARK) },
    initialization: initialization(module).address,
    sections: () => ifKnown(() => sections(kernel, module)) ?? NO_SECTIONS,
    buildId: () => ifKnown(() => buildIdOf(kernel, module)),
    symbols: () => symbols(kernel, module),
  };
}

function regions(memory: KernelObject): KernelModule['regions'] {
  return MEMORY_NAMES.slice(0, memory.count).flatMap((name, index) => {
    const part = memory.element(index);
    const size = part.member('size').number();
    return size === 0 ? [] : [{ name, address: part.member('base').unsigned(), size }];
  });
}

function initialization(module: KernelObject): KernelObject {
  if (!module.has('mem')) return module.member('init_layout.base');
  return module.member('mem').element(MEMORY_NAMES.indexOf('init_text')).member('base');
}

/** The kernel loads the section with the note, and tells where like of any other. */
function buildIdOf(kernel: KernelView, module: KernelObject): string | undefined {
  const note = sections(kernel, module).get('.note.gnu.build-id');
  const bytes = note === undefined ? undefined : kernel.read(note, LONGEST_NOTE);
  return bytes && buildIdInNotes(bytes, '.note.gnu.build-id');
}

/** Before 6.4 there were two parts, text and data together. */
function oldRegions(module: KernelObject): KernelModule['regions'] {
  return ['core', 'init'].flatMap((name) => {
    const layout = module.member(`${name}_layout`);
    const size = layout.member('size').number();
    return size === 0 ? [] : [{ name, address: layout.member('base').unsigned(), size }];
  });
}

function sections(kernel: KernelView, module: KernelObject): ReadonlyMap<string, bigint> {
  const found = new Map<string, bigint>();
  // Other files than the module loader's own know the structure by its name only.
  const attributes = module.member('sect_attrs').target()?.as('module_sect_attrs');
  if (attributes === undefined) return found;
  return attributes.has('nsections') ? countedSections(kernel, attributes) : listedSections(kernel, attributes);
}

/** Since 6.14: a list of pointers to files of sysfs, with NULL behind the last. */
function listedSections(kernel: KernelView, attributes: KernelObject): ReadonlyMap<string, bigint> {
  const found = new Map<string, bigint>();
  const list = attributes.member('grp').anyMember('bin_attrs', 'bin_attrs_new').unsigned();
  for (let index = 0; index < MOST_SECTIONS; index++) {
    const pointer = kernel.read(list + BigInt(index * POINTER), POINTER);
    const address = pointer === undefined ? 0n : littleEndian(pointer);
    if (address === 0n) break;
    const one = KernelObject.at(kernel, 'bin_attribute', address);
    found.set(one.member('attr.name').text(), one.member('private').unsigned());
  }
  return found;
}

function countedSections(kernel: KernelView, attributes: KernelObject): ReadonlyMap<string, bigint> {
  const found = new Map<string, bigint>();
  const list = attributes.member('attrs');
  const size = BigInt(KernelObject.at(kernel, 'module_sect_attr', 0n).size);
  const count = attributes.member('nsections').number();
  for (let index = 0; index < Math.min(count, MOST_SECTIONS); index++) {
    const one = KernelObject.at(kernel, 'module_sect_attr', list.address + size * BigInt(index));
    found.set(one.member('battr.attr.name').text(), one.member('address').unsigned());
  }
  return found;
}

function symbols(kernel: KernelView, module: KernelObject): ReturnType<KernelModule['symbols']> {
  const table = module.member('kallsyms').target();
  if (table === undefined) return [];
  const first = table.member('symtab').unsigned();
  const strings = table.member('strtab').unsigned();
  const size = BigInt(KernelObject.at(kernel, 'elf64_sym', 0n).size);
  const found: { name: string; address: bigint; size: number }[] = [];
  for (let index = 0; index < table.member('num_symtab').number(); index++) {
    const symbol = KernelObject.at(kernel, 'elf64_sym', first + size * BigInt(index));
    const address = symbol.member('st_value').unsigned();
    if (address === 0n || symbol.member('st_shndx').unsigned() === SHN_UNDEF) continue;
    const name = textAt(kernel, strings + symbol.member('st_name').unsigned());
    if (name !== '') found.push({ name, address, size: symbol.member('st_size').number() });
  }
  return found;
}
