// Glue of <nidcode/panel-order.h>: R's vectors of keys to regions and grids.

#include <Rcpp.h>
#include <nidcode/panel-order.h>

#include <algorithm>

#include "interrupt.h"
#include "must.h"

using Rcpp::_;

namespace {

// Equal strings are one object in R, unless their encodings differ; those are
// brought together by comparing their bytes in UTF-8.
struct text_regions {
  const SEXP* x;
  std::size_t skip = 0;

  explicit text_regions(SEXP region) : x(STRING_PTR_RO(region)) {}
  const char* text(R_xlen_t i) const {
    return Rf_translateCharUTF8(x[i]);
  }
  std::uint64_t bits(R_xlen_t i) const {
    return reinterpret_cast<std::uintptr_t>(x[i]);
  }
  bool alike(R_xlen_t i, std::size_t n) const {
    return nidcode::all_alike(x + i, n);
  }
  std::uint64_t prefix(R_xlen_t i) const {
    return nidcode::eight_bytes(text(i) + skip);
  }
  bool less(R_xlen_t i, R_xlen_t j) const {
    return std::strcmp(text(i), text(j)) < 0;
  }
  void read(R_xlen_t) const {}
  void meet(const std::vector<int>& rows) {
    skip = nidcode::common_prefix(rows, [this](int i) { return text(i); });
  }
};

template <typename Regions>
nidcode::panel_order order_by(const Regions& regions, SEXP time) {
  r_interrupt progress;
  const R_xlen_t n = Rf_xlength(time);
  return TYPEOF(time) == INTSXP
             ? nidcode::order_panel(n, INTEGER(time), regions, progress)
             : nidcode::order_panel(n, REAL(time), regions, progress);
}

// The order, and the number of each region where rows stood in it: to fetch it
// later would read the column again.
struct ordered_rows {
  nidcode::panel_order order;
  Rcpp::RObject label;
};

template <typename Number>
ordered_rows order_numbers(const Number* region, SEXP time) {
  ordered_rows out;
  std::vector<Number> label;
  out.order = order_by(nidcode::number_regions<Number>{region, &label}, time);
  if (out.order.row.empty()) {
    out.label = Rcpp::wrap(label);
  }
  return out;
}

ordered_rows order_rows(SEXP region, SEXP time) {
  switch (TYPEOF(region)) {
    case NILSXP:
      return {order_by(nidcode::no_regions(), time), R_NilValue};
    case STRSXP:
      return {order_by(text_regions(region), time), R_NilValue};
    case INTSXP:
      return order_numbers(INTEGER(region), time);
    default:
      return order_numbers(REAL(region), time);
  }
}

Rcpp::IntegerVector one_based(const std::vector<int>& x) {
  Rcpp::IntegerVector out(Rcpp::no_init(x.size()));
  std::transform(x.begin(), x.end(), out.begin(), [](int i) { return i + 1; });
  return out;
}

}  // namespace

// `region`: text, numbers or whole numbers (factor codes among them); NULL for
// one region. `time`: numbers or whole numbers, finite. Of whole numbers NA is
// the least.
// [[Rcpp::export(rng = false)]]
Rcpp::List panel_order_cpp(SEXP region, SEXP time) {
  const int type = TYPEOF(region);
  must(TYPEOF(time) == INTSXP || TYPEOF(time) == REALSXP,
       "times are no numbers");
  must(type == NILSXP || type == STRSXP || type == INTSXP || type == REALSXP,
       "regions are neither text nor numbers");
  must(type == NILSXP || Rf_xlength(region) == Rf_xlength(time),
       "regions and times differ in number");
  const ordered_rows rows = order_rows(region, time);
  const nidcode::panel_order& order = rows.order;
  Rcpp::RObject row;
  if (!order.row.empty()) {
    row = one_based(order.row);
  }
  return Rcpp::List::create(
      _["row"] = row, _["offset"] = order.offset,
      _["first"] = one_based(order.first), _["same"] = one_based(order.same),
      _["close"] = one_based(order.close), _["grid"] = one_based(order.grid),
      _["grid_offset"] = order.grids.pool().offset,
      _["grid_time"] = order.grids.pool().value, _["label"] = rows.label);
}
