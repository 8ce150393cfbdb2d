import { PC } from '../layout.ts';
import type { FunctionIndex } from '../wasm-emitter.ts';
import { FunctionBody, type Label } from '../wasm/function-body.ts';
import type { Signature } from '../wasm/module.ts';
import { I32, MEMORY } from '../wasm/opcodes.ts';
import { WASM_I32, WASM_I64 } from '../wasm/types.ts';
import { groupAccesses } from './access-groups.ts';
import { RegionEmitter } from './region-emitter.ts';
import { PARAMETER_COUNT, REMAINING_PARAMETER, type RamPlace } from './region-memory-emitter.ts';
import type { Registers } from './register-locals.ts';
import { targetsOf, type Block, type Region, type Target } from './region.ts';

/**
 * A region's function takes the virtual address of the page, the steps that may be taken, and the data TLB's block. It
 * returns the steps that are left, with SIDE_EXIT when the interpreter must carry out the instruction at PC; PC and the
 * registers are stored. Calling it with fewer steps than the region has instructions does nothing but leave.
 */
export const regionSignature: Signature = { parameters: [WASM_I64, WASM_I32, WASM_I32], results: [WASM_I32] };
export const SIDE_EXIT = 0x80000000;

/** Writes the function of a region. */
export function generateRegion(
  region: Region,
  functionIndex: FunctionIndex,
  ram: RamPlace,
  passesWatched: boolean,
): FunctionBody {
  return new RegionWriter(region, functionIndex, ram, passesWatched).write();
}

/**
 * The control-flow graph becomes nested loops and blocks: each block is written inside those that dominate it, in a
 * Wasm block whose end it follows when several edges lead forward to it (Ramsey, "Beyond Relooper", ICFP 2022).
 */
class RegionWriter {
  readonly #region: Region;
  readonly #body = new FunctionBody(PARAMETER_COUNT);
  readonly #emit: RegionEmitter;
  readonly #loops = new Map<number, Label>();
  readonly #merges = new Map<number, Label>();
  /** By block: the registers that may have been written when it ends. */
  readonly #dirty: readonly Registers[];

  constructor(region: Region, functionIndex: FunctionIndex, ram: RamPlace, passesWatched: boolean) {
    this.#region = region;
    this.#emit = new RegionEmitter(this.#body, functionIndex, ram, passesWatched);
    this.#dirty = dirtyRegisters(region);
  }

