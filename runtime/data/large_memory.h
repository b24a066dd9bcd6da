// How memory comes from the system where the data are large.
#pragma once
#include <cstdint>
#include <filesystem>

namespace steelyard::data {

/// Bytes of the CSV files of a dataset.
std::uintmax_t size_of_files(const std::filesystem::path &dataset);

/// For a run over large data: memory in large pages, which are far fewer to fill in one by one, and what one
/// phase gives back is kept for the next. To be called before there are other threads. `bytes`: of the input.
void expect_large_data(std::uintmax_t bytes);

} // namespace steelyard::data
