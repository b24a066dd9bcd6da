// Turns the cells of one column into a typed column, row by row. Not the finding of cells, and not the
// finding of the rows that references name: a reference column holds, until references.cpp is done with it,
// the indices of its distinct texts.
#pragma once
#include "runtime/data/cell_parser.h"
#include "runtime/data/dataset.h"
#include "runtime/data/draft_column.h"
#include "runtime/data/text_index.h"
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace steelyard::data {

/// The cells of one column that are read together, and how many at most: few enough to stay in the cache.
using CellBatch = std::span<const std::string_view>;
inline constexpr std::size_t batch_rows = 64;

/// A bad cell of a batch.
struct CellFault {
  std::size_t row = 0;    ///< within the batch
  std::size_t column = 0; ///< for the caller, who has several
  ErrorCode code = ErrorCode::none;
};

class ColumnReader {
public:
  /// `field` must outlive the reader.
  explicit ColumnReader(const FieldSchema &field);

  const FieldSchema &field() const { return *field_; }
  /// Not `none` when the default of the field is not a value of its type; every empty cell is then missing.
  ErrorCode default_fault() const { return default_fault_; }

  /// Appends the values of at most `batch_rows` cells; a missing value for each bad one, which is added to
  /// `faults`.
  void read(CellBatch cells, std::vector<CellFault> &faults);
  /// Makes room for `rows` rows.
  void reserve(std::size_t rows);
  /// Completes a column of `rows` rows. An absent column is as one of empty cells.
  void finish(std::size_t rows, bool is_absent);

  /// The value that `cell` has in this column, if it is one. Not for reference columns. The column must be
  /// complete: a text that no row has is not found.
  std::optional<Int128> find(std::string_view cell) const;

  DraftColumn &column() { return column_; }
  const DraftColumn &column() const { return column_; }
  /// For reference columns: which of the texts in the dictionary is the default, when a cell took it.
  std::optional<std::uint32_t> default_code() const { return default_code_; }
  /// Frees the index of the texts; `find` may not be used after it.
  void forget_texts() { texts_ = TextIndex(); }

private:
  ErrorCode read_decimal(std::string_view cell);
  void read_texts(CellBatch cells, std::vector<CellFault> &faults);
  ErrorCode parse(std::string_view cell, Int128 &value) const;
  ErrorCode read_empty();
  ErrorCode read_unusual(std::string_view cell);
  void append(Int128 value);
  void append_missing();
  std::uint32_t default_text_code();
  std::size_t rows() const { return is_wide_ ? column_.wide.size() : column_.values.size(); }

  const FieldSchema *field_;
  DraftColumn column_;
  TextIndex texts_;     ///< of column_.texts
  TextIndex spellings_; ///< of spelling_texts_
  std::vector<std::string> spelling_texts_;
  std::vector<std::int64_t> member_of_spelling_;
  std::int64_t narrow_min_ = 1; ///< bounds of the field as far as they fit 64 bits; at first an empty range
  std::int64_t narrow_max_ = 0;
  bool is_wide_ = false;
  std::optional<Int128> default_value_; ///< of kinds other than text and reference
  std::optional<std::uint32_t> default_code_;
  ErrorCode default_fault_ = ErrorCode::none;
};

} // namespace steelyard::data
