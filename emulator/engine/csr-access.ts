import { csrs, type Csr, type CsrSlot } from '../riscv/csr.ts';
import {
  ATTEND_INTERRUPTS,
  ATTENTION,
  FAULT,
  MCAUSE,
  MCOUNTEREN,
  MEDELEG,
  MENVCFG,
  MEPC,
  MHARTID,
  MIE,
  MSCRATCH,
  MSTATUS,
  MTVAL,
  MTVEC,
  PRIVILEGE,
  SCAUSE,
  SCOUNTEREN,
  SENVCFG,
  SEPC,
  SSCRATCH,
  STIMECMP,
  STVAL,
  STVEC,
} from './layout.ts';
import { WASM_I32, WASM_I64 } from './wasm/types.ts';
import { FunctionBody, type Label } from './wasm/function-body.ts';
import type { WasmModule } from './wasm/module.ts';
import { I32, I64, MEMORY } from './wasm/opcodes.ts';

/**
 * CSR access, generated from the description: `csrRead(index)` and `csrWrite(index, value, change)` check whether the
 * access is legal and raise illegal-instruction in FAULT where it is not; `csrPeek(index)` only reads.
 */

/** Where a stored CSR lies. */
export const slotAddress: Readonly<Record<CsrSlot, number>> = {
  medeleg: MEDELEG,
  mie: MIE,
  mcounteren: MCOUNTEREN,
  mscratch: MSCRATCH,
  mepc: MEPC,
  mcause: MCAUSE,
  mtval: MTVAL,
  mhartid: MHARTID,
  scounteren: SCOUNTEREN,
  sscratch: SSCRATCH,
  sepc: SEPC,
  scause: SCAUSE,
  stval: STVAL,
  senvcfg: SENVCFG,
  mtvec: MTVEC,
  stvec: STVEC,
  stimecmp: STIMECMP,
  menvcfg: MENVCFG,
};

/** How `csrWrite` combines its value with what is stored. */
export const CHANGE_WRITE = 0;
export const CHANGE_SET = 1;
export const CHANGE_CLEAR = 2;

/** Index of a CSR in the generated functions; the first one after the last CSR means "no such CSR". */
const indexByNumber = new Map(csrs.map((csr, index) => [csr.number, index]));
export function csrIndex(number: number): number {
  return indexByNumber.get(number) ?? csrs.length;
}

const ILLEGAL_INSTRUCTION = 2;
const MSTATUS_FS = 0x6000n;
const MSTATUS_TVM = 1n << 20n;
const MENVCFG_STCE = 1n << 63n;

type CoreFunctions = (name: string) => number;

function loadWord(body: FunctionBody, address: number): void {
  body.i32Const(0);
  body.memory(MEMORY.i32Load, address);
}
function loadDoubleword(body: FunctionBody, address: number): void {
  body.i32Const(0);
  body.memory(MEMORY.i64Load, address);
}

/** Leaves 1 on the stack when (doubleword & mask) is zero. */
function bitsClear(body: FunctionBody, address: number, mask: bigint): void {
  loadDoubleword(body, address);
  body.i64Const(mask);
  body.op(I64.and, I64.eqz);
}

/** Branches to `illegal` unless the present privilege and the CSR's guard allow the access. */
function check(body: FunctionBody, csr: Csr, illegal: Label): void {
  const lowest = (csr.number >> 8) & 3;
  if (lowest > 0) {
    loadWord(body, PRIVILEGE);
    body.i32Const(lowest);
    body.op(I32.ltU);
    body.brIf(illegal);
  }
  const { guard } = csr;
  if (!guard) return;
  switch (guard.kind) {
    case 'float':
      bitsClear(body, MSTATUS, MSTATUS_FS);
      body.brIf(illegal);
      return;
    case 'counter': {
      const bit = 1n << BigInt(guard.bit);
      loadWord(body, PRIVILEGE);
      body.i32Const(3);
      body.op(I32.ltU);
      bitsClear(body, MCOUNTEREN, bit);
      body.op(I32.and);
      body.brIf(illegal);
      loadWord(body, PRIVILEGE);
      body.op(I32.eqz);
      bitsClear(body, SCOUNTEREN, bit);
      body.op(I32.and);
      body.brIf(illegal);
      return;
    }
    case 'virtual-memory':
      loadWord(body, PRIVILEGE);
      body.i32Const(1);
      body.op(I32.eq);
      bitsClear(body, MSTATUS, MSTATUS_TVM);
      body.op(I32.eqz, I32.and);
      body.brIf(illegal);
      return;
    case 'timer':
      loadWord(body, PRIVILEGE);
      body.i32Const(3);
      body.op(I32.ltU);
      bitsClear(body, MCOUNTEREN, 2n);
      bitsClear(body, MENVCFG, MENVCFG_STCE);
      body.op(I32.or, I32.and);
      body.brIf(illegal);
      return;
  }
}

