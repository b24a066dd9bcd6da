// Terms as readers see them: with names, and with the numbers put in, step by step down to the result.
#pragma once
#include "compiler/explain/wording.h"
#include <map>
#include <string>
#include <vector>

namespace steelyard::explain {

/// How tightly an operator binds, as in the grammar; an operand that binds less is put in parentheses.
int binding(const Term &term);
const char *operator_text(syntax::BinaryOp op);

class TermText {
public:
  TermText(interpret::Run &run, const Wording &wording) : run_(run), say_(wording) {}

  const Wording &wording() const { return say_; }
  const semantics::Program &program() const { return run_.program(); }
  /// "费用 ÷ 病组等级.等级例均费用".
  std::string names(const Term &term) const { return names(term, 0); }
  /// The operand of an aggregate, in which a bare name is a field of the inner row.
  std::string operand_names(const semantics::Aggregate &aggregate) const;
  std::string set_name(const semantics::InSet &set) const;
  std::string list_names(const semantics::ListTerm &node) const;
  /// The right side of a comparison or a value as it was: a leaf's value, a formula with its numbers.
  std::string numbers(const Evaluated &evaluated) const;
  /// The formula with its numbers, then with parentheses, functions and products worked out one after the
  /// other, the last line the result (unrounded). One line for a single value.
  std::vector<std::string> working(const Evaluated &evaluated) const;
  /// "3 × 9876.00000000 = 29628.00000000"; a single value without "=".
  std::string numbers_and_result(const Evaluated &evaluated) const;
  /// Of a row of a table, what its tests say about the arguments: "100 < 103.00000000 <= 200".
  std::string table_tests(const Evaluated &call) const;
  /// "病组 = ES23, 月 = 3": by what the rows of an aggregate match, and perhaps its `where`.
  std::string matches(const Evaluated &evaluated, bool with_where) const;
  std::string path(const semantics::FieldRef &ref) const;

private:
  /// Nodes that are already worked out, and their texts.
  using Done = std::map<const Evaluated *, std::string>;

  std::string names(const Term &term, int around) const;
  std::string numbers(const Evaluated &evaluated, const Done &done, int around) const;
  std::string function_name(syntax::Function function) const;
  /// "10 个工作日起自 反馈日 按 节假日.上班".
  std::string working_days(const semantics::FunctionCall &call, const std::string &count,
                           const std::string &after) const;
  std::string leaf(const Evaluated &evaluated) const;
  std::string result(const Evaluated &evaluated) const;
  bool is_settled(const Evaluated &evaluated, const Done &done) const;
  bool is_ready(const Evaluated &evaluated, const Done &done) const;
  void work(const Evaluated &evaluated, const Done &before, Done &done) const;

  interpret::Run &run_;
  const Wording &say_;
};

} // namespace steelyard::explain
