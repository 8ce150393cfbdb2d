#!/bin/sh
# Builds values.elf with Debian's rustc, rust-src and lld or binutils: core is compiled from its source. WORK is a scratch folder.
set -eu
export RUSTC_BOOTSTRAP=1
RUSTC=${RUSTC:-/usr/bin/rustc}
WORK=${WORK:-$(mktemp -d)}
HERE=$(cd "$(dirname "$0")" && pwd)
TARGET="--target riscv64gc-unknown-none-elf --edition 2021 -C panic=abort --cap-lints allow"
SOURCE=$($RUSTC --print sysroot)/lib/rustlib/src/rust/library
[ -f "$WORK/libcore.rlib" ] || $RUSTC $TARGET --crate-name core --crate-type rlib -C opt-level=1 --out-dir "$WORK" "$SOURCE/core/src/lib.rs"
echo '#![feature(compiler_builtins)] #![compiler_builtins] #![no_std]' > "$WORK/compiler_builtins.rs"
$RUSTC $TARGET --crate-name compiler_builtins --crate-type rlib -L "$WORK" --out-dir "$WORK" "$WORK/compiler_builtins.rs"
$RUSTC $TARGET -g -C opt-level=0 -C linker=riscv64-linux-gnu-ld -C linker-flavor=ld -C relocation-model=static -L "$WORK" \
  --remap-path-prefix "$HERE"=. -C link-arg=-T"$HERE/../bare/bare.ld" -o "$HERE/values.elf" "$HERE/values.rs"
