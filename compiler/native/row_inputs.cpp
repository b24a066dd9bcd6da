// Reading the rows. Lists are read for some rows together: first all texts are cut out, then all are looked
// up, so that what the look-ups need comes from memory side by side.
#include "compiler/native/row_engine.h"
#include "runtime/data/dictionary.h"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace steelyard::native {

using namespace semantics;

namespace {

constexpr std::size_t few_texts = 4096;

/// Calls `take(begin, end)` for each part between separators, in order. 16 bytes can be read from any place
/// before `readable`.
template<class Take>
void cut(const char *from, const char *to, const char *readable, char separator, Take &&take) {
  const char *begin = from, *at = from;
#if defined(__SSE2__)
  const __m128i wanted = _mm_set1_epi8(separator);
  for (; at < to && at < readable; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(at));
    auto found = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)));
    if (to - at < 16) found &= (1U << static_cast<unsigned>(to - at)) - 1;
    for (; found != 0; found &= found - 1) {
      const char *end = at + __builtin_ctz(found);
      take(begin, end);
      begin = end + 1;
    }
  }
#else
  (void)readable;
#endif
  for (; at < to; ++at) {
    if (*at != separator) continue;
    take(begin, at);
    begin = at + 1;
  }
  take(begin, to);
}

} // namespace

void RowProgram::make_input(int f) {
  const Scope &scope = program_.scopes[scope_];
  const Field &field = scope.fields[f];
  OfField &out = fields_[f];
  out.column = field.column;
  out.input = &dataset_.tables[scope.table].columns[field.column];
  out.is_text = program_.schema.tables[scope.table].fields[field.column].kind == data::FieldKind::text;
}

/// All codes and nodes are there.
void RowProgram::finish_inputs() {
  known_at_first_.assign(fields_.size(), 0);
  for (std::size_t f = 0; f < fields_.size(); ++f) {
    OfField &of = fields_[f];
    if (of.column < 0 || !of.asked) continue;
    known_at_first_[f] = 1;
    if (program_.scopes[scope_].fields[f].type.kind == TypeKind::list) {
      list_inputs_.push_back(static_cast<int>(f));
      continue;
    }
    cell_inputs_.push_back(static_cast<int>(f));
    if (!of.is_text || of.input->dictionary.size() > few_texts) continue;
    for (std::size_t i = 0; i < of.input->dictionary.size(); ++i)
      of.codes.push_back(codes_.find(of.input->dictionary[i]));
  }
}

void RowProgram::read(std::span<const std::uint32_t> rows, InputsOfRows &out) const {
  out.lists.resize(list_inputs_.size());
  for (std::size_t i = 0; i < list_inputs_.size(); ++i) read_list(list_inputs_[i], rows, out.lists[i]);
  const std::size_t step = cell_inputs_.size();
  out.cells.resize(rows.size() * step);
  for (std::size_t i = 0; i < step; ++i)
    read_cells(fields_[static_cast<std::size_t>(cell_inputs_[i])], rows, out.cells.data() + i, step);
}

void RowProgram::begin(RowContext &row) const {
  std::copy(known_at_first_.begin(), known_at_first_.end(), row.known.begin());
  row.elements.clear(); // a row before may have been left in the middle
  const Cell *cell = row.inputs->cells.data() + row.place * cell_inputs_.size();
  for (const int f : cell_inputs_) row.slots[static_cast<std::size_t>(f)].cell = *cell++;
  const ListsOfRows *lists = row.inputs->lists.data();
  for (const int f : list_inputs_) {
    const std::uint32_t from = row.place == 0 ? 0 : lists->ends[row.place - 1];
    row.slots[static_cast<std::size_t>(f)].list = {
        lists->elements.data() + from, lists->ends[row.place] - from, lists->cells[row.place], true};
    ++lists;
  }
}

void RowProgram::read_list(int f, std::span<const std::uint32_t> rows, ListsOfRows &lists) const {
  const Type &type = program_.scopes[scope_].fields[f].type;
  const data::Column &column = *fields_[f].input;
  const data::Dictionary &texts = column.dictionary;
  const char *end = texts.size() == 0 ? nullptr : texts[0].data() + texts.bytes();
  const char *readable = texts.bytes() < CodeKey::width ? nullptr : end - CodeKey::width + 1;
  lists.ends.resize(rows.size());
  lists.cells.resize(rows.size());
  std::size_t count = 0;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const bool given = column.is_given(rows[r]);
    const std::string_view cell =
        given ? texts[static_cast<std::size_t>(column.narrow(rows[r]))] : std::string_view("", 0);
    lists.cells[r] = cell;
    // There are no more elements than bytes, and one.
    if (lists.keys.size() < count + cell.size() + 1) lists.keys.resize((count + cell.size() + 1) * 2);
    CodeKey *key = lists.keys.data() + count;
    const char *from = cell.data(), *to = cell.data() + cell.size();
    if (!cell.empty() && to < readable) {
      cut(from, to, readable, type.separator, [&](const char *first, const char *last) {
        *key = CodeKey({first, static_cast<std::size_t>(last - first)}, CodeKey::width);
        codes_.prefetch(*key++);
      });
    } else if (!cell.empty()) {
      cut(from, to, readable, type.separator, [&](const char *first, const char *last) {
        *key++ = CodeKey(std::string_view(first, static_cast<std::size_t>(last - first)));
      });
    } else if (type.at_least_one) {
      *key++ = CodeKey(cell);
    }
    count = static_cast<std::size_t>(key - lists.keys.data());
    lists.ends[r] = static_cast<std::uint32_t>(count);
  }
  if (lists.elements.size() < count) lists.elements.resize(lists.keys.size());
  for (std::size_t k = 0; k < count; ++k) {
    const std::int32_t code = codes_.find(lists.keys[k]);
    facts_.prefetch(code);
    lists.elements[k] = {lists.keys[k].text(), code};
  }
}

void RowProgram::read_cells(const OfField &of, std::span<const std::uint32_t> rows, Cell *out,
                            std::size_t step) {
  const data::Column &column = *of.input;
  const std::uint8_t *given = column.given();
  const auto read = [&](const auto *values) {
    for (const std::uint32_t row : rows) {
      Cell &cell = *out;
      out += step;
      cell = {};
      const auto value = values[row];
      if (given != nullptr ? given[row] == 0 : column.holds_references() && value < 0) continue;
      cell.given = true;
      if (of.is_text) {
        const auto text = static_cast<std::size_t>(value);
        cell.text = column.dictionary[text];
        cell.number = of.codes.empty() ? Cell::not_looked_up : of.codes[text];
        continue;
      }
      cell.number = static_cast<std::int64_t>(value);
      if (cell.number != value) throw HandOver("a large number");
    }
  };
  switch (column.storage()) {
  case data::Storage::u8:
    return read(static_cast<const std::uint8_t *>(column.values()));
  case data::Storage::i16:
    return read(static_cast<const std::int16_t *>(column.values()));
  case data::Storage::i32:
    return read(static_cast<const std::int32_t *>(column.values()));
  case data::Storage::i64:
    return read(static_cast<const std::int64_t *>(column.values()));
  case data::Storage::i128:
    return read(static_cast<const data::Int128 *>(column.values()));
  }
}

} // namespace steelyard::native
