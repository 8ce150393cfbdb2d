# shellcheck shell=bash
# Downloading Debian packages of any suite and architecture with apt, without touching this machine's own package lists
# and without installing anything. Sourced by the scripts beside it.

# The mirror this machine's own apt uses: the one place packages are known to come from.
debian_mirror() {
  local mirror
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null |
    grep -oE '^(URIs:|deb) +.*' | grep -oE 'https?://[^ ]+/debian/?( |$)' | head -n 1 | tr -d ' ') || true
  if [[ -z $mirror ]]; then
    echo "No Debian mirror is named in this machine's apt sources: add one to /etc/apt/sources.list and try again." >&2
    return 1
  fi
  echo "$mirror"
}

# with_suite SUITE ARCHITECTURE ROOT COMMAND...: runs an apt command on the package lists of that suite, kept in ROOT.
with_suite() {
  local suite=$1 architecture=$2 root=$3 tool=$4
  shift 4
  "$tool" "-oAPT::Architecture=$architecture" "-oAPT::Architectures=$architecture" \
    "-oDir::State::Lists=$root/$suite/lists" "-oDir::Cache=$root/$suite/cache" \
    "-oDir::Etc::SourceList=$root/$suite/sources.list" -oDir::Etc::SourceParts=/dev/null \
    "-oDir::State::status=$root/$suite/status" -oAPT::Sandbox::User=root -oAcquire::Retries=3 "$@"
}

# open_suite SUITE ARCHITECTURE ROOT: makes or refreshes the package lists that with_suite reads.
open_suite() {
  local suite=$1 architecture=$2 root=$3 mirror
  mirror=$(debian_mirror)
  mkdir -p "$root/$suite/lists/partial" "$root/$suite/cache/archives/partial"
  : >"$root/$suite/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$root/$suite/sources.list"
  with_suite "$suite" "$architecture" "$root" apt-get -qq update
}

# unpack_packages SUITE ARCHITECTURE ROOT INTO PACKAGE...: downloads packages and unpacks them side by side under INTO.
unpack_packages() {
  local suite=$1 architecture=$2 root=$3 into=$4 package
  shift 4
  mkdir -p "$into/.packages"
  (cd "$into/.packages" && with_suite "$suite" "$architecture" "$root" apt-get -qq download "$@")
  for package in "$into"/.packages/*.deb; do
    dpkg-deb -x "$package" "$into"
  done
  rm -r "$into/.packages"
}

# require_tools TOOL=PACKAGE[,PACKAGE]...: installs the packages whose tool is missing, or says which to install.
require_tools() {
  local missing=() packages pair
  for pair in "$@"; do
    IFS=, read -ra packages <<<"${pair#*=}"
    command -v "${pair%%=*}" >/dev/null || missing+=("${packages[@]}")
  done
  ((${#missing[@]})) || return 0
  if [[ $(id -u) != 0 ]]; then
    echo "Missing tools. Install them and try again: apt-get install ${missing[*]}" >&2
    return 1
  fi
  echo "Installing ${missing[*]}" >&2
  apt-get -qq update
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
}
