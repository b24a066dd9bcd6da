// Definitions and checks of one row: which alternative holds, its value, and the one rounding.
#include "compiler/interpret/run.h"
#include <algorithm>
#include <fmt/core.h>
#include <stdexcept>

namespace steelyard::interpret {

using number::Rounding;
using semantics::Aggregate;
using semantics::Alternative;
using semantics::Check;
using semantics::Decide;
using semantics::Deduct;
using semantics::Definition;
using semantics::Field;
using semantics::Formula;

Run::Run(const Program &program, const data::Dataset &dataset, RunOptions options)
    : program_(program), dataset_(dataset), options_(std::move(options)), row_sets_(program.scopes.size()),
      building_(program.scopes.size()), cells_(program.definitions.size()),
      prepared_(program.definitions.size()), checks_(program.checks.size()) {}

Run::~Run() = default;

Run::Context Run::context_of(int definition, int row) const {
  const Definition &declared = program_.definitions[definition];
  return {declared.order, declared.scope, row, &program_.field_of(declared).names.canonical(),
          false,          nullptr};
}

void Run::prepare(int definition) {
  prepared_[definition] = true;
  const Definition &declared = program_.definitions[definition];
  std::vector<Cell> &cells = cells_[definition];
  cells.resize(rows(declared.scope).size());
  if (options_.example == nullptr) return;
  for (const ExampleRow &row : options_.example->rows) {
    if (row.scope != declared.scope) continue;
    for (const auto &[field, value] : row.fixed) {
      if (field != declared.field) continue;
      Key key;
      for (std::size_t k = 0; k < row.keys.size(); ++k)
        key.push_back(constant(row.keys[k], program_.scopes[row.scope].fields[k].type));
      Cell &cell = cells[find_row(row.scope, key).value()];
      cell.value = constant(value, program_.field_of(declared).type);
      cell.state = CellState::known;
      cell.given = true;
    }
  }
}

Run::Cell &Run::cell(int definition, int row) {
  if (!prepared_[definition]) prepare(definition);
  Cell &cell = cells_[definition][row];
  if (cell.state == CellState::known) return cell;
  const Definition &declared = program_.definitions[definition];
  if (cell.state == CellState::busy)
    throw std::logic_error(program_.field_of(declared).names.canonical() + " depends on itself");
  if (std::holds_alternative<semantics::Allocate>(declared.body)) {
    allocate(definition, row);
  } else {
    cell.state = CellState::busy;
    const Within within(*this, context_of(definition, row));
    compute(definition, row, cell);
    cell.state = CellState::known;
  }
  return cell;
}

void Run::compute(int definition, int row, Cell &cell) {
  const Definition &declared = program_.definitions[definition];
  const Frame frame{declared.scope, row, nullptr};
  if (std::holds_alternative<Deduct>(declared.body)) {
    const Span span = program_.field_of(declared).span;
    cell.value = to_type(declared, remainder_of(declared, definition, frame), span);
    return;
  }
  const Taken taken = choose(declared, frame);
  if (taken.failed) {
    cell.value = Failed{};
    return;
  }
  if (const Decide *decide = std::get_if<Decide>(&declared.body)) {
    const int member = decide->alternatives[taken.index].member;
    cell.value = member < 0 ? Value(Missing{}) : Value(Member{member});
  } else if (taken.value == nullptr) {
    cell.value = Missing{};
  } else {
    cell.value = result_of(declared, *taken.value, frame);
  }
  if (is_failed(cell.value)) return;
  cell.choice = static_cast<std::int16_t>(taken.index);
  if (options_.observer != nullptr) options_.observer->on_alternative(definition, row, taken.index);
}

Value Run::result_of(const Definition &definition, const Term &term, const Frame &frame) {
  const Term *bare = &term;
  while (const auto *inside = std::get_if<semantics::Parenthesized>(&bare->node)) bare = inside->inner.get();
  const Aggregate *aggregate = std::get_if<Aggregate>(&bare->node);
  if (aggregate != nullptr && aggregate->op == syntax::AggregateOp::cv)
    return to_type(definition, coefficient_of_variation(definition, *bare, frame), term.span);
  return to_type(definition, evaluate(term, frame), term.span);
}

namespace {

Rounding mirrored(Rounding mode) {
  if (mode == Rounding::floor) return Rounding::ceiling;
  if (mode == Rounding::ceiling) return Rounding::floor;
  return mode;
}

} // namespace

/// Population standard deviation over mean: its square is (n·Σx² - (Σx)²) / (Σx)², and the sign is that of
/// the mean.
Value Run::coefficient_of_variation(const Definition &definition, const Term &term, const Frame &frame) {
  const std::optional<Statistics> over = tally(std::get<Aggregate>(term.node), term, frame);
  if (!over) return Failed{};
  if (over->sum.is_zero()) return Missing{};
  const int scale = program_.field_of(definition).type.scale;
  const Exact square_of_sum = over->sum * over->sum;
  const Exact square =
      (Exact(static_cast<std::int64_t>(over->count)) * over->squares - square_of_sum) / square_of_sum;
  if (over->sum.sign() > 0) return Exact(number::round_root(square, scale, definition.rounding));
  return -Exact(number::round_root(square, scale, mirrored(definition.rounding)));
}

Value Run::to_type(const Definition &definition, Value value, const Span &span) {
  if (definition.let || is_failed(value)) return value;
  const Field &field = program_.field_of(definition);
  if (is_missing(value)) {
    if (field.type.optional) return value;
    return fail(ErrorCode::value_missing, span, "the value is missing, though its type is not optional");
  }
  const Exact *exact = std::get_if<Exact>(&value);
  if (exact == nullptr) return value;
  Exact stored =
      field.type.scale < 0 ? *exact : Exact(number::round(*exact, field.type.scale, definition.rounding));
  const semantics::Bounds &bounds = field.bounds;
  const bool too_low = bounds.low && (bounds.low_exclusive ? stored <= *bounds.low : stored < *bounds.low);
  const bool too_high = bounds.high && stored > *bounds.high;
  if (!too_low && !too_high) return stored;
  const Exact &bound = too_low ? *bounds.low : *bounds.high;
  const char *relation = too_high ? "at most" : bounds.low_exclusive ? "more than" : "at least";
  return fail(ErrorCode::outside_range, span,
              fmt::format("{} is outside the range of its type: it must be {} {}",
                          value_text(stored, field.type), relation, number::to_text(bound)));
}

// ---------- which alternative ----------

Run::Taken Run::choose(const Definition &definition, const Frame &frame) {
  if (const Formula *formula = std::get_if<Formula>(&definition.body))
    return choose(*formula, definition, frame);
  return choose(std::get<Decide>(definition.body), definition, frame);
}

namespace {

/// "basic (article 13 (1))".
std::string name_with_articles(const Alternative &alternative) {
  std::string cited;
  for (const syntax::ArticleRef &article : alternative.basis.articles) {
    cited += (cited.empty() ? "article " : ", ") + article.article;
    for (const std::string &clause : article.clauses) cited += " (" + clause + ")";
  }
  if (cited.empty()) return alternative.names.canonical();
  return alternative.names.canonical() + " (" + cited + ")";
}

bool beats(const Formula &formula, int strong, int weak) {
  const std::vector<int> &beaten = formula.excepts[strong].overrides;
  return std::find(beaten.begin(), beaten.end(), weak) != beaten.end();
}

} // namespace

Run::Taken Run::choose(const Formula &formula, const Definition &definition, const Frame &frame) {
  std::vector<int> holding;
  for (const int candidate : formula.except_order) {
    const bool beaten = std::any_of(holding.begin(), holding.end(),
                                    [&](int other) { return beats(formula, other, candidate); });
    if (beaten) continue;
    const Alternative &except = formula.excepts[candidate];
    const Value condition = except.condition ? evaluate(*except.condition, frame) : Value(true);
    if (is_failed(condition)) return {nullptr, -1, true};
    if (is_true(condition)) holding.push_back(candidate);
  }
  const auto line_count = static_cast<int>(formula.lines.size());
  if (holding.size() > 1) {
    const auto [first, second] = std::minmax(holding[0], holding[1]);
    fail(ErrorCode::exceptions_conflict, formula.excepts[second].span,
         fmt::format("the exceptions {} and {} both hold, and neither overrides the other",
                     name_with_articles(formula.excepts[first]),
                     name_with_articles(formula.excepts[second])));
    return {nullptr, -1, true};
  }
  if (!holding.empty()) return {formula.excepts[holding[0]].value.get(), line_count + holding[0], false};
  for (int i = 0; i < line_count; ++i) {
    const Alternative &line = formula.lines[i];
    const Value condition = line.condition ? evaluate(*line.condition, frame) : Value(true);
    if (is_failed(condition)) return {nullptr, -1, true};
    if (is_true(condition)) return {line.value.get(), i, false};
  }
  fail(ErrorCode::no_alternative, program_.field_of(definition).span, "no alternative covers this row");
  return {nullptr, -1, true};
}

Run::Taken Run::choose(const Decide &decide, const Definition &definition, const Frame &frame) {
  for (std::size_t i = 0; i < decide.alternatives.size(); ++i) {
    const Alternative &alternative = decide.alternatives[i];
    const Value condition = alternative.condition ? evaluate(*alternative.condition, frame) : Value(true);
    if (is_failed(condition)) return {nullptr, -1, true};
    if (is_true(condition)) return {nullptr, static_cast<int>(i), false};
  }
  fail(ErrorCode::no_alternative, program_.field_of(definition).span, "no alternative covers this row");
  return {nullptr, -1, true};
}

// ---------- deduct ----------

Value Run::remainder_of(const Definition &definition, int index, const Frame &frame) {
  const Deduct &deduct = std::get<Deduct>(definition.body);
  Value from = evaluate(*deduct.from, frame);
  if (is_failed(from) || is_missing(from)) return from;
  Exact rest = std::get<Exact>(from);
  const Deduct::Less *largest = nullptr;
  Exact largest_amount;
  for (std::size_t i = 0; i < deduct.clauses.size(); ++i) {
    const Deduct::Less &clause = deduct.clauses[i];
    Value condition = clause.condition ? evaluate(*clause.condition, frame) : Value(true);
    if (is_failed(condition)) return condition;
    Value given = evaluate(*clause.amount, frame);
    if (is_failed(given)) return given;
    const Exact amount = is_missing(given) ? Exact() : std::get<Exact>(given);
    const std::string name = term_text(*clause.amount) + (clause.label.empty() ? "" : " " + clause.label);
    if (!is_true(condition)) {
      if (amount.is_zero()) continue;
      return fail(ErrorCode::deduction_not_due, clause.span,
                  fmt::format("{} is {}, but it is deducted only when {}: it must be empty or 0", name,
                              value_text(given, clause.amount->type), term_text(*clause.condition)));
    }
    if (options_.observer != nullptr && !context_.silent)
      options_.observer->on_alternative(index, frame.row, static_cast<int>(i));
    rest -= amount;
    if (largest == nullptr || amount > largest_amount) {
      largest = &clause;
      largest_amount = amount;
    }
  }
  if (rest.sign() >= 0) return rest;
  std::string blame;
  if (largest != nullptr)
    blame = fmt::format("; the largest deduction is {}{}{}, {}", term_text(*largest->amount),
                        largest->label.empty() ? "" : " ", largest->label,
                        value_text(largest_amount, largest->amount->type));
  return fail(ErrorCode::deduction_negative, program_.field_of(definition).span,
              fmt::format("{} less its deductions is {}{}", term_text(*deduct.from),
                          value_text(rest, program_.field_of(definition).type), blame));
}

// ---------- what is asked from outside ----------

int Run::choice(int definition, int row) {
  return cell(definition, row).choice;
}

std::optional<Exact> Run::exact_before_rounding(int definition, int row) {
  if (is_failed(cell(definition, row).value)) return std::nullopt;
  const Definition &declared = program_.definitions[definition];
  Context context = context_of(definition, row);
  context.silent = true;
  const Within within(*this, context);
  const Frame frame{declared.scope, row, nullptr};
  Value value;
  if (std::holds_alternative<semantics::Allocate>(declared.body)) return exact_part(definition, row);
  if (std::holds_alternative<Deduct>(declared.body)) {
    value = remainder_of(declared, definition, frame);
  } else {
    const Taken taken = choose(declared, frame);
    if (taken.failed || taken.value == nullptr) return std::nullopt;
    const Term *bare = taken.value;
    while (const auto *inside = std::get_if<semantics::Parenthesized>(&bare->node))
      bare = inside->inner.get();
    const Aggregate *aggregate = std::get_if<Aggregate>(&bare->node);
    if (aggregate != nullptr && aggregate->op == syntax::AggregateOp::cv) return std::nullopt;
    value = evaluate(*bare, frame);
  }
  if (const Exact *exact = std::get_if<Exact>(&value)) return *exact;
  return std::nullopt;
}

std::optional<bool> Run::holds(int check, int row) {
  const Check &declared = program_.checks[check];
  std::vector<CheckState> &known = checks_[check];
  if (known.empty()) known.assign(rows(declared.scope).size(), CheckState::unknown);
  if (known[row] == CheckState::unknown) {
    const std::string &name = declared.names.canonical();
    const Within within(*this, {declared.order, declared.scope, row, &name, false, nullptr});
    const Frame frame{declared.scope, row, nullptr};
    const Value condition = evaluate(*declared.condition, frame);
    known[row] = is_failed(condition) ? CheckState::failed
                 : is_true(condition) ? CheckState::holds
                                      : CheckState::broken;
    if (known[row] == CheckState::broken && declared.required) {
      std::string text;
      for (const auto &[piece, term] : declared.text) {
        text += piece;
        // A value that cannot be had leaves its place empty: the requirement is the error to report.
        if (term) text += value_text(evaluate_quietly(*term, frame), term->type);
      }
      if (text.empty()) text = "does not hold: " + term_text(*declared.condition);
      fail(ErrorCode::requirement_broken, declared.span, text);
    }
  }
  if (known[row] == CheckState::failed) return std::nullopt;
  return known[row] == CheckState::holds;
}

} // namespace steelyard::interpret
