// The words of derivations in Chinese and English, and how values, rows and articles are written for readers.
#pragma once
#include "compiler/explain/derivation.h"
#include <string>

namespace steelyard::explain {

enum class Language { zh, en };

class Wording {
public:
  Wording(interpret::Run &run, Language language) : run_(run), language_(language) {}

  bool chinese() const { return language_ == Language::zh; }
  /// The phrase of the language.
  std::string say(const char *zh, const char *en) const { return chinese() ? zh : en; }
  const std::string &name(const semantics::Names &names) const {
    return chinese() ? names.chinese() : names.canonical();
  }
  /// " "实际发生医疗费用"", or "" where the label says no more than the name.
  std::string label(const semantics::Names &names) const;

  /// "第十一条(一)、第十六条", "article 11 (1), article 16"; "" without articles.
  std::string articles(const semantics::Basis &basis) const;
  /// "  〔hospital_rules〕" for a rule of a policy that amends another or stands on one; "" for a rule of the
  /// policy at the bottom.
  std::string layer(const syntax::Span &span) const;
  /// "病组 ES23", "机构基金月 H001, 职工, 3"; the run as a whole is "总体".
  std::string row(const RowId &row) const;
  /// "ES23", "H001, 职工, 3".
  std::string key(const RowId &row) const;
  /// As the command line takes it: "hospital_fund=H001,employee".
  std::string row_argument(const RowId &row) const;
  std::string file(int scope) const; ///< "history.csv"; "" without an input file

  /// All decimals of the type; a number that is no finite decimal as its first digits with "…".
  std::string value(const Value &value, const semantics::Type &type) const;
  std::string constant(const semantics::Constant &constant, const semantics::Type &type) const;
  std::string unit(const semantics::Type &type) const; ///< " 元"; "" for plain numbers
  std::string rounding(number::Rounding mode) const;
  std::string day(std::int64_t days) const;

private:
  interpret::Run &run_;
  Language language_;
};

/// At least `decimals` decimals of a finite decimal; else twelve, and "…".
std::string number_text(const Exact &value, int decimals = 0);
/// The number as far as needed to see how it is rounded to `decimals` decimals.
std::string before_rounding(const Exact &value, int decimals);
/// The root of `square`, likewise.
std::string root_text(const Exact &square, bool negative, int decimals);
bool is_finite_decimal(const Exact &value);

} // namespace steelyard::explain
