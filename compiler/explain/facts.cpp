// See facts.h.
#include "compiler/explain/facts.h"
#include "compiler/interpret/outer_reach.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::explain {

using semantics::Binary;
using syntax::BinaryOp;

namespace {

const Evaluated &bare(const Evaluated &evaluated) {
  const Evaluated *at = &evaluated;
  while (std::holds_alternative<semantics::Parenthesized>(at->term->node) && at->value) at = &at->parts[0];
  return *at;
}

/// Operands of a chain of the same `and` or `or`.
void flatten(const Evaluated &evaluated, BinaryOp op, std::vector<const Evaluated *> &out) {
  const auto *binary = std::get_if<Binary>(&evaluated.term->node);
  if (binary == nullptr || binary->op != op || !evaluated.value) {
    out.push_back(&evaluated);
    return;
  }
  for (const Evaluated &part : evaluated.parts) flatten(part, op, out);
}

BinaryOp opposite(BinaryOp op) {
  switch (op) {
  case BinaryOp::less:
    return BinaryOp::greater_equal;
  case BinaryOp::less_equal:
    return BinaryOp::greater;
  case BinaryOp::greater:
    return BinaryOp::less_equal;
  case BinaryOp::greater_equal:
    return BinaryOp::less;
  case BinaryOp::equal:
    return BinaryOp::not_equal;
  default:
    return BinaryOp::equal;
  }
}

bool is_constant(const Evaluated &evaluated) {
  return std::holds_alternative<semantics::Constant>(bare(evaluated).term->node);
}

struct Facts {
  const TermText &text;
  const Wording &say;

  std::string named_value(const Evaluated &operand) const {
    const Evaluated &leaf = bare(operand);
    if (!leaf.value || interpret::is_missing(*leaf.value))
      return text.names(*leaf.term) + say.say(" 缺失", " is missing");
    return text.names(*leaf.term) + " = " + text.numbers(leaf);
  }

  std::string comparison(const Evaluated &node, const Binary &binary) const {
    const Evaluated &left = node.parts[0], &right = node.parts[1];
    if (!left.value || interpret::is_missing(*left.value)) return named_value(left);
    if (!right.value || interpret::is_missing(*right.value)) return named_value(right);
    // Of a word held against one that the policy names, what it was says everything.
    const bool equality = binary.op == BinaryOp::equal || binary.op == BinaryOp::not_equal;
    if (equality && left.term->type.kind != semantics::TypeKind::number && is_constant(right))
      return named_value(left);
    const BinaryOp op = interpret::is_true(*node.value) ? binary.op : opposite(binary.op);
    return text.numbers_and_result(left) + " " + operator_text(op) + " " + text.numbers_and_result(right);
  }

  /// "条目诊断[GZ1, 1]", "(A01|B02)".
  std::string set_seen(const Evaluated &node) const {
    const auto &set = std::get<semantics::InSet>(node.term->node);
    if (set.scope < 0) return "(" + text.numbers(bare(node.parts.back())) + ")";
    std::string out = say.name(text.program().scopes[set.scope].names);
    for (std::size_t k = 0; k < set.keys.size(); ++k)
      out += (k == 0 ? "[" : ", ") + text.numbers(bare(node.parts[k + 1])) +
             (k + 1 == set.keys.size() ? "]" : "");
    return out;
  }

  std::string membership(const Evaluated &node) const {
    const Evaluated &operand = bare(node.parts[0]);
    if (!operand.value || interpret::is_missing(*operand.value)) return named_value(operand);
    const bool in = interpret::is_true(*node.value) != std::get<semantics::InSet>(node.term->node).negated;
    return text.numbers(operand) + (in ? say.say(" 在 ", " is in ") : say.say(" 不在 ", " is not in ")) +
           set_seen(node);
  }

  static std::vector<std::string> elements_of(const Evaluated &list) {
    std::vector<std::string> out;
    for (const Evaluated &one : list.inner) out.push_back(one.element);
    return out;
  }
  std::string some(const std::vector<std::string> &elements) const {
    constexpr std::size_t most_named = 6;
    std::string out;
    for (std::size_t i = 0; i < std::min(elements.size(), most_named); ++i)
      out += (i == 0 ? "" : say.say("、", ", ")) + elements[i];
    if (elements.size() > most_named)
      out += say.chinese() ? fmt::format(" 等 {} 项", elements.size())
                           : fmt::format(" and {} more", elements.size() - most_named);
    return out;
  }

