#!/bin/sh
# Installs the package as the checks compile it (makevars.R), unless the library
# has it of the same sources, R and flags: their sum is kept beside it.

set -eu
cd "$(dirname "$0")/.."

library=$(Rscript --no-save --no-restore -e 'cat(.libPaths()[1L])')
kept="$library/nidcode/sources.sum"
sum=$({
  R --version | head -n 1
  find DESCRIPTION NAMESPACE R data inst man src tools/makevars.R -type f \
    ! -name '*.o' ! -name '*.so' ! -name '*.dll' | LC_ALL=C sort |
    while IFS= read -r file; do echo "$file"; cat "$file"; done
} | cksum)
if [ -f "$kept" ] && [ "$(cat "$kept")" = "$sum" ]; then
  echo "nidcode is installed"
  exit 0
fi

echo "installing nidcode"
vars=$(mktemp)
log=$(mktemp)
trap 'rm -f "$vars" "$log"' EXIT
Rscript --no-save --no-restore tools/makevars.R "$vars"
if ! R_MAKEVARS_USER=$vars MAKEFLAGS=-j2 \
  R CMD INSTALL --preclean --clean . >"$log" 2>&1; then
  cat "$log"
  exit 1
fi
echo "$sum" >"$kept"
