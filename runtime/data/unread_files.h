// CSV files of a dataset folder that no table reads.
#pragma once
#include "runtime/data/dataset.h"
#include <filesystem>
#include <string_view>
#include <vector>

namespace steelyard::data {

/// Warnings by name of the file. One of them may be a misspelt optional file, whose table is now empty, so
/// the user must hear of it; `absent` are the names of the optional files that are not there.
std::vector<DataError> unread_files(const DatasetSchema &schema, const std::vector<std::string_view> &absent,
                                    const std::filesystem::path &folder);

} // namespace steelyard::data
