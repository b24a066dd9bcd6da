// Terms and types as text: canonical texts are keys of facts and of the prover, type texts stand in messages.
#include "compiler/semantics/check.h"
#include "compiler/syntax/tree_words.h"
#include <fmt/core.h>

namespace steelyard::semantics {

namespace {

const char *word(syntax::BinaryOp op) {
  using Op = syntax::BinaryOp;
  switch (op) {
  case Op::add:
    return "+";
  case Op::subtract:
    return "-";
  case Op::multiply:
    return "×";
  case Op::divide:
    return "/";
  case Op::less:
    return "<";
  case Op::less_equal:
    return "<=";
  case Op::greater:
    return ">";
  case Op::greater_equal:
    return ">=";
  case Op::equal:
    return "=";
  case Op::not_equal:
    return "!=";
  case Op::logical_and:
    return "and";
  case Op::logical_or:
    return "or";
  case Op::or_else:
    return "or else";
  case Op::begins_with:
    return "begins with";
  }
  return "?";
}

const char *word(syntax::AggregateOp op) {
  static const char *const words[] = {"sum", "count", "mean", "min", "max", "cv", "share", "first"};
  return words[static_cast<int>(op)];
}

struct Writer {
  const Program &program;

  std::string operator()(const Constant &constant, const Type &type) const {
    struct Visit {
      const Program &program;
      const Type &type;
      std::string operator()(const Missing &) const { return "none"; }
      std::string operator()(bool value) const { return value ? "true" : "false"; }
      std::string operator()(const Exact &value) const { return number::to_text(value); }
      std::string operator()(const Member &member) const {
        return program.enums[type.domain].members[member.index].canonical();
      }
      std::string operator()(const std::string &text) const { return "\"" + text + "\""; }
      std::string operator()(const Day &day) const { return fmt::format("day {}", day.days); }
      std::string operator()(const Month &month) const { return fmt::format("month {}", month.months); }
    };
    return std::visit(Visit{program, type}, constant);
  }

  std::string terms(const std::vector<TermPtr> &list) const {
    std::string out;
    for (const TermPtr &term : list) out += (out.empty() ? "" : ", ") + text(*term);
    return out;
  }

  std::string text(const Term &term) const {
    if (auto *c = std::get_if<Constant>(&term.node)) return (*this)(*c, term.type);
    return std::visit([&](const auto &node) { return write(node); }, term.node);
  }

