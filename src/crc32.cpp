// Glue of <nidcode/crc32.h>.

#include <Rcpp.h>
#include <nidcode/crc32.h>

#include "must.h"

// [[Rcpp::export(rng = false)]]
double crc32_cpp(const Rcpp::RawVector& bytes, double sum) {
  must(sum >= 0 && sum < 4294967296.0, "a sum is none of 32 bits");
  return nidcode::crc32(bytes.begin(), bytes.size(),
                        static_cast<std::uint32_t>(sum));
}
