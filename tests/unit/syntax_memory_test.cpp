// What is kept of a parse must be the parse, and what is damaged nothing.
#include "compiler/syntax/clause_parser.h"
#include "compiler/syntax/parse.h"
#include "compiler/syntax/parse_memory.h"
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdlib.h>

using namespace steelyard::syntax;

namespace {

std::string guigang(const char *chapter) {
  std::ifstream in(std::filesystem::path(STEELYARD_SOURCE_DIR) / "policies/guigang" / chapter);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// A cache folder of its own, empty at first.
struct OwnCache {
  std::filesystem::path folder = std::filesystem::temp_directory_path() / "steelyard-test-XXXXXX";
  std::string before;
  OwnCache() {
    std::string name = folder;
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder = name;
    if (const char *old = ::getenv("XDG_CACHE_HOME")) before = old;
    ::setenv("XDG_CACHE_HOME", folder.c_str(), 1);
  }
  ~OwnCache() {
    before.empty() ? ::unsetenv("XDG_CACHE_HOME") : ::setenv("XDG_CACHE_HOME", before.c_str(), 1);
    std::filesystem::remove_all(folder);
  }
  std::vector<std::filesystem::path> files() const {
    std::vector<std::filesystem::path> out;
    for (const auto &entry : std::filesystem::recursive_directory_iterator(folder))
      if (entry.is_regular_file()) out.push_back(entry.path());
    return out;
  }
};

std::string tree_of(const std::string &text, bool remember) {
  const SourceFiles files{{"cases.policy", text}};
  std::vector<Diagnostic> diagnostics;
  std::string out = print_tree(parse_policy(files, 0, diagnostics, remember), true);
  for (const Diagnostic &diagnostic : diagnostics) out += to_text(diagnostic, files);
  return out;
}

} // namespace

TEST_CASE("a policy file that was parsed before gives the same tree with the same places") {
  OwnCache cache;
  for (const char *chapter : {"policy.policy", "cases.policy", "year.policy", "tests_year.policy"}) {
    const std::string text = guigang(chapter), tree = tree_of(text, false);
    const std::size_t kept = cache.files().size();
    CHECK_EQ(tree_of(text, true), tree);
    REQUIRE_EQ(cache.files().size(), kept + 1);
    CHECK_EQ(tree_of(text, true), tree);
    CHECK_EQ(cache.files().size(), kept + 1);
    CHECK_EQ(tree_of("\xEF\xBB\xBF" + text, true), tree_of("\xEF\xBB\xBF" + text, false));
    CHECK_EQ(tree_of("\xEF\xBB\xBF" + text, true), tree_of("\xEF\xBB\xBF" + text, false));
  }
}

TEST_CASE("a kept parse that is damaged or cut off is not used") {
  OwnCache cache;
  const std::string text = guigang("cases.policy"), tree = tree_of(text, true);
  REQUIRE_EQ(cache.files().size(), 1);
  const std::filesystem::path file = cache.files().front();
  std::ostringstream whole;
  whole << std::ifstream(file, std::ios::binary).rdbuf();
  const std::string kept = whole.str();
  for (std::size_t at = 0; at < kept.size(); at += kept.size() / 97 + 1) {
    std::string damaged = kept;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x41);
    std::ofstream(file, std::ios::binary) << damaged;
    CHECK_EQ(tree_of(text, true), tree);
    std::ofstream(file, std::ios::binary) << kept.substr(0, at);
    CHECK_EQ(tree_of(text, true), tree);
  }
}

TEST_CASE("of a file with errors nothing is kept") {
  OwnCache cache;
  const std::string wrong = "权衡 1\n政策 a \"A\"\n定义 = 3\n";
  const std::string first = tree_of(wrong, true);
  CHECK_NE(first.find("error"), std::string::npos);
  CHECK(cache.files().empty());
  CHECK_EQ(tree_of(wrong, true), first);
}

TEST_CASE("bytes of a parse that are not whole are none") {
  ParsedText parsed{lexemes_of("a + b"), {}};
  parsed.clauses.push_back(
      {Rule::clause,
       0,
       3,
       {{Rule::token, 0, 1, {}}, {Rule::clause, 1, 3, {{Rule::token, 1, 2, {}}, {Rule::token, 2, 3, {}}}}}});
  const std::string bytes = to_bytes(parsed);
  const auto again = from_bytes(bytes);
  REQUIRE(again);
  CHECK_EQ(again->lexemes, parsed.lexemes);
  CHECK_EQ(to_bytes(*again), bytes);
  CHECK_EQ(again->clauses.front().children[1].children[1].first, 2);
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK_FALSE(from_bytes(bytes.substr(0, size)));
  CHECK_FALSE(from_bytes(bytes + "x"));
  CHECK_FALSE(from_bytes(std::string(40, '\xFF')));
}
