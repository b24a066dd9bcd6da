// Finds the field that each header of a file means, and refuses headers under which a column could be lost or
// misread. Not the reading of cells.
#pragma once
#include "runtime/data/error_log.h"
#include "runtime/data/schema.h"
#include <optional>
#include <string_view>
#include <vector>

namespace steelyard::data {

struct HeaderMatch {
  static constexpr std::size_t absent = static_cast<std::size_t>(-1);
  std::vector<std::size_t> cell_of_field; ///< parallel to TableSchema::fields; `absent` for an absent column
};

/// The match of `headers`, or nothing after an error was reported. Unknown columns are added to `warnings`
/// when none of the fields that may be absent is absent; otherwise they are errors, because one of them may
/// be the misspelt header of the absent field, which would silently take its default.
std::optional<HeaderMatch> match_header(const TableSchema &schema,
                                        const std::vector<std::string_view> &headers, ErrorLog &log,
                                        std::vector<DataError> &warnings);

} // namespace steelyard::data
