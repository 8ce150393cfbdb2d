/**
 * Where everything lies in the engine's linear memory. Shared by TypeScript and the AssemblyScript core, so it holds
 * plain integer constants only. Addresses below 64 KiB fit the 16-bit operand fields of a decoded record.
 */

// Architectural state of the running hart: [HART_STATE, HART_STATE_END) is saved, restored and digested as it stands.
export const HART_STATE = 0x400;
export const X_REGISTERS = 0x400;
export const F_REGISTERS = 0x500;
export const PC = 0x600;
export const PRIVILEGE = 0x608;
/** 1 while the hart waits in wfi. */
export const WAITING = 0x60c;
/** Physical address of the LR reservation, or all ones. */
export const RESERVATION = 0x610;
export const FFLAGS = 0x618;
export const FRM = 0x61c;
/** Interrupt lines from devices and timers, as mip bits. */
export const INTERRUPT_LINES = 0x620;
/** mip bits that software has set. */
export const MIP_SOFTWARE = 0x628;
export const MSTATUS = 0x630;
export const MEDELEG = 0x638;
export const MIDELEG = 0x640;
export const MIE = 0x648;
export const MTVEC = 0x650;
export const MCOUNTEREN = 0x658;
export const MENVCFG = 0x660;
export const MCOUNTINHIBIT = 0x668;
export const MSCRATCH = 0x670;
export const MEPC = 0x678;
export const MCAUSE = 0x680;
export const MTVAL = 0x688;
export const STVEC = 0x690;
export const SCOUNTEREN = 0x698;
export const SENVCFG = 0x6a0;
export const SSCRATCH = 0x6a8;
export const SEPC = 0x6b0;
export const SCAUSE = 0x6b8;
export const STVAL = 0x6c0;
export const SATP = 0x6c8;
export const STIMECMP = 0x6d0;
/** mcycle minus the counter, and minstret minus the counter. */
export const MCYCLE_OFFSET = 0x6d8;
export const MINSTRET_OFFSET = 0x6e0;
/** 16 bytes: pmp0cfg to pmp15cfg. */
export const PMPCFG = 0x6e8;
/** 16 doublewords. */
export const PMPADDR = 0x700;
export const MHARTID = 0x780;
export const HART_STATE_END = 0x800;

