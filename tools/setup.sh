#!/bin/sh
# Installs what is missing, on a machine that may have only R and a compiler.
#
#   sh tools/setup.sh GROUP...     run, check, reproduce, bench, page, site, docs, scale
#
# R packages come prebuilt (r-cran-*) where R itself is the distribution's and
# apt-get may be used (root, or sudo without a password), else from CRAN as
# source. Tools that are not R packages come from apt-get only; elsewhere
# their names are printed. Nothing is touched when nothing is missing.

set -eu
cd "$(dirname "$0")/.."

say() { echo "setup: $*" >&2; }

missing_packages() { Rscript --no-save --no-restore tools/needs.R "$@"; }

# Tools of the chosen groups that are not there. Pandoc renders vignettes;
# qpdf and tidy are asked for by R CMD check; LibreOffice recalculates
# workbooks and prints reports in the tests; it and ccache can be done without.
missing_tools() {
  for group in "$@"; do
    case "$group" in
      check) set -- pandoc qpdf tidy ;;
      reproduce | bench | site) set -- pandoc ;;
      *) set -- ;;
    esac
    for tool in "$@"; do
      if [ "$tool" = pandoc ] && [ -n "${RSTUDIO_PANDOC:-}" ]; then
        continue
      fi
      command -v "$tool" >/dev/null 2>&1 || echo "$tool"
    done
  done | sort -u
}

# Compiling the same sources once instead of three times.
wants_cache() {
  case " $* " in
    *" check "*) ! command -v ccache >/dev/null 2>&1 ;;
    *) false ;;
  esac
}

# The parts of the office that are not there: calc for workbooks, writer for
# reports.
wants_office() {
  case " $* " in
    *" check "*) ;;
    *) return 0 ;;
  esac
  home=$(dirname "$(readlink -f "$(command -v soffice)")" 2>/dev/null)
  [ -e "$home/libsclo.so" ] || echo libreoffice-calc-nogui
  [ -e "$home/libswlo.so" ] || echo libreoffice-writer-nogui
}

# The browser that tries the explorer and what drives it; page.R skips, by
# name, what is not to be had.
wants_page() {
  case " $* " in
    *" page "*) true ;;
    *) false ;;
  esac
}

page_tools() {
  command -v chromium >/dev/null 2>&1 || echo chromium
  command -v node >/dev/null 2>&1 || echo nodejs
  command -v npm >/dev/null 2>&1 || echo npm
  command -v pdftotext >/dev/null 2>&1 || echo poppler-utils
}

page_modules() {
  if [ -d tools/explorer/node_modules/axe-core ] &&
    [ -d tools/explorer/node_modules/playwright-core ]; then
    return 0
  fi
  command -v npm >/dev/null 2>&1 || return 0
  say "npm ci, in tools/explorer"
  (cd tools/explorer && npm ci --no-audit --no-fund >/dev/null 2>&1) ||
    say "npm could not install playwright-core and axe-core"
}

# Engines of tests/scale: each can be done without.
wants_engines() {
  case " $* " in
    *" scale "*) ;;
    *) return 0 ;;
  esac
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || echo postgresql
  command -v slurmctld >/dev/null 2>&1 || echo slurm-wlm
  command -v munged >/dev/null 2>&1 || echo munge
}

as_root=""
may_use_apt() {
  command -v apt-get >/dev/null 2>&1 || return 1
  if [ "$(id -u)" -eq 0 ]; then
    as_root=""
  elif command -v sudo >/dev/null 2>&1 &&
    sudo -n true >/dev/null 2>&1 </dev/null; then
    as_root="sudo -n"
  else
    return 1
  fi
}

# An R that was built by hand does not see the distribution's packages.
is_distribution_r() {
  dpkg -S "$(R RHOME)/bin/R" >/dev/null 2>&1
}

# Quiet unless it fails.
apt() {
  log=$(mktemp)
  if $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq \
    -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" \
    </dev/null >"$log" 2>&1; then
    rm -f "$log"
  else
    tail -n 20 "$log" >&2
    rm -f "$log"
    return 1
  fi
}

# Of the names given, those this distribution has.
known_to_apt() {
  for name in "$@"; do
    if apt-cache show "$name" >/dev/null 2>&1; then echo "$name"; fi
  done
}

prebuilt_names() {
  for package in "$@"; do
    echo "r-cran-$package" | tr '[:upper:]' '[:lower:]'
  done
}

# All at once is quickest; one that cannot be installed must not stop the rest.
apt_install() {
  if [ $# -eq 0 ]; then return 0; fi
  say "apt-get install $*"
  apt install -y --no-install-recommends "$@" && return 0
  for name in "$@"; do
    apt install -y --no-install-recommends "$name" ||
      say "apt-get could not install $name"
  done
}

if [ $# -eq 0 ]; then
  say "name a group: run, check, reproduce, bench, page, site, docs, scale"
  exit 2
fi

packages=$(missing_packages "$@")
tools=$(missing_tools "$@")
extra=$(wants_office "$@" | tr '\n' ' ')
if wants_cache "$@"; then extra="$extra ccache"; fi
extra="$extra$(wants_engines "$@" | sed 's/^/ /' | tr -d '\n')"
if wants_page "$@"; then extra="$extra $(page_tools | tr '\n' ' ')"; fi
extra=$(echo $extra)

if [ -n "$packages$tools$extra" ] && may_use_apt; then
  wanted="$tools $extra"
  if is_distribution_r; then
    wanted="$wanted $(prebuilt_names $packages | tr '\n' ' ')"
  elif [ -n "$packages" ]; then
    wanted="$wanted cmake libuv1-dev"
  fi
  apt update || say "apt-get update failed; going on with what it knows"
  apt_install $(known_to_apt $wanted)
  packages=$(missing_packages "$@")
fi

if [ -n "$packages" ]; then
  say "from CRAN: $(echo $packages)"
  missing_packages --install "$@" >&2 || say "CRAN: not everything came"
  packages=$(missing_packages "$@")
fi

if wants_page "$@"; then page_modules; fi
tools=$(missing_tools "$@")
if [ -n "$packages$tools" ]; then
  say "could not be installed here: $(echo $packages $tools)"
  if [ -n "$packages" ] && ! command -v cmake >/dev/null 2>&1; then
    say "fs, which rmarkdown and testthat build on, asks for cmake or libuv"
  fi
  say "install them by hand, then try again"
  exit 1
fi
say "$*: all there"
