// Evaluated terms as strings in the expression syntax of docs/explain-json.md, with what each literal in them
// is.
#pragma once
#include "compiler/explain/facts.h"
#include "runtime/json/json.h"
#include <string>

namespace steelyard::explain {

/// {holds, condition, seen, parts}; holds is null where it was not looked at.
Json to_json(const Fact &fact);

class JsonExpressions {
public:
  JsonExpressions(interpret::Run &run, const TermText &text) : run_(run), text_(text) {}

  /// {text, expression, leaves, comparisons, value} of a term evaluated at `row`.
  Json operator()(const Evaluated &evaluated, const RowId &row);

  /// As a results file has it: canonical names, all decimals of the type; null when missing. A number that is
  /// no finite decimal is a fraction in lowest terms.
  Json value(const Value &value, const semantics::Type &type);
  Json key(const RowId &row);

private:
  std::string write(const Evaluated &evaluated, int around, Json *leaves);
  std::string literal(const Value &value, const semantics::Type &type) const;
  std::string constant_text(const semantics::Constant &constant, const semantics::Type &type) const;
  std::string named(const Term &term, int around) const;
  std::string leaf(const Evaluated &evaluated, Json *leaves);
  Json leaf_of(const Evaluated &evaluated);
  Json aggregate(const Evaluated &evaluated);
  Json table(const Evaluated &evaluated);
  Json neighbour(const Evaluated &evaluated);
  Json found_by(const Evaluated &evaluated, std::size_t steps);
  Json expression(const Evaluated &evaluated);
  void compare(const Evaluated &evaluated, Json &out);
  std::string rank(const Evaluated &evaluated, Json *leaves);
  Json side(const Evaluated &evaluated, bool ranked = false);
  /// The scope and key of `of` unless it is the row at which the formula stands.
  void locate(Json &out, const RowId &of);

  interpret::Run &run_;
  const TermText &text_;
  RowId at_;
};

} // namespace steelyard::explain
