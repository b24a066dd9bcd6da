// What the literals of an expression are and where they come from: fields and how their rows were found,
// parameters, tables, aggregates, neighbours.
#include "compiler/explain/json_expression.h"

namespace steelyard::explain {

using semantics::Aggregate;
using semantics::FieldRef;
using semantics::TypeKind;

Json to_json(const Fact &fact) {
  Json out;
  if (fact.mark == Fact::Mark::not_looked_at)
    out["holds"] = nullptr;
  else
    out["holds"] = fact.mark == Fact::Mark::held;
  out["condition"] = fact.condition;
  if (!fact.seen.empty()) out["seen"] = fact.seen;
  for (const Fact &part : fact.parts) out["parts"].push_back(to_json(part));
  return out;
}

void JsonExpressions::locate(Json &out, const RowId &of) {
  if (of == at_) return;
  out["scope"] = run_.program().scopes[of.scope].names.canonical();
  if (of.scope == 0) out["scope"] = "overall";
  out["key"] = key(of);
}

Json JsonExpressions::leaf_of(const Evaluated &evaluated) {
  Json out;
  const Term &term = *evaluated.term;
  const semantics::Program &program = run_.program();
  if (const auto *ref = std::get_if<FieldRef>(&term.node)) {
    out["kind"] = "field";
    if (evaluated.read) {
      locate(out, evaluated.read->row);
      if (evaluated.read->field >= 0)
        out["name"] =
            program.scopes[evaluated.read->row.scope].fields[evaluated.read->field].names.canonical();
    } else { // there is no such row
      out["absent"] = true;
      if (ref->field >= 0) out["name"] = program.scopes[ref->scope].fields[ref->field].names.canonical();
    }
    Json keys = found_by(evaluated, ref->steps.size());
    if (!keys.empty()) out["found_by"] = std::move(keys);
  } else if (const auto *parameter = std::get_if<semantics::ParameterRef>(&term.node)) {
    out["kind"] = "parameter";
    out["name"] = program.parameters[parameter->parameter].names.canonical();
  } else if (std::holds_alternative<Aggregate>(term.node)) {
    out = aggregate(evaluated);
  } else if (std::holds_alternative<semantics::TableCall>(term.node)) {
    out = table(evaluated);
  } else if (std::holds_alternative<semantics::Neighbour>(term.node)) {
    out = neighbour(evaluated);
  } else if (const auto *call = std::get_if<semantics::FunctionCall>(&term.node)) {
    const semantics::Scope &calendar = program.scopes[call->calendar];
    out["kind"] = "working_days";
    out["calendar"] = calendar.names.canonical() + "." + calendar.fields[call->worked].names.canonical();
    out["arguments"] = Json::array();
    for (const Evaluated &part : evaluated.parts) out["arguments"].push_back(expression(part));
  } else if (std::holds_alternative<semantics::ListTerm>(term.node) ||
             std::holds_alternative<semantics::InSet>(term.node) ||
             std::holds_alternative<semantics::With>(term.node)) {
    out["kind"] = "list";
    if (term.type.kind == TypeKind::boolean)
      out["answer"] = to_json(fact_of(evaluated, text_, text_.wording()));
  } else {
    out["kind"] = "constant";
  }
  return out;
}

/// The keys of the row that the first `steps` steps lead to, as expressions: of a look-up its keys, of a
/// reference the field that holds it, which may itself be found by others.
Json JsonExpressions::found_by(const Evaluated &evaluated, std::size_t steps) {
  const std::vector<FieldRef::Step> &all = std::get<FieldRef>(evaluated.term->node).steps;
  std::size_t via = 0, part = 0;
  for (std::size_t i = 0; i + 1 < steps; ++i) {
    via += all[i].field >= 0 ? 1 : 0;
    part += all[i].keys.size();
  }
  Json out = Json::array();
  if (steps == 0) return out;
  const FieldRef::Step &last = all[steps - 1];
  if (last.field < 0) {
    for (std::size_t k = 0; k < last.keys.size() && part + k < evaluated.parts.size(); ++k)
      out.push_back(expression(evaluated.parts[part + k]));
  } else if (via < evaluated.via.size()) { // else the key of a reference, read where it stands
    const FieldOfRow &from = evaluated.via[via];
    const semantics::Field &field = run_.program().scopes[from.row.scope].fields[from.field];
    Json leaf;
    leaf["kind"] = "field";
    locate(leaf, from.row);
    leaf["name"] = field.names.canonical();
    Json before = found_by(evaluated, steps - 1);
    if (!before.empty()) leaf["found_by"] = std::move(before);
    out.push_back({{"expression", literal(run_.value(from.row.scope, from.row.row, from.field), field.type)},
                   {"leaves", Json::array({std::move(leaf)})}});
  }
  return out;
}

Json JsonExpressions::expression(const Evaluated &evaluated) {
  Json out, leaves = Json::array();
  out["expression"] = write(evaluated, 0, &leaves);
  out["leaves"] = std::move(leaves);
  return out;
}

Json JsonExpressions::aggregate(const Evaluated &evaluated) {
  static const char *const ops[] = {"sum", "count", "mean", "min", "max", "cv", "share", "first"};
  const Aggregate &node = std::get<Aggregate>(evaluated.term->node);
  Json out;
  out["kind"] = "aggregate";
  out["op"] = ops[static_cast<int>(node.op)];
  out["over"] = run_.program().scopes[node.scope].names.canonical();
  out["operand"] = node.operand ? Json(named(*node.operand, 0)) : Json();
  out["where"] = node.where ? Json(named(*node.where, 0)) : Json();
  out["matches"] = Json::array();
  for (std::size_t i = 0; i < node.matches.size(); ++i) {
    Json match = expression(evaluated.parts[i]);
    match["inner"] = named(*node.matches[i].inner, 0);
    out["matches"].push_back(std::move(match));
  }
  if (!evaluated.aggregate) return out;
  const interpret::Statistics &over = evaluated.aggregate->statistics;
  out["count"] = std::to_string(over.count);
  out["left_out"] = std::to_string(evaluated.aggregate->matched - over.count);
  const semantics::Type type = node.operand ? node.operand->type : semantics::Type{};
  using syntax::AggregateOp;
  if (node.op != AggregateOp::count && node.op != AggregateOp::min && node.op != AggregateOp::max &&
      node.op != AggregateOp::first)
    out["sum"] = value(over.sum, type);
  if (node.op == AggregateOp::first) {
    out["found"] = evaluated.aggregate->rows.empty() ? Json() : key(evaluated.aggregate->rows[0].first);
    out["answers"] = Json::array();
    for (const Evaluated &where : evaluated.inner)
      for (const Fact &fact : answers_of(where, text_, text_.wording()))
        out["answers"].push_back(to_json(fact));
  }
  if (node.op == AggregateOp::cv) out["sum_of_squares"] = number::to_text(over.squares);
  if (node.op == AggregateOp::share) out["own"] = expression(evaluated.parts.back());
  if (node.op == AggregateOp::first && !evaluated.aggregate->rows.empty())
    out["row"] = key(evaluated.aggregate->rows[0].first);
  if (evaluated.aggregate->listed) {
    out["rows"] = Json::array();
    for (const auto &[row, operand] : evaluated.aggregate->rows)
      out["rows"].push_back({{"key", key(row)}, {"value", node.operand ? value(operand, type) : Json()}});
  }
  return out;
}

/// With the tests of the row that fits as a condition on the arguments.
Json JsonExpressions::table(const Evaluated &evaluated) {
  const auto &call = std::get<semantics::TableCall>(evaluated.term->node);
  const semantics::Table &table = run_.program().tables[call.table];
  Json out;
  out["kind"] = "table";
  out["name"] = table.names.canonical();
  out["arguments"] = Json::array();
  for (const Evaluated &part : evaluated.parts) out["arguments"].push_back(expression(part));
  if (evaluated.table_row < 0) return out;
  const semantics::Table::Row &row = table.rows[evaluated.table_row];
  out["row"] = std::to_string(evaluated.table_row + 1);
  out["row_text"] = text_.table_tests(evaluated);
  std::string condition;
  Json leaves = Json::array();
  const auto test = [&](const std::string &text) { condition += (condition.empty() ? "" : " and ") + text; };
  for (std::size_t i = 0; i < row.tests.size(); ++i) {
    const semantics::Type &type = table.inputs[i].type;
    const auto constant = [&](const Value &value) {
      leaves.push_back({{"kind", "constant"}});
      return literal(value, type);
    };
    if (const auto *interval = std::get_if<semantics::Interval>(&row.tests[i])) {
      if (interval->low) {
        const std::string argument = write(evaluated.parts[i], 5, &leaves);
        test(argument + (interval->low_closed ? " >= " : " > ") + constant(*interval->low));
      }
      if (interval->high) {
        const std::string argument = write(evaluated.parts[i], 5, &leaves);
        test(argument + (interval->high_closed ? " <= " : " < ") + constant(*interval->high));
      }
    } else if (const auto *one_of = std::get_if<semantics::OneOf>(&row.tests[i])) {
      std::string list = write(evaluated.parts[i], 0, &leaves);
      for (const semantics::Constant &each : one_of->values) {
        Value value = run_.constant(each, type);
        const Exact *digit = std::get_if<Exact>(&value); // truth values stand in tables as 0 and 1
        if (digit != nullptr && type.kind == TypeKind::boolean) value = !digit->is_zero();
        list += ", " + constant(value);
      }
      test((one_of->others ? "not_in(" : "in(") + list + ")");
    }
  }
  if (condition.empty()) leaves.push_back({{"kind", "constant"}});
  out["condition"] = {{"expression", condition.empty() ? "true" : condition},
                      {"leaves", std::move(leaves)},
                      {"value", "true"}};
  return out;
}

Json JsonExpressions::neighbour(const Evaluated &evaluated) {
  const auto &node = std::get<semantics::Neighbour>(evaluated.term->node);
  Json out;
  out["kind"] = "neighbour";
  out["direction"] = node.next ? "next" : "previous";
  out["along"] = run_.program().scopes[node.scope].fields[node.key].names.canonical();
  out["where"] = node.where ? Json(named(*node.where, 0)) : Json();
  out["found"] = evaluated.neighbour->row ? key(*evaluated.neighbour->row) : Json();
  out["passed_over"] = Json::array();
  for (const RowId &row : evaluated.neighbour->skipped) out["passed_over"].push_back(key(row));
  if (!evaluated.parts.empty()) out["operand"] = expression(evaluated.parts[0]);
  return out;
}

} // namespace steelyard::explain
