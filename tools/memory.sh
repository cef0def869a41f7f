#!/bin/sh
# The tests under a memory checker:  sh tools/memory.sh sanitize | valgrind
# sanitize takes all tests but those that start other programs; valgrind, which
# is some forty times slower, those of the C++ core. A second argument is a
# filter of test files. The package goes into a temporary library; the
# installed copy stays as it is.

set -eu
cd "$(dirname "$0")/.."
what=${1:-sanitize}
case "$what" in
  sanitize) filter=${2:-} ;;
  valgrind) filter=${2:-"^(kernel-errors|interrupt|householder|nist|shares|\
defining-codes|code-panel|basic-code|code-path|cell-weights|contributions|\
predict-rates)\$"} ;;
  *) echo "sanitize or valgrind" >&2; exit 2 ;;
esac
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
R_MAKEVARS_USER="$work/Makevars" MAKEFLAGS=${MAKEFLAGS:--j2} \
  R CMD INSTALL --preclean --clean --no-test-load --no-byte-compile \
  --library="$work/lib" . >"$work/install.log" 2>&1 ||
  { cat "$work/install.log"; exit 1; }

cat > "$work/tests.R" <<'SCRIPT'
library(testthat)
library(nidcode)
filter <- Sys.getenv("NIDCODE_TESTS")
test_dir("tests/testthat", package = "nidcode", reporter = "summary",
         filter = if (nzchar(filter)) filter, load_package = "installed",
         stop_on_failure = TRUE)
cat("memory: clean\n")
SCRIPT
export NIDCODE_TESTS="$filter" NOT_CRAN=true

export R_LIBS="$work/lib${R_LIBS:+:$R_LIBS}"
case "$what" in
  sanitize)
    cxx=${CXX:-g++}
    run_time="$("$cxx" -print-file-name=libasan.so)"
    run_time="$run_time $("$cxx" -print-file-name=libubsan.so)"
    # R itself does not free at exit: leaks are valgrind's task. Tests ask for
    # more memory than there is, which is to fail as it does elsewhere.
    asan=detect_leaks=0:detect_odr_violation=0:allocator_may_return_null=1
    NIDCODE_SANITIZE=1 LD_PRELOAD="$run_time" ASAN_OPTIONS=$asan \
      UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
      R --no-echo --no-save --no-restore -f "$work/tests.R"
    ;;
  valgrind)
    R --no-echo --no-save --no-restore \
      -d "valgrind --error-exitcode=1 --leak-check=no -q" -f "$work/tests.R"
    ;;
esac
