// Where the program keeps what it could work out again: $XDG_CACHE_HOME/steelyard, else ~/.cache/steelyard.
// Whoever keeps something there must be as well off when it is gone, damaged, or another's.
#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace steelyard::data {

/// Empty: nothing is kept. So it is with `STEELYARD_CACHE=off`.
std::filesystem::path cache_folder();

/// 128 bits as 32 hexadecimal digits.
std::string digest(std::string_view text);

/// What tells this build of the program from any other: what one build has kept is nothing to another.
std::string build_identity();

/// Writes a file under another name and renames it, so that nobody reads half of it. Failures are nobody's
/// loss. Now and then the folder is looked through, and where it holds more than `most_kept` files the older
/// half goes.
constexpr std::size_t most_kept = 4000;
void keep_file(const std::filesystem::path &path, std::string_view content);

} // namespace steelyard::data
