#ifndef NIDCODE_PULSE_H
#define NIDCODE_PULSE_H

// Lets work inside one long item be interrupted. The work counts its
// operations here; every so many of them the question that the caller brought
// is asked, which may throw to stop. Without a question nothing is asked.

#include <functional>
#include <utility>

namespace nidcode {

// Some twentieth of a second.
constexpr double pulse_operations = 5e7;

class pulse {
 public:
  pulse() = default;
  explicit pulse(std::function<void()> ask) : ask_(std::move(ask)) {}

  void work(double operations) {
    done_ += operations;
    if (done_ >= pulse_operations) {
      done_ = 0;
      if (ask_) {
        ask_();
      }
    }
  }

 private:
  std::function<void()> ask_;
  double done_ = 0;
};

}  // namespace nidcode

#endif
