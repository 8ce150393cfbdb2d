/**
 * An empty disk image in the format qcow2, version 2 (QEMU, docs/interop/qcow2.txt): QEMU keeps the snapshots of its reverse
 * debugging in one.
 */
export function emptyQcow2(size: number): Uint8Array {
  const clusterBits = 16;
  const cluster = 2 ** clusterBits;
  // Clusters: the header, the table of reference counts, its one block, the first-level table.
  const image = new Uint8Array(4 * cluster);
  const view = new DataView(image.buffer);
  view.setUint32(0, 0x5146_49fb);
  view.setUint32(4, 2);
  view.setUint32(20, clusterBits);
  view.setBigUint64(24, BigInt(size));
  view.setUint32(36, Math.ceil(size / (cluster * (cluster / 8))));
  view.setBigUint64(40, BigInt(3 * cluster));
  view.setBigUint64(48, BigInt(cluster));
  view.setUint32(56, 1);
  view.setBigUint64(cluster, BigInt(2 * cluster));
  for (let used = 0; used < 4; used++) view.setUint16(2 * cluster + 2 * used, 1);
  return image;
}
