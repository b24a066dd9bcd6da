// Every token of policies/guigang is left out, doubled or replaced in turn, and the policy checked as a
// whole. Each time there is an error within two lines of the place, or the policy means something else: never
// a crash, never only an error that follows from the mistake somewhere else.
//
// ./run test takes a sample; STEELYARD_MUTATE_ALL=1 takes every change of every token (about an hour on one
// core), or STEELYARD_MUTATE_ALL=K every K-th.
#include "compiler/semantics/check_parsed.h"
#include "compiler/semantics/load_policy.h"
#include "compiler/syntax/parse.h"
#include "tests/unit/policy_pieces.h"
#include <array>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

using namespace steelyard;
using policy_pieces::Piece;
using policy_pieces::pieces_of;

namespace {

/// Names, numbers and values that the policy has elsewhere, and some words and signs: what is no grammar at
/// all is the matter of syntax_mutation_test.cpp.
constexpr std::array replacements{"zzz", "7", "1.5", "费用", "职工", "病组", "点", "无", "当", ")"};
constexpr std::size_t ways = replacements.size() + 2;
constexpr std::size_t shown = 40; ///< of what ought not to be

struct Tally {
  std::size_t changes = 0, errors = 0, other = 0, same = 0, far = 0;
  std::map<std::string, int> far_codes;
  std::string examples;
};

class Mutations {
public:
  Mutations() {
    const std::filesystem::path folder = std::filesystem::path(STEELYARD_SOURCE_DIR) / "policies/guigang";
    const semantics::LoadResult loaded = semantics::load_policy(folder);
    REQUIRE(loaded.program);
    files_ = loaded.files;
    for (syntax::SourceFile &file : files_) file.name = std::filesystem::path(file.name).filename().string();
    std::vector<syntax::Diagnostic> diagnostics;
    for (std::uint32_t i = 0; i < files_.size(); ++i) {
      trees_.push_back(syntax::parse_policy(files_, i, diagnostics));
      printed_.push_back(syntax::print_tree(trees_.back()));
      pieces_.push_back(pieces_of(files_[i].text));
    }
    REQUIRE(diagnostics.empty());
  }

  /// Changes number `phase`, `phase + step`, ... of all files.
  void run(std::size_t phase, std::size_t step) {
    std::size_t n = 0;
    for (std::size_t file = 0; file < files_.size(); ++file)
      for (std::size_t i = 0; i < pieces_[file].size(); ++i)
        for (std::size_t way = 0; way < ways; ++way, ++n)
          if (n % step == phase % step) change(file, i, way);
  }
  const Tally &tally() const { return tally_; }

private:
  void change(std::size_t file, std::size_t i, std::size_t way) {
    const std::string original = files_[file].text;
    const Piece &place = pieces_[file][i];
    const std::string token = original.substr(place.at, place.length);
    const std::string by = way == 0 ? "" : way == 1 ? token + " " + token : replacements[way - 2];
    if (by == token) return;
    ++tally_.changes;
    files_[file].text = original.substr(0, place.at) + by + original.substr(place.at + place.length);
    std::vector<syntax::Diagnostic> diagnostics;
    syntax::PolicyFile changed = syntax::parse_policy(files_, static_cast<std::uint32_t>(file), diagnostics);
    const bool differs = !diagnostics.empty() || syntax::print_tree(changed) != printed_[file];
    std::swap(trees_[file], changed);
    const semantics::LoadResult result = semantics::load_parsed(files_, trees_, std::move(diagnostics));
    std::swap(trees_[file], changed);
    judge(result, file, place,
          fmt::format("{}:{}: '{}' becomes '{}'", files_[file].name, place.line, token, by), differs, by);
    files_[file].text = original;
  }

  void judge(const semantics::LoadResult &result, std::size_t file, const Piece &place,
             const std::string &what, bool differs, const std::string &by) {
    const auto near = [&](const syntax::Span &span) {
      return span.file == file && static_cast<int>(span.line) <= place.line + 2 &&
             static_cast<int>(span.end_line) >= place.line - 2;
    };
    bool any = false, close = false;
    std::string codes;
    for (const syntax::Diagnostic &d : result.diagnostics) {
      if (d.severity != syntax::Severity::error) continue;
      any = true;
      if (codes.find(d.code) == std::string::npos) codes += d.code + " ";
      close = close || near(d.span);
      for (const auto &related : d.related) close = close || near(related.span);
    }
    CHECK_EQ(any, !result.program.has_value());
    if (any) {
      ++tally_.errors;
      if (close) return;
      ++tally_.far;
      ++tally_.far_codes[codes];
      if (tally_.far > shown) return;
      tally_.examples += what + ": the error is elsewhere\n";
      int lines = 0;
      for (const syntax::Diagnostic &d : result.diagnostics)
        if (d.severity == syntax::Severity::error && ++lines <= 2)
          tally_.examples += syntax::to_text(d, result.files);
    } else if (differs) {
      ++tally_.other;
    } else {
      ++tally_.same;
      if (by == "," || what.find("','") != std::string::npos || what.find("'当'") != std::string::npos)
        return; // a matter of taste
      tally_.examples += what + ": no difference\n";
    }
  }

  syntax::SourceFiles files_;
  std::vector<syntax::PolicyFile> trees_;
  std::vector<std::string> printed_;
  std::vector<std::vector<Piece>> pieces_;
  Tally tally_;
};

} // namespace

TEST_SUITE("semantics: robustness") {

  TEST_CASE(
      "a token of the regulation left out, doubled or replaced is an error near it, or another policy") {
    const char *all = std::getenv("STEELYARD_MUTATE_ALL");
    const std::size_t step = all == nullptr ? 151 : std::max(1, std::atoi(all));
    const char *from = std::getenv("STEELYARD_MUTATE_FROM"); // which of the `step` samples
    Mutations mutations;
    mutations.run(from == nullptr ? 0 : static_cast<std::size_t>(std::atoi(from)), step);
    const Tally &tally = mutations.tally();
    std::string codes;
    for (const auto &[code, count] : tally.far_codes) codes += fmt::format("{}x {} ", count, code);
    MESSAGE(tally.changes << " changes: " << tally.errors << " errors (" << tally.far << " only elsewhere), "
                          << tally.other << " other policies, " << tally.same << " the same. " << codes);
    CHECK_EQ(tally.examples, "");
    CHECK_EQ(tally.far, 0);
    CHECK_GT(tally.errors, tally.changes / 2);
  }

} // TEST_SUITE
