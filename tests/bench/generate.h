// Datasets for benchmarks, always the same for the same arguments.
#pragma once
#include <cstddef>
#include <filesystem>

namespace steelyard::bench {

/// The yardstick (see yardstick/README.md): `folder` gets tables and `cases` natural cases, `folder`/edge the
/// same tables and every case that sits on a threshold, one fen under and one fen over it.
void generate_yardstick(const std::filesystem::path &folder, std::size_t cases);

/// A year of Guigang: 628 groups, 60 hospitals of three tiers, both funds, twelve months; history a fifth of
/// the cases (at least 20,000). Costs are lognormal around the group's mean, so that all kinds of cases occur
/// (about 6 % high, 5 % low, 2 % unstable, 1 % ungrouped). Case keys come sorted, as a bureau's export has
/// them.
void generate_guigang(const std::filesystem::path &folder, std::size_t cases);

/// Records for the grouping scheme with these tables, about as those of a hospital: one to eight diagnoses,
/// none to three procedures, the principal ones mostly such as an entry of the scheme asks for; 2 % of the
/// other diagnoses are on no list, and 7 % of the records have their codes mapped. Throws std::runtime_error
/// where a table cannot be read.
void generate_grouping(const std::filesystem::path &folder, const std::filesystem::path &tables,
                       std::size_t cases);

} // namespace steelyard::bench
