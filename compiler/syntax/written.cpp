// See written.h.
#include "compiler/syntax/written.h"
#include "compiler/syntax/keywords.h"
#include "compiler/syntax/unicode.h"

namespace steelyard::syntax {
namespace {

class Writer {
public:
  Writer(std::span<const Token> tokens, Surface surface)
      : tokens_(tokens), surface_(surface), written_(tokens.size()) {}

  std::vector<Written> run(const Node &clause) {
    for (std::size_t i = 0; i < tokens_.size(); ++i) written_[i].text = sign_or_literal(i);
    visit(clause);
    return std::move(written_);
  }

private:
  Tok type(std::size_t i) const { return tokens_[i].type; }
  Tok type(const Node &node) const { return tokens_[node.first].type; }
  static bool is_leaf(const Node &node) { return node.rule == Rule::token; }

  std::string sign_or_literal(std::size_t i) const {
    const Token &token = tokens_[i];
    switch (token.type) {
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
    case Tok::NUMBER:
    case Tok::DATE:
    case Tok::MONTH:
      return ascii_number(token.text);
    case Tok::STRING:
      return text_in_ascii_quotes(token.text);
    default:
      return std::string(token.text);
    }
  }

  static std::string text_in_ascii_quotes(std::string_view text) {
    if (text.front() == '"') return std::string(text);
    std::string out = "\"";
    for (const char c : text.substr(3, text.size() - 6)) { // “...”
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return out + '"';
  }

  bool in_chinese(const Token &token) const {
    return surface_ == Surface::as_written ? token.text == keyword_of(token.type)->chinese
                                           : surface_ == Surface::chinese;
  }
  std::string spelled(const Token &keyword) const {
    return std::string(in_chinese(keyword) ? keyword_of(keyword.type)->chinese
                                           : keyword_of(keyword.type)->english);
  }

  void visit(const Node &node) {
    switch (node.rule) {
    case Rule::ident:
      return; // a name, even where it is spelled like a keyword
    case Rule::callee:
      if (type(node) == Tok::MAX || type(node) == Tok::MIN || type(node) == Tok::ABS)
        written_[node.first].text = spelled(tokens_[node.first]);
      return;
    case Rule::unitWord:
      return;
    case Rule::expr:
      for (std::uint32_t i = node.first + 1; i < node.last; ++i)
        if (!written_[i].within) written_[i].within = node.first;
      break;
    default:
      break;
    }
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const Node &child = node.children[i];
      if (is_leaf(child))
        leaf(node, i);
      else if (child.rule == Rule::unitWord)
        unit_word(node, i);
      else
        visit(child);
      if (const auto column = column_of(node, i)) written_[child.first].begins = column;
    }
  }

  void leaf(const Node &parent, std::size_t index) {
    const std::uint32_t i = parent.children[index].first;
    Written &written = written_[i];
    if (keyword_of(type(i))) written.text = spelled(tokens_[i]);
    switch (type(i)) {
    case Tok::COMMA:
    case Tok::COLON:
    case Tok::RPAREN:
    case Tok::LBRACK:
    case Tok::RBRACK:
    case Tok::PERCENT:
      written.blank_before = false;
      break;
    case Tok::DOT:
      written.blank_before = false;
      glue_next(i);
      break;
    case Tok::LPAREN:
      if (parent.rule == Rule::call || parent.rule == Rule::baseType) written.blank_before = false;
      break;
    case Tok::MINUS:
      if (parent.rule != Rule::expr || parent.children.size() == 2) glue_next(i);
      break;
    case Tok::BAR:
    case Tok::ROW_BAR:
      written.ends_cell = true;
      break;
    default:
      break;
    }
    if (type(i) == Tok::LPAREN || type(i) == Tok::LBRACK) glue_next(i);
  }

  void glue_next(std::uint32_t i) {
    if (i + 1 < written_.size()) written_[i + 1].blank_before = false;
  }

  /// Units: 点, and in English plural after a number that is not 1, singular after `per`.
  void unit_word(const Node &parent, std::size_t index) {
    const std::uint32_t i = parent.children[index].first;
    const bool plural = parent.rule == Rule::unit && index == 0 && i > 0 && written_[i - 1].text != "1";
    const Tok word = type(i) == Tok::POINTS ? Tok::POINT_UNIT
                     : type(i) == Tok::DAYS ? Tok::DAY_UNIT
                                            : type(i);
    const bool chinese = in_chinese(tokens_[i]);
    const Keyword &keyword = *keyword_of(word);
    written_[i].text = chinese ? keyword.chinese : keyword.english;
    if (!chinese && plural && word != Tok::YUAN_UNIT) written_[i].text += 's';
  }

  std::optional<Column> column_of(const Node &parent, std::size_t index) const {
    const Node &child = parent.children[index];
    if (child.rule == Rule::citation) return Column::basis;
    if (child.rule == Rule::overriding) return Column::overriding;
    const bool leaf = is_leaf(child);
    switch (parent.rule) {
    case Rule::caseValue:
    case Rule::decideAlternative:
    case Rule::lessClause:
    case Rule::exceptClause:
      if (leaf && (type(child) == Tok::WHEN || type(child) == Tok::OTHERWISE)) return Column::condition;
      if (parent.rule == Rule::exceptClause && index == 3) return Column::value;
      return std::nullopt;
    case Rule::articleDecl:
      if (leaf && type(child) == Tok::STRING) return index == 2 ? Column::heading : Column::title;
      if (leaf && type(child) == Tok::NO_COMPUTATION) return Column::basis;
      return std::nullopt;
    case Rule::requireDecl:
      return leaf && type(child) == Tok::ELSE ? std::optional(Column::condition) : std::nullopt;
    default:
      return std::nullopt;
    }
  }

  std::span<const Token> tokens_;
  Surface surface_;
  std::vector<Written> written_;
};

} // namespace

std::vector<Written> write_tokens(std::span<const Token> tokens, const Node &clause, Surface surface) {
  return Writer(tokens, surface).run(clause);
}

} // namespace steelyard::syntax
