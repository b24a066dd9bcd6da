// Growing dictionaries.
#include "runtime/data/dictionary.h"
#include "runtime/data/cell_writer.h"
#include <algorithm>

namespace steelyard::data {

/// The end of the text whose bytes were just added; the first of another length makes the ends of all.
void Dictionary::add_end() {
  if (ends_.empty())
    for (std::size_t i = 1; i <= size_; ++i) ends_.push_back(i * width_);
  ends_.push_back(bytes_.size());
}

void Dictionary::add_all(const Dictionary &other) {
  if (ends_.empty() && other.ends_.empty() && (size_ == 0 || width_ == other.width_)) {
    bytes_.append(other.bytes_);
    width_ = other.size_ == 0 ? width_ : other.width_;
    size_ += other.size_;
    return;
  }
  for (std::size_t i = 0; i < other.size_; ++i) add(other[i]);
}

void Dictionary::reserve(std::size_t texts, std::size_t bytes) {
  bytes_.reserve(bytes);
  if (!ends_.empty()) ends_.reserve(texts);
}

bool Dictionary::is_plain() const {
  return never_needs_quotes(bytes_);
}

std::size_t Dictionary::longest() const {
  if (ends_.empty()) return width_;
  std::size_t out = 0;
  for (std::size_t i = 0; i < size_; ++i) out = std::max(out, (*this)[i].size());
  return out;
}

} // namespace steelyard::data
