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

using lane4 = Eigen::Array<double, 4, 1>;
using lane_map = Eigen::Map<Eigen::Array<double, tile_width, 1>>;
using const_lane_map = Eigen::Map<const Eigen::Array<double, tile_width, 1>>;

// A tile is a vector of rows of tile_width numbers.
inline std::size_t tile_at(int row, int w) {
  return static_cast<std::size_t>(row) * tile_width + w;
}
inline void tile_resize(std::vector<double>& x, int rows) {
  x.resize(tile_at(rows, 0));
}
inline lane_map tile_lane(std::vector<double>& x, int row) {
  return lane_map(&x[tile_at(row, 0)]);
}

// Rows in groups of four, column by column: what the inner loop reads is
// contiguous. Rows are padded to a multiple of four with zeros, and so is the
// output of a product.
class tile_table {
 public:
  void resize(int rows, int cols) {
    cols_ = cols;
    blocks_ = (rows + 3) / 4;
    data_.assign(static_cast<std::size_t>(blocks_) * 4 * cols, 0.0);
  }
  int padded_rows() const { return 4 * blocks_; }
  int cols() const { return cols_; }
  double& operator()(int row, int col) {
    const std::size_t i = static_cast<std::size_t>(row);
    return data_[(i / 4 * cols_ + col) * 4 + i % 4];
  }

  // The first `lanes` lanes, in fours.
  void multiply(const double* in, double* out, int lanes = tile_width) const {
    for (int b = 0; b < blocks_; ++b) {
      for (int w = 0; w < lanes; w += 4) {
        const double* t = &data_[static_cast<std::size_t>(b) * 4 * cols_];
        const double* x = in + w;
        lane4 s0 = lane4::Zero(), s1 = s0, s2 = s0, s3 = s0;
        for (int j = 0; j < cols_; ++j, t += 4, x += tile_width) {
          const Eigen::Map<const lane4> v(x);
          s0 += t[0] * v;
          s1 += t[1] * v;
          s2 += t[2] * v;
          s3 += t[3] * v;
        }
        double* to = out + static_cast<std::size_t>(b) * 4 * tile_width + w;
        Eigen::Map<lane4>(to, 4) = s0;
        Eigen::Map<lane4>(to + tile_width, 4) = s1;
        Eigen::Map<lane4>(to + 2 * tile_width, 4) = s2;
        Eigen::Map<lane4>(to + 3 * tile_width, 4) = s3;
      }
    }
  }

 private:
  std::vector<double> data_;
  int cols_ = 0;
  int blocks_ = 0;
};

}  // namespace nidcode

#endif
