// Which rows a scope has, and the values of their keys and inputs. Row sets are made when first asked for,
// since they may depend on definitions; the checker has excluded that one depends on itself.
#include "compiler/interpret/rows.h"
#include "compiler/interpret/run.h"
#include <algorithm>
#include <fmt/core.h>
#include <numeric>
#include <stdexcept>

namespace steelyard::interpret {

using semantics::Field;
using semantics::RowSource;
using semantics::Scope;
using semantics::TypeKind;

std::size_t RowSet::place_of(const Key &key, std::size_t hash) const {
  const std::size_t mask = places_.size() - 1;
  const auto high = static_cast<std::uint32_t>(hash >> 32U);
  std::size_t at = hash & mask;
  while (places_[at].row >= 0 &&
         (places_[at].hash != high || keys[static_cast<std::size_t>(places_[at].row)] != key))
    at = (at + 1) & mask;
  return at;
}

void RowSet::grow(std::size_t places) {
  std::vector<Place>(places).swap(places_);
  for (std::size_t row = 0; row < keys.size(); ++row) {
    const std::size_t hash = KeyHash()(keys[row]);
    std::size_t at = hash & (places - 1);
    while (places_[at].row >= 0) at = (at + 1) & (places - 1); // the keys differ
    places_[at] = {static_cast<std::uint32_t>(hash >> 32U), static_cast<int>(row)};
  }
}

void RowSet::reserve(std::size_t rows) {
  keys.reserve(rows);
  std::size_t places = 16;
  while (places < 2 * (rows + 1)) places *= 2;
  if (places > places_.size()) grow(places);
}

int RowSet::find(const Key &key) const {
  return places_.empty() ? -1 : places_[place_of(key, KeyHash()(key))].row;
}

int RowSet::add(Key key) {
  if (2 * (keys.size() + 1) > places_.size()) grow(places_.empty() ? 16 : 2 * places_.size());
  const std::size_t hash = KeyHash()(key);
  Place &place = places_[place_of(key, hash)];
  if (place.row < 0) {
    place = {static_cast<std::uint32_t>(hash >> 32U), static_cast<int>(keys.size())};
    keys.push_back(std::move(key));
    input_rows.push_back(-1);
  }
  return place.row;
}

const RowSet &Run::rows(int scope) {
  std::unique_ptr<RowSet> &set = row_sets_[scope];
  if (set) return *set;
  if (building_[scope])
    throw std::logic_error("the rows of " + program_.scopes[scope].names.canonical() +
                           " depend on themselves");
  building_[scope] = true;
  auto made = std::make_unique<RowSet>();
  build_rows(scope, *made);
  set = std::move(made);
  building_[scope] = false;
  return *set;
}

const std::vector<int> &Run::ordered_rows(int scope) {
  rows(scope);
  RowSet &set = *row_sets_[scope];
  if (!set.ordered) {
    set.order.resize(set.size());
    std::iota(set.order.begin(), set.order.end(), 0);
    std::sort(set.order.begin(), set.order.end(), [&](int a, int b) {
      for (std::size_t i = 0; i < set.keys[a].size(); ++i)
        if (const auto sign = compare(set.keys[a][i], set.keys[b][i]); std::is_neq(sign))
          return std::is_lt(sign);
      return false;
    });
    set.rank.resize(set.size());
    for (std::size_t i = 0; i < set.order.size(); ++i) set.rank[set.order[i]] = static_cast<int>(i);
    set.ordered = true;
  }
  return set.order;
}

std::optional<int> Run::find_row(int scope, const Key &key) {
  const RowSet &set = rows(scope);
  if (options_.observer != nullptr) options_.observer->on_lookup(scope, key);
  const int row = set.find(key);
  return row < 0 ? std::nullopt : std::optional(row);
}

void Run::build_rows(int scope, RowSet &set) {
  const Scope &declared = program_.scopes[scope];
  if (scope == 0) set.add({}); // the run as a whole: one row without a key
  set.dropped.assign(declared.sources.size(), 0);
  for (std::size_t i = 0; i < declared.sources.size(); ++i) {
    const RowSource &source = declared.sources[i];
    if (source.input)
      add_input_rows(scope, set, set.dropped[i]);
    else if (source.every)
      add_domain_rows(scope, set);
    else
      add_source_rows(scope, source, set, set.dropped[i]);
  }
  if (options_.example != nullptr) add_example_rows(scope, set);
  if (declared.table < 0) return;
  // Each row knows its input row, whichever source it came from first.
  const std::size_t input_rows = dataset_.tables[declared.table].rows;
  if (set.row_of_input.size() == input_rows) return; // they are the rows of the input and nothing else
  set.row_of_input.assign(input_rows, -1);
  for (std::size_t input_row = 0; input_row < input_rows; ++input_row) {
    Key key;
    for (int k = 0; k < declared.key_count; ++k)
      key.push_back(cell_of_input(declared.fields[k], declared.table, static_cast<int>(input_row), true));
    const int row = set.find(key);
    if (row < 0) continue;
    set.row_of_input[input_row] = row;
    set.input_rows[static_cast<std::size_t>(row)] = static_cast<int>(input_row);
  }
}

void Run::add_input_rows(int scope, RowSet &set, std::size_t &dropped) {
  const Scope &declared = program_.scopes[scope];
  if (declared.table < 0) return;
  const std::size_t input_rows = dataset_.tables[declared.table].rows;
  const bool only = declared.sources.size() == 1 && options_.example == nullptr;
  if (only) set.row_of_input.assign(input_rows, -1);
  set.reserve(set.size() + input_rows);
  for (std::size_t input_row = 0; input_row < input_rows; ++input_row) {
    Key key;
    key.reserve(static_cast<std::size_t>(declared.key_count));
    for (int k = 0; k < declared.key_count; ++k)
      key.push_back(cell_of_input(declared.fields[k], declared.table, static_cast<int>(input_row), true));
    if (std::any_of(key.begin(), key.end(), is_missing)) {
      ++dropped;
      continue;
    }
    const int row = set.add(std::move(key));
    if (!only) continue;
    set.row_of_input[input_row] = row;
    set.input_rows[static_cast<std::size_t>(row)] = static_cast<int>(input_row);
  }
}

void Run::add_source_rows(int scope, const RowSource &source, RowSet &set, std::size_t &dropped) {
  const std::string subject = "rows of " + program_.scopes[scope].names.canonical();
  const std::size_t count = rows(source.scope).size();
  for (std::size_t row = 0; row < count; ++row) {
    const Frame frame{source.scope, static_cast<int>(row), nullptr};
    // An example need not give what a row set is made from: such a row is simply not made.
    const Within within(*this, {-1, source.scope, frame.row, &subject, options_.example != nullptr, nullptr});
    Key key;
    for (const auto &term : source.keys) key.push_back(evaluate(*term, frame));
    if (std::any_of(key.begin(), key.end(), is_failed)) continue;
    if (std::any_of(key.begin(), key.end(), is_missing))
      ++dropped;
    else
      set.add(std::move(key));
  }
}

/// Every combination of the keys' own domains: for a scope of an enum or a range that nothing else gives
/// rows.
void Run::add_domain_rows(int scope, RowSet &set) {
  const Scope &declared = program_.scopes[scope];
  std::vector<Key> combinations = {{}};
  for (int k = 0; k < declared.key_count; ++k) {
    const semantics::Type &type = declared.fields[k].type;
    Key domain;
    if (type.kind == TypeKind::member) {
      const auto count = static_cast<int>(program_.enums[type.domain].members.size());
      for (int i = 0; i < count; ++i) domain.emplace_back(Member{i});
    } else if (type.kind == TypeKind::row) {
      const auto count = static_cast<int>(rows(type.domain).size());
      for (int i = 0; i < count; ++i) domain.emplace_back(RowId{type.domain, i});
    } else if (type.kind == TypeKind::number && type.domain >= 0) {
      const semantics::Range &range = program_.ranges[type.domain];
      for (std::int64_t i = range.low; i <= range.high; ++i) domain.emplace_back(Exact(i));
    } else {
      throw std::logic_error("the rows of " + declared.names.canonical() + " have no source");
    }
    std::vector<Key> longer;
    for (const Key &combination : combinations) {
      for (const Value &value : domain) {
        longer.push_back(combination);
        longer.back().push_back(value);
      }
    }
    combinations = std::move(longer);
  }
  for (Key &key : combinations) set.add(std::move(key));
}

void Run::add_example_rows(int scope, RowSet &set) {
  const Scope &declared = program_.scopes[scope];
  for (const ExampleRow &row : options_.example->rows) {
    if (row.scope != scope) continue;
    Key key;
    for (std::size_t k = 0; k < row.keys.size(); ++k)
      key.push_back(constant(row.keys[k], declared.fields[k].type));
    if (std::none_of(key.begin(), key.end(), is_missing)) set.add(std::move(key));
  }
}

// ---------- inputs ----------

Value Run::value(int scope, int row, int field) {
  const Field &declared = program_.scopes[scope].fields[field];
  for (auto of = substitutes_.rbegin(); of != substitutes_.rend(); ++of)
    if (of->field == field && of->scope == scope && of->row == row) return of->value;
  switch (declared.kind) {
  case semantics::FieldKind::key:
    return rows(scope).keys[row][field];
  case semantics::FieldKind::input:
    return input(scope, row, field);
  case semantics::FieldKind::let:
  case semantics::FieldKind::definition:
    return cell(declared.definition, row).value;
  }
  throw std::logic_error("a field of no kind");
}

Value Run::input(int scope, int row, int field) {
  const Scope &declared = program_.scopes[scope];
  const Field &of = declared.fields[field];
  const int input_row = rows(scope).input_rows[row];
  if (input_row < 0) {
    if (of.default_value) return constant(*of.default_value, of.type);
    if (of.type.kind == TypeKind::list) return Text{};
    return Missing{};
  }
  Value value = cell_of_input(of, declared.table, input_row, true);
  if (of.type.kind == TypeKind::list && is_missing(value) && options_.example == nullptr) return Text{};
  // A dataset has every input that may not be missing; a worked example gives only what matters to it.
  if (is_missing(value) && options_.example != nullptr && !of.type.optional)
    return fail(
        ErrorCode::not_given_in_example, of.span,
        fmt::format("{} of {} is not given in this example", of.names.canonical(), row_name(scope, row)));
  return value;
}

Value Run::stored_key(int scope, int row, int field) {
  const Scope &declared = program_.scopes[scope];
  const int input_row = rows(scope).input_rows[row];
  if (input_row < 0) return Missing{};
  return cell_of_input(declared.fields[field], declared.table, input_row, false);
}

/// `follow` false: the key of a reference in place of its row.
Value Run::cell_of_input(const Field &field, int table, int input_row, bool follow) {
  const data::Column &column = dataset_.tables[table].columns[field.column];
  const data::FieldSchema &schema = program_.schema.tables[table].fields[field.column];
  if (!column.is_given(input_row)) {
    // The reader has filled in defaults; only a worked example leaves them to be filled in here.
    if (field.default_value) return constant(*field.default_value, field.type);
    return Missing{};
  }
  auto stored = [&] { return column.narrow(input_row); };
  Value plain;
  switch (schema.kind) {
  case data::FieldKind::boolean:
    plain = stored() != 0;
    break;
  case data::FieldKind::text:
    plain = Text{column.dictionary[stored()]};
    break;
  case data::FieldKind::date:
    plain = Day{stored()};
    break;
  case data::FieldKind::month:
    plain = Month{stored()};
    break;
  case data::FieldKind::enumeration:
    plain = Member{static_cast<int>(stored())};
    break;
  case data::FieldKind::decimal:
    plain = Exact(number::Decimal{number::Integer(column.get(input_row)), schema.scale});
    break;
  case data::FieldKind::reference: {
    // The table that is referred to may be that of the key of the field's own entity, which has none.
    int scope = field.type.domain;
    while (program_.scopes[scope].table < 0) scope = program_.scopes[scope].fields[0].type.domain;
    if (!follow)
      return cell_of_input(program_.scopes[scope].fields[0], program_.scopes[scope].table,
                           static_cast<int>(stored()), false);
    const int row = rows(scope).row_of_input[stored()];
    if (row < 0) return Missing{};
    plain = RowId{scope, row};
    if (scope == field.type.domain) return plain;
    break;
  }
  }
  if (field.type.kind != TypeKind::row || !follow) return plain;
  return row_of_key(field.type.domain, plain);
}

/// The row of `scope` with the given only key, in the notation of the data: where an entity without a file is
/// keyed by a reference, the data holds the key of what it refers to.
Value Run::row_of_key(int scope, const Value &plain) {
  const semantics::Type &key_type = program_.scopes[scope].fields[0].type;
  const Value key = key_type.kind == TypeKind::row && !std::holds_alternative<RowId>(plain)
                        ? row_of_key(key_type.domain, plain)
                        : plain;
  const std::optional<int> row = find_row(scope, {key});
  if (!row) return Missing{};
  return RowId{scope, *row};
}

Value Run::constant(const Constant &constant, const semantics::Type &type) {
  if (type.kind == TypeKind::row && !std::holds_alternative<Missing>(constant))
    return row_of_key(type.domain, this->constant(constant, program_.scopes[type.domain].fields[0].type));
  return std::visit(
      [](const auto &value) -> Value {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>)
          return Text{value};
        else
          return value;
      },
      constant);
}

} // namespace steelyard::interpret
