// Rows by their keys. A key is a tuple of codes (dense where the domain is: rows, members, small numbers,
// indices of texts). Where all domains are known and small, the row is found by position, without a hash.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace steelyard::engine {

class KeyTable {
public:
  /// The codes of one key: low <= code < low + size; size 0: not known.
  struct Domain {
    std::int64_t low = 0, size = 0;
  };
  explicit KeyTable(std::vector<Domain> domains);

  std::size_t size() const { return size_; }
  /// All domains are known and small: a row stands in `slots` at the position of its key, which is the number
  /// that its codes are the digits of, each less its domain's lowest.
  bool is_dense() const { return dense_; }
  /// Dense, and every position has a row.
  bool is_full() const { return dense_ && size_ == slots_.size(); }
  const std::int32_t *slots() const { return slots_.data(); }
  const Domain &domain(std::size_t key) const { return domains_[key]; }
  /// The row of the key, -1 when there is none. Safe from several threads while nothing is added.
  int find(const std::int64_t *key) const;
  /// The row of the key, the next free one when it is new.
  int add(const std::int64_t *key);
  /// Where all domains are known and small: a key's place among all possible ones, worked out from one key
  /// value after the other.
  bool has_positions() const { return dense_; }
  std::int64_t positions() const { return static_cast<std::int64_t>(slots_.size()); }
  const Domain &domain_of(std::size_t key) const { return domains_[key]; }
  int row_at(std::int64_t position) const { return slots_[static_cast<std::size_t>(position)]; }
  int add_at(std::int64_t position);
  /// The code of a row's key at a position.
  std::int64_t code(std::size_t row, std::size_t position) const {
    return codes_[row * domains_.size() + position];
  }

private:
  std::int64_t position_of(const std::int64_t *key) const;
  std::size_t slot_of(const std::int64_t *key) const;
  void grow();

  std::vector<Domain> domains_;
  bool dense_ = false;
  std::size_t size_ = 0;
  std::vector<std::int32_t> slots_; ///< rows, by position or by hash; -1 free
  std::vector<std::int64_t> codes_; ///< of row after row
};

} // namespace steelyard::engine
