#!/bin/sh
# Proves that every header of inst/include/nidcode/ compiles alone as C++14,
# 17 and 20 (or as the standards named: `check-headers.sh 14`; each costs more
# than a minute) without a warning and without R: the only other path given is
# that of Eigen. Then links a file that includes all of them with itself, as two
# files that do would link, which finds a function that is not inline; without
# optimisation and with every inline function kept, which finds a constant that
# needs a definition. `check-headers.sh together`, as in `make test`, only links,
# and keeps no function.

set -eu
cd "$(dirname "$0")/.."

wanted=${*:-14 17 20}
keep=-fkeep-inline-functions
if [ "$wanted" = together ]; then wanted= keep=; fi
cxx=${CXX:-g++}
eigen=$(Rscript --no-save --no-restore \
  -e 'cat(system.file("include", package = "RcppEigen"))')
if [ ! -d "$eigen/Eigen" ]; then
  echo "headers: Eigen not found (it comes with the R package RcppEigen)" >&2
  exit 2
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
headers=$(cd inst/include && ls nidcode/*.h)
fail=0

# R, its interfaces and printing have no place in a kernel (comments have).
includes='#include *[<"](R|Rcpp|RcppEigen|Rinternals|Rmath|iostream|cstdio)[.h]*[>"]'
words='std::(cout|cerr)|printf *\(|long double|using namespace'
code_only() { (cd inst/include && grep -n '' $headers | sed 's,//.*,,'); }
if code_only | grep -E "$includes|$words"; then
  echo "headers: the lines above have no place in a kernel" >&2
  fail=1
fi

# In C++14 a static constant of a class that is bound to a reference needs a
# definition, which an optimiser may or may not ask for.
member='static +(constexpr|const) +[A-Za-z0-9_:]+ +[A-Za-z0-9_]+ *='
if code_only | grep -E "$member"; then
  echo "headers: a constant belongs to the namespace, not to a class" >&2
  fail=1
fi

known_standards() {
  for standard in $wanted; do
    if echo 'int main() {}' |
      "$cxx" -std=c++$standard -fsyntax-only -x c++ - 2>/dev/null; then
      echo "$standard"
    else
      echo "headers: $cxx does not know C++$standard, left out" >&2
    fi
  done
}
standards=$(known_standards)

# One small file per header and standard; it includes the header twice.
for header in $headers; do
  name=$(basename "$header" .h)
  for standard in $standards; do
    printf '#include <%s>\n#include <%s>\nint main() {}\n' \
      "$header" "$header" > "$work/$standard-$name.cpp"
  done
done

cat > "$work/compile" <<'SCRIPT'
#!/bin/sh
file=$1
standard=$(basename "$file" | cut -d- -f1)
name=$(basename "$file" .cpp | cut -d- -f2-)
if "$CXX_USED" -std=c++"$standard" -Wall -pedantic -Werror -fsyntax-only \
  -Iinst/include -isystem "$EIGEN" "$file"; then
  echo "$name" >> "$WORK/ok-$standard"
else
  echo "headers: $name.h does not compile alone as C++$standard" >&2
  exit 1
fi
SCRIPT
export CXX_USED="$cxx" EIGEN="$eigen" WORK="$work"
find "$work" -name "*.cpp" | sort | xargs -P 2 -n 1 -r sh "$work/compile" ||
  fail=1

for header in $headers; do echo "#include <$header>"; done > "$work/all.cc"
echo 'int main() {}' > "$work/main.cc"
if ! echo 'int main() {}' |
  "$cxx" -Werror $keep -fsyntax-only -x c++ - 2>/dev/null; then
  echo "headers: $cxx does not know $keep, unused functions are not linked" >&2
  keep=
fi
# From where it lies: ccache, where it is, knows a file by the path it is told.
here=$(pwd)
ccache=$(command -v ccache || true)
if ! (cd "$work" && $ccache "$cxx" -std=c++14 -O0 $keep -Wall -pedantic -Werror \
  -I"$here/inst/include" -isystem "$eigen" -c all.cc -o one.o &&
  cp one.o two.o && "$cxx" main.cc one.o two.o -o all); then
  echo "headers: two files that include them all do not link" >&2
  fail=1
fi

n=$(echo "$headers" | wc -l | tr -d " ")
if [ $fail = 0 ]; then echo "headers: $n link as two files that have them all"; fi
for standard in $standards; do
  ok=0
  if [ -e "$work/ok-$standard" ]; then ok=$(wc -l < "$work/ok-$standard"); fi
  echo "headers: $ok of $n compile alone as C++$standard"
done
exit $fail
