import { GuestError, ifKnown } from '../guest-error.ts';
import type { KernelModule } from '../guest.ts';
import { KernelObject, textAt, type KernelView } from '../kernel-object.ts';
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
  return {
    name: module.member('name').text(),
    state: STATES[module.member('state').number()] ?? 'unknown',
    regions: module.has('mem') ? regions(module.member('mem')) : oldRegions(module),
    sections: ifKnown(() => sections(kernel, module)) ?? new Map<string, bigint>(),
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
  const attributes = module.member('sect_attrs').target();
  if (attributes === undefined) return found;
  const list = attributes.member('attrs');
  const size = BigInt(KernelObject.at(kernel, 'module_sect_attr', 0n).size);
  const count = attributes.has('nsections') ? attributes.member('nsections').number() : 0;
  for (let index = 0; index < count; index++) {
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
