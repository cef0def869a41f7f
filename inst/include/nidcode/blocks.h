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
#include <cstddef>
#include <exception>
#include <vector>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace nidcode {

// An interrupt is asked for at least every this many items.
constexpr std::ptrdiff_t block_items = 4096;

template <typename Progress, typename Body>
void for_each_block(std::ptrdiff_t n, int threads, Progress& progress,
                    Body body) {
  for (std::ptrdiff_t begin = 0; begin < n; begin += block_items) {
    const std::ptrdiff_t end = std::min(n, begin + block_items);
#ifdef _OPENMP
    if (threads > 1 && end - begin > threads) {
      const std::ptrdiff_t part = (end - begin + threads - 1) / threads;
      std::vector<std::exception_ptr> thrown(static_cast<std::size_t>(threads));
#pragma omp parallel for num_threads(threads) schedule(static, 1)
      for (int i = 0; i < threads; ++i) {
        const std::ptrdiff_t from = begin + i * part;
        const std::ptrdiff_t to = std::min(end, from + part);
        if (from < to) {
          try {
            body(from, to);
          } catch (...) {
            thrown[static_cast<std::size_t>(i)] = std::current_exception();
          }
        }
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
    body(begin, end);
    progress.step(static_cast<std::size_t>(end));
  }
}

}  // namespace nidcode

#endif
