import type { Device, InterruptLine, StateReader, StateWriter } from '../device.ts';
import { PLIC, PLIC_SOURCES } from '../memory-map.ts';

const PRIORITY = 0x0;
const PENDING = 0x1000;
const ENABLE = 0x2000;
const ENABLE_STRIDE = 0x80;
const CONTEXT = 0x20_0000;
const CONTEXT_STRIDE = 0x1000;
const THRESHOLD = 0x0;
const CLAIM = 0x4;

/** Priorities are 0 (never interrupts) to 7, as on QEMU's board. */
const PRIORITY_MASK = 7;
const WORDS = PLIC_SOURCES / 32;

interface Context {
  readonly output: InterruptLine;
  readonly enabled: Uint32Array;
  threshold: number;
}

/**
 * Platform-level interrupt controller (RISC-V PLIC specification 1.0.0), with level-triggered sources.
 *
 * A line that rises makes its source pending, until it is claimed: one that falls before does not take the request back.
 * While a source is claimed its line is not looked at; one that is high at completion makes it pending again. (QEMU looks
 * at every update of the device instead. The two differ only for a driver that completes before it has quietened the
 * device.) Source 0 does not exist.
 */
export class Plic implements Device {
  readonly name = 'plic';
  readonly region = PLIC;
  readonly #contexts: readonly Context[];
  /** By source. Source 96 has a priority, but no interrupt: the board ends at 95. */
  readonly #priority = new Uint8Array(PLIC_SOURCES + 1);
  readonly #level = new Uint32Array(WORDS);
  readonly #pending = new Uint32Array(WORDS);
  readonly #claimed = new Uint32Array(WORDS);

  /** `outputs[2 * hart]` is the hart's M-mode external interrupt pin, the next one its S-mode pin. */
  constructor(outputs: readonly InterruptLine[]) {
    this.#contexts = outputs.map((output) => ({ output, enabled: new Uint32Array(WORDS), threshold: 0 }));
  }

  /** The wire into source `id`, 1 to 95. */
  source(id: number): InterruptLine {
    if (id < 1 || id >= PLIC_SOURCES) throw new RangeError(`the PLIC has no source ${id}`);
    return {
      set: (level) => {
        if (test(this.#level, id) === level) return;
        assign(this.#level, id, level);
        if (!level || test(this.#claimed, id)) return;
        assign(this.#pending, id, true);
        this.#update();
      },
    };
  }

  read(offset: number): number {
    const context = this.#contextAt(offset);
    if (context && (offset - CONTEXT) % CONTEXT_STRIDE === CLAIM) return this.#claim(context);
    return this.peek(offset);
  }

  peek(offset: number): number {
    const context = this.#contextAt(offset);
    if (context) {
      switch ((offset - CONTEXT) % CONTEXT_STRIDE) {
        case THRESHOLD:
          return context.threshold;
        case CLAIM:
          return this.#best(context);
        default:
          return 0;
      }
    }
    if (offset >= CONTEXT) return 0;
    if (offset >= ENABLE) return this.#enabledAt(offset)?.[((offset - ENABLE) % ENABLE_STRIDE) >> 2] ?? 0;
    if (offset >= PENDING) return this.#pending[(offset - PENDING) >> 2] ?? 0;
    return this.#priority[(offset - PRIORITY) >> 2] ?? 0;
  }

  write(offset: number, _width: 1 | 2 | 4, value: number): void {
    const context = this.#contextAt(offset);
    if (context) {
      switch ((offset - CONTEXT) % CONTEXT_STRIDE) {
        case THRESHOLD:
          context.threshold = value & PRIORITY_MASK;
          break;
        case CLAIM:
          this.#complete(value);
          break;
        default:
      }
    } else if (offset >= ENABLE && offset < CONTEXT) {
      const enabled = this.#enabledAt(offset);
      const word = ((offset - ENABLE) % ENABLE_STRIDE) >> 2;
      if (enabled && word < WORDS) enabled[word] = value;
    } else if (offset > 0 && offset >> 2 < this.#priority.length) {
      this.#priority[offset >> 2] = value & PRIORITY_MASK;
    }
    this.#update();
  }

  reset(): void {
    this.#priority.fill(0);
    for (const words of [this.#level, this.#pending, this.#claimed]) words.fill(0);
    for (const context of this.#contexts) {
      context.enabled.fill(0);
      context.threshold = 0;
    }
    this.#update();
  }

  save(writer: StateWriter): void {
    for (const priority of this.#priority) writer.u8(priority);
    for (const words of [this.#level, this.#pending, this.#claimed]) saveWords(writer, words);
    for (const context of this.#contexts) {
      saveWords(writer, context.enabled);
      writer.u8(context.threshold);
    }
  }

  restore(reader: StateReader): void {
    for (let id = 0; id < this.#priority.length; id++) this.#priority[id] = reader.u8();
    for (const words of [this.#level, this.#pending, this.#claimed]) restoreWords(reader, words);
    for (const context of this.#contexts) {
      restoreWords(reader, context.enabled);
      context.threshold = reader.u8();
    }
    this.#update();
  }

  #contextAt(offset: number): Context | undefined {
    return offset < CONTEXT ? undefined : this.#contexts[Math.floor((offset - CONTEXT) / CONTEXT_STRIDE)];
  }

  #enabledAt(offset: number): Uint32Array | undefined {
    return this.#contexts[Math.floor((offset - ENABLE) / ENABLE_STRIDE)]?.enabled;
  }

  /** The enabled pending source of the highest priority above the threshold, the lowest number first; 0 for none. */
  #best(context: Context): number {
    let best = 0;
    let bestPriority = context.threshold;
    for (let word = 0; word < WORDS; word++) {
      let candidates = (this.#pending[word] ?? 0) & (context.enabled[word] ?? 0);
      while (candidates !== 0) {
        const bit = 31 - Math.clz32(candidates & -candidates);
        candidates &= candidates - 1;
        const id = word * 32 + bit;
        const priority = this.#priority[id] ?? 0;
        if (id !== 0 && priority > bestPriority) {
          best = id;
          bestPriority = priority;
        }
      }
    }
    return best;
  }

  #claim(context: Context): number {
    const id = this.#best(context);
    if (id !== 0) {
      assign(this.#pending, id, false);
      assign(this.#claimed, id, true);
      this.#update();
    }
    return id;
  }

  #complete(id: number): void {
    if (id < 1 || id >= PLIC_SOURCES) return;
    assign(this.#claimed, id, false);
    if (test(this.#level, id)) assign(this.#pending, id, true);
  }

  #update(): void {
    for (const context of this.#contexts) context.output.set(this.#best(context) !== 0);
  }
}

function test(words: Uint32Array, id: number): boolean {
  return (((words[id >> 5] ?? 0) >>> (id & 31)) & 1) === 1;
}

function assign(words: Uint32Array, id: number, value: boolean): void {
  const mask = 1 << (id & 31);
  const word = words[id >> 5] ?? 0;
  words[id >> 5] = value ? word | mask : word & ~mask;
}

function saveWords(writer: StateWriter, words: Uint32Array): void {
  for (const word of words) writer.u32(word);
}

function restoreWords(reader: StateReader, words: Uint32Array): void {
  for (let word = 0; word < words.length; word++) words[word] = reader.u32();
}
