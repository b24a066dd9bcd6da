// See expectation.h.
#include "compiler/syntax/expectation.h"
#include <algorithm>
#include <array>

namespace steelyard::syntax {
namespace {

constexpr std::array operators{Tok::PLUS, Tok::MINUS,   Tok::TIMES,       Tok::DIVIDE,
                               Tok::EQ,   Tok::NE,      Tok::LT,          Tok::LE,
                               Tok::GT,   Tok::GE,      Tok::AND,         Tok::OR,
                               Tok::IN,   Tok::OR_ELSE, Tok::BEGINS_WITH, Tok::WORKING_DAYS_AFTER};
constexpr std::array value_beginnings{
    Tok::IDENT,  Tok::NUMBER, Tok::DATE,     Tok::STRING,   Tok::TRUE,      Tok::FALSE,       Tok::LPAREN,
    Tok::MINUS,  Tok::NOT,    Tok::REQUIRED, Tok::THIS,     Tok::SUM_OF,    Tok::COUNT_OF,    Tok::MEAN_OF,
    Tok::MIN_OF, Tok::MAX_OF, Tok::CV_OF,    Tok::SHARE_OF, Tok::NEXT_OF,   Tok::PREVIOUS_OF, Tok::MAX,
    Tok::MIN,    Tok::ABS,    Tok::MONTH_OF, Tok::DAY_OF,   Tok::MONTH_END, Tok::MONTH};
constexpr std::array comparisons{Tok::LT, Tok::LE, Tok::GT, Tok::GE};
constexpr std::array units{Tok::YUAN_UNIT, Tok::POINT_UNIT, Tok::POINTS, Tok::DAY_UNIT, Tok::DAYS};
constexpr std::array literals{Tok::NUMBER, Tok::STRING, Tok::DATE, Tok::MONTH, Tok::TRUE, Tok::FALSE};
constexpr std::array references{Tok::CITE, Tok::ASSUMED};
constexpr std::size_t words_shown = 7;

template<std::size_t n> bool contains(const std::array<Tok, n> &types, Tok type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

template<std::size_t n> bool all_in(const TokenSet &set, const std::array<Tok, n> &types) {
  return std::all_of(types.begin(), types.end(), [&](Tok type) { return has(set, type); });
}

template<std::size_t n> void drop_all(TokenSet &set, const std::array<Tok, n> &types) {
  for (const Tok type : types) drop(set, type);
}

/// Soft keywords may be names, so a name brings them all; without the name they are wanted as keywords.
void drop_names(TokenSet &set) {
  drop(set, Tok::IDENT);
  for (std::size_t i = 0; i < set.size(); ++i) {
    const Keyword *keyword = keyword_of(static_cast<Tok>(i));
    if (keyword && keyword->soft) set.reset(i);
  }
}

std::string_view sign(Tok type) {
  switch (type) {
  case Tok::LE:
    return "<=";
  case Tok::GE:
    return ">=";
  case Tok::NE:
    return "!=";
  case Tok::LT:
    return "<";
  case Tok::GT:
    return ">";
  case Tok::EQ:
  case Tok::CASE_EQ:
    return "=";
  case Tok::PLUS:
    return "+";
  case Tok::MINUS:
    return "-";
  case Tok::TIMES:
    return "×";
  case Tok::DIVIDE:
    return "/";
  case Tok::PERCENT:
    return "%";
  case Tok::LPAREN:
    return "(";
  case Tok::RPAREN:
    return ")";
  case Tok::LBRACK:
    return "[";
  case Tok::RBRACK:
    return "]";
  case Tok::COMMA:
    return ",";
  case Tok::COLON:
    return ":";
  case Tok::DOT:
    return ".";
  case Tok::BAR:
  case Tok::ROW_BAR:
    return "|";
  default:
    return "?";
  }
}

} // namespace

bool is_operator(Tok type) {
  return contains(operators, type);
}
bool begins_value(Tok type) {
  return contains(value_beginnings, type);
}

std::string in_words(Tok type, const Wording &wording) {
  if (keyword_of(type)) return wording(type);
  switch (type) {
  case Tok::IDENT:
    return "a name";
  case Tok::NUMBER:
    return "a number";
  case Tok::STRING:
    return "a text in quotes";
  case Tok::DATE:
    return "a date such as 2020-12-01";
  case Tok::MONTH:
    return "a month such as 2020-12";
  default:
    return "'" + std::string(sign(type)) + "'";
  }
}

std::vector<std::string> in_words(TokenSet set, const Wording &wording, Tok before, bool type_expected) {
  std::vector<std::string> words;
  if (has(set, Tok::IDENT) && all_in(set, literals)) {
    const bool condition = before == Tok::WHEN || before == Tok::WHERE || before == Tok::AND ||
                           before == Tok::OR || before == Tok::NOT;
    words.emplace_back(condition ? "a condition" : "a value");
    drop_all(set, value_beginnings);
    drop_names(set);
  } else if (all_in(set, literals)) {
    words.emplace_back("a number, a text in quotes, a date or a yes or no");
    drop_all(set, literals);
    drop(set, Tok::MINUS);
  } else if (type_expected) {
    words.emplace_back("a type such as " + std::string(wording.chinese ? "金额(2) (money(2))" : "money(2)"));
    drop_names(set);
  } else if (has(set, Tok::IDENT)) {
    words.emplace_back("a name");
    drop_names(set);
  }
  if (has(set, Tok::PLUS) && has(set, Tok::TIMES)) {
    words.emplace_back("an operator");
    drop_all(set, operators);
    for (const Tok type :
         {Tok::NOT, Tok::IS_MISSING, Tok::IS_GIVEN, Tok::DOT, Tok::LBRACK, Tok::LPAREN, Tok::PERCENT})
      drop(set, type);
    drop_all(set, units);
  } else if (has(set, Tok::NUMBER)) {
    drop(set, Tok::MINUS); // the sign of the number
  }
  if (all_in(set, comparisons)) {
    words.emplace_back("a comparison such as <=");
    drop_all(set, comparisons);
  }
  if (has(set, Tok::YUAN_UNIT) && has(set, Tok::DAY_UNIT)) {
    words.emplace_back("a unit");
    drop_all(set, units);
  }
  TokenSet others = set;
  drop_all(others, references); // possible nearly everywhere
  if (others.any() || !words.empty()) set = others;
  for (std::size_t i = 0; i < set.size(); ++i)
    if (set[i]) words.push_back(in_words(static_cast<Tok>(i), wording));
  return words;
}

std::string either(const std::vector<std::string> &words) {
  std::string out;
  const std::size_t shown = std::min(words.size(), words_shown);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) out += i + 1 == shown && shown == words.size() ? " or " : ", ";
    out += words[i];
  }
  return shown < words.size() ? out + " and others" : out;
}

} // namespace steelyard::syntax
