// One step as lines of text.
#pragma once
#include "compiler/explain/facts.h"
#include <map>
#include <string>
#include <tuple>

namespace steelyard::explain {

class StepText {
public:
  /// `numbers`: of the steps, by scope, row and field.
  using Numbers = std::map<std::tuple<int, int, int>, int>;
  StepText(interpret::Run &run, const Wording &say, const TermText &text, const Numbers &numbers,
           const std::vector<RowError> &errors)
      : run_(run), say_(say), text_(text), numbers_(numbers), errors_(errors) {}

  std::string operator()(const Step &step);
  /// A fact and its parts, `indent` blanks deep; `head` comes before the condition.
  void write(const Fact &fact, const std::string &head, std::size_t indent);
  std::string take() { return std::move(out_); }
  bool hinted() const { return hinted_; }
  /// Some row was told with the way to its own derivation.
  bool way_shown() const { return way_shown_; }
  /// " (基金月 职工, 9 的 月度点值: fund_month=employee,9)": results of rows other than `own` that a formula
  /// takes and no step derives.
  std::string elsewhere(const Evaluated &formula, const RowId &own) const;

private:
  void line(std::size_t indent, const std::string &text);
  void alternatives(const Step &step);
  std::string head_of(const Step &step, const Tried &tried) const;
  void formula(const Step &step);
  std::string formula_names(const Term &term) const;
  void sources(const Step &step, const Evaluated &evaluated);
  std::string hint(const Step &step);
  void aggregate(const Step &step, const Evaluated &node);
  void changed(const Evaluated &node);
  void cv(const Step &step, const Evaluated &node);
  void deductions(const Step &step, const DeductionList &list);
  void share(const Step &step, const Share &share);
  void result(const Step &step);
  std::string uses(const Evaluated &evaluated) const;
  /// Rows of the scope have results of their own.
  bool computed(int scope) const;

  const semantics::Field &field(const Step &step) const {
    return run_.program().field_of(run_.program().definitions[step.definition]);
  }

  interpret::Run &run_;
  const Wording &say_;
  const TermText &text_;
  const Numbers &numbers_;
  const std::vector<RowError> &errors_;
  std::string out_;
  bool hinted_ = false, way_shown_ = false;
};

} // namespace steelyard::explain
