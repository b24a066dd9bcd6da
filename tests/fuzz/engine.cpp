#include "tests/fuzz/engine.h"
#include "compiler/interpret/settle.h"
#ifdef STEELYARD_FUZZ_NATIVE
#include "compiler/native/settle.h"
#include "compiler/semantics/row_aggregates.h"
#include "runtime/data/read_dataset.h"
#endif
#include <algorithm>
#include <fmt/format.h>

namespace steelyard::fuzz {

namespace {

interpret::RunOptions options_of(const semantics::Program &program, const Request &request) {
  interpret::RunOptions out;
  out.day = request.day;
  for (const auto &[name, value] : request.parameters)
    for (std::size_t i = 0; i < program.parameters.size(); ++i)
      if (program.parameters[i].names.is(name) &&
          program.parameters[i].type.kind == semantics::TypeKind::number)
        out.parameters.emplace_back(static_cast<int>(i), number::Exact(number::parse_decimal(value).value()));
  return out;
}

Outcome outcome_of(const semantics::Program &program, interpret::Settlement settlement) {
  Outcome out;
  for (interpret::ResultFile &file : settlement.files)
    out.files.emplace_back(file.name, std::move(file.content));
  for (const interpret::RunError &error : settlement.errors) out.errors.push_back(to_text(error, program));
  out.error_count = settlement.error_count;
  for (const interpret::DroppedRows &dropped : settlement.dropped)
    out.counts += fmt::format("dropped {} {} {}\n", dropped.scope, dropped.source, dropped.count);
  for (const interpret::FailedCheck &check : settlement.failed_checks)
    out.counts += fmt::format("check {} {}\n", check.check, check.count);
  return out;
}

/// Of definitions that choose; the digits are positions of alternatives.
void add_choices(std::string &out, const semantics::Program &program, int definition,
                 const std::vector<int> &taken) {
  const semantics::Definition &declared = program.definitions[definition];
  out += fmt::format("{} {}: {}\n", program.scopes[declared.scope].names.canonical(),
                     program.field_of(declared).names.canonical(), fmt::join(taken, " "));
}

bool chooses(const semantics::Definition &definition) {
  if (definition.let) return false;
  if (std::holds_alternative<semantics::Decide>(definition.body)) return true;
  const auto *formula = std::get_if<semantics::Formula>(&definition.body);
  return formula != nullptr &&
         (formula->lines.size() > 1 || formula->lines[0].condition || !formula->excepts.empty());
}

class Interpreter : public Engine {
public:
  const char *name() const override { return "interpreter"; }
  Outcome run(const semantics::Program &program, const data::Dataset &dataset, const Request &request,
              int) override {
    try {
      interpret::Run run(program, dataset, options_of(program, request));
      Outcome out = outcome_of(program, interpret::settle(run));
      if (out.error_count > 0) return out;
      for (std::size_t i = 0; i < program.definitions.size(); ++i) {
        if (!chooses(program.definitions[i])) continue;
        std::vector<int> taken;
        for (const int row : run.ordered_rows(program.definitions[i].scope))
          taken.push_back(run.choice(static_cast<int>(i), row));
        add_choices(out.choices, program, static_cast<int>(i), taken);
      }
      return out;
    } catch (const std::exception &error) {
      Outcome out;
      out.thrown = error.what();
      return out;
    }
  }
};

#ifdef STEELYARD_FUZZ_NATIVE
/// What a run file would keep must be the same, too: the first that differs.
std::string differing_record(const semantics::Program &program, const data::Dataset &dataset,
                             const interpret::RunOptions &options, interpret::Results &native) {
  interpret::Run run(program, dataset, options);
  const auto interpreted = interpret::results_of(run);
  for (std::size_t s = 0; s < program.scopes.size(); ++s) {
    const auto scope = static_cast<int>(s);
    const std::size_t rows = interpreted->rows(scope);
    if (rows != native.rows(scope))
      return fmt::format("{}: recorded {} rows but {}", program.scopes[s].names.ident, rows,
                         native.rows(scope));
    for (std::size_t f = 0; f < program.scopes[s].fields.size(); ++f) {
      const semantics::Field &field = program.scopes[s].fields[f];
      if (field.kind != semantics::FieldKind::key && field.kind != semantics::FieldKind::definition) continue;
      log::Cells expected, cells;
      interpreted->values(scope, static_cast<int>(f), 0, rows, expected);
      native.values(scope, static_cast<int>(f), 0, rows, cells);
      for (std::size_t row = 0; row < rows; ++row) {
        const bool texts = !expected.texts.empty();
        if (expected.is_given(row) != cells.is_given(row) || texts == cells.texts.empty() ||
            (texts ? expected.texts[row] != cells.texts[row] : expected.values[row] != cells.values[row]))
          return fmt::format("{} of {}, row {}: recorded another value", field.names.ident,
                             program.scopes[s].names.ident, row);
      }
    }
  }
  const std::vector<semantics::RowAggregate> all = semantics::row_aggregates(program);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const int scope = program.definitions[all[i].definition].scope;
    for (const bool sum : {false, true}) {
      if (sum && !all[i].sums) continue;
      log::Cells expected, cells;
      interpreted->aggregates(static_cast<int>(i), sum, 0, interpreted->rows(scope), expected);
      native.aggregates(static_cast<int>(i), sum, 0, native.rows(scope), cells);
      for (std::size_t row = 0; row < expected.values.size(); ++row)
        if (expected.is_given(row) != cells.is_given(row) || expected.values[row] != cells.values[row])
          return fmt::format("{} of {}, row {}: recorded {} but {}", sum ? "sum" : "count",
                             run.term_text(*all[i].term), row, number::Integer(expected.values[row]).str(),
                             number::Integer(cells.values[row]).str());
    }
  }
  return {};
}

class Native : public Engine {
public:
  const char *name() const override { return "native"; }
  Outcome run(const semantics::Program &program, const data::Dataset &dataset, const Request &request,
              int threads) override {
    try {
      native::NativeOptions options{threads, request.least_rows};
      options.choices = true;
      options.keep = threads > 1; // the plan of a run that is recorded is another one
      native::NativeSettlement settled =
          native::settle_native(program, dataset, options_of(program, request), options);
      std::sort(settled.choices.begin(), settled.choices.end(),
                [](const auto &a, const auto &b) { return a.definition < b.definition; });
      Outcome out = outcome_of(program, std::move(settled.settlement));
      if (settled.results)
        out.thrown = differing_record(program, dataset, options_of(program, request), *settled.results);
      out.fell_back = settled.fell_back;
      out.fallback_reason = settled.fallback_reason;
      for (const native::StepTime &step : settled.steps)
        out.row_by_row = out.row_by_row || step.step.starts_with("rows one after the other");
      out.native_rows = settled.native_rows;
      out.interpreted_rows = settled.interpreted_rows;
      out.exact_rows = settled.exact_rows;
      out.widest = settled.widest;
      for (const native::TakenAlternatives &one : settled.choices)
        add_choices(out.choices, program, one.definition, one.taken);
      out.not_compiled = std::move(settled.not_compiled);
      return out;
    } catch (const std::exception &error) {
      Outcome out;
      out.thrown = error.what();
      return out;
    }
  }
};
#endif

} // namespace

