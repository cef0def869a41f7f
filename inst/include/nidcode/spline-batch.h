#ifndef NIDCODE_SPLINE_BATCH_H
#define NIDCODE_SPLINE_BATCH_H

// Many series on many grids of times. Work is cut into units, each a run of
// series of one grid; a unit computes the basis of its grid for itself (tens
// of microseconds), so units share nothing and threads need no lock.

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <nidcode/blocks.h>
#include <nidcode/grid-pool.h>
#include <nidcode/smoothing-spline.h>

namespace nidcode {

using offsets = std::vector<std::ptrdiff_t>;

// What is wanted of the curves. Grids lie one after another in `time` and
// `step`; offsets have one entry more than there are grids.
struct spline_request {
  int m = 3;
  spline_tuning tuning;
  const double* time = nullptr;
  const int* step = nullptr;
  offsets first;
  std::vector<int> orders;              // at the observed times
  bool steps = false;  // whose order 2 is the change of order 1 over the step
  std::vector<int> new_orders;          // at the new times of each grid
  const double* new_time = nullptr;
  offsets new_first;                    // empty: no new times
  int sum_order = 2;                    // sums over the observed times,
  const double* sum_weight = nullptr;   // n x k weights of each grid
  offsets sum_first;                    // their columns; empty: no sums
  offsets sum_offset;                   // their place in sum_weight
  const double* frozen_weight = nullptr;   // frozen_points x series
  const double* frozen_lambda = nullptr;   // the same, or the grid's own
  int frozen_points = 0;
  // What stands where there is no rate or error.
  double missing = std::numeric_limits<double>::quiet_NaN();
};

// Series lie one after another in `values`; offsets per series.
struct spline_series {
  const double* values = nullptr;
  const int* grid = nullptr;  // from 1
  const double* rounding = nullptr;  // sd of that of the values, one a series
  std::ptrdiff_t count = 0;
  series_places value, fresh, sum, direction;
};

// Where results go; nullptr is not wanted. Matrices have their rows in the
// order of the series and a column for each order.
struct spline_result {
  double *estimate = nullptr, *std_error = nullptr;
  double *new_estimate = nullptr, *new_std_error = nullptr;
  double *sum_estimate = nullptr, *sum_std_error = nullptr;
  double *log_lambda = nullptr, *first = nullptr, *last = nullptr,
         *edf = nullptr, *sigma = nullptr;
  double *weight = nullptr;                 // lambda_points x series
  double *shrink = nullptr, *z = nullptr;   // r numbers a series
};

// One thread's working memory and its way through the units.
class spline_worker {
 public:
  spline_worker(const spline_request& request, const spline_series& series,
                const spline_result& result)
      : ask_(request), in_(series), out_(result) {}

  // Series `which[0..count-1]`, all of one grid.
  void run(const std::ptrdiff_t* which, std::ptrdiff_t count, pulse& beat) {
    const int g = in_.grid[which[0]] - 1;
    const std::ptrdiff_t from = ask_.first[g];
    const int n = static_cast<int>(ask_.first[g + 1] - from);
    basis_.compute(ask_.m, ask_.time + from, ask_.step + from, n, beat);
    functionals(g, ask_.time + from, n, beat);
    smoother_.compute(basis_, all_, ask_.tuning);
    for (std::ptrdiff_t i = 0; i < count; i += tile_width) {
      const int used =
          static_cast<int>(std::min<std::ptrdiff_t>(tile_width, count - i));
      const double *y[tile_width], *weight[tile_width], *lambda[tile_width];
      double rounding[tile_width];
      for (int w = 0; w < used; ++w) {
        const std::ptrdiff_t b = which[i + w];
        y[w] = in_.values + in_.value[b];
        rounding[w] = in_.rounding == nullptr ? 0 : in_.rounding[b];
        weight[w] = column(ask_.frozen_weight, b);
        lambda[w] = column(ask_.frozen_lambda, b);
      }
      smoother_.fit(y, used, {weight, lambda, ask_.frozen_points}, rounding);
      beat.work(smoother_.tile_operations());
      for (int w = 0; w < used; ++w) {
        write(which[i + w], w);
      }
    }
  }

