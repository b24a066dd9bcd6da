// Running a row program: the rows in the order of their keys, and their results as cells.
#include "compiler/native/row_program.h"
#include "compiler/native/row_results.h"
#include "compiler/native/row_scalars.h"
#include "runtime/data/cell_writer.h"
#include "runtime/data/result_folder.h"
#include "runtime/number/calendar.h"
#include <algorithm>
#include <ctime>
#include <exception>
#include <numeric>
#include <thread>

namespace steelyard::native {

using namespace semantics;
using interpret::RowId;

namespace {

/// Milliseconds; cpu: of all threads.
struct Times {
  static double of(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
  }
  double wall = of(CLOCK_MONOTONIC), cpu = of(CLOCK_PROCESS_CPUTIME_ID);
};

class Settling {
public:
  Settling(RowProgram &rows, const NativeOptions &options)
      : rows_(rows), program_(rows.program()), scope_(program_.scopes[rows.scope()]) {
    find_columns(options.written_fields);
    if (options.choices || options.keep)
      for (std::size_t f = 0; f < scope_.fields.size(); ++f)
        if (chooses(scope_.fields[f].definition)) {
          chosen_.push_back(f);
          choices_.push_back({scope_.fields[f].definition, {}});
        }
  }

  /// `rows` goes into the results, when these are kept.
  RowRun run(const NativeOptions &options, int threads, std::unique_ptr<RowProgram> rows) {
    put_in_order();
    if (options.keep)
      kept_ = std::make_unique<RowResults>(rows_, all_, order_.size(),
                                           static_cast<std::size_t>(std::max(1, threads)));
    compute(threads);
    RowRun out;
    out.rows = order_.size();
    out.format_ms = format_ms_;
    out.settlement.emplace();
    run_tables(*out.settlement);
    if (kept_) {
      kept_->finish(std::move(rows), std::move(order_), choices_);
      out.results = std::move(kept_);
    }
    if (options.choices) {
      out.choices = std::move(choices_);
      add_choices_of_tables(out.choices);
    }
    return out;
  }

private:
  struct Column {
    int field;
    const Type *type;
    std::vector<std::string> names; ///< of members, or of rows by their keys, as cells
  };
  static std::string as_cell(const std::string &text) {
    std::string out;
    data::append_cell(out, text);
    return out;
  }

  bool chooses(int definition) const {
    if (definition < 0 || program_.definitions[definition].let) return false;
    const Definition &of = program_.definitions[definition];
    const auto *formula = std::get_if<Formula>(&of.body);
    return formula ? formula->lines.size() + formula->excepts.size() > 1
                   : std::holds_alternative<Decide>(of.body);
  }

  /// Definitions in the order of the policy.
  void find_columns(const std::vector<int> &only) {
    for (std::size_t f = 0; f < scope_.fields.size(); ++f) {
      const Field &field = scope_.fields[f];
      if (field.kind == FieldKind::definition) all_.push_back(static_cast<int>(f));
    }
    std::stable_sort(all_.begin(), all_.end(), [&](int a, int b) {
      return program_.definitions[scope_.fields[a].definition].order <
             program_.definitions[scope_.fields[b].definition].order;
    });
    for (const int f : only.empty() ? all_ : only) {
      const Type &type = scope_.fields[f].type;
      Column column{f, &type, {}};
      if (type.kind == TypeKind::member)
        for (const Names &member : program_.enums[type.domain].members)
          column.names.push_back(as_cell(member.canonical()));
      if (type.kind == TypeKind::row)
        for (std::size_t row = 0; row < rows_.rows_of(type.domain); ++row)
          column.names.push_back(
              as_cell(rows_.tables().value_text(RowId{type.domain, static_cast<int>(row)}, type)));
      for (const std::string &name : column.names) longest_ = std::max(longest_, name.size());
      if (type.kind == TypeKind::number)
        longest_ = std::max(longest_, static_cast<std::size_t>(type.scale) + 4);
      columns_.push_back(std::move(column));
    }
  }

  std::string_view key_of(std::uint32_t row) const {
    return keys_->dictionary[static_cast<std::size_t>(keys_->narrow(row))];
  }
  void put_in_order() {
    const data::Table &table = rows_.dataset().tables[scope_.table];
    keys_ = &table.columns[scope_.fields[0].column];
    order_.resize(table.rows);
    std::iota(order_.begin(), order_.end(), 0U);
    bool rising = keys_->dictionary.is_ascending();
    if (!rising) {
      rising = true;
      for (std::uint32_t row = 1; row < table.rows && rising; ++row) rising = key_of(row - 1) < key_of(row);
    }
    if (!rising)
      std::sort(order_.begin(), order_.end(),
                [&](std::uint32_t a, std::uint32_t b) { return key_of(a) < key_of(b); });
  }

