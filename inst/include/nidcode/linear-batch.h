#ifndef NIDCODE_LINEAR_BATCH_H
#define NIDCODE_LINEAR_BATCH_H

// Linear rates of many series on many grids of times. Each grid has one
// operator, made once a block; sums over the times of a grid become rows of
// weights on its values, made once for all blocks.

#include <cstddef>
#include <limits>
#include <vector>

#include <nidcode/blocks.h>
#include <nidcode/grid-pool.h>
#include <nidcode/linear-rates.h>
#include <nidcode/tolerance.h>

namespace nidcode {

// Sums over the times of grid g: count[g] of them, n numbers each, from
// offset[g] of `weight` on.
struct grid_sums {
  const double* weight = nullptr;  // nullptr: no sums
  bool levels = false;             // of order 0, which sees a constant
  const double* offset = nullptr;
  const int* count = nullptr;

  int of(int g) const {
    return weight == nullptr ? 0 : count[g];
  }
  const double* begin(int g) const {
    return weight + static_cast<std::ptrdiff_t>(offset[g]);
  }
};

struct linear_request {
  grid_pool grids;
  linear_rate rate;
  std::vector<int> orders;  // at the observed times
  grid_sums sums;           // their rows of weights on the values
  // sd of the error of a value: nullptr, or one for all, or one a value.
  const double* known_sd = nullptr;
  bool one_sd = false;
  // What stands where there is no rate.
  double missing = std::numeric_limits<double>::quiet_NaN();

  bool errors() const {
    return rate.fitted() || known_sd != nullptr;
  }
  // Sums alone need no operator, so their series may come in any order.
  bool operators() const {
    return !orders.empty() || rate.fitted();
  }
};

// Series lie one after another in `values`.
struct linear_series {
  const double* values = nullptr;
  const int* grid = nullptr;  // from 1
  const double* rounding = nullptr;  // sd of that of the values, one a series
  std::ptrdiff_t count = 0;
  series_places value, sum;
};

// Where results go. Matrices have their rows in the order of the values and a
// column for each order; errors are written only if there are any.
struct linear_result {
  double *estimate = nullptr, *std_error = nullptr;
  double *sum_estimate = nullptr, *sum_std_error = nullptr;
  double* sigma = nullptr;  // of a fit, one a series
};

// One thread's way through the series, with the operator of the last grid.
class linear_worker {
 public:
  linear_worker(const linear_request& request, const linear_series& series,
                const linear_result& result)
      : ask_(request),
        in_(series),
        out_(result),
        errors_(request.errors()),
        centred_(request.rate.centred()) {}

  void run(std::ptrdiff_t s, pulse& beat) {
    if (in_.grid[s] - 1 != current_) {
      take_grid(in_.grid[s] - 1, beat);
    }
    from_ = in_.value[s];
    y_ = in_.values + from_;
    zero_ = centred_ && n_ > 0 ? y_[0] : 0;
    if (errors_) {
      error_of(s);
    }
    for (std::size_t o = 0; o < ask_.orders.size(); ++o) {
      rates(ask_.orders[o],
            static_cast<std::ptrdiff_t>(o) * in_.value.total() + from_);
    }
    sums(in_.sum[s]);
    beat.work(cost_);
  }

 private:
  void take_grid(int g, pulse& beat) {
    current_ = g;
    n_ = ask_.grids.length(g);
    count_ = ask_.sums.of(g);
    row_ = count_ > 0 ? ask_.sums.begin(g) : nullptr;
    cost_ = (100.0 + 4 * count_) * n_;
    if (ask_.operators()) {
      op_ = ask_.rate(ask_.grids, g, beat);
    }
  }

  // Errors are sd_ times those of values whose own are v_ (nullptr: 1).
  void error_of(std::ptrdiff_t s) {
    sd_ = 1;
    v_ = nullptr;
    if (ask_.rate.fitted()) {
      const double least = in_.rounding == nullptr ? 0 : in_.rounding[s];
      sd_ = out_.sigma[s] = std::max(residual_sd(op_, y_, n_), least);
    } else if (ask_.one_sd) {
      sd_ = *ask_.known_sd;
    } else if (ask_.known_sd != nullptr) {
      v_ = ask_.known_sd + from_;
    }
  }

