// Glue of <nidcode/crc32.h>.

#include <Rcpp.h>
#include <nidcode/crc32.h>

// [[Rcpp::export]]
double crc32_cpp(const Rcpp::RawVector& bytes, double sum) {
  return nidcode::crc32(bytes.begin(), bytes.size(),
                        static_cast<std::uint32_t>(sum));
}
