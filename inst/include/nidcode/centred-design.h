#ifndef NIDCODE_CENTRED_DESIGN_H
#define NIDCODE_CENTRED_DESIGN_H

// From raw variables to a design a computer can factor. A term is a variable
// to a whole power. Each variable is scaled by a power of two (exact) and,
// where the model has an intercept and all lower powers, centred at a short
// number near its mean, so that calendar years, their squares and cubes are
// no worse than 1, 2, 3. The columns are kept in two parts, hi + lo, whose sum
// is the exact design, and coefficients of the centred columns are taken back
// to the raw ones in twice the working precision.

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <vector>

#include <nidcode/double-double.h>
#include <nidcode/tolerance.h>

namespace nidcode {

struct design_term {
  int variable;
  int power;
};

struct design_spec {
  std::vector<design_term> terms;
  bool intercept = true;

  Eigen::Index columns() const {
    return static_cast<Eigen::Index>(terms.size()) + (intercept ? 1 : 0);
  }
};

inline void check_design(const design_spec& spec, Eigen::Index variables) {
  for (const design_term& term : spec.terms) {
    if (term.variable < 0 || term.variable >= variables || term.power < 1 ||
        term.power > 60) {
      throw std::invalid_argument("a term names no variable or power");
    }
  }
}

// e with x in [2^(e-1), 2^e); 0 for nothing to scale.
inline int exponent_of(double x) {
  int e = 0;
  if (x > 0 && std::isfinite(x)) {
    std::frexp(x, &e);
  }
  return e;
}

inline int binary_exponent(const double* x, Eigen::Index n) {
  double largest = 0;
  for (Eigen::Index i = 0; i < n; ++i) {
    largest = std::max(largest, std::abs(x[i]));
  }
  return exponent_of(largest);
}

// x 2^e. The factor is put together from its bits where it is a normal
// number, which is many times faster than the library's call.
inline double scale_binary(double x, int e) {
  if (e < -1000 || e > 1000) {
    return std::ldexp(x, e);
  }
  const std::uint64_t bits = static_cast<std::uint64_t>(1023 + e) << 52;
  double factor;
  std::memcpy(&factor, &bits, sizeof factor);
  return x * factor;
}

class centred_design {
 public:
  // `x` is n x variables, raw, column-major with leading dimension `stride`.
  void compute(const design_spec& spec, const double* x, Eigen::Index n,
               Eigen::Index stride, Eigen::Index variables) {
    reserve(spec, n, variables);
    for (Eigen::Index v = 0; v < variables; ++v) {
      scale_variable(x + v * stride, n, v, spec.intercept &&
                     is_hierarchical(spec, static_cast<int>(v)));
    }
    fill(spec, n);
  }

  // Again without centring the variables marked: their powers are then the
  // raw ones.
  bool uncentre(const design_spec& spec, const double* x, Eigen::Index n,
                Eigen::Index stride, const std::vector<bool>& marked) {
    bool any = false;
    for (std::size_t v = 0; v < marked.size(); ++v) {
      if (marked[v] && centre_[v] != 0) {
        scale_variable(x + static_cast<Eigen::Index>(v) * stride, n,
                       static_cast<Eigen::Index>(v), false);
        any = true;
      }
    }
    if (any) {
      fill(spec, n);
    }
    return any;
  }

  Eigen::Map<const Eigen::MatrixXd> hi() const {
    return Eigen::Map<const Eigen::MatrixXd>(hi_.data(), rows_, columns_);
  }
  const double* hi_column(Eigen::Index j) const {
    return hi_.data() + j * rows_;
  }
  const double* lo_column(Eigen::Index j) const {
    return lo_.data() + j * rows_;
  }
  // Whether a low part is anywhere other than zero.
  bool in_two_parts() const { return two_parts_; }

  // The raw coefficient of column j is sum_k entry(j, k) b_k times 2^exponent:
  // b the coefficients of the centred columns. In two parts; `raw_entry` has
  // the entry alone, `exponent` the power of two.
  double_double raw_entry(const design_spec& spec, Eigen::Index j,
                          Eigen::Index k) const {
    const Eigen::Index first = spec.intercept ? 1 : 0;
    if (k < first) {
      return {j == k ? 1.0 : 0.0, 0.0};
    }
    const design_term& from = spec.terms[static_cast<std::size_t>(k - first)];
    int to_power = 0;
    if (j >= first) {
      const design_term& to = spec.terms[static_cast<std::size_t>(j - first)];
      if (to.variable != from.variable) {
        return {0.0, 0.0};
      }
      to_power = to.power;
    }
    const std::size_t v = static_cast<std::size_t>(from.variable);
    const int left = from.power - to_power;
    if (left < 0 || (left > 0 && centre_[v] == 0)) {
      return {0.0, 0.0};
    }
    // choose(power, to_power) (-centre)^left, and the column's own scale.
    double_double entry = {1.0, 0.0};
    double choose = 1;
    for (int i = 1; i <= left; ++i) {
      choose = choose * (from.power - left + i) / i;
      entry = multiply(entry, -centre_[v]);
    }
    entry = multiply(entry, choose);
    const int shift = -column_exponent_[static_cast<std::size_t>(k)];
    return {scale_binary(entry.hi, shift), scale_binary(entry.lo, shift)};
  }

