#!/usr/bin/env bash
# Set up everything that the Makefile's verbs need: system packages, then .venv with Python's.
# Exit status 2, with the exact commands to type, where packages are missing and cannot be
# installed from here. Set PYTHON to use another interpreter.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=.venv

stop() {
  printf 'setup: %s\n' "$@" >&2
  exit 2
}

suitable() {
  command -v "$1" >/dev/null && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
  local candidate candidates=(python3 python3.14 python3.13 python3.12 python3.11)
  if [ -n "${PYTHON:-}" ]; then
    candidates=("$PYTHON")
    suitable "$PYTHON" || stop "PYTHON=$PYTHON is no Python 3.11 or later; name another one"
  fi
  for candidate in "${candidates[@]}"; do
    if suitable "$candidate"; then
      echo "$candidate"
      return
    fi
  done
  stop "no Python 3.11 or later found; install one and name it: make setup PYTHON=python3.11"
}

missing_packages() {
  local python=$1 version
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  command -v iverilog >/dev/null || echo iverilog
  command -v g++ >/dev/null && command -v make >/dev/null || echo build-essential
  command -v perl >/dev/null || echo perl # Verilator's front is a Perl script
  "$python" -c 'import ensurepip, venv' 2>/dev/null || echo "python$version-venv"
  # Simulators embed Python, so cocotb loads libpython; Debian packages it on its own.
  libpython "$python" "$version" || echo "libpython$version"
}

libpython() {
  "$1" - "$2" <<'PYTHON'
import ctypes, sys, sysconfig
from pathlib import Path

name = f"libpython{sys.argv[1]}.so"
for folder in filter(None, map(sysconfig.get_config_var, ("LIBDIR", "LIBPL"))):
    if any(Path(folder).glob(f"{name}*")):
        sys.exit(0)
try:
    ctypes.CDLL(f"{name}.1.0")
except OSError:
    sys.exit(1)
PYTHON
}

install_packages() {
  local sudo=""
  local update="apt-get update" install="apt-get install -y --no-install-recommends $*"
  command -v apt-get >/dev/null || stop "missing: $*; install them with your system's packages"
  if [ "$(id -u)" -ne 0 ]; then
    sudo="sudo -n"
    $sudo true 2>/dev/null ||
      stop "missing: $*; type this, then call make again:" "sudo $update && sudo $install"
  fi
  export DEBIAN_FRONTEND=noninteractive
  # An update that fails in part (one dead mirror) may still leave what is needed.
  $sudo $update -qq || echo "setup: '$update' failed; trying to install all the same" >&2
  $sudo $install || stop "'$install' failed; mend it, then call make again"
}

python=$(find_python)
mapfile -t packages < <(missing_packages "$python")
# Nothing needs it, but with it Verilator's own sources are compiled once, not for every circuit.
wanted=()
command -v ccache >/dev/null || wanted=(ccache)
if [ "${#packages[@]}" -gt 0 ]; then
  install_packages "${packages[@]}" "${wanted[@]}"
elif [ "${#wanted[@]}" -gt 0 ] && [ "$(id -u)" -eq 0 ]; then
  (install_packages "${wanted[@]}") || echo "setup: tests take longer without ${wanted[*]}" >&2
fi
# Tests of pages open them in a browser, and nothing else needs one. Not every system has packages of
# these names, so they are asked for alone; and they are large, so a plain user is not asked.
browser=()
command -v chromium >/dev/null || browser+=(chromium)
command -v chromedriver >/dev/null || browser+=(chromium-driver)
if [ "${#browser[@]}" -gt 0 ] && [ "$(id -u)" -eq 0 ]; then
  (install_packages "${browser[@]}") || echo "setup: tests of pages are skipped without ${browser[*]}" >&2
fi
# What does not run is made anew, and what another Python than the one asked for has made.
base() { "$1" -c 'import sys; print(sys.base_prefix, sys.version)' 2>/dev/null; }
if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1 ||
  { [ -n "${PYTHON:-}" ] && [ "$(base "$venv/bin/python")" != "$(base "$python")" ]; }; then
  "$python" -m venv --clear "$venv"
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -e '.[dev]' ||
  stop "pip could not install the packages; see above, then call make again"
touch "$venv/stamp"
echo "setup: $venv is ready"
