/** Which of the machine's images an error is about, so that the caller can name the file. */
export type ImageRole = 'kernel' | 'initrd' | 'dtb' | 'firmware' | 'drive';

/** An image cannot be loaded. The message is a sentence for the person: what is wrong, where, and what to do. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
  readonly role: ImageRole | undefined;

  constructor(message: string, role?: ImageRole) {
    super(message);
    this.role = role;
  }
}

/** An address or size as messages write it. */
export function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
