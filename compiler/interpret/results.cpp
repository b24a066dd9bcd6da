// See results.h: the interpreter's values, as they are asked for.
#include "compiler/interpret/results.h"
#include "compiler/semantics/row_aggregates.h"
#include <stdexcept>

namespace steelyard::interpret {

namespace {

class InterpretedResults : public Results {
public:
  explicit InterpretedResults(Run &run) : run_(run), aggregates_(semantics::row_aggregates(run.program())) {}

  std::size_t rows(int scope) override { return run_.rows(scope).size(); }

  std::vector<int> input_rows(int scope) override {
    std::vector<int> out;
    for (const int row : run_.ordered_rows(scope)) out.push_back(run_.rows(scope).input_rows[row]);
    return out;
  }

  void values(int scope, int field, std::size_t begin, std::size_t end, log::Cells &out) override {
    const semantics::Type &type = run_.program().scopes[scope].fields[field].type;
    const std::vector<int> &order = run_.ordered_rows(scope);
    for (std::size_t at = begin; at < end; ++at) append(out, run_.value(scope, order[at], field), type);
  }

  void choices(int definition, std::size_t begin, std::size_t end, log::Cells &out) override {
    const std::vector<int> &order = run_.ordered_rows(run_.program().definitions[definition].scope);
    for (std::size_t at = begin; at < end; ++at) {
      const int choice = run_.choice(definition, order[at]);
      out.given.push_back(choice >= 0 ? 1 : 0);
      out.values.push_back(choice >= 0 ? choice : 0);
    }
  }

  void checks(int check, std::size_t begin, std::size_t end, log::Cells &out) override {
    const std::vector<int> &order = run_.ordered_rows(run_.program().checks[check].scope);
    for (std::size_t at = begin; at < end; ++at)
      out.values.push_back(run_.holds(check, order[at]).value_or(true) ? 1 : 0);
  }

  void aggregates(int aggregate, bool sum, std::size_t begin, std::size_t end, log::Cells &out) override {
    const semantics::RowAggregate &of = aggregates_[static_cast<std::size_t>(aggregate)];
    const int scope = run_.program().definitions[of.definition].scope;
    const std::vector<int> &order = run_.ordered_rows(scope);
    for (std::size_t at = begin; at < end; ++at) {
      const std::optional<Statistics> over = run_.statistics(*of.term, Frame{scope, order[at], nullptr});
      std::optional<number::Integer> number;
      if (over && sum) number = number::round(over->sum, of.scale, number::Rounding::half_up).units;
      if (over && !sum) number = number::Integer(static_cast<std::int64_t>(over->count));
      const bool kept = number && number->fits_int128();
      out.given.push_back(kept ? 1 : 0);
      out.values.push_back(kept ? static_cast<log::Int128>(*number) : 0);
    }
  }

  int threads() const override { return 1; }

private:
  void append(log::Cells &out, const Value &value, const semantics::Type &type) {
    if (is_failed(value)) throw std::logic_error("a failed value is kept");
    out.given.push_back(is_missing(value) ? 0 : 1);
    if (type.kind == semantics::TypeKind::text || type.kind == semantics::TypeKind::list) {
      const Text *text = std::get_if<Text>(&value);
      out.texts.push_back(text != nullptr ? text->text : std::string_view());
      return;
    }
    log::Int128 number = 0;
    if (const bool *truth = std::get_if<bool>(&value)) number = *truth ? 1 : 0;
    if (const Member *member = std::get_if<Member>(&value)) number = member->index;
    if (const Day *day = std::get_if<Day>(&value)) number = day->days;
    if (const Month *month = std::get_if<Month>(&value)) number = month->months;
    if (const Exact *exact = std::get_if<Exact>(&value)) {
      const int scale = std::max(type.scale, 0);
      if (!number::fits_scale(*exact, scale)) throw std::logic_error("a value is kept that was not rounded");
      number = static_cast<log::Int128>(number::round(*exact, scale, number::Rounding::half_up).units);
    }
    if (const RowId *row = std::get_if<RowId>(&value)) {
      run_.ordered_rows(row->scope);
      number = run_.rows(row->scope).rank[row->row];
    }
    out.values.push_back(number);
  }

  Run &run_;
  std::vector<semantics::RowAggregate> aggregates_;
};

} // namespace

std::unique_ptr<Results> results_of(Run &run) {
  return std::make_unique<InterpretedResults>(run);
}

} // namespace steelyard::interpret
