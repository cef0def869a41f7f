#ifndef NIDCODE_TOLERANCE_H
#define NIDCODE_TOLERANCE_H

// Every numerical constant of the kernels, with its reason.

namespace nidcode {

// Two times closer than this share of the span are one time in disguise: a
// second difference over such a step would magnify rounding by 1e16.
constexpr double close_times = 1e-8;

}  // namespace nidcode

#endif
