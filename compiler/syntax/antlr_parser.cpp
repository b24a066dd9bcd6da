// The only file that includes ANTLR's headers (they are costly, and antlr4-common.h undefines EOF).
#include "SteelyardLexer.h"
#include "SteelyardParser.h"
#include "compiler/syntax/antlr_library.h"
#include <array>
#include <unordered_map>

namespace steelyard::syntax {
namespace {

using gen::SteelyardLexer;
using gen::SteelyardParser;

constexpr std::size_t type_count = static_cast<std::size_t>(Tok::end);
constexpr std::array<std::size_t, type_count> to_antlr{
#define TOKEN(name) SteelyardParser::name,
#include "tokens.inc"
#undef TOKEN
};

std::array<Tok, type_count + 1> make_from_antlr() {
  std::array<Tok, type_count + 1> types{};
  for (std::size_t i = 0; i < type_count; ++i) types[to_antlr[i]] = static_cast<Tok>(i);
  return types;
}

Rule from_antlr_rule(std::size_t index) {
  switch (index) {
#define RULE(name, upper)                                                                                    \
  case SteelyardParser::Rule##upper:                                                                         \
    return Rule::name;
#include "rules.inc"
#undef RULE
  default:
    return Rule::token;
  }
}

/// A token stream over the types of one clause. The texts stay with the caller.
class TypeStream final : public antlr4::TokenStream {
public:
  void select(std::span<const Tok> types) {
    while (pool_.size() < types.size() + 1) {
      pool_.push_back(std::make_unique<antlr4::CommonToken>(antlr4::Token::EOF));
      pool_.back()->setTokenIndex(pool_.size() - 1);
    }
    for (std::size_t i = 0; i < types.size(); ++i)
      pool_[i]->setType(to_antlr[static_cast<std::size_t>(types[i])]);
    pool_[types.size()]->setType(antlr4::Token::EOF);
    count_ = types.size();
    at_ = 0;
  }

