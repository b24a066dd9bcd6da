// See trial.h.
#include "compiler/syntax/trial.h"
#include "compiler/syntax/keywords.h"
#include <algorithm>

namespace steelyard::syntax {
namespace {

constexpr std::size_t tokens_beyond = 12;
constexpr std::size_t cost_of_a_parse = 20; ///< of starting one, in tokens

bool can_be_written(Tok type) {
  return type != Tok::COMMENT && type != Tok::WS && type != Tok::OPEN_QUOTE && type != Tok::STRAY;
}

bool is_soft(std::size_t type) {
  const Keyword *keyword = keyword_of(static_cast<Tok>(type));
  return keyword && keyword->soft;
}

} // namespace

Trial::Trial(ClauseParser &parser, std::span<const Token> tokens, Rule entry, std::size_t stopped,
             std::size_t &budget)
    : parser_(parser), entry_(entry), stopped_(stopped),
      window_(std::min(tokens.size(), stopped + tokens_beyond)), cut_off_(window_ < tokens.size()),
      budget_(budget) {
  for (std::size_t i = 0; i < window_; ++i) types_.push_back(tokens[i].type);
  std::vector<Tok> prefix(types_.begin(), types_.begin() + static_cast<std::ptrdiff_t>(stopped));
  could_end_ = parse(prefix, entry_).tree.has_value();
  prefix.push_back(Tok::IDENT);
  const auto can_stand = [&](std::size_t type) {
    prefix.back() = static_cast<Tok>(type);
    const ClauseParse parsed = parse(prefix, entry_);
    return parsed.tree || parsed.stopped > stopped;
  };
  const bool name = can_stand(static_cast<std::size_t>(Tok::IDENT));
  for (std::size_t i = 0; i < expected_.size(); ++i)
    expected_[i] = can_be_written(static_cast<Tok>(i)) && ((name && is_soft(i)) || can_stand(i));
}

TokenSet Trial::repairs() const {
  TokenSet types = expected_;
  if (could_end_) { // a reference to an article may follow nearly everything, but hardly ever is what is
                    // missing
    drop(types, Tok::CITE);
    drop(types, Tok::ASSUMED);
  }
  for (std::size_t i = 0; i < types.size();
       ++i) // a soft keyword mends no more than the name it may be as well
    if (has(expected_, Tok::IDENT) && is_soft(i)) types.reset(i);
  return types;
}

ClauseParse Trial::parse(std::vector<Tok> types, Rule entry) {
  const std::size_t cost = types.size() + cost_of_a_parse;
  if (budget_ < cost) return {};
  budget_ -= cost;
  return parser_.try_out(types, entry);
}

Reach Trial::as_clause(std::size_t from, std::size_t count, Tok head) {
  std::vector<Tok> clause{head};
  clause.insert(clause.end(), types_.begin() + static_cast<std::ptrdiff_t>(std::min(from + count, window_)),
                types_.end());
  const std::size_t size = clause.size();
  const ClauseParse parsed = parse(std::move(clause), Rule::clause);
  if (parsed.stopped == 0) return {from, false};
  return {from + parsed.stopped - 1 + count, parsed.tree.has_value() || (cut_off_ && parsed.stopped >= size)};
}

Reach Trial::with(std::size_t from, std::size_t count, std::span<const Tok> types) {
  std::vector<Tok> changed(types_.begin(), types_.begin() + static_cast<std::ptrdiff_t>(from));
  changed.insert(changed.end(), types.begin(), types.end());
  changed.insert(changed.end(), types_.begin() + static_cast<std::ptrdiff_t>(std::min(from + count, window_)),
                 types_.end());
  const std::size_t size = changed.size();
  const ClauseParse parsed = parse(std::move(changed), entry_);
  // The end of the window says nothing about the end of the clause.
  if (parsed.tree || parsed.stopped >= size) return {window_, parsed.tree.has_value() || cut_off_};
  if (parsed.stopped < from + types.size()) return {std::min(parsed.stopped, from), false};
  return {parsed.stopped - types.size() + count, false};
}

bool Trial::takes(std::span<const Tok> types) {
  std::vector<Tok> prefix(types_.begin(), types_.begin() + static_cast<std::ptrdiff_t>(stopped_));
  prefix.insert(prefix.end(), types.begin(), types.end());
  const std::size_t size = prefix.size();
  const ClauseParse parsed = parse(std::move(prefix), entry_);
  return parsed.tree || parsed.stopped >= size;
}

Repair Trial::best(std::size_t replaced) {
  Repair best;
  const TokenSet candidates = repairs();
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (!candidates[i]) continue;
    const Tok type = static_cast<Tok>(i);
    const Reach reach = with(stopped_, replaced, {&type, 1});
    if (reach.token <= stopped_ && !reach.end) continue;
    if (reach > best.reach) best = {{}, reach};
    if (reach == best.reach) best.types.set(i);
  }
  return best;
}

} // namespace steelyard::syntax
