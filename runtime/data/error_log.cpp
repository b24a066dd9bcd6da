// Puts the errors of one table in order, and writes one error as a line for the user.
#include "runtime/data/error_log.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <utility>

namespace steelyard::data {
namespace {

constexpr std::size_t shown_bytes = 80;

/// The cell as it can be shown on one line of a terminal: control characters escaped, a long text cut.
std::string shown_value(std::string_view value) {
  bool cut = value.size() > shown_bytes;
  if (cut) {
    std::size_t length = shown_bytes;
    // The cut must not split a character: UTF-8 continuation bytes are 10xxxxxx.
    while (length > 0 && (static_cast<unsigned char>(value[length]) & 0xC0U) == 0x80U) --length;
    value = value.substr(0, length);
  }
  std::string out;
  for (char c : value) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  if (cut) out += "...";
  return out;
}

} // namespace

void merge_logs(std::vector<ErrorLog> &&logs, std::size_t kept, ReadResult &result) {
  std::vector<ErrorLog::Entry> all;
  for (ErrorLog &log : logs) {
    result.error_count += log.count_;
    std::move(log.entries_.begin(), log.entries_.end(), std::back_inserter(all));
  }
  std::stable_sort(all.begin(), all.end(), [](const ErrorLog::Entry &a, const ErrorLog::Entry &b) {
    return std::pair(a.error.row, a.order) < std::pair(b.error.row, b.order);
  });
  for (ErrorLog::Entry &entry : all) {
    if (result.errors.size() >= kept) return;
    result.errors.push_back(std::move(entry.error));
  }
}

std::string to_text(const DataError &error) {
  std::string out = error.file;
  if (error.row != 0) out += fmt::format(", line {}", error.row);
  if (!error.column.empty()) out += fmt::format(", column {}", error.column);
  if (!error.value.empty()) out += fmt::format(", value \"{}\"", shown_value(error.value));
  if (!out.empty()) out += ": ";
  out += error.message;
  if (!error.code.empty()) out += fmt::format(" [{}]", error.code);
  return out;
}

} // namespace steelyard::data
