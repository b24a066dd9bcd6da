// Reads one file row by row. Cells go from the mapping straight into the columns; a row is taken only when it
// has as many cells as the header, so that columns never get out of step.
#include "runtime/data/table_reader.h"
#include "runtime/data/csv_scanner.h"
#include "runtime/data/file_text.h"
#include "runtime/data/header_match.h"
#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <limits>
#include <system_error>
#include <utility>

namespace steelyard::data {
namespace {

constexpr std::size_t max_line = std::numeric_limits<std::uint32_t>::max() - 1;
/// After so many rows the length of a row is known well enough to make room for all of them.
constexpr std::size_t sample_rows = 4096;

/// A column of the table, where its cells stand in a record, and its cells of the batch.
struct BoundColumn {
  ColumnReader *reader = nullptr;
  std::size_t field = 0;
  std::size_t cell = HeaderMatch::absent;
  std::array<std::string_view, batch_rows> batch;
};

class TableReading {
public:
  TableReading(TableDraft &draft, std::string_view text)
      : draft_(draft), schema_(*draft.schema), scanner_(text), size_(text.size()) {}

  void run() {
    if (!read_header()) return;
    draft_.state = TableState::complete;
    while (scanner_.next()) {
      if (scanner_.line() > max_line) {
        draft_.state = TableState::incomplete;
        error(ErrorCode::file_unreadable, Place{scanner_.line(), 0, {}, {}},
              fmt::format("the file has too many lines; at most {} are expected", max_line));
        break;
      }
      if (!row_has_shape()) continue;
      take_row();
      if (batched_ == batch_rows) read_batch();
    }
    read_batch();
  }

  bool is_absent(std::size_t field) const { return match_.cell_of_field[field] == HeaderMatch::absent; }

private:
  /// Reports what is wrong with the row at hand, after the bad cells of the rows before it.
  void error(ErrorCode code, const Place &place, std::string message) {
    if (batched_ > 0) read_batch();
    draft_.logs[0].report(code, schema_.file, place, [&] { return std::move(message); });
  }

  bool read_header() {
    match_.cell_of_field.assign(schema_.fields.size(), HeaderMatch::absent);
    if (!scanner_.next()) {
      error(ErrorCode::header_missing, {},
            "the file is empty; a first line with the names of the columns is expected");
      return false;
    }
    if (scanner_.fault() != CsvFault::none) {
      report_fault();
      return false;
    }
    if (scanner_.is_blank()) {
      error(ErrorCode::header_missing, Place{1, 0, {}, {}},
            "the first line is blank; the names of the columns are expected there");
      return false;
    }
    std::optional<HeaderMatch> match =
        match_header(schema_, scanner_.cells(), draft_.logs[0], draft_.warnings);
    if (!match) return false;
    match_ = std::move(*match);
    width_ = scanner_.cell_count();
    scanner_.fix_width(width_);
    for (std::size_t f = 0; f < schema_.fields.size(); ++f) {
      ColumnReader &column = draft_.columns[f];
      if (column.default_fault() != ErrorCode::none) report_default(column);
      if (!is_absent(f)) bound_.push_back({&column, f, match_.cell_of_field[f], {}});
    }
    return true;
  }

  void report_default(const ColumnReader &column) {
    const FieldSchema &field = column.field();
    error(ErrorCode::default_unusable, Place{0, 0, field.name, *field.default_text},
          fmt::format("the policy's default for an empty cell cannot be used: {}",
                      describe_cell_fault(column.default_fault(), field, *field.default_text)));
  }

  /// True when the record is a row of the table; reports it when it is neither that nor the blank end.
  bool row_has_shape() {
    if (scanner_.fault() != CsvFault::none) {
      report_fault();
    } else if (scanner_.is_blank()) {
      if (scanner_.rest_is_blank()) return false;
      if (width_ == 1) return true; // a file of one column has no other way to write an empty cell
      error(ErrorCode::blank_line, Place{scanner_.line(), 0, {}, {}},
            "the line is blank; a row is expected on every line up to the end of the file");
      return false;
    } else if (scanner_.cell_count() != width_) {
      bool few = scanner_.cell_count() < width_;
      error(few ? ErrorCode::too_few_cells : ErrorCode::too_many_cells, Place{scanner_.line(), 0, {}, {}},
            fmt::format("the row has {} cell{}, but the header has {}; {}", scanner_.cell_count(),
                        scanner_.cell_count() == 1 ? "" : "s", width_,
                        few ? "an empty cell needs its comma too"
                            : "a cell that contains a comma must be in quotation marks"));
    } else {
      return true;
    }
    draft_.state = TableState::incomplete;
    return false;
  }

