#ifndef NIDCODE_DOUBLE_DOUBLE_H
#define NIDCODE_DOUBLE_DOUBLE_H

// Numbers of twice the working precision as an unevaluated sum hi + lo, from
// error-free transformations (T. J. Dekker, "A floating-point technique for
// extending the available precision", Numerische Mathematik 18, 1971). Needs
// nothing of `long double`, whose width depends on the platform.

#include <cmath>

namespace nidcode {

struct double_double {
  double hi;
  double lo;
};

// a + b = s + e exactly (Knuth; no assumption on the sizes).
inline double_double two_sum(double a, double b) {
  const double s = a + b;
  const double z = s - a;
  return {s, (a - (s - z)) + (b - z)};
}

// The same where |a| >= |b| or a = 0.
inline double_double fast_two_sum(double a, double b) {
  const double s = a + b;
  return {s, b - (s - a)};
}

// a * b = p + e exactly, absent over- and underflow: with a fused multiply-add
// where the processor has one, else by splitting each factor into two halves
// of 26 bits (every product below is then exact). The two agree bit for bit.
// The library's own std::fma() is not called where it is not fast: it costs
// the same there and some C libraries round it twice.
inline double_double two_product(double a, double b) {
  const double p = a * b;
#ifdef FP_FAST_FMA
  return {p, std::fma(a, b, -p)};
#else
  constexpr double splitter = 134217729.0;  // 2^27 + 1
  const double ta = splitter * a;
  const double a1 = ta - (ta - a);
  const double a2 = a - a1;
  const double tb = splitter * b;
  const double b1 = tb - (tb - b);
  const double b2 = b - b1;
  return {p, ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2};
#endif
}

inline double_double add(const double_double& a, double b) {
  const double_double s = two_sum(a.hi, b);
  return fast_two_sum(s.hi, s.lo + a.lo);
}

inline double_double add(const double_double& a, const double_double& b) {
  const double_double s = two_sum(a.hi, b.hi);
  return fast_two_sum(s.hi, s.lo + (a.lo + b.lo));
}

inline double_double multiply(const double_double& a, double b) {
  const double_double p = two_product(a.hi, b);
  return fast_two_sum(p.hi, p.lo + a.lo * b);
}

inline double_double multiply(const double_double& a, const double_double& b) {
  const double_double p = two_product(a.hi, b.hi);
  return fast_two_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

// sum += a * b, the inner step of a residual: the product exact, the sum in
// two parts whose low one is not renormalised, which costs at most a few units
// of eps^2 per term.
inline void add_product(double_double& sum, double a, double b) {
  const double_double p = two_product(a, b);
  const double_double s = two_sum(sum.hi, p.hi);
  sum.hi = s.hi;
  sum.lo += s.lo + p.lo;
}

}  // namespace nidcode

#endif
