// Parts of the native engine by themselves: 256-bit division, the cache of objects, keys.
#include "compiler/native/divide.h"
#include "compiler/native/object_cache.h"
#include "compiler/semantics/proof_memory.h"
#include "runtime/engine/key_table.h"
#include "runtime/number/exact.h"
#include <array>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <random>
#include <unistd.h>

using namespace steelyard;
using number::Integer;

namespace {

using Words = std::array<std::uint64_t, 4>;

Integer value_of(const Words &words) {
  Integer out = 0;
  for (std::size_t i = 4; i-- > 0;) out = (out << 64) + words[i];
  return out;
}

} // namespace

TEST_CASE(
    "native: division of 256 bits agrees with exact integers, also where a digit's guess is one too many") {
  std::mt19937_64 random(7);
  const auto word = [&]() -> std::uint64_t {
    switch (random() % 5) { // the edges are where divisions go wrong
    case 0:
      return 0;
    case 1:
      return UINT64_MAX;
    case 2:
      return std::uint64_t{1} << 63;
    default:
      return random() >> random() % 64;
    }
  };
  for (int round = 0; round < 200000; ++round) {
    Words numerator{}, divisor{}, quotient{};
    const std::size_t size = random() % 5;
    for (std::size_t i = 0; i < size; ++i) numerator[i] = word();
    const std::size_t divisor_size = 1 + random() % 4;
    for (std::size_t i = 0; i < divisor_size; ++i) divisor[i] = word();
    if (value_of(divisor) == 0) continue;
    native::divide_256(numerator.data(), divisor.data(), quotient.data());
    if (value_of(quotient) != value_of(numerator) / value_of(divisor)) {
      CAPTURE(value_of(numerator).str());
      CAPTURE(value_of(divisor).str());
      CHECK(value_of(quotient) == value_of(numerator) / value_of(divisor));
      break;
    }
  }
}

TEST_CASE("native: a damaged or foreign file in the cache is as good as none") {
  const auto folder =
      std::filesystem::temp_directory_path() / ("steelyard_cache_" + std::to_string(::getpid()));
  std::filesystem::remove_all(folder);
  const native::ObjectCache cache(folder);
  CHECK_FALSE(cache.find("key"));
  cache.keep("key", std::string("object\0code", 11));
  REQUIRE(cache.find("key"));
  CHECK(*cache.find("key") == std::string("object\0code", 11));
  CHECK_FALSE(cache.find("other key"));
  const auto file = folder / native::digest("key");
  std::string content;
  {
    std::ifstream in(file, std::ios::binary);
    content.assign(std::istreambuf_iterator<char>(in), {});
  }
  for (std::size_t i = 0; i < content.size(); ++i) {
    std::string damaged = content;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    std::ofstream(file, std::ios::binary) << damaged;
    CAPTURE(i);
    CHECK_FALSE(cache.find("key"));
  }
  std::ofstream(file, std::ios::binary) << content.substr(0, content.size() - 1);
  CHECK_FALSE(cache.find("key"));
  // The file of another key under this name: it says what it is.
  cache.keep("other key", "other");
  std::filesystem::copy_file(folder / native::digest("other key"), file,
                             std::filesystem::copy_options::overwrite_existing);
  CHECK_FALSE(cache.find("key"));
  std::filesystem::remove_all(folder);
}

TEST_CASE("native: a cache that cannot be written keeps nothing, and that is no error") {
  const auto file =
      std::filesystem::temp_directory_path() / ("steelyard_no_folder_" + std::to_string(::getpid()));
  std::ofstream(file) << "a file where the folder should be";
  const native::ObjectCache cache(file / "cache");
  cache.keep("key", "object");
  CHECK_FALSE(cache.find("key"));
  std::filesystem::remove(file);
}

TEST_CASE("proofs are remembered of the same text only, and not from a damaged file") {
  const auto folder =
      std::filesystem::temp_directory_path() / ("steelyard_proofs_" + std::to_string(::getpid()));
  std::filesystem::remove_all(folder);
  const char *before = std::getenv("XDG_CACHE_HOME"), *off = std::getenv("STEELYARD_CACHE");
  const std::string kept_before = before == nullptr ? "" : before, kept_off = off == nullptr ? "" : off;
  ::setenv("XDG_CACHE_HOME", folder.c_str(), 1);
  ::unsetenv("STEELYARD_CACHE");
  const semantics::ProofMemory one(syntax::SourceFiles{{"a.policy", "text"}});
  CHECK_FALSE(one.proved());
  one.keep();
  CHECK(one.proved());
  CHECK(semantics::ProofMemory(syntax::SourceFiles{{"renamed.policy", "text"}}).proved());
  CHECK_FALSE(semantics::ProofMemory(syntax::SourceFiles{{"a.policy", "Text"}}).proved());
  CHECK_FALSE(semantics::ProofMemory(syntax::SourceFiles{{"a.policy", "te"}, {"b.policy", "xt"}}).proved());
  for (const auto &entry : std::filesystem::directory_iterator(folder / "steelyard"))
    std::ofstream(entry.path(), std::ios::app) << "x";
  CHECK_FALSE(one.proved());
  before == nullptr ? ::unsetenv("XDG_CACHE_HOME") : ::setenv("XDG_CACHE_HOME", kept_before.c_str(), 1);
  if (off != nullptr) ::setenv("STEELYARD_CACHE", kept_off.c_str(), 1);
  std::filesystem::remove_all(folder);
}

TEST_CASE("engine: keys are found by position and by hash alike") {
  for (const bool dense : {true, false}) {
    CAPTURE(dense);
    engine::KeyTable table({{1, dense ? 12 : 0}, {0, 100}});
    std::vector<std::array<std::int64_t, 2>> keys;
    for (std::int64_t a = 12; a >= 1; --a)
      for (std::int64_t b = 0; b < 100; b += 3) keys.push_back({a, b});
    for (std::size_t i = 0; i < keys.size(); ++i) CHECK(table.add(keys[i].data()) == static_cast<int>(i));
    for (std::size_t i = 0; i < keys.size(); ++i) {
      CHECK(table.find(keys[i].data()) == static_cast<int>(i));
      CHECK(table.add(keys[i].data()) == static_cast<int>(i));
      CHECK(table.code(i, 1) == keys[i][1]);
    }
    const std::int64_t absent[] = {5, 1}, outside[] = {13, 0};
    CHECK(table.find(absent) == -1);
    CHECK(table.find(outside) == -1);
  }
}