/** Leaves the CSR's value on the stack. */
function read(body: FunctionBody, csr: Csr, core: CoreFunctions): void {
  const { behaviour } = csr;
  switch (behaviour.kind) {
    case 'constant':
      body.i64Const(behaviour.value);
      return;
    case 'stored':
      loadDoubleword(body, slotAddress[behaviour.slot]);
      return;
    case 'core':
      body.i32Const(behaviour.argument);
      body.call(core(behaviour.read));
      return;
  }
}

/** Branches to the code of the CSR with this index, or to `otherwise`; `emit` writes each one's code, which must return or branch. */
function dispatch(body: FunctionBody, otherwise: Label, emit: (csr: Csr) => void): void {
  // Blocks nest from the last CSR outwards to the first, innermost: the code after a block's end is that CSR's.
  const open = (index: number, labels: Label[]): void => {
    if (index < 0) {
      body.get(0);
      body.brTable(labels.toReversed(), otherwise);
      return;
    }
    body.block((label) => {
      labels.push(label);
      open(index - 1, labels);
    });
    const csr = csrs[index];
    if (!csr) throw new RangeError('no such CSR');
    emit(csr);
  };
  open(csrs.length - 1, []);
}

function raiseIllegal(body: FunctionBody): void {
  body.i32Const(0);
  body.i32Const(ILLEGAL_INSTRUCTION + 1);
  body.memory(MEMORY.i32Store, FAULT);
}

function defineRead(module: WasmModule, core: CoreFunctions, name: string, checked: boolean): number {
  const body = new FunctionBody(1);
  body.block((illegal) => {
    dispatch(body, illegal, (csr) => {
      if (checked) check(body, csr, illegal);
      read(body, csr, core);
      body.return();
    });
  });
  if (checked) raiseIllegal(body);
  body.i64Const(0n);
  return module.defineFunction(name, { parameters: [WASM_I32], results: [WASM_I64] }, body);
}

/** Defines the functions in `module`; returns the indices of those that generated code calls. */
export function defineCsrAccess(module: WasmModule, core: CoreFunctions): { read: number; write: number } {
  const readIndex = defineRead(module, core, 'csrRead', true);
  defineRead(module, core, 'csrPeek', false);
  const write = defineWrite(module, core, 'csrWrite', true);
  defineWrite(module, core, 'csrPoke', false);
  return { read: readIndex, write };
}

function defineWrite(module: WasmModule, core: CoreFunctions, name: string, checked: boolean): number {
  const value = 1;
  const change = 2;
  const body = new FunctionBody(3);
  const old = body.local(WASM_I64);
  body.block((illegal) => {
    dispatch(body, illegal, (csr) => {
      const { behaviour } = csr;
      const readOnly = csr.number >> 10 === 3;
      if (readOnly && checked) {
        body.br(illegal);
        return;
      }
      if (checked) check(body, csr, illegal);
      if (behaviour.kind === 'constant' || (behaviour.kind === 'core' && behaviour.write === undefined)) {
        body.return();
        return;
      }
      body.get(change);
      body.if(() => {
        if (behaviour.kind === 'core' && behaviour.write === 'writeMip') {
          body.i32Const(0);
          body.call(core('storedMip'));
        } else {
          read(body, csr, core);
        }
        body.set(old);
        body.get(old);
        body.get(value);
        body.op(I64.or);
        body.get(old);
        body.get(value);
        body.i64Const(-1n);
        body.op(I64.xor, I64.and);
        body.get(change);
        body.i32Const(CHANGE_SET);
        body.op(I32.eq, 0x1b);
        body.set(value);
      });
      if (behaviour.kind === 'stored') {
        body.i32Const(0);
        body.get(value);
        body.i64Const(behaviour.writable);
        body.op(I64.and);
        body.memory(MEMORY.i64Store, slotAddress[behaviour.slot]);
      } else if (behaviour.write !== undefined) {
        body.i32Const(behaviour.argument);
        body.get(value);
        body.call(core(behaviour.write));
      }
      if (csr.effects) {
        body.i32Const(0);
        loadWord(body, ATTENTION);
        body.i32Const(ATTEND_INTERRUPTS);
        body.op(I32.or);
        body.memory(MEMORY.i32Store, ATTENTION);
      }
      body.return();
    });
  });
  if (checked) raiseIllegal(body);
  return module.defineFunction(name, { parameters: [WASM_I32, WASM_I64, WASM_I32], results: [] }, body);
}
