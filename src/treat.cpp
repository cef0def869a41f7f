// Glue of code-values.h and grid.h: centre and scale, codes, their grids.

#include <Rcpp.h>
#include <nidcode/code-values.h>
#include <nidcode/grid.h>

#include "interrupt.h"
#include "must.h"

// Moments of the column as a whole, or of each region's rows.
// [[Rcpp::export]]
Rcpp::List moments_cpp(const Rcpp::NumericVector& x,
                       const Rcpp::IntegerVector& offset) {
  must_cover(offset, x.size(), "regions do not cover the rows");
  const R_xlen_t n = offset.size() - 1;
  Rcpp::NumericVector count(n), mean(n), sd(n), min(n), max(n);
  r_interrupt progress;
  for (R_xlen_t r = 0; r < n; ++r) {
    const nidcode::moments m = nidcode::column_moments(
        x.begin() + offset[r], offset[r + 1] - offset[r]);
    count[r] = m.n;
    mean[r] = m.mean;
    sd[r] = m.sd;
    min[r] = m.min;
    max[r] = m.max;
    if (r % 4096 == 0) {
      progress.step(static_cast<std::size_t>(r));
    }
  }
  return Rcpp::List::create(
      Rcpp::Named("n") = count, Rcpp::Named("mean") = mean,
      Rcpp::Named("sd") = sd, Rcpp::Named("min") = min,
      Rcpp::Named("max") = max);
}

namespace {

// The columns of a code, long enough for `rows` rows; a centre and an inverse
// scale of each for all `regions` or for each of them.
class code_reader {
 public:
  code_reader(const Rcpp::List& code, R_xlen_t rows, R_xlen_t regions)
      : rows_(rows), regions_(regions), x_(Rcpp::as<Rcpp::List>(code["x"])),
        centre_(Rcpp::as<Rcpp::List>(code["centre"])),
        inverse_(Rcpp::as<Rcpp::List>(code["inverse"])),
        sign_(Rcpp::as<Rcpp::NumericVector>(code["sign"])),
        weight_(Rcpp::as<Rcpp::NumericVector>(code["weight"])),
        reflect_(Rcpp::as<bool>(code["reflect"])) {
    must(centre_.size() == size() && inverse_.size() == size() &&
             sign_.size() == size() && weight_.size() == size(),
         "parts of a code differ in number");
  }

  R_xlen_t size() const { return x_.size(); }

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
    return one;
  }

 private:
  R_xlen_t rows_, regions_;
  Rcpp::List x_, centre_, inverse_;
  Rcpp::NumericVector sign_, weight_;
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
  out.aggregate = aggregate == "geometric" ? nidcode::aggregate_kind::geometric
                  : aggregate == "harmonic" ? nidcode::aggregate_kind::harmonic
                                            : nidcode::aggregate_kind::mean;
  return out;
}

}  // namespace

// Values of one code for regions from <= r < to (zero-based), in their rows.
// `totals`: the weight of the indicators of each instead. A `buffer` of the
// right length is filled and given back: fresh memory for every block of
// regions would cost more than the arithmetic. Only for callers that have done
// with the last block's values.
// [[Rcpp::export]]
Rcpp::List define_code_cpp(const Rcpp::List& code,
                           const Rcpp::IntegerVector& offset, int from, int to,
                           bool totals, bool count,
                           const Rcpp::NumericVector& buffer) {
  const R_xlen_t regions = offset.size() - 1;
  must(from >= 0 && from <= to && to <= regions, "no such regions");
  bool ascend = offset[from] >= 0;
  for (int r = from; r < to; ++r) {
    ascend = ascend && offset[r + 1] >= offset[r];
  }
  must(ascend, "regions do not ascend");
  const nidcode::code_definition definition =
      read_definition(code, offset[to], regions);
  const int start = to > from ? offset[from] : 0;
  const int rows = to > from ? offset[to] - start : 0;
  Rcpp::NumericVector value = buffer;
  if (rows == 0 || buffer.size() != rows) {
    value = Rcpp::NumericVector(Rcpp::no_init(rows));
  }
  Rcpp::IntegerVector used(Rcpp::no_init(count ? rows : 0));
  nidcode::composition told;
  told.lost.assign(definition.indicators.size(), 0);
  r_interrupt progress;
  const bool at_once = nidcode::defines_whole(definition, totals);
  if (at_once) {
    nidcode::define_whole(definition, 0, start, start + rows, value.begin(),
                          count ? used.begin() : nullptr);
  }
  for (int r = from; r < to && !at_once; ++r) {
    const int at = offset[r] - start;
    nidcode::define_region(definition, r, offset[r], offset[r + 1], totals,
                           value.begin() + at,
                           count ? used.begin() + at : nullptr, told);
    if ((r & 0xfff) == 0) {
      progress.step(static_cast<std::size_t>(offset[r]));
    }
  }
  double missing = 0;
  for (R_xlen_t i = 0; i < value.size() && !definition.whole; ++i) {
    missing += value[i] != value[i];
  }
  Rcpp::IntegerVector changed(told.changed.begin(), told.changed.end());
  return Rcpp::List::create(
      Rcpp::Named("value") = value, Rcpp::Named("used") = used,
      Rcpp::Named("missing") = missing, Rcpp::Named("lost") = told.lost,
      Rcpp::Named("changed") = changed + 1);
}

