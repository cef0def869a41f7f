#ifndef NIDCODE_BLOCKS_H
#define NIDCODE_BLOCKS_H

// The one loop over many independent items (series, groups, items of a
// survey). Work is cut into blocks; between blocks the main thread reports to
// `progress`, which may throw to stop. Inside a block the items are shared
// among threads. `body(begin, end)` must write only to its own items and must
// not touch R, so that the answer does not depend on `threads`. What it throws
// (memory runs out, say) is held back until its block is over: an exception
// that left a thread would end the process.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <stdexcept>
#include <vector>

#ifdef _OPENMP
#include <omp.h>
#endif

#include <nidcode/pulse.h>

namespace nidcode {

// An interrupt is asked for at least every this many items.
constexpr std::ptrdiff_t block_items = 4096;

// The same for items that may be long: `body(begin, end, pulse)` counts its
// work in the pulse, and the main thread reports from inside a block too. When
// that stops it, the other threads stop at their next pulse.
template <typename Progress, typename Body>
void for_each_long_block(std::ptrdiff_t n, int threads, Progress& progress,
                         Body body) {
  for (std::ptrdiff_t begin = 0; begin < n; begin += block_items) {
    const std::ptrdiff_t end = std::min(n, begin + block_items);
    auto report = [&progress, begin] {
      progress.step(static_cast<std::size_t>(begin));
    };
#ifdef _OPENMP
    if (threads > 1 && end - begin > threads) {
      const std::ptrdiff_t part = (end - begin + threads - 1) / threads;
      std::vector<std::exception_ptr> thrown(static_cast<std::size_t>(threads));
      std::exception_ptr stopped;
      std::atomic<bool> stop(false);
#pragma omp parallel for num_threads(threads) schedule(static, 1)
      for (int i = 0; i < threads; ++i) {
        const std::ptrdiff_t from = begin + i * part;
        const std::ptrdiff_t to = std::min(end, from + part);
        const bool main_thread = omp_get_thread_num() == 0;
        pulse beat([&] {
          if (main_thread && !stop) {
            try {
              report();
            } catch (...) {
              stopped = std::current_exception();
              stop = true;
            }
          }
          if (stop) {
            throw std::runtime_error("stopped by another thread");
          }
        });
        if (from < to && !stop) {
          try {
            body(from, to, beat);
          } catch (...) {
            thrown[static_cast<std::size_t>(i)] = std::current_exception();
          }
        }
      }
      if (stopped) {
        std::rethrow_exception(stopped);
      }
      // The first by place, whichever thread was faster.
      for (const std::exception_ptr& one : thrown) {
        if (one) {
          std::rethrow_exception(one);
        }
      }
      progress.step(static_cast<std::size_t>(end));
      continue;
    }
#endif
    (void)threads;
    pulse beat(report);
    body(begin, end, beat);
    progress.step(static_cast<std::size_t>(end));
  }
}

template <typename Progress, typename Body>
void for_each_block(std::ptrdiff_t n, int threads, Progress& progress,
                    Body body) {
  for_each_long_block(n, threads, progress,
                      [&body](std::ptrdiff_t begin, std::ptrdiff_t end,
                              pulse&) { body(begin, end); });
}

}  // namespace nidcode

#endif
