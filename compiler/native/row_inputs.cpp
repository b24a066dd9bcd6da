// Reading the rows. First all texts of their lists are cut out, then all are looked up, so that what the
// look-ups need comes from memory side by side.
#include "compiler/native/row_engine.h"
#include "runtime/data/dictionary.h"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace steelyard::native {

using namespace semantics;

namespace {

constexpr std::size_t few_texts = 4096;

/// Bytes that are searched for separators at once.
constexpr std::size_t block = 64;

/// A bit for each of the bytes of a block that is `separator`.
std::uint64_t separators_in(const char *at, char separator) {
  std::uint64_t out = 0;
#if defined(__SSE2__)
  const __m128i wanted = _mm_set1_epi8(separator);
  for (std::size_t i = 0; i < block; i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(at + i));
    const auto found = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)));
    out |= std::uint64_t{found} << i;
  }
#else
  for (std::size_t i = 0; i < block; ++i) out |= std::uint64_t{at[i] == separator} << i;
#endif
  return out;
}

/// Calls `take(begin, end)` for each part between separators, in order. A block can be read from any place
/// in the text.
template<class Take> void cut_blocks(std::string_view text, char separator, Take &&take) {
  const char *begin = text.data();
  for (std::size_t at = 0;; at += block) {
    const std::size_t left = text.size() - at;
    std::uint64_t ends = separators_in(text.data() + at, separator);
    if (left < block) ends = (ends & (bit_of(left) - 1)) | bit_of(left);
    for (; ends != 0; ends &= ends - 1) {
      const char *end = text.data() + at + std::countr_zero(ends);
      take(begin, end);
      begin = end + 1;
    }
    if (left < block) return;
  }
}
/// The same of any text.
template<class Take> void cut(std::string_view text, char separator, Take &&take) {
  const char *begin = text.data(), *end = begin + text.size();
  for (const char *at = begin; at < end; ++at) {
    if (*at != separator) continue;
    take(begin, at);
    begin = at + 1;
  }
  take(begin, end);
}

} // namespace

void RowProgram::make_input(int f) {
  const Scope &scope = program_.scopes[scope_];
  const Field &field = scope.fields[f];
  OfField &out = fields_[f];
  out.column = field.column;
  out.input = &dataset_.tables[scope.table].columns[field.column];
  out.is_text = program_.schema.tables[scope.table].fields[field.column].kind == data::FieldKind::text;
  out.is_list = field.type.kind == TypeKind::list;
  out.shape = shape_of(field.type);
}

/// All codes and nodes are there.
void RowProgram::finish_inputs() {
  for (OfField &of : fields_) {
    if (of.column < 0 || !of.asked || !of.is_text || of.is_list) continue;
    if (of.input->dictionary.size() > few_texts) continue;
    for (std::size_t i = 0; i < of.input->dictionary.size(); ++i)
      of.codes.push_back(codes_.find(of.input->dictionary[i]));
  }
}

void RowProgram::read(std::span<const std::uint32_t> rows, Batch &batch) const {
  const Rows all = rows.size() < rows_together ? bit_of(rows.size()) - 1 : all_together;
  batch.forget();
  for (std::size_t f = 0; f < fields_.size(); ++f) {
    const OfField &of = fields_[f];
    batch.slots[f].known = 0;
    if (of.column < 0 || !of.asked) continue;
    if (of.is_list)
      read_list(f, rows, batch);
    else
      read_values(f, rows, batch);
    batch.slots[f].known = all;
  }
}

/// While the rows before are computed, theirs come from memory.
void RowProgram::expect(std::span<const std::uint32_t> rows) const {
  if (rows.empty()) return;
  constexpr std::size_t line = 64;
  const bool in_order = rows.back() - rows.front() == rows.size() - 1;
  for (const OfField &of : fields_) {
    if (of.column < 0 || !of.asked) continue;
    const data::Column &column = *of.input;
    const std::size_t size = data::size_of(column.storage());
    const auto *values = static_cast<const char *>(column.values());
    const std::size_t step = in_order ? line / size : 1;
    for (std::size_t i = 0; i < rows.size(); i += step) __builtin_prefetch(values + rows[i] * size);
    if (column.given() != nullptr) __builtin_prefetch(column.given() + rows[0]);
    if (!of.is_list) continue;
    for (const std::uint32_t row : rows)
      if (column.is_given(row))
        __builtin_prefetch(column.dictionary[static_cast<std::size_t>(column.narrow(row))].data());
  }
}

void RowProgram::read_list(std::size_t f, std::span<const std::uint32_t> rows, Batch &batch) const {
  const Type &type = program_.scopes[scope_].fields[f].type;
  const data::Column &column = *fields_[f].input;
  const data::Dictionary &texts = column.dictionary;
  const char *begin = texts.size() == 0 ? nullptr : texts[0].data();
  static_assert(CodeKey::width <= block);
  const std::size_t whole =
      texts.bytes() < block ? 0 : texts.bytes() - block; // texts that end there or before
  Elements *lists = batch.slots[f].lists;
  batch.slots[f].values.given = all_together; // whatever their elements
  std::vector<CodeKey> &keys = batch.keys;
  std::size_t count = 0;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const bool given = column.is_given(rows[r]);
    const std::string_view cell =
        given ? texts[static_cast<std::size_t>(column.narrow(rows[r]))] : std::string_view("", 0);
    // There are no more elements than bytes, and one.
    if (keys.size() < count + cell.size() + 1) keys.resize((count + cell.size() + 1) * 2);
    CodeKey *const first_key = keys.data() + count, *key = first_key;
    if (!cell.empty() && static_cast<std::size_t>(cell.data() - begin) + cell.size() <= whole) {
      cut_blocks(cell, type.separator, [&](const char *first, const char *last) {
        *key = CodeKey({first, static_cast<std::size_t>(last - first)}, CodeKey::width);
        codes_.prefetch(*key++);
      });
    } else if (!cell.empty()) {
      cut(cell, type.separator, [&](const char *first, const char *last) {
        *key++ = CodeKey(std::string_view(first, static_cast<std::size_t>(last - first)));
      });
    } else if (type.at_least_one) {
      *key++ = CodeKey(cell);
    }
    lists[r] = {nullptr, static_cast<std::size_t>(key - first_key), cell, true};
    count += lists[r].count;
  }
  Element *elements = batch.make_elements(count);
  for (std::size_t k = 0; k < count; ++k) {
    const std::int32_t code = codes_.find(keys[k]);
    facts_.prefetch(code);
    elements[k] = {keys[k].text(), code};
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    lists[r].first = elements;
    elements += lists[r].count;
  }
}

void RowProgram::read_values(std::size_t f, std::span<const std::uint32_t> rows, Batch &batch) const {
  const OfField &of = fields_[f];
  const data::Column &column = *of.input;
  const std::uint8_t *given = column.given();
  Values &out = batch.slots[f].values;
  out.given = 0;
  out.yes = 0;
  const auto read = [&](const auto *values) {
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const auto value = values[rows[r]];
      if (given != nullptr ? given[rows[r]] == 0 : column.holds_references() && value < 0) continue;
      out.given |= bit_of(r);
      if (of.is_text) {
        const auto text = static_cast<std::size_t>(value);
        out.texts[r] = column.dictionary[text];
        out.numbers[r] = of.codes.empty() ? codes_.find(out.texts[r]) : of.codes[text];
      } else if (of.shape == Shape::truth) {
        out.yes |= static_cast<Rows>(value != 0) << r;
      } else {
        out.numbers[r] = static_cast<std::int64_t>(value);
        if (out.numbers[r] != value) throw HandOver("a large number");
      }
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
