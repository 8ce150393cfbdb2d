/** A device tree in memory (Devicetree Specification 0.4, chapter 2). Property values are kept as the bytes they are stored as. */

export interface DeviceTreeNode {
  /** With the unit address: `cpu@0`. Empty for the root. */
  readonly name: string;
  readonly properties: Map<string, Uint8Array>;
  readonly children: DeviceTreeNode[];
}

/** A value as a source file would write it: cells, text, several texts, bytes, or a property without value. */
export type PropertyValue =
  | { readonly cells: readonly number[] }
  | { readonly text: string }
  | { readonly texts: readonly string[] }
  | { readonly bytes: Uint8Array }
  | 'empty';

/** A memory reservation: a range that the kernel must not use as ordinary memory. */
export interface MemoryReservation {
  readonly address: bigint;
  readonly size: bigint;
}

export interface DeviceTree {
  readonly root: DeviceTreeNode;
  readonly reservations: readonly MemoryReservation[];
  /** The hart that boots. */
  readonly bootHart: number;
}

export function node(
  name: string,
  properties: Readonly<Record<string, PropertyValue>>,
  children: readonly DeviceTreeNode[] = [],
): DeviceTreeNode {
  const encoded = new Map(Object.entries(properties).map(([key, value]) => [key, encodeProperty(value)]));
  return { name, properties: encoded, children: [...children] };
}

export function setProperty(target: DeviceTreeNode, name: string, value: PropertyValue): void {
  target.properties.set(name, encodeProperty(value));
}

/** The child with this full name, created when absent. */
export function ensureChild(parent: DeviceTreeNode, name: string): DeviceTreeNode {
  const existing = parent.children.find((child) => child.name === name);
  if (existing) return existing;
  const created = node(name, {});
  parent.children.push(created);
  return created;
}

/** A number as the two cells that `#address-cells = <2>` asks for; below 2^53. */
export function twoCells(value: number): readonly [number, number] {
  return [Math.floor(value / 2 ** 32), value % 2 ** 32];
}

/** Cells are 32-bit and big-endian; texts are UTF-8, each ended by a zero byte. */
export function encodeProperty(value: PropertyValue): Uint8Array {
  if (value === 'empty') return new Uint8Array(0);
  if ('bytes' in value) return value.bytes;
  if ('text' in value) return encodeTexts([value.text]);
  if ('texts' in value) return encodeTexts(value.texts);
  const bytes = new Uint8Array(value.cells.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, cell] of value.cells.entries()) view.setUint32(index * 4, cell);
  return bytes;
}

function encodeTexts(texts: readonly string[]): Uint8Array {
  return new TextEncoder().encode(texts.map((text) => `${text}\0`).join(''));
}
