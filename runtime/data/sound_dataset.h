// Reads a dataset without faults in parallel: the tables (sound_table.h), then keys and references. Not the
// wording of faults: a dataset with one is left to read_dataset_by_rows.
#pragma once
#include "runtime/data/dataset.h"
#include "runtime/data/read_dataset.h"
#include <filesystem>
#include <optional>

namespace steelyard::data {

/// Nullopt when there is a fault, or a number beyond 64 bits.
std::optional<ReadResult> read_sound_dataset(const DatasetSchema &schema, const std::filesystem::path &folder,
                                             Encoding encoding, int threads, std::size_t piece_bytes);

} // namespace steelyard::data
