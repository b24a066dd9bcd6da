// Values column by column: each column of each dataset has a character of its own (constant, few values, near
// the policy's constants, half units, extremes), so that ties and wide numbers come together now and then.
#include "tests/fuzz/data.h"
#include "tests/fuzz/terms.h"
#include <algorithm>
#include <fmt/core.h>
#include <set>

namespace steelyard::fuzz {

using data::FieldKind;
using data::FieldSchema;
using data::Int128;
using data::TableSchema;
using number::Decimal;
using number::Exact;
using number::Integer;

std::vector<Decimal> constants_of(const semantics::Program &program) {
  std::vector<Decimal> out;
  const auto add = [&](const semantics::Constant &constant) {
    if (const Exact *value = std::get_if<Exact>(&constant))
      for (int scale = 0; scale <= 8; ++scale)
        if (number::fits_scale(*value, scale)) {
          out.push_back(number::round(*value, scale, number::Rounding::half_up));
          break;
        }
  };
  each_term(program, [&](const semantics::Term &term) {
    if (const auto *constant = std::get_if<semantics::Constant>(&term.node)) add(*constant);
  });
  for (const semantics::Parameter &parameter : program.parameters)
    for (const auto &value : parameter.values) add(value.value);
  for (const semantics::Table &table : program.tables)
    for (const auto &row : table.rows)
      for (const semantics::CellTest &test : row.tests)
        if (const auto *band = std::get_if<semantics::Interval>(&test)) {
          if (band->low) add(*band->low);
          if (band->high) add(*band->high);
        }
  if (out.empty()) out.push_back({1, 0});
  return out;
}

namespace {

Int128 power(int exponent) {
  Int128 out = 1;
  for (; exponent > 0; --exponent) out *= 10;
  return out;
}

class Maker {
public:
  Maker(const semantics::Program &program, const std::vector<Decimal> &constants, Random &random, Size size)
      : schema_(program.schema), constants_(constants), random_(random), size_(size),
        made_(schema_.tables.size()) {
    for (const TableSchema &table : schema_.tables) {
      TextTable out;
      out.file = table.file;
      for (const FieldSchema &field : table.fields) out.header.push_back(field.name);
      tables_.push_back(std::move(out));
    }
    referred_.resize(schema_.tables.size());
    for (const TableSchema &table : schema_.tables)
      for (const FieldSchema &field : table.fields)
        if (field.target >= 0) referred_[static_cast<std::size_t>(field.target)] = true;
  }

  TextTables make() {
    for (std::size_t i = 0; i < tables_.size(); ++i) make_keys(i);
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      for (std::size_t c = 0; c < schema_.tables[i].fields.size(); ++c)
        if (!schema_.tables[i].fields[c].is_key) fill(i, c);
      if (random_.chance(60)) random_.shuffle(tables_[i].rows);
      if (schema_.tables[i].file_optional && tables_[i].rows.empty()) tables_[i].present = random_.chance(40);
    }
    return std::move(tables_);
  }

private:
  int row_count(std::size_t table) {
    if (random_.chance(4)) return 0;
    const bool leaf = !referred_[table];
    switch (size_) {
    case Size::empty:
      return random_.chance(70) ? 0 : 1;
    case Size::single:
      return 1;
    case Size::few:
      return random_.between(1, leaf ? 8 : 4);
    case Size::usual:
      return leaf ? random_.between(5, 200) : random_.between(2, 20);
    case Size::large:
      return leaf ? 20000 : random_.between(20, 400);
    }
    return 1;
  }

