// See run_period.h.
#include "runtime/data/run_period.h"
#include "runtime/data/error_codes.h"
#include "runtime/data/read_dataset.h"
#include <algorithm>
#include <filesystem>
#include <fmt/core.h>

namespace steelyard::data {

namespace {

constexpr const char *file_name = "run.csv";

DatasetSchema schema_of_period() {
  FieldSchema period;
  period.name = "period";
  period.accepted_headers = {"period", "结算期"};
  period.type_text = "text";
  TableSchema table;
  table.name = "run";
  table.file = file_name;
  table.file_optional = true;
  table.fields.push_back(std::move(period));
  return {{std::move(table)}};
}

} // namespace

DatasetPeriod period_of_dataset(const std::filesystem::path &folder, Encoding encoding) {
  DatasetPeriod out;
  std::error_code ignored;
  if (!std::filesystem::exists(folder / file_name, ignored)) return out;
  out.read = true;
  out.faults = read_dataset(schema_of_period(), folder, encoding, 20, 1);
  auto &warnings = out.faults.warnings; // of the other files nothing is known here
  warnings.erase(
      std::remove_if(warnings.begin(), warnings.end(), [](const auto &w) { return w.file != file_name; }),
      warnings.end());
  if (out.faults.error_count > 0) return out;
  const Table &table = out.faults.dataset.tables[0];
  if (table.rows == 1) {
    const Column &column = table.columns[0];
    out.period = column.dictionary[static_cast<std::size_t>(column.narrow(0))];
    return out;
  }
  out.faults.error_count = 1;
  out.faults.errors.push_back(
      {std::string(id_of(ErrorCode::period_rows)), file_name, 0, "period", "",
       fmt::format("{} rows; a dataset belongs to one period, which is one row", table.rows)});
  return out;
}

bool has_table_of_that_name(const DatasetSchema &schema) {
  return std::any_of(schema.tables.begin(), schema.tables.end(),
                     [](const auto &table) { return table.file == file_name; });
}

} // namespace steelyard::data
