// A dataset as texts, before it is read: what a folder of CSV files holds. Everything that changes a dataset
// (shrinking, metamorphic changes) works on this.
#pragma once
#include "runtime/data/dataset.h"
#include "tests/fuzz/random.h"
#include <filesystem>
#include <string>
#include <vector>

namespace steelyard::fuzz {

struct TextTable {
  std::string file;
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  bool present = true; ///< the file is there

  int column(const std::string &name) const;
};
using TextTables = std::vector<TextTable>; ///< parallel to the schema's tables

/// How the same table can be written down.
struct CsvForm {
  bool byte_order_mark = false, crlf = false, quote_all = false, last_line_end = true;
};
std::string csv_text(const TextTable &table, const CsvForm &form = {});

/// The records of well-formed CSV text, the header first.
std::vector<std::vector<std::string>> csv_records(const std::string &text);

/// A folder of its own in the system's temporary folder, removed with its contents at the end.
class ScratchFolder {
public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder &) = delete;
  ScratchFolder &operator=(const ScratchFolder &) = delete;
  const std::filesystem::path &path() const { return path_; }
  /// Only these files are there afterwards.
  void fill(const TextTables &tables, const CsvForm &form = {}) const;

private:
  std::filesystem::path path_;
};

void write_tables(const TextTables &tables, const std::filesystem::path &folder, const CsvForm &form = {});
/// The files of a dataset folder as they stand; tables without a file are not present.
TextTables read_tables(const data::DatasetSchema &schema, const std::filesystem::path &folder);

} // namespace steelyard::fuzz
