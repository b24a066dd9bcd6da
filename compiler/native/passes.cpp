// The steps in turn, and passes that are evaluated row by row.
#include "compiler/native/compiler.h"
#include "compiler/native/execution.h"
#include <algorithm>
#include <chrono>
#include <ctime>

namespace steelyard::native {

using interpret::is_missing;
using interpret::is_true;
using interpret::Member;
using number::Rounding;

namespace {

double now() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

double cpu_now() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

engine::Storage storage_of(plan::Storage storage) {
  return static_cast<engine::Storage>(storage);
}

} // namespace

Execution::Execution(const semantics::Program &program, const plan::Plan &plan, const data::Dataset &dataset,
                     const interpret::RunOptions &options, int threads)
    : program_(program), plan_(plan), dataset_(dataset), options_(options), threads_(threads),
      scopes_(plan.scopes.size()), columns_(plan.columns.size()) {
  // What keys refer to is asked for before the step that makes the rows.
}

Execution::~Execution() = default;

std::pair<Int128, Int128> Execution::bounds(int id) {
  const auto [at, is_new] = bounds_.try_emplace(id);
  if (is_new) {
    const double begin = now(), cpu_begin = cpu_now();
    at->second = columns_[id].bounds();
    scan_ms_ += now() - begin;
    scan_cpu_ms_ += cpu_now() - cpu_begin;
  }
  return at->second;
}

bool Execution::all_given(int id) const {
  const engine::Column &column = columns_[id];
  return column.given() == nullptr || std::all_of(column.given(), column.given() + column.rows(),
                                                  [](std::uint8_t state) { return state == 1; });
}

/// What a step does, and over which scope.
std::pair<std::string, int> Execution::name_of(const plan::Step &step) const {
  if (const auto *rows = std::get_if<plan::MakeRows>(&step.what)) return {"rows of ", rows->scope};
  if (const auto *groups = std::get_if<plan::MakeGroups>(&step.what)) return {"groups of ", groups->inner};
  if (const auto *pass = std::get_if<plan::Pass>(&step.what)) return {"pass over ", pass->scope};
  const int column = plan::columns_written(step).front();
  const char *what = std::holds_alternative<plan::Gather>(step.what)     ? "input of "
                     : std::holds_alternative<plan::MakeJoin>(step.what) ? "join of "
                                                                         : "order of ";
  return {what, plan_.columns[column].scope};
}

void Execution::run(Compiler *compiler) {
  const double compiled_before = compiler == nullptr ? 0 : compiler->wall_ms();
  const double compiled_cpu_before = compiler == nullptr ? 0 : compiler->cpu_ms();
  for (const plan::Step &step : plan_.steps) {
    const double begin = now();
    const double cpu_begin = cpu_now();
    const double compiled = counts_.compile_ms, compiled_cpu = counts_.compile_cpu_ms;
    if (const auto *rows = std::get_if<plan::MakeRows>(&step.what))
      make_rows(*rows);
    else if (const auto *input = std::get_if<plan::Gather>(&step.what))
      gather(input->column);
    else if (const auto *groups = std::get_if<plan::MakeGroups>(&step.what))
      make_groups(*groups);
    else if (const auto *join = std::get_if<plan::MakeJoin>(&step.what))
      compiler != nullptr &&leave_join(*join) ? void() : make_join(*join);
    else if (const auto *neighbour = std::get_if<plan::MakeNeighbour>(&step.what))
      make_neighbour(*neighbour);
    else if (const auto *allocation = std::get_if<plan::Allocation>(&step.what))
      allocate(*allocation);
    else
      run_pass(std::get<plan::Pass>(step.what), compiler);
    const bool pass = std::holds_alternative<plan::Pass>(step.what);
    (pass ? counts_.pass_ms : counts_.rows_ms) += now() - begin;
    const auto [name, scope] = name_of(step);
    if (compiler != nullptr) {
      counts_.compile_ms = compiler->wall_ms() - compiled_before;
      counts_.compile_cpu_ms = compiler->cpu_ms() - compiled_cpu_before;
    }
    counts_.steps.push_back({name + plan_.scopes[scope].name, scopes_[scope].rows,
                             now() - begin - (counts_.compile_ms - compiled),
                             cpu_now() - cpu_begin - (counts_.compile_cpu_ms - compiled_cpu)});
  }
}

/// Makes the columns that a piece of work writes. `cleared`: with zeros, which compiled code does not need
/// where it writes every row.
void Execution::prepare(const plan::Work &work, bool cleared) {
  for (const int id : plan::columns_written(work)) {
    const plan::Column &declared = plan_.columns[id];
    if (declared.type.kind == semantics::TypeKind::row) { // a missing row is -1
      columns_[id] = engine::Column::of_rows(scopes_[declared.scope].rows);
      continue;
    }
    const bool may_miss = declared.type.optional || declared.role == plan::Role::hoisted;
    columns_[id] = engine::Column(storage_of(declared.storage), scopes_[declared.scope].rows, may_miss,
                                  cleared || declared.role == plan::Role::statistic);
    if (declared.role == plan::Role::statistic && may_miss)
      for (std::size_t row = 0; row < columns_[id].rows(); ++row) columns_[id].set_missing(row);
  }
}

void Execution::run_pass(const plan::Pass &pass, Compiler *compiler) {
  for (const plan::Work &work : pass.work) prepare(work, compiler == nullptr);
  if (compiler != nullptr && compiler->run(pass, *this)) {
    counts_.native_rows += scopes_[pass.scope].rows;
    return;
  }
  counts_.interpreted_rows += scopes_[pass.scope].rows;
  for (const plan::Work &work : pass.work)
    for (const int column : plan::columns_read(work)) complete_join(column);
  if (compiler != nullptr)
    for (const plan::Work &work : pass.work) prepare(work, true);
  evaluate_pass(pass);
}

void Execution::evaluate_pass(const plan::Pass &pass) {
  for (const plan::Work &work : pass.work) {
    if (const auto *hoist = std::get_if<plan::Hoist>(&work)) {
      evaluate_hoist(*hoist);
      continue;
    }
    for (std::size_t row = 0; row < scopes_[pass.scope].rows; ++row) evaluate_row(work, row);
  }
}

void Execution::evaluate_row(const plan::Work &work, std::size_t row) {
  std::visit(
      [&](const auto &one) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(one)>, plan::Hoist>)
          evaluate_work(one, static_cast<int>(row));
      },
      work);
}