// The part of indicator k (one-based) in the values of a code whose weights
// add up to `total`, over all regions.
// [[Rcpp::export]]
Rcpp::NumericVector define_part_cpp(const Rcpp::List& code,
                                    const Rcpp::IntegerVector& offset, int k,
                                    const Rcpp::NumericVector& total) {
  must_cover(offset, total.size(), "regions do not cover the rows");
  const R_xlen_t regions = offset.size() - 1;
  const code_reader indicator(code, total.size(), regions);
  must(k >= 1 && k <= indicator.size(), "no such part of a code");
  const nidcode::indicator_values one = indicator(k - 1);
  Rcpp::NumericVector value(Rcpp::no_init(total.size()));
  r_interrupt progress;
  for (R_xlen_t r = 0; r < regions; ++r) {
    nidcode::part_of_region(one, r, offset[r], offset[r + 1],
                            total.begin() + offset[r],
                            value.begin() + offset[r]);
    if ((r & 0xfff) == 0) {
      progress.step(static_cast<std::size_t>(offset[r]));
    }
  }
  return value;
}

// The distinct grids (observed times and breaks) of one code. `breaks`: panel
// rows (one-based, ascending) that start a new method; one that is not
// observed passes to the next observed row of its region.
// [[Rcpp::export]]
Rcpp::List code_grids_cpp(const Rcpp::NumericVector& value,
                          const Rcpp::IntegerVector& offset,
                          const Rcpp::NumericVector& time,
                          const Rcpp::IntegerVector& breaks) {
  must_cover(offset, value.size(), "regions do not cover the rows");
  must(time.size() == value.size(), "values and times differ in number");
  must_lie(breaks, 1, value.size(), "a break is at no row");
  const R_xlen_t n = offset.size() - 1;
  nidcode::sequence_index index;
  Rcpp::IntegerVector grid(n);
  Rcpp::IntegerVector stepped;
  std::vector<double> key;
  std::vector<int> steps;
  R_xlen_t next = 0;
  r_interrupt progress;
  for (R_xlen_t r = 0; r < n; ++r) {
    key.clear();
    bool pending = false;
    for (int row = offset[r]; row < offset[r + 1]; ++row) {
      while (next < breaks.size() && breaks[next] - 1 < offset[r]) {
        ++next;
      }
      if (next < breaks.size() && breaks[next] - 1 == row) {
        pending = true;
        ++next;
      }
      if (value[row] == value[row]) {
        key.push_back(time[row]);
        key.push_back(pending && key.size() > 1 ? 1 : 0);
        pending = false;
      }
    }
    grid[r] = key.empty() ? 0
                          : index.number(key.data(),
                                         static_cast<int>(key.size())) +
                                1;
    if ((r & 0xfff) == 0) {
      progress.step(static_cast<std::size_t>(offset[r]));
    }
  }
  const nidcode::sequence_pool& pool = index.pool();
  const R_xlen_t cells = static_cast<R_xlen_t>(pool.value.size() / 2);
  Rcpp::NumericVector times(cells);
  Rcpp::IntegerVector step(cells), start(pool.size() + 1);
  for (R_xlen_t i = 0; i < cells; ++i) {
    times[i] = pool.value[static_cast<std::size_t>(2 * i)];
    step[i] = static_cast<int>(pool.value[static_cast<std::size_t>(2 * i + 1)]);
  }
  for (int g = 0; g <= pool.size(); ++g) {
    start[g] = pool.offset[static_cast<std::size_t>(g)] / 2;
  }
  return Rcpp::List::create(Rcpp::Named("grid") = grid,
                            Rcpp::Named("offset") = start,
                            Rcpp::Named("time") = times,
                            Rcpp::Named("step") = step);
}
