#ifndef NIDCODE_CODE_VALUES_H
#define NIDCODE_CODE_VALUES_H

// From indicators to defining codes: centre and scale of an indicator, and the
// weighted mean of the normalised indicators of a code,
//   D(r,t) = sum_k w_k s_k z_k(r,t) / sum_k w_k.
// Values come after their transform: a log or a root is the caller's.

#include <Eigen/Core>
#include <algorithm>
#include <array>
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

// Sums of x - zero and of its square over the values of a block that are not
// NaN, in four running sums each: the rounding of short sums, and no chain of
// additions that each wait for the last.
struct shifted_sums {
  double n = 0, sum = 0, square = 0;
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void take(double count, const Eigen::Array4d& sums,
            const Eigen::Array4d& squares) {
    n = count;
    sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    square = (squares[0] + squares[1]) + (squares[2] + squares[3]);
  }
};

// Turns go by what is seen, so that rows of NaN change no bit.
inline shifted_sums sum_seen(const double* x, std::ptrdiff_t n, double zero) {
  shifted_sums out;
  Eigen::Array4d sum = Eigen::Array4d::Zero(), square = sum;
  std::ptrdiff_t turn = 0;
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    if (x[i] == x[i]) {
      const double d = x[i] - zero;
      sum[turn & 3] += d;
      square[turn & 3] += d * d;
      out.low = std::min(out.low, x[i]);
      out.high = std::max(out.high, x[i]);
      ++turn;
    }
  }
  out.take(static_cast<double>(turn), sum, square);
  return out;
}

// The same bits four at a time where all are seen; a NaN shows in the sum. Of
// squares or of the lowest and highest, which are not asked for at once.
template <bool squares>
shifted_sums sum_block(const double* x, std::ptrdiff_t n, double zero) {
  using four = Eigen::Array4d;
  four sum = four::Zero(), square = sum;
  four low = four::Constant(std::numeric_limits<double>::infinity());
  four high = -low;
  std::ptrdiff_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const four v = Eigen::Map<const four>(x + i);
    const four d = v - zero;
    sum += d;
    if (squares) {
      square += d * d;
    } else {
      low = low.min(v);
      high = high.max(v);
    }
  }
  for (; i < n; ++i) {
    const double d = x[i] - zero;
    sum[i & 3] += d;
    square[i & 3] += d * d;
    low[0] = std::min(low[0], x[i]);
    high[0] = std::max(high[0], x[i]);
  }
  shifted_sums out;
  out.take(static_cast<double>(n), sum, square);
  if (out.sum != out.sum) {
    return sum_seen(x, n, zero);
  }
  out.low = low.minCoeff();
  out.high = high.maxCoeff();
  return out;
}

// Mean and sd (n - 1) of the values that are not NaN, in one pass over memory:
// of each block the mean, from the column's first value, and the squares from
// that mean, less what is left of the mean's own rounding; then those of the
// blocks from the mean of all.
inline moments plain_moments(const double* x, std::ptrdiff_t n) {
  constexpr std::ptrdiff_t block = 4096;
  moments out;
  const double* const seen =
      std::find_if(x, x + n, [](double one) { return one == one; });
  if (seen == x + n) {
    return out;
  }
  const double zero = *seen;
  double sum = 0, square = 0;
  // How many, and their mean less `zero`: of large numbers only the difference
  // has all its digits.
  std::vector<std::array<double, 2>> blocks;
  out.min = std::numeric_limits<double>::infinity();
  out.max = -out.min;
  for (std::ptrdiff_t from = 0; from < n; from += block) {
    const std::ptrdiff_t size = std::min(block, n - from);
    const shifted_sums first = sum_block<false>(x + from, size, zero);
    if (first.n == 0) {
      continue;
    }
    const double shift = first.sum / first.n;
    const shifted_sums second =
        sum_block<true>(x + from, size, zero + shift);
    out.n += first.n;
    sum += first.sum;
    square += second.square - second.sum * second.sum / second.n;
    out.min = std::min(out.min, first.low);
    out.max = std::max(out.max, first.high);
    if (n > block) {
      blocks.push_back({{first.n, shift}});
    }
  }
  const double shift = sum / out.n;
  out.mean = zero + shift;
  for (const std::array<double, 2>& one : blocks) {
    square += one[0] * (one[1] - shift) * (one[1] - shift);
  }
  if (out.n > 1) {
    out.sd = out.min == out.max ? 0 : std::sqrt(square / (out.n - 1));
  }
  return out;
}

// Values of 1e300 or 1e-300 are read in units of a power of two near the
// largest, so that no square overflows or vanishes.
inline moments column_moments(const double* x, std::ptrdiff_t n) {
  moments out = plain_moments(x, n);
  const double largest = std::max(std::fabs(out.min), std::fabs(out.max));
  if (largest > 1e100 || (largest > 0 && largest < 1e-100)) {
    const double unit = std::ldexp(1.0, std::ilogb(largest));
    std::vector<double> read(x, x + n);
    for (double& one : read) {
      one /= unit;
    }
    out = plain_moments(read.data(), n);
    for (double* one : {&out.mean, &out.sd, &out.min, &out.max}) {
      *one *= unit;
    }
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
