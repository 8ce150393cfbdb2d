import { KernelObject, type KernelView } from '../kernel-object.ts';

/** Directories deeper than this are a damaged tree. */
const DEEPEST = 128;

/** The path of a `struct file` within its file system, and of the file systems that this one is mounted on. */
export function pathOfFile(kernel: KernelView, file: KernelObject): string {
  const path = file.member('f_path');
  const names: string[] = [];
  let mount = path.member('mnt').target();
  let entry = path.member('dentry').target();
  for (let depth = 0; depth < DEEPEST && entry !== undefined; depth++) {
    const parent = entry.member('d_parent').target();
    if (parent !== undefined && parent.address !== entry.address) {
      names.unshift(entry.member('d_name.name').text());
      entry = parent;
      continue;
    }
    // The root of a file system: on with the directory it is mounted at, if it is mounted at one.
    const outer: KernelObject | undefined = mount && mountAround(kernel, mount);
    if (outer === undefined) break;
    entry = outer.member('mnt_mountpoint').target();
    mount = outer.member('mnt_parent').target()?.member('mnt');
  }
  return `/${names.join('/')}`;
}

/** The `struct mount` of a `struct vfsmount`; undefined for the outermost. */
function mountAround(kernel: KernelView, mount: KernelObject): KernelObject | undefined {
  const offset = KernelObject.at(kernel, 'mount', 0n).member('mnt').address;
  const around = KernelObject.at(kernel, 'mount', BigInt.asUintN(64, mount.address - offset));
  const parent = around.member('mnt_parent').unsigned();
  return parent === around.address || parent === 0n ? undefined : around;
}