// State of the engine: none of it is visible to the guest.
/** Where writes to x0 go. */
export const X_SINK = 0x800;
/** Counter at which the current slice ends. */
export const SLICE_END = 0x808;
/** Steps left in the slice, as last spilled by the interpreter. */
export const REMAINING = 0x810;
/** Why the interpreter must look up before its next step: bits ATTEND_*. */
export const ATTENTION = 0x814;
/** Why the interpreter left: bits LEAVE_*. */
export const LEAVE = 0x818;
/** A synchronous exception raised by the current instruction: cause + 1, or 0. */
export const FAULT = 0x81c;
export const FAULT_VALUE = 0x820;
/** Ticks that idle time has added to mtime. Saved with the clock, not with the hart. */
export const IDLE_TICKS = 0x828;
export const STEPS_PER_TICK = 0x830;
/** 1 when ecall from S-mode is answered by the built-in SBI. */
export const BUILTIN_SBI = 0x834;
/** TLB blocks of the present data and fetch contexts. */
export const DATA_TLB = 0x838;
export const FETCH_TLB = 0x83c;
/** Counter at which breakpoints are not met, so that a run can leave the one it stands on. All ones: none. */
export const SKIP_COUNTER = 0x840;
export const BREAKPOINT_COUNT = 0x848;
export const WATCH_COUNT = 0x84c;
/** Hits noted since the run began; the last HIT_MAX of them are in HITS, a ring. */
export const HIT_COUNT = 0x850;
export const TRAP_CONDITION_COUNT = 0x854;
/** The moments at which hits were noted since the run began, and at how many of them the engine leaves. */
export const HIT_MOMENTS = 0x858;
export const LEAVE_AT_MOMENTS = 0x860;
export const DIRTY_COUNT = 0x868;
/** Linear addresses of the tables that depend on the size of RAM, and of RAM itself. */
export const RAM_LINEAR = 0x86c;
export const RAM_PAGES = 0x870;
export const PAGE_FLAGS_TABLE = 0x874;
export const PTE_MARKS_TABLE = 0x878;
export const DECODED_PAGE_TABLE = 0x87c;
export const DIRTY_LIST = 0x880;
/** Decoded pages in use. */
export const DECODED_COUNT = 0x884;
/** Counts TLB contexts handed out, to choose a victim. */
export const CONTEXT_CLOCK = 0x888;
/** Counter of the hit noted last; all ones: none since the run began. */
export const LAST_HIT_COUNTER = 0x890;
/** 0 when no device answered the last load. */
export const DEVICE_ANSWERED = 0x89c;
/** mtime minus the clock's ticks; a copy of the CLINT's. */
export const TIME_OFFSET = 0x8b8;
/** Linear address of the hashes of all pages, a doubleword each: core/page-hash.ts. */
export const PAGE_HASHES = 0x8f8;
/** Linear address of the pool of decoded pages. */
export const DECODED_POOL = 0x898;
/** How often a record is jumped to before its region is translated; 0 when nothing is. Below REGION_ENTRY. */
export const HOT_THRESHOLD = 0x8c0;
/** Records that became hot since TypeScript last looked. */
export const HOT_COUNT = 0x8c4;
/** mtimecmp of the CLINT, whose writes need not leave the engine. */
export const MTIMECMP = 0x8c8;
/** Counter at which MTIP or STIP next changes by itself; all ones: never. */
export const TIMER_COUNTER = 0x8d0;
/** Counter at which the slice ends that was asked for. SLICE_END is that or TIMER_COUNTER, whichever comes first. */
export const SLICE_LIMIT = 0x8d8;
/** Header of a decoded page that was used and is free, or 0. */
export const DECODED_FREE = 0x8ec;
/** Linear address of the places of page tables, a doubleword for each page: core/table-guard.ts. */
export const TABLE_PLACES = 0x8f0;
/** Linear addresses of the page-table entries that the last walk read. */
export const WALK_COUNT = 0x8a0;
export const WALK_ENTRIES = 0x8a4;
/** Records that carry RECORD_BREAK, see FLAGGED; more than FLAGGED_MAX: any record may. */
export const FLAGGED_COUNT = 0x8e8;
/** Conditions on registers, in REGISTER_WATCHES; the interpreter that looks at them runs when there are any. */
export const REGISTER_WATCH_COUNT = 0x8e0;
/** While there are conditions on registers: pc of the next step and of the one before, and the counter between them. */
export const REGISTER_WATCH_PC = 0xa08;
export const REGISTER_WATCH_LAST_PC = 0xa10;
export const REGISTER_WATCH_COUNTER = 0xa18;
/** All ones, for what is not gated by another register. */
export const ALL_ONES = 0xa00;
/** Keys of the TLB contexts: 16 doublewords; all ones when unused. */
export const CONTEXT_KEYS = 0x900;
/** Sorted addresses, BREAKPOINT_MAX doublewords. */
export const BREAKPOINTS = 0x130000;
export const BREAKPOINT_MAX = 65535;
/** Access conditions: see WATCH_* for the fields. */
export const WATCHES = 0x1f0000;
export const WATCH_MAX = 8192;
export const WATCH_SIZE = 32;
export const WATCH_ADDRESS = 0;
export const WATCH_LENGTH = 8;
export const WATCH_SPACE = 16;
export const WATCH_ACCESS = 20;
export const WATCH_WHEN = 24;
/** A ring of hits: the one noted as number n (from 0) is in slot n % HIT_MAX. */
export const HITS = 0x340000;
export const HIT_MAX = 4096;
export const HIT_SIZE = 64;
export const HIT_COUNTER = 0;
/** HIT_INSTRUCTION, HIT_ACCESS, HIT_TRAP or HIT_REGISTER. */
export const HIT_KIND = 8;
/** Number of the condition among those of its kind. */
export const HIT_CONDITION = 12;
export const HIT_PC = 16;
/** Address of the access, or cause of the trap. */
export const HIT_ADDRESS = 24;
export const HIT_LENGTH = 32;
export const HIT_WRITE = 36;
/** 1 when a device stored, not the hart. */
export const HIT_BY_DEVICE = 40;
export const HIT_INSTRUCTION = 0;
export const HIT_ACCESS = 1;
export const HIT_TRAP = 2;
export const HIT_REGISTER = 3;
/** For each of BREAKPOINTS a word: the number of its condition, and in the upper half its predicate. */
export const BREAKPOINT_DETAILS = 0x1b0000;
/** Addresses of records that carry RECORD_BREAK, as words. */
export const FLAGGED = 0x10000;
export const FLAGGED_MAX = 2048;
/** Predicates in postfix order: see PREDICATE_* for the fields. Number 0 is always true, and no entry. */
export const PREDICATES = 0x230000;
export const PREDICATE_MAX = 32768;
export const PREDICATE_SIZE = 32;
/** OPERATION_*; then a comparison's COMPARE_*, its width in bytes, and 1 when it is signed: a byte each. */
export const PREDICATE_OPERATION = 0;
export const PREDICATE_COMPARISON = 1;
export const PREDICATE_WIDTH = 2;
export const PREDICATE_SIGNED = 3;
/** Linear address of what is compared, or 0 for guest memory at PREDICATE_ADDRESS. */
export const PREDICATE_SOURCE = 4;
export const PREDICATE_ADDRESS = 8;
export const PREDICATE_MASK = 16;
export const PREDICATE_VALUE = 24;
export const OPERATION_COMPARE = 0;
export const OPERATION_AND = 1;
export const OPERATION_OR = 2;
export const OPERATION_NOT = 3;
export const OPERATION_END = 4;
/** Compares guest memory at PREDICATE_ADDRESS bytes from the address in the register that PREDICATE_SOURCE leads to. */
export const OPERATION_COMPARE_AT = 5;
export const COMPARE_EQUAL = 0;
export const COMPARE_NOT_EQUAL = 1;
export const COMPARE_LESS = 2;
export const COMPARE_LESS_OR_EQUAL = 3;
export const COMPARE_GREATER = 4;
export const COMPARE_GREATER_OR_EQUAL = 5;
/** Conditions on registers: see REGISTER_WATCH_* for the fields. */
export const REGISTER_WATCHES = 0x330000;
export const REGISTER_WATCH_MAX = 1024;
export const REGISTER_WATCH_SIZE = 32;
/** What is watched is ((doubleword at SOURCE | that at OTHER) & that at GATE) & MASK; VALUE is what it was before the step. */
export const REGISTER_WATCH_SOURCE = 0;
export const REGISTER_WATCH_OTHER = 4;
export const REGISTER_WATCH_GATE = 8;
export const REGISTER_WATCH_WHEN = 12;
export const REGISTER_WATCH_MASK = 16;
export const REGISTER_WATCH_VALUE = 24;
/** Trap conditions. */
export const TRAPS = 0x338000;
export const TRAP_CONDITION_MAX = 1024;
export const TRAP_CONDITION_SIZE = 16;
/** scause numbering, interrupts with the top bit set; all ones: any cause. */
export const TRAP_CAUSE = 0;
export const TRAP_WHEN = 8;
/** HOT_MAX words. */
export const HOT_LIST = 0x18000;
export const HOT_MAX = 256;
/** Bytes after the boot ROM that TypeScript may lend itself, for hashing what lies outside. */
export const SCRATCH_SIZE = 0x100000;

