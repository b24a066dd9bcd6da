// One clause that does not parse, and the kinds of mistakes that may be the reason.
#pragma once
#include "compiler/syntax/expectation.h"
#include "compiler/syntax/trial.h"
#include <fmt/core.h>
#include <optional>

namespace steelyard::syntax {

/// The parser stops at the first token that cannot stand where it stands. From there each kind of mistake is
/// tried in turn, the most particular first; what mends the clause is taken to be what is wrong with it.
class Explanation {
public:
  Explanation(ClauseParser &parser, const Wording &wording, std::span<const Token> tokens, Rule entry,
              std::size_t stopped, std::size_t &budget)
      : wording_(wording), tokens_(tokens), entry_(entry), at_(stopped),
        trial_(parser, tokens, entry, stopped, budget) {}

  /// What is wrong, as far as can be told.
  Diagnostic find();

private:
  using Maybe = std::optional<Diagnostic>;

  bool at_end() const { return at_ == tokens_.size(); }
  const Token &found() const { return tokens_[at_]; }
  const Token &before() const { return tokens_[at_ - 1]; }
  Tok type_before() const { return at_ > 0 ? before().type : Tok::end; }
  bool starts_line(std::size_t i) const {
    return i == 0 || tokens_[i].span.line > tokens_[i - 1].span.end_line;
  }
  bool adjacent() const { // no blank between the token found and the one before
    return at_ > 0 && !at_end() && before().span.end_line == found().span.line &&
           before().span.end_column == found().span.column;
  }

  /// Where the error is marked: the token that cannot stand there, or the place just after the last one.
  Span place() const;

  /// The token as messages show it, shortened.
  static std::string shown(const Token &token);

  /// "after X" where the line ends, else "before Y".
  std::string where() const;

  static Diagnostic error(std::string_view code, const Span &span, std::string message,
                          std::string hint = {}) {
    return {Severity::error, std::string(code), span, std::move(message), std::move(hint), {}};
  }

  std::string expected_words() {
    return either(in_words(needed(trial_.expected()), wording_, type_before(), type_expected()));
  }
  bool type_expected();
  /// Of what may come next, what need not be there is left out where something else must.
  static TokenSet needed(TokenSet types);
  /// The words one of which begins the line, if it is missing there; empty when none fits.
  std::vector<std::string> heads_for_line();
  bool mends(std::size_t from, std::size_t count, std::span<const Tok> types) {
    return trial_.mends(trial_.with(from, count, types));
  }

  // ---------- the kinds of mistakes ----------
  Maybe glued();
  Maybe glued_at(std::size_t i);
  Maybe misspelt();
  Maybe misspelt_at(std::size_t i, std::size_t count);
  Maybe foreign_word();
  Maybe head_inside_line();
  Maybe parentheses();
  Maybe table_row();
  Maybe missing_type();
  Maybe foreign_sign();
  Maybe doubled();
  Maybe line_of_its_own();
  Maybe single_repair();
  Diagnostic not_expected();

  const Wording &wording_;
  std::span<const Token> tokens_;
  Rule entry_;
  std::size_t at_;
  Trial trial_;
};

} // namespace steelyard::syntax