  void report_fault() {
    Place place{scanner_.line(), 0, {}, {}};
    for (const BoundColumn &column : bound_) {
      if (column.cell == scanner_.cell_count()) place.column = column.reader->field().name;
    }
    switch (scanner_.fault()) {
    case CsvFault::quote_not_closed:
      error(
          ErrorCode::quote_not_closed, place,
          "a cell begins with a quotation mark and the file ends before the closing one; both are expected");
      break;
    case CsvFault::lone_carriage_return:
      error(ErrorCode::lone_carriage_return, place,
            "a carriage return (CR) stands without a line feed; lines must end with LF or CRLF, and a cell "
            "that contains a line break must be in quotation marks");
      break;
    default:
      error(ErrorCode::quotes_out_of_order, place,
            "quotation marks are out of order; a cell that contains one must be in quotation marks as a "
            "whole, with each one inside it doubled");
    }
  }

  void take_row() {
    const std::vector<std::string_view> &cells = scanner_.cells();
    draft_.lines.push_back(static_cast<std::uint32_t>(scanner_.line()));
    for (BoundColumn &column : bound_) column.batch[batched_] = cells[column.cell];
    ++batched_;
  }

  /// Reads the rows taken so far, column by column, and reports their bad cells row by row.
  void read_batch() {
    faults_.clear();
    for (BoundColumn &column : bound_) {
      std::size_t before = faults_.size();
      column.reader->read(CellBatch(column.batch).first(batched_), faults_);
      for (std::size_t i = before; i < faults_.size(); ++i) {
        faults_[i].column = static_cast<std::size_t>(&column - bound_.data());
      }
    }
    std::sort(faults_.begin(), faults_.end(), [](const CellFault &a, const CellFault &b) {
      return std::pair(a.row, a.column) < std::pair(b.row, b.column);
    });
    for (const CellFault &fault : faults_) report_cell(fault);
    batched_ = 0;
    scanner_.release();
    if (!has_reserved_ && draft_.row_count() >= sample_rows) reserve_for_rest();
  }

  void report_cell(const CellFault &fault) {
    const BoundColumn &column = bound_[fault.column];
    const FieldSchema &field = column.reader->field();
    std::string_view cell = column.batch[fault.row];
    std::size_t line = draft_.lines[draft_.lines.size() - batched_ + fault.row];
    if (field.is_key) draft_.state = TableState::incomplete;
    draft_.logs[0].report(fault.code, schema_.file, Place{line, column.field, field.name, cell},
                          [&] { return describe_cell_fault(fault.code, field, cell); });
  }

  void reserve_for_rest() {
    has_reserved_ = true;
    std::size_t rows = size_ / (scanner_.position() / draft_.row_count());
    std::size_t room = rows + rows / 32; // later rows may be shorter than the first ones
    draft_.lines.reserve(room);
    for (const BoundColumn &column : bound_) column.reader->reserve(room);
  }

  TableDraft &draft_;
  const TableSchema &schema_;
  CsvScanner scanner_;
  std::size_t size_ = 0;
  HeaderMatch match_;
  std::size_t width_ = 0;
  std::vector<BoundColumn> bound_; ///< in the order of fields
  std::size_t batched_ = 0;        ///< rows in the batch
  bool has_reserved_ = false;
  std::vector<CellFault> faults_; ///< of the batch
};

void report_file(TableDraft &draft, ErrorCode code, std::size_t line, std::string message) {
  draft.logs[0].report(code, draft.schema->file, Place{line, 0, {}, {}}, [&] { return std::move(message); });
}

} // namespace

TableDraft::TableDraft(const TableSchema &table_schema, std::size_t kept) : schema(&table_schema) {
  for (const FieldSchema &field : table_schema.fields) columns.emplace_back(field);
  logs.emplace_back(kept);
}

void read_table(TableDraft &draft, const std::filesystem::path &folder, Encoding encoding) {
  std::filesystem::path path = folder / draft.schema->file;
  std::error_code ignored;
  if (!std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) {
    if (draft.schema->file_optional) {
      draft.state = TableState::absent;
    } else {
      report_file(
          draft, ErrorCode::file_missing, 0,
          fmt::format("the file is missing; {} must be read from a file of this name in the folder of "
                      "{}",
                      draft.schema->name, draft.schema->of_tables ? "tables (--tables)" : "the dataset"));
    }
    return;
  }
  draft.has_file = true;
  FileText file;
  if (std::optional<FileFault> fault = file.load(path, encoding)) {
    report_file(draft, fault->code, fault->line, std::move(fault->message));
    return;
  }
  TableReading reading(draft, file.text());
  reading.run();
  for (std::size_t f = 0; f < draft.columns.size(); ++f) {
    draft.columns[f].finish(draft.row_count(), reading.is_absent(f));
  }
}

} // namespace steelyard::data
