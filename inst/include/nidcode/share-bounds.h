#ifndef NIDCODE_SHARE_BOUNDS_H
#define NIDCODE_SHARE_BOUNDS_H

// The least weighted mean over all admissible weights. Weights lie between
// bounds and, where they are shares (`cut`), add up to 1: the least sum of
// w_k d_k fills the smallest d first, as a knapsack that may be cut. Where some
// of them are not there the mean is a ratio of two sums, and Dinkelbach's steps
// end at its least value: each takes the best weights for d - ratio.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <nidcode/blocks.h>

namespace nidcode {

// More are never needed: each step is better than the last by far.
constexpr int dinkelbach_steps = 100;

struct weight_bounds {
  const double* low = nullptr;
  const double* high = nullptr;
  bool cut = true;
};

class least_mean {
 public:
  // Of the items at the places `from` on, `n` of them.
  double operator()(const double* d, const int* here, const weight_bounds& in,
                    std::ptrdiff_t from, std::ptrdiff_t n) {
    order_.resize(static_cast<std::size_t>(n));
    weight_.resize(order_.size());
    value_.resize(order_.size());
    bool some = false, ratio = !in.cut;
    for (std::ptrdiff_t k = 0; k < n; ++k) {
      some = some || here[from + k];
      ratio = ratio || !here[from + k];
    }
    if (!some) {
      return 0;
    }
    double mean = step(d, here, in, from, n, 0);
    for (int i = 0; ratio && i < dinkelbach_steps; ++i) {
      const double next = step(d, here, in, from, n, mean);
      if (!(next < mean)) {
        break;
      }
      mean = next;
    }
    return mean;
  }

 private:
  // The mean under the weights that are best for d - shift.
  double step(const double* d, const int* here, const weight_bounds& in,
              std::ptrdiff_t from, std::ptrdiff_t n, double shift) {
    double room = 1;
    for (std::size_t k = 0; k < order_.size(); ++k) {
      const std::ptrdiff_t at = from + static_cast<std::ptrdiff_t>(k);
      value_[k] = here[at] ? d[at] - shift : 0;
      weight_[k] = in.low[at];
      room -= in.low[at];
      order_[k] = k;
    }
    if (in.cut) {
      std::sort(order_.begin(), order_.end(),
                [this](std::size_t a, std::size_t b) {
                  return value_[a] < value_[b];
                });
    }
    for (const std::size_t k : order_) {
      const std::ptrdiff_t at = from + static_cast<std::ptrdiff_t>(k);
      const double span = in.high[at] - in.low[at];
      const double more = in.cut          ? std::min(span, std::max(room, 0.0))
                          : value_[k] < 0 ? span
                                          : 0;
      weight_[k] += more;
      room -= more;
    }
    double sum = 0, total = 0;
    for (std::ptrdiff_t k = 0; k < n; ++k) {
      if (here[from + k]) {
        const double w = weight_[static_cast<std::size_t>(k)];
        sum += w * d[from + k];
        total += w;
      }
    }
    return total > 0 ? sum / total : 0;
  }

  std::vector<std::size_t> order_;
  std::vector<double> weight_, value_;
};

// Regions with what each indicator alone makes of Code NID: indicators x
// regions, those of a code side by side from first[c] to first[c + 1].
struct dominance_input {
  std::ptrdiff_t regions = 0, indicators = 0, codes = 0;
  const double* part = nullptr;
  const int* here = nullptr;
  const int* first = nullptr;
  weight_bounds weight, code_weight;
  double total = 1;  // what the weights of codes add up to
};

// Least difference of region i over region j, regions x regions.
template <typename Progress>
void least_differences(const dominance_input& in, double* out, int threads,
                       Progress& progress) {
  const std::vector<int> all(static_cast<std::size_t>(in.codes), 1);
  for_each_block(
      in.regions, threads, progress,
      [&](std::ptrdiff_t from, std::ptrdiff_t to) {
        least_mean least;
        std::vector<double> d(static_cast<std::size_t>(in.indicators));
        std::vector<double> mean(static_cast<std::size_t>(in.codes));
        for (std::ptrdiff_t i = from; i < to; ++i) {
          for (std::ptrdiff_t j = 0; j < in.regions; ++j) {
            const double* a = in.part + i * in.indicators;
            const double* b = in.part + j * in.indicators;
            for (std::size_t k = 0; k < d.size(); ++k) {
              d[k] = a[k] - b[k];
            }
            for (std::ptrdiff_t c = 0; c < in.codes; ++c) {
              mean[static_cast<std::size_t>(c)] =
                  least(d.data(), in.here + i * in.indicators, in.weight,
                        in.first[c], in.first[c + 1] - in.first[c]);
            }
            out[i + j * in.regions] =
                in.total *
                least(mean.data(), all.data(), in.code_weight, 0, in.codes);
          }
        }
      });
}

}  // namespace nidcode

#endif
