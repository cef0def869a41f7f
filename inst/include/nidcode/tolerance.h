#ifndef NIDCODE_TOLERANCE_H
#define NIDCODE_TOLERANCE_H

// Every numerical constant of the kernels, with its reason.

namespace nidcode {

// Two times closer than this share of the span are one time in disguise: a
// second difference over such a step would magnify rounding by 1e12. From 1e-8
// to here errors of averaged splines come out up to 6.5 times off.
constexpr double close_times = 1e-6;

// An error needs two degrees of freedom. They come out of sums of matrices, so
// that 2 - 1e-15 is 2.
constexpr double least_df = 2 - 1e-9;

// Points of the grid of log lambda. From 41 on, means and errors of the
// averaged spline change by less than 1 % of the error when it is doubled.
constexpr int lambda_points = 41;

// The grid of lambda runs from a curve that uses this share of one degree of
// freedom (a polynomial to the eye) ...
constexpr double lambda_least = 1e-4;

// ... to one that leaves this share of one to the noise (an interpolation).
constexpr double lambda_rest = 1e-3;

// Eigenvalues below this share of the first are rounding of n > 100 points or
// of points nearly on top of each other; raised to it, they only say "not
// resolved".
constexpr double eigen_floor = 1e-13;

// Columns whose squared lengths differ by less than this are of one size: to
// mix them costs no digit.
constexpr double even_columns = 1e-4;

// Columns whose cosines and turns were below the root of this before a sweep
// are orthogonal to eps after it: a turn leaves products of two such.
constexpr double small_turn = 1e-17;

// Above this many free directions the variance between lambdas is summed over
// the grid points and not over pairs of directions: r (r + 1) / 2 pairs then
// outnumber 41 r products.
constexpr int pairs_limit = 80;

// Up to so many functionals of an averaged spline have their errors from every
// lambda, at 41 r products each, and not from pairs of directions.
constexpr int few_functionals = 1;

// (RSS_g / RSS_G)^(-r/2) is a product without logarithms while it cannot leave
// the range of a double; its square root must stay above this.
constexpr double power_limit = 1e-140;

// A sum of squares within these has lost nothing to over- or underflow: what a
// term below the least double could add is under 1e-58 of it.
constexpr double squares_low = 1e-250;
constexpr double squares_high = 1e300;

// Series of one grid that are worked on with one basis: few enough to share
// among threads, enough that the basis costs under 5 %.
constexpr int unit_series = 900;

// New times of one curve that are worked on together: enough that what they
// share costs little, few enough that the square of their number does not.
constexpr int functionals_at_once = 512;

// A regressor whose part orthogonal to the earlier ones is under this share of
// its own length carries nothing but the rounding of its computation (some
// thousand roundings of 1e-16) and is aliased.
constexpr double aliased_share = 1e-13;

// A variable that moves by less than this share of its size is a constant
// written with rounding errors.
constexpr double constant_share = 16 * 2.220446049250313e-16;

// Errors of the coefficients' weights grow like eps times the condition
// number: up to here 13 digits stand without refining them.
constexpr double weights_refined_above = 32;

// A second refinement step pays where the first leaves kappa * eps visible.
constexpr double second_step_above = 1e5;

// Student's t of more degrees of freedom than these is R's: the closed sum has
// half as many terms, its tail some ten times as many.
constexpr int whole_df_most = 100;

// Up to this share inside, what is outside is 1 minus it to 14 digits.
constexpr double t_middle = 0.98;

// A panel's prior of lambda is estimated until a step gains less than this of
// log-likelihood a series: ten thousandths of what an order is told by.
constexpr double prior_gain = 1e-6;

// The prior of a series alone counts as this many series of the panel, so that
// no point of the grid is ever ruled out.
constexpr double prior_anchor = 2;

// A series whose part beyond parabolas is below this share of it is a parabola
// and rounding, which says nothing of how it bends.
constexpr double free_share = 1e-8;

}  // namespace nidcode

#endif
