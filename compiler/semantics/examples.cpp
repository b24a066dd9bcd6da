// Worked examples (test, 算例): their rows and values, typed.
#include "compiler/semantics/checker.h"
#include <fmt/core.h>

namespace steelyard::semantics {

std::optional<Constant> Checker::test_value(const syntax::TestValue &value, const Type &type,
                                            const Field *field) {
  if (value.none) {
    if (field && !type.optional)
      report("P404", value.span,
             fmt::format("{} is never missing, but 'none' (无) is given", field->names.ident));
    return Constant{Missing{}};
  }
  // A reference is written as the key of its row.
  Type plain = type;
  while (plain.kind == TypeKind::row && program_.scopes[plain.domain].key_count == 1)
    plain = program_.scopes[plain.domain].fields[0].type;
  if (value.ident && !value.literal) {
    if (plain.kind == TypeKind::member) {
      const int member = find_member(plain.domain, value.ident->text);
      if (member >= 0) return Constant{Member{member}};
      no_member(value.span, plain.domain, value.ident->text);
      return std::nullopt;
    }
    if (plain.kind == TypeKind::text || plain.kind == TypeKind::list) return Constant{value.ident->text};
    if (plain.kind == TypeKind::boolean && value.ident->text == "true") return Constant{true};
    if (plain.kind == TypeKind::boolean && value.ident->text == "false") return Constant{false};
    report("P305", value.span,
           fmt::format("{} is wanted here, not '{}'", type_name(plain), value.ident->text));
    return std::nullopt;
  }
  if ((plain.kind == TypeKind::text || plain.kind == TypeKind::list) && value.literal && value.ident)
    return Constant{value.ident->text}; // a key such as 1001
  return literal_of(*value.literal, plain);
}

std::optional<TestRow> Checker::test_row(const syntax::TestRow &row) {
  TestRow out;
  out.span = row.span;
  if (!row.overall) {
    out.scope = find_scope(row.scope->text);
    if (out.scope < 0) {
      report("P204", row.scope->span, fmt::format("there is no entity or scope '{}'", row.scope->text),
             scope_meant(row.scope->text));
      unfound(Sought::scope);
      return std::nullopt;
    }
  }
  const Scope &scope = program_.scopes[out.scope];
  if (static_cast<int>(row.keys.size()) != scope.key_count) {
    report("P604", row.span,
           fmt::format("{} has {}, but there {} here", scope.names.ident, counted(scope.key_count, "key"),
                       row.keys.size() == 1 ? "is one" : fmt::format("are {}", row.keys.size())));
    return std::nullopt;
  }
  bool ok = true;
  for (int k = 0; k < scope.key_count; ++k) {
    const std::size_t before = diagnostics_.size();
    const auto value = test_value(row.keys[k], scope.fields[k].type, nullptr);
    declared_at(before, scope.fields[k].names, scope.fields[k].type, scope.fields[k].span);
    ok = ok && value;
    out.keys.push_back(value.value_or(Constant{Missing{}}));
  }
  for (const syntax::Assignment &assignment : row.assignments) {
    const int field = find_field(out.scope, assignment.field.text);
    if (field < 0) {
      std::vector<std::string> names;
      for (const Field &f : scope.fields) {
        names.push_back(f.names.ident);
        if (!f.names.twin.empty()) names.push_back(f.names.twin);
      }
      const std::string close = nearest(assignment.field.text, names);
      has_it_elsewhere(report("P210", assignment.field.span,
                              fmt::format("{} has no '{}'", scope.names.ident, assignment.field.text),
                              close.empty() ? "" : fmt::format("did you mean {}?", close)),
                       out.scope, assignment.field.text);
      unfound(Sought::field, out.scope);
      ok = false;
      continue;
    }
    uses_.insert({out.scope, field});
    for (const TestCell &other : out.cells)
      if (other.field == field)
        report("P214", assignment.field.span, fmt::format("'{}' is named twice", assignment.field.text));
    const std::size_t before = diagnostics_.size();
    const auto value = test_value(assignment.value, scope.fields[field].type, &scope.fields[field]);
    declared_at(before, scope.fields[field].names, scope.fields[field].type, scope.fields[field].span);
    ok = ok && value;
    if (value) out.cells.push_back({field, *value, assignment.span});
  }
  if (!ok) return std::nullopt;
  return out;
}

void Checker::declare_test(const syntax::TestDecl &decl) {
  Test out;
  out.title = decl.title;
  out.span = decl.span;
  out.basis = decl.basis;
  check_basis(decl.basis);
  bool ok = true;
  for (const syntax::GivenParam &given : decl.params) {
    const int parameter = find_parameter(given.name.text);
    if (parameter < 0) {
      std::vector<std::string> names;
      for (const Parameter &known : program_.parameters) {
        names.push_back(known.names.ident);
        if (!known.names.twin.empty()) names.push_back(known.names.twin);
      }
      const std::string close = nearest(given.name.text, names);
      report("P208", given.name.span, fmt::format("there is no parameter '{}'", given.name.text),
             close.empty() ? "" : fmt::format("did you mean {}?", close));
      unfound(Sought::parameter);
      ok = false;
      continue;
    }
    const std::size_t before = diagnostics_.size();
    const Parameter &set = program_.parameters[parameter];
    const auto value = test_value(given.value, set.type, nullptr);
    declared_at(before, set.names, set.type, set.span);
    ok = ok && value;
    if (value) out.parameters.emplace_back(parameter, *value);
  }
  auto rows = [&](const std::vector<syntax::TestRow> &from, std::vector<TestRow> &to) {
    for (const syntax::TestRow &row : from) {
      auto checked = test_row(row);
      ok = ok && checked;
      if (checked) to.push_back(std::move(*checked));
    }
  };
  rows(decl.given, out.given);
  rows(decl.expected, out.expected);
  for (const TestRow &row : out.expected)
    for (const TestCell &cell : row.cells)
      if (program_.scopes[row.scope].fields[cell.field].kind != FieldKind::definition &&
          program_.scopes[row.scope].fields[cell.field].kind != FieldKind::let)
        report("P618", cell.span,
               fmt::format("{} is an input: an example expects computed values",
                           program_.scopes[row.scope].fields[cell.field].names.ident));
  if (decl.error) {
    out.expects_error = true;
    out.error_text = decl.error->text;
  }
  if (ok && out.expected.empty() && !out.expects_error)
    report("P612", decl.span, fmt::format("the example '{}' expects nothing", decl.title),
           "add expect (应得)");
  if (ok) program_.tests.push_back(std::move(out));
}

} // namespace steelyard::semantics
