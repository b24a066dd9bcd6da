// A list of integers that takes 64 bits each while all fit, and 128 from the first that does not.
#pragma once
#include "runtime/number/integer.h"
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace steelyard::log {

using number::Int128;

class Integers {
public:
  Integers() = default;
  Integers(std::initializer_list<Int128> values) {
    for (const Int128 value : values) push_back(value);
  }

  std::size_t size() const { return is_wide_ ? wide_.size() : narrow_.size(); }
  bool empty() const { return size() == 0; }
  Int128 operator[](std::size_t i) const { return is_wide_ ? wide_[i] : Int128{narrow_[i]}; }
  /// All of them, when none is wide; else empty.
  const std::vector<std::int64_t> &narrow() const { return narrow_; }
  const std::vector<Int128> &wide() const { return wide_; } ///< the other way round
  bool is_wide() const { return is_wide_; }

  void push_back(Int128 value) {
    if (!is_wide_ && !fits(value)) widen();
    if (is_wide_)
      wide_.push_back(value);
    else
      narrow_.push_back(static_cast<std::int64_t>(value));
  }
  void set(std::size_t i, Int128 value) {
    if (!is_wide_ && !fits(value)) widen();
    if (is_wide_)
      wide_[i] = value;
    else
      narrow_[i] = static_cast<std::int64_t>(value);
  }
  /// Room for `count` narrow values to be written over. Precondition: the list is empty.
  std::int64_t *make(std::size_t count) {
    narrow_.resize(count);
    return narrow_.data();
  }
  void reserve(std::size_t count) { narrow_.reserve(count); }
  /// Keeps the memory.
  void clear() {
    narrow_.clear();
    wide_.clear();
    is_wide_ = false;
  }
  bool operator==(const Integers &other) const {
    if (size() != other.size()) return false;
    for (std::size_t i = 0; i < size(); ++i)
      if ((*this)[i] != other[i]) return false;
    return true;
  }

private:
  static bool fits(Int128 value) { return value >= INT64_MIN && value <= INT64_MAX; }
  void widen() {
    wide_.assign(narrow_.begin(), narrow_.end());
    narrow_.clear();
    is_wide_ = true;
  }

  std::vector<std::int64_t> narrow_;
  std::vector<Int128> wide_;
  bool is_wide_ = false;
};

} // namespace steelyard::log