  void make_keys(std::size_t table) {
    if (made_[table]) return;
    made_[table] = true;
    const TableSchema &schema = schema_.tables[table];
    bool possible = true; // every reference that must be given has something to refer to
    for (const FieldSchema &field : schema.fields) {
      if (field.target < 0) continue;
      make_keys(static_cast<std::size_t>(field.target));
      const bool needed = field.is_key || (!field.optional && !field.default_text);
      possible = possible && !(needed && tables_[static_cast<std::size_t>(field.target)].rows.empty());
    }
    const int style = random_.below(5);
    const int rows = !possible || (schema.file_optional && random_.chance(25)) ? 0 : row_count(table);
    std::set<std::vector<std::string>> seen;
    const int total = schema.fields.empty() ? 0 : rows;
    for (int n = 0; n < total; ++n) {
      std::vector<std::string> row(schema.fields.size());
      std::vector<std::string> key;
      bool ok = true;
      for (std::size_t c = 0; c < schema.fields.size() && ok; ++c) {
        if (!schema.fields[c].is_key) continue;
        const std::optional<std::string> cell = key_cell(schema.fields[c], n, style, total);
        ok = cell.has_value();
        if (ok) key.push_back(row[c] = *cell);
      }
      if (ok && seen.insert(key).second) tables_[table].rows.push_back(std::move(row));
    }
  }

  std::optional<std::string> key_cell(const FieldSchema &field, int n, int style, int total) {
    switch (field.kind) {
    case FieldKind::text:
      if (field.target >= 0) break;
      switch (style) {
      case 0:
        return fmt::format("K{}", n);
      case 1:
        return fmt::format("K{:06}", n);
      case 2:
        return fmt::format("键{}{}", static_cast<char>('a' + random_.below(26)), n);
      case 3:
        return fmt::format("{}{}", n % 3 == 0 ? "a," : n % 3 == 1 ? "a" : "\"q\" ", n);
      default:
        return std::to_string(total - n);
      }
    case FieldKind::decimal: {
      // Keys that are numbers: dense, or spread as far as they may be.
      Int128 low = field.min.value_or(0), high = field.max.value_or(power(12));
      if (high - low > 1000) high = low + (style < 3 ? std::max(total, 8) * 2 : 999999999);
      const auto width = static_cast<std::uint64_t>(high - low) + 1;
      return text_of(low + static_cast<Int128>(random_.next() % width), field.scale);
    }
    case FieldKind::date:
      return fmt::format("202{}-{:02}-{:02}", random_.below(4), random_.between(1, 12),
                         random_.between(1, 28));
    case FieldKind::month:
      return fmt::format("202{}-{:02}", random_.below(4), random_.between(1, 12));
    case FieldKind::boolean:
      return random_.chance(50) ? "true" : "false";
    case FieldKind::enumeration:
      return field.is_key ? random_.pick(field.members)[0] : random_.pick(random_.pick(field.members));
    case FieldKind::reference:
      return reference(field);
    }
    return reference(field);
  }

  std::optional<std::string> reference(const FieldSchema &field) {
    const TextTable &target = tables_[static_cast<std::size_t>(field.target)];
    if (target.rows.empty()) return std::nullopt;
    // Some rows are referred to more often than others, some never.
    const std::size_t reach = random_.chance(70) ? target.rows.size() : (target.rows.size() + 3) / 4;
    for (std::size_t c = 0; c < target.header.size(); ++c)
      if (schema_.tables[static_cast<std::size_t>(field.target)].fields[c].is_key)
        return target.rows[static_cast<std::size_t>(random_.below(reach))][c];
    return std::nullopt;
  }

  std::string text_of(Int128 units, int scale) {
    std::string out = number::to_text(Decimal{Integer(units), scale});
    if (scale > 0 && random_.chance(30)) {
      while (out.back() == '0') out.pop_back();
      if (out.back() == '.') out.pop_back();
    }
    return out;
  }

  void fill(std::size_t table, std::size_t column) {
    const FieldSchema &field = schema_.tables[table].fields[column];
    const int empty =
        field.optional || field.default_text ? random_.pick(std::vector<int>{0, 10, 30, 80}) : 0;
    int character = random_.below(14);
    const Int128 low = field.min ? *field.min + (field.min_exclusive ? 1 : 0) : -power(12 + field.scale);
    const Int128 high = field.max.value_or(power(12 + field.scale));
    if (high >> 62 != 0 && random_.chance(30)) character = 11;
    int digits = 1;
    for (Int128 rest = high; rest >= 10; rest /= 10) ++digits;
    const int size = random_.between(1, digits);
    bits_ = random_.pick(std::vector<int>{31, 32, 62, 63, 63, 63, 64, 65});
    std::vector<Int128> few;
    for (int i = random_.between(1, 4); i > 0; --i) few.push_back(units_of(field, low, high, 7, size));
    std::vector<std::vector<std::string>> &rows = tables_[table].rows;
    for (std::vector<std::string> &row : rows) {
      std::optional<std::string> cell;
      if (random_.chance(empty))
        cell = "";
      else if (field.kind == FieldKind::reference)
        cell = reference(field);
      else if (field.kind != FieldKind::decimal)
        cell = plain_cell(field);
      else if (character < 2)
        cell = text_of(few[0], field.scale);
      else if (character < 4)
        cell = text_of(random_.pick(few), field.scale);
      else
        cell = text_of(units_of(field, low, high, character, size), field.scale);
      row[column] = cell.value_or("");
    }
  }

