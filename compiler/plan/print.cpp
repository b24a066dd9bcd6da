// A plan as text.
#include "compiler/plan/plan.h"
#include "runtime/number/calendar.h"
#include "runtime/number/exact.h"
#include <fmt/core.h>

namespace steelyard::plan {

namespace {

const char *name_of(Operator op) {
  switch (op) {
  case Operator::negate:
    return "-";
  case Operator::logical_not:
    return "not";
  case Operator::required:
    return "required";
  case Operator::add:
    return "+";
  case Operator::subtract:
    return "-";
  case Operator::multiply:
    return "*";
  case Operator::divide:
    return "/";
  case Operator::mean:
    return "mean";
  case Operator::equal:
    return "=";
  case Operator::not_equal:
    return "!=";
  case Operator::less:
    return "<";
  case Operator::less_equal:
    return "<=";
  case Operator::greater:
    return ">";
  case Operator::greater_equal:
    return ">=";
  case Operator::logical_and:
    return "and";
  case Operator::logical_or:
    return "or";
  case Operator::or_else:
    return "or else";
  case Operator::greatest:
    return "max";
  case Operator::least:
    return "min";
  case Operator::absolute:
    return "abs";
  case Operator::month_of:
    return "month_of";
  case Operator::day_of:
    return "day_of";
  case Operator::month_end:
    return "month_end";
  case Operator::begins_with:
    return "begins with";
  case Operator::is_missing:
    return "is missing";
  case Operator::is_given:
    return "is given";
  case Operator::where_there:
    return "where there";
  }
  return "?";
}

const char *name_of(Storage storage) {
  switch (storage) {
  case Storage::u8:
    return "u8";
  case Storage::i16:
    return "i16";
  case Storage::i32:
    return "i32";
  case Storage::i64:
    return "i64";
  case Storage::i128:
    return "i128";
  }
  return "?";
}

class Printer {
public:
  Printer(const Plan &plan, const semantics::Program &program) : plan_(plan), program_(program) {}

