#ifndef NIDCODE_TILE_PRODUCT_H
#define NIDCODE_TILE_PRODUCT_H

// table (rows x cols) times a tile (cols x tile_width): a fixed number of
// series side by side, series fastest. Each series keeps its own lane and its
// own order of summation, so its result does not depend on its neighbours, on
// how many there are or on which thread works: bitwise.

#include <Eigen/Core>

#include <cstddef>
#include <vector>

namespace nidcode {

constexpr int tile_width = 8;

template <int lanes>
using lane_array = Eigen::Array<double, lanes, 1>;

using lane_map = Eigen::Map<lane_array<tile_width>>;
using const_lane_map = Eigen::Map<const lane_array<tile_width>>;

// A tile is a vector of rows of tile_width numbers.
inline std::size_t tile_at(int row, int w) {
  return static_cast<std::size_t>(row) * tile_width + w;
}
inline void tile_resize(std::vector<double>& x, int rows) {
  x.resize(tile_at(rows, 0));
}
// The first lanes of a row.
template <int lanes = tile_width>
Eigen::Map<lane_array<lanes>> tile_lane(std::vector<double>& x, int row) {
  return Eigen::Map<lane_array<lanes>>(&x[tile_at(row, 0)]);
}

// Rows in groups of four, column by column: what the inner loop reads is
// contiguous. Rows are padded to a multiple of four with zeros, and so is the
// output of a product.
class tile_table {
 public:
  // The rows are the caller's to fill, all of them.
  void resize(int rows, int cols) {
    cols_ = cols;
    blocks_ = (rows + 3) / 4;
    data_.resize(static_cast<std::size_t>(padded_rows()) * cols);
    for (int row = rows; row < padded_rows(); ++row) {
      for (int j = 0; j < cols; ++j) {
        (*this)(row, j) = 0.0;
      }
    }
  }
  int padded_rows() const {
    return 4 * blocks_;
  }
  double& operator()(int row, int col) {
    return this->row(row)[4 * col];
  }
  // Its numbers lie four apart.
  double* row(int i) {
    return data_.data() + static_cast<std::size_t>(i / 4) * 4 * cols_ + i % 4;
  }
  void set_row(int i, const double* from) {
    double* to = row(i);
    for (int j = 0; j < cols_; ++j) {
      to[4 * j] = from[j];
    }
  }

  // The first `lanes` lanes: 2, or a multiple of 4.
  void multiply(const double* in, double* out, int lanes = tile_width) const {
    for (int b = 0; b < blocks_; ++b) {
      for (int w = 0; w < lanes; w += 4) {
        const std::size_t to = static_cast<std::size_t>(b) * 4 * tile_width;
        lanes == 2 ? multiply_block<2>(b, in, out + to)
                   : multiply_block<4>(b, in + w, out + to + w);
      }
    }
  }

 private:
  template <int lanes>
  void multiply_block(int block, const double* x, double* out) const {
    using lane = lane_array<lanes>;
    const double* t =
        data_.data() + static_cast<std::size_t>(block) * 4 * cols_;
    lane s0 = lane::Zero(), s1 = s0, s2 = s0, s3 = s0;
    for (int j = 0; j < cols_; ++j, t += 4, x += tile_width) {
      const Eigen::Map<const lane> v(x);
      s0 += t[0] * v;
      s1 += t[1] * v;
      s2 += t[2] * v;
      s3 += t[3] * v;
    }
    Eigen::Map<lane>(out, lanes) = s0;
    Eigen::Map<lane>(out + tile_width, lanes) = s1;
    Eigen::Map<lane>(out + 2 * tile_width, lanes) = s2;
    Eigen::Map<lane>(out + 3 * tile_width, lanes) = s3;
  }

  std::vector<double> data_;
  int cols_ = 0;
  int blocks_ = 0;
};

}  // namespace nidcode

#endif
