// Files named by the digest of their key; each begins with a mark, the key's
// digest and the content's digest.
#include "compiler/native/object_cache.h"
#include "runtime/data/cache_folder.h"
#include <fstream>
#include <sstream>

namespace steelyard::native {

namespace {
constexpr std::string_view mark = "steelyard object 1\n";
}

ObjectCache::ObjectCache() : folder_(data::cache_folder()) {}

std::optional<std::string> ObjectCache::find(std::string_view key) const {
  if (folder_.empty()) return std::nullopt;
  const std::string name = data::digest(key);
  std::ifstream in(folder_ / name, std::ios::binary);
  if (!in) return std::nullopt;
  std::stringstream text;
  text << in.rdbuf();
  const std::string content = std::move(text).str();
  const std::size_t head = mark.size() + 64;
  if (content.size() < head || content.compare(0, mark.size(), mark) != 0) return std::nullopt;
  if (content.compare(mark.size(), 32, name) != 0) return std::nullopt;
  const std::string_view object = std::string_view(content).substr(head);
  if (content.compare(mark.size() + 32, 32, data::digest(object)) != 0) return std::nullopt;
  return std::string(object);
}

void ObjectCache::keep(std::string_view key, std::string_view object) const {
  if (folder_.empty()) return;
  const std::string name = data::digest(key);
  std::string content(mark);
  content += name + data::digest(object);
  content += object;
  data::keep_file(folder_ / name, content);
}

} // namespace steelyard::native
