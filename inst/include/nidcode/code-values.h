#ifndef NIDCODE_CODE_VALUES_H
#define NIDCODE_CODE_VALUES_H

// From indicators to defining codes: centre and scale of an indicator, and the
// weighted mean of the normalised indicators of a code,
//   D(r,t) = sum_k w_k s_k z_k(r,t) / sum_k w_k.
// Values come after their transform: a log or a root is the caller's.

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <nidcode/blocks.h>

namespace nidcode {

struct moments {
  double n = 0;
  double mean = std::numeric_limits<double>::quiet_NaN();
  double sd = std::numeric_limits<double>::quiet_NaN();
  double min = std::numeric_limits<double>::quiet_NaN();
  double max = std::numeric_limits<double>::quiet_NaN();
};

// Sums of (x / unit - zero) and of its square over the values that are not
// NaN, in blocks of four running sums: the rounding of a short sum for long
// columns, and no chain of additions that each wait for the last.
struct shifted_sums {
  double n = 0, sum = 0, square = 0;
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
};

template <typename Value>
shifted_sums sum_column(std::ptrdiff_t n, Value value, double zero) {
  shifted_sums out;
  constexpr std::ptrdiff_t block = 4096;
  for (std::ptrdiff_t from = 0; from < n; from += block) {
    const std::ptrdiff_t to = std::min(n, from + block);
    double count[4] = {0, 0, 0, 0}, sum[4] = {0, 0, 0, 0},
           square[4] = {0, 0, 0, 0};
    std::ptrdiff_t turn = 0;
    for (std::ptrdiff_t i = from; i < to; ++i) {
      const double x = value(i);
      const double d = x - zero;
      const bool seen = x == x;
      // Turns go by what is seen, so that rows of NaN change no bit.
      const std::ptrdiff_t j = turn & 3;
      turn += seen;
      count[j] += seen ? 1 : 0;
      sum[j] += seen ? d : 0;
      square[j] += seen ? d * d : 0;
      out.low = x < out.low ? x : out.low;
      out.high = x > out.high ? x : out.high;
    }
    out.n += (count[0] + count[1]) + (count[2] + count[3]);
    out.sum += (sum[0] + sum[1]) + (sum[2] + sum[3]);
    out.square += (square[0] + square[1]) + (square[2] + square[3]);
  }
  return out;
}

// Mean and sd (n - 1) of the values that are not NaN. Two passes: the mean from
// the first value, the sd from the mean, less what is left of the mean's own
// rounding. Values of 1e300 or 1e-300 are read in units of a power of two near
// the largest, so that no square overflows or vanishes.
inline moments column_moments(const double* x, std::ptrdiff_t n) {
  moments out;
  auto value = [&](double unit) {
    return [=](std::ptrdiff_t i) { return x[i] / unit; };
  };
  std::ptrdiff_t at = 0;
  while (at < n && x[at] != x[at]) {
    ++at;
  }
  if (at == n) {
    return out;
  }
  auto plain = [=](std::ptrdiff_t i) { return x[i]; };
  shifted_sums first = sum_column(n, plain, plain(at));
  const double largest = std::max(std::fabs(first.low), std::fabs(first.high));
  const bool extreme = largest > 1e100 || (largest > 0 && largest < 1e-100);
  const double unit = extreme ? std::ldexp(1.0, std::ilogb(largest)) : 1;
  if (extreme) {
    first = sum_column(n, value(unit), value(unit)(at));
  }
  out.n = first.n;
  const double mean = (extreme ? value(unit)(at) : plain(at)) +
                      first.sum / first.n;
  out.mean = mean * unit;
  out.min = first.low * unit;
  out.max = first.high * unit;
  if (first.n > 1 && first.low == first.high) {
    out.sd = 0;
  } else if (first.n > 1) {
    const shifted_sums second = extreme ? sum_column(n, value(unit), mean)
                                        : sum_column(n, plain, mean);
    const double left = second.square - second.sum * second.sum / second.n;
    out.sd = std::sqrt(left / (out.n - 1)) * unit;
  }
  return out;
}

// The moments of each region's rows, in a column for each of its numbers.
struct moment_columns {
  double *n, *mean, *sd, *min, *max;
};

template <typename Progress>
void region_moments(const double* x, const int* offset, std::ptrdiff_t regions,
                    const moment_columns& out, Progress& progress) {
  for_each_block(
      regions, 1, progress, [&](std::ptrdiff_t from, std::ptrdiff_t to) {
        for (std::ptrdiff_t r = from; r < to; ++r) {
          const moments m =
              column_moments(x + offset[r], offset[r + 1] - offset[r]);
          out.n[r] = m.n;
          out.mean[r] = m.mean;
          out.sd[r] = m.sd;
          out.min[r] = m.min;
          out.max[r] = m.max;
        }
      });
}

// An indicator within its code. Centre and inverse scale have one number, or
// one for each region. An inverse scale of 0 stands for an indicator without
// spread, whose normalised value is 0.
struct indicator_values {
  const double* x;
  const double* centre;
  const double* inverse;
  bool by_region;
  double sign;
  bool reflect;  // direction -1 turns z into 1 - z (bounded) or -z
  double weight;
  // What the weight is multiplied by in each row; nullptr: nothing.
  const double* factor = nullptr;

