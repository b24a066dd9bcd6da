// A run in which one recorded row can be derived: over the few rows that it rests on where that does, else
// over all of them.
#pragma once
#include "compiler/record/partial_run.h"
#include <functional>

namespace steelyard::record {

class RowRun {
public:
  /// What is run: the policy, and the record that rows are taken from. All must outlive this.
  struct Source {
    const semantics::Program &program;
    const std::vector<Table> &tables;
    RowStore &store;
    interpret::RunOptions options;
    std::function<data::Dataset()> all_rows; ///< empty: there are none to be had
  };
  explicit RowRun(Source source);

  using Use = std::function<void(interpret::Run &, const interpret::RowId &, const explain::DeriveOptions &)>;
  /// Has `use` evaluate at the row that `text` names; it is called again when rows were missing, and the last
  /// time counts. A sentence where that can't be done.
  std::optional<std::string> settle(const std::string &text, const Use &use);

  interpret::Run &run() { return whole_ ? *whole_ : partial_.run(); }
  PartialRun &partial() { return partial_; } ///< precondition: the row did not need all of them

private:
  Source source_;
  Given given_;
  PartialRun partial_;
  data::Dataset dataset_;
  std::unique_ptr<interpret::Run> whole_;
};

} // namespace steelyard::record
