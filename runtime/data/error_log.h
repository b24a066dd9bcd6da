// Collects the errors of one table while it is read: keeps the first few, counts all. Not the wording of
// errors.
#pragma once
#include "runtime/data/dataset.h"
#include "runtime/data/error_codes.h"
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace steelyard::data {

/// Where an error is. `order` sorts errors of one row: the index of the field, or 0.
struct Place {
  std::size_t row = 0;
  std::size_t order = 0;
  std::string_view column;
  std::string_view value;
};

/// Errors must be reported in ascending (row, order), so that the kept ones are the first ones; errors that
/// are found in another order go to a log of their own and are put together by `merge_logs`.
class ErrorLog {
public:
  explicit ErrorLog(std::size_t kept) : kept_(kept) {}

  /// `message` is a callable that makes the sentence; it is called only when the error is kept, because a
  /// file with a million bad cells must not cost a million sentences.
  template<class Message>
  void report(ErrorCode code, std::string_view file, const Place &place, Message &&message) {
    ++count_;
    if (entries_.size() >= kept_) return;
    entries_.push_back(Entry{DataError{std::string(id_of(code)), std::string(file), place.row,
                                       std::string(place.column), std::string(place.value), message()},
                             place.order});
  }
  std::size_t count() const { return count_; }
  bool keeps_more() const { return entries_.size() < kept_; }

private:
  struct Entry {
    DataError error;
    std::size_t order = 0;
  };
  friend void merge_logs(std::vector<ErrorLog> &&logs, std::size_t kept, ReadResult &result);

  std::size_t kept_ = 0;
  std::size_t count_ = 0;
  std::vector<Entry> entries_;
};

/// Appends the errors of the logs of one table to `result`, by row and column, up to `kept` in all.
void merge_logs(std::vector<ErrorLog> &&logs, std::size_t kept, ReadResult &result);

} // namespace steelyard::data
