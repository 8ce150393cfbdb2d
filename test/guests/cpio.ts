/**
 * Writes cpio archives in the "newc" format, which Linux unpacks as its initramfs (Linux, "initramfs buffer format").
 * Everything that could differ between two writers (times, owners, inode numbers) is fixed: equal entries give equal bytes.
 */

export type CpioEntry =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string; readonly content: Uint8Array; readonly executable: boolean }
  | { readonly kind: 'symbolic-link'; readonly path: string; readonly target: string };

const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;
const S_IFLNK = 0o120000;
const TRAILER = 'TRAILER!!!';

function mode(entry: CpioEntry): number {
  switch (entry.kind) {
    case 'directory':
      return S_IFDIR | 0o755;
    case 'file':
      return S_IFREG | (entry.executable ? 0o755 : 0o644);
    case 'symbolic-link':
      return S_IFLNK | 0o777;
  }
}

function content(entry: CpioEntry): Uint8Array {
  switch (entry.kind) {
    case 'directory':
      return new Uint8Array(0);
    case 'file':
      return entry.content;
    case 'symbolic-link':
      return new TextEncoder().encode(entry.target);
  }
}

/** The 110 bytes before a name: a magic number and 13 fields of 8 hexadecimal digits. */
function header(inode: number, fileMode: number, links: number, size: number, nameLength: number): string {
  const fields = [inode, fileMode, 0, 0, links, 0, size, 0, 0, 0, 0, nameLength + 1, 0];
  return '070701' + fields.map((field) => field.toString(16).padStart(8, '0')).join('');
}

/** The archive of these entries in the order given; a directory must come before what it holds. */
export function cpioArchive(entries: readonly CpioEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  const append = (bytes: Uint8Array): void => {
    const padded = new Uint8Array((bytes.length + 3) & ~3);
    padded.set(bytes);
    parts.push(padded);
    length += padded.length;
  };
  const appendHead = (head: string, name: string): void => {
    append(new TextEncoder().encode(`${head}${name}\0`));
  };
  entries.forEach((entry, index) => {
    const bytes = content(entry);
    const nameLength = new TextEncoder().encode(entry.path).length;
    const links = entry.kind === 'directory' ? 2 : 1;
    appendHead(header(index + 1, mode(entry), links, bytes.length, nameLength), entry.path);
    append(bytes);
  });
  appendHead(header(0, 0, 1, 0, TRAILER.length), TRAILER);

  const archive = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    archive.set(part, offset);
    offset += part.length;
  }
  return archive;
}
