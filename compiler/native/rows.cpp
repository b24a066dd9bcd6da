// Which rows there are: from inputs, from other scopes' rows, from all values of a domain; and group domains.
#include "compiler/native/execution.h"
#include "runtime/engine/parallel.h"
#include <algorithm>

namespace steelyard::native {

using interpret::Day;
using interpret::is_missing;
using interpret::Member;
using interpret::Missing;
using interpret::Month;
using interpret::RowId;
using interpret::Text;
using semantics::TypeKind;

namespace {

/// Units of 10^-scale, when the value is a whole number of them and fits.
std::int64_t units_of(const Exact &value, int scale, std::int64_t otherwise) {
  const int decimals = std::max(0, scale);
  if (!number::fits_scale(value, decimals)) return otherwise;
  const number::Decimal decimal = number::round(value, decimals, number::Rounding::half_up);
  if (decimal.units > INT64_MAX || decimal.units <= INT64_MIN) throw HandOver("a key beyond 64 bits");
  return static_cast<std::int64_t>(decimal.units);
}

} // namespace

std::vector<Execution::KeyPart> Execution::key_parts(int scope) const {
  std::vector<KeyPart> parts;
  for (const int column : plan_.scopes[scope].columns)
    if (plan_.columns[column].role == plan::Role::key) parts.push_back({plan_.columns[column].type, nullptr});
  return parts;
}

std::unique_ptr<engine::KeyTable> Execution::new_table(const std::vector<KeyPart> &parts) const {
  std::vector<engine::KeyTable::Domain> domains;
  for (const KeyPart &part : parts) {
    engine::KeyTable::Domain domain;
    if (part.type.kind == TypeKind::boolean) domain.size = 2;
    if (part.type.kind == TypeKind::member)
      domain.size = static_cast<std::int64_t>(program_.enums[part.type.domain].members.size());
    if (part.type.kind == TypeKind::row)
      domain.size = static_cast<std::int64_t>(scopes_[part.type.domain].rows);
    if (part.type.kind == TypeKind::number && part.type.domain >= 0) {
      const semantics::Range &range = program_.ranges[part.type.domain];
      domain = {range.low, range.high - range.low + 1};
    }
    domains.push_back(domain);
  }
  return std::make_unique<engine::KeyTable>(std::move(domains));
}

std::int64_t Execution::code_of(const Value &value, KeyPart &part, bool add) {
  if (is_missing(value)) return no_code;
  if (const bool *truth = std::get_if<bool>(&value)) return *truth ? 1 : 0;
  if (const Member *member = std::get_if<Member>(&value)) return member->index;
  if (const Day *day = std::get_if<Day>(&value)) return day->days;
  if (const Month *month = std::get_if<Month>(&value)) return month->months;
  if (const RowId *row = std::get_if<RowId>(&value)) return row->row;
  if (const Exact *number = std::get_if<Exact>(&value)) return units_of(*number, part.type.scale, no_code);
  const std::string_view text = std::get<Text>(value).text;
  if (!part.texts) part.texts = std::make_shared<engine::Texts>();
  const int index = add ? part.texts->intern(text) : part.texts->find(text);
  return index < 0 ? no_code : index;
}

/// The codes of a key expression at every row of a scope; no_code where it is missing (or, when nothing is
/// added, equal to no key).
std::vector<std::int64_t> Execution::codes_of(const plan::Expression &expression, int scope, KeyPart &part,
                                              bool add) {
  const std::size_t count = scopes_[scope].rows;
  std::vector<std::int64_t> codes(count, no_code);
  const auto each = [&](const std::vector<int> &path, auto &&code) {
    engine::for_morsels(count, threads_, [&](std::size_t begin, std::size_t end, int) {
      for (std::size_t row = begin; row < end; ++row) {
        const int target = follow(path, static_cast<int>(row));
        if (target >= 0) codes[row] = code(static_cast<std::size_t>(target));
      }
    });
  };
  if (const auto *arrive = std::get_if<plan::Arrive>(&expression.node)) {
    each(arrive->path, [](std::size_t row) { return static_cast<std::int64_t>(row); });
    return codes;
  }
  if (const auto *read = std::get_if<plan::Read>(&expression.node)) {
    const engine::Column &column = columns_[read->column];
    const semantics::Type &type = plan_.columns[read->column].type;
    const bool same = type.kind == part.type.kind &&
                      (type.kind != TypeKind::number || type.scale == part.type.scale) &&
                      column.storage() != engine::Storage::i128;
    if (same && type.kind != TypeKind::text) {
      each(read->path, [&](std::size_t row) {
        return column.is_given(row) ? static_cast<std::int64_t>(column.get(row)) : no_code;
      });
      return codes;
    }
    if (same && column.texts) {
      // One look at each text of the dictionary, not at each row. Texts are met in the order of rows when
      // they are added, so that indices, and with them rows, come in the same order as row by row.
      if (!part.texts) part.texts = std::make_shared<engine::Texts>();
      std::vector<std::int64_t> known(column.texts->size(), no_code + 1);
      for (std::size_t row = 0; row < count; ++row) {
        const int target = follow(read->path, static_cast<int>(row));
        if (target < 0 || !column.is_given(static_cast<std::size_t>(target))) continue;
        const auto index = static_cast<std::size_t>(column.get(static_cast<std::size_t>(target)));
        if (known[index] == no_code + 1) {
          const std::string_view text = column.texts->at(index);
          const int found = add ? part.texts->intern(text) : part.texts->find(text);
          known[index] = found < 0 ? no_code : found;
        }
        codes[row] = known[index];
      }
      return codes;
    }
  }
  for (std::size_t row = 0; row < count; ++row)
    codes[row] = code_of(evaluate(expression, static_cast<int>(row)), part, add);
  return codes;
}

std::int64_t Execution::code_of_cell(int scope, int field, int input_row, KeyPart &part, bool add) {
  return code_of(cell_of_input(scope, field, input_row), part, add);
}

/// The key columns of a scope from its table of keys.
void Execution::store_keys(int scope, const std::vector<int> &columns, std::vector<KeyPart> &parts) {
  const engine::KeyTable &table = *scopes_[scope].keys;
  for (std::size_t k = 0; k < columns.size(); ++k) {
    const semantics::Type &type = plan_.columns[columns[k]].type;
    engine::Column &column = columns_[columns[k]];
    column = type.kind == TypeKind::row ? engine::Column::of_rows(table.size())
                                        : engine::Column(engine::Storage::i64, table.size(), false);
    for (std::size_t row = 0; row < table.size(); ++row) column.set(row, table.code(row, k));
    column.texts = parts[k].texts;
  }
}

void Execution::make_rows(const plan::MakeRows &step) {
  const semantics::Scope &declared = program_.scopes[step.scope];
  Rows &set = scopes_[step.scope];
  set.dropped.assign(step.sources.size(), 0);
  if (step.scope == 0) {
    set.rows = 1;
    return;
  }
  const std::size_t input_rows = declared.table < 0 ? 0 : dataset_.tables[declared.table].rows;
  std::vector<KeyPart> parts = key_parts(step.scope);
  // The common case: the rows are those of the file. Keys in files are given, and no two rows have the same.
  if (step.sources.size() == 1 && step.sources[0].input && declared.table >= 0) {
    set.as_input = true;
    set.rows = input_rows;
    for (const int key : step.keys) gather(key);
    const bool complete = std::none_of(step.keys.begin(), step.keys.end(), [&](int key) {
      if (!columns_[key].holds_rows()) return false;
      return columns_[key].bounds().first < 0;
    });
    if (complete) return;
    set.as_input = false;
    set.rows = 0;
  }
  set.keys = new_table(parts);
  std::vector<std::int64_t> key(parts.size());
  for (std::size_t s = 0; s < step.sources.size(); ++s) {
    const plan::MakeRows::Source &source = step.sources[s];
    if (source.input) {
      for (std::size_t row = 0; row < input_rows; ++row) {
        bool complete = true;
        for (std::size_t k = 0; k < parts.size(); ++k) {
          key[k] = code_of_cell(step.scope, static_cast<int>(k), static_cast<int>(row), parts[k], true);
          complete = complete && key[k] != no_code;
        }
        if (!complete)
          ++set.dropped[s];
        else
          set.keys->add(key.data());
      }
    } else if (source.every) {
      // Every combination of the keys' own domains, the last key fastest.
      std::vector<std::int64_t> low, size;
      for (const KeyPart &part : parts) {
        low.push_back(0);
        if (part.type.kind == TypeKind::member)
          size.push_back(static_cast<std::int64_t>(program_.enums[part.type.domain].members.size()));
        else if (part.type.kind == TypeKind::row)
          size.push_back(static_cast<std::int64_t>(scopes_[part.type.domain].rows));
        else if (part.type.kind == TypeKind::number && part.type.domain >= 0) {
          low.back() = program_.ranges[part.type.domain].low;
          size.push_back(program_.ranges[part.type.domain].high - low.back() + 1);
        } else
          throw HandOver("the rows of a scope have no source");
      }
      std::int64_t all = 1;
      for (const std::int64_t one : size) all *= one;
      for (std::int64_t i = 0; i < all; ++i) {
        std::int64_t rest = i;
        for (std::size_t k = parts.size(); k-- > 0;) {
          key[k] = low[k] + rest % size[k];
          rest /= size[k];
        }
        set.keys->add(key.data());
      }
    } else {
      engine::Column join = engine::Column::of_rows(scopes_[source.scope].rows);
      if (add_by_position(source.keys, parts, *set.keys, join, set.dropped[s])) {
        columns_[source.join] = std::move(join);
        continue;
      }
      std::vector<std::vector<std::int64_t>> codes;
      for (std::size_t k = 0; k < parts.size(); ++k)
        codes.push_back(codes_of(*source.keys[k], source.scope, parts[k], true));
      auto *out = static_cast<std::int32_t *>(join.values());
      for (std::size_t row = 0; row < join.rows(); ++row) {
        bool complete = true;
        for (std::size_t k = 0; k < parts.size(); ++k) {
          key[k] = codes[k][row];
          complete = complete && key[k] != no_code;
        }
        if (!complete)
          ++set.dropped[s];
        else
          out[row] = set.keys->add(key.data());
      }
      columns_[source.join] = std::move(join);
    }
  }
  set.rows = set.keys->size();
  set.input_rows.assign(set.rows, -1);
  set.row_of_input.assign(input_rows, -1);
  for (std::size_t row = 0; row < input_rows; ++row) {
    bool complete = true;
    for (std::size_t k = 0; k < parts.size(); ++k) {
      key[k] = code_of_cell(step.scope, static_cast<int>(k), static_cast<int>(row), parts[k], false);
      complete = complete && key[k] != no_code;
    }
    const int at = complete ? set.keys->find(key.data()) : -1;
    if (at < 0) continue;
    set.row_of_input[row] = at;
    set.input_rows[static_cast<std::size_t>(at)] = static_cast<int>(row);
  }
  store_keys(step.scope, step.keys, parts);
}

void Execution::make_groups(const plan::MakeGroups &step) {
  std::vector<KeyPart> parts = key_parts(step.domain);
  Rows &set = scopes_[step.domain];
  set.keys = new_table(parts);
  engine::Column join = engine::Column::of_rows(scopes_[step.inner].rows);
  std::size_t without_key = 0;
  if (!add_by_position(step.keys, parts, *set.keys, join, without_key)) {
    std::vector<std::vector<std::int64_t>> codes;
    for (std::size_t k = 0; k < parts.size(); ++k)
      codes.push_back(codes_of(*step.keys[k], step.inner, parts[k], true));
    auto *out = static_cast<std::int32_t *>(join.values());
    std::vector<std::int64_t> key(parts.size());
    for (std::size_t row = 0; row < join.rows(); ++row) {
      bool complete = true;
      for (std::size_t k = 0; k < parts.size(); ++k) {
        key[k] = codes[k][row];
        complete = complete && key[k] != no_code;
      }
      if (complete) out[row] = set.keys->add(key.data());
    }
  }
  columns_[step.join] = std::move(join);
  set.rows = set.keys->size();
  store_keys(step.domain, step.key_columns, parts);
}

/// The table by which rows of a scope are found; for rows that are those of a file it is made here.
engine::KeyTable &Execution::table_of(int scope) {
  Rows &set = scopes_[scope];
  if (set.keys) return *set.keys;
  std::vector<KeyPart> parts = key_parts(scope);
  set.keys = new_table(parts);
  std::vector<const engine::Column *> columns;
  for (const int id : plan_.scopes[scope].columns)
    if (plan_.columns[id].role == plan::Role::key) columns.push_back(&columns_[id]);
  std::vector<std::int64_t> key(columns.size());
  for (std::size_t row = 0; row < set.rows; ++row) {
    for (std::size_t k = 0; k < columns.size(); ++k) key[k] = static_cast<std::int64_t>(columns[k]->get(row));
    set.keys->add(key.data());
  }
  return *set.keys;
}

} // namespace steelyard::native
