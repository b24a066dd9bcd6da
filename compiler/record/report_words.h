// How a report writes names, cells, articles and numbers for its readers.
#pragma once
#include "compiler/explain/wording.h"
#include "compiler/record/partial_run.h"
#include "compiler/record/recorded.h"

namespace steelyard::record {

std::string escaped(std::string_view text);
/// The Chinese name, with the label where it says more.
std::string heading(const semantics::Names &names);
/// "1,234,567.80"; what is no number stays as it is.
std::string with_commas(std::string number);

class ReportWords {
public:
  ReportWords(const Recorded &recorded, const Given &given, const interpret::RunOptions &options);

  /// A cell: members by their Chinese names, numbers with commas. Not escaped.
  std::string cell(const Table &of, std::size_t column, const log::Cells &cells, std::uint64_t row) const;
  std::string key(int table, std::uint64_t row) const;
  /// The head of a column, with its unit: "清算总额 (元)".
  std::string head(const Table &of, std::size_t column) const;
  std::string articles(const semantics::Basis &basis) const { return say_.articles(basis); }
  /// A formula or a condition as the policy has it, with Chinese names.
  std::string formula(const semantics::Term &term) { return none_.run().term_text(term); }
  const semantics::Type &type(const Table &of, std::size_t column) const;

  static const char *number_class(const log::ColumnInfo &info) {
    return info.kind == log::Kind::decimal ? " class=\"n\"" : "";
  }

private:
  const Recorded &recorded_;
  const semantics::Program &program_;
  FileRows rows_;
  PartialRun none_; ///< a run without rows, for the wording
  explain::Wording say_;
};

} // namespace steelyard::record
