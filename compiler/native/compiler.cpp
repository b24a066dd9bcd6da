// Passes compiled and run in morsels: each thread adds up for itself, and the
// sums are put together at the end.
#include "compiler/native/compiler.h"
#include "compiler/native/jit.h"
#include "compiler/native/lower.h"
#include "runtime/engine/parallel.h"
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <fmt/core.h>

namespace steelyard::native {

namespace {

/// Rows that are done at a time within a morsel.
constexpr std::size_t stretch = 1024;

using Function = std::int32_t (*)(void **columns, void **accumulators, std::int64_t begin, std::int64_t end);

double now() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

double cpu_now() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

const char *name_of(int error) {
  if (error & division_by_zero) return "a division by zero";
  if (error & missing_value) return "a value is missing";
  if (error & no_alternative) return "no alternative covers a row";
  if (error & conflict) return "two exceptions hold";
  if (error & not_met) return "a requirement is not met";
  return "a value is outside the range of its type or of its column";
}

class Compiled : public Compiler {
public:
  explicit Compiled(std::size_t least_rows) : least_rows_(least_rows) {}

  bool run(const plan::Pass &pass, Execution &execution) override {
    const std::size_t rows = execution.rows(pass.scope);
    if (rows < least_rows_ || rows == 0) return false;
    // Hoisted work may be compiled, but need not be: its scope is small.
    const bool hoisted = std::all_of(pass.work.begin(), pass.work.end(), [](const plan::Work &work) {
      return std::holds_alternative<plan::Hoist>(work);
    });
    if (!pass.interpreted.empty() && !hoisted) {
      if (least_rows_ > 0) reasons_.push_back(pass.interpreted);
      return false;
    }
    const double begin = now(), cpu_begin = cpu_now();
    const auto [scan_before, scan_cpu_before] = execution.scan_ms();
    Function function = nullptr;
    LoweredPass lowered;
    try {
      lowered = lower(pass, execution);
      open();
      function = reinterpret_cast<Function>(
          jit_->compile(std::move(lowered.module), std::move(lowered.context), pass_symbol));
    } catch (const CannotLower &reason) {
      if (!hoisted)
        reasons_.push_back(fmt::format("{}: {}", execution.plan().scopes[pass.scope].name, reason.what()));
      return false;
    }
    const auto [scan, scan_cpu] = execution.scan_ms();
    wall_ms_ += now() - begin - (scan - scan_before);
    cpu_ms_ += cpu_now() - cpu_begin - (scan_cpu - scan_cpu_before);
    widest_ = std::max(widest_, lowered.widest);
    call(pass, function, lowered, execution, rows);
    return true;
  }

  void open() override {
    if (!jit_) jit_ = std::make_unique<Jit>();
  }

  const std::vector<std::string> &reasons() const override { return reasons_; }
  double wall_ms() const override { return wall_ms_; }
  double cpu_ms() const override { return cpu_ms_; }
  unsigned widest() const override { return widest_; }

private:
  static void call(const plan::Pass &pass, Function function, const LoweredPass &lowered,
                   Execution &execution, std::size_t rows) {
    std::vector<void *> columns;
    std::vector<std::uint8_t> exact(lowered.checked ? rows : 0); // cleared at once
    std::vector<std::vector<Line>> records;
    for (const Record &record : lowered.records) records.push_back(pack(record, execution));
    for (const ColumnUse &use : lowered.columns) {
      if (use.part == ColumnUse::Part::record) {
        columns.push_back(records[static_cast<std::size_t>(use.column)].data());
        continue;
      }
      if (use.column == ColumnUse::exact_rows) {
        columns.push_back(exact.data());
        continue;
      }
      const engine::Column &column = execution.column(use.column);
      columns.push_back(use.part == ColumnUse::Part::given ? const_cast<std::uint8_t *>(column.given())
                        : use.part == ColumnUse::Part::slots
                            ? const_cast<std::int32_t *>(execution.left_join(use.column)->table->slots())
                            : const_cast<void *>(column.values()));
    }
    const auto threads = static_cast<std::size_t>(execution.threads());
    std::vector<std::vector<engine::Column>> own(threads);
    std::vector<std::vector<void *>> cells(threads);
    for (std::size_t thread = 0; thread < threads; ++thread)
      for (const Accumulator &accumulator : lowered.accumulators) {
        std::size_t cells_needed = execution.column(accumulator.column).rows();
        if (accumulator.kind == Accumulator::Kind::by_member) cells_needed *= accumulator.members + 1;
        engine::Column &cell = own[thread].emplace_back(accumulator.storage, cells_needed, false);
        if (accumulator.kind == Accumulator::Kind::least || accumulator.kind == Accumulator::Kind::greatest)
          for (std::size_t row = 0; row < cell.rows(); ++row) cell.set(row, untouched(accumulator));
        cells[thread].push_back(cell.values());
      }
    std::vector<std::pair<const std::byte *, std::size_t>> seldom; // and bytes a row
    for (const ColumnUse &use : lowered.seldom) {
      const engine::Column &column = execution.column(use.column);
      if (use.part == ColumnUse::Part::given)
        seldom.emplace_back(reinterpret_cast<const std::byte *>(column.given()), 1);
      else if (use.part == ColumnUse::Part::values)
        seldom.emplace_back(static_cast<const std::byte *>(std::as_const(column).values()),
                            engine::size_of(column.storage()));
    }
    std::atomic<std::int32_t> errors{0};
    engine::for_morsels(rows, execution.threads(), [&](std::size_t begin, std::size_t end, int thread) {
      std::int32_t met = 0;
      for (std::size_t from = begin; from < end; from += stretch) {
        const std::size_t to = std::min(end, from + stretch);
        // The processor sees no order in what is read here and there: what may be read next is asked for.
        for (const auto &[values, size] : seldom)
          for (std::size_t at = to * size; at < std::min(end, to + stretch) * size; at += 64)
            __builtin_prefetch(values + at);
        met |= function(columns.data(), cells[static_cast<std::size_t>(thread)].data(),
                        static_cast<std::int64_t>(from), static_cast<std::int64_t>(to));
      }
      errors |= met;
    });
    if ((errors & ~left_rows) != 0) throw HandOver(name_of(errors));
    for (std::size_t i = 0; i < lowered.accumulators.size(); ++i)
      for (const std::vector<engine::Column> &one : own) merge(lowered.accumulators[i], one[i], execution);
    if (errors != 0) execution.compute_exactly(pass, exact.data());
    for (const plan::Work &work : pass.work)
      if (const auto *hoist = std::get_if<plan::Hoist>(&work)) execution.finish_hoist(*hoist);
  }

