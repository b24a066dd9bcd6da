// Values and sets of tables: columns, and which codes are on which lists.
#include "compiler/interpret/list_elements.h"
#include "compiler/native/row_engine.h"
#include "compiler/semantics/check.h"
#include <deque>
#include <fmt/core.h>
#include <unordered_map>

namespace steelyard::native {

using namespace semantics;
using interpret::Frame;
using interpret::RowId;
using interpret::Value;

Value RowProgram::at_row(const Term &term, int scope, int row) {
  Value value = run_.evaluate_quietly(term, Frame{scope, row, nullptr});
  if (interpret::is_failed(value)) throw NotThisWay("a condition that fails at a row of its table");
  return value;
}

bool RowProgram::is_file(int scope) const {
  const Scope &of = program_.scopes[scope];
  return of.table >= 0 && of.sources.size() == 1 && of.sources[0].input;
}

std::size_t RowProgram::rows_of(int scope) {
  return is_file(scope) ? dataset_.tables[program_.scopes[scope].table].rows : run_.rows(scope).size();
}

Cell RowProgram::to_cell(const Value &value, const Type &type) {
  Cell out;
  if (interpret::is_failed(value)) throw NotThisWay("a value of a table that cannot be had");
  if (interpret::is_missing(value)) return out;
  out.given = true;
  if (const bool *truth = std::get_if<bool>(&value)) out.number = *truth ? 1 : 0;
  if (const Member *member = std::get_if<Member>(&value)) out.number = member->index;
  if (const Day *day = std::get_if<Day>(&value)) out.number = day->days;
  if (const Month *month = std::get_if<Month>(&value)) out.number = month->months;
  if (const RowId *row = std::get_if<RowId>(&value)) out.number = row->row;
  if (const interpret::Text *text = std::get_if<interpret::Text>(&value)) {
    out.text = text->text;
    if (type.kind == TypeKind::text) out.number = codes_.add(text->text);
  }
  if (const Exact *exact = std::get_if<Exact>(&value)) {
    if (type.scale < 0 || !number::fits_scale(*exact, type.scale))
      throw NotThisWay("numbers without fixed decimals");
    const number::Integer units = number::round(*exact, type.scale, number::Rounding::half_up).units;
    if (units > number::Integer(std::numeric_limits<std::int64_t>::max()) ||
        units < number::Integer(std::numeric_limits<std::int64_t>::min()))
      throw NotThisWay("large numbers");
    out.number = static_cast<std::int64_t>(static_cast<number::Int128>(units));
  }
  return out;
}

const std::vector<Cell> &RowProgram::column_of(int scope, int field) {
  const auto [at, is_new] = columns_.try_emplace({scope, field});
  if (!is_new) return at->second;
  if (scope == scope_) throw NotThisWay("other rows of the scope");
  const Type &type = program_.scopes[scope].fields[field].type;
  const std::size_t rows = rows_of(scope);
  at->second.reserve(rows);
  const Field &of = program_.scopes[scope].fields[field];
  const bool in_file = is_file(scope) && of.definition < 0 &&
                       (type.kind != TypeKind::row || is_file(type.domain)) && !of.default_value;
  for (std::size_t row = 0; row < rows; ++row)
    at->second.push_back(in_file ? stored(scope, field, row)
                                 : to_cell(run_.value(scope, static_cast<int>(row), field), type));
  return at->second;
}

const std::vector<Cell> &RowProgram::column_along(const std::vector<std::pair<int, int>> &fields) {
  if (fields.size() == 1) return column_of(fields[0].first, fields[0].second);
  const auto [at, is_new] = columns_along_.try_emplace(fields);
  if (!is_new) return at->second;
  std::vector<Cell> out = column_of(fields[0].first, fields[0].second);
  for (std::size_t i = 1; i < fields.size(); ++i) {
    const std::vector<Cell> &next = column_of(fields[i].first, fields[i].second);
    for (Cell &cell : out) cell = cell.given ? next[static_cast<std::size_t>(cell.number)] : Cell{};
  }
  return at->second = std::move(out);
}

const std::vector<std::int32_t> &RowProgram::codes_of_texts(int table, int column) {
  const auto [at, is_new] = codes_of_texts_.try_emplace({table, column});
  if (!is_new) return at->second;
  const data::Dictionary &texts = dataset_.tables[table].columns[column].dictionary;
  at->second.reserve(texts.size());
  // Some at a time, so that where they may be comes from memory side by side.
  constexpr std::size_t together = 64;
  std::array<CodeKey, together> keys;
  const char *end = texts.size() == 0 ? nullptr : texts[0].data() + texts.bytes();
  for (std::size_t first = 0; first < texts.size(); first += together) {
    const std::size_t count = std::min(together, texts.size() - first);
    for (std::size_t i = 0; i < count; ++i) {
      const std::string_view text = texts[first + i];
      keys[i] = CodeKey(text, static_cast<std::size_t>(end - text.data()));
      codes_.prefetch(keys[i]);
    }
    for (std::size_t i = 0; i < count; ++i) at->second.push_back(codes_.add(keys[i]));
  }
  return at->second;
}

Cell RowProgram::stored(int scope, int field, std::size_t row) {
  const Scope &of = program_.scopes[scope];
  const int place = of.fields[field].column;
  const data::Column &column = dataset_.tables[of.table].columns[place];
  Cell out;
  if (!column.is_given(row)) return out;
  out.given = true;
  if (program_.schema.tables[of.table].fields[place].kind == data::FieldKind::text) {
    const auto text = static_cast<std::size_t>(column.narrow(row));
    out.text = column.dictionary[text];
    if (of.fields[field].type.kind == TypeKind::text) out.number = codes_of_texts(of.table, place)[text];
    return out;
  }
  const data::Int128 value = column.get(row);
  if (value > std::numeric_limits<std::int64_t>::max() || value < std::numeric_limits<std::int64_t>::min())
    throw NotThisWay("large numbers");
  out.number = static_cast<std::int64_t>(value);
  return out;
}

namespace {
void append_key(std::string &out, std::int64_t number) {
  out.append(reinterpret_cast<const char *>(&number), sizeof number);
}
} // namespace

const std::map<std::string, std::vector<std::int32_t>> &RowProgram::set_by_keys(int scope) {
  const auto [at, is_new] = sets_by_keys_.try_emplace(scope);
  if (!is_new) return at->second;
  if (scope == scope_) throw NotThisWay("sets of the rows themselves");
  const Scope &of = program_.scopes[scope];
  const int last = of.key_count - 1;
  if (of.fields[last].type.kind != TypeKind::text) throw NotThisWay("sets of other values than texts");
  std::string keys;
  if (is_file(scope)) {
    std::vector<std::int32_t> *codes = nullptr;
    std::string before;
    for (std::size_t row = 0; row < rows_of(scope); ++row) {
      keys.clear();
      for (int k = 0; k < last; ++k) append_key(keys, stored(scope, k, row).number);
      if (codes == nullptr || keys != before) codes = &at->second[keys]; // rows of one list stand together
      before = keys;
      codes->push_back(static_cast<std::int32_t>(stored(scope, last, row).number));
    }
    return at->second;
  }
  for (const interpret::Key &key : run_.rows(scope).keys) {
    keys.clear();
    for (int k = 0; k < last; ++k) append_key(keys, to_cell(key[k], of.fields[k].type).number);
    at->second[keys].push_back(codes_.add(std::get<interpret::Text>(key[last]).text));
  }
  return at->second;
}

std::shared_ptr<CodeSets> RowProgram::made_sets(const std::vector<CodeList> &lists, std::size_t rows) {
  auto out = std::make_shared<CodeSets>();
  const std::size_t words = out->words = (rows + 63) / 64;
  out->sets.assign(words, 0);
  // The lists of each code, one code behind the other.
  std::vector<std::uint32_t> ends(codes_.size() + 1, 0);
  for (const CodeList &list : lists)
    for (const std::int32_t code : *list.codes) ++ends[static_cast<std::size_t>(code)];
  std::uint32_t total = 0;
  for (std::uint32_t &end : ends) {
    const std::uint32_t count = end;
    end = total; // where they begin, until they are there
    total += count;
  }
  std::vector<std::uint32_t> lists_of_code(total);
  for (std::size_t list = 0; list < lists.size(); ++list)
    for (const std::int32_t code : *lists[list].codes)
      lists_of_code[ends[static_cast<std::size_t>(code)]++] = static_cast<std::uint32_t>(list);
  // Each combination of lists once.
  std::unordered_map<std::string_view, std::int32_t> numbers;
  std::vector<std::int32_t> set_of_code(codes_.size(), 0);
  std::uint32_t begin = 0;
  for (std::size_t code = 0; code < codes_.size(); ++code) {
    const auto of_code = std::span(lists_of_code).subspan(begin, ends[code] - begin);
    begin = ends[code];
    if (of_code.empty()) continue;
    const std::string_view key(reinterpret_cast<const char *>(of_code.data()), of_code.size_bytes());
    const auto [at, is_new] = numbers.try_emplace(key, static_cast<std::int32_t>(numbers.size()) + 1);
    set_of_code[code] = at->second;
    if (!is_new) continue;
    out->sets.resize(out->sets.size() + words, 0);
    Word *set = out->sets.data() + out->sets.size() - words;
    for (const std::uint32_t list : of_code)
      for (const std::size_t row : lists[list].rows) set[row / 64] |= Word{1} << (row % 64);
  }
  // A set that is always empty needs no fact of its own.
  out->fact = numbers.empty() ? fact_of("nothing", [] { return std::vector<std::int32_t>(); })
                              : facts_.add(std::move(set_of_code));
  return out;
}

namespace {
/// Lists of codes, each once, with the rows that name them.
class ListsByName {
public:
  /// `fill` makes the codes of a list that is new.
  template<class Fill> void add(std::string name, std::size_t row, Fill &&fill) {
    const auto [at, is_new] = places_.try_emplace(std::move(name), lists_.size());
    if (is_new) lists_.push_back({nullptr, {}});
    CodeList &list = lists_[at->second];
    if constexpr (std::is_pointer_v<std::decay_t<Fill>>) {
      list.codes = fill;
    } else if (is_new) {
      fill(own_.emplace_back());
      list.codes = &own_.back();
    }
    list.rows.push_back(row);
  }
  const std::vector<CodeList> &all() const { return lists_; }

private:
  std::map<std::string, std::size_t> places_;
  std::vector<CodeList> lists_;
  std::deque<std::vector<std::int32_t>> own_;
};
} // namespace

/// By the keys that stand in the rows of `inner`, or by the lists there.
const CodeSets &RowProgram::code_sets(const InSet &set, int inner) {
  std::string name = fmt::format("{}:", inner);
  if (set.scope >= 0) {
    name += program_.scopes[set.scope].names.ident;
    for (const TermPtr &key : set.keys) name += "|" + canonical_text(*key, program_);
  } else {
    name += canonical_text(*set.list, program_);
  }
  std::shared_ptr<CodeSets> &made = code_sets_[name];
  if (made) return *made;
  const std::size_t rows = rows_of(inner);
  ListsByName lists;
  for (std::size_t row = 0; row < rows; ++row) {
    if (set.scope < 0) {
      const Value list = at_row(*set.list, inner, static_cast<int>(row));
      const std::string_view text = std::get<interpret::Text>(list).text;
      lists.add(std::string(text), row, [&](std::vector<std::int32_t> &codes) {
        for (const std::string_view element : interpret::ListElements(text, set.list->type))
          codes.push_back(codes_.add(element));
      });
      continue;
    }
    std::string keys;
    bool given = true;
    for (std::size_t k = 0; k < set.keys.size() && given; ++k) {
      const Cell cell = to_cell(at_row(*set.keys[k], inner, static_cast<int>(row)),
                                program_.scopes[set.scope].fields[k].type);
      given = cell.given; // else the condition has asked before
      append_key(keys, cell.number);
    }
    if (!given) continue;
    const auto &by_keys = set_by_keys(set.scope);
    if (const auto found = by_keys.find(keys); found != by_keys.end()) lists.add(keys, row, &found->second);
  }
  made = made_sets(lists.all(), rows);
  return *made;
}

const CodeSets &RowProgram::text_sets(const Term &own, int inner) {
  std::shared_ptr<CodeSets> &made = code_sets_[fmt::format("{}= {}", inner, canonical_text(own, program_))];
  if (made) return *made;
  const std::size_t rows = rows_of(inner);
  ListsByName lists;
  for (std::size_t row = 0; row < rows; ++row) {
    const Value text = at_row(own, inner, static_cast<int>(row));
    if (interpret::is_missing(text)) continue;
    const std::string_view name = std::get<interpret::Text>(text).text;
    lists.add(std::string(name), row,
              [&](std::vector<std::int32_t> &codes) { codes.push_back(codes_.add(name)); });
  }
  made = made_sets(lists.all(), rows);
  return *made;
}

} // namespace steelyard::native
