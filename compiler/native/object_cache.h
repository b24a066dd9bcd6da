// Compiled objects on disk, by a key that tells everything they depend on. A
// file that is damaged, or is not what it says, is as good as none; a file is
// written under another name and renamed, so that nobody reads half of one.
#pragma once
#include "runtime/data/cache_folder.h"
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace steelyard::native {

using data::digest;

class ObjectCache {
public:
  /// In the program's own cache folder (runtime/data/cache_folder.h).
  ObjectCache();
  explicit ObjectCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  std::optional<std::string> find(std::string_view key) const;
  void keep(std::string_view key, std::string_view object) const;

private:
  std::filesystem::path folder_; ///< empty: no cache
};

} // namespace steelyard::native
