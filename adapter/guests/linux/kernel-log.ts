import type { LogMessage } from '../guest.ts';
import { KernelObject, type KernelView } from '../kernel-object.ts';

/**
 * The messages in printk's ring buffer (kernel/printk/printk_ringbuffer.h, since 5.10): a ring of descriptors, each with a
 * record of information and a block of text in a second ring.
 */

/** The state of a descriptor is in the two upper bits of its state_var, the descriptor's identifier in the rest. */
const STATE_SHIFT = 62n;
const ID_MASK = (1n << STATE_SHIFT) - 1n;
const COMMITTED = 1n;
const FINALIZED = 2n;
/** Positions with this bit stand for a record without text. */
const NO_TEXT = 1n;

export function kernelLog(kernel: KernelView): readonly LogMessage[] {
  const ring = KernelObject.variable(kernel, 'prb').target();
  if (ring === undefined) return [];
  const descriptors = ring.member('desc_ring');
  const count = 1n << BigInt(descriptors.member('count_bits').number());
  const headId = descriptors.member('head_id').unsigned() & ID_MASK;
  const tailId = descriptors.member('tail_id').unsigned() & ID_MASK;
  const texts = textRing(kernel, ring.member('text_data_ring'));
  const descriptorAt = elements(kernel, 'prb_desc', descriptors.member('descs').unsigned());
  const informationAt = elements(kernel, 'printk_info', descriptors.member('infos').unsigned());

  const messages: LogMessage[] = [];
  for (let id = tailId; ; id = (id + 1n) & ID_MASK) {
    const index = Number(id % count);
    const descriptor = descriptorAt(index);
    const state = descriptor.member('state_var').unsigned();
    const isWritten = state >> STATE_SHIFT === COMMITTED || state >> STATE_SHIFT === FINALIZED;
    if (isWritten && (state & ID_MASK) === id) {
      const information = informationAt(index);
      const text = texts(descriptor, information.member('text_len').number());
      messages.push({
        sequence: information.member('seq').number(),
        time: information.member('ts_nsec').unsigned(),
        level: information.member('level').number(),
        facility: information.member('facility').number(),
        text,
      });
    }
    if (id === headId) return messages;
  }
}

function elements(kernel: KernelView, tag: string, base: bigint): (index: number) => KernelObject {
  const size = BigInt(KernelObject.at(kernel, tag, 0n).size);
  return (index) => KernelObject.at(kernel, tag, base + size * BigInt(index));
}

/** The text of a descriptor's block. One that does not fit before the end of the ring begins at its start instead. */
function textRing(kernel: KernelView, ring: KernelObject): (descriptor: KernelObject, length: number) => string {
  const size = 1n << BigInt(ring.member('size_bits').number());
  const data = ring.member('data').unsigned();
  const identifierSize = BigInt(KernelObject.at(kernel, 'prb_data_block', 0n).member('id').size);
  return (descriptor, length) => {
    const begin = descriptor.member('text_blk_lpos.begin').unsigned();
    const next = descriptor.member('text_blk_lpos.next').unsigned();
    if ((begin & NO_TEXT) !== 0n || length === 0) return '';
    const wraps = begin / size !== (next - 1n) / size;
    const at = data + (wraps ? 0n : begin % size) + identifierSize;
    const bytes = kernel.read(at, length);
    return bytes === undefined ? '' : new TextDecoder().decode(bytes);
  };
}

/** Lines as `dmesg` and the console show them: `[    0.000000] text`, a line of the message each. */
export function formatLog(messages: readonly LogMessage[]): string {
  return messages.flatMap(formatMessage).join('\n');
}

function formatMessage({ time, text }: LogMessage): readonly string[] {
  const microseconds = time / 1000n;
  const seconds = String(microseconds / 1_000_000n).padStart(5);
  const fraction = String(microseconds % 1_000_000n).padStart(6, '0');
  return text.split('\n').map((line) => `[${seconds}.${fraction}] ${line}`);
}
