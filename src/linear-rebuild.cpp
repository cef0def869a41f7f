// Glue of <nidcode/linear-rebuild.h>.

#include <Rcpp.h>
#include <nidcode/linear-rebuild.h>

#include "interrupt.h"
#include "must.h"

using Rcpp::IntegerMatrix;
using Rcpp::IntegerVector;
using Rcpp::NumericMatrix;
using Rcpp::NumericVector;

namespace {

// Numbers from 1, as R counts, to numbers from 0.
IntegerVector from_zero(const IntegerVector& x, R_xlen_t most,
                        const char* what) {
  must_lie(x, 1, most, what);
  return x - 1;
}

// What cell_product() makes, kept alive while the kernel reads it.
struct product_reader {
  NumericMatrix rate;
  IntegerVector offset, place, code, pattern;
  IntegerMatrix here;
  nidcode::rebuild_terms in;

  product_reader(const Rcpp::List& x, R_xlen_t codes, R_xlen_t places)
      : rate(Rcpp::as<NumericMatrix>(x["rate"])),
        offset(Rcpp::as<IntegerVector>(x["offset"])),
        here(Rcpp::as<IntegerMatrix>(x["here"])) {
    must_cover(offset, rate.ncol(), "terms and regions do not agree");
    place = from_zero(x["place"], places, "no such time");
    code = from_zero(x["code"], codes, "no such code");
    pattern = from_zero(x["pattern"], here.ncol(), "no such pattern");
    must(place.size() == rate.ncol() && code.size() == rate.nrow() &&
             here.nrow() == rate.nrow() && pattern.size() == offset.size() - 1,
         "parts of a product do not agree");
    in.regions = pattern.size();
    in.indicators = rate.nrow();
    in.codes = codes;
    in.patterns = here.ncol();
    in.rate = rate.begin();
    in.offset = offset.begin();
    in.place = place.begin();
    in.code = code.begin();
    in.pattern = pattern.begin();
    in.here = here.begin();
  }
};

}  // namespace

// Code NID, regions x draws, of a product under weights, indicators x draws,
// and weights of codes; `tau`: places x influences; `time`: the influence of
// each draw.
// [[Rcpp::export(rng = false)]]
NumericMatrix rebuild_linear_cpp(const Rcpp::List& product,
                                 const NumericMatrix& weight,
                                 const NumericMatrix& code_weight,
                                 const NumericMatrix& tau,
                                 const IntegerVector& time, int threads) {
  const product_reader from(product, code_weight.nrow(), tau.nrow());
  const IntegerVector influence = from_zero(time, tau.ncol(), "no such tau");
  must(weight.nrow() == from.in.indicators && weight.ncol() == time.size() &&
           code_weight.ncol() == time.size(),
       "weights and draws do not agree");
  NumericMatrix out(Rcpp::no_init(from.in.regions, time.size()));
  r_interrupt progress;
  nidcode::rebuild_linear(from.in,
                          {time.size(), tau.nrow(), weight.begin(),
                           code_weight.begin(), tau.begin(), influence.begin()},
                          out.begin(), threads, progress);
  return out;
}

// Ranks within each column, 1 the largest, ties the smallest.
// [[Rcpp::export(rng = false)]]
IntegerMatrix rank_columns_cpp(const NumericMatrix& value, int threads) {
  IntegerMatrix out(Rcpp::no_init(value.nrow(), value.ncol()));
  r_interrupt progress;
  nidcode::rank_columns(value.nrow(), value.ncol(), value.begin(), out.begin(),
                        NA_INTEGER, threads, progress);
  return out;
}