  std::string plain_cell(const FieldSchema &field) {
    if (field.kind == FieldKind::text)
      return fmt::format("{}{}", random_.chance(50) ? "T" : "K", random_.below(6));
    return *key_cell(field, 0, 0, 1);
  }

  Int128 units_of(const FieldSchema &field, Int128 low, Int128 high, int character, int size) {
    Int128 units = 0;
    const auto up_to = [&](int digits) {
      const Int128 limit = power(std::min(digits, 27));
      const Int128 wide =
          (static_cast<Int128>(random_.next() >> 1) << 32) + static_cast<Int128>(random_.next() >> 32);
      return wide % limit;
    };
    switch (random_.chance(75) ? character : random_.between(4, 13)) {
    case 4: { // a constant of the policy, or next to it
      const Decimal &constant = random_.pick(constants_);
      const Decimal here = number::round(Exact(constant), field.scale, number::Rounding::half_up);
      units = static_cast<Int128>(here.units) + random_.between(-1, 1) * (random_.chance(50) ? 1 : 0);
      if (random_.chance(15)) units *= 100;
      break;
    }
    case 5: { // halves of a unit of fewer decimals
      const int dropped = random_.between(1, std::max(1, field.scale));
      units = up_to(size) / power(dropped) * power(dropped) + 5 * power(dropped - 1);
      break;
    }
    case 6: // the ends of the range
      units = random_.chance(50) ? low + random_.below(2) : high - random_.below(2);
      break;
    case 7:
      units = up_to(random_.between(1, size));
      break;
    case 8:
      units = random_.below(4);
      break;
    case 10: { // where a width of integers ends
      const int bits = random_.pick(std::vector<int>{31, 32, 60, 61, 62, 63, 64, 65});
      units = (Int128{1} << bits) + random_.between(-2, 2);
      while (units > high && units > 1) units /= 2;
      break;
    }
    case 11: { // below the end of one width, and the whole column with it: sums and products go beyond
      units = (Int128{1} << bits_) - 1 - (random_.chance(50) ? random_.below(4) : 0);
      if (random_.chance(50)) units = units / 2 + up_to(27) % (units / 2);
      if (units > high) units = up_to(size);
      break;
    }
    case 12: { // few digits: their products have few digits, too, and meet halves of a unit
      static const std::vector<int> heads{1, 2, 3, 4, 5, 6, 8, 15, 25, 75, 125};
      units = random_.pick(heads) * power(random_.below(static_cast<std::size_t>(size)));
      break;
    }
    case 13: // whole numbers: what is a half in another factor stays one when this is odd
      units = random_.between(1, 9) * power(field.scale);
      break;
    default:
      units = up_to(size);
      break;
    }
    if (low < 0 && random_.chance(40)) units = -units;
    if (units < low) units = random_.chance(50) ? low : low + up_to(size) % (high - low + 1);
    if (units > high) units = random_.chance(30) ? high : low + (units - low) % (high - low + 1);
    return units;
  }

  const data::DatasetSchema &schema_;
  const std::vector<Decimal> &constants_;
  Random &random_;
  const Size size_;
  int bits_ = 63; ///< of the column that is filled: where its width ends
  std::vector<bool> made_, referred_;
  TextTables tables_;
};

} // namespace

TextTables random_tables(const semantics::Program &program, const std::vector<Decimal> &constants,
                         Random &random, Size size) {
  return Maker(program, constants, random, size).make();
}

} // namespace steelyard::fuzz
