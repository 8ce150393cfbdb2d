import { instructions } from '../riscv/instructions.ts';
import { defineCsrAccess } from './csr-access.ts';
import { coreFunctions } from './core-interface.ts';
import {
  ATTENTION,
  DATA_TLB,
  DECODED_CROSS_HALF,
  DECODED_ENTRIES,
  DECODED_HEADER,
  FAULT,
  FETCH_TLB,
  HANDLER_FIRST,
  HANDLER_ILLEGAL,
  HANDLER_PAGE_END,
  HANDLER_UNDECODED,
  HOT_THRESHOLD,
  LEAVE,
  LEAVE_BREAKPOINT,
  PC,
  RECORD_ADVANCE,
  RECORD_BREAK,
  RECORD_CROSS,
  RECORD_HANDLER,
  RECORD_HANDLER_MASK,
  RECORD_REGION,
  REGION_ENTRY,
  REMAINING,
  TLB_ADDEND,
  TLB_FETCH,
  TLB_INDEX_MASK,
} from './layout.ts';
import { WASM_I32 } from './wasm/types.ts';
import { FunctionBody, type Label } from './wasm/function-body.ts';
import { WasmModule } from './wasm/module.ts';
import { I32, I64, MEMORY } from './wasm/opcodes.ts';
import { regionSignature, SIDE_EXIT } from './translator/region-function.ts';
import { REGIONS } from './translator/translations.ts';
import { ILLEGAL_INSTRUCTION, InterpreterEmitter, type Labels } from './interpreter-emitter.ts';
import { InterpreterState } from './interpreter-state.ts';
import { PAGE_MASK } from './tlb-look.ts';
import type { FunctionIndex } from './wasm-emitter.ts';

/**
 * Generates the interpreter: one function, a loop around one `br_table` over decoded records. The program counter is a
 * pointer to a record; going on is adding to it. What leaves the straight path (TLB misses, devices, CSRs with effects)
 * calls the core, and what must be looked at before the next step sets ATTENTION and lets the budget seem spent.
 * The module exports `run`, `csrRead`, `csrWrite`, `csrPeek`, `csrPoke`.
 *
 * `watchesRegisters`: it looks at registers after each step (core/register-watch.ts), and runs no regions, which keep them in
 * locals.
 */
export function generateInterpreter(watchesRegisters = false): Uint8Array<ArrayBuffer> {
  const module = new WasmModule();
  const indices = new Map<string, number>();
  for (const [name, signature] of coreFunctions()) indices.set(name, module.importFunction('core', name, signature));
  const functionIndex = (name: string): number => {
    const index = indices.get(name);
    if (index === undefined) throw new Error(`no function ${name} is imported`);
    return index;
  };
  const csr = defineCsrAccess(module, functionIndex);
  indices.set('csrRead', csr.read);
  indices.set('csrWrite', csr.write);
  module.importTable('env', 'regions', REGIONS);
  const call = watchesRegisters ? undefined : { type: module.typeIndex(regionSignature) };
  module.defineFunction('run', { parameters: [], results: [] }, generateRun(functionIndex, call));
  return module.encode();
}

/** How regions are called: the index of their signature. Undefined: they are not, and registers are watched. */
type RegionCall = { readonly type: number } | undefined;

function generateRun(functionIndex: FunctionIndex, call: RegionCall): FunctionBody {
  const body = new FunctionBody(0);
  const state = new InterpreterState(body, functionIndex);
  const emit = new InterpreterEmitter(body, functionIndex, state);
  body.loop((resync) => {
    body.call(functionIndex('attend'));
    body.if(() => {
      body.return();
    });
    state.pushWord(REMAINING);
    body.set(state.remaining);
    state.pushWord(DATA_TLB);
    body.set(state.dataTlb);
    state.pushWord(FETCH_TLB);
    body.set(state.fetchTlb);
    if (call === undefined) body.i32Const(0);
    else state.pushWord(HOT_THRESHOLD);
    body.set(state.threshold);
    body.i32Const(0);
    body.memory(MEMORY.i64Load, PC);
    body.set(state.target);
    body.i64Const(-1n);
    body.set(state.page);
    body.block((spent) => {
      body.block((fault) => {
        body.loop((jump) => {
          generateEntry(state, body, functionIndex, resync);
          state.countEntry(state.record);
          body.loop((next) => {
            if (call === undefined) generateRegisterWatch(state, body, functionIndex);
            state.pushAfterStep();
            body.tee(state.remaining);
            body.i32Const(0);
            body.op(I32.ltS);
            body.brIf(spent);
            body.get(state.record);
            body.memory(MEMORY.i32Load16U, RECORD_HANDLER);
            body.set(state.operation);
            generateDispatch(emit, state, body, functionIndex, { resync, fault, jump, next }, call);
          });
        });
      });
      state.storePc();
      state.storeRemaining();
      body.get(state.first);
      body.get(state.record);
      body.call(functionIndex('takeFault'));
      body.br(resync);
    });
    // The budget is spent, or something wants attention and REMAINING holds what is left of it.
    state.storePc();
    state.pushWord(ATTENTION);
    body.op(I32.eqz);
    body.if(() => {
      body.i32Const(0);
      body.i32Const(0);
      body.memory(MEMORY.i32Store, REMAINING);
    });
    body.br(resync);
  });
  return body;
}

