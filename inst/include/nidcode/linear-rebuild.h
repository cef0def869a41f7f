#ifndef NIDCODE_LINEAR_REBUILD_H
#define NIDCODE_LINEAR_REBUILD_H

// Formula (2) under many weights at once. With rates A_k(t) of each indicator
// alone, a region's
//   NID = sum_t tau(t) sum_k omega_k A_k(t),
//   omega_k = W_c w_k / sum of w over the indicators of code c that it has,
// so that one pass over its terms serves each draw of weights w, W and
// influence tau. A draw is worked on alone: its numbers depend on no other.

#include <algorithm>
#include <cstddef>
#include <vector>

#include <nidcode/blocks.h>

namespace nidcode {

struct rebuild_terms {
  std::ptrdiff_t regions = 0, indicators = 0, codes = 0, patterns = 0;
  const double* rate = nullptr;  // indicators x terms
  const int* offset = nullptr;   // terms of region r: offset[r] to [r + 1]
  const int* place = nullptr;    // of each term in tau, from 0
  const int* code = nullptr;     // of each indicator, from 0
  const int* pattern = nullptr;  // of each region, from 0
  const int* here = nullptr;     // indicators x patterns
};

struct rebuild_draws {
  std::ptrdiff_t count = 0, places = 0;
  const double* weight = nullptr;       // indicators x draws
  const double* code_weight = nullptr;  // codes x draws
  const double* tau = nullptr;          // places x influences
  const int* time = nullptr;            // influence of each draw, from 0
};

// omega of every pattern under draw n: indicators x patterns.
inline void draw_shares(const rebuild_terms& in, const rebuild_draws& draws,
                        std::ptrdiff_t n, std::vector<double>& omega) {
  const double* w = draws.weight + n * in.indicators;
  const double* code_weight = draws.code_weight + n * in.codes;
  std::vector<double> total(static_cast<std::size_t>(in.codes));
  for (std::ptrdiff_t p = 0; p < in.patterns; ++p) {
    const int* here = in.here + p * in.indicators;
    double* out = omega.data() + p * in.indicators;
    std::fill(total.begin(), total.end(), 0.0);
    for (std::ptrdiff_t k = 0; k < in.indicators; ++k) {
      total[static_cast<std::size_t>(in.code[k])] += here[k] ? w[k] : 0;
    }
    for (std::ptrdiff_t k = 0; k < in.indicators; ++k) {
      const double sum = total[static_cast<std::size_t>(in.code[k])];
      out[k] = here[k] && sum > 0 ? code_weight[in.code[k]] * w[k] / sum : 0;
    }
  }
}

// value: regions x draws.
template <typename Progress>
void rebuild_linear(const rebuild_terms& in, const rebuild_draws& draws,
                    double* value, int threads, Progress& progress) {
  for_each_block(
      draws.count, threads, progress,
      [&](std::ptrdiff_t from, std::ptrdiff_t to) {
        std::vector<double> omega(
            static_cast<std::size_t>(in.indicators * in.patterns));
        for (std::ptrdiff_t n = from; n < to; ++n) {
          draw_shares(in, draws, n, omega);
          const double* tau = draws.tau + draws.time[n] * draws.places;
          for (std::ptrdiff_t r = 0; r < in.regions; ++r) {
            const double* own = omega.data() + in.pattern[r] * in.indicators;
            double sum = 0;
            for (int t = in.offset[r]; t < in.offset[r + 1]; ++t) {
              const double* rate = in.rate + t * in.indicators;
              double term = 0;
              for (std::ptrdiff_t k = 0; k < in.indicators; ++k) {
                term += own[k] * rate[k];
              }
              sum += tau[in.place[t]] * term;
            }
            value[n * in.regions + r] = sum;
          }
        }
      });
}

// Ranks within each column, 1 the largest, ties the smallest; `missing` where
// a value is no number.
template <typename Progress>
void rank_columns(std::ptrdiff_t rows, std::ptrdiff_t columns,
                  const double* value, int* rank, int missing, int threads,
                  Progress& progress) {
  for_each_block(
      columns, threads, progress, [&](std::ptrdiff_t from, std::ptrdiff_t to) {
        std::vector<std::ptrdiff_t> order;
        for (std::ptrdiff_t n = from; n < to; ++n) {
          const double* x = value + n * rows;
          int* out = rank + n * rows;
          order.clear();
          for (std::ptrdiff_t r = 0; r < rows; ++r) {
            out[r] = missing;
            if (x[r] == x[r]) {
              order.push_back(r);
            }
          }
          std::sort(
              order.begin(), order.end(),
              [x](std::ptrdiff_t a, std::ptrdiff_t b) { return x[a] > x[b]; });
          for (std::size_t i = 0; i < order.size(); ++i) {
            const bool tie = i > 0 && x[order[i]] == x[order[i - 1]];
            out[order[i]] = tie ? out[order[i - 1]] : static_cast<int>(i) + 1;
          }
        }
      });
}

}  // namespace nidcode

#endif