  void compute(int threads) {
    for (TakenAlternatives &one : choices_) one.taken.resize(order_.size());
    const auto parts = static_cast<std::size_t>(std::max(1, threads));
    texts_.resize(parts);
    std::vector<std::exception_ptr> failures(parts);
    std::vector<double> format_ms(parts);
    const auto work = [&](std::size_t part) {
      try {
        compute_part(part, order_.size() * part / parts, order_.size() * (part + 1) / parts, format_ms[part]);
      } catch (...) {
        failures[part] = std::current_exception();
      }
    };
    write_header(texts_[0]);
    std::vector<std::thread> others;
    for (std::size_t part = 1; part < parts; ++part) others.emplace_back(work, part);
    work(0);
    for (std::thread &other : others) other.join();
    for (const std::exception_ptr &failure : failures)
      if (failure) std::rethrow_exception(failure);
    format_ms_ = *std::max_element(format_ms.begin(), format_ms.end());
  }

  void compute_part(std::size_t part, std::size_t from, std::size_t to, double &format_ms) {
    std::string &out = texts_[part];
    const std::unique_ptr<Batch> batch = rows_.batch();
    Shown shown;
    out.reserve(out.size() + (to - from) * (16 + 12 * columns_.size()));
    for (std::size_t begin = from; begin < to; begin += rows_together) {
      const std::size_t count = std::min(rows_together, to - begin);
      const auto rows = std::span(order_).subspan(begin, count);
      const Rows all = count < rows_together ? bit_of(count) - 1 : all_together;
      rows_.read(rows, *batch);
      rows_.expect(std::span(order_).subspan(begin + count, std::min(rows_together, to - begin - count)));
      for (const int field : all_) rows_.field(*batch, static_cast<std::size_t>(field), all);
      for (std::size_t i = 0; i < chosen_.size(); ++i)
        std::copy_n(batch->slots[chosen_[i]].taken, count, choices_[i].taken.data() + begin);
      if (kept_) kept_->put(part, begin, count, *batch);
      const double computed = Times::of(CLOCK_MONOTONIC);
      write(rows, *batch, shown, out);
      format_ms += Times::of(CLOCK_MONOTONIC) - computed;
    }
  }

  void write_header(std::string &out) const {
    data::append_cell(out, scope_.fields[0].names.canonical());
    for (const Column &column : columns_) {
      out += ',';
      data::append_cell(out, scope_.fields[column.field].names.canonical());
    }
    out += '\n';
  }

  /// Rooms for texts that are being written.
  struct Shown {
    std::vector<std::string> joined; ///< by column: a list that stands in no cell as it is
    std::vector<char> text;
  };
  void write(std::span<const std::uint32_t> rows, const Batch &batch, Shown &shown, std::string &out) const {
    shown.joined.resize(columns_.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const std::string_view key = key_of(rows[row]);
      std::size_t room = data::room_of_cell(key);
      for (std::size_t c = 0; c < columns_.size(); ++c) {
        const Batch::Slot &slot = batch.slots[static_cast<std::size_t>(columns_[c].field)];
        room += 1 + longest_;
        if (slot.values.texts != nullptr) room += data::room_of_cell(slot.values.texts[row]);
        if (slot.lists == nullptr) continue;
        room += data::room_of_cell(joined(slot.lists[row], columns_[c].type->separator, shown.joined[c]));
      }
      if (shown.text.size() < room) shown.text.resize(room * 2);
      char *at = data::write_cell(shown.text.data(), key);
      for (std::size_t c = 0; c < columns_.size(); ++c) {
        const Batch::Slot &slot = batch.slots[static_cast<std::size_t>(columns_[c].field)];
        *at++ = ',';
        if (slot.lists != nullptr) {
          const Elements &elements = slot.lists[row];
          at = data::write_cell(at, elements.has_cell ? elements.cell : std::string_view(shown.joined[c]));
        } else if ((slot.values.given & bit_of(row)) != 0) {
          at = write(at, slot.values, row, columns_[c]);
        }
      }
      *at++ = '\n';
      out.append(shown.text.data(), at);
    }
  }
  static char *write(char *out, const Values &values, std::size_t row, const Column &column) {
    const auto copy = [out](std::string_view text) { return std::copy(text.begin(), text.end(), out); };
    switch (column.type->kind) {
    case TypeKind::boolean:
      return copy((values.yes & bit_of(row)) != 0 ? "true" : "false");
    case TypeKind::number:
      return data::write_number(out, values.numbers[row], std::max(0, column.type->scale));
    case TypeKind::date:
      return copy(calendar::day_text(values.numbers[row]));
    case TypeKind::month:
      return copy(calendar::month_text(values.numbers[row]));
    case TypeKind::text:
    case TypeKind::list:
      return data::write_cell(out, values.texts[row]);
    case TypeKind::member:
    case TypeKind::row:
      return copy(column.names[static_cast<std::size_t>(values.numbers[row])]); // as a cell
    }
    return out;
  }