  void rates(int order, std::ptrdiff_t to) const {
    const rate_rows& rows = op_[order];
    const double level = order == 0 ? zero_ : 0;
    for (int i = 0; i < n_; ++i, ++to) {
      const int size = rows.size(i), first = rows.first(i);
      const double* w = rows.weight(i);
      out_.estimate[to] =
          size == 0 ? ask_.missing : weigh(w, y_ + first, size, zero_) + level;
      if (errors_) {
        out_.std_error[to] = size == 0 ? ask_.missing : error(w, first, size);
      }
    }
  }

  void sums(std::ptrdiff_t to) const {
    const double zero = ask_.sums.levels ? 0 : zero_;
    const double* w = row_;
    for (int j = 0; j < count_; ++j, ++to, w += n_) {
      out_.sum_estimate[to] = weigh(w, y_, n_, zero);
      if (errors_) {
        out_.sum_std_error[to] = error(w, 0, n_);
      }
    }
  }

  double error(const double* w, int first, int size) const {
    return sd_ * row_norm(w, v_ == nullptr ? nullptr : v_ + first, size);
  }

  const linear_request& ask_;
  const linear_series& in_;
  const linear_result& out_;
  const bool errors_, centred_;
  int current_ = -1, n_ = 0, count_ = 0;
  const double* row_ = nullptr;  // the sums' weights
  std::ptrdiff_t from_ = 0;
  const double *y_ = nullptr, *v_ = nullptr;
  double zero_ = 0, sd_ = 1, cost_ = 0;
  rate_operator op_;
};

template <typename Progress>
void fit_linear_rates(const linear_request& request,
                      const linear_series& series, const linear_result& result,
                      int threads, Progress& progress) {
  std::vector<std::ptrdiff_t> by;
  if (request.operators() && request.grids.size > 1) {
    by = series_by_grid(series.grid, series.count, request.grids.size);
  }
  for_each_long_block(
      series.count, threads, progress,
      [&](std::ptrdiff_t from, std::ptrdiff_t to, pulse& beat) {
        linear_worker worker(request, series, result);
        for (std::ptrdiff_t at = from; at < to; ++at) {
          worker.run(by.empty() ? at : by[static_cast<std::size_t>(at)], beat);
        }
      });
}

// What is known of the rate of an order before any series: where it exists,
// over the pool; the residual degrees of freedom of each grid (`missing` if too
// few for an error) and the trace of its smoother.
template <typename Progress>
void linear_facts(const linear_request& request, int order, int* defined,
                  double* df, double* trace, Progress& progress) {
  const grid_pool& grids = request.grids;
  for_each_long_block(grids.size, 1, progress,
                      [&](std::ptrdiff_t from, std::ptrdiff_t to, pulse& beat) {
                        for (int g = static_cast<int>(from); g < to; ++g) {
                          const rate_operator op = request.rate(grids, g, beat);
                          for (int i = 0; i < grids.length(g); ++i) {
                            defined[grids.offset[g] + i] = op[order].defined(i);
                          }
                          df[g] = op.df >= least_df ? op.df : request.missing;
                          trace[g] = op.trace(grids.length(g));
                        }
                      });
}

// Turns sums of the rates of `order` into sums of the values: the rows of
// request.sums, weights at each time, to rows of the same shape.
template <typename Progress>
void linear_sums(const linear_request& request, int order, double* row,
                 Progress& progress) {
  const grid_pool& grids = request.grids;
  const grid_sums& sums = request.sums;
  for_each_long_block(
      grids.size, 1, progress,
      [&](std::ptrdiff_t from, std::ptrdiff_t to, pulse& beat) {
        for (int g = static_cast<int>(from); g < to; ++g) {
          if (sums.of(g) == 0) {
            continue;
          }
          const int n = grids.length(g);
          const rate_operator op = request.rate(grids, g, beat);
          for (int j = 0; j < sums.of(g); ++j) {
            const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(j) * n;
            sum_weights(op, order, sums.begin(g) + at, n,
                        row + (sums.begin(g) - sums.weight) + at);
            beat.work(10.0 * n);
          }
        }
      });
}

}  // namespace nidcode

#endif