  int raw_exponent(const design_spec& spec, Eigen::Index j) const {
    const Eigen::Index first = spec.intercept ? 1 : 0;
    if (j < first) {
      return 0;
    }
    const design_term& term = spec.terms[static_cast<std::size_t>(j - first)];
    return -term.power * exponent_[static_cast<std::size_t>(term.variable)];
  }

  bool is_centred(Eigen::Index variable) const {
    return centre_[static_cast<std::size_t>(variable)] != 0;
  }

 private:
  void reserve(const design_spec& spec, Eigen::Index n,
               Eigen::Index variables) {
    rows_ = n;
    columns_ = spec.columns();
    const std::size_t cells = static_cast<std::size_t>(n * columns_);
    const std::size_t raw = static_cast<std::size_t>(n * variables);
    if (hi_.size() < cells) {
      hi_.resize(cells);
      lo_.resize(cells);
    }
    if (moved_.size() < raw) {
      moved_.resize(raw);
      moved_lo_.resize(raw);
    }
    exponent_.resize(static_cast<std::size_t>(variables));
    inner_exponent_.resize(static_cast<std::size_t>(variables));
    centre_.resize(static_cast<std::size_t>(variables));
    column_exponent_.assign(static_cast<std::size_t>(columns_), 0);
  }

  static bool is_hierarchical(const design_spec& spec, int variable) {
    int largest = 0;
    int count = 0;
    for (const design_term& term : spec.terms) {
      if (term.variable == variable) {
        largest = std::max(largest, term.power);
        ++count;
      }
    }
    return count == largest;
  }

  // x 2^-e - c, exactly in two parts. c has few bits beyond the spread, so
  // that the low part is mostly zero.
  void scale_variable(const double* x, Eigen::Index n, Eigen::Index v,
                      bool centred) {
    double low = n > 0 ? x[0] : 0;
    double high = low;
    for (Eigen::Index i = 1; i < n; ++i) {
      low = std::min(low, x[i]);
      high = std::max(high, x[i]);
    }
    const int e = exponent_of(std::max(std::abs(low), std::abs(high)));
    low = scale_binary(low, -e);
    high = scale_binary(high, -e);
    double* out = moved_.data() + v * n;
    double* lo = moved_lo_.data() + v * n;
    double sum = 0;
    for (Eigen::Index i = 0; i < n; ++i) {
      out[i] = scale_binary(x[i], -e);
      lo[i] = 0;
      sum += out[i];
    }
    exponent_[static_cast<std::size_t>(v)] = e;
    double& centre = centre_[static_cast<std::size_t>(v)];
    int& inner = inner_exponent_[static_cast<std::size_t>(v)];
    centre = 0;
    inner = 0;
    if (!centred || n == 0) {
      return;
    }
    const double spread = high - low;
    if (!(spread > constant_share)) {
      centre = out[0];
      std::fill(out, out + n, 0.0);
      return;
    }
    std::frexp(spread, &inner);
    const double step = scale_binary(1.0, inner - 5);
    const double back = scale_binary(1.0, -inner);
    centre = std::nearbyint(sum / static_cast<double>(n) / step) * step;
    for (Eigen::Index i = 0; i < n; ++i) {
      const double_double moved = two_sum(out[i], -centre);
      out[i] = moved.hi * back;
      lo[i] = moved.lo * back;
    }
  }

  void fill(const design_spec& spec, Eigen::Index n) {
    two_parts_ = false;
    Eigen::Index j = 0;
    if (spec.intercept) {
      std::fill(hi_.data(), hi_.data() + n, 1.0);
      std::fill(lo_.data(), lo_.data() + n, 0.0);
      ++j;
    }
    for (const design_term& term : spec.terms) {
      fill_power(term, n, j);
      ++j;
    }
  }

  void fill_power(const design_term& term, Eigen::Index n, Eigen::Index j) {
    const double* base = moved_.data() + term.variable * n;
    const double* base_lo = moved_lo_.data() + term.variable * n;
    double* hi = hi_.data() + j * n;
    double* lo = lo_.data() + j * n;
    std::copy(base, base + n, hi);
    std::copy(base_lo, base_lo + n, lo);
    for (int k = 1; k < term.power; ++k) {
      for (Eigen::Index i = 0; i < n; ++i) {
        const double_double next =
            multiply(double_double{hi[i], lo[i]},
                     double_double{base[i], base_lo[i]});
        hi[i] = next.hi;
        lo[i] = next.lo;
      }
    }
    // The variable itself is scaled already; its powers shrink.
    const int e = term.power > 1 ? binary_exponent(hi, n) : 0;
    column_exponent_[static_cast<std::size_t>(j)] =
        e + term.power *
                inner_exponent_[static_cast<std::size_t>(term.variable)];
    const double factor = scale_binary(1.0, -e);
    for (Eigen::Index i = 0; e != 0 && i < n; ++i) {
      hi[i] *= factor;
      lo[i] *= factor;
    }
    for (Eigen::Index i = 0; !two_parts_ && i < n; ++i) {
      two_parts_ = lo[i] != 0;
    }
  }

  Eigen::Index rows_ = 0;
  Eigen::Index columns_ = 0;
  bool two_parts_ = false;
  std::vector<double> hi_, lo_, moved_, moved_lo_, centre_;
  std::vector<int> exponent_, inner_exponent_, column_exponent_;
};

}  // namespace nidcode

#endif
