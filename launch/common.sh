# shellcheck shell=bash
# What the scripts of this folder share; they source it.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

# OpenBLAS would start a thread per core in every worker of every rank.
export OPENBLAS_NUM_THREADS=1

say() { printf '\n==> %s\n' "$*" >&2; }
fail() {
  printf 'convoy: %s\n' "$*" >&2
  exit 1
}

# print_help: the comment that a script begins with.
print_help() { awk 'NR > 1 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"; }

# print_help_if_asked ARGUMENT...: before anything is built or installed.
print_help_if_asked() {
  local argument
  for argument in "$@"; do
    if [[ "$argument" == -h || "$argument" == --help ]]; then print_help && exit 0; fi
  done
}

# take_no_arguments ARGUMENT...: for scripts that only know --help.
take_no_arguments() {
  print_help_if_asked "$@"
  (($# == 0)) || fail "there is no argument '$1'; see launch/${0##*/} --help."
}

debian_packages=(
  libopenmpi-dev openmpi-bin libopenblas0 libhdf5-dev libturbojpeg0-dev libspng-dev libwebp-dev libgif-dev libtiff-dev
  zlib1g-dev libssl-dev pkg-config
)

# swift_is_recent: whether the swift on the path is 6.2 or later.
swift_is_recent() {
  local version
  version="$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1)"
  [[ -n "$version" ]] || return 1
  local major minor
  read -r major minor <<<"$version"
  ((major > 6 || (major == 6 && minor >= 2)))
}

# need_swift: makes sure of Swift 6.2 or later, with swiftly where the network allows.
need_swift() {
  local env="${SWIFTLY_HOME_DIR:-$HOME/.local/share/swiftly}/env.sh"
  # shellcheck disable=SC1090
  if ! swift_is_recent && [[ -r "$env" ]]; then source "$env"; fi
  if swift_is_recent; then return; fi
  say "Swift 6.2 or later is missing; trying to install it with swiftly"
  install_swift || fail "Swift 6.2 or later could not be installed from here; install it as swift.org/install says, then start this again."
  # shellcheck disable=SC1090
  source "$env"
  swift_is_recent || fail "swiftly has installed a Swift before 6.2; run 'swiftly install latest --use', then start this again."
}

install_swift() {
  if ! command -v swiftly >/dev/null; then
    command -v curl >/dev/null || return 1
    local folder
    folder="$(mktemp -d)"
    curl --fail --silent --show-error --location --max-time 120 --output "$folder/swiftly.tar.gz" \
      "https://download.swift.org/swiftly/linux/swiftly-$(uname -m).tar.gz" || return 1
    tar -xzf "$folder/swiftly.tar.gz" -C "$folder" || return 1
    "$folder/swiftly" init --assume-yes --skip-install --quiet-shell-followup || return 1
    # shellcheck disable=SC1091
    source "${SWIFTLY_HOME_DIR:-$HOME/.local/share/swiftly}/env.sh" || return 1
  fi
  local after
  after="$(mktemp)"
  swiftly install latest --use --assume-yes --post-install-file "$after" || return 1
  # What Swift itself needs of the system.
  if [[ -s "$after" ]]; then as_root bash "$after" || return 1; fi
}

as_root() {
  if [[ "$(id -u)" == 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "this needs root and there is no sudo; run as root: $*"
  fi
}

# need_packages [MORE...]: installs the Debian packages that are missing.
need_packages() {
  local missing=() package
  if ! command -v dpkg-query >/dev/null; then
    say "This is not Debian: the following must be installed with their headers:" \
      "Open MPI, OpenBLAS, HDF5, libjpeg-turbo, libspng, libwebp, giflib, libtiff, zlib, OpenSSL"
    return
  fi
  for package in "${debian_packages[@]}" "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  say "Installing ${missing[*]}"
  as_root apt-get update -q >&2
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
}

# build OPTION...: swift build in release mode; undeclared imports are errors.
build() { swift build --package-path "$root" -c release --explicit-target-dependency-import-check error "$@"; }

cores() {
  local physical
  physical="$(lscpu -p=CORE,SOCKET 2>/dev/null | grep -v '^#' | sort -u | wc -l)" || physical=0
  # Neither hyper-threads nor cores outside the affinity mask are slots.
  if ((physical > 0 && physical < $(nproc))); then echo "$physical"; else nproc; fi
}

# allow_root: mpirun refuses root, which containers have nobody else but, until it is told twice.
allow_root() {
  if [[ "$(id -u)" == 0 ]]; then export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1; fi
}

# run_ranks RANKS COMMAND...: under mpirun, as root as well, with more ranks than cores as well.
run_ranks() {
  local ranks="$1" options=(--bind-to none)
  shift
  if ((ranks > $(cores))); then options+=(--oversubscribe); fi
  allow_root
  mpirun "${options[@]}" -n "$ranks" "$@"
}
