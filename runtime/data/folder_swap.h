// Puts a finished folder in the place of another one as a whole. Not the writing of the files in it.
#pragma once
#include <filesystem>
#include <string>

namespace steelyard::data {

/// `only_if_free` refuses a place that holds anything. `exchange` swaps the two names in one step of the file
/// system (Linux renameat2) and goes on as `two_renames` where the file system has no such step; between the
/// two renames the place is empty for a moment.
enum class Swap : unsigned char { only_if_free, exchange, two_renames };

/// What keeps `folder` from being replaced: its first entry, by name, that is not a plain .csv, .json, .html,
/// .log or .txt file. Empty when there is none. Results consist of such files only, so whatever else is there
/// is not ours to delete.
std::string foreign_entry(const std::filesystem::path &folder);

/// Renames `fresh` to `place`, which does not exist, is an empty folder, or is a folder of results that is
/// then removed. Both are in the same folder. Returns what went wrong, in the words of the system, or
/// nothing; then `place` is as it was.
std::string swap_in(const std::filesystem::path &fresh, const std::filesystem::path &place, Swap how);

/// Removes a folder of results: its plain files of the kinds above, then the folder. What else is in it
/// stays.
void remove_results(const std::filesystem::path &folder);

/// Writes the entries of `folder` to the disk (its files are not meant). False when that fails.
bool sync_folder(const std::filesystem::path &folder);

} // namespace steelyard::data
