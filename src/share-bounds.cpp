// Glue of <nidcode/share-bounds.h>.

#include <Rcpp.h>
#include <nidcode/share-bounds.h>

#include "interrupt.h"
#include "must.h"

using Rcpp::IntegerMatrix;
using Rcpp::IntegerVector;
using Rcpp::NumericMatrix;
using Rcpp::NumericVector;

namespace {

// Bounds of weights, kept alive while the kernel reads them.
struct bounds_reader {
  NumericVector low, high;
  bool cut;

  bounds_reader(const Rcpp::List& x, R_xlen_t n)
      : low(Rcpp::as<NumericVector>(x["low"])),
        high(Rcpp::as<NumericVector>(x["high"])),
        cut(Rcpp::as<bool>(x["cut"])) {
    must(low.size() == n && high.size() == n, "not one bound for each weight");
    for (R_xlen_t k = 0; k < n; ++k) {
      must(low[k] >= 0 && high[k] >= low[k] && high[k] - high[k] == 0,
           "bounds are no numbers or in no order");
    }
  }

  nidcode::weight_bounds operator()() const {
    nidcode::weight_bounds out;
    out.low = low.begin();
    out.high = high.begin();
    out.cut = cut;
    return out;
  }
};

// What weights are of, kept alive with their bounds.
struct dominance_reader {
  bounds_reader own, codes;
  nidcode::dominance_input in;

  dominance_reader(const NumericMatrix& part, const IntegerMatrix& here,
                   const IntegerVector& first, const Rcpp::List& weight,
                   const Rcpp::List& code_weight)
      : own(weight, part.nrow()), codes(code_weight, first.size() - 1) {
    must_cover(first, part.nrow(), "codes do not cover the indicators");
    must(here.nrow() == part.nrow() && here.ncol() == part.ncol(),
         "parts and presence do not agree");
    in.regions = part.ncol();
    in.indicators = part.nrow();
    in.codes = first.size() - 1;
    in.part = part.begin();
    in.here = here.begin();
    in.first = first.begin();
    in.weight = own();
    in.code_weight = codes();
  }
};

}  // namespace

// Least differences of Code NID, region (row) over region (column). `part` and
// `here`: indicators x regions; `first`: where codes begin, from 0, and the
// end.
// [[Rcpp::export(rng = false)]]
NumericMatrix least_differences_cpp(const NumericMatrix& part,
                                    const IntegerMatrix& here,
                                    const IntegerVector& first,
                                    const Rcpp::List& weight,
                                    const Rcpp::List& code_weight, double total,
                                    int threads) {
  dominance_reader from(part, here, first, weight, code_weight);
  from.in.total = total;
  NumericMatrix out(Rcpp::no_init(part.ncol(), part.ncol()));
  r_interrupt progress;
  nidcode::least_differences(from.in, out.begin(), threads, progress);
  return out;
}
