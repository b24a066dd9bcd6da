// One run for each example, and the comparison of what it expects with what there is.
#include "compiler/interpret/worked_examples.h"
#include "compiler/interpret/example_data.h"
#include "compiler/interpret/settle.h"
#include "compiler/interpret/source_text.h"
#include <fmt/core.h>
#include <limits>

namespace steelyard::interpret {

using semantics::Field;
using semantics::Test;
using semantics::TestCell;
using semantics::TestRow;

namespace {

constexpr std::size_t all_errors = std::numeric_limits<std::size_t>::max();

class ExampleRun {
public:
  ExampleRun(const Program &program, const Test &test, Coverage *coverage, std::optional<std::int64_t> day,
             const data::Dataset *tables)
      : program_(program), test_(test), data_(program, test, tables),
        run_(program, data_.dataset(), RunOptions{test.parameters, day, coverage, &data_.rows()}) {}

  std::vector<ExampleFailure> failures() {
    if (!test_.expects_error)
      for (const ExampleData::Problem &problem : data_.problems()) fail(problem.span, problem.message);
    for (const TestRow &row : test_.expected) compare_row(row);
    if (test_.expects_error) look_for_error();
    return std::move(failures_);
  }

private:
  void fail(const Span &span, std::string message) { failures_.push_back({span, std::move(message)}); }

  /// "case C1", "drg_tier BR21, secondary".
  std::string name_of(const TestRow &row) {
    const semantics::Scope &scope = program_.scopes[row.scope];
    std::string out = scope.names.canonical();
    for (std::size_t k = 0; k < row.keys.size(); ++k) {
      semantics::Type type = scope.fields[k].type;
      while (type.kind == semantics::TypeKind::row) type = program_.scopes[type.domain].fields[0].type;
      out += (k == 0 ? " " : ", ") + run_.value_text(run_.constant(row.keys[k], type), type);
    }
    return out;
  }

  void compare_row(const TestRow &row) {
    const std::string name = name_of(row);
    Key key;
    for (std::size_t k = 0; k < row.keys.size(); ++k)
      key.push_back(run_.constant(row.keys[k], program_.scopes[row.scope].fields[k].type));
    const std::optional<int> found = run_.find_row(row.scope, key);
    if (!found) return fail(row.span, fmt::format("{}: there is no such row", name));
    for (const TestCell &cell : row.cells) compare_cell(name, row.scope, *found, cell);
  }

  void compare_cell(const std::string &row_name, int scope, int row, const TestCell &cell) {
    const Field &field = program_.scopes[scope].fields[cell.field];
    const Value actual = run_.value(scope, row, cell.field);
    const std::string name = fmt::format("{}: {}", row_name, field.names.canonical());
    const Value expected = run_.constant(cell.value, field.type);
    const bool expects_missing = std::holds_alternative<Missing>(cell.value);
    const std::string wanted = expects_missing ? "none" : run_.value_text(expected, field.type);
    if (is_failed(actual)) {
      return fail(cell.span, fmt::format("{}: expected {}, but {}", name, wanted, reason(scope, row, field)));
    }
    const bool equal = actual.index() == expected.index() && is_missing(actual) == expects_missing &&
                       std::is_eq(run_.compare(actual, expected));
    if (!equal)
      fail(cell.span, fmt::format("{}: expected {}, but it is {}", name, wanted,
                                  is_missing(actual) ? "none" : run_.value_text(actual, field.type)));
  }

  /// Why a value could not be had: the sentence alone when the error is the value's own.
  std::string reason(int scope, int row, const Field &field) {
    const std::vector<RunError> errors = run_.first_errors(all_errors);
    for (const RunError &error : errors)
      if (error.scope == scope && error.row == row && error.subject == field.names.canonical())
        return error.message;
    return errors.empty() ? "it has an error" : interpret::to_text(errors[0], program_);
  }

  /// What the example does not give is no error that it could mean.
  void look_for_error() {
    settle(run_);
    std::vector<std::string> texts;
    for (const ExampleData::Problem &problem : data_.problems()) texts.push_back(problem.message);
    for (const RunError &error : run_.first_errors(all_errors))
      if (error.code != ErrorCode::not_given_in_example) texts.push_back(interpret::to_text(error, program_));
    for (const std::string &text : texts)
      if (text.find(test_.error_text) != std::string::npos) return;
    if (texts.empty())
      return fail(test_.span,
                  fmt::format("expected an error with \"{}\", but there is none", test_.error_text));
    std::string list;
    for (std::size_t i = 0; i < texts.size() && i < 3; ++i) list += "\n  " + texts[i];
    fail(test_.span,
         fmt::format("expected an error with \"{}\", but there is only:{}", test_.error_text, list));
  }

  const Program &program_;
  const Test &test_;
  ExampleData data_;
  Run run_;
  std::vector<ExampleFailure> failures_;
};

} // namespace

std::vector<ExampleOutcome> run_examples(const Program &program, Coverage *coverage,
                                         std::optional<std::int64_t> day, const data::Dataset *tables) {
  std::vector<ExampleOutcome> out;
  for (std::size_t i = 0; i < program.tests.size(); ++i)
    out.push_back(
        {static_cast<int>(i), ExampleRun(program, program.tests[i], coverage, day, tables).failures()});
  return out;
}

std::string to_text(const ExampleFailure &failure, const Program &program) {
  return place_text(failure.span, program.files) + failure.message;
}

} // namespace steelyard::interpret