  std::string write(const Constant &) const { return {}; } // handled in text(), which knows the type
  std::string write(const FieldRef &ref) const {
    std::string out;
    for (int i = 0; i < ref.up; ++i) out += "this.";
    for (const FieldRef::Step &step : ref.steps) {
      if (step.field >= 0)
        out += program.scopes[step.from].fields[step.field].names.canonical() + ".";
      else
        out += "@" + program.scopes[step.scope].names.canonical() + "[" + terms(step.keys) + "].";
    }
    if (ref.field >= 0) return out + program.scopes[ref.scope].fields[ref.field].names.canonical();
    if (!out.empty()) out.pop_back(); // the row itself: the same as the prefix of a path through it
    return out;
  }
  std::string write(const ParameterRef &ref) const {
    return "param " + program.parameters[ref.parameter].names.canonical();
  }
  std::string write(const TableCall &call) const {
    return program.tables[call.table].names.canonical() + "(" + terms(call.arguments) + ")";
  }
  std::string write(const FunctionCall &call) const {
    std::string out = std::string(syntax::words(call.function)) + "(" + terms(call.arguments);
    if (call.calendar >= 0)
      out += ", " + program.scopes[call.calendar].names.canonical() + "." +
             program.scopes[call.calendar].fields[call.worked].names.canonical();
    return out + ")";
  }
  std::string write(const Unary &unary) const {
    static const char *const names[] = {"-", "not ", "required "};
    return "(" + std::string(names[static_cast<int>(unary.op)]) + text(*unary.operand) + ")";
  }
  std::string write(const Binary &binary) const {
    return "(" + text(*binary.left) + " " + word(binary.op) + " " + text(*binary.right) + ")";
  }
  std::string write(const MissingTest &test) const {
    return "(" + text(*test.operand) + (test.given ? " is given)" : " is missing)");
  }
  std::string write(const Membership &in) const {
    std::string out = "(" + text(*in.operand) + (in.negated ? " not in" : " in");
    for (int member : in.members) out += fmt::format(" #{}", member);
    return out + ")";
  }
  std::string write(const InSet &in) const {
    std::string out = "(" + text(*in.operand) + (in.negated ? " not in " : " in ");
    if (in.scope < 0) return out + text(*in.list) + ")";
    return out + program.scopes[in.scope].names.canonical() + "[" + terms(in.keys) + "])";
  }
  /// One name is not given to two elements where both can be meant, so that the name says which it is.
  std::string write(const ElementRef &e) const {
    return e.name.empty() ? fmt::format("element #{}", e.level) : "element " + e.name;
  }
  std::string write(const ListTerm &l) const {
    std::string out = fmt::format("({} of", syntax::words(l.op));
    if (l.list) out += " " + text(*l.list);
    if (!l.element.empty()) out += " as " + l.element;
    if (l.body) out += ": " + text(*l.body);
    return out + ")";
  }
  std::string write(const With &w) const {
    return fmt::format("({} with {} = {})", text(*w.operand),
                       program.scopes[w.scope].fields[w.field].names.canonical(), text(*w.value));
  }
  std::string write(const Aggregate &a) const {
    std::string out = fmt::format("({} of {} over {}", word(a.op), a.operand ? text(*a.operand) : "rows",
                                  program.scopes[a.scope].names.canonical());
    for (const Aggregate::Match &match : a.matches)
      out += " by " + text(*match.inner) + "=" + text(*match.outer);
    if (a.where) out += " where " + text(*a.where);
    return out + ")";
  }
  std::string write(const Neighbour &n) const {
    std::string out = fmt::format("({} of {} along {}", n.next ? "next" : "previous", text(*n.operand),
                                  program.scopes[n.scope].fields[n.key].names.canonical());
    if (n.where) out += " where " + text(*n.where);
    return out + ")";
  }
  std::string write(const Parenthesized &p) const { return text(*p.inner); }
};

std::string dimension_text(const Dimension &d) {
  std::string top, bottom;
  auto add = [&](int exponent, const char *unit) {
    for (int i = 0; i < exponent; ++i) top += (top.empty() ? "" : " × ") + std::string(unit);
    for (int i = 0; i < -exponent; ++i) bottom += (bottom.empty() ? "" : " and ") + std::string(unit);
  };
  add(d.yuan, "yuan");
  add(d.point, "points");
  add(d.day, "days");
  if (top.empty() && bottom.empty()) return "a plain number";
  if (bottom.empty()) return top;
  const std::string below = bottom == "points" ? "point" : bottom == "days" ? "day" : bottom;
  return (top.empty() ? "1" : top) + " per " + below;
}

} // namespace

std::vector<std::string> path_prefixes(const FieldRef &ref, const Program &program) {
  const Writer writer{program};
  std::vector<std::string> out;
  std::string prefix;
  for (int i = 0; i < ref.up; ++i) prefix += "this.";
  for (const FieldRef::Step &step : ref.steps) {
    prefix += step.field >= 0
                  ? program.scopes[step.from].fields[step.field].names.canonical()
                  : "@" + program.scopes[step.scope].names.canonical() + "[" + writer.terms(step.keys) + "]";
    out.push_back(prefix);
    prefix += ".";
  }
  return out;
}

std::string canonical_text(const Term &term, const Program &program) {
  return Writer{program}.text(term);
}

std::string type_text(const Type &type, const Program &program) {
  switch (type.kind) {
  case TypeKind::boolean:
    return "true or false";
  case TypeKind::text:
    return "text";
  case TypeKind::list:
    return "a list of texts";
  case TypeKind::date:
    return "a date";
  case TypeKind::month:
    return "a month of the calendar";
  case TypeKind::number:
    return type.any_dimension ? "0"
           : type.domain >= 0 ? "a number of " + program.ranges[type.domain].names.canonical()
                              : dimension_text(type.dimension);
  case TypeKind::member:
    return "a value of " + program.enums[type.domain].names.canonical();
  case TypeKind::row:
    return "a " + program.scopes[type.domain].names.canonical();
  }
  return "?";
}

} // namespace steelyard::semantics
