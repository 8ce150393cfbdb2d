#!/bin/bash
# debian.sh [--with-symbols]: puts Debian 13's riscv64 kernel, a static busybox and the OpenSBI of two Debian releases
# into the guest cache. Versions are whatever the mirror serves now. --with-symbols also takes the kernel's debug package
# (1.0 GB to download; only vmlinux is kept, and a few modules, packed as they are and with debug information). What is there
# already is left alone.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
source "$here/debian-packages.sh"
source "$here/cache.sh"
require_tools dpkg-deb=dpkg
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Results are moved into place whole, so that an interrupted run leaves nothing that looks finished.
if [[ ! -e $guest_cache/debian/Image ]]; then
  open_suite trixie riscv64 "$scratch/apt"
  kernel=$(with_suite trixie riscv64 "$scratch/apt" apt-cache depends linux-image-riscv64 |
    sed -n 's/^ *Depends: *\(linux-image-[0-9].*\)$/\1/p' | head -n 1)
  [[ $kernel ]] || { echo "Debian trixie has no package linux-image-riscv64 on this mirror." >&2; exit 1; }
  unpack_packages trixie riscv64 "$scratch/apt" "$scratch/root" "$kernel" busybox-static opensbi
  release=${kernel#linux-image-}
  mkdir "$scratch/debian"
  cp "$scratch/root/boot/vmlinux-$release" "$scratch/debian/Image"
  cp "$scratch/root/boot/config-$release" "$scratch/debian/config"
  cp "$scratch/root/usr/bin/busybox" "$scratch/debian/busybox"
  cp "$scratch/root/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin" "$scratch/debian/opensbi.bin"
  echo "$release" >"$scratch/debian/release"
  keep debian "$scratch/debian"
fi

if [[ ! -e $guest_cache/debian-12/opensbi.bin ]]; then
  # OpenSBI is independent of the architecture in bookworm, which has no riscv64 of its own.
  open_suite bookworm amd64 "$scratch/apt12"
  unpack_packages bookworm amd64 "$scratch/apt12" "$scratch/root12" opensbi
  mkdir "$scratch/debian-12"
  cp "$scratch/root12/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin" "$scratch/debian-12/opensbi.bin"
  keep debian-12 "$scratch/debian-12"
fi

# Modules, by their paths below `kernel`.
modules=(drivers/block/loop fs/fat/fat fs/fat/vfat fs/nls/nls_ascii fs/nls/nls_cp437)
if [[ ${1:-} == --with-symbols && ! (-e $guest_cache/debian/vmlinux && -e $guest_cache/debian-modules) ]]; then
  release=$(cat "$guest_cache/debian/release")
  open_suite trixie riscv64 "$scratch/apt"
  mkdir "$scratch/symbols" "$scratch/modules"
  (cd "$scratch/symbols" &&
    with_suite trixie riscv64 "$scratch/apt" apt-get -qq download "linux-image-$release" "linux-image-$release-dbg")
  packed=("${modules[@]/#/./usr/lib/modules/$release/kernel/}")
  separate=("${modules[@]/#/./usr/lib/debug/lib/modules/$release/kernel/}")
  dpkg-deb --fsys-tarfile "$scratch/symbols/linux-image-${release}"_*.deb | tar -xC "$scratch/modules" "${packed[@]/%/.ko.xz}"
  dpkg-deb --fsys-tarfile "$scratch/symbols/linux-image-$release-dbg"_*.deb |
    tar -xC "$scratch/modules" "./usr/lib/debug/boot/vmlinux-$release" "${separate[@]/%/.ko}"
  mv "$scratch/modules/usr/lib/debug/boot/vmlinux-$release" "$guest_cache/debian/vmlinux"
  keep debian-modules "$scratch/modules"
fi