// Software TLB. A context block holds three direct-mapped arrays: read, write, fetch.
export const TLB_ENTRIES = 1024;
export const TLB_ENTRY_SIZE = 16;
/** Selects an entry by a virtual address shifted right by 8. */
export const TLB_INDEX_MASK = 1023 << 4;
/** Offset of an entry's second half: what to add to a virtual address, or the first record of a page. */
export const TLB_ADDEND = 8;
export const TLB_WRITE = 0x4000;
export const TLB_FETCH = 0x8000;
export const TLB_CONTEXT_SIZE = 0xc000;
export const TLB_CONTEXTS = 16;
export const TLB_POOL = 0x20000;
/** Set in the tag of an entry for a watched page, which then matches no address: see core/watch.ts. */
export const TLB_WATCHED = 0x800;
/** In such an entry: the offsets in the page of the first and the last byte that any condition touches, 16 bits each. */
export const TLB_WATCHED_FIRST = 12;
export const TLB_WATCHED_LAST = 14;

// Decoded pages.
export const RECORD_SIZE = 16;
export const RECORD_HANDLER = 0;
export const RECORD_RD = 2;
export const RECORD_RS1 = 4;
export const RECORD_RS2 = 6;
export const RECORD_IMM = 8;
/** rs3 address, or CSR index. */
export const RECORD_EXTRA = 12;
/** Distance to the next record, bytes. */
export const RECORD_ADVANCE = 14;
export const RECORD_RM = 15;
export const DECODED_HEADER = 32;
/** Header: index of the physical page, and the upper half of an instruction that crosses the page's end. */
export const DECODED_PHYSICAL = 0;
export const DECODED_CROSS_HALF = 4;
/** Header: how often an instruction stored to the page; the header of the next page that is free, or 0. */
export const DECODED_STORES = 8;
export const DECODED_NEXT_FREE = 12;
/**
 * From the first record: a word for each slot that says how often it was jumped to, up to HOT_THRESHOLD, or which region
 * begins there (REGION_ENTRY and its index in the table); and a bit for each slot that a region was made of.
 */
