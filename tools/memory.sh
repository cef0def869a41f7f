#!/bin/sh
# The tests under a memory checker:  sh tools/memory.sh sanitize | valgrind
# The package goes into a temporary library; the installed copy stays as it is.

set -eu
cd "$(dirname "$0")/.."
what=${1:-sanitize}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/lib"

flags="-O1 -g -fno-omit-frame-pointer"
if [ "$what" = sanitize ]; then
  # vptr needs run-time type data that R's C side does not have.
  flags="$flags -fsanitize=address,undefined -fno-sanitize=vptr"
fi
for standard in "" 11 14 17 20; do
  echo "CXX${standard}FLAGS = $flags -Wall -pedantic"
done > "$work/Makevars"

# Loading the library would need the sanitizer's run time: no test load.
R_MAKEVARS_USER="$work/Makevars" MAKEFLAGS=-j2 \
  R CMD INSTALL --preclean --clean --no-test-load --no-byte-compile \
  --library="$work/lib" . >"$work/install.log" 2>&1 ||
  { cat "$work/install.log"; exit 1; }

cat > "$work/tests.R" <<'SCRIPT'
library(testthat)
library(nidcode)
test_dir("tests/testthat", package = "nidcode", reporter = "summary",
         load_package = "installed", stop_on_failure = TRUE)
SCRIPT

export R_LIBS="$work/lib${R_LIBS:+:$R_LIBS}"
case "$what" in
  sanitize)
    cxx=${CXX:-g++}
    # R itself does not free at exit: leaks are valgrind's task.
    LD_PRELOAD="$("$cxx" -print-file-name=libasan.so) $("$cxx" \
      -print-file-name=libubsan.so)" \
      ASAN_OPTIONS=detect_leaks=0:detect_odr_violation=0 \
      UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
      R --no-echo --no-save --no-restore -f "$work/tests.R"
    ;;
  valgrind)
    R --no-echo --no-save --no-restore \
      -d "valgrind --error-exitcode=1 --leak-check=no -q" -f "$work/tests.R"
    ;;
  *)
    echo "sanitize or valgrind" >&2
    exit 2
    ;;
esac
