#ifndef NIDCODE_SCALED_SQUARES_H
#define NIDCODE_SCALED_SQUARES_H

// Sums of squares of numbers of any size. From 1e154 on squares overflow and
// below 1e-154 they vanish; such numbers are read in units of a power of two
// near the largest, which changes no digit.

#include <algorithm>
#include <cmath>

#include <nidcode/tolerance.h>

namespace nidcode {

// sum x_i^2 = sum unit^2
struct scaled_sum {
  double sum;
  double unit;

  // sqrt(sum x_i^2 / n)
  double root(double n = 1) const { return std::sqrt(sum / n) * unit; }
};

// A power of two near |x|; 1 for 0 and what is not finite.
inline double power_of_two_near(double x) {
  return x != 0 && std::isfinite(x) ? std::ldexp(1.0, std::ilogb(x)) : 1;
}

// `value(i)` for i in [0, n).
template <typename Value>
scaled_sum sum_of_squares(int n, Value value) {
  double sum = 0;
  for (int i = 0; i < n; ++i) {
    const double x = value(i);
    sum += x * x;
  }
  if ((sum > squares_low && sum < squares_high) || sum != sum) {
    return {sum, 1};
  }
  double largest = 0;
  for (int i = 0; i < n; ++i) {
    largest = std::max(largest, std::fabs(value(i)));
  }
  const double unit = power_of_two_near(largest);
  sum = 0;
  for (int i = 0; i < n; ++i) {
    const double x = value(i) / unit;
    sum += x * x;
  }
  return {sum, unit};
}

}  // namespace nidcode

#endif
