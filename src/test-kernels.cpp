// Thin exports that let the tests reach a kernel or a rule directly.

#include <Rcpp.h>
#include <nidcode/blocks.h>

#include <new>
#include <stdexcept>
#include <string>

#include "interrupt.h"
#include "must.h"

using Rcpp::_;

// How often, and at the longest after how many items, a loop over n items
// asks whether it was interrupted.
// [[Rcpp::export(rng = false)]]
Rcpp::NumericVector test_interrupt_cpp(double n, int threads) {
  must(n >= 0 && n < 1e15, "a number of items is none");
  r_interrupt progress;
  nidcode::for_each_block(static_cast<std::ptrdiff_t>(n), threads, progress,
                          [](std::ptrdiff_t, std::ptrdiff_t) {});
  return Rcpp::NumericVector::create(
      _["asked"] = static_cast<double>(progress.asked),
      _["longest"] = static_cast<double>(progress.longest));
}

namespace {

// Fails at every item from `bad` on, or finds no memory there.
struct failing {
  double bad;
  bool memory;

  void operator()(std::ptrdiff_t begin, std::ptrdiff_t end) const {
    for (std::ptrdiff_t i = begin; i < end; ++i) {
      if (static_cast<double>(i) >= bad && memory) {
        throw std::bad_alloc();
      }
      if (static_cast<double>(i) >= bad) {
        throw std::runtime_error("item " + std::to_string(i));
      }
    }
  }
};

// Stops when it was asked often enough.
struct impatient {
  int left = 0;
  int asked = 0;

  void step(std::size_t) {
    if (++asked == left) {
      throw std::runtime_error("asked enough");
    }
  }
};

void long_items(std::ptrdiff_t begin, std::ptrdiff_t end,
                nidcode::pulse& beat) {
  for (std::ptrdiff_t i = begin; i < end; ++i) {
    beat.work(nidcode::pulse_operations);
  }
}

}  // namespace

// A loop whose items from `bad` on all fail, or find no memory: the first
// failure of each thread comes back as an error of R.
// [[Rcpp::export(rng = false)]]
void test_throw_cpp(double n, double bad, int threads, bool memory) {
  must(n >= 0 && n < 1e15, "a number of items is none");
  r_interrupt progress;
  nidcode::for_each_block(static_cast<std::ptrdiff_t>(n), threads, progress,
                          failing{bad, memory});
}

// A loop over n long items that asks inside each, and is stopped when it asks
// for the `stop_at`-th time. Gives back how often it asked.
// [[Rcpp::export(rng = false)]]
int test_pulse_cpp(double n, int threads, int stop_at) {
  must(n >= 0 && n < 1e15, "a number of items is none");
  impatient progress;
  progress.left = stop_at;
  nidcode::for_each_long_block(static_cast<std::ptrdiff_t>(n), threads,
                               progress, long_items);
  return progress.asked;
}
