// Cutting a file into pieces and reading them.
//
// A cut is right when no quoted cell goes over it, which shows only when the piece before it is read: it must
// end where the next one begins. As the first piece begins rightly, that is so for all pieces or the table is
// read again by one thread, which begins each piece where the one before it ended.
#include "runtime/data/sound_table.h"
#include "runtime/data/csv_scanner.h"
#include "runtime/data/encoding.h"
#include "runtime/data/header_match.h"
#include "runtime/data/tasks.h"
#include <algorithm>
#include <cstring>
#include <limits>
#include <system_error>

namespace steelyard::data {
namespace {

constexpr std::size_t margin = 16; ///< bytes around a cell that may be read with it

CellForm form_of(const FieldSchema &field, std::size_t keys) {
  if (field.kind == FieldKind::decimal) return CellForm::decimal;
  return field.kind == FieldKind::text && field.is_key && keys == 1 ? CellForm::key_text : CellForm::distinct;
}

/// What one thread works with.
struct Bench {
  PartReader reader;
  CellEnds ends;
  std::string copy; ///< of the text of a piece, with a margin
};

class SoundReading {
public:
  SoundReading(SoundTable &table, FileText &file, int threads, std::size_t piece_bytes)
      : table_(table), file_(file), text_(file.text()), threads_(threads), piece_bytes_(piece_bytes) {}

  bool run() {
    if (!read_header() || !trim_end()) return false;
    if (begin_ == text_.size()) return true;
    cut();
    if (read_apart()) return is_sound_;
    threads_ = 1;
    return read_in_turn();
  }

private:
  bool read_header() {
    CsvScanner scanner(text_);
    if (!scanner.next() || scanner.fault() != CsvFault::none || scanner.is_blank()) return false;
    begin_ = scanner.position();
    if (find_text_fault(text_.substr(0, begin_)).kind != TextFault::Kind::none) return false;
    ErrorLog log(1);
    const std::optional<HeaderMatch> match =
        match_header(*table_.schema, scanner.cells(), log, table_.warnings);
    if (!match || log.count() > 0) return false;
    width_ = scanner.cell_count();
    const auto keys =
        static_cast<std::size_t>(std::count_if(table_.schema->fields.begin(), table_.schema->fields.end(),
                                               [](const FieldSchema &field) { return field.is_key; }));
    for (std::size_t f = 0; f < table_.schema->fields.size(); ++f) {
      const FieldSchema &field = table_.schema->fields[f];
      auto reader = std::make_unique<ColumnReader>(field);
      if (reader->default_fault() != ErrorCode::none) return false;
      if (match->cell_of_field[f] == HeaderMatch::absent) continue;
      FileColumn column;
      column.field = f;
      column.cell = match->cell_of_field[f];
      column.form = form_of(field, keys);
      column.has_default = field.default_text.has_value() && !field.is_key;
      column.may_be_empty = !field.is_key && (field.optional || column.has_default);
      column.reader = std::move(reader);
      if (column.form == CellForm::decimal && !set_bounds(column)) return false;
      table_.columns.push_back(std::move(column));
    }
    return true;
  }

  /// The bounds of a decimal and its default; false when they are beyond 64 bits.
  static bool set_bounds(FileColumn &column) {
    const FieldSchema &field = column.reader->field();
    constexpr Int128 lowest = std::numeric_limits<std::int64_t>::min();
    constexpr Int128 highest = std::numeric_limits<std::int64_t>::max();
    const Int128 least = field.min.value_or(lowest) + (field.min && field.min_exclusive ? 1 : 0);
    column.least = static_cast<std::int64_t>(std::clamp(least, lowest, highest));
    column.most = static_cast<std::int64_t>(std::clamp(field.max.value_or(highest), lowest, highest));
    if (!column.has_default) return true;
    const std::optional<Int128> value = column.reader->find(*field.default_text);
    if (!value || *value < lowest || *value > highest) return false;
    column.default_units = static_cast<std::int64_t>(*value);
    return true;
  }