 private:
  const double* column(const double* x, std::ptrdiff_t b) const {
    return x == nullptr ? nullptr : x + b * ask_.frozen_points;
  }

  void list(const std::vector<int>& orders, const double* time,
            std::ptrdiff_t n) {
    order_.clear();
    at_.clear();
    for (int order : orders) {
      order_.insert(order_.end(), n, order);
      at_.insert(at_.end(), time, time + n);
    }
  }

  void fill(spline_functionals& f, const std::vector<int>& orders,
            const double* time, std::ptrdiff_t n, pulse& beat) {
    list(orders, time, n);
    f.compute(basis_, order_.data(), at_.data(), static_cast<int>(at_.size()),
              beat);
  }

  // New times may be many, and the cost of functionals that are made together
  // grows with the square of their number.
  void fill_fresh(int g, pulse& beat) {
    if (ask_.new_first.empty()) {
      fresh_.clear();
      return;
    }
    list(ask_.new_orders, ask_.new_time + ask_.new_first[g],
         ask_.new_first[g + 1] - ask_.new_first[g]);
    const std::size_t size = at_.size(), most = functionals_at_once;
    fresh_.resize((size + most - 1) / most);
    for (std::size_t part = 0; part < fresh_.size(); ++part) {
      const std::size_t from = part * most;
      fresh_[part].compute(basis_, &order_[from], &at_[from],
                           static_cast<int>(std::min(most, size - from)), beat);
      fresh_[part].forget_kernel();
    }
  }

  bool by_step(int order) const { return ask_.steps && order == 2; }

  void functionals(int g, const double* time, int n, pulse& beat) {
    own_.clear();
    for (int order : ask_.orders) {
      if (!by_step(order)) {
        own_.push_back(order);
      }
    }
    fill(observed_, own_, time, n, beat);
    all_ = {&observed_};
    if (own_.size() < ask_.orders.size()) {
      const auto rate = at_times(1, time, n, beat);
      steps_.change(*rate.first, rate.second, time, n,
                    basis_.smooth() || basis_.degree() > 1, beat);
      all_.push_back(&steps_);
    }
    fill_fresh(g, beat);
    for (const spline_functionals& f : fresh_) {
      all_.push_back(&f);
    }
    if (!ask_.sum_first.empty()) {
      const auto rate = at_times(ask_.sum_order, time, n, beat);
      sums_.combine(*rate.first, rate.second,
                    Eigen::Map<const Eigen::MatrixXd>(
                        ask_.sum_weight + ask_.sum_offset[g], n,
                        ask_.sum_first[g + 1] - ask_.sum_first[g]),
                    beat);
      all_.push_back(&sums_);
    }
  }

  // The derivatives of an order at the times of the grid, and the first of
  // them: they may be there already.
  std::pair<const spline_functionals*, Eigen::Index> at_times(
      int order, const double* time, int n, pulse& beat) {
    const auto found = std::find(own_.begin(), own_.end(), order);
    if (found != own_.end()) {
      return {&observed_, (found - own_.begin()) * n};
    }
    fill(terms_, {order}, time, n, beat);
    return {&terms_, 0};
  }

  // Functionals k, k + 1, ... of lane w to a column of a result.
  void copy(int& k, int w, std::ptrdiff_t n, double* estimate,
            double* std_error) const {
    for (std::ptrdiff_t i = 0; i < n; ++i, ++k) {
      estimate[i] = known(smoother_.estimate(k, w));
      std_error[i] = known(smoother_.std_error(k, w));
    }
  }

  double known(double x) const { return x == x ? x : ask_.missing; }