export const DECODED_ENTRIES = 32800;
export const DECODED_COVERAGE = 36904;
export const DECODED_COVERAGE_SIZE = 256;
/** 2048 slots, and two that mark the end of the page; entries and coverage follow them. */
export const DECODED_STRIDE = 37248;
export const DECODED_MAX = 2048;
/** Handler field: a breakpoint may lie here; the instruction crosses the page's end; a region begins here. */
export const RECORD_BREAK = 0x8000;
export const RECORD_CROSS = 0x4000;
export const RECORD_REGION = 0x2000;
export const RECORD_HANDLER_MASK = 0x0fff;
export const REGION_ENTRY = 0x8000;
/** Handlers that are not instructions. */
export const HANDLER_UNDECODED = 0;
export const HANDLER_PAGE_END = 1;
export const HANDLER_ILLEGAL = 2;
export const HANDLER_FIRST = 3;

/** What instructions were decoded to, by their bits: 8192 of 32 bytes each, see core/decode.ts. */
export const DECODINGS = 0xe0000;
export const DECODINGS_MASK = 8191;

/** Static data of the core; what stop conditions are kept in follows it. */
export const CORE_DATA = 0x120000;
export const FIXED_END = 0x380000;

export const PAGE_DIRTY = 1;
export const PAGE_CODE = 2;
export const PAGE_TABLE = 4;

export const ATTEND_INTERRUPTS = 1;
export const ATTEND_LEAVE = 2;
/** A deadline, or what it is compared with, has changed. */
export const ATTEND_TIMERS = 4;

export const LEAVE_SBI = 1;
export const LEAVE_WAIT = 4;
export const LEAVE_BREAKPOINT = 8;
export const LEAVE_ACCESS = 16;
export const LEAVE_TRAP = 32;
export const LEAVE_DEVICE = 64;
/** The machine's own watch was met. */
export const LEAVE_OWN_ACCESS = 128;
export const LEAVE_REGISTER = 256;

export const ACCESS_READ = 1;
export const ACCESS_WRITE = 2;
export const ACCESS_CHANGE = 4;
/** Any write, for the machine itself: no hit. */
export const ACCESS_OWN_WRITE = 8;
export const SPACE_VIRTUAL = 0;
export const SPACE_PHYSICAL = 1;

/** Physical addresses. */
export const RAM_BASE = 0x80000000;
export const CLINT_MTIMECMP = 0x2004000;
export const CLINT_MTIME = 0x200bff8;
export const MROM_BASE = 0x1000;
export const MROM_PAGES = 15;
