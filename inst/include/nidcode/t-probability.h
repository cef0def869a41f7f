#ifndef NIDCODE_T_PROBABILITY_H
#define NIDCODE_T_PROBABILITY_H

// P(T <= t) of Student's t with a whole number n of degrees of freedom is a
// closed sum (Abramowitz and Stegun 26.7.3 and 4). With s = |t| / sqrt(n + t^2)
// and c^2 = n / (n + t^2), P(|T| <= |t|) is
//   n even  s (1 + 1/2 c^2 + (1 3)/(2 4) c^4 + ...),  n / 2 terms
//   n odd   2/pi (atan(|t| / sqrt(n)) + s c (1 + 2/3 c^2 + ...)),
//           (n - 1) / 2 terms.
// Without an end the sums are 1. So the tails are the terms beyond, and keep
// their digits where 1 minus the sum has none left.

#include <cmath>
#include <cstddef>
#include <vector>

#include <nidcode/blocks.h>
#include <nidcode/law.h>
#include <nidcode/tolerance.h>

namespace nidcode {

constexpr double two_over_pi = 0.63661977236758134308;

class whole_t {
 public:
  explicit whole_t(int df = 0) : df_(df), root_(std::sqrt(df)) {
    rest_ = odd() ? two_over_pi : 1;
    for (int k = 0; k < df / 2; ++k) {
      term_.push_back(rest_);
      rest_ *=
          odd() ? (2 * k + 2) / (2 * k + 3.0) : (2 * k + 1) / (2 * k + 2.0);
    }
  }

  int df() const {
    return df_;
  }

  double operator()(double t) const {
    const double a = std::fabs(t);
    const bool far = a > 1e150;  // its square overflows
    const double below = far ? 0 : 1 / (df_ + a * a), root = std::sqrt(below);
    const double s = far ? 1 : a * root, c = far ? root_ / a : root_ * root;
    const double c2 = df_ * below;
    double inside = 0;
    for (std::size_t k = term_.size(); k-- > 0;) {
      inside = inside * c2 + term_[k];
    }
    inside *= odd() ? s * c : s;
    inside += odd() ? two_over_pi * std::atan(a / root_) : 0;
    return t >= 0              ? 0.5 + 0.5 * inside
           : inside < t_middle ? 0.5 - 0.5 * inside
                               : 0.5 * s * beyond(c, c2);
  }

 private:
  bool odd() const {
    return df_ % 2 == 1;
  }

  double beyond(double c, double c2) const {
    double sum = 1, term = 1;
    for (double k = df_ + 1; term > 1e-17; k += 2) {
      term *= c2 - c2 / (k + 1);  // c^2 k / (k + 1)
      sum += term;
    }
    return rest_ * std::pow(c, df_) * sum;
  }

  int df_;
  double root_, rest_;
  std::vector<double> term_;
};

// P(T <= estimate / error) for each estimate, the probability that what is
// estimated is positive. A zero that is known exactly is as likely above as
// below. other(t, df) is asked for df that are not whole, or many.
template <typename Other, typename Progress>
void t_probabilities(const law_of_estimates& law, Other other, double* out,
                     Progress& progress) {
  std::vector<whole_t> known(whole_df_most + 1);
  for_each_block(
      law.n, 1, progress, [&](std::ptrdiff_t from, std::ptrdiff_t to) {
        for (std::ptrdiff_t i = from; i < to; ++i) {
          const double nu = law.df[i], t = law.estimate[i] / law.error[i];
          if (law.error[i] == 0 && law.estimate[i] == 0) {
            out[i] = 0.5;
          } else if (nu >= 1 && nu <= whole_df_most && nu == std::floor(nu) &&
                     t == t) {
            whole_t& one = known[static_cast<std::size_t>(nu)];
            if (one.df() == 0) {
              one = whole_t(static_cast<int>(nu));
            }
            out[i] = one(t);
          } else {
            out[i] = other(t, nu);
          }
        }
      });
}

}  // namespace nidcode

#endif
