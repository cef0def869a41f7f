// Glue of <nidcode/code-values.h>: centre and scale, codes and their parts.

#include <Rcpp.h>
#include <nidcode/code-values.h>

#include "interrupt.h"
#include "must.h"

using Rcpp::_;

namespace {

// The columns of a code, long enough for `rows` rows; a centre and an inverse
// scale of each for all `regions` or for each of them.
class code_reader {
 public:
  code_reader(const Rcpp::List& code, R_xlen_t rows, R_xlen_t regions)
      : rows_(rows),
        regions_(regions),
        x_(Rcpp::as<Rcpp::List>(code["x"])),
        centre_(Rcpp::as<Rcpp::List>(code["centre"])),
        inverse_(Rcpp::as<Rcpp::List>(code["inverse"])),
        sign_(Rcpp::as<Rcpp::NumericVector>(code["sign"])),
        weight_(Rcpp::as<Rcpp::NumericVector>(code["weight"])),
        reflect_(Rcpp::as<bool>(code["reflect"])) {
    const SEXP factor =
        code.containsElementNamed("factor") ? SEXP(code["factor"]) : R_NilValue;
    if (!Rf_isNull(factor)) {
      factor_ = Rcpp::NumericMatrix(factor);
      must(factor_.ncol() == size() && factor_.nrow() >= rows,
           "factors of weights: not one a row and indicator");
    }
    must(centre_.size() == size() && inverse_.size() == size() &&
             sign_.size() == size() && weight_.size() == size(),
         "parts of a code differ in number");
  }

  R_xlen_t size() const {
    return x_.size();
  }

  nidcode::indicator_values operator()(R_xlen_t k) const {
    const R_xlen_t centres = Rf_xlength(centre_[k]);
    must(TYPEOF(x_[k]) == REALSXP && Rf_xlength(x_[k]) >= rows_,
         "an indicator is too short or no column of numbers");
    must(TYPEOF(centre_[k]) == REALSXP && TYPEOF(inverse_[k]) == REALSXP &&
             (centres == 1 || centres == regions_) &&
             Rf_xlength(inverse_[k]) == centres,
         "centre and scale: not one for all or for each region");
    nidcode::indicator_values one;
    one.x = REAL(x_[k]);
    one.centre = REAL(centre_[k]);
    one.inverse = REAL(inverse_[k]);
    one.by_region = centres != 1;
    one.sign = sign_[k];
    one.reflect = reflect_;
    one.weight = weight_[k];
    if (factor_.ncol() > 0) {
      one.factor = factor_.begin() + k * factor_.nrow();
    }
    return one;
  }

 private:
  R_xlen_t rows_, regions_;
  Rcpp::List x_, centre_, inverse_;
  Rcpp::NumericVector sign_, weight_;
  Rcpp::NumericMatrix factor_{0, 0};
  bool reflect_;
};

nidcode::code_definition read_definition(const Rcpp::List& code, R_xlen_t rows,
                                         R_xlen_t regions) {
  nidcode::code_definition out;
  const code_reader indicator(code, rows, regions);
  for (R_xlen_t k = 0; k < indicator.size(); ++k) {
    out.indicators.push_back(indicator(k));
  }
  out.whole = code["whole"];
  const std::string missing = code["missing"], aggregate = code["aggregate"];
  out.missing = missing == "available" ? nidcode::missing_policy::available
                                       : nidcode::missing_policy::constant;
  out.aggregate = aggregate == "geometric"  ? nidcode::aggregate_kind::geometric
                  : aggregate == "harmonic" ? nidcode::aggregate_kind::harmonic
                                            : nidcode::aggregate_kind::mean;
  return out;
}

// Rows of the regions from <= r < to.
int rows_of(const Rcpp::IntegerVector& offset, int from, int to) {
  must(from >= 0 && from <= to && to < offset.size(), "no such regions");
  bool ascend = offset[from] >= 0;
  for (int r = from; r < to; ++r) {
    ascend = ascend && offset[r + 1] >= offset[r];
  }
  must(ascend, "regions do not ascend");
  return offset[to] - offset[from];
}

// Each column has weights that say something.
void must_weigh(const Rcpp::NumericMatrix& weight) {
  for (int n = 0; n < weight.ncol(); ++n) {
    bool some = false, good = true;
    for (const double w : weight.column(n)) {
      good = good && w >= 0 && w - w == 0;
      some = some || w > 0;
    }
    must(good && some, "weights are negative, no numbers or all 0");
  }
}

Rcpp::List wrap_code(const Rcpp::NumericVector& value,
                     const Rcpp::IntegerVector& used,
                     const nidcode::composition& told, bool whole) {
  const double missing = whole ? 0
                               : std::count_if(value.begin(), value.end(),
                                               [](double x) { return x != x; });
  const Rcpp::IntegerVector changed(told.changed.begin(), told.changed.end());
  return Rcpp::List::create(_["value"] = value, _["used"] = used,
                            _["missing"] = missing, _["lost"] = told.lost,
                            _["changed"] = changed + 1);
}

}  // namespace

