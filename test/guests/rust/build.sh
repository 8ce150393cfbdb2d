#!/bin/bash
# build.sh SOURCE.rs OUT.elf [RUSTC-OPTION...]: builds a program for the bare machine with Debian's rustc and rust-src. Debian has
# no Rust libraries for this machine, so core and alloc are compiled from their source: once for each rustc, kept in
# RETROGRADE_CACHE or at the root of the project. One unit of code makes the result the same in every folder.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source=$(realpath "$1")
output=$(realpath -m "$2")
shift 2
export RUSTC_BOOTSTRAP=1
rustc=${RUSTC:-/usr/bin/rustc}
version=$("$rustc" --version | cut -d' ' -f2)
libraries=${RETROGRADE_CACHE:-$here/../../../.cache}/rust-$version
common=(--target riscv64gc-unknown-none-elf --edition 2021 -C panic=abort --cap-lints allow)
if [[ ! -d $libraries ]]; then
  sources=$("$rustc" --print sysroot)/lib/rustlib/src/rust/library
  making=$libraries.$$
  mkdir -p "$making"
  trap 'rm -rf "$making"' EXIT
  library() { "$rustc" "${common[@]}" --crate-type rlib -C opt-level=1 -L "$making" --out-dir "$making" --crate-name "$@"; }
  library core "$sources/core/src/lib.rs"
  echo '#![feature(compiler_builtins)] #![compiler_builtins] #![no_std]' >"$making/compiler_builtins.rs"
  library compiler_builtins "$making/compiler_builtins.rs"
  library alloc "$sources/alloc/src/lib.rs"
  mv -T "$making" "$libraries" 2>/dev/null || [[ -d $libraries ]]
fi
# rustc leaves its intermediate files where it runs.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
compile() {
  "$rustc" "${common[@]}" -g -C codegen-units=1 -C relocation-model=static -L "$libraries" \
    --remap-path-prefix "$(dirname "$source")"=. --remap-path-prefix "$work"=. "$@" "$source"
}
if [[ ${DWARF:-4} == 4 ]]; then
  compile -C linker=riscv64-linux-gnu-ld -C linker-flavor=ld -C link-arg=-T"$here/../bare/bare.ld" "$@" -o "$output"
  exit
fi
# This rustc writes DWARF 4 only; LLVM, which it is made with, writes either.
compile --emit=llvm-ir "$@" -o program.ll
level=$(grep -o 'opt-level=[0-3]' <<<"$*" | tail -c 2)
llc-14 --dwarf-version="$DWARF" -O"${level:-0}" --relocation-model=static --code-model=medium --target-abi=lp64d \
  -mattr=+m,+a,+f,+d,+c --accel-tables=Disable --function-sections --data-sections -filetype=obj program.ll -o program.o
# What rustc's own linking adds: the names that alloc calls the program's allocator by.
allocator=(__rust_alloc=__rg_alloc __rust_dealloc=__rg_dealloc __rust_realloc=__rg_realloc
  __rust_alloc_zeroed=__rg_alloc_zeroed __rust_alloc_error_handler=__rg_oom)
riscv64-linux-gnu-ld --gc-sections -T"$here/../bare/bare.ld" "${allocator[@]/#/--defsym=}" -o "$output" program.o \
  "$libraries"/liballoc.rlib "$libraries"/libcore.rlib "$libraries"/libcompiler_builtins.rlib
