/**
 * The framing of the GDB Remote Serial Protocol (Debugging with GDB, "Overview"): `$payload#checksum`. Payloads are kept
 * as binary strings, a character for each byte: nearly all of the protocol is text.
 */

const DOLLAR = 0x24;
const HASH = 0x23;
const STAR = 0x2a;
const ESCAPE = 0x7d;
const ESCAPE_FLIP = 0x20;
/** A repeat count n is sent as the character n + 29. */
const REPEAT_BIAS = 29;
const ACK = 0x2b;
const NACK = 0x2d;
const INTERRUPT = 0x03;

/** No honest client sends more; a payload beyond it is dropped as if damaged. */
export const MAXIMUM_PAYLOAD = 0x10000;

/** What a stream of bytes from a client consists of. */
export type Incoming =
  | { readonly kind: 'packet'; readonly payload: string }
  /** A packet whose checksum does not fit, or that cannot be decoded. */
  | { readonly kind: 'damaged' }
  | { readonly kind: 'ack' }
  | { readonly kind: 'nack' }
  /** Ctrl-C: a byte 3 outside a packet. */
  | { readonly kind: 'interrupt' };

/** The sum of the bytes, modulo 256. */
function checksum(bytes: Uint8Array | readonly number[]): number {
  let sum = 0;
  for (const byte of bytes) sum = (sum + byte) & 0xff;
  return sum;
}

const mustEscape = (byte: number): boolean => byte === DOLLAR || byte === HASH || byte === STAR || byte === ESCAPE;

/** The bytes of a packet with this payload. Characters above 0xff are not allowed. */
export function encodePacket(payload: string): Uint8Array {
  const body: number[] = [];
  for (let i = 0; i < payload.length; i++) {
    const byte = payload.charCodeAt(i);
    if (byte > 0xff) throw new RangeError(`A packet holds bytes, not U+${byte.toString(16)}.`);
    if (mustEscape(byte)) body.push(ESCAPE, byte ^ ESCAPE_FLIP);
    else body.push(byte);
  }
  const digits = checksum(body).toString(16).padStart(2, '0');
  return Uint8Array.of(DOLLAR, ...body, HASH, digits.charCodeAt(0), digits.charCodeAt(1));
}

/** Undoes escapes and run lengths. Undefined when the bytes are no payload. */
function decodeBody(body: readonly number[]): string | undefined {
  let payload = '';
  for (let i = 0; i < body.length; i++) {
    const byte = body[i] ?? 0;
    if (byte === ESCAPE) {
      const escaped = body[++i];
      if (escaped === undefined) return undefined;
      payload += String.fromCharCode(escaped ^ ESCAPE_FLIP);
    } else if (byte === STAR) {
      const count = (body[++i] ?? 0) - REPEAT_BIAS;
      const last = payload.at(-1);
      if (count < 1 || last === undefined) return undefined;
      payload += last.repeat(count);
    } else {
      payload += String.fromCharCode(byte);
    }
    if (payload.length > MAXIMUM_PAYLOAD) return undefined;
  }
  return payload;
}

/** Takes a client's bytes in pieces of any size and tells what they are. */
export class PacketReader {
  #body: number[] = [];
  #digits = '';
  #state: 'between' | 'body' | 'checksum' = 'between';

  /** What these bytes complete, in order. */
  *read(bytes: Uint8Array): Generator<Incoming> {
    for (const byte of bytes) {
      const incoming = this.#take(byte);
      if (incoming !== undefined) yield incoming;
    }
  }

  #take(byte: number): Incoming | undefined {
    switch (this.#state) {
      case 'between':
        return this.#between(byte);
      case 'body':
        if (byte === HASH) this.#state = 'checksum';
        else if (byte === DOLLAR) this.#begin();
        else if (this.#body.length <= 2 * MAXIMUM_PAYLOAD) this.#body.push(byte);
        return undefined;
      case 'checksum':
        this.#digits += String.fromCharCode(byte);
        if (this.#digits.length < 2) return undefined;
        this.#state = 'between';
        return this.#finish();
    }
  }

  /** Bytes between packets that mean nothing are skipped, as the protocol demands. */
  #between(byte: number): Incoming | undefined {
    if (byte === DOLLAR) this.#begin();
    else if (byte === ACK) return { kind: 'ack' };
    else if (byte === NACK) return { kind: 'nack' };
    else if (byte === INTERRUPT) return { kind: 'interrupt' };
    return undefined;
  }

  #begin(): void {
    this.#body = [];
    this.#digits = '';
    this.#state = 'body';
  }

  #finish(): Incoming {
    const honest = /^[0-9a-fA-F]{2}$/.test(this.#digits) && parseInt(this.#digits, 16) === checksum(this.#body);
    const payload = honest ? decodeBody(this.#body) : undefined;
    return payload === undefined ? { kind: 'damaged' } : { kind: 'packet', payload };
  }
}
