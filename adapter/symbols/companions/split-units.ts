import type { DebugInfo } from '../dwarf/debug-info.ts';
import { DW_UT } from '../dwarf/constants.ts';
import { DwarfSections, type Contribution } from '../dwarf/sections.ts';
import type { Unit, UnitHeader } from '../dwarf/unit.ts';
import type { ElfFile } from '../elf/elf-file.ts';
import { baseName, joinPath } from '../source-path.ts';
import { recover, SymbolError } from '../symbol-error.ts';
import type { CompanionFiles } from './companion-files.ts';
import { open } from './debug-file.ts';
import { readPackageIndex, type PackageIndex } from './package-index.ts';

/** The sections of a package that a unit has no part of for itself. */
type Parts = ReadonlyMap<string, Contribution>;

/**
 * Finds the units that a compiler split from the program's file (DWARF 5, section 7.3.2; GNU's for DWARF 4): in a package
 * beside the program (`kernel.dwp`), else in the .dwo files that the skeletons name.
 */
export class SplitUnits {
  private readonly files = new Map<string, readonly Unit[]>();
  private package: readonly Unit[] | undefined;

  constructor(
    /** The program's file name, without its folder. */
    private readonly program: string,
    private readonly companions: CompanionFiles,
    private readonly onError: (error: SymbolError) => void,
  ) {}

  /** The unit of which `skeleton` was left in the program's file. One that cannot be found is told of. */
  find(skeleton: Unit, info: DebugInfo): Unit | undefined {
    const identifier = skeleton.splitIdentifier;
    const isWanted = (unit: Unit): boolean => !unit.isTypeUnit && unit.splitIdentifier === identifier;
    this.package ??= this.readPackage(info);
    const found = this.package.find(isWanted) ?? this.inFile(skeleton, info, isWanted);
    return found?.belongingTo(skeleton);
  }

  private inFile(skeleton: Unit, info: DebugInfo, isWanted: (unit: Unit) => boolean): Unit | undefined {
    const name = skeleton.splitFile ?? '';
    const { directory } = this.companions;
    const besides = [joinPath(directory, name), joinPath(directory, baseName(name))];
    const paths = new Set([joinPath(skeleton.directory, name), ...besides]);
    let isOther = false;
    for (const path of paths) {
      const units = this.read(path, info);
      const unit = units.find(isWanted);
      if (unit !== undefined) return unit;
      isOther ||= units.length > 0;
    }
    const what = isOther ? `${name} belongs to another build of the unit` : `${name} was not found`;
    const { section, header } = skeleton;
    throw new SymbolError(`${what}: what it says is missing`, section.name, header.unitOffset - section.base);
  }

  private read(path: string, info: DebugInfo): readonly Unit[] {
    const known = this.files.get(path);
    if (known !== undefined) return known;
    const elf = open(path, this.companions, this.onError);
    const units: Unit[] = [];
    if (elf !== undefined) {
      const sections = new DwarfSections(elf, this.onError, { suffix: '.dwo' });
      // Type units first, so that what refers to them finds them.
      units.push(...info.addUnits(sections, '.debug_types'), ...info.addUnits(sections, '.debug_info'));
    }
    this.files.set(path, units);
    return units;
  }

  private readPackage(info: DebugInfo): readonly Unit[] {
    const elf = open(joinPath(this.companions.directory, `${this.program}.dwp`), this.companions, this.onError);
    if (elf === undefined) return [];
    const whole = new DwarfSections(elf, this.onError, { suffix: '.dwo' });
    return recover(() => new PackageUnits(elf, this.onError).read(whole, info), [], this.onError);
  }
}

/** The units of a package, each with the parts that are its own. */
class PackageUnits {
  private readonly compileUnits: PackageIndex;
  private readonly typeUnits: PackageIndex;
  private readonly views = new Map<Parts, DwarfSections>();

  constructor(
    private readonly elf: ElfFile,
    private readonly onError: (error: SymbolError) => void,
  ) {
    const read = (name: string): PackageIndex => readPackageIndex(elf.contentsOf(name) ?? new Uint8Array(0), name);
    this.compileUnits = read('.debug_cu_index');
    this.typeUnits = read('.debug_tu_index');
  }

  read(whole: DwarfSections, info: DebugInfo): readonly Unit[] {
    return [
      ...info.addUnits(whole, '.debug_types', (header) => this.sectionsOf(header, '.debug_types') ?? whole),
      ...info.addUnits(whole, '.debug_info', (header) => this.sectionsOf(header, '.debug_info') ?? whole),
    ];
  }

  /** A unit lies in the part of the section that its row in the index names. */
  private sectionsOf({ unitOffset, targets, unitType }: UnitHeader, name: string): DwarfSections | undefined {
    const offset = unitOffset - targets.base;
    const isType = unitType === DW_UT.type || unitType === DW_UT.split_type;
    for (const parts of (isType ? this.typeUnits : this.compileUnits).values()) {
      const part = parts.get(name);
      if (part !== undefined && offset >= part.offset && offset < part.offset + part.size)
        return this.view(parts, name);
    }
    return undefined;
  }

  private view(parts: Parts, entries: string): DwarfSections {
    let view = this.views.get(parts);
    if (view === undefined) {
      // The section of entries stays whole: they are known by their offset in it.
      const contributions = new Map([...parts].filter(([name]) => name !== entries));
      view = new DwarfSections(this.elf, this.onError, { suffix: '.dwo', contributions });
      this.views.set(parts, view);
    }
    return view;
  }
}
