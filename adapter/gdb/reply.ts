/** Replies that many packets share. */

export const OK = 'OK';
/** The packet is not supported. */
export const UNSUPPORTED = '';
/** The packet is not well-formed (EINVAL). */
export const MALFORMED = 'E16';
/** There is no memory at the address (EFAULT). */
export const BAD_ADDRESS = 'E0e';

/** An error that clients show in words. Not for `m`, whose reply gdb takes for data. */
export function failure(text: string): string {
  return `E.${text}`;
}
