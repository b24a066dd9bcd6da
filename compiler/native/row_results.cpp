// See row_results.h.
#include "compiler/native/row_results.h"
#include <algorithm>
#include <stdexcept>

namespace steelyard::native {

using namespace semantics;

RowResults::RowResults(RowProgram &program, const std::vector<int> &fields, std::size_t rows,
                       std::size_t parts)
    : program_(program.program()), scope_(program.scope()), texts_(parts) {
  for (const int field : fields) {
    const Type &type = program_.scopes[scope_].fields[field].type;
    Column column;
    column.field = field;
    column.is_text = type.kind == TypeKind::text || type.kind == TypeKind::list;
    column.separator = type.separator;
    if (type.kind == TypeKind::row) column.rows_of = type.domain;
    if (column.is_text)
      column.texts.resize(rows);
    else
      column.numbers.resize(rows);
    column.given.resize(rows);
    columns_.push_back(std::move(column));
  }
}

std::string_view RowResults::Texts::keep(std::string_view text) {
  constexpr std::size_t block = 1 << 16;
  if (blocks.empty() || blocks.back().size() + text.size() > blocks.back().capacity())
    blocks.emplace_back().reserve(std::max(block, text.size()));
  std::string &into = blocks.back();
  const std::size_t at = into.size();
  into.append(text);
  return std::string_view(into).substr(at);
}

std::string_view joined(const Elements &elements, char separator, std::string &room) {
  if (elements.has_cell) return elements.cell;
  room.clear();
  for (const Element &element : elements) {
    if (&element != elements.begin()) room += separator;
    room += element.text;
  }
  return room;
}

void RowResults::put(std::size_t part, std::size_t begin, std::size_t count, const Batch &batch) {
  std::string room;
  for (Column &column : columns_) {
    const Batch::Slot &slot = batch.slots[static_cast<std::size_t>(column.field)];
    for (std::size_t row = 0; row < count; ++row) {
      const bool given = slot.lists != nullptr || (slot.values.given & bit_of(row)) != 0;
      column.given[begin + row] = given ? 1 : 0;
      if (!given) continue;
      if (slot.lists != nullptr)
        column.texts[begin + row] = texts_[part].keep(joined(slot.lists[row], column.separator, room));
      else if (column.is_text)
        column.texts[begin + row] = texts_[part].keep(slot.values.texts[row]);
      else if (slot.values.numbers == nullptr)
        column.numbers[begin + row] = (slot.values.yes & bit_of(row)) != 0 ? 1 : 0;
      else
        column.numbers[begin + row] = slot.values.numbers[row];
    }
  }
}

void RowResults::finish(std::unique_ptr<RowProgram> program, std::vector<std::uint32_t> order,
                        std::vector<TakenAlternatives> choices) {
  rows_ = std::move(program);
  tables_ = interpret::results_of(rows_->tables());
  order_ = std::move(order);
  choices_ = std::move(choices);
  for (Column &column : columns_) {
    if (column.rows_of < 0) continue;
    // References are places in the order of keys.
    const std::vector<int> &by_key = rows_->tables().ordered_rows(column.rows_of);
    std::vector<std::int64_t> rank(by_key.size());
    for (std::size_t i = 0; i < by_key.size(); ++i) rank[by_key[i]] = static_cast<std::int64_t>(i);
    for (std::size_t row = 0; row < column.numbers.size(); ++row)
      if (column.given[row] != 0) column.numbers[row] = rank[static_cast<std::size_t>(column.numbers[row])];
  }
}

std::size_t RowResults::rows(int scope) {
  return scope == scope_ ? order_.size() : tables_->rows(scope);
}

std::vector<int> RowResults::input_rows(int scope) {
  return scope == scope_ ? std::vector<int>(order_.begin(), order_.end()) : tables_->input_rows(scope);
}

void RowResults::values(int scope, int field, std::size_t begin, std::size_t end, log::Cells &out) {
  if (scope != scope_) return tables_->values(scope, field, begin, end, out);
  const Field &of = program_.scopes[scope].fields[field];
  if (of.kind == FieldKind::key) {
    const data::Column &keys = rows_->dataset().tables[program_.scopes[scope].table].columns[of.column];
    for (std::size_t at = begin; at < end; ++at) {
      out.given.push_back(1);
      out.texts.push_back(keys.dictionary[static_cast<std::size_t>(keys.narrow(order_[at]))]);
    }
    return;
  }
  const auto column =
      std::find_if(columns_.begin(), columns_.end(), [&](const Column &one) { return one.field == field; });
  if (column == columns_.end()) throw std::logic_error("a result that was not kept");
  for (std::size_t at = begin; at < end; ++at) {
    out.given.push_back(column->given[at]);
    if (column->is_text)
      out.texts.push_back(column->texts[at]);
    else
      out.values.push_back(column->numbers[at]);
  }
}

void RowResults::choices(int definition, std::size_t begin, std::size_t end, log::Cells &out) {
  if (program_.definitions[definition].scope != scope_) return tables_->choices(definition, begin, end, out);
  const auto of = std::find_if(choices_.begin(), choices_.end(),
                               [&](const TakenAlternatives &one) { return one.definition == definition; });
  if (of == choices_.end()) throw std::logic_error("a choice that was not kept");
  for (std::size_t at = begin; at < end; ++at) {
    out.given.push_back(of->taken[at] >= 0 ? 1 : 0);
    out.values.push_back(std::max(of->taken[at], 0));
  }
}

void RowResults::checks(int check, std::size_t begin, std::size_t end, log::Cells &out) {
  tables_->checks(check, begin, end, out); // there are none of the rows
}

void RowResults::aggregates(int aggregate, bool sum, std::size_t begin, std::size_t end, log::Cells &out) {
  tables_->aggregates(aggregate, sum, begin, end, out); // likewise
}

namespace {

class StagedResults : public interpret::Results {
public:
  StagedResults(const Program &program, std::vector<bool> of_first, std::unique_ptr<interpret::Results> first,
                std::unique_ptr<interpret::Results> rest, std::shared_ptr<const void> kept)
      : program_(program), of_first_(std::move(of_first)), kept_(std::move(kept)), first_(std::move(first)),
        rest_(std::move(rest)) {}

