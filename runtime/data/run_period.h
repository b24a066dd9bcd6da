// The period that a dataset says it belongs to: run.csv, with one column `period` and one row.
#pragma once
#include "runtime/data/dataset.h"
#include <filesystem>
#include <string>

namespace steelyard::data {

struct DatasetPeriod {
  std::string period; ///< "" when the dataset has no run.csv
  bool read = false;  ///< run.csv is there and is this file
  ReadResult faults;  ///< what is wrong with it
};
/// Read before the policy, since the period chooses its text.
DatasetPeriod period_of_dataset(const std::filesystem::path &folder, Encoding encoding);
/// Whether a policy reads run.csv as a table of its own.
bool has_table_of_that_name(const DatasetSchema &schema);

} // namespace steelyard::data
