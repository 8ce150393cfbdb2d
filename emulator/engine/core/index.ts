// The engine's core: what is neither an instruction nor generated. Every export is called by the generated interpreter
// or by engine.ts.
export { loadSlow, storeSlow } from './access';
export { atomic, loadReserved, storeConditional } from './atomic';
export { noteHot } from './decoded';
export { decode, decodeCrossing } from './decode';
export { cacheBlock } from './cache-block';
export { fetch, fetchUpperHalf } from './fetch';
export { breakpointsChanged, onBreakpoint } from './breakpoint';
export { attend, ebreak, ecall, fenceVirtual, mret, mustWake, sret, takeFault, wfi } from './trap';
export * from './csr';
export * from './float';
export { multiplyHigh } from './multiply';
export { hashBegin, hashFinish, hashUpdate } from './hash';
export { alteredPages, pageHash, rehashPages } from './page-hash';
export { prepareWrite } from './pages';
export { updateTimers } from './timer';
export { translate } from './translation';
export { flushAll, flushWrites, resetTlb, selectContexts } from './tlb';
export { pmpChanged } from './pmp';
export { noteDeviceStore } from './watch';
export { beginRegisters, noteRegisters } from './register-watch';