  std::size_t rows(int scope) override { return rest_->rows(scope); }
  std::vector<int> input_rows(int scope) override { return rest_->input_rows(scope); }
  void values(int scope, int field, std::size_t begin, std::size_t end, log::Cells &out) override {
    of(program_.scopes[scope].fields[field].definition).values(scope, field, begin, end, out);
  }
  void choices(int definition, std::size_t begin, std::size_t end, log::Cells &out) override {
    of(definition).choices(definition, begin, end, out);
  }
  void checks(int check, std::size_t begin, std::size_t end, log::Cells &out) override {
    rest_->checks(check, begin, end, out);
  }
  void aggregates(int aggregate, bool sum, std::size_t begin, std::size_t end, log::Cells &out) override {
    rest_->aggregates(aggregate, sum, begin, end, out);
  }
  int threads() const override { return 1; }

private:
  interpret::Results &of(int definition) {
    return definition >= 0 && of_first_[static_cast<std::size_t>(definition)] ? *first_ : *rest_;
  }

  const Program &program_;
  std::vector<bool> of_first_;
  std::shared_ptr<const void> kept_; // before the results, which look at it until they are gone
  std::unique_ptr<interpret::Results> first_, rest_;
};

} // namespace

std::unique_ptr<interpret::Results> results_of_stages(const Program &program, std::vector<bool> of_first,
                                                      std::unique_ptr<interpret::Results> first,
                                                      std::unique_ptr<interpret::Results> rest,
                                                      std::shared_ptr<const void> kept) {
  return std::make_unique<StagedResults>(program, std::move(of_first), std::move(first), std::move(rest),
                                         std::move(kept));
}

} // namespace steelyard::native