/** Between two steps: notes what the last one changed, which may ask for the interpreter to leave. */
function generateRegisterWatch(state: InterpreterState, body: FunctionBody, functionIndex: FunctionIndex): void {
  body.get(state.remaining);
  state.pushPc();
  body.call(functionIndex('noteRegisters'));
  state.pushWord(ATTENTION);
  body.if(() => {
    body.i32Const(0);
    body.set(state.remaining);
  });
}

/** Finds the record of the instruction at `target`. */
function generateEntry(state: InterpreterState, body: FunctionBody, functionIndex: FunctionIndex, resync: Label): void {
  const pushPage = (): void => {
    body.get(state.target);
    body.i64Const(PAGE_MASK);
    body.op(I64.and);
  };
  const storeTarget = (): void => {
    body.i32Const(0);
    body.get(state.target);
    body.memory(MEMORY.i64Store, PC);
  };
  pushPage();
  body.get(state.page);
  body.op(I64.ne);
  body.if(() => {
    body.get(state.target);
    body.i64Const(8n);
    body.op(I64.shrU, I32.wrapI64);
    body.i32Const(TLB_INDEX_MASK);
    body.op(I32.and);
    body.get(state.fetchTlb);
    body.op(I32.add);
    body.tee(state.operation);
    body.memory(MEMORY.i64Load, TLB_FETCH);
    pushPage();
    body.op(I64.eq);
    body.if(
      () => {
        body.get(state.operation);
        body.memory(MEMORY.i32Load, TLB_FETCH + TLB_ADDEND);
        body.set(state.first);
      },
      () => {
        storeTarget();
        // A fetch can trap, which is a step: it must wait when the budget is spent.
        body.get(state.remaining);
        body.op(I32.eqz);
        body.if(() => {
          state.pushWord(ATTENTION);
          body.op(I32.eqz);
          body.if(() => {
            state.storeRemaining();
          });
          body.br(resync);
        });
        body.get(state.target);
        body.call(functionIndex('fetch'));
        body.tee(state.first);
        body.op(I32.eqz);
        body.if(() => {
          body.i32Const(0);
          state.pushAfterStep();
          body.memory(MEMORY.i32Store, REMAINING);
          body.i32Const(0);
          body.i32Const(0);
          body.call(functionIndex('takeFault'));
          body.br(resync);
        });
      },
    );
    pushPage();
    body.set(state.page);
  });
  body.get(state.first);
  body.get(state.target);
  body.op(I32.wrapI64);
  body.i32Const(4094);
  body.op(I32.and);
  body.i32Const(3);
  body.op(I32.shl, I32.add);
  body.set(state.record);
}

function generateDispatch(
  emit: InterpreterEmitter,
  state: InterpreterState,
  body: FunctionBody,
  functionIndex: FunctionIndex,
  labels: Labels,
  call: RegionCall,
): void {
  const open = (handler: number, targets: Label[]): void => {
    if (handler >= 0) {
      body.block((label) => {
        targets.push(label);
        open(handler - 1, targets);
      });
      generateHandler(emit, state, body, functionIndex, labels, handler);
      return;
    }
    const handlers = targets.toReversed();
    body.block((flagged) => {
      body.get(state.operation);
      body.brTable(handlers, flagged);
    });
    body.block((interpret) => {
      if (call !== undefined) generateRegionCall(state, body, labels, interpret, call);
      generateFlagged(state, body, functionIndex, labels);
    });
    body.get(state.record);
    body.memory(MEMORY.i32Load16U, RECORD_HANDLER);
    body.i32Const(RECORD_HANDLER_MASK);
    body.op(I32.and);
    body.brTable(handlers, labels.next);
  };
  open(HANDLER_FIRST + instructions.length - 1, []);
}

