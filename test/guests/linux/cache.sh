# shellcheck shell=bash
# Where real guests are kept: `guests` in the folder RETROGRADE_CACHE, or in .cache at the root of the project. Sourced by
# the scripts beside it.
guest_cache=${RETROGRADE_CACHE:-$(realpath "$(dirname "${BASH_SOURCE[0]}")/../../..")/.cache}/guests
mkdir -p "$guest_cache"
guest_cache=$(realpath "$guest_cache")

# keep NAME FOLDER: moves a finished folder into the cache in one step.
keep() {
  rm -rf "${guest_cache:?}/$1.new"
  mv "$2" "$guest_cache/$1.new"
  rm -rf "${guest_cache:?}/$1"
  mv "$guest_cache/$1.new" "$guest_cache/$1"
}