  /// Leaves out blank lines at the end, and keeps the line end of the last row.
  bool trim_end() {
    for (;;) {
      const std::string_view body = text_.substr(begin_);
      std::size_t ends = 0;
      if (body.ends_with("\n\n")) {
        ends = 1;
      } else if (body.ends_with("\n\r\n")) {
        ends = 2;
      } else if (body == "\n" || body == "\r\n") {
        ends = body.size();
      }
      if (ends == 0) return !body.ends_with('\r');
      text_.remove_suffix(ends);
    }
  }

  void cut() {
    cuts_.push_back(begin_);
    for (std::size_t at = begin_ + piece_bytes_; at < text_.size(); at = cuts_.back() + piece_bytes_) {
      const std::size_t feed = text_.find('\n', at);
      if (feed == text_.npos || feed + 1 == text_.size()) break;
      cuts_.push_back(feed + 1);
    }
    cuts_.push_back(text_.size());
  }

  void start(std::size_t pieces) {
    table_.pieces.clear();
    table_.pieces.resize(pieces);
    table_.distinct.clear();
    table_.distinct.resize(static_cast<std::size_t>(threads_));
    for (std::vector<DistinctCells> &cells : table_.distinct) cells.resize(table_.columns.size());
    benches_.clear();
    benches_.resize(static_cast<std::size_t>(threads_));
  }

  /// False when a cut was wrong.
  bool read_apart() {
    const std::size_t pieces = cuts_.size() - 1;
    start(pieces);
    std::vector<std::size_t> stopped(pieces);
    std::vector<char> sound(pieces);
    for_tasks(pieces, threads_, [&](std::size_t piece, std::size_t thread) {
      sound[piece] = read_piece(piece, thread, cuts_[piece], cuts_[piece + 1], stopped[piece]) ? 1 : 0;
    });
    is_sound_ = true;
    for (std::size_t piece = 0; piece < pieces; ++piece) {
      if (sound[piece] == 0) {
        is_sound_ = false;
        return true;
      }
      if (stopped[piece] != cuts_[piece + 1]) return false;
    }
    return true;
  }

  bool read_in_turn() {
    start(0);
    for (std::size_t at = begin_; at != text_.size();) {
      std::size_t end = text_.size();
      if (piece_bytes_ < text_.size() - at) {
        const std::size_t feed = text_.find('\n', at + piece_bytes_);
        end = feed == text_.npos ? text_.size() : feed + 1;
      }
      table_.pieces.emplace_back();
      if (!read_piece(table_.pieces.size() - 1, 0, at, end, end)) return false;
      at = end;
    }
    return true;
  }

  /// Reads the rows that begin in [begin, end); `stopped` is where the last one ends.
  bool read_piece(std::size_t number, std::size_t thread, std::size_t begin, std::size_t end,
                  std::size_t &stopped) {
    Bench &bench = benches_[thread];
    file_.bring(text_.data() + begin, end - begin);
    std::string_view text = text_.substr(begin, end - begin);
    stopped = end;
    PieceCells cells;
    find_cell_ends(text, bench.ends);
    if (bench.ends.has_nul) return false;
    if (bench.ends.has_quote) {
      if (!copy_quoted(bench, begin, end, stopped)) return false;
      cells.text = bench.copy.data() + margin;
    } else {
      if (bench.ends.has_beyond_ascii && find_text_fault(text).kind != TextFault::Kind::none) return false;
      if (bench.ends.has_carriage_return && has_lone_return(text)) return false;
      if (!has_rows_of_width(bench.ends, text)) return false;
      cells.has_carriage_returns = bench.ends.has_carriage_return;
      const std::size_t before = begin + static_cast<std::size_t>(text_.data() - file_.text().data());
      if (before < margin || file_.text().size() - (before + text.size()) < margin) {
        bench.copy.assign(margin, '\0');
        bench.copy.append(text);
        bench.copy.append(margin, '\0');
        cells.text = bench.copy.data() + margin;
      } else {
        cells.text = text.data();
      }
    }
    cells.ends = &bench.ends;
    cells.width = width_;
    cells.rows = bench.ends.cells / width_;
    cells.first_place = static_cast<std::uint64_t>(number) << 32U;
    TablePiece &piece = table_.pieces[number];
    piece.rows = cells.rows;
    piece.thread = thread;
    piece.parts.resize(table_.columns.size());
    for (std::size_t c = 0; c < table_.columns.size(); ++c)
      if (!bench.reader.read(table_.columns[c], cells, table_.distinct[thread][c], piece.parts[c]))
        return false;
    file_.let_go(text.data(), stopped - begin);
    return true;
  }

