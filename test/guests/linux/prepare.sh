#!/bin/bash
# prepare.sh: fetches and builds every real guest that the tests use into the guest cache (see README.md). What is there
# already is left alone, so running it again costs nothing.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
bash "$here/debian.sh" "$@"
bash "$here/small.sh"
cd "$here/../../.." && node --import tsx test/guests/linux/write-initramfs.ts
