// A run over the few rows that one row's derivation rests on. Rows are taken from the record when the
// interpreter first looks for them; what was computed over many rows is taken as it was recorded, everything
// else is computed again.
#pragma once
#include "compiler/explain/derive.h"
#include "compiler/interpret/example_data.h"
#include "compiler/interpret/run.h"
#include "compiler/record/given.h"
#include "compiler/record/row_store.h"
#include "compiler/semantics/row_aggregates.h"
#include <functional>
#include <map>
#include <memory>
#include <set>

namespace steelyard::record {

class PartialRun : private interpret::Observer {
public:
  /// All must outlive this.
  PartialRun(const semantics::Program &program, const std::vector<Table> &tables, RowStore &store,
             const Given &given, interpret::RunOptions options);
  ~PartialRun() override;

  /// The row of a table, with all rows that it refers to.
  void add(const Place &place);
  /// Makes a run over the rows that are there and has `use` evaluate; where it looked for rows that are
  /// recorded and not there yet, they are added, and all is done again. The last run is kept.
  void settle(const std::function<void(interpret::Run &)> &use);
  interpret::Run &run() { return *run_; }
  /// For derivations in its run: what was recorded is taken as it is. Must not outlive this.
  explain::DeriveOptions derive_options();
  /// All rows that are there: what the derivation rests on.
  std::vector<Place> places() const;
  /// Where a row of the run is recorded. Precondition: it is.
  Place place_of(const interpret::RowId &row);
  /// A sentence where a result of the row is another than the recorded one: rows that it rests on are not
  /// there, or were changed.
  std::optional<std::string> disagreement(const interpret::RowId &row);
  /// The row of the run under way that was recorded at `place`. Precondition: it was added.
  interpret::RowId row_of(const Place &place);

private:
  std::vector<explain::RecordedAggregate> aggregates(const interpret::RowId &row, int definition);
  void on_lookup(int scope, const interpret::Key &key) override;
  void on_scan(int scope) override;
  int table_of(int scope, bool unused) const;
  std::optional<log::Cell> cell_of(const interpret::Value &value, const semantics::Type &type);
  std::optional<Place> place_of(int scope, const interpret::Key &key);
  semantics::Constant constant_of(const log::ColumnInfo &info, const log::Cells &cells);
  void build();
  std::vector<Place> in_order() const;

  const semantics::Program &program_;
  const std::vector<Table> &tables_;
  RowStore &store_;
  const Given &given_;
  interpret::RunOptions options_;
  std::map<Place, std::vector<log::Cells>> rows_;
  std::set<Place> wanted_; ///< looked for in the run under way, and not there
  std::set<int> scanned_;  ///< scopes all rows of which are there
  std::set<std::pair<int, std::vector<log::Cell>>> absent_; ///< keys that the record does not have
  bool building_ = false;
  data::Dataset dataset_;
  interpret::ExampleRows example_;
  std::unique_ptr<interpret::Run> run_;
  std::vector<semantics::RowAggregate> aggregates_;
};

/// The recorded row that `text` names ("case=C0000001"), or a sentence that says what is wrong with it.
std::variant<Place, std::string> find_place(const semantics::Program &program,
                                            const std::vector<Table> &tables, RowStore &store,
                                            const std::string &text);

} // namespace steelyard::record
