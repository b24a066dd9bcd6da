// Cutting into clauses; see clauses.h. Only the first token of a line can begin a clause, and all the words
// that do are hard keywords, except the names of a decide's alternatives: these are recognised because no
// expression goes on with a name after something complete.
#include "compiler/syntax/clauses.h"
#include "compiler/syntax/keywords.h"
#include <algorithm>

namespace steelyard::syntax {
namespace {

bool is_name(Tok type) {
  const Keyword *keyword = keyword_of(type);
  return type == Tok::IDENT || (keyword && keyword->soft);
}

/// True when `type` can be the last token of something complete, so that a name after it goes on with
/// nothing.
bool completes(Tok type) {
  switch (type) {
  case Tok::SUM_OF:
  case Tok::COUNT_OF:
  case Tok::MEAN_OF:
  case Tok::MIN_OF:
  case Tok::MAX_OF:
  case Tok::CV_OF:
  case Tok::SHARE_OF:
  case Tok::NEXT_OF:
  case Tok::PREVIOUS_OF:
  case Tok::FIRST_OF:
  case Tok::OTHERS_OF:
  case Tok::ANY_OF:
  case Tok::NONE_OF:
  case Tok::ALL_OF:
  case Tok::LIST_OF:
  case Tok::PER:
    return false; // soft, but far oftener at work than a name
  case Tok::NUMBER:
  case Tok::STRING:
  case Tok::OPEN_QUOTE:
  case Tok::DATE:
  case Tok::MONTH:
  case Tok::RPAREN:
  case Tok::RBRACK:
  case Tok::PERCENT:
  case Tok::BAR:
  case Tok::OTHERWISE:
  case Tok::NONE:
  case Tok::TRUE:
  case Tok::FALSE:
  case Tok::IS_MISSING:
  case Tok::IS_GIVEN:
  case Tok::OPTIONAL:
  case Tok::OVERALL:
  case Tok::INPUT:
  case Tok::NO_COMPUTATION:
  case Tok::FILE_OPTIONAL:
  case Tok::REQUIRED_IN_ROW:
  case Tok::TAKES_THE_REST:
  case Tok::AT_LEAST_ONE:
  case Tok::BY_LARGEST_REMAINDER:
  case Tok::OR_NOTHING:
    return true;
  default:
    return is_name(type);
  }
}

class Cutter {
public:
  explicit Cutter(CutFile &file) : file_(file), tokens_(file.tokens) {}

  void run() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (i == 0 || tokens_[i].span.line > tokens_[i - 1].span.end_line) begin_line(i);
      const Tok type = tokens_[i].type;
      if (type == Tok::LPAREN || type == Tok::LBRACK) ++depth_;
      if (type == Tok::RPAREN || type == Tok::RBRACK) depth_ = std::max(0, depth_ - 1);
    }
    for (std::size_t i = 0; i < file_.clauses.size(); ++i)
      file_.clauses[i].last = i + 1 < file_.clauses.size() ? file_.clauses[i + 1].first
                                                           : static_cast<std::uint32_t>(tokens_.size());
  }

private:
  void begin_line(std::size_t i) {
    Token &token = tokens_[i];
    const Tok before = i == 0 ? Tok::end : tokens_[i - 1].type;
    if (token.type == Tok::BAR) {
      token.type = Tok::ROW_BAR;
      begin(i, Tok::ROW_BAR, Rule::clause);
    } else if (token.type == Tok::EQ && block_ == Tok::DEFINE && depth_ == 0) {
      token.type = Tok::CASE_EQ;
      begin(i, Tok::CASE_EQ, Rule::clause);
    } else if (begins_clause(token.type) && !continues_line_before(token.type, before)) {
      const bool replaced =
          token.type == Tok::REPLACE && i + 1 < tokens_.size() && begins_item(tokens_[i + 1].type);
      begin(i, replaced ? tokens_[i + 1].type : token.type, Rule::clause);
    } else if (i == 0) {
      begin(i, token.type, Rule::clause); // it begins nothing; parsing it says so
    } else if (block_ == Tok::TABLE && before == Tok::BAR && token.type != Tok::CITE &&
               token.type != Tok::ASSUMED) {
      begin(i, Tok::ROW_BAR, Rule::clause); // a row without its first bar; parsing it says so
    } else if (block_ == Tok::DECIDE && begins_alternative(i, before)) {
      begin(i, Tok::IDENT, Rule::alternativeClause);
    } else if (depth_ == 0 && completes(before) && glued_head(token) != Tok::end) {
      begin(i, glued_head(token), Rule::clause);
    }
  }

