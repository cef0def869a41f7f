#ifndef NIDCODE_CODE_VALUES_H
#define NIDCODE_CODE_VALUES_H

// From indicators to defining codes: centre and scale of an indicator, and the
// weighted mean of the normalised indicators of a code,
//   D(r,t) = sum_k w_k s_k z_k(r,t) / sum_k w_k.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace nidcode {

struct moments {
  double n = 0;
  double mean = std::numeric_limits<double>::quiet_NaN();
  double sd = std::numeric_limits<double>::quiet_NaN();
  double min = std::numeric_limits<double>::quiet_NaN();
  double max = std::numeric_limits<double>::quiet_NaN();
};

// Mean and sd (n - 1) of the values that are not NaN. Two passes from the
// first value, in blocks, in units of a power of two near the largest: no
// overflow at 1e300, and the rounding of a short sum for long columns.
inline moments column_moments(const double* x, std::ptrdiff_t n, bool take_log) {
  moments out;
  auto at = [&](std::ptrdiff_t i) { return take_log ? std::log(x[i]) : x[i]; };
  double first = std::numeric_limits<double>::quiet_NaN();
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  std::ptrdiff_t count = 0;
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    const double value = at(i);
    if (value != value) {
      continue;
    }
    if (count++ == 0) {
      first = value;
    }
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (count == 0) {
    return out;
  }
  const double largest = std::max(std::fabs(low), std::fabs(high));
  const double unit =
      largest > 1e100 || (largest > 0 && largest < 1e-100)
          ? std::ldexp(1.0, std::ilogb(largest))
          : 1;
  constexpr std::ptrdiff_t block = 4096;
  auto sum = [&](double zero, bool square) {
    double total = 0;
    for (std::ptrdiff_t from = 0; from < n; from += block) {
      double part = 0;
      for (std::ptrdiff_t i = from; i < std::min(n, from + block); ++i) {
        const double d = at(i) / unit - zero;
        if (d == d) {
          part += square ? d * d : d;
        }
      }
      total += part;
    }
    return total;
  };
  out.n = static_cast<double>(count);
  const double mean = first / unit + sum(first / unit, false) / out.n;
  out.mean = mean * unit;
  out.min = low;
  out.max = high;
  if (count > 1) {
    out.sd = low == high ? 0 : std::sqrt(sum(mean, true) / (out.n - 1)) * unit;
  }
  return out;
}

// An indicator within its code. Centre and inverse scale have one number, or
// one for each region. An inverse scale of 0 stands for an indicator without
// spread, whose normalised value is 0.
struct indicator_values {
  const double* x;
  bool take_log;
  const double* centre;
  const double* inverse;
  bool by_region;
  double sign;
  bool reflect;  // direction -1 turns z into 1 - z (bounded) or -z
  double weight;

  double normalised(std::ptrdiff_t row, std::ptrdiff_t region) const {
    const std::ptrdiff_t at = by_region ? region : 0;
    const double value = take_log ? std::log(x[row]) : x[row];
    const double z = (value - centre[at]) * inverse[at];
    if (sign > 0) {
      return z;
    }
    return reflect ? 1 - z : -z;
  }
};

enum class missing_policy { constant, available };
enum class aggregate_kind { mean, geometric, harmonic };

struct code_definition {
  std::vector<indicator_values> indicators;
  missing_policy missing = missing_policy::constant;
  aggregate_kind aggregate = aggregate_kind::mean;
};

// What `define_region()` tells beside the values.
struct composition {
  std::vector<char> kept;          // indicators ever observed in the region
  std::vector<double> lost;        // times an indicator costs, over regions
  std::vector<int> changed;        // rows at which the composition changes
};

// The code at the rows [from, to) of a region into value[0..to-from), NaN
// where it is not defined; used[] counts its indicators there. With
// `entry` >= 0 the part of that one indicator in the mean instead.
inline void define_region(const code_definition& code, std::ptrdiff_t region,
                          std::ptrdiff_t from, std::ptrdiff_t to, int entry,
                          double* value, int* used, composition& out) {
  const std::size_t p = code.indicators.size();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  out.kept.assign(p, 0);
  for (std::size_t k = 0; k < p; ++k) {
    for (std::ptrdiff_t row = from; row < to && !out.kept[k]; ++row) {
      out.kept[k] = code.indicators[k].x[row] == code.indicators[k].x[row];
    }
  }
  std::vector<char> before, now(p);
  for (std::ptrdiff_t row = from; row < to; ++row) {
    double total = 0, sum = 0, part = 0;
    int n = 0;
    bool complete = true;
    for (std::size_t k = 0; k < p; ++k) {
      const indicator_values& one = code.indicators[k];
      now[k] = one.x[row] == one.x[row];
      complete = complete && (now[k] || !out.kept[k]);
      if (!now[k]) {
        continue;
      }
      const double z = one.normalised(row, region);
      switch (code.aggregate) {
        case aggregate_kind::mean:
          sum += one.weight * z;
          break;
        case aggregate_kind::geometric:
          sum += one.weight * std::log(z);
          break;
        case aggregate_kind::harmonic:
          sum += one.weight / z;
          break;
      }
      if (static_cast<int>(k) == entry) {
        part = one.weight * z;
      }
      total += one.weight;
      n += 1;
    }
    for (std::size_t k = 0; k < p && n > 0 && !complete; ++k) {
      out.lost[k] += out.kept[k] && !now[k];
    }
    const bool exists =
        n > 0 && (complete || code.missing == missing_policy::available);
    double result = nan;
    if (exists && entry >= 0) {
      result = part / total;
    } else if (exists) {
      result = code.aggregate == aggregate_kind::mean ? sum / total
               : code.aggregate == aggregate_kind::geometric
                   ? std::exp(sum / total)
                   : total / sum;
    }
    value[row - from] = result;
    if (used != nullptr) {
      used[row - from] = exists ? n : 0;
    }
    if (exists && code.missing == missing_policy::available) {
      if (!before.empty() && before != now) {
        out.changed.push_back(static_cast<int>(row));
      }
      before = now;
    }
  }
}

}  // namespace nidcode

#endif