void Execution::compute_exactly(const plan::Pass &pass, const std::uint8_t *marked) {
  const std::size_t rows = scopes_[pass.scope].rows;
  for (const plan::Work &work : pass.work)
    for (const int column : plan::columns_read(work)) complete_join(column);
  for (std::size_t row = 0; row < rows; ++row) {
    if (marked[row] == 0) continue;
    ++counts_.exact_rows;
    for (const plan::Work &work : pass.work) evaluate_row(work, row);
  }
}

void Execution::evaluate_work(const plan::Compute &work, int row) {
  const plan::Alternative &taken = choose(work.choice, row);
  const auto at = static_cast<std::size_t>(row);
  Value value;
  if (work.choice.decide) {
    if (taken.member >= 0) value = Member{taken.member};
  } else if (taken.value) {
    value = rounded(evaluate(*taken.value, row), work.definition);
  } else {
    value = rounded(interpret::Missing{}, work.definition);
  }
  put(columns_[work.column], at, value, plan_.columns[work.column].type);
  if (work.choice_column >= 0) columns_[work.choice_column].set(at, taken.index);
}

void Execution::evaluate_work(const plan::Remainder &work, int row) {
  Value value = evaluate(*work.from, row);
  if (!is_missing(value)) {
    Exact rest = std::get<Exact>(value);
    for (const plan::Remainder::Less &less : work.clauses) {
      const bool due = !less.condition || is_true(evaluate(*less.condition, row));
      const Value amount = evaluate(*less.amount, row);
      if (is_missing(amount) || std::get<Exact>(amount).is_zero()) continue;
      if (!due) throw HandOver("a deduction that is not due");
      rest -= std::get<Exact>(amount);
    }
    if (rest.sign() < 0) throw HandOver("deductions that exceed the amount");
    value = rest;
  }
  put(columns_[work.column], static_cast<std::size_t>(row), rounded(value, work.definition),
      plan_.columns[work.column].type);
}

void Execution::evaluate_work(const plan::Variation &work, int row) {
  const int at = follow(work.path, row);
  Value value;
  const Value sum = value_of(work.sum, at);
  if (!is_missing(sum) && !std::get<Exact>(sum).is_zero()) {
    const semantics::Definition &definition = program_.definitions[work.definition];
    const Exact &total = std::get<Exact>(sum);
    const Exact square_of_sum = total * total;
    const Exact square =
        (std::get<Exact>(value_of(work.count, at)) * std::get<Exact>(value_of(work.squares, at)) -
         square_of_sum) /
        square_of_sum;
    const int scale = plan_.columns[work.column].type.scale;
    Rounding mode = definition.rounding;
    if (total.sign() < 0)
      mode = mode == Rounding::floor ? Rounding::ceiling : mode == Rounding::ceiling ? Rounding::floor : mode;
    const Exact root(number::round_root(square, scale, mode));
    value = total.sign() < 0 ? -root : root;
  }
  put(columns_[work.column], static_cast<std::size_t>(row), rounded(value, work.definition),
      plan_.columns[work.column].type);
}

