// Glue of panel-order.h and grid.h: R's vectors of keys to regions and grids.

#include <Rcpp.h>
#include <nidcode/grid.h>
#include <nidcode/panel-order.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <numeric>
#include <string>

#include "interrupt.h"
#include "must.h"

namespace {

// The regions of a panel: for each row the number of its region, and for each
// region the row where it is met first.
struct numbered_rows {
  std::vector<int> region;
  std::vector<int> first;
};

template <typename Key>
numbered_rows number_rows(R_xlen_t n, Key key) {
  numbered_rows out;
  out.region.resize(static_cast<std::size_t>(n));
  nidcode::key_index index;
  std::uint64_t last = 0;
  int number = -1;
  for (R_xlen_t i = 0; i < n; ++i) {
    const std::uint64_t now = key(i);
    if (number < 0 || now != last) {
      bool fresh = false;
      number = index.number(now, fresh);
      last = now;
      if (fresh) {
        out.first.push_back(static_cast<int>(i));
      }
    }
    out.region[static_cast<std::size_t>(i)] = number;
    if ((i & 0xfffff) == 0) {
      Rcpp::checkUserInterrupt();
    }
  }
  return out;
}

// Renumbers regions by the order of their names. `prefix` maps a row to a
// number that never contradicts `less` (rows), which decides where it ties.
template <typename Prefix, typename Less>
void sort_regions(numbered_rows& rows, Prefix prefix, Less less) {
  const std::size_t k = rows.first.size();
  std::vector<std::pair<std::uint64_t, int>> by(k);
  for (std::size_t i = 0; i < k; ++i) {
    by[i] = std::make_pair(prefix(rows.first[i]), static_cast<int>(i));
  }
  auto before = [&](const std::pair<std::uint64_t, int>& a,
                    const std::pair<std::uint64_t, int>& b) {
    if (a.first != b.first) {
      return a.first < b.first;
    }
    return less(rows.first[static_cast<std::size_t>(a.second)],
                rows.first[static_cast<std::size_t>(b.second)]);
  };
  std::sort(by.begin(), by.end(), before);
  // Names that are neither less than the other are one region.
  std::vector<int> rank(k);
  std::vector<int> first;
  for (std::size_t i = 0; i < k; ++i) {
    const std::size_t at = static_cast<std::size_t>(by[i].second);
    if (i == 0 || before(by[i - 1], by[i])) {
      first.push_back(rows.first[at]);
    }
    rank[at] = static_cast<int>(first.size()) - 1;
  }
  rows.first.swap(first);
  for (int& region : rows.region) {
    region = rank[static_cast<std::size_t>(region)];
  }
}

Rcpp::IntegerVector one_based(const std::vector<int>& x) {
  Rcpp::IntegerVector out(static_cast<R_xlen_t>(x.size()));
  std::transform(x.begin(), x.end(), out.begin(), [](int i) { return i + 1; });
  return out;
}

// Number of leading bytes that all names share.
std::size_t common_prefix(SEXP region, const std::vector<int>& first) {
  const char* a = Rf_translateCharUTF8(STRING_ELT(region, first[0]));
  std::size_t length = std::strlen(a);
  for (int i : first) {
    const char* b = Rf_translateCharUTF8(STRING_ELT(region, i));
    std::size_t j = 0;
    while (j < length && a[j] == b[j]) {
      ++j;
    }
    length = j;
  }
  return length;
}

// The next eight bytes as a number in their order.
std::uint64_t eight_bytes(const char* x) {
  std::uint64_t out = 0;
  for (int i = 0; i < 8; ++i) {
    out = (out << 8) | static_cast<unsigned char>(*x);
    x += *x != 0;
  }
  return out;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Without the blanks and the footnote marks at the end: "1)", "2) 3)", "*".
std::size_t unmarked_length(const std::string& x) {
  std::size_t end = x.size();
  for (;;) {
    while (end > 0 && x[end - 1] == ' ') {
      --end;
    }
    std::size_t at = end;
    while (at > 0 && x[at - 1] == '*') {
      --at;
    }
    if (at == end && at > 1 && x[at - 1] == ')') {
      --at;
      const std::size_t close = at;
      while (at > 0 && is_digit(x[at - 1])) {
        --at;
      }
      // "(1)" belongs to the name.
      if (at == close || at == 0 || x[at - 1] == '(') {
        return end;
      }
    }
    // A name of marks alone has no other part to be told by.
    if (at == end || x.find_first_not_of(' ') >= at) {
      return end;
    }
    end = at;
  }
}

// A name as a reader takes it, of what ASCII has: small letters, one blank for
// many and none around a hyphen, no footnote marks, no leading zeros where all
// are digits. Bytes of other letters stay as they are.
void fold_name(const char* x, std::string& out) {
  out.clear();
  for (; *x != 0; ++x) {
    const bool blank = *x == ' ' || (*x >= '\t' && *x <= '\r');
    if (blank) {
      if (!out.empty() && out.back() != ' ' && out.back() != '-') {
        out.push_back(' ');
      }
      continue;
    }
    if (*x == '-' && !out.empty() && out.back() == ' ') {
      out.pop_back();
    }
    out.push_back(*x >= 'A' && *x <= 'Z' ? static_cast<char>(*x - 'A' + 'a')
                                         : *x);
  }
  out.resize(unmarked_length(out));
  if (std::all_of(out.begin(), out.end(), is_digit)) {
    const std::size_t at = out.find_first_not_of('0');
    out.erase(0, at == std::string::npos ? (out.empty() ? 0 : out.size() - 1)
                                         : at);
  }
}

// `key`: a row's region as bits; `prefix` and `less` order rows by region.
template <typename Time, typename Key, typename Prefix, typename Less>
nidcode::panel_order order_keys(R_xlen_t n, const Time* time, Key key,
                                Prefix prefix, Less less) {
  r_interrupt progress;
  nidcode::panel_order out;
  auto same = [&](R_xlen_t i, R_xlen_t j) { return key(i) == key(j); };
  if (nidcode::read_ordered_rows(out, n, time, same, less, progress)) {
    return out;
  }
  out = nidcode::panel_order();
  numbered_rows rows = number_rows(n, key);
  const auto row_prefix = prefix(rows.first);
  sort_regions(rows, row_prefix, less);
  nidcode::order_rows(out, rows.region, rows.first, time, progress);
  return out;
}

template <typename Time>
nidcode::panel_order order_panel(SEXP region, const Time* time, R_xlen_t n) {
  if (Rf_isNull(region)) {
    return order_keys(
        n, time, [](R_xlen_t) { return std::uint64_t(0); },
        [](const std::vector<int>&) {
          return [](int) { return std::uint64_t(0); };
        },
        [](R_xlen_t, R_xlen_t) { return false; });
  }
  if (TYPEOF(region) == STRSXP) {
    // Equal strings are one object in R, unless their encodings differ; those
    // are brought together by comparing their bytes in UTF-8.
    const SEXP* x = STRING_PTR_RO(region);
    return order_keys(
        n, time,
        [=](R_xlen_t i) {
          return static_cast<std::uint64_t>(
              reinterpret_cast<std::uintptr_t>(x[i]));
        },
        [=](const std::vector<int>& first) {
          const std::size_t skip = common_prefix(region, first);
          return [=](int i) {
            return eight_bytes(Rf_translateCharUTF8(x[i]) + skip);
          };
        },
        [=](R_xlen_t i, R_xlen_t j) {
          return std::strcmp(Rf_translateCharUTF8(x[i]),
                             Rf_translateCharUTF8(x[j])) < 0;
        });
  }
  if (TYPEOF(region) == INTSXP) {
    const int* x = INTEGER(region);
    return order_keys(
        n, time,
        [=](R_xlen_t i) {
          return static_cast<std::uint64_t>(static_cast<std::int64_t>(x[i]));
        },
        [=](const std::vector<int>&) {
          return [=](int i) {
            return static_cast<std::uint64_t>(static_cast<std::int64_t>(x[i])) ^
                   (std::uint64_t(1) << 63);
          };
        },
        [=](R_xlen_t i, R_xlen_t j) { return x[i] < x[j]; });
  }
  const double* x = REAL(region);
  return order_keys(
      n, time,
      [=](R_xlen_t i) {
        const double value = x[i] + 0.0;
        std::uint64_t bits;
        std::memcpy(&bits, &value, sizeof bits);
        return bits;
      },
      [](const std::vector<int>&) {
        return [](int) { return std::uint64_t(0); };
      },
      [=](R_xlen_t i, R_xlen_t j) { return x[i] < x[j]; });
}

}  // namespace

// `region`: text, whole numbers (factor codes among them) or numbers, without
// NA; NULL for one region. `time`: whole numbers or numbers, finite.
// [[Rcpp::export]]
Rcpp::List panel_order_cpp(SEXP region, SEXP time) {
  const R_xlen_t n = Rf_xlength(time);
  must(TYPEOF(time) == INTSXP || TYPEOF(time) == REALSXP,
       "times are no numbers");
  must(Rf_isNull(region) || TYPEOF(region) == STRSXP ||
           TYPEOF(region) == INTSXP || TYPEOF(region) == REALSXP,
       "regions are neither text nor numbers");
  must(Rf_isNull(region) || Rf_xlength(region) == n,
       "regions and times differ in number");
  const nidcode::panel_order order =
      TYPEOF(time) == INTSXP ? order_panel(region, INTEGER(time), n)
                             : order_panel(region, REAL(time), n);
  SEXP row = order.row.empty() ? R_NilValue
                               : static_cast<SEXP>(one_based(order.row));
  Rcpp::Shield<SEXP> keep(row);
  return Rcpp::List::create(
      Rcpp::Named("row") = row, Rcpp::Named("offset") = order.offset,
      Rcpp::Named("first") = one_based(order.first),
      Rcpp::Named("same") = one_based(order.same),
      Rcpp::Named("close") = one_based(order.close),
      Rcpp::Named("grid") = one_based(order.grid),
      Rcpp::Named("grid_offset") = order.grids.pool().offset,
      Rcpp::Named("grid_time") = order.grids.pool().value);
}

// What stands in a column: how many NA, NaN and infinite values.
// [[Rcpp::export]]
Rcpp::NumericVector count_missing_cpp(const Rcpp::NumericVector& x) {
  double na = 0, nan = 0, infinite = 0;
  const double* value = x.begin();
  const R_xlen_t n = x.size();
  for (R_xlen_t i = 0; i < n; ++i) {
    // x - x is 0 for every finite x and NaN for all others.
    if (!(value[i] - value[i] == 0)) {
      if (R_IsNA(value[i])) {
        ++na;
      } else if (R_IsNaN(value[i])) {
        ++nan;
      } else {
        ++infinite;
      }
    }
  }
  return Rcpp::NumericVector::create(Rcpp::Named("na") = na,
                                     Rcpp::Named("nan") = nan,
                                     Rcpp::Named("infinite") = infinite);
}

// Is every string plain ASCII?
// [[Rcpp::export]]
bool all_ascii_cpp(const Rcpp::CharacterVector& x) {
  SEXP last = R_NilValue;
  for (R_xlen_t i = 0; i < x.size(); ++i) {
    SEXP one = STRING_ELT(x, i);
    if (one == last) {
      continue;
    }
    last = one;
    for (const char* c = CHAR(one); *c != 0; ++c) {
      if (static_cast<unsigned char>(*c) > 127) {
        return false;
      }
    }
  }
  return true;
}

// Names that equal an earlier one after fold_name(): 0 for a name that is the
// first of its kind, else the (one-based) number of that first one.
// [[Rcpp::export]]
Rcpp::IntegerVector lookalikes_cpp(const Rcpp::CharacterVector& name) {
  const R_xlen_t n = name.size();
  Rcpp::IntegerVector out(n);
  nidcode::key_index index(static_cast<std::size_t>(n));
  std::vector<int> first;
  std::string folded, other;
  for (R_xlen_t i = 0; i < n; ++i) {
    fold_name(CHAR(STRING_ELT(name, i)), folded);
    std::uint64_t hash = 1469598103934665603ULL;
    for (const char c : folded) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    }
    bool fresh = false;
    const int number = index.number(hash, fresh);
    if (fresh) {
      first.push_back(static_cast<int>(i));
      continue;
    }
    const int twin = first[static_cast<std::size_t>(number)];
    fold_name(CHAR(STRING_ELT(name, twin)), other);
    if (folded == other) {
      out[i] = twin + 1;
    }
    if ((i & 0xfffff) == 0) {
      Rcpp::checkUserInterrupt();
    }
  }
  return out;
}

// [[Rcpp::export]]
Rcpp::NumericVector integer64_to_double_cpp(const Rcpp::NumericVector& x) {
  Rcpp::NumericVector out(x.size());
  for (R_xlen_t i = 0; i < x.size(); ++i) {
    std::int64_t value;
    std::memcpy(&value, &x[i], sizeof value);
    out[i] = value == std::numeric_limits<std::int64_t>::min()
                 ? NA_REAL
                 : static_cast<double>(value);
  }
  return out;
}
