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

nidcode::panel_order order_rows(SEXP region, SEXP time) {
  switch (TYPEOF(region)) {
    case NILSXP:
      return order_by(nidcode::no_regions(), time);
    case STRSXP:
      return order_by(text_regions(region), time);
    case INTSXP:
      return order_by(nidcode::number_regions<int>{INTEGER(region)}, time);
    default:
      return order_by(nidcode::number_regions<double>{REAL(region)}, time);
  }
}

Rcpp::IntegerVector one_based(const std::vector<int>& x) {
  Rcpp::IntegerVector out(Rcpp::no_init(x.size()));
  std::transform(x.begin(), x.end(), out.begin(), [](int i) { return i + 1; });
  return out;
}

}  // namespace

// `region`: text, whole numbers (factor codes among them) or numbers, without
// NA; NULL for one region. `time`: whole numbers or numbers, finite.
// [[Rcpp::export(rng = false)]]
Rcpp::List panel_order_cpp(SEXP region, SEXP time) {
  const int type = TYPEOF(region);
  must(TYPEOF(time) == INTSXP || TYPEOF(time) == REALSXP,
       "times are no numbers");
  must(type == NILSXP || type == STRSXP || type == INTSXP || type == REALSXP,
       "regions are neither text nor numbers");
  must(type == NILSXP || Rf_xlength(region) == Rf_xlength(time),
       "regions and times differ in number");
  const nidcode::panel_order order = order_rows(region, time);
  Rcpp::RObject row;
  if (!order.row.empty()) {
    row = one_based(order.row);
  }
  return Rcpp::List::create(
      _["row"] = row, _["offset"] = order.offset,
      _["first"] = one_based(order.first), _["same"] = one_based(order.same),
      _["close"] = one_based(order.close), _["grid"] = one_based(order.grid),
      _["grid_offset"] = order.grids.pool().offset,
      _["grid_time"] = order.grids.pool().value);
}