  antlr4::Token *LT(ssize_t k) override {
    if (k == 0 || (k < 0 && static_cast<std::size_t>(-k) > at_)) return nullptr;
    const std::size_t index =
        k > 0 ? at_ + static_cast<std::size_t>(k) - 1 : at_ - static_cast<std::size_t>(-k);
    return get(std::min(index, count_));
  }
  std::size_t LA(ssize_t k) override {
    const antlr4::Token *token = LT(k);
    return token ? token->getType() : 0;
  }
  antlr4::Token *get(std::size_t index) const override { return pool_.at(index).get(); }
  void consume() override { at_ = std::min(at_ + 1, count_); }
  ssize_t mark() override { return 0; }
  void release(ssize_t) override {}
  std::size_t index() override { return at_; }
  void seek(std::size_t index) override { at_ = std::min(index, count_); }
  std::size_t size() override { return count_ + 1; }
  std::string getSourceName() const override { return {}; }
  antlr4::TokenSource *getTokenSource() const override { return nullptr; }
  std::string getText(const antlr4::misc::Interval &) override { return {}; }
  std::string getText() override { return {}; }
  std::string getText(antlr4::RuleContext *) override { return {}; }
  std::string getText(antlr4::Token *, antlr4::Token *) override { return {}; }

private:
  std::vector<std::unique_ptr<antlr4::CommonToken>> pool_;
  std::size_t count_ = 0, at_ = 0;
};

/// What lexing learns of the grammar, kept for the next file. ANTLR keeps transitions of ASCII only and works
/// every other character out again each time it is met: with Chinese names that is most of the time a policy
/// takes to check.
struct LexerMemory {
  explicit LexerMemory(const antlr4::atn::ATN &grammar) : atn(grammar) {
    for (std::size_t i = 0; i < grammar.getNumberOfDecisions(); ++i)
      decisions.emplace_back(grammar.getDecisionState(i), i);
  }
  struct Hash {
    std::size_t operator()(const std::pair<const antlr4::dfa::DFAState *, std::size_t> &at) const {
      return std::hash<const void *>()(at.first) ^ (at.second * 0x9E3779B97F4A7C15U);
    }
  };
  const antlr4::atn::ATN &atn;
  std::vector<antlr4::dfa::DFA> decisions;
  antlr4::atn::PredictionContextCache contexts;
  std::unordered_map<std::pair<const antlr4::dfa::DFAState *, std::size_t>, antlr4::dfa::DFAState *, Hash>
      next;
};

/// The grammar's tokens have no predicates, so that a state and a character have one successor.
class RememberingLexer final : public antlr4::atn::LexerATNSimulator {
public:
  RememberingLexer(antlr4::Lexer *lexer, LexerMemory &memory)
      : LexerATNSimulator(lexer, memory.atn, memory.decisions, memory.contexts), memory_(memory) {}

protected:
  antlr4::dfa::DFAState *getExistingTargetState(antlr4::dfa::DFAState *state,
                                                std::size_t character) override {
    if (character <= MAX_DFA_EDGE) return LexerATNSimulator::getExistingTargetState(state, character);
    const auto known = memory_.next.find({state, character});
    return known == memory_.next.end() ? nullptr : known->second;
  }
  antlr4::dfa::DFAState *computeTargetState(antlr4::CharStream *input, antlr4::dfa::DFAState *state,
                                            std::size_t character) override {
    antlr4::dfa::DFAState *out = LexerATNSimulator::computeTargetState(input, state, character);
    if (character > MAX_DFA_EDGE) memory_.next.emplace(std::pair(state, character), out);
    return out;
  }

private:
  LexerMemory &memory_;
};

/// Leaves the parser from any depth. No RecognitionException, which the generated code would catch.
struct Stopped {
  std::size_t index;
};

class StopAtFirstError final : public antlr4::DefaultErrorStrategy {
public:
  void reportError(antlr4::Parser *, const antlr4::RecognitionException &) override {}
  void sync(antlr4::Parser *) override {}
  antlr4::Token *recoverInline(antlr4::Parser *parser) override {
    throw Stopped{parser->getCurrentToken()->getTokenIndex()};
  }
  void recover(antlr4::Parser *, std::exception_ptr error) override {
    try {
      std::rethrow_exception(error);
    } catch (const antlr4::RecognitionException &e) {
      throw Stopped{e.getOffendingToken()->getTokenIndex()};
    }
  }
};

Node copy(antlr4::tree::ParseTree *tree) {
  Node node;
  if (auto *leaf = dynamic_cast<antlr4::tree::TerminalNode *>(tree)) {
    node.first = static_cast<std::uint32_t>(leaf->getSymbol()->getTokenIndex());
    node.last = node.first + 1;
    return node;
  }
  auto *context = static_cast<antlr4::ParserRuleContext *>(tree);
  node.rule = from_antlr_rule(context->getRuleIndex());
  node.first = static_cast<std::uint32_t>(context->getStart()->getTokenIndex());
  node.last = node.first;
  node.children.reserve(context->children.size());
  for (antlr4::tree::ParseTree *child : context->children) {
    auto *leaf = dynamic_cast<antlr4::tree::TerminalNode *>(child);
    if (leaf && leaf->getSymbol()->getType() == antlr4::Token::EOF) continue;
    node.children.push_back(copy(child));
    node.last = node.children.back().last;
  }
  return node;
}

std::vector<Lexeme> lex(std::string_view text) {
  static const auto from_antlr = make_from_antlr();
  antlr4::ANTLRInputStream input(std::string{text});
  SteelyardLexer lexer(&input);
  static thread_local LexerMemory memory(lexer.getATN());
  lexer.setInterpreter(new RememberingLexer(&lexer, memory)); // which the lexer deletes
  lexer.removeErrorListeners();
  std::vector<Lexeme> lexemes;
  // ANTLR counts code points and leaves out a byte order mark; places are in bytes.
  std::size_t byte = text.starts_with("\xEF\xBB\xBF") ? 3 : 0, point = 0;
  const auto byte_of = [&](std::size_t target) {
    for (; point < target; ++point) {
      ++byte;
      while (byte < text.size() && (static_cast<unsigned char>(text[byte]) & 0xC0) == 0x80) ++byte;
    }
    return static_cast<std::uint32_t>(byte);
  };
  for (auto token = lexer.nextToken(); token->getType() != antlr4::Token::EOF; token = lexer.nextToken()) {
    const Tok type = from_antlr[token->getType()];
    if (type == Tok::WS) continue;
    const std::uint32_t begin = byte_of(token->getStartIndex());
    lexemes.push_back({type, begin, byte_of(token->getStopIndex() + 1) - begin});
  }
  return lexemes;
}

class AntlrParser final : public GeneratedParser {
public:
  AntlrParser() {
    parser_.removeErrorListeners();
    parser_.setErrorHandler(std::make_shared<StopAtFirstError>());
  }

  ClauseParse parse(std::span<const Tok> types, Rule entry, Lookahead lookahead) override {
    stream_.select(types);
    parser_.reset(); // frees the contexts of the clause before
    parser_.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(
        lookahead == Lookahead::quick ? antlr4::atn::PredictionMode::SLL : antlr4::atn::PredictionMode::LL);
    ClauseParse result;
    try {
      result.tree = copy(root(entry));
      result.stopped = types.size();
    } catch (const Stopped &stopped) {
      result.stopped = stopped.index;
    }
    return result;
  }

private:
  antlr4::ParserRuleContext *root(Rule entry) {
    switch (entry) {
    case Rule::alternativeClause:
      return parser_.alternativeClause();
    case Rule::standaloneExpression:
      return parser_.standaloneExpression();
    default:
      return parser_.clause();
    }
  }

  TypeStream stream_;
  SteelyardParser parser_{&stream_};
};

} // namespace
} // namespace steelyard::syntax

extern "C" const steelyard::syntax::AntlrLibrary *steelyard_antlr_library() {
  using namespace steelyard::syntax;
  static const AntlrLibrary library{
      lex, []() -> std::unique_ptr<GeneratedParser> { return std::make_unique<AntlrParser>(); }};
  return &library;
}
