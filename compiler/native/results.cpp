// The result files, byte for byte as the interpreter writes them.
#include "compiler/native/execution.h"
#include "runtime/data/cell_writer.h"
#include "runtime/data/result_folder.h"
#include "runtime/data/tasks.h"
#include "runtime/engine/parallel.h"
#include "runtime/number/calendar.h"
#include <algorithm>
#include <cstring>
#include <fmt/core.h>
#include <memory>
#include <sys/mman.h>

namespace steelyard::native {

using semantics::TypeKind;

namespace {

/// Cells that are written again and again, one behind the other.
class CellList {
public:
  void add(std::string_view text) {
    bytes_ += text;
    ends_.push_back(bytes_.size());
    longest_ = std::max(longest_, text.size());
  }
  std::string_view operator[](std::size_t index) const {
    const std::size_t from = index == 0 ? 0 : ends_[index - 1];
    return {bytes_.data() + from, ends_[index] - from};
  }
  std::size_t longest() const { return longest_; }
  bool empty() const { return ends_.empty(); }

private:
  std::string bytes_;
  std::vector<std::size_t> ends_;
  std::size_t longest_ = 0;
};

/// How the cells of a column are written.
struct Cells {
  enum class Form : std::uint8_t { number, listed, plain_text, other } form = Form::other;
  int id = 0;
  const engine::Column *column = nullptr;
  int scale = 0;
  CellList list;
  std::size_t longest = 0; ///< bytes that a cell takes at most; of `other` ones nothing is known
};

/// Memory that lines are written to; what it holds is written over for each morsel.
class Lines {
public:
  /// Where to go on writing when `more` bytes are to come; `at` is where writing stopped, null at first.
  char *room(char *at, std::size_t more) {
    const auto used = at == nullptr ? std::size_t{0} : static_cast<std::size_t>(at - memory_.get());
    if (size_ - used >= more) return memory_.get() + used;
    const std::size_t size = 2 * (used + more);
    auto memory = std::make_unique_for_overwrite<char[]>(size);
    if (used > 0) std::memcpy(memory.get(), memory_.get(), used);
    memory_ = std::move(memory);
    size_ = size;
    return memory_.get() + used;
  }
  char *begin() { return memory_.get(); }

private:
  std::unique_ptr<char[]> memory_;
  std::size_t size_ = 0;
};

/// Room for a long text, in large pages where the system has them.
void reserve(std::string &text, std::size_t size) {
  text.reserve(size);
  constexpr std::size_t page = std::size_t{1} << 21U;
  const auto from = (reinterpret_cast<std::uintptr_t>(text.data()) + text.size() + page - 1) & ~(page - 1);
  const auto to = (reinterpret_cast<std::uintptr_t>(text.data()) + text.capacity()) & ~(page - 1);
  if (from < to) ::madvise(reinterpret_cast<void *>(from), to - from, MADV_HUGEPAGE); // advice only
}

/// Most texts are keys and members: of eight to sixteen bytes, by two words that may overlap, or shorter.
inline char *copy(char *out, std::string_view text) {
  const char *from = text.data();
  const std::size_t size = text.size();
  if (size - 8 <= 8) {
    std::uint64_t first = 0, last = 0;
    std::memcpy(&first, from, 8);
    std::memcpy(&last, from + size - 8, 8);
    std::memcpy(out, &first, 8);
    std::memcpy(out + size - 8, &last, 8);
  } else if (size - 4 < 4) {
    std::uint32_t first = 0, last = 0;
    std::memcpy(&first, from, 4);
    std::memcpy(&last, from + size - 4, 4);
    std::memcpy(out, &first, 4);
    std::memcpy(out + size - 4, &last, 4);
  } else {
    std::memcpy(out, from, size);
  }
  return out + size;
}

void append_decimal(std::string &out, Int128 units, int scale) {
  char text[2 * data::longest_number];
  out.append(text, static_cast<std::size_t>(data::write_number(text, units, scale) - text));
}

} // namespace

/// As a cell: quoted where it must be.
void Execution::append_value(std::string &out, int id, std::size_t row) const {
  const TypeKind kind = plan_.columns[id].type.kind;
  const engine::Column &column = columns_[id];
  if (kind == TypeKind::text && column.is_given(row))
    return data::append_cell(out, column.texts->at(static_cast<std::size_t>(column.get(row))));
  if (kind != TypeKind::row) return append_plain(out, id, row);
  std::string text;
  append_plain(text, id, row);
  if (!text.empty()) data::append_cell(out, text);
}

/// As it is, for a part of a cell.
void Execution::append_plain(std::string &out, int id, std::size_t row) const {
  const engine::Column &column = columns_[id];
  if (column.is_given(row)) append_code(out, id, column.get(row));
}

/// As `append_plain`, a value of the column as it is stored.
void Execution::append_code(std::string &out, int id, Int128 value) const {
  const engine::Column &column = columns_[id];
  const plan::Column &declared = plan_.columns[id];
  switch (declared.type.kind) {
  case TypeKind::boolean:
    out += value != 0 ? "true" : "false";
    return;
  case TypeKind::text:
  case TypeKind::list:
    out += column.texts->at(static_cast<std::size_t>(value));
    return;
  case TypeKind::date:
    out += calendar::day_text(static_cast<std::int64_t>(value));
    return;
  case TypeKind::month:
    out += calendar::month_text(static_cast<std::int64_t>(value));
    return;
  case TypeKind::number:
    append_decimal(out, value, std::max(0, declared.type.scale));
    return;
  case TypeKind::member:
    out += program_.enums[declared.type.domain].members[static_cast<std::size_t>(value)].canonical();
    return;
  case TypeKind::row:
    for (int key = 0; key < program_.scopes[declared.target].key_count; ++key) {
      if (key > 0) out += '/';
      append_plain(out, plan_.column_of(declared.target, key), static_cast<std::size_t>(value));
    }
    return;
  }
}

/// False when there is no such file. `write` null: all of it is kept.
bool Execution::result_file(int scope, std::string &text,
                            const std::function<bool(std::string_view)> &write) {
  const semantics::Scope &declared = program_.scopes[scope];
  std::vector<int> fields;
  for (std::size_t i = 0; i < declared.fields.size(); ++i)
    if (declared.fields[i].kind == semantics::FieldKind::definition) fields.push_back(static_cast<int>(i));
  if (fields.empty()) return false;
  std::stable_sort(fields.begin(), fields.end(), [&](int a, int b) {
    return program_.definitions[declared.fields[a].definition].order <
           program_.definitions[declared.fields[b].definition].order;
  });
  std::vector<int> columns;
  for (int k = 0; k < declared.key_count; ++k) columns.push_back(plan_.column_of(scope, k));
  for (const int field : fields) columns.push_back(plan_.column_of(scope, field));
  for (const int id : columns) {
    if (!text.empty()) text += ',';
    data::append_cell(text, declared.fields[plan_.columns[id].field].names.canonical());
  }
  text += '\n';
  const std::vector<int> &order = ordered(scope);
  std::vector<Cells> cells;
  std::size_t longest = columns.size() + 1;
  for (const int id : columns) {
    const plan::Column &of = plan_.columns[id];
    Cells &one = cells.emplace_back();
    one.id = id;
    one.column = &columns_[id];
    one.scale = std::max(0, of.type.scale);
    // A cell that is the text of a row of another scope, or of a member, comes from a list made once.
    std::size_t listed = 0;
    if (of.type.kind == TypeKind::boolean) listed = 2;
    if (of.type.kind == TypeKind::member) listed = program_.enums[of.type.domain].members.size();
    if (of.target >= 0 && rows(of.target) <= order.size()) listed = rows(of.target);
    for (std::size_t value = 0; value < listed; ++value) {
      std::string plain;
      append_code(plain, id, static_cast<std::int64_t>(value));
      std::string cell;
      data::append_cell(cell, plain);
      one.list.add(cell);
    }
    if (listed > 0) {
      one.form = Cells::Form::listed;
      one.longest = one.list.longest();
    } else if (of.type.kind == TypeKind::number) {
      one.form = Cells::Form::number;
      one.longest = data::longest_number + static_cast<std::size_t>(one.scale);
    } else if (of.type.kind == TypeKind::text && one.column->texts && one.column->texts->is_plain()) {
      one.form = Cells::Form::plain_text;
      one.longest = one.column->texts->longest();
    }
    longest += one.longest;
  }
  const auto write_rows = [&](Lines &lines, std::size_t begin, std::size_t end, data::NumberWriter &numbers) {
    char *out = lines.room(nullptr, (end - begin) * (columns.size() * 12 + 8));
    std::string other;
    for (std::size_t i = begin; i < end; ++i) {
      out = lines.room(out, longest);
      const auto row = static_cast<std::size_t>(order[i]);
      for (const Cells &one : cells) {
        switch (one.form) {
        case Cells::Form::number:
          if (!one.column->is_given(row)) break;
          out = one.column->storage() == engine::Storage::i128
                    ? data::write_number(out, one.column->get(row), one.scale)
                    : numbers.write(out, one.column->narrow(row), one.scale);
          break;
        case Cells::Form::listed:
          if (one.column->is_given(row))
            out = copy(out, one.list[static_cast<std::size_t>(one.column->narrow(row))]);
          break;
        case Cells::Form::plain_text:
          if (one.column->is_given(row))
            out = copy(out, one.column->texts->at(static_cast<std::size_t>(one.column->narrow(row))));
          break;
        case Cells::Form::other:
          other.clear();
          append_value(other, one.id, row);
          out = copy(lines.room(out, other.size() + longest), other);
          break;
        }
        *out++ = ',';
      }
      out[-1] = '\n';
    }
    return std::string_view(lines.begin(), static_cast<std::size_t>(out - lines.begin()));
  };
  // A few morsels at a time, so that their lines are still in the cache when they are put together.
  const std::size_t morsels = (order.size() + engine::morsel - 1) / engine::morsel;
  const auto wave = static_cast<std::size_t>(threads_);
  std::vector<Lines> lines(wave);
  std::vector<data::NumberWriter> numbers(wave);
  std::vector<std::string_view> written(wave);
  if (write && !write(text)) return true;
  for (std::size_t first = 0; first < morsels; first += wave) {
    const std::size_t count = std::min(wave, morsels - first);
    data::for_tasks(count, threads_, [&](std::size_t k, std::size_t) {
      const std::size_t begin = (first + k) * engine::morsel;
      written[k] = write_rows(lines[k], begin, std::min(order.size(), begin + engine::morsel), numbers[k]);
    });
    if (write) {
      for (std::size_t k = 0; k < count; ++k)
        if (!write(written[k])) return true;
      continue;
    }
    if (first == 0) {
      const std::size_t a_row = written[0].size() / std::min(order.size(), engine::morsel) + 1;
      reserve(text, text.size() + order.size() * (a_row + a_row / 16 + 1));
    }
    for (std::size_t k = 0; k < count; ++k) text += written[k];
  }
  return true;
}

std::string Execution::checks_file(std::vector<interpret::FailedCheck> &failed) {
  std::string out = "check,scope,row\n";
  for (std::size_t i = 0; i < program_.checks.size(); ++i) {
    const semantics::Check &check = program_.checks[i];
    if (check.required) continue;
    int column = -1;
    for (const plan::Step &step : plan_.steps)
      if (const auto *pass = std::get_if<plan::Pass>(&step.what))
        for (const plan::Work &work : pass->work)
          if (const auto *one = std::get_if<plan::Check>(&work);
              one != nullptr && one->check == static_cast<int>(i))
            column = one->column;
    interpret::FailedCheck count{static_cast<int>(i), 0};
    for (const int row : ordered(check.scope)) {
      if (columns_[column].get(static_cast<std::size_t>(row)) != 0) continue;
      ++count.count;
      data::append_cell(out, check.names.canonical());
      out += ',';
      data::append_cell(out, program_.scopes[check.scope].names.canonical());
      out += ',';
      std::string key;
      for (int k = 0; k < program_.scopes[check.scope].key_count; ++k) {
        key += fmt::format("{}{}=", k == 0 ? "" : ", ",
                           program_.scopes[check.scope].fields[k].names.canonical());
        append_plain(key, plan_.column_of(check.scope, k), static_cast<std::size_t>(row));
      }
      data::append_cell(out, key);
      out += '\n';
    }
    if (count.count > 0) failed.push_back(count);
  }
  return out;
}

interpret::Settlement Execution::results(const WritePart &write, std::vector<std::string> &written) {
  interpret::Settlement out;
  for (std::size_t scope = 0; scope < program_.scopes.size(); ++scope)
    for (std::size_t i = 0; i < scopes_[scope].dropped.size(); ++i)
      if (scopes_[scope].dropped[i] > 0)
        out.dropped.push_back({static_cast<int>(scope), static_cast<int>(i), scopes_[scope].dropped[i]});
  for (std::size_t scope = 0; scope < program_.scopes.size(); ++scope) {
    const std::string name = (scope == 0 ? "overall" : program_.scopes[scope].names.canonical()) + ".csv";
    bool well = true;
    std::function<bool(std::string_view)> part;
    if (write) part = [&](std::string_view text) { return well = write(name, text); };
    std::string content;
    if (!result_file(static_cast<int>(scope), content, part)) continue;
    if (!well) return out;
    if (write)
      written.push_back(name);
    else
      out.files.push_back({name, std::move(content)});
  }
  const bool has_check = std::any_of(program_.checks.begin(), program_.checks.end(),
                                     [](const semantics::Check &check) { return !check.required; });
  if (has_check) out.files.push_back({"checks.csv", checks_file(out.failed_checks)});
  return out;
}

} // namespace steelyard::native
