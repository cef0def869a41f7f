#ifndef NIDCODE_T_QUANTILE_H
#define NIDCODE_T_QUANTILE_H

// Quantiles of Student's t at one level for many degrees of freedom. Whole ones
// are asked for once each. Between them the logarithm of the quantile is a
// smooth function of 1/df, even at 0, the normal: on each of four stretches a
// Chebyshev sum through 24 points is exact to rounding (1e-13), so that sums
// with a df each (Satterthwaite's) cost no search each.

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <nidcode/blocks.h>
#include <nidcode/law.h>

namespace nidcode {

// Ends of the stretches of 1/df, and the points on each; whole df below
// t_kept are kept.
constexpr double t_stretches[] = {0, 0.0625, 0.25, 0.5, 1};
constexpr std::size_t t_points = 24, t_kept = 512;

// exact(df) is the quantile.
template <typename Exact>
class t_quantile {
 public:
  explicit t_quantile(Exact exact)
      : exact_(exact), whole_(t_kept, -1), normal_(-1) {}

  double operator()(double df) {
    if (!(df >= 1)) {
      return df > 0 ? exact_(df) : std::numeric_limits<double>::quiet_NaN();
    }
    if (df < t_kept && df == std::floor(df)) {
      return once(whole_[static_cast<std::size_t>(df)], df);
    }
    if (std::isinf(df)) {
      return once(normal_, df);
    }
    const double x = 1 / df;
    std::size_t s = 0;
    while (x > t_stretches[s + 1]) {
      ++s;
    }
    const double from = t_stretches[s], to = t_stretches[s + 1];
    return std::exp(sum(curve(s), (2 * x - from - to) / (to - from)));
  }

 private:
  double once(double& known, double df) {
    if (known < 0) {
      known = exact_(df);
    }
    return known;
  }

  const std::vector<double>& curve(std::size_t s) {
    std::vector<double>& out = curve_[s];
    if (out.empty()) {
      const double pi = 3.14159265358979323846, half = t_points;
      std::array<double, t_points> y;
      for (std::size_t k = 0; k < t_points; ++k) {
        const double t = std::cos(pi * (k + 0.5) / half);
        const double from = t_stretches[s], to = t_stretches[s + 1];
        const double x = (from + to + (to - from) * t) / 2;
        y[k] = std::log(exact_(1 / x));
      }
      out.assign(t_points, 0);
      for (std::size_t j = 0; j < t_points; ++j) {
        for (std::size_t k = 0; k < t_points; ++k) {
          out[j] += 2 / half * y[k] * std::cos(pi * j * (k + 0.5) / half);
        }
      }
      out[0] /= 2;
    }
    return out;
  }

  // Clenshaw's recurrence.
  static double sum(const std::vector<double>& c, double t) {
    double one = 0, two = 0;
    for (std::size_t j = t_points - 1; j > 0; --j) {
      const double next = c[j] + 2 * t * one - two;
      two = one;
      one = next;
    }
    return c[0] + t * one - two;
  }

  Exact exact_;
  std::vector<double> whole_;
  double normal_;
  std::array<std::vector<double>, 4> curve_;
};

// estimate -+ quantile error; exact(level, df) is the quantile of an interval.
// An error below the rounding of its estimate still is one: the interval
// reaches to the next numbers.
template <typename Exact, typename Progress>
void t_limits(const law_of_estimates& law, const one_or_each& level,
              Exact exact, double* low, double* high, Progress& progress) {
  auto at_level = [&](double df) { return exact(level[0], df); };
  t_quantile<decltype(at_level)> known(at_level);
  for_each_block(
      law.n, 1, progress, [&](std::ptrdiff_t from, std::ptrdiff_t to) {
        for (std::ptrdiff_t i = from; i < to; ++i) {
          const double df = law.df[i], estimate = law.estimate[i];
          const double half =
              (level.one ? known(df) : exact(level[i], df)) * law.error[i];
          low[i] = estimate - half;
          high[i] = estimate + half;
          if (low[i] == high[i] && law.error[i] > 0) {
            const double rounding =
                std::fabs(estimate) * std::numeric_limits<double>::epsilon();
            low[i] -= rounding;
            high[i] += rounding;
          }
        }
      });
}

}  // namespace nidcode

#endif