  /// any, none, all of a list: which element decided; of those that did not, what was nearest.
  void add_elements(Fact &out, const Evaluated &node, syntax::ListOp op) const {
    if (node.inner.empty()) {
      out.seen = say.say("没有一项", "no element");
      return;
    }
    const auto decides = [&](const Evaluated &one) {
      return interpret::is_true(*one.value) != (op == syntax::ListOp::all);
    };
    const auto decisive = std::find_if(node.inner.begin(), node.inner.end(), decides);
    if (const Evaluated &body = bare(node.inner[0]);
        std::holds_alternative<semantics::InSet>(body.term->node)) {
      if (decisive != node.inner.end())
        out.seen = membership(bare(*decisive));
      else
        out.seen =
            some(elements_of(node)) +
            (op == syntax::ListOp::all ? say.say(" 都在 ", ": all in ") : say.say(" 都不在 ", ": none in ")) +
            set_seen(body);
      return;
    }
    std::vector<std::string> others;
    for (const Evaluated &one : node.inner) {
      if (decisive != node.inner.end() && &one != &*decisive) continue;
      Fact fact = (*this)(one);
      const bool first_fails = fact.mark == Fact::Mark::not_held && !fact.parts.empty() &&
                               fact.parts[0].mark == Fact::Mark::not_held;
      if (decisive == node.inner.end() && first_fails) {
        others.push_back(one.element);
        continue;
      }
      put_in(fact, std::get<semantics::ListTerm>(node.term->node).element, one.element);
      if (fact.parts.empty())
        fact.condition = one.element + ": " + fact.condition;
      else
        fact.condition = one.element;
      out.parts.push_back(std::move(fact));
    }
    if (others.empty()) return;
    Fact rest;
    rest.mark = Fact::Mark::not_held;
    rest.condition = some(others);
    const Evaluated &body = bare(node.inner[0]);
    rest.condition += ": " + text.names(first_operand(*body.term));
    if (others.size() == 1) put_in(rest, std::get<semantics::ListTerm>(node.term->node).element, others[0]);
    if (out.parts.empty() && node.inner.size() == others.size()) {
      out.seen = rest.condition + say.say(" 不成立", " does not hold");
      return;
    }
    out.parts.push_back(std::move(rest));
  }

  /// "并发症[K11.901].等级" for "并发症[某诊断].等级".
  static void put_in(Fact &fact, const std::string &name, const std::string &element) {
    if (name.empty()) return;
    for (std::string *text : {&fact.condition, &fact.seen})
      for (const auto &[before, after] : {std::pair("[", "]"), std::pair(", ", "]"), std::pair("[", ",")}) {
        const std::string from = before + name + after, to = before + element + after;
        for (std::size_t at = text->find(from); at != std::string::npos;
             at = text->find(from, at + to.size()))
          text->replace(at, from.size(), to);
      }
    for (Fact &part : fact.parts) put_in(part, name, element);
  }

  static const Term &first_operand(const Term &term) {
    const Term *at = &term;
    for (;;) {
      if (const auto *inside = std::get_if<semantics::Parenthesized>(&at->node))
        at = inside->inner.get();
      else if (const auto *binary = std::get_if<Binary>(&at->node);
               binary != nullptr && binary->op == BinaryOp::logical_and)
        at = binary->left.get();
      else
        return *at;
    }
  }

  Fact operator()(const Evaluated &condition) const {
    const Evaluated &node = bare(condition);
    Fact out;
    out.condition = text.names(*node.term);
    if (!node.value) {
      out.mark = Fact::Mark::not_looked_at;
      return out;
    }
    out.mark = interpret::is_true(*node.value) ? Fact::Mark::held : Fact::Mark::not_held;
    if (interpret::is_failed(*node.value)) {
      out.seen = say.value(*node.value, node.term->type);
    } else if (const auto *binary = std::get_if<Binary>(&node.term->node)) {
      if (binary->op == BinaryOp::logical_and || binary->op == BinaryOp::logical_or) {
        std::vector<const Evaluated *> operands;
        flatten(node, binary->op, operands);
        for (const Evaluated *operand : operands) out.parts.push_back((*this)(*operand));
      } else {
        out.seen = comparison(node, *binary);
      }
    } else if (std::holds_alternative<semantics::Unary>(node.term->node)) {
      Fact inner = (*this)(node.parts[0]);
      // "稳定病组 = 否" says all that "非 稳定病组" does.
      if (inner.condition == inner.seen) out.condition = inner.seen;
      out.seen = inner.seen;
      out.parts = std::move(inner.parts);
    } else if (std::holds_alternative<semantics::MissingTest>(node.term->node) ||
               std::holds_alternative<semantics::Membership>(node.term->node)) {
      out.seen = named_value(node.parts[0]);
    } else if (std::holds_alternative<semantics::InSet>(node.term->node)) {
      out.seen = membership(node);
    } else if (const auto *list = std::get_if<semantics::ListTerm>(&node.term->node)) {
      add_elements(out, node, list->op);
    } else {
      out.seen = named_value(node);
      if (std::holds_alternative<semantics::FieldRef>(node.term->node)) out.condition = out.seen;
    }
    return out;
  }
};

} // namespace

