// Looking through a dataset folder.
#include "runtime/data/unread_files.h"
#include "runtime/data/error_codes.h"
#include "runtime/data/name_match.h"
#include <algorithm>
#include <fmt/core.h>
#include <system_error>

namespace steelyard::data {

std::vector<DataError> unread_files(const DatasetSchema &schema, const std::vector<std::string_view> &absent,
                                    const std::filesystem::path &folder) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto &entry : std::filesystem::directory_iterator(folder, ignored)) {
    std::string name = entry.path().filename().string();
    bool is_read = std::any_of(schema.tables.begin(), schema.tables.end(), [&](const TableSchema &table) {
      return !table.of_tables && table.file == name;
    });
    if (!is_read && entry.path().extension() == ".csv") names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());

  std::vector<DataError> warnings;
  for (std::string &name : names) {
    std::string message = "no table is read from this file";
    std::string_view near = nearest_name(name, absent);
    if (!near.empty()) message += fmt::format("; is {} meant, which is absent and optional?", near);
    warnings.push_back(DataError{
        std::string(id_of(ErrorCode::file_not_read)), std::move(name), 0, {}, {}, std::move(message)});
  }
  return warnings;
}

} // namespace steelyard::data
