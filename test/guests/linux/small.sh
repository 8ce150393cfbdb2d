#!/bin/bash
# small.sh: builds the small Linux 6.1 of small.config from Debian's linux-source-6.1 into the guest cache: `small-linux/Image`,
# `small-linux/vmlinux` (DWARF 5) and the modules of modules/, as they are loaded and with debug information. Takes about
# three minutes on two idle cores. What is there already is left alone.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
source "$here/debian-packages.sh"
source "$here/cache.sh"
# A changed configuration is a different guest.
fingerprint=$(cat "$here/small.config" "$here"/modules/* | sha256sum | cut -d " " -f 1)
[[ $(cat "$guest_cache/small-linux/fingerprint" 2>/dev/null || true) == "$fingerprint" ]] && exit 0
require_tools riscv64-linux-gnu-gcc=gcc-riscv64-linux-gnu gcc=gcc make=make flex=flex bison=bison bc=bc xz=xz-utils perl=perl

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if [[ ! -e $guest_cache/linux-source-6.1/Makefile ]]; then
  open_suite bookworm amd64 "$scratch/apt"
  unpack_packages bookworm amd64 "$scratch/apt" "$scratch/root" linux-source-6.1
  mkdir "$scratch/tree"
  # The largest folder that no riscv build opens.
  tar -xJf "$scratch/root/usr/src/linux-source-6.1.tar.xz" -C "$scratch/tree" --strip-components=1 \
    --exclude='*/drivers/gpu/drm/amd/include/*'
  keep linux-source-6.1 "$scratch/tree"
fi

source_tree=$guest_cache/linux-source-6.1
build=$guest_cache/small-linux-build
rm -rf "$build"
mkdir "$build"
# Neither the clock nor the builder's name goes into the image.
export ARCH=riscv CROSS_COMPILE=riscv64-linux-gnu-
export KBUILD_BUILD_TIMESTAMP=1970-01-01 KBUILD_BUILD_USER=retrograde KBUILD_BUILD_HOST=retrograde KBUILD_BUILD_VERSION=1
# Kconfig warns about every option that is given twice, which is how a fragment works: its words matter when it fails.
configure() {
  make -s -C "$source_tree" O="$build" "$1" &>"$scratch/configure.log" || { cat "$scratch/configure.log" >&2; exit 1; }
}
configure tinyconfig
cat "$here/small.config" >>"$build/.config"
configure olddefconfig
lost=$(grep -E '^CONFIG_.*=' "$here/small.config" | grep -vxFf "$build/.config" || true)
[[ -z $lost ]] || { echo "This kernel does not take these options of small.config: $lost" >&2; exit 1; }
nice -n 10 make -s -C "$source_tree" O="$build" -j"$(nproc)" Image modules
cp -r "$here/modules" "$build/modules"
nice -n 10 make -s -C "$source_tree" O="$build" M="$build/modules" modules
mkdir -p "$scratch/small-linux/modules/debug"
cp "$build/arch/riscv/boot/Image" "$build/vmlinux" "$build/.config" "$build/System.map" "$scratch/small-linux/"
cp "$build"/modules/*.ko "$scratch/small-linux/modules/debug/"
for module in "$build"/modules/*.ko; do
  "${CROSS_COMPILE}strip" --strip-debug -o "$scratch/small-linux/modules/$(basename "$module")" "$module"
done
echo "$fingerprint" >"$scratch/small-linux/fingerprint"
keep small-linux "$scratch/small-linux"
rm -rf "$build"