namespace {

/// Collects the answers of a record to a rule.
struct Answers {
  const Facts &facts;
  std::vector<Fact> out;

  static bool is_and_or(const Evaluated &node, BinaryOp op) {
    const auto *binary = std::get_if<Binary>(&node.term->node);
    return binary != nullptr && binary->op == op;
  }
  static bool holds(const Evaluated &node) { return node.value && interpret::is_true(*node.value); }
  /// Of the row of the table alone.
  static bool is_cell(const Evaluated &node) { return interpret::outer_reach(*node.term) == 0; }
  /// A part whose cells say that the row asks something else.
  static bool is_asked(const Evaluated &part) {
    const Evaluated &node = bare(part);
    if (!node.value) return false;
    if (is_cell(node)) return holds(node);
    std::vector<const Evaluated *> operands;
    if (is_and_or(node, BinaryOp::logical_and)) flatten(node, BinaryOp::logical_and, operands);
    return std::none_of(operands.begin(), operands.end(), [](const Evaluated *one) {
      return bare(*one).value && is_cell(bare(*one)) && !holds(bare(*one));
    });
  }

  void add(const Evaluated &condition) {
    const Evaluated &node = bare(condition);
    if (!node.value) { // it rests on what is missing
      out.push_back(facts(node));
      return;
    }
    if (is_cell(node) && holds(node)) return;
    std::vector<const Evaluated *> operands;
    if (is_and_or(node, BinaryOp::logical_and)) {
      flatten(node, BinaryOp::logical_and, operands);
      for (const Evaluated *one : operands) add(*one);
      return;
    }
    if (!is_and_or(node, BinaryOp::logical_or)) {
      out.push_back(facts(node));
      return;
    }
    flatten(node, BinaryOp::logical_or, operands);
    if (holds(node)) {
      add(**std::find_if(operands.begin(), operands.end(),
                         [](const Evaluated *one) { return holds(bare(*one)); }));
      return;
    }
    std::vector<std::vector<Fact>> ways;
    for (const Evaluated *one : operands) {
      if (!is_asked(*one)) continue;
      Answers way{facts, {}};
      way.add(*one);
      ways.push_back(std::move(way.out));
    }
    if (ways.size() == 1) {
      out.insert(out.end(), ways[0].begin(), ways[0].end());
      return;
    }
    Fact one_of;
    one_of.mark = Fact::Mark::not_held;
    one_of.condition = facts.say.say("其中之一", "one of");
    for (std::vector<Fact> &way : ways) {
      if (way.size() == 1) {
        one_of.parts.push_back(std::move(way[0]));
        continue;
      }
      Fact all;
      all.mark = Fact::Mark::not_held;
      all.condition = facts.say.say("同时", "all of");
      all.parts = std::move(way);
      one_of.parts.push_back(std::move(all));
    }
    if (one_of.parts.empty()) one_of = facts(node);
    out.push_back(std::move(one_of));
  }
};

} // namespace

std::vector<Fact> answers_of(const Evaluated &where, const TermText &text, const Wording &say) {
  const Facts facts{text, say};
  Answers answers{facts, {}};
  answers.add(where);
  return std::move(answers.out);
}

const char *mark_text(Fact::Mark mark) {
  switch (mark) {
  case Fact::Mark::held:
    return "✓";
  case Fact::Mark::not_held:
    return "✗";
  case Fact::Mark::not_looked_at:
    return "·";
  }
  return "";
}

Fact fact_of(const Evaluated &condition, const TermText &text, const Wording &say) {
  return Facts{text, say}(condition);
}

} // namespace steelyard::explain
