// Lines of text in aligned columns; Chinese characters take two columns of the terminal.
#pragma once
#include <string>
#include <vector>

namespace steelyard::explain {

class Columns {
public:
  /// `right`: columns aligned to the right (numbers).
  explicit Columns(std::vector<bool> right = {}) : right_(std::move(right)) {}
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  /// Each row on a line that begins with `indent` blanks, cells two blanks apart, no blanks at the end.
  std::string text(std::size_t indent) const;

private:
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;
};

} // namespace steelyard::explain
