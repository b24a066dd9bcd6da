// How values, rows and errors are written.
#include "compiler/interpret/run.h"
#include "compiler/interpret/source_text.h"
#include "runtime/number/calendar.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::interpret {

namespace {

std::string number_text(const Exact &value, int scale) {
  if (scale < 0 || !number::fits_scale(value, scale)) return number::to_text(value);
  return number::to_text(number::round(value, scale, number::Rounding::half_up));
}

} // namespace

std::string Run::term_text(const Term &term) const {
  return text_of_term(term, program_);
}

std::string Run::value_text(const Value &value, const semantics::Type &type) {
  if (is_missing(value) || is_failed(value)) return {};
  if (const bool *truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  if (const Exact *exact = std::get_if<Exact>(&value)) return number_text(*exact, type.scale);
  if (const Member *member = std::get_if<Member>(&value))
    return program_.enums[type.domain].members[member->index].canonical();
  if (const Text *text = std::get_if<Text>(&value)) return std::string(text->text);
  if (const Day *day = std::get_if<Day>(&value)) return calendar::day_text(day->days);
  if (const Month *month = std::get_if<Month>(&value)) return calendar::month_text(month->months);
  const RowId &row = std::get<RowId>(value);
  std::string out;
  for (int k = 0; k < program_.scopes[row.scope].key_count; ++k)
    out += (k == 0 ? "" : "/") +
           value_text(rows(row.scope).keys[row.row][k], program_.scopes[row.scope].fields[k].type);
  return out;
}

std::string Run::row_key(int scope, int row) {
  const semantics::Scope &declared = program_.scopes[scope];
  std::string out;
  for (int k = 0; k < declared.key_count; ++k)
    out += fmt::format("{}{}={}", k == 0 ? "" : ", ", declared.fields[k].names.canonical(),
                       value_text(rows(scope).keys[row][k], declared.fields[k].type));
  return out;
}

std::string Run::row_name(int scope, int row) {
  const semantics::Scope &declared = program_.scopes[scope];
  std::string out = declared.names.canonical();
  for (int k = 0; k < declared.key_count; ++k)
    out += (k == 0 ? " " : ", ") + value_text(rows(scope).keys[row][k], declared.fields[k].type);
  return out;
}

/// Inside an aggregate: which inner row it was. The row of the definition itself is named by the error.
std::string Run::place_of(const Frame &frame) {
  if (frame.outer == nullptr) return {};
  return " for " + row_name(frame.scope, frame.row);
}

Value Run::fail(ErrorCode code, const Span &span, std::string message) {
  if (context_.capture != nullptr) {
    if (!*context_.capture) *context_.capture = Raised{code, span, std::move(message)};
  } else if (!context_.silent) {
    RunError error;
    error.code = code;
    error.order = context_.order;
    error.scope = context_.scope;
    error.row = context_.row;
    if (context_.subject != nullptr) error.subject = *context_.subject;
    error.message = std::move(message);
    error.span = span;
    errors_.push_back(std::move(error));
  }
  return Failed{};
}

std::vector<RunError> Run::first_errors(std::size_t kept) {
  for (RunError &error : errors_) {
    ordered_rows(error.scope);
    error.rank = row_sets_[error.scope]->rank[error.row];
  }
  std::stable_sort(errors_.begin(), errors_.end(), [](const RunError &a, const RunError &b) {
    if (a.order != b.order) return a.order < b.order;
    if (a.scope != b.scope) return a.scope < b.scope;
    return a.rank < b.rank;
  });
  std::vector<RunError> out(errors_.begin(),
                            errors_.begin() + static_cast<std::ptrdiff_t>(std::min(kept, errors_.size())));
  for (RunError &error : out) error.row_key = row_key(error.scope, error.row);
  return out;
}

std::string to_text(const RunError &error, const Program &program) {
  std::string row;
  if (!error.row_key.empty())
    row = program.scopes[error.scope].names.canonical() + " " + error.row_key + ": ";
  std::string place;
  if (error.span.file < program.files.size() && error.span.line > 0)
    place = fmt::format(" ({}:{})", program.files[error.span.file].name, error.span.line);
  return fmt::format("{}{}{}: {} [{}]", row, error.subject, place, error.message, id_of(error.code));
}

} // namespace steelyard::interpret