  void write(std::ptrdiff_t b, int w) const {
    const int steps = static_cast<int>(own_.size()) * basis_.n();
    int k = 0, end = steps;
    for (std::size_t c = 0; c < ask_.orders.size(); ++c) {
      const std::ptrdiff_t to = in_.value[b] + c * in_.value.total();
      int& from = by_step(ask_.orders[c]) ? (end = steps) : k;
      copy(from, w, basis_.n(), out_.estimate + to, out_.std_error + to);
    }
    k = end;
    for (std::size_t c = 0; c < ask_.new_orders.size(); ++c) {
      const std::ptrdiff_t to = in_.fresh[b] + c * in_.fresh.total();
      copy(k, w, in_.fresh[b + 1] - in_.fresh[b], out_.new_estimate + to,
           out_.new_std_error + to);
    }
    copy(k, w, in_.sum[b + 1] - in_.sum[b], out_.sum_estimate + in_.sum[b],
         out_.sum_std_error + in_.sum[b]);
    const spline_summary s = smoother_.summary(w);
    out_.log_lambda[b] = s.log_lambda;
    out_.first[b] = s.first;
    out_.last[b] = s.last;
    out_.edf[b] = s.edf;
    out_.sigma[b] = s.sigma;
    for (int j = 0; j < smoother_.r(); ++j) {
      if (out_.shrink != nullptr) {
        out_.shrink[in_.direction[b] + j] = smoother_.shrink(j, w);
      }
      if (out_.z != nullptr) {
        out_.z[in_.direction[b] + j] = smoother_.z(j, w);
      }
    }
    for (int g = 0; out_.weight != nullptr && g < lambda_points; ++g) {
      out_.weight[b * lambda_points + g] =
          smoother_.weight(g, w);
    }
  }

  const spline_request& ask_;
  const spline_series& in_;
  const spline_result& out_;
  spline_basis basis_;
  spline_functionals observed_, steps_, terms_, sums_;
  std::vector<spline_functionals> fresh_;
  spline_smoother smoother_;
  std::vector<const spline_functionals*> all_;
  std::vector<int> own_, order_;
  std::vector<double> at_;
};

// Reports units to a loop over units as series to the caller's progress.
template <typename Progress>
struct unit_progress {
  Progress& outer;
  const std::ptrdiff_t* first;  // series of each unit
  void step(std::size_t units) {
    outer.step(static_cast<std::size_t>(first[units]));
  }
};

template <typename Progress>
void fit_splines(const spline_request& request, const spline_series& series,
                 const spline_result& result, int threads,
                 Progress& progress) {
  const std::ptrdiff_t grids =
      static_cast<std::ptrdiff_t>(request.first.size()) - 1;
  for (std::ptrdiff_t g = 0; g < grids; ++g) {  // threads must not throw
    spline_basis::check(request.m, request.time + request.first[g],
                        static_cast<int>(request.first[g + 1] -
                                         request.first[g]));
  }
  const offsets which =
      series_by_grid(series.grid, series.count, static_cast<int>(grids));
  offsets unit;  // where a grid begins, or the next unit of one
  for (std::ptrdiff_t i = 0; i < series.count; ++i) {
    if (i == 0 || i - unit.back() == unit_series ||
        series.grid[which[i]] != series.grid[which[i - 1]]) {
      unit.push_back(i);
    }
  }
  unit.push_back(series.count);
  // A basis costs about as much as this many series.
  const std::ptrdiff_t basis_cost = 30;
  const std::ptrdiff_t units = static_cast<std::ptrdiff_t>(unit.size()) - 1;
  for (std::ptrdiff_t u = 0, v = 0; u < units; u = v) {
    std::ptrdiff_t cost = 0;
    for (; v < units && (v == u || cost + basis_cost + unit[v + 1] - unit[v] <=
                                       block_items);
         ++v) {
      cost += basis_cost + unit[v + 1] - unit[v];
    }
    unit_progress<Progress> relay = {progress, &unit[u]};
    for_each_long_block(
        v - u, threads, relay,
        [&](std::ptrdiff_t begin, std::ptrdiff_t end, pulse& beat) {
          spline_worker worker(request, series, result);
          for (std::ptrdiff_t i = u + begin; i < u + end; ++i) {
            worker.run(&which[unit[i]], unit[i + 1] - unit[i], beat);
          }
        });
  }
}

}  // namespace nidcode

#endif