function generateHandler(
  emit: InterpreterEmitter,
  state: InterpreterState,
  body: FunctionBody,
  functionIndex: FunctionIndex,
  labels: Labels,
  handler: number,
): void {
  switch (handler) {
    case HANDLER_UNDECODED:
      state.giveBackStep();
      body.get(state.first);
      body.get(state.record);
      body.call(functionIndex('decode'));
      body.br(labels.next);
      return;
    case HANDLER_PAGE_END:
      state.giveBackStep();
      state.pushPc();
      body.set(state.target);
      body.br(labels.jump);
      return;
    case HANDLER_ILLEGAL:
      body.i32Const(0);
      body.i32Const(ILLEGAL_INSTRUCTION + 1);
      body.memory(MEMORY.i32Store, FAULT);
      body.br(labels.fault);
      return;
    default: {
      const instruction = instructions[handler - HANDLER_FIRST];
      if (!instruction) throw new RangeError(`no handler ${handler}`);
      emit.handler(labels, instruction.semantics);
    }
  }
}

/** A record that carries RECORD_REGION: runs the region, then goes to the instruction that it left to be interpreted. */
function generateRegionCall(
  state: InterpreterState,
  body: FunctionBody,
  labels: Labels,
  interpret: Label,
  call: NonNullable<RegionCall>,
): void {
  const left = body.local(WASM_I32);
  const following = body.local(WASM_I32);
  body.get(state.operation);
  body.i32Const(RECORD_REGION);
  body.op(I32.and);
  body.if(() => {
    body.get(state.page);
    state.pushBeforeStep();
    body.get(state.dataTlb);
    state.pushEntry(state.record);
    body.memory(MEMORY.i32Load16U, DECODED_ENTRIES);
    body.i32Const(REGION_ENTRY - 1);
    body.op(I32.and);
    body.callIndirect(call.type);
    body.tee(left);
    body.i32Const(SIDE_EXIT - 1);
    body.op(I32.and);
    body.set(state.remaining);
    body.i32Const(0);
    body.memory(MEMORY.i64Load, PC);
    body.set(state.target);
    body.get(left);
    body.i32Const(0);
    body.op(I32.geS);
    body.brIf(labels.jump);
    body.get(state.first);
    body.get(state.target);
    body.op(I32.wrapI64);
    body.i32Const(4095);
    body.op(I32.and);
    body.i32Const(3);
    body.op(I32.shl, I32.add);
    body.tee(state.record);
    // What follows may be worth a region of its own, which is then entered without a jump.
    body.get(state.record);
    body.memory(MEMORY.i32Load8U, RECORD_ADVANCE);
    body.op(I32.add);
    body.set(following);
    state.countEntry(following);
    body.get(state.remaining);
    body.op(I32.eqz);
    body.brIf(labels.next);
    state.takeStep();
    body.br(interpret);
  });
}

/** A record that carries RECORD_BREAK or RECORD_CROSS: looks closer. */
function generateFlagged(
  state: InterpreterState,
  body: FunctionBody,
  functionIndex: FunctionIndex,
  labels: Labels,
): void {
  const half = body.local(WASM_I32);
  body.get(state.operation);
  body.i32Const(RECORD_BREAK);
  body.op(I32.and);
  body.if(() => {
    state.pushPc();
    state.pushBeforeStep();
    body.call(functionIndex('onBreakpoint'));
    body.if(() => {
      state.storePc();
      body.i32Const(0);
      state.pushBeforeStep();
      body.memory(MEMORY.i32Store, REMAINING);
      body.i32Const(0);
      body.i32Const(LEAVE_BREAKPOINT);
      body.memory(MEMORY.i32Store, LEAVE);
      body.br(labels.resync);
    });
  });
  body.get(state.operation);
  body.i32Const(RECORD_CROSS);
  body.op(I32.and);
  body.if(() => {
    state.pushPc();
    body.i64Const(2n);
    body.op(I64.add);
    body.call(functionIndex('fetchUpperHalf'));
    body.set(half);
    state.pushWord(FAULT);
    body.brIf(labels.fault);
    body.get(half);
    body.get(state.first);
    body.i32Const(DECODED_HEADER);
    body.op(I32.sub);
    body.memory(MEMORY.i32Load, DECODED_CROSS_HALF);
    body.op(I32.ne);
    body.if(() => {
      body.get(state.first);
      body.get(state.record);
      body.get(half);
      body.call(functionIndex('decodeCrossing'));
    });
  });
}