  double weight_at(std::ptrdiff_t row) const {
    return factor == nullptr ? weight : weight * factor[row];
  }

  double normalised(std::ptrdiff_t row, std::ptrdiff_t region) const {
    const std::ptrdiff_t at = by_region ? region : 0;
    const double z = (x[row] - centre[at]) * inverse[at];
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
  bool whole = false;  // no value is missing anywhere
  missing_policy missing = missing_policy::constant;
  aggregate_kind aggregate = aggregate_kind::mean;
};

// What `define_region()` tells beside the values.
struct composition {
  std::vector<char> kept;          // indicators ever observed in the region
  std::vector<double> lost;        // times an indicator costs, over regions
  std::vector<int> changed;        // rows at which the composition changes
};

// Adds weight * z of rows [from, to) to value[0..to-from). What does not change
// from row to row is asked once, so that the loop is plain arithmetic.
inline void add_indicator(const indicator_values& one, std::ptrdiff_t region,
                          std::ptrdiff_t from, std::ptrdiff_t to, bool first,
                          double* value) {
  const std::ptrdiff_t at = one.by_region ? region : 0;
  const double centre = one.centre[at], inverse = one.inverse[at];
  // sign z, or 1 - z of a bounded one turned round.
  const double base = one.sign < 0 && one.reflect ? 1 : 0;
  const double slope = one.sign < 0 ? -1 : 1;
  const Eigen::Map<const Eigen::ArrayXd> x(one.x + from, to - from);
  Eigen::Map<Eigen::ArrayXd> out(value, to - from);
  const auto part = one.weight * (base + slope * ((x - centre) * inverse));
  if (first) {
    out = part;
  } else {
    out += part;
  }
}

// The mean where nothing is missing: column after column, without a question.
// The rows may be those of many regions if no indicator has a centre of each.
inline void define_whole(const code_definition& code, std::ptrdiff_t region,
                         std::ptrdiff_t from, std::ptrdiff_t to, double* value,
                         int* used) {
  double total = 0;
  for (const indicator_values& one : code.indicators) {
    add_indicator(one, region, from, to, total == 0, value);
    total += one.weight;
  }
  if (total != 1) {
    for (std::ptrdiff_t i = 0; i < to - from; ++i) {
      value[i] /= total;
    }
  }
  if (used != nullptr) {
    std::fill(used, used + (to - from),
              static_cast<int>(code.indicators.size()));
  }
}

// Whether all regions can be defined at once by `define_whole()`.
inline bool defines_whole(const code_definition& code, bool totals) {
  bool by_region = code.indicators.empty();
  for (const indicator_values& one : code.indicators) {
    by_region = by_region || one.by_region;
  }
  return code.whole && code.aggregate == aggregate_kind::mean && !totals &&
         !by_region;
}

// The code at the rows [from, to) of a region into value[0..to-from), NaN
// where it is not defined; used[] counts its indicators there. `totals`: the
// weight of those indicators instead of the code.
inline void define_region(const code_definition& code, std::ptrdiff_t region,
                          std::ptrdiff_t from, std::ptrdiff_t to, bool totals,
                          double* value, int* used, composition& out) {
  const std::size_t p = code.indicators.size();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  if (code.whole && code.aggregate == aggregate_kind::mean && !totals) {
    define_whole(code, region, from, to, value, used);
    return;
  }
  out.kept.assign(p, 0);
  for (std::size_t k = 0; k < p; ++k) {
    for (std::ptrdiff_t row = from; row < to && !out.kept[k]; ++row) {
      out.kept[k] = code.indicators[k].x[row] == code.indicators[k].x[row];
    }
  }
  std::vector<char> before, now(p);
  for (std::ptrdiff_t row = from; row < to; ++row) {
    double total = 0, sum = 0;
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
      const double weight = one.weight_at(row);
      switch (code.aggregate) {
        case aggregate_kind::mean:
          sum += weight * z;
          break;
        case aggregate_kind::geometric:
          sum += weight * std::log(z);
          break;
        case aggregate_kind::harmonic:
          sum += weight / z;
          break;
      }
      total += weight;
      n += 1;
    }
    for (std::size_t k = 0; k < p && n > 0 && !complete; ++k) {
      out.lost[k] += out.kept[k] && !now[k];
    }
    const bool exists =
        n > 0 && (complete || code.missing == missing_policy::available);
    double result = nan;
    if (exists && totals) {
      result = total;
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

// Regions from <= r < to, whose rows begin at offset[r]; `value` and `used` (or
// nullptr) begin with those of the first.
template <typename Progress>
void define_regions(const code_definition& code, const int* offset, int from,
                    int to, bool totals, double* value, int* used,
                    composition& out, Progress& progress) {
  out.lost.assign(code.indicators.size(), 0);
  if (from == to) {
    return;
  }
  if (defines_whole(code, totals)) {
    define_whole(code, 0, offset[from], offset[to], value, used);
    return;
  }
  for_each_block(
      to - from, 1, progress, [&](std::ptrdiff_t begin, std::ptrdiff_t end) {
        for (std::ptrdiff_t r = from + begin; r < from + end; ++r) {
          const int at = offset[r] - offset[from];
          define_region(code, r, offset[r], offset[r + 1], totals, value + at,
                        used == nullptr ? nullptr : used + at, out);
        }
      });
}

// The part of one indicator in a mean whose weights add up to total[] in the
// same rows; NaN where there is no code, 0 where the indicator is not in it.
// The parts of all indicators so cost one pass over each column.
inline void part_of_region(const indicator_values& one, std::ptrdiff_t region,
                           std::ptrdiff_t from, std::ptrdiff_t to,
                           const double* total, double* value) {
  for (std::ptrdiff_t row = from; row < to; ++row) {
    const double part = one.x[row] == one.x[row]
                            ? one.weight_at(row) * one.normalised(row, region)
                            : 0;
    value[row] = part / total[row];
  }
}

template <typename Progress>
void define_part(const indicator_values& one, const int* offset,
                 std::ptrdiff_t regions, const double* total, double* value,
                 Progress& progress) {
  for_each_block(
      regions, 1, progress, [&](std::ptrdiff_t from, std::ptrdiff_t to) {
        for (std::ptrdiff_t r = from; r < to; ++r) {
          part_of_region(one, r, offset[r], offset[r + 1], total, value);
        }
      });
}

// The same code under many weights, indicators x draws: value, rows x draws, of
// all regions. An indicator of weight 0 is not there.
template <typename Progress>
void define_draws(const code_definition& code, const int* offset, int regions,
                  const double* weight, std::ptrdiff_t draws, double* value,
                  int threads, Progress& progress) {
  const std::ptrdiff_t rows = offset[regions] - offset[0];
  const std::size_t p = code.indicators.size();
  struct {
    void step(std::size_t) {}
  } quiet;
  for_each_block(
      draws, threads, progress, [&](std::ptrdiff_t from, std::ptrdiff_t to) {
        for (std::ptrdiff_t n = from; n < to; ++n) {
          code_definition own = code;
          own.indicators.clear();
          for (std::size_t k = 0; k < p; ++k) {
            const double w = weight[static_cast<std::size_t>(n) * p + k];
            if (w > 0) {
              own.indicators.push_back(code.indicators[k]);
              own.indicators.back().weight = w;
            }
          }
          composition told;
          define_regions(own, offset, 0, regions, false, value + n * rows,
                         nullptr, told, quiet);
        }
      });
}

}  // namespace nidcode

#endif
