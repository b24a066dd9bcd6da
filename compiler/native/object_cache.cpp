// Files named by the digest of their key; each begins with a mark, the key's
// digest and the content's digest.
#include "compiler/native/object_cache.h"
#include "runtime/data/text_index.h"
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace steelyard::native {

namespace {
constexpr std::string_view mark = "steelyard object 1\n";
}

std::string digest(std::string_view text) {
  const std::uint64_t a = data::hash_text(text);
  std::uint64_t b = 0xCBF29CE484222325U;
  for (const char c : text) b = (b ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return fmt::format("{:016x}{:016x}", a, b);
}

ObjectCache::ObjectCache() {
  if (const char *off = std::getenv("STEELYARD_CACHE"); off != nullptr && std::string_view(off) == "off")
    return;
  if (const char *cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/')
    folder_ = std::filesystem::path(cache) / "steelyard";
  else if (const char *home = std::getenv("HOME"); home != nullptr && *home == '/')
    folder_ = std::filesystem::path(home) / ".cache" / "steelyard";
}

std::optional<std::string> ObjectCache::find(std::string_view key) const {
  if (folder_.empty()) return std::nullopt;
  const std::string name = digest(key);
  std::ifstream in(folder_ / name, std::ios::binary);
  if (!in) return std::nullopt;
  std::stringstream text;
  text << in.rdbuf();
  const std::string content = std::move(text).str();
  const std::size_t head = mark.size() + 64;
  if (content.size() < head || content.compare(0, mark.size(), mark) != 0) return std::nullopt;
  if (content.compare(mark.size(), 32, name) != 0) return std::nullopt;
  const std::string_view object = std::string_view(content).substr(head);
  if (content.compare(mark.size() + 32, 32, digest(object)) != 0) return std::nullopt;
  return std::string(object);
}

void ObjectCache::keep(std::string_view key, std::string_view object) const {
  if (folder_.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) return;
  const std::string name = digest(key);
  const auto temporary = folder_ / fmt::format("{}.{}", name, ::getpid());
  {
    std::ofstream out(temporary, std::ios::binary);
    out << mark << name << digest(object) << object;
    if (!out.flush()) {
      std::filesystem::remove(temporary, error);
      return;
    }
  }
  std::filesystem::rename(temporary, folder_ / name, error);
  if (error) std::filesystem::remove(temporary, error);
}

} // namespace steelyard::native