  /// A carriage return that no line feed follows.
  static bool has_lone_return(std::string_view text) {
    for (std::size_t at = text.find('\r'); at != text.npos; at = text.find('\r', at + 1))
      if (at + 1 == text.size() || text[at + 1] != '\n') return true;
    return false;
  }

  bool has_rows_of_width(const CellEnds &ends, std::string_view text) const {
    if (ends.line_feeds * width_ != ends.cells) return false;
    for (std::size_t at = width_; at <= ends.cells; at += width_)
      if (ends.at[at] != text.size() && text[ends.at[at]] != '\n') return false;
    return true;
  }

  /// Copies the cells of a piece with quotation marks, without these, and notes where they end in the copy.
  bool copy_quoted(Bench &bench, std::size_t begin, std::size_t end, std::size_t &stopped) const {
    CsvScanner scanner(text_.substr(begin));
    scanner.fix_width(width_);
    bench.copy.assign(margin, '\0');
    std::vector<std::uint32_t> at;
    while (begin + scanner.position() < end && scanner.next()) {
      if (scanner.fault() != CsvFault::none || scanner.cell_count() != width_) return false;
      if (scanner.is_blank() && width_ != 1) return false;
      for (const std::string_view cell : scanner.cells()) {
        bench.copy.append(cell);
        at.push_back(static_cast<std::uint32_t>(bench.copy.size() - margin));
        bench.copy.push_back(',');
      }
      scanner.release();
    }
    stopped = begin + scanner.position();
    const std::string_view text = text_.substr(begin, stopped - begin);
    if (find_text_fault(text).kind != TextFault::Kind::none) return false;
    bench.copy.append(margin, '\0');
    bench.ends.start(at.size());
    std::copy(at.begin(), at.end(), bench.ends.at.get() + 1);
    bench.ends.cells = at.size();
    return true;
  }

  SoundTable &table_;
  FileText &file_;
  std::string_view text_;
  int threads_ = 1;
  std::size_t piece_bytes_ = 0;
  std::size_t begin_ = 0; ///< of the first row
  std::size_t width_ = 0;
  bool is_sound_ = false;
  std::vector<std::size_t> cuts_; ///< where pieces begin, and the end
  std::vector<Bench> benches_;    ///< by thread
};

} // namespace

const FileColumn *SoundTable::column_of(std::size_t field) const {
  for (const FileColumn &column : columns)
    if (column.field == field) return &column;
  return nullptr;
}

bool read_sound_table(SoundTable &table, const std::filesystem::path &folder, Encoding encoding, int threads,
                      std::size_t piece_bytes) {
  const std::filesystem::path path = folder / table.schema->file;
  std::error_code ignored;
  if (!std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) {
    table.distinct.resize(1);
    return table.schema->file_optional;
  }
  table.has_file = true;
  FileText file;
  if (file.open(path, encoding) || !SoundReading(table, file, threads, piece_bytes).run()) return false;
  for (const TablePiece &piece : table.pieces) table.rows += piece.rows;
  return table.rows <= static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max());
}

} // namespace steelyard::data
