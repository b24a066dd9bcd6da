// See facts.h.
#include "compiler/explain/facts.h"

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
    } else {
      out.seen = named_value(node);
      if (std::holds_alternative<semantics::FieldRef>(node.term->node)) out.condition = out.seen;
    }
    return out;
  }
};

} // namespace

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