// Moments of the column as a whole, or of each region's rows.
// [[Rcpp::export(rng = false)]]
Rcpp::List moments_cpp(const Rcpp::NumericVector& x,
                       const Rcpp::IntegerVector& offset) {
  must_cover(offset, x.size(), "regions do not cover the rows");
  const R_xlen_t n = offset.size() - 1;
  Rcpp::NumericVector count(n), mean(n), sd(n), min(n), max(n);
  r_interrupt progress;
  nidcode::region_moments(
      x.begin(), offset.begin(), n,
      {count.begin(), mean.begin(), sd.begin(), min.begin(), max.begin()},
      progress);
  return Rcpp::List::create(_["n"] = count, _["mean"] = mean, _["sd"] = sd,
                            _["min"] = min, _["max"] = max);
}

// Values of one code for regions from <= r < to (zero-based), in their rows.
// `totals`: the weight of the indicators of each instead. A `buffer` of the
// right length is filled and given back: fresh memory for every block of
// regions would cost more than the arithmetic. Only for callers that have done
// with the last block's values.
// [[Rcpp::export(rng = false)]]
Rcpp::List define_code_cpp(const Rcpp::List& code,
                           const Rcpp::IntegerVector& offset, int from, int to,
                           bool totals, bool count,
                           const Rcpp::NumericVector& buffer) {
  const int rows = rows_of(offset, from, to);
  const nidcode::code_definition definition =
      read_definition(code, offset[to], offset.size() - 1);
  Rcpp::NumericVector value = buffer;
  if (rows == 0 || buffer.size() != rows) {
    value = Rcpp::NumericVector(Rcpp::no_init(rows));
  }
  Rcpp::IntegerVector used(Rcpp::no_init(count ? rows : 0));
  nidcode::composition told;
  r_interrupt progress;
  nidcode::define_regions(definition, offset.begin(), from, to, totals,
                          value.begin(), count ? used.begin() : nullptr, told,
                          progress);
  return wrap_code(value, used, told, definition.whole);
}

// The code over all rows under many weights, indicators x draws: rows x draws.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericMatrix define_draws_cpp(const Rcpp::List& code,
                                     const Rcpp::IntegerVector& offset,
                                     const Rcpp::NumericMatrix& weight,
                                     int threads) {
  must(offset.size() > 0, "regions do not cover the rows");
  const int regions = static_cast<int>(offset.size()) - 1;
  const int rows = rows_of(offset, 0, regions);
  const nidcode::code_definition definition =
      read_definition(code, offset[regions], regions);
  must(weight.nrow() == static_cast<int>(definition.indicators.size()),
       "not one weight for each indicator");
  must_weigh(weight);
  Rcpp::NumericMatrix value(Rcpp::no_init(rows, weight.ncol()));
  r_interrupt progress;
  nidcode::define_draws(definition, offset.begin(), regions, weight.begin(),
                        weight.ncol(), value.begin(), threads, progress);
  return value;
}

// The part of indicator k (one-based) in the values of a code whose weights
// add up to `total`, over all regions.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector define_part_cpp(const Rcpp::List& code,
                                    const Rcpp::IntegerVector& offset, int k,
                                    const Rcpp::NumericVector& total) {
  must_cover(offset, total.size(), "regions do not cover the rows");
  const R_xlen_t regions = offset.size() - 1;
  const code_reader indicator(code, total.size(), regions);
  must(k >= 1 && k <= indicator.size(), "no such part of a code");
  Rcpp::NumericVector value(Rcpp::no_init(total.size()));
  r_interrupt progress;
  nidcode::define_part(indicator(k - 1), offset.begin(), regions, total.begin(),
                       value.begin(), progress);
  return value;
}
