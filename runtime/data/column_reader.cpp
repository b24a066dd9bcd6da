// Reads cells by kind, with a short path for the common ones: texts, and decimals that fit 64 bits.
#include "runtime/data/column_reader.h"
#include <algorithm>
#include <array>
#include <limits>

namespace steelyard::data {
namespace {

constexpr Int128 narrow_lowest = std::numeric_limits<std::int64_t>::min();
constexpr Int128 narrow_highest = std::numeric_limits<std::int64_t>::max();

bool holds_text(FieldKind kind) {
  return kind == FieldKind::text || kind == FieldKind::reference;
}

} // namespace

ColumnReader::ColumnReader(const FieldSchema &field) : field_(&field) {
  for (std::size_t member = 0; member < field.members.size(); ++member) {
    for (const std::string &spelling : field.members[member]) {
      if (spellings_.find(spelling, spelling_texts_) != TextIndex::absent) continue;
      spellings_.intern(spelling, spelling_texts_);
      member_of_spelling_.push_back(static_cast<std::int64_t>(member));
    }
  }
  // The short path takes what surely is in range and leaves the rest to parse_decimal.
  Int128 low = field.min.value_or(narrow_lowest);
  if (field.min_exclusive) low += 1;
  Int128 high = field.max.value_or(narrow_highest);
  if (low <= narrow_highest && high >= narrow_lowest) {
    narrow_min_ = static_cast<std::int64_t>(std::max(low, narrow_lowest));
    narrow_max_ = static_cast<std::int64_t>(std::min(high, narrow_highest));
  }

  if (field.default_text && !field.is_key && !holds_text(field.kind)) {
    Int128 value = 0;
    default_fault_ = parse(*field.default_text, value);
    if (default_fault_ == ErrorCode::none) default_value_ = value;
  }
}

void ColumnReader::read(CellBatch cells, std::vector<CellFault> &faults) {
  if (holds_text(field_->kind)) {
    read_texts(cells, faults);
    return;
  }
  bool is_decimal = field_->kind == FieldKind::decimal;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    ErrorCode code = cells[i].empty() ? read_empty()
                     : is_decimal     ? read_decimal(cells[i])
                                      : read_unusual(cells[i]);
    if (code != ErrorCode::none) faults.push_back({i, 0, code});
  }
}

inline ErrorCode ColumnReader::read_decimal(std::string_view cell) {
  std::int64_t units = 0;
  bool is_short = parse_short_decimal(cell, field_->scale, units) && units >= narrow_min_ &&
                  units <= narrow_max_ && !is_wide_;
  if (!is_short) return read_unusual(cell);
  column_.values.push_back(units);
  return ErrorCode::none;
}

void ColumnReader::read_texts(CellBatch cells, std::vector<CellFault> &faults) {
  std::array<std::uint64_t, batch_rows> hashes;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    hashes[i] = hash_text(cells[i]);
    texts_.prefetch_slot(hashes[i]);
  }
  std::vector<std::string> &texts = column_.texts;
  for (std::size_t i = 0; i < cells.size(); ++i) texts_.prefetch_text(hashes[i], texts);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!cells[i].empty()) {
      column_.values.push_back(texts_.intern(cells[i], hashes[i], texts));
      continue;
    }
    ErrorCode code = read_empty();
    if (code != ErrorCode::none) faults.push_back({i, 0, code});
  }
}

/// The value of a cell of a kind that holds its values itself.
ErrorCode ColumnReader::parse(std::string_view cell, Int128 &value) const {
  std::int64_t narrow = 0;
  ErrorCode code = ErrorCode::none;
  switch (field_->kind) {
  case FieldKind::decimal:
    return parse_decimal(cell, *field_, value);
  case FieldKind::date:
    code = parse_date(cell, narrow);
    break;
  case FieldKind::month:
    code = parse_month(cell, narrow);
    break;
  case FieldKind::boolean:
    code = parse_boolean(cell, narrow);
    break;
  default: {
    std::uint32_t spelling = spellings_.find(cell, spelling_texts_);
    if (spelling == TextIndex::absent) {
      return has_blank_around(cell) ? ErrorCode::blank_around_value : ErrorCode::not_a_member;
    }
    narrow = member_of_spelling_[spelling];
  }
  }
  value = narrow;
  return code;
}

ErrorCode ColumnReader::read_unusual(std::string_view cell) {
  Int128 value = 0;
  ErrorCode code = parse(cell, value);
  if (code == ErrorCode::none) {
    append(value);
  } else {
    append_missing();
  }
  return code;
}

ErrorCode ColumnReader::read_empty() {
  if (field_->is_key) {
    append_missing();
    return ErrorCode::key_empty;
  }
  if (field_->default_text && default_fault_ == ErrorCode::none) {
    append(holds_text(field_->kind) ? Int128{default_text_code()} : *default_value_);
    return ErrorCode::none;
  }
  append_missing();
  return field_->optional || field_->default_text ? ErrorCode::none : ErrorCode::value_missing;
}

/// The code of the default text, which enters the dictionary when a cell first takes it. In a reference
/// column it stands apart from the same text in a cell, so that a default without a row is reported once, not
/// per row.
std::uint32_t ColumnReader::default_text_code() {
  if (!default_code_) {
    std::vector<std::string> &texts = column_.texts;
    if (field_->kind == FieldKind::text) {
      default_code_ = texts_.intern(*field_->default_text, texts);
    } else {
      default_code_ = static_cast<std::uint32_t>(texts.size());
      texts.push_back(*field_->default_text);
    }
  }
  return *default_code_;
}

void ColumnReader::append(Int128 value) {
  if (!is_wide_ && value >= narrow_lowest && value <= narrow_highest) {
    column_.values.push_back(static_cast<std::int64_t>(value));
    return;
  }
  if (!is_wide_) {
    is_wide_ = true;
    column_.wide.reserve(column_.values.capacity());
    column_.wide.assign(column_.values.begin(), column_.values.end());
    column_.values = {};
  }
  column_.wide.push_back(value);
}

void ColumnReader::append_missing() {
  // `present` is only as long as the last missing value needs; `finish` fills it up. Most columns have none.
  column_.present.resize(rows(), true);
  column_.present.push_back(false);
  append(0);
}

void ColumnReader::reserve(std::size_t count) {
  if (is_wide_) {
    column_.wide.reserve(count);
  } else {
    column_.values.reserve(count);
  }
  bool nearly_unique = holds_text(field_->kind) && texts_.size() * 2 > rows();
  if (nearly_unique) {
    texts_.reserve(count);
    column_.texts.reserve(count);
  }
}

void ColumnReader::finish(std::size_t count, bool is_absent) {
  if (is_absent) {
    reserve(count);
    for (std::size_t row = 0; row < count; ++row) read_empty();
  }
  column_.present.resize(count, true);
}

std::optional<Int128> ColumnReader::find(std::string_view cell) const {
  if (field_->kind == FieldKind::text) {
    std::uint32_t code = texts_.find(cell, column_.texts);
    if (code == TextIndex::absent) return std::nullopt;
    return code;
  }
  Int128 value = 0;
  if (cell.empty() || parse(cell, value) != ErrorCode::none) return std::nullopt;
  return value;
}

} // namespace steelyard::data
