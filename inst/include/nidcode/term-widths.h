#ifndef NIDCODE_TERM_WIDTHS_H
#define NIDCODE_TERM_WIDTHS_H

// Widths of the terms of formula (2) as an integral over time.

#include <nidcode/rate-operator.h>

namespace nidcode {

// `backward`: a difference stands for the last two steps, so its width is half
// of what they span; other rates stand for their own time and take half a step
// to either side. Where breaks `split`, no width reaches over one.
inline void term_widths(const time_grid& grid, bool backward, bool split,
                        double* out) {
  const double* t = grid.time;
  for (int i = 0; i < grid.n; ++i) {
    const bool left = i > 0 && !(split && grid.breaks_at(i));
    if (backward) {
      const bool two = left && i > 1 && !(split && grid.breaks_at(i - 1));
      out[i] = two ? (t[i] - t[i - 2]) / 2 : 0;
      continue;
    }
    const bool right = i + 1 < grid.n && !(split && grid.breaks_at(i + 1));
    const double before = left ? t[i] - t[i - 1] : 0;
    const double after = right ? t[i + 1] - t[i] : 0;
    out[i] = (before + after) / 2;
  }
}

}  // namespace nidcode

#endif
