#ifndef NIDCODE_SPLINE_TILE_H
#define NIDCODE_SPLINE_TILE_H

// A tile of series of one grid, taken apart: values less the first one,
// coefficients beta on the polynomials and z on the free directions, z^2.

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <nidcode/spline-basis.h>
#include <nidcode/tile-product.h>

namespace nidcode {

class spline_tile {
 public:
  void compute(const spline_basis& basis) {
    n_ = basis.n();
    p_ = static_cast<int>(basis.polynomial().cols());
    r_ = basis.r();
    table_.resize(p_ + r_, n_);
    for (int k = 0; k < p_; ++k) {
      table_.set_row(k, &basis.polynomial()(0, k));
    }
    for (int j = 0; j < r_; ++j) {
      table_.set_row(p_ + j, &basis.directions()(0, j));
    }
    tile_resize(c_, n_);
    tile_resize(bz_, table_.padded_rows());
    tile_resize(zz_, r_);
  }

  // `count` <= tile_width pointers to n values each; idle lanes repeat the
  // last series.
  // `rounding`: of each the sd of the rounding of its values, or nullptr.
  void load(const double* const* y, int count, const double* rounding) {
    lanes_ = count > 4 ? tile_width : count > 2 ? 4 : 2;
    for (int w = 0; w < lanes_; ++w) {
      const int at = std::min(w, count - 1);
      centre(y[at], w);
      const double least = rounding == nullptr ? 0 : rounding[at] / unit_[w];
      least_[w] = least * least;
    }
    table_.multiply(c_.data(), bz_.data(), lanes_);
    for (int w = 0; w < lanes_; ++w) {
      squares(w);
    }
  }

  int lanes() const { return lanes_; }
  double base(int w) const { return base_[w]; }
  double unit(int w) const { return unit_[w]; }
  double beta(int k, int w) const { return bz_[tile_at(k, w)]; }
  double z(int j, int w) const { return bz_[tile_at(p_ + j, w)]; }
  const double* z_lanes(int j) const { return &bz_[tile_at(p_ + j, 0)]; }
  double zz(int j, int w) const { return zz_[tile_at(j, w)]; }
  const double* zz_data() const { return zz_.data(); }
  // The least that a residual sum can be, and 1 / r, or 0 for a series of 0.
  const double* floor() const { return floor_; }
  const double* inverse_df() const { return inverse_df_; }
  // The least that errors take the variance of the noise for.
  const double* least() const { return least_; }

 private:
  // In a unit (a power of two: exact) in which squares neither overflow nor
  // vanish.
  void centre(const double* y, int w) {
    double range = 0.0;
    for (int i = 0; i < n_; ++i) {
      const double c = y[i] - y[0];
      c_[tile_at(i, w)] = c;
      range = std::max(range, std::fabs(c));
    }
    int power = 0;
    std::frexp(range > 0.0 ? range : y[0], &power);
    power = std::max(-1000, std::min(power, 1000));
    const double scale = std::ldexp(1.0, -power);
    for (int i = 0; i < n_; ++i) {
      c_[tile_at(i, w)] *= scale;
    }
    base_[w] = y[0];
    scaled_base_[w] = y[0] * scale;
    unit_[w] = std::ldexp(1.0, power);
  }

  // The values themselves are rounded: so a line and a constant have an error
  // of that size, and not one of 0 / 0.
  void squares(int w) {
    const double eps = std::numeric_limits<double>::epsilon();
    double sum = scaled_base_[w] * scaled_base_[w];
    for (int k = 0; k < p_; ++k) {
      sum += beta(k, w) * beta(k, w);
    }
    for (int j = 0; j < r_; ++j) {
      zz_[tile_at(j, w)] = z(j, w) * z(j, w);
      sum += zz(j, w);
    }
    floor_[w] = sum > 0.0 ? r_ * eps * eps * sum : 1.0;
    inverse_df_[w] = sum > 0.0 && r_ > 0 ? 1.0 / r_ : 0.0;
  }

  int n_ = 0, p_ = 0, r_ = 0, lanes_ = tile_width;
  tile_table table_;
  std::vector<double> c_, bz_, zz_;
  double base_[tile_width], scaled_base_[tile_width], unit_[tile_width];
  double floor_[tile_width], inverse_df_[tile_width], least_[tile_width];
};

}  // namespace nidcode

#endif
