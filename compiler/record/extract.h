// An extract: one row with the rows that its derivation rests on, and the proof that they belong to a run,
// without any other row of it. One JSON file (docs/run-file.md).
#pragma once
#include "compiler/record/recorded.h"
#include "compiler/record/row_store.h"
#include <filesystem>
#include <map>

namespace steelyard::record {

/// The text of an extract of `rows`; the first is the one that was asked for.
std::string extract_json(const Recorded &recorded, const std::vector<Place> &rows);

class Extract : public RowStore {
public:
  /// A sentence where the file is no extract, or is damaged.
  static std::variant<std::unique_ptr<Extract>, std::string> open(const std::filesystem::path &file);

  /// What does not fit together: sentences. Nothing: the manifest is signed by the key beside it (where it is
  /// signed), and the texts and all rows belong to it.
  std::vector<std::string> verify() const;
  const std::optional<log::Signature> &signature() const { return signature_; }
  const log::Contents &contents() const { return contents_; } ///< without places
  const std::vector<std::pair<std::string, std::string>> &texts() const { return texts_; }
  const Place &asked() const { return asked_; }
  std::size_t row_count() const { return rows_.size(); }

  std::optional<std::uint64_t> find(int table, const std::vector<log::Cell> &key) override;
  std::vector<log::Cells> row(const Place &place) override;
  std::uint64_t rows(int table) override { return contents_.tables[static_cast<std::size_t>(table)].rows; }

private:
  struct Row {
    std::vector<log::Cells> cells;
    log::Salt salt{};
    log::Proof in_chunk, in_table;
  };
  void read(std::string_view json);

  std::string manifest_;
  log::Contents contents_;
  std::optional<log::Signature> signature_;
  std::vector<std::pair<std::string, std::string>> texts_;
  std::map<Place, Row> rows_;
  Place asked_;
};

} // namespace steelyard::record