  bool begins_alternative(std::size_t i, Tok before) const {
    const Token &token = tokens_[i];
    const bool condition = token.type == Tok::WHEN || token.type == Tok::OTHERWISE; // its name is missing
    if (!is_name(token.type) && token.type != Tok::NONE && !condition) return false;
    if (!line_has_condition(i)) return depth_ == 0 && completes(before) && glued_head(token) == Tok::end;
    // A second condition cannot go on with the alternative before, however that one ends.
    if (depth_ == 0 && completes(before) && !condition) return true;
    for (std::size_t k = file_.clauses.back().first; k < i; ++k)
      if (tokens_[k].type == Tok::WHEN || tokens_[k].type == Tok::OTHERWISE) return true;
    return false;
  }

  void begin(std::size_t i, Tok head, Rule entry) {
    if (begins_item(head)) block_ = head;
    file_.clauses.push_back({head, block_, entry, static_cast<std::uint32_t>(i), 0});
    depth_ = 0;
  }

  /// `rows from` and its comma may stand at the end of a line before `input`, `given` before `param` or
  /// `overall`.
  static bool continues_line_before(Tok type, Tok before) {
    if (before == Tok::GIVEN || before == Tok::EXPECT) return type == Tok::PARAM || type == Tok::OVERALL;
    return type == Tok::INPUT && (before == Tok::ROWS_FROM || before == Tok::COMMA);
  }

  /// 定义 of 定义基准点数: the clause begins here all the same, and the blank is asked for when it is parsed.
  static Tok glued_head(const Token &token) {
    if (token.type != Tok::IDENT) return Tok::end;
    const Glued glued = keyword_at_front(token.text);
    return glued.keyword && begins_clause(glued.keyword->type) ? glued.keyword->type : Tok::end;
  }

  bool line_has_condition(std::size_t i) const {
    const std::uint32_t line = tokens_[i].span.line;
    for (; i < tokens_.size() && tokens_[i].span.line == line; ++i)
      if (tokens_[i].type == Tok::WHEN || tokens_[i].type == Tok::OTHERWISE) return true;
    return false;
  }

  CutFile &file_;
  std::vector<Token> &tokens_;
  Tok block_ = Tok::end;
  int depth_ = 0;
};

} // namespace

bool begins_item(Tok type) {
  switch (type) {
  case Tok::STEELYARD:
  case Tok::POLICY:
  case Tok::CHAPTER:
  case Tok::USES:
  case Tok::ARTICLE:
  case Tok::ENUM:
  case Tok::RANGE:
  case Tok::ENTITY:
  case Tok::INPUT:
  case Tok::PARAM:
  case Tok::FOR_EACH:
  case Tok::OVERALL:
  case Tok::ROWS_FROM:
  case Tok::LET:
  case Tok::DEFINE:
  case Tok::DECIDE:
  case Tok::DEDUCT:
  case Tok::ALLOCATE:
  case Tok::TABLE:
  case Tok::TEST:
  case Tok::CHECK:
  case Tok::REQUIRE:
  case Tok::REPLACE:
  case Tok::REMOVE:
  case Tok::ADD_TO:
    return true;
  default:
    return false;
  }
}

bool begins_clause(Tok type) {
  switch (type) {
  case Tok::KEY:
  case Tok::EXCEPT:
  case Tok::LESS:
  case Tok::GIVEN:
  case Tok::EXPECT:
    return true;
  default:
    return begins_item(type);
  }
}

CutFile cut_into_clauses(std::vector<Token> tokens) {
  CutFile file;
  for (const Token &token : tokens)
    (token.type == Tok::COMMENT ? file.comments : file.tokens).push_back(token);
  Cutter(file).run();
  return file;
}

} // namespace steelyard::syntax
