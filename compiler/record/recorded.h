// A run file as a run again: the policy as it was, the input tables, and what was recorded of every row.
#pragma once
#include "compiler/record/layout.h"
#include "compiler/record/record.h"
#include "compiler/semantics/check.h"
#include "runtime/log/reader.h"
#include <filesystem>

namespace steelyard::record {

class Recorded {
public:
  /// A sentence where the file is damaged, or was written for another form of the policy than this program
  /// makes of it.
  static std::variant<std::unique_ptr<Recorded>, std::string> open(const std::filesystem::path &place);

  const log::RunFile &file() const { return file_; }
  const semantics::Program &program() const { return *policy_.program; }
  const Facts &facts() const { return facts_; }
  const std::vector<Table> &tables() const { return tables_; } ///< as in the file
  /// All input tables; rows in the order of their keys. Throws std::runtime_error where a frame is damaged.
  data::Dataset dataset() const;

  /// A cell as it stands in results; a reference as the key of its row.
  std::string cell_text(const log::ColumnInfo &column, const log::Cells &cells, std::size_t row) const;
  /// "case C0000001", "drg_tier BR21, secondary".
  std::string row_name(int table, std::uint64_t row) const;
  /// The key alone: "BR21, secondary".
  std::string key_text(int table, std::uint64_t row) const;

private:
  explicit Recorded(log::RunFile file) : file_(std::move(file)) {}
  std::optional<std::string> load();

  log::RunFile file_;
  Facts facts_;
  semantics::LoadResult policy_;
  std::vector<Table> tables_;
};

} // namespace steelyard::record
