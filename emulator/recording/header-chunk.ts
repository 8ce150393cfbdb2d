import { JsonReader } from './json.ts';
import type { BuildIdentity } from './machine-version.ts';
import { FORMAT_VERSION } from './machine-version.ts';
import { PayloadReader, PayloadWriter } from './payload.ts';

/** `HEAD`: always the first chunk. Its first four bytes, the version, have the same meaning in every version. */
export interface Header {
  readonly major: number;
  readonly minor: number;
  /** Absent when the major version is another: nothing else of the file is then understood. */
  readonly build: BuildIdentity | undefined;
}

export function encodeHeader(build: BuildIdentity): Uint8Array {
  return new PayloadWriter()
    .u8(FORMAT_VERSION.major & 0xff)
    .u8(FORMAT_VERSION.major >>> 8)
    .u8(FORMAT_VERSION.minor & 0xff)
    .u8(FORMAT_VERSION.minor >>> 8)
    .raw(new TextEncoder().encode(JSON.stringify({ program: build.program, machine: build.machine })))
    .finish();
}

/** Throws a RangeError or a JsonShapeError when the payload is not a header. */
export function decodeHeader(payload: Uint8Array): Header {
  const reader = new PayloadReader(payload);
  const major = reader.u8() | (reader.u8() << 8);
  const minor = reader.u8() | (reader.u8() << 8);
  if (major !== FORMAT_VERSION.major) return { major, minor, build: undefined };
  const json = JsonReader.parse(new TextDecoder().decode(reader.raw(reader.remaining)), 'header');
  // A later minor version may say more: no `end()` here.
  return { major, minor, build: { program: json.text('program'), machine: json.integer('machine', 0, 2 ** 31) } };
}
