// Recorded rows one at a time, wherever they are kept: in a run file, or in an extract of it.
#pragma once
#include "compiler/record/layout.h"
#include "runtime/log/reader.h"
#include <optional>

namespace steelyard::record {

/// A row of a table of the run.
struct Place {
  int table = -1;
  std::uint64_t row = 0;
  auto operator<=>(const Place &) const = default;
};

class RowStore {
public:
  virtual ~RowStore() = default;
  virtual std::optional<std::uint64_t> find(int table, const std::vector<log::Cell> &key) = 0;
  /// All columns, one row each.
  virtual std::vector<log::Cells> row(const Place &place) = 0;
  /// How many rows a table has; row() gives each of them.
  virtual std::uint64_t rows(int table) = 0;
};

/// Of a run file.
class FileRows : public RowStore {
public:
  explicit FileRows(const log::RunFile &file) : file_(file) {}
  std::optional<std::uint64_t> find(int table, const std::vector<log::Cell> &key) override {
    return file_.find_row(table, key);
  }
  std::vector<log::Cells> row(const Place &place) override { return file_.row(place.table, place.row); }
  std::uint64_t rows(int table) override {
    return file_.contents().tables[static_cast<std::size_t>(table)].rows;
  }

private:
  const log::RunFile &file_;
};

} // namespace steelyard::record
