// Reading the tables that stand in a folder of their own, without a dataset.
#pragma once
#include "runtime/data/dataset.h"

namespace steelyard::data {

/// Whether any table of the schema stands in the folder of tables.
bool has_tables(const DatasetSchema &schema);
/// Reads the tables that are `of_tables` from the schema's folder of tables; the others are empty. Tables of
/// the folder refer to each other only, which the compiler sees to.
ReadResult read_tables(const DatasetSchema &schema, std::size_t kept = 20);
/// A column by itself, for a dataset that goes on with the rows of another.
Column copy_of(const Column &column);

} // namespace steelyard::data