  /// All else is the interpreter's: definitions and checks of the tables.
  void run_tables(interpret::Settlement &out) {
    interpret::Run &run = rows_.tables();
    for (const Definition &definition : program_.definitions)
      if (definition.scope != rows_.scope() && !definition.let)
        for (const int row : run.ordered_rows(definition.scope))
          run.value(definition.scope, row, definition.field);
    for (std::size_t check = 0; check < program_.checks.size(); ++check) {
      if (!program_.checks[check].required) throw HandOver("checks that are reported");
      for (const int row : run.ordered_rows(program_.checks[check].scope))
        run.holds(static_cast<int>(check), row);
    }
    if (run.error_count() > 0) throw HandOver("an error in the tables");
    for (std::size_t s = 0; s < program_.scopes.size(); ++s) {
      const int scope = static_cast<int>(s);
      if (scope == rows_.scope()) {
        if (!all_.empty()) out.files.push_back(file_of_rows());
        continue;
      }
      interpret::ResultFile file = interpret::result_file(run, scope);
      if (!file.content.empty()) out.files.push_back(std::move(file));
      if (rows_.is_file(scope)) continue; // its keys are never missing
      const std::vector<std::size_t> &dropped = run.rows(scope).dropped;
      for (std::size_t i = 0; i < dropped.size(); ++i)
        if (dropped[i] > 0) out.dropped.push_back({scope, static_cast<int>(i), dropped[i]});
    }
  }

  interpret::ResultFile file_of_rows() {
    interpret::ResultFile file{scope_.names.canonical() + ".csv", std::move(texts_[0])};
    std::size_t size = file.content.size();
    for (std::size_t part = 1; part < texts_.size(); ++part) size += texts_[part].size();
    if (texts_.size() > 1) file.content.reserve(size);
    for (std::size_t part = 1; part < texts_.size(); ++part) file.content += texts_[part];
    return file;
  }

  void add_choices_of_tables(std::vector<TakenAlternatives> &out) {
    interpret::Run &run = rows_.tables();
    for (std::size_t d = 0; d < program_.definitions.size(); ++d) {
      const int definition = static_cast<int>(d), scope = program_.definitions[d].scope;
      if (scope == rows_.scope() || !chooses(definition)) continue;
      TakenAlternatives &one = out.emplace_back(TakenAlternatives{definition, {}});
      for (const int row : run.ordered_rows(scope)) one.taken.push_back(run.choice(definition, row));
    }
  }

  RowProgram &rows_;
  const Program &program_;
  const Scope &scope_;
  const data::Column *keys_ = nullptr;
  std::vector<std::uint32_t> order_;       ///< rows of the input, by their keys
  std::vector<int> all_;                   ///< definitions
  std::vector<Column> columns_;            ///< that are written
  std::vector<std::size_t> chosen_;        ///< definitions that choose
  std::vector<TakenAlternatives> choices_; ///< of `chosen_`
  std::unique_ptr<RowResults> kept_;       ///< null: they are not
  std::vector<std::string> texts_;         ///< by thread
  double format_ms_ = 0;                   ///< of that, writing results as text
  /// Of values that are no texts.
  std::size_t longest_ = data::longest_number;
};

} // namespace

RowRun settle_row_by_row(const Program &program, const data::Dataset &dataset,
                         const interpret::RunOptions &options, const NativeOptions &native, int threads) {
  RowRun out;
  try {
    const Times begin;
    auto rows = std::make_unique<RowProgram>(program, dataset, options);
    const Times prepared;
    Settling settling(*rows, native);
    out = settling.run(native, threads, std::move(rows));
    const Times end;
    out.prepared = {"prepare the tables", 0, prepared.wall - begin.wall, prepared.cpu - begin.cpu};
    // The time of writing is told by the clock; of processor time it has the same part.
    const double wall = end.wall - prepared.wall, cpu = end.cpu - prepared.cpu;
    const double format_cpu = wall > 0 ? cpu * out.format_ms / wall : 0;
    out.computed = {"rows one after the other", out.rows, wall - out.format_ms, cpu - format_cpu};
    out.formatted = {"their results as text", out.rows, out.format_ms, format_cpu};
  } catch (const NotThisWay &reason) {
    out.reason = reason.what();
  }
  return out;
}

} // namespace steelyard::native
