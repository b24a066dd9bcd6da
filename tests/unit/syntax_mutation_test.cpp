// Robustness: every token of a policy with all constructs is left out, doubled or replaced by another one in
// turn. Each time the parser reports an error near the place, or the policy means something else; and one
// mistake is one error. The full cross product is in the skipped test (run it with --no-skip).
#include "compiler/syntax/parse.h"
#include "tests/unit/policy_pieces.h"
#include "tests/unit/syntax_sample.h"
#include <array>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fmt/core.h>

using namespace steelyard::syntax;
using policy_pieces::Piece;
using policy_pieces::pieces_of;

namespace {

constexpr std::array replacements{"zzz", "7", "=", ")",         "(",     "when",     "define", "\"t\"", ",",
                                  "当",  "|", ":", "otherwise", "table", "for each", "×",      "none",  "点"};

struct Tally {
  int changes = 0, errors = 0, same = 0, far = 0, several = 0;
  std::string examples; ///< of what ought not to be
};

class Mutations {
public:
  explicit Mutations(std::string_view sample)
      : sample_(sample), pieces_(pieces_of(sample)), tree_(parse(sample).tree) {}

  std::size_t size() const { return pieces_.size(); }
  void leave_out(std::size_t i) { change(i, ""); }
  void repeat(std::size_t i) { change(i, std::string(piece(i)) + " " + std::string(piece(i))); }
  void replace(std::size_t i, std::string_view by) {
    if (piece(i) != by) change(i, std::string(by));
  }
  const Tally &tally() const { return tally_; }

private:
  struct Parsed {
    SourceFiles files;
    std::vector<Diagnostic> diagnostics;
    std::string tree;
  };
  static Parsed parse(std::string_view text) {
    Parsed result{{{"sample.policy", std::string(text)}}, {}, {}};
    result.tree = print_tree(parse_policy(result.files, 0, result.diagnostics));
    return result;
  }

  std::string_view piece(std::size_t i) const { return sample_.substr(pieces_[i].at, pieces_[i].length); }

  void change(std::size_t i, const std::string &by) {
    const Piece &place = pieces_[i];
    const Parsed parsed = parse(std::string(sample_.substr(0, place.at)) + by +
                                std::string(sample_.substr(place.at + place.length)));
    ++tally_.changes;
    const auto example = [&](std::string_view what) {
      tally_.examples += fmt::format("{}: '{}' in line {} becomes '{}'\n", what, piece(i), place.line, by);
      for (const Diagnostic &d : parsed.diagnostics) tally_.examples += to_text(d, parsed.files);
    };
    if (parsed.diagnostics.empty()) {
      if (parsed.tree == tree_) {
        ++tally_.same;
        if (piece(i) != "," && by != "当") example("no difference"); // a comma may be a matter of taste
      }
      return;
    }
    ++tally_.errors;
    const Diagnostic &first = parsed.diagnostics.front();
    const auto near = [&](const Span &span) {
      return std::abs(static_cast<int>(span.line) - place.line) <= 2;
    };
    if (!near(first.span) && (first.related.empty() || !near(first.related.front().span))) {
      ++tally_.far;
      example("far away");
    }
    if (parsed.diagnostics.size() > 1) {
      ++tally_.several;
    }
  }

  std::string_view sample_;
  std::vector<Piece> pieces_;
  std::string tree_;
  Tally tally_;
};

} // namespace

TEST_SUITE("syntax: robustness") {

  TEST_CASE("a token left out, doubled or replaced is an error near it, or another policy") {
    for (const std::string_view sample : {syntax_sample::english, syntax_sample::chinese}) {
      Mutations mutations(sample);
      const std::size_t shift = sample == syntax_sample::english ? 0 : 1;
      for (std::size_t i = 0; i < mutations.size(); ++i) {
        if ((i + shift) % 4 == 0) mutations.leave_out(i);
        if ((i + shift) % 4 == 1) mutations.repeat(i);
        if ((i + shift) % 4 == 2) mutations.replace(i, replacements[i / 4 % replacements.size()]);
      }
      const Tally &tally = mutations.tally();
      CHECK_EQ(tally.examples, "");
      CHECK_EQ(tally.far, 0);
      CHECK_GT(tally.changes, 600);
      CHECK_GT(tally.errors * 10, tally.changes * 8);
      // One mistake is one error, but for single cases where a token becomes one that begins something.
      CHECK_LE(tally.several * 50, tally.errors);
    }
  }

  TEST_CASE("all tokens, all changes" * doctest::skip()) {
    for (const std::string_view sample : {syntax_sample::english, syntax_sample::chinese}) {
      Mutations mutations(sample);
      for (std::size_t i = 0; i < mutations.size(); ++i) {
        mutations.leave_out(i);
        mutations.repeat(i);
        for (const char *by : replacements) mutations.replace(i, by);
      }
      const Tally &tally = mutations.tally();
      MESSAGE(tally.changes << " changes, " << tally.errors << " errors, " << tally.same << " the same, "
                            << tally.far << " far, " << tally.several << " with several errors");
      CHECK_EQ(tally.examples, "");
    }
  }

  TEST_CASE("half a file, and a file from its middle, are parsed without harm") {
    for (const std::string_view sample : {syntax_sample::english, syntax_sample::chinese})
      for (std::size_t cut = 0; cut < sample.size(); cut += 131) {
        for (const std::string_view part : {sample.substr(0, cut), sample.substr(cut)}) {
          const SourceFiles files{{"part.policy", std::string(part)}};
          std::vector<Diagnostic> diagnostics;
          const PolicyFile file = parse_policy(files, 0, diagnostics);
          for (const Diagnostic &d : diagnostics) CHECK_FALSE(to_text(d, files).empty());
          CHECK_FALSE(print_tree(file, true).empty());
        }
      }
  }

} // TEST_SUITE