std::unique_ptr<Engine> interpreter() {
  return std::make_unique<Interpreter>();
}

std::unique_ptr<Engine> native_engine() {
#ifdef STEELYARD_FUZZ_NATIVE
  return std::make_unique<Native>();
#else
  return nullptr;
#endif
}

std::string to_text(const Outcome &outcome) {
  std::string out;
  if (!outcome.thrown.empty()) out += "thrown: " + outcome.thrown + "\n";
  for (const std::string &error : outcome.errors) out += "error: " + error + "\n";
  if (outcome.error_count > 0) out += fmt::format("{} errors\n", outcome.error_count);
  out += outcome.counts;
  if (!outcome.choices.empty()) out += "--- choices\n" + outcome.choices;
  for (const auto &[name, content] : outcome.files) out += "--- " + name + "\n" + content;
  return out;
}

std::string difference(const Outcome &a, const Outcome &b) {
  if (a == b) return "";
  const auto first_line = [](const std::string &x, const std::string &y) {
    std::size_t line = 1, begin = 0, i = 0;
    for (; i < std::min(x.size(), y.size()) && x[i] == y[i]; ++i)
      if (x[i] == '\n') ++line, begin = i + 1;
    const auto rest = [&](const std::string &text) {
      return begin >= text.size() ? "nothing" : text.substr(begin, text.find('\n', begin) - begin);
    };
    return fmt::format("line {}: {}\n      but {}", line, rest(x), rest(y));
  };
  if (a.thrown != b.thrown) return fmt::format("thrown: '{}' but '{}'", a.thrown, b.thrown);
  for (std::size_t i = 0; i < std::max(a.errors.size(), b.errors.size()); ++i) {
    const std::string x = i < a.errors.size() ? a.errors[i] : "no error",
                      y = i < b.errors.size() ? b.errors[i] : "no error";
    if (x != y) return fmt::format("error {}: {}\n      but {}", i + 1, x, y);
  }
  if (a.error_count != b.error_count) return fmt::format("{} errors but {}", a.error_count, b.error_count);
  for (std::size_t i = 0; i < std::max(a.files.size(), b.files.size()); ++i) {
    if (i >= a.files.size() || i >= b.files.size() || a.files[i].first != b.files[i].first)
      return "other result files";
    if (a.files[i].second != b.files[i].second)
      return a.files[i].first + ", " + first_line(a.files[i].second, b.files[i].second);
  }
  if (a.counts == b.counts) return "choices, " + first_line(a.choices, b.choices);
  return "counts: " + first_line(a.counts, b.counts);
}

std::size_t rows_of(const Outcome &outcome) {
  std::size_t out = 0;
  for (const auto &[name, content] : outcome.files) {
    const auto lines = static_cast<std::size_t>(std::count(content.begin(), content.end(), '\n'));
    out += lines > 0 ? lines - 1 : 0;
  }
  return out;
}

std::optional<data::Dataset> dataset_of(const semantics::Program &program, const TextTables &tables,
                                        const ScratchFolder &folder, std::string &trouble,
                                        const CsvForm &form) {
  folder.fill(tables, form);
  data::DatasetSchema schema = program.schema;
  schema.tables_folder = folder.path().string(); // all files are in one
  data::ReadResult read = data::read_dataset(schema, folder.path(), data::Encoding::utf8);
  for (const data::DataError &error : read.errors) trouble += data::to_text(error) + "\n";
  if (read.error_count > 0) return std::nullopt;
  return std::move(read.dataset);
}

} // namespace steelyard::fuzz