  struct alignas(64) Line {
    std::byte bytes[64];
  };
  /// One row at least, as in columns.
  static std::vector<Line> pack(const Record &record, const Execution &execution) {
    const std::size_t rows = execution.rows(record.scope);
    std::vector<Line> out((std::max<std::size_t>(rows, 1) * record.stride + 63) / 64);
    auto *bytes = reinterpret_cast<std::byte *>(out.data());
    for (const Record::Field &field : record.fields) {
      const engine::Column &column = execution.column(field.use.column);
      const auto *from = static_cast<const std::byte *>(field.use.part == ColumnUse::Part::given
                                                            ? static_cast<const void *>(column.given())
                                                            : column.values());
      for (std::size_t row = 0; row < rows; ++row)
        std::memcpy(bytes + row * record.stride + field.offset, from + row * field.size, field.size);
    }
    return out;
  }

  static Int128 untouched(const Accumulator &accumulator) {
    const bool least = accumulator.kind == Accumulator::Kind::least;
    if (accumulator.storage == engine::Storage::i64) return least ? INT64_MAX : INT64_MIN;
    constexpr Int128 most = (((Int128{1} << 126) - 1) << 1) + 1;
    return least ? most : -most - 1;
  }

  static void add(engine::Column &to, std::size_t row, Int128 value) {
    Int128 sum = 0;
    if (__builtin_add_overflow(to.get(row), value, &sum) || !to.set(row, sum))
      throw HandOver("a sum is too large");
  }

  static void merge(const Accumulator &accumulator, const engine::Column &from, Execution &execution) {
    engine::Column &to = execution.column(accumulator.column);
    if (accumulator.kind == Accumulator::Kind::by_member) {
      for (const auto &[column, member] : accumulator.of_member)
        for (std::size_t row = 0; row < to.rows(); ++row)
          add(execution.column(column), row,
              from.get(row * (accumulator.members + 1) + static_cast<std::size_t>(member)));
      return;
    }
    for (std::size_t row = 0; row < to.rows(); ++row) {
      const Int128 value = from.get(row);
      if (accumulator.kind == Accumulator::Kind::sum) {
        add(to, row, value);
        if (accumulator.total >= 0) add(execution.column(accumulator.total), 0, value);
        continue;
      }
      if (value == untouched(accumulator)) continue;
      const bool better =
          !to.is_given(row) ||
          (accumulator.kind == Accumulator::Kind::least ? value < to.get(row) : value > to.get(row));
      if (!better) continue;
      if (!to.set(row, value)) {
        to.widen();
        to.set(row, value);
      }
      to.given()[row] = 1;
    }
  }

  std::size_t least_rows_;
  std::unique_ptr<Jit> jit_;
  std::vector<std::string> reasons_;
  double wall_ms_ = 0, cpu_ms_ = 0;
  unsigned widest_ = 0;
};

} // namespace

} // namespace steelyard::native

steelyard::native::Compiler *steelyard_make_compiler(std::size_t least_rows) {
  return new steelyard::native::Compiled(least_rows);
}