  write(): FunctionBody {
    const body = this.#body;
    const emit = this.#emit;
    const { used, written } = registersOf(this.#region);
    this.#pushTooFew();
    body.if(() => {
      this.#storePc(this.#region.head);
      body.get(REMAINING_PARAMETER);
      body.i32Const(SIDE_EXIT);
      body.op(I32.or);
      body.return();
    });
    emit.registers.load(used);
    emit.withSideExit(() => {
      this.#writeTree(0);
      body.unreachable();
    });
    emit.registers.store(written);
    body.i32Const(0);
    emit.pushSideAddress();
    body.memory(MEMORY.i64Store, PC);
    body.get(REMAINING_PARAMETER);
    emit.pushSideSteps();
    body.op(I32.add);
    body.i32Const(SIDE_EXIT);
    body.op(I32.or);
    return body;
  }

  /** A block and all that it dominates. */
  #writeTree(index: number): void {
    const { flow } = this.#region;
    const merges = flow
      .dominated(index)
      .filter((child) => flow.isMerge(child))
      .reverse();
    if (!flow.isLoopHeader(index)) {
      this.#writeWithin(index, merges);
      return;
    }
    this.#body.loop((label) => {
      this.#loops.set(index, label);
      this.#pushTooFew();
      this.#body.if(() => {
        const header = this.#block(index);
        this.#leave({ kind: 'exit', offset: header.offset }, this.#dirtyAtLoop(index));
      });
      this.#writeWithin(index, merges);
    });
  }

  /** `merges` come after the block, the last one first. */
  #writeWithin(index: number, merges: readonly number[]): void {
    const [last, ...rest] = merges;
    if (last === undefined) {
      this.#writeBlock(index);
      return;
    }
    this.#body.block((label) => {
      this.#merges.set(last, label);
      this.#writeWithin(index, rest);
    });
    this.#writeTree(last);
  }

  #writeBlock(index: number): void {
    const body = this.#body;
    const emit = this.#emit;
    const block = this.#block(index);
    const { instructions, end } = block;
    const dirty = this.#dirtyAtEnd(index);
    body.get(REMAINING_PARAMETER);
    body.i32Const(instructions.length);
    body.op(I32.sub);
    body.set(REMAINING_PARAMETER);
    emit.beginBlock({
      branch: (pushCondition) => {
        if (end.kind !== 'branch') throw new Error('a branch in the middle of a block');
        pushCondition();
        body.if(
          () => {
            this.#go(index, end.taken, dirty);
          },
          () => {
            this.#go(index, end.otherwise, dirty);
          },
        );
      },
      jump: (pushTarget) => {
        body.i32Const(0);
        pushTarget();
        body.memory(MEMORY.i64Store, PC);
        this.#return(dirty);
      },
      // Where it leads is the block's end.
      jumpRelative: () => undefined,
    });
    const groups = groupAccesses(instructions);
    instructions.forEach((placed, position) => {
      emit.instruction(placed, groups[position], instructions.length - position);
    });
    emit.endBlock();
    if (end.kind === 'go') this.#go(index, end.to, dirty);
    else if (end.kind === 'interpret') {
      emit.registers.store(dirty);
      this.#storePc(end.offset);
      body.get(REMAINING_PARAMETER);
      body.i32Const(SIDE_EXIT);
      body.op(I32.or);
      body.return();
    }
  }

  #go(from: number, target: Target, dirty: Registers): void {
    if (target.kind === 'exit') {
      this.#leave(target, dirty);
      return;
    }
    const { flow } = this.#region;
    const { index } = target;
    if (flow.position(index) <= flow.position(from)) this.#body.br(labelOf(this.#loops, index));
    else if (flow.isMerge(index)) this.#body.br(labelOf(this.#merges, index));
    else this.#writeTree(index);
  }

  #leave(target: Target & { kind: 'exit' }, dirty: Registers): void {
    this.#storePc(target.offset);
    this.#return(dirty);
  }
  #return(dirty: Registers): void {
    this.#emit.registers.store(dirty);
    this.#body.get(REMAINING_PARAMETER);
    this.#body.return();
  }
  #storePc(offset: number): void {
    this.#body.i32Const(0);
    this.#emit.pushAddress(offset);
    this.#body.memory(MEMORY.i64Store, PC);
  }

  /** Between two of these tests each instruction is carried out at most once, so the steps suffice until the next one. */
  #pushTooFew(): void {
    this.#body.get(REMAINING_PARAMETER);
    this.#body.i32Const(this.#region.size);
    this.#body.op(I32.ltU);
  }

  #block(index: number): Block {
    const block = this.#region.blocks[index];
    if (!block) throw new RangeError(`no block ${index}`);
    return block;
  }
  #dirtyAtEnd(index: number): Registers {
    const dirty = this.#dirty[index];
    if (!dirty) throw new RangeError(`no block ${index}`);
    return dirty;
  }
  #dirtyAtLoop(header: number): Registers {
    const dirty = { x: 0, f: 0 };
    this.#region.blocks.forEach((block, index) => {
      if (targetsOf(block.end).some((target) => target.kind === 'block' && target.index === header)) {
        include(dirty, this.#dirtyAtEnd(index));
      }
    });
    return dirty;
  }
}

function labelOf(labels: ReadonlyMap<number, Label>, index: number): Label {
  const label = labels.get(index);
  if (!label) throw new Error(`block ${index} is not open here`);
  return label;
}

/** Adds `more` to `registers`; true when that changed them. */
function include(registers: { x: number; f: number }, more: Registers): boolean {
  const { x, f } = registers;
  registers.x |= more.x;
  registers.f |= more.f;
  return registers.x !== x || registers.f !== f;
}

function registersOf(region: Region): { used: Registers; written: Registers } {
  const used = { x: 0, f: 0 };
  const written = { x: 0, f: 0 };
  for (const { instructions } of region.blocks) {
    for (const { facts } of instructions) {
      include(written, { x: facts.writesX, f: facts.writesF });
      include(used, { x: facts.readsX | facts.writesX, f: facts.readsF | facts.writesF });
    }
  }
  return { used, written };
}

function dirtyRegisters(region: Region): readonly Registers[] {
  const dirty = region.blocks.map(({ instructions }) => {
    const registers = { x: 0, f: 0 };
    for (const { facts } of instructions) include(registers, { x: facts.writesX, f: facts.writesF });
    return registers;
  });
  for (let changed = true; changed;) {
    changed = false;
    region.blocks.forEach((block, index) => {
      const from = dirty[index];
      if (!from) return;
      for (const target of targetsOf(block.end)) {
        const to = target.kind === 'block' ? dirty[target.index] : undefined;
        if (to && include(to, from)) changed = true;
      }
    });
  }
  return dirty;
}
