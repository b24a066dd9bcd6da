// See row_run.h.
#include "compiler/record/row_run.h"
#include "compiler/explain/row_spec.h"

namespace steelyard::record {

RowRun::RowRun(Source source)
    : source_(std::move(source)), given_(given_of(source_.program)),
      partial_(source_.program, source_.tables, source_.store, given_, source_.options) {}

std::optional<std::string> RowRun::settle(const std::string &text, const Use &use) {
  std::optional<std::string> wrong;
  bool needs_all = false;
  partial_.settle([&](interpret::Run &run) {
    const auto row = explain::find_row(run, text, true);
    const auto *at = std::get_if<interpret::RowId>(&row);
    wrong = at != nullptr ? std::nullopt : std::optional(std::get<std::string>(row));
    needs_all = at != nullptr && (given_.scope_over_rows[at->scope] || given_.reads_let_over_rows);
    if (at == nullptr || needs_all) return;
    use(run, *at, partial_.derive_options());
    if (const auto sentence = partial_.disagreement(*at)) wrong = text + ": " + *sentence;
  });
  if (wrong || !needs_all) return wrong;
  if (!source_.all_rows)
    return text + ": its results are computed over many rows, which an extract does not carry";
  dataset_ = source_.all_rows();
  whole_ = std::make_unique<interpret::Run>(source_.program, dataset_, source_.options);
  explain::DeriveOptions derive = partial_.derive_options();
  derive.given.clear();
  derive.aggregates = {};
  use(*whole_, std::get<interpret::RowId>(explain::find_row(*whole_, text)), derive);
  return std::nullopt;
}

} // namespace steelyard::record