/// A value of hoisted work; null where the row meets an error.
std::optional<Value> Execution::hoisted_value(const plan::Hoist &work, std::size_t row) {
  try {
    const Value value = evaluate(*work.value, static_cast<int>(row));
    return work.definition >= 0 ? rounded(value, work.definition) : value;
  } catch (const HandOver &) {
    return std::nullopt;
  }
}

void Execution::finish_hoist(const plan::Hoist &work) {
  engine::Column &column = columns_[work.column];
  const plan::Column &declared = plan_.columns[work.column];
  for (std::size_t row = 0; row < column.rows(); ++row) {
    std::uint8_t &state = column.given()[row];
    if (state != exact_row) continue;
    ++counts_.exact_rows;
    const std::optional<Value> value = hoisted_value(work, row);
    state = !value ? failed_row : is_missing(*value) ? 0 : 1;
    if (state != 1) continue;
    const number::Integer units =
        number::round(std::get<Exact>(*value), declared.type.scale, Rounding::half_up).units;
    if (units.bit_length() > 126) throw HandOver("a hoisted value beyond 128 bits");
    const auto narrow = static_cast<Int128>(units);
    if (column.set(row, narrow)) continue;
    column.widen();
    column.set(row, narrow);
  }
  if (column.storage() != engine::Storage::i128 || column.rows() == 0) return;
  const auto [low, high] = column.bounds();
  if (low < -Int128{INT64_MAX} || high > INT64_MAX) return;
  engine::Column narrow(engine::Storage::i64, column.rows(), true);
  for (std::size_t row = 0; row < column.rows(); ++row) {
    narrow.set(row, column.get(row));
    narrow.given()[row] = column.given()[row];
  }
  column = std::move(narrow);
}

/// All rows at once: how wide the column must be shows only when all values are there. A row that meets an
/// error is marked; it counts where its value is used.
void Execution::evaluate_hoist(const plan::Hoist &work) {
  const plan::Column &declared = plan_.columns[work.column];
  const std::size_t rows = scopes_[declared.scope].rows;
  std::vector<Value> values(rows);
  std::vector<bool> failed(rows);
  engine::Storage storage = engine::Storage::i64;
  for (std::size_t row = 0; row < rows; ++row) {
    std::optional<Value> found = hoisted_value(work, row);
    failed[row] = !found;
    values[row] = found ? std::move(*found) : Value(interpret::Missing{});
    if (const Exact *value = std::get_if<Exact>(&values[row])) {
      const number::Integer units = number::round(*value, declared.type.scale, Rounding::half_up).units;
      if (units > INT64_MAX || units < -INT64_MAX) storage = engine::Storage::i128;
    }
  }
  engine::Column &column = columns_[work.column];
  column = engine::Column(storage, rows, true);
  for (std::size_t row = 0; row < rows; ++row) {
    put(column, row, values[row], declared.type);
    if (failed[row]) column.given()[row] = failed_row;
  }
}

void Execution::evaluate_work(const plan::Check &work, int row) {
  const bool holds = is_true(evaluate(*work.condition, row));
  if (!holds && program_.checks[work.check].required) throw HandOver("a requirement is not met");
  columns_[work.column].set(static_cast<std::size_t>(row), holds ? 1 : 0);
}

void Execution::evaluate_work(const plan::Sink &work, int row) {
  const int group =
      work.group < 0 ? 0 : static_cast<int>(columns_[work.group].get(static_cast<std::size_t>(row)));
  if (group < 0) return;
  if (work.where && !is_true(evaluate(*work.where, row))) return;
  const auto at = static_cast<std::size_t>(group);
  Value operand;
  if (work.operand) {
    operand = evaluate(*work.operand, row);
    if (is_missing(operand)) return;
  }
  const auto add = [&](int id, const number::Integer &units) {
    const number::Integer sum = number::Integer(columns_[id].get(at)) + units;
    if (sum.bit_length() > 125) throw HandOver("a sum beyond 128 bits");
    columns_[id].set(at, static_cast<Int128>(sum));
  };
  if (work.count >= 0) add(work.count, 1);
  if (work.sum >= 0 || work.squares >= 0) {
    const number::Integer units =
        number::round(std::get<Exact>(operand), work.scale, Rounding::half_up).units;
    if (work.sum >= 0) add(work.sum, units);
    if (work.squares >= 0) add(work.squares, units * units);
  }
  for (const int id : {work.least, work.greatest}) {
    if (id < 0) continue;
    const Value before = value_of(id, group);
    const bool better = is_missing(before) ||
                        (id == work.least ? compare(operand, before) < 0 : compare(operand, before) > 0);
    if (!better) continue;
    columns_[id].given()[at] = 1;
    put(columns_[id], at, operand, plan_.columns[id].type);
  }
}

} // namespace steelyard::native
