// See record.h.
#include "compiler/record/record.h"
#include "compiler/record/dataset_cells.h"
#include "compiler/record/facts.h"
#include "compiler/record/layout.h"
#include "compiler/record/places.h"
#include <algorithm>
#include <filesystem>

namespace steelyard::record {

namespace {

/// Where each input row stands in the tables of the run: rows of the scope by their place, then the unused
/// ones.
struct InputPlaces {
  std::vector<int> input_rows;       ///< by place; -1: none
  std::vector<int> unused;           ///< input rows
  std::vector<std::uint32_t> number; ///< by input row
};

InputPlaces places_of(const semantics::Program &program, const data::Dataset &dataset,
                      interpret::Results &results, int scope) {
  InputPlaces out;
  const int table = program.scopes[scope].table;
  if (table < 0) return out;
  constexpr std::uint32_t nowhere = UINT32_MAX;
  out.input_rows = results.input_rows(scope);
  out.number.assign(dataset.tables[table].rows, nowhere);
  for (std::size_t place = 0; place < out.input_rows.size(); ++place)
    if (out.input_rows[place] >= 0)
      out.number[static_cast<std::size_t>(out.input_rows[place])] = static_cast<std::uint32_t>(place);
  for (std::size_t row = 0; row < out.number.size(); ++row)
    if (out.number[row] == nowhere) {
      out.number[row] = static_cast<std::uint32_t>(out.input_rows.size() + out.unused.size());
      out.unused.push_back(static_cast<int>(row));
    }
  return out;
}

class Recorder {
public:
  Recorder(const semantics::Program &program, const data::Dataset &dataset, interpret::Results &results)
      : program_(program), dataset_(dataset), results_(results) {
    for (std::size_t s = 0; s < program.scopes.size(); ++s)
      places_.push_back(places_of(program, dataset, results, static_cast<int>(s)));
  }

  std::size_t rows(const Table &table) const {
    return table.unused ? places_[table.scope].unused.size() : results_.rows(table.scope);
  }

  void cells(const Table &table, const Column &column, std::size_t begin, std::size_t end,
             log::Cells &out) const {
    switch (column.part) {
    case Part::key:
      return table.unused ? inputs(table, column, begin, end, out)
                          : results_.values(table.scope, column.field, begin, end, out);
    case Part::input:
      return inputs(table, column, begin, end, out);
    case Part::present:
      for (std::size_t at = begin; at < end; ++at)
        out.values.push_back(places_[table.scope].input_rows[at] >= 0 ? 1 : 0);
      return;
    case Part::order:
      for (std::size_t at = begin; at < end; ++at) {
        const int row = places_[table.scope].input_rows[at];
        out.given.push_back(row >= 0 ? 1 : 0);
        out.values.push_back(std::max(row, 0));
      }
      return;
    case Part::result:
      return results_.values(table.scope, column.field, begin, end, out);
    case Part::choice:
      return results_.choices(column.definition, begin, end, out);
    case Part::check:
      return results_.checks(column.check, begin, end, out);
    case Part::count:
    case Part::sum:
      return results_.aggregates(column.aggregate, column.part == Part::sum, begin, end, out);
    }
  }

private:
  void inputs(const Table &table, const Column &column, std::size_t begin, std::size_t end,
              log::Cells &out) const {
    const InputPlaces &places = places_[table.scope];
    const semantics::Scope &scope = program_.scopes[table.scope];
    const int index = scope.fields[column.field].column;
    const data::FieldSchema &schema = program_.schema.tables[scope.table].fields[index];
    const std::vector<int> &rows = table.unused ? places.unused : places.input_rows;
    read_cells(out, dataset_.tables[scope.table].columns[index], schema,
               std::span(rows).subspan(begin, end - begin));
    if (schema.kind != data::FieldKind::reference) return;
    const std::vector<std::uint32_t> &number = places_[scope_of_table(program_, schema.target)].number;
    for (std::size_t at = 0; at < out.values.size(); ++at)
      if (out.given[at] != 0) out.values.set(at, number[static_cast<std::size_t>(out.values[at])]);
  }

  const semantics::Program &program_;
  const data::Dataset &dataset_;
  interpret::Results &results_;
  std::vector<InputPlaces> places_; ///< by scope
};

} // namespace

void record(log::RunWriter &writer, const semantics::Program &program, const data::Dataset &dataset,
            interpret::Run &values, interpret::Results &results, const Facts &facts,
            const log::SigningKey *key) {
  const std::filesystem::path folder = std::filesystem::path(program.files.front().name).parent_path();
  for (const syntax::SourceFile &file : program.files)
    writer.add_text(std::filesystem::path(file.name)
                        .lexically_normal()
                        .lexically_relative(folder.lexically_normal())
                        .string(),
                    file.text);
  const Recorder recorder(program, dataset, results);
  for (const Table &table : layout_of(program)) {
    log::Table out;
    out.name = table.name;
    out.rows = recorder.rows(table);
    for (const Column &column : table.columns) out.columns.push_back(column.info);
    writer.add_table(std::move(out),
                     [&](std::size_t column, std::uint64_t begin, std::uint64_t end, log::Cells &cells) {
                       recorder.cells(table, table.columns[column], begin, end, cells);
                     });
  }
  writer.finish(facts_json(facts, values), key);
}

} // namespace steelyard::record
