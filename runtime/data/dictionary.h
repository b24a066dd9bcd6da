// The distinct texts of a column in one piece of memory: the bytes one behind the other, and where each text
// ends. Where all texts are equally long, as keys often are, the ends are not kept.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace steelyard::data {

class Dictionary {
public:
  std::size_t size() const { return size_; }
  std::size_t bytes() const { return bytes_.size(); }
  std::string_view operator[](std::size_t index) const {
    if (ends_.empty()) return {bytes_.data() + index * width_, width_};
    const std::uint64_t from = index == 0 ? 0 : ends_[index - 1];
    return {bytes_.data() + from, static_cast<std::size_t>(ends_[index] - from)};
  }
  /// Adds a text, whether it is there or not. Views of texts that were there before end here.
  void add(std::string_view text) {
    bytes_.append(text);
    if (size_ == 0) width_ = text.size();
    if (!ends_.empty() || text.size() != width_) add_end();
    ++size_;
  }
  /// Adds the texts of another one.
  void add_all(const Dictionary &other);
  void reserve(std::size_t texts, std::size_t bytes);
  void clear() { *this = Dictionary(); }

  /// No text needs quotation marks as a cell of a result file.
  bool is_plain() const;
  std::size_t longest() const;

  /// Each text is greater than the one before it, byte by byte.
  bool is_ascending() const { return is_ascending_; }
  void set_ascending(bool ascending) { is_ascending_ = ascending; }

private:
  void add_end();

  std::string bytes_;
  std::vector<std::uint64_t> ends_; ///< empty while all texts have `width_` bytes
  std::size_t width_ = 0;
  std::size_t size_ = 0;
  bool is_ascending_ = false;
};

} // namespace steelyard::data
