// The elements of a list, from the text of its cell.
#pragma once
#include "compiler/semantics/types.h"
#include <string_view>

namespace steelyard::interpret {

/// For range-based loops. The empty text has no element, or one where the type says `at least one`.
class ListElements {
public:
  ListElements(std::string_view text, const semantics::Type &type)
      : text_(text), separator_(type.separator), empty_(text.empty() && !type.at_least_one) {}

  /// All but the first element. One empty text may be left, which a cell of its own could not say.
  ListElements without_first() const {
    ListElements out = *this;
    const std::size_t end = text_.find(separator_);
    out.empty_ = empty_ || end == std::string_view::npos;
    out.text_ = out.empty_ ? std::string_view() : text_.substr(end + 1);
    return out;
  }

  class Iterator {
  public:
    Iterator(std::string_view rest, char separator, bool end)
        : rest_(rest), separator_(separator), end_(end) {
      find();
    }
    std::string_view operator*() const { return rest_.substr(0, length_); }
    Iterator &operator++() {
      if (length_ == rest_.size()) {
        end_ = true;
        return *this;
      }
      rest_.remove_prefix(length_ + 1);
      find();
      return *this;
    }
    bool operator!=(const Iterator &other) const { return end_ != other.end_; }

  private:
    void find() {
      const std::size_t at = rest_.find(separator_);
      length_ = at == std::string_view::npos ? rest_.size() : at;
    }
    std::string_view rest_;
    std::size_t length_ = 0;
    char separator_;
    bool end_;
  };
  Iterator begin() const { return {text_, separator_, empty_}; }
  Iterator end() const { return {{}, separator_, true}; }

private:
  std::string_view text_;
  char separator_;
  bool empty_;
};

} // namespace steelyard::interpret
