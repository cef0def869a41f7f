#ifndef NIDCODE_SPLINE_FEW_H
#define NIDCODE_SPLINE_FEW_H

// Errors of few functionals of the averaged spline, lambda by lambda,
//   error^2 = sum_g p_g (s2_g h_g + (a_g - a)^2),  a = sum_g p_g a_g,
//   h_g = |rho|^2 + sum_j phi_j^2 s_gj + R lambda_g,  a_g = sum_j phi_j d_gj z_j:
// r numbers a lambda and functional, where means of all pairs of directions,
// which many functionals share, are r (r + 1) / 2.

#include <Eigen/Core>

#include <vector>

#include <nidcode/lambda-grid.h>
#include <nidcode/lambda-weights.h>
#include <nidcode/spline-functional.h>
#include <nidcode/spline-tile.h>
#include <nidcode/tile-product.h>

namespace nidcode {

class spline_few {
 public:
  void compute(const std::vector<const spline_functionals*>& functionals,
               const lambda_grid& grid) {
    deviation_.clear();
    std::vector<Eigen::VectorXd> within;
    for (const spline_functionals* f : functionals) {
      for (Eigen::Index i = 0; i < f->size(); ++i) {
        const Eigen::VectorXd phi = f->phi().col(i);
        within.push_back(grid.s() * phi.cwiseAbs2() +
                         f->kriging(i) * grid.lambda());
        within.back().array() += f->rho().col(i).squaredNorm();
        deviation_.emplace_back();
        deviation_.back().resize(lambda_points, static_cast<int>(phi.size()));
        for (int g = 0; g < lambda_points; ++g) {
          const Eigen::VectorXd row =
              grid.d().row(g).transpose().cwiseProduct(phi);
          deviation_.back().set_row(g, row.data());
        }
      }
    }
    within_.resize(static_cast<int>(within.size()), lambda_points);
    for (std::size_t k = 0; k < within.size(); ++k) {
      within_.set_row(static_cast<int>(k), within[k].data());
    }
    tile_resize(at_, lambda_points + 3);
  }

  // Squares of the errors, a row a functional.
  void run(const spline_tile& tile, const lambda_weights& weights,
           std::vector<double>& variance) {
    within_.multiply(weights.scaled(), variance.data(), tile.lanes());
    for (std::size_t k = 0; k < deviation_.size(); ++k) {
      deviation_[k].multiply(tile.z_lanes(0), at_.data(), tile.lanes());
      tile_lane(variance, static_cast<int>(k)) += between(weights);
    }
  }

 private:
  using lanes = Eigen::Array<double, tile_width, 1>;

  lanes between(const lambda_weights& weights) {
    lanes mean = lanes::Zero(), sum = lanes::Zero();
    for (int g = 0; g < lambda_points; ++g) {
      mean += weight(weights, g) * tile_lane(at_, g);
    }
    for (int g = 0; g < lambda_points; ++g) {
      sum += weight(weights, g) * (tile_lane(at_, g) - mean).square();
    }
    return sum;
  }

  static const_lane_map weight(const lambda_weights& weights, int g) {
    return const_lane_map(weights.weights() + tile_at(g, 0));
  }

  std::vector<tile_table> deviation_;
  tile_table within_;
  std::vector<double> at_;
};

}  // namespace nidcode

#endif