  std::string column(int column) const {
    return fmt::format("{}.{}", plan_.scopes[plan_.columns[column].scope].name, plan_.columns[column].name);
  }
  std::string path(const std::vector<int> &path) const {
    std::string out;
    for (const int join : path) {
      if (join == whole_run) {
        out += "overall.";
        continue;
      }
      const Column &column = plan_.columns[join];
      out += (column.role == Role::join ? fmt::format("[{}]", column.name) : column.name) + ".";
    }
    return out;
  }
  std::string expression(const ExpressionPtr &expression) const {
    return expression ? this->expression(*expression) : "none";
  }
  std::string expression(const Expression &expression) const {
    if (const auto *literal = std::get_if<Literal>(&expression.node))
      return constant(literal->value, expression.type);
    if (const auto *parameter = std::get_if<Parameter>(&expression.node))
      return program_.parameters[parameter->parameter].names.canonical();
    if (const auto *read = std::get_if<Read>(&expression.node))
      return path(read->path) + plan_.columns[read->column].name;
    if (const auto *arrive = std::get_if<Arrive>(&expression.node)) {
      std::string out = path(arrive->path);
      if (out.empty()) return "this row";
      out.pop_back();
      return out;
    }
    if (const auto *among = std::get_if<AmongMembers>(&expression.node)) {
      std::string out = this->expression(among->operand) + (among->negated ? " not in (" : " in (");
      const char *between = "";
      for (const int member : among->members) {
        out += between + program_.enums[among->operand->type.domain].members[member].canonical();
        between = ", ";
      }
      return out + ")";
    }
    if (const auto *lookup = std::get_if<TableLookup>(&expression.node))
      return program_.tables[lookup->table].names.canonical() + list(lookup->arguments);
    if (const auto *working = std::get_if<WorkingDays>(&expression.node))
      return fmt::format("{} working days after {} by {}", this->expression(working->count),
                         this->expression(working->after), column(working->worked));
    if (const auto *choose = std::get_if<Choose>(&expression.node))
      return "(" + choice(*choose->choice) + ")";
    const auto &apply = std::get<Apply>(expression.node);
    const std::string first = operand(*apply.operands[0]);
    switch (apply.op) {
    case Operator::negate:
      return "-" + first;
    case Operator::logical_not:
    case Operator::required:
      return fmt::format("{} {}", name_of(apply.op), first);
    case Operator::is_missing:
    case Operator::is_given:
      return fmt::format("{} {}", first, name_of(apply.op));
    case Operator::greatest:
    case Operator::least:
    case Operator::absolute:
    case Operator::month_of:
    case Operator::day_of:
    case Operator::month_end:
    case Operator::mean:
      return name_of(apply.op) + list(apply.operands);
    case Operator::where_there:
      return fmt::format("{} where {} is there", operand(*apply.operands[1]), first);
    default:
      return fmt::format("{} {} {}", first, name_of(apply.op), operand(*apply.operands[1]));
    }
  }
  std::string choice(const Choice &choice, int definition = -1) const {
    if (choice.plain()) return expression(choice.lines[0].value);
    std::string out;
    for (const auto *alternatives : {&choice.excepts, &choice.lines})
      for (const Alternative &alternative : *alternatives) {
        if (!out.empty()) out += "; ";
        if (choice.decide)
          out += fmt::format("{}",
                             alternative.member < 0 ? "none" : member_name(definition, alternative.member));
        else
          out += expression(alternative.value);
        out += alternative.condition ? " when " + expression(*alternative.condition) : " otherwise";
      }
    return out;
  }

private:
  std::string member_name(int definition, int member) const {
    if (definition < 0) return std::to_string(member);
    const auto &decide = std::get<semantics::Decide>(program_.definitions[definition].body);
    return program_.enums[decide.enumeration].members[member].canonical();
  }
  std::string list(const std::vector<ExpressionPtr> &expressions) const {
    std::string out = "(";
    for (const ExpressionPtr &one : expressions) out += (out.size() > 1 ? ", " : "") + expression(one);
    return out + ")";
  }
  std::string operand(const Expression &part) const {
    const auto *apply = std::get_if<Apply>(&part.node);
    const bool bare = apply == nullptr || apply->op == Operator::greatest || apply->op == Operator::least ||
                      apply->op == Operator::absolute || apply->op == Operator::mean;
    return bare ? expression(part) : "(" + expression(part) + ")";
  }
  std::string constant(const semantics::Constant &value, const Type &type) const {
    if (std::holds_alternative<semantics::Missing>(value)) return "missing";
    if (const bool *truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
    if (const auto *number = std::get_if<number::Exact>(&value)) return number::to_text(*number);
    if (const auto *member = std::get_if<semantics::Member>(&value)) {
      if (type.kind == semantics::TypeKind::member)
        return program_.enums[type.domain].members[member->index].canonical();
      return fmt::format("member {}", member->index);
    }
    if (const auto *text = std::get_if<std::string>(&value)) return "\"" + *text + "\"";
    if (const auto *month = std::get_if<semantics::Month>(&value)) return calendar::month_text(month->months);
    return fmt::format("day {}", std::get<semantics::Day>(value).days);
  }

  const Plan &plan_;
  const semantics::Program &program_;
};

struct WorkText {
  const Printer &printer;
  std::string operator()(const Compute &work) const {
    return fmt::format("{} = {}{}", printer.column(work.column), printer.choice(work.choice, work.definition),
                       work.choice_column < 0 ? "" : " [choice kept]");
  }
  std::string operator()(const Remainder &work) const {
    std::string out = fmt::format("{} = {}", printer.column(work.column), printer.expression(work.from));
    for (const Remainder::Less &less : work.clauses)
      out += fmt::format(" less {}{}", printer.expression(less.amount),
                         less.condition ? " when " + printer.expression(less.condition) : std::string());
    return out;
  }
  std::string operator()(const Variation &work) const {
    return fmt::format("{} = root of spread over {}{}", printer.column(work.column), printer.path(work.path),
                       printer.column(work.sum));
  }
  std::string operator()(const Hoist &work) const {
    return fmt::format("{} = {} (hoisted)", printer.column(work.column), printer.expression(work.value));
  }
  std::string operator()(const Check &work) const {
    return fmt::format("{}: {}", printer.column(work.column), printer.expression(work.condition));
  }
  std::string operator()(const Sink &work) const {
    std::string out;
    for (const int column : {work.count, work.sum, work.squares, work.least, work.greatest})
      if (column >= 0) out += (out.empty() ? "add up " : " and ") + printer.column(column);
    return out + (work.group < 0 ? "" : " through " + printer.column(work.group));
  }
};

} // namespace

std::string print(const Expression &expression, const Plan &plan, const semantics::Program &program) {
  return Printer(plan, program).expression(expression);
}

std::string print(const Plan &plan, const semantics::Program &program) {
  const Printer printer(plan, program);
  std::string out;
  int pass_number = 0;
  for (const Step &step : plan.steps) {
    const auto keys = [&](const std::vector<ExpressionPtr> &expressions) {
      std::string text = "(";
      for (const ExpressionPtr &one : expressions)
        text += (text.size() > 1 ? ", " : "") + printer.expression(one);
      return text + ")";
    };
    if (const auto *rows = std::get_if<MakeRows>(&step.what)) {
      out += "rows of " + plan.scopes[rows->scope].name;
      const char *between = " from ";
      for (const MakeRows::Source &source : rows->sources) {
        out += between;
        out += source.input   ? "input"
               : source.every ? "every value"
                              : plan.scopes[source.scope].name + " by " + keys(source.keys);
        between = ", ";
      }
      out += "\n";
    } else if (const auto *gather = std::get_if<Gather>(&step.what)) {
      const Column &column = plan.columns[gather->column];
      out += fmt::format("input {}: {}{}\n", printer.column(gather->column), name_of(column.storage),
                         column.type.optional ? ", may be missing" : "");
    } else if (const auto *groups = std::get_if<MakeGroups>(&step.what)) {
      out += fmt::format("groups of {} by {}\n", plan.scopes[groups->inner].name, keys(groups->keys));
    } else if (const auto *join = std::get_if<MakeJoin>(&step.what)) {
      const Column &column = plan.columns[join->column];
      out += fmt::format("join {} to {} by {}\n", plan.scopes[column.scope].name,
                         plan.scopes[column.target].name, keys(join->keys));
    } else if (const auto *neighbour = std::get_if<MakeNeighbour>(&step.what)) {
      out += fmt::format("neighbour {}\n", printer.column(neighbour->column));
    } else if (const auto *allocation = std::get_if<Allocation>(&step.what)) {
      out += fmt::format("allocate {} of {} {} {}\n", printer.column(allocation->column),
                         printer.expression(allocation->whole), allocation->part ? "each" : "by weight",
                         printer.expression(allocation->part ? allocation->part : allocation->weight));
    } else {
      const Pass &pass = std::get<Pass>(step.what);
      out += fmt::format("pass {} over {}: {}{}\n", ++pass_number, plan.scopes[pass.scope].name, step.reason,
                         pass.interpreted.empty() ? "" : "; interpreted: " + pass.interpreted);
      for (const Work &work : pass.work) out += "  " + std::visit(WorkText{printer}, work) + "\n";
    }
  }
  return out;
}

} // namespace steelyard::plan
