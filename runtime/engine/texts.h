// The texts of a text column: those of a dictionary of the dataset, and texts added in the run. An index of
// them is made when a text is first looked for.
#pragma once
#include "runtime/data/dictionary.h"
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace steelyard::engine {

class Texts {
public:
  Texts() = default;
  /// `base` outlives this.
  explicit Texts(const data::Dictionary &base) : base_(&base) {}

  std::size_t size() const { return (base_ == nullptr ? 0 : base_->size()) + added_.size(); }
  std::string_view at(std::size_t index) const {
    const std::size_t first = base_ == nullptr ? 0 : base_->size();
    return index < first ? (*base_)[index] : added_[index - first];
  }
  /// Each text is greater than the one before it.
  bool is_ascending() const { return base_ != nullptr && base_->is_ascending() && added_.empty(); }
  /// No text needs quotation marks in a result file.
  bool is_plain() const { return base_ != nullptr && base_->is_plain() && added_.empty(); }
  /// Bytes of the longest text of the base.
  std::size_t longest() const { return base_ == nullptr ? 0 : base_->longest(); }
  /// -1 when it is not there.
  int find(std::string_view text);
  /// The index of `text` (whose memory outlives this), added when it is new.
  int intern(std::string_view text);

private:
  void make_index();
  const data::Dictionary *base_ = nullptr;
  std::vector<std::string_view> added_;
  bool indexed_ = false;
  std::unordered_map<std::string_view, int> index_;
};

} // namespace steelyard::engine
