// `steelyard eval`: one expression, its exact value and its type.
#include "compiler/interpret/run.h"
#include "compiler/semantics/check.h"
#include "compiler/syntax/parse.h"
#include "runtime/json/json.h"
#include "tools/commands.h"
#include "tools/policy_source.h"
#include <algorithm>
#include <fmt/format.h>

namespace steelyard::tools {

int eval(const EvalOptions &options) {
  semantics::LoadResult source; // only for showing diagnostics in their place
  source.files.push_back({"expression", options.expression});
  const auto parsed = syntax::parse_expression(source.files, 0, source.diagnostics);
  semantics::TermPtr term;
  if (parsed && source.diagnostics.empty())
    term = semantics::check_expression(*parsed->expression, source.diagnostics);
  if (!term) {
    show(source, false);
    return bad_policy;
  }
  show(source, false);
  semantics::Program program;
  program.files = source.files;
  program.scopes.emplace_back();
  const data::Dataset dataset;
  // The expression is a definition of the run as a whole, so that its errors are told as any other.
  semantics::Field field;
  field.names.ident = "expression";
  field.kind = semantics::FieldKind::let;
  field.type = term->type;
  field.definition = 0;
  program.scopes[0].fields.push_back(std::move(field));
  semantics::Definition definition;
  definition.scope = 0;
  definition.field = 0;
  definition.let = true;
  semantics::Formula formula;
  formula.lines.emplace_back();
  formula.lines[0].value = std::move(term);
  definition.body = std::move(formula);
  program.definitions.push_back(std::move(definition));
  interpret::Run run(program, dataset);
  const interpret::Value value = run.value(0, 0, 0);
  for (const interpret::RunError &error : run.first_errors(1)) {
    show_error(error.message);
    return bad_data;
  }
  const semantics::Type &type = program.scopes[0].fields[0].type;
  std::string text;
  std::string rounded;
  if (const auto *number = std::get_if<number::Exact>(&value)) {
    text = number::to_text(*number);
    if (parsed->decimals) {
      static const number::Rounding modes[] = {number::Rounding::half_up,   number::Rounding::half_up,
                                               number::Rounding::half_even, number::Rounding::down,
                                               number::Rounding::floor,     number::Rounding::ceiling};
      rounded = number::to_text(
          number::round(*number, *parsed->decimals, modes[static_cast<int>(parsed->rounding)]));
    }
  } else {
    text = run.value_text(value, type);
    if (parsed->decimals) {
      show_error("only a number has decimals");
      return bad_policy;
    }
  }
  const std::string type_name = semantics::type_text(type, program);
  if (options.json) {
    Json out = {{"exact", text}, {"type", type_name}};
    if (!rounded.empty()) out["rounded"] = rounded;
    fmt::print("{}\n", out.sort_members().dump(2));
  } else if (!rounded.empty()) {
    fmt::print("{}\n  exact: {}\n  type: {}\n", rounded, text, type_name);
  } else {
    fmt::print("{}\n  type: {}\n", text, type_name);
  }
  return ok;
}

} // namespace steelyard::tools
