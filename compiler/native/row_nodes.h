// The parts of a row program: what a term of the policy becomes, and where rows are computed. See
// row_program.h; the kinds of nodes are in row_scalars.h, searches in tables in row_search.h.
#pragma once
#include "compiler/native/codes.h"
#include "compiler/native/execution.h"
#include "compiler/native/large_array.h"
#include "runtime/data/dataset.h"
#include <array>
#include <bit>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

namespace steelyard::native {

using Word = std::uint64_t;

/// Some of the rows that are computed together, a bit each. What a condition says of them is again such a
/// word, so `and`, `or` and `not` are done for all at once, and nobody waits for a branch.
using Rows = Word;
inline constexpr std::size_t rows_together = 64;
inline constexpr Rows all_together = ~Rows{0};
constexpr Rows bit_of(std::size_t row) {
  return Rows{1} << row;
}
/// Calls `act(row)` for each of `rows`, in order.
template<class Act> void each_row(Rows rows, Act &&act) {
  if (rows == all_together) {
    for (std::size_t row = 0; row < rows_together; ++row) act(row);
    return;
  }
  for (; rows != 0; rows &= rows - 1) act(static_cast<std::size_t>(std::countr_zero(rows)));
}
/// Those of `rows` for which `test(row)` is true.
template<class Test> Rows rows_where(Rows rows, Test &&test) {
  Rows out = 0;
  each_row(rows, [&](std::size_t row) { out |= static_cast<Rows>(test(row)) << row; });
  return out;
}
constexpr Rows merged(Rows before, Rows now, Rows rows) {
  return (before & ~rows) | (now & rows);
}

/// A single value, of a table or a constant. By kind: boolean 0 or 1, number in units of its type's scale,
/// member, day, month, row of its scope, of a text its code.
struct Cell {
  std::int64_t number = 0;
  std::string_view text;
  bool given = false;
};

/// What is kept of values, by their type.
enum class Shape { truth, number, text };
inline Shape shape_of(const semantics::Type &type) {
  if (type.kind == semantics::TypeKind::boolean) return Shape::truth;
  return type.kind == semantics::TypeKind::text ? Shape::text : Shape::number;
}

/// The values of rows that are computed together, where they stand.
struct Values {
  Rows given = 0;
  Rows yes = 0;                      ///< of truths
  std::int64_t *numbers = nullptr;   ///< by row, as in a Cell; of truths null
  std::string_view *texts = nullptr; ///< by row; of texts only
};

struct Element {
  std::string_view text;
  std::int32_t code = Codes::unknown;
};
struct Elements {
  const Element *first = nullptr;
  std::size_t count = 0;
  std::string_view cell; ///< in which they stand as they are, with the separators
  bool has_cell = false;
  const Element *begin() const { return first; }
  const Element *end() const { return first + count; }
};
/// As a cell; `room` is for those that stand in none.
std::string_view joined(const Elements &elements, char separator, std::string &room);

/// What the nodes of a program know of each code, side by side, so that all of it comes from memory at once.
class CodeFacts {
public:
  /// The greatest fact.
  static constexpr std::int32_t most = std::numeric_limits<std::uint16_t>::max();

  /// A new fact, 0 for codes that have no other value and for unknown ones. Returns its place.
  std::size_t add(std::vector<std::int32_t> by_code) {
    columns_.push_back(std::move(by_code));
    open_.push_back(0);
    return columns_.size() - 1;
  }
  const std::vector<std::int32_t> &column(std::size_t fact) const { return columns_[fact]; }
  /// All facts have their places, and all codes are there. False where a fact is too great.
  bool finish(std::size_t codes);
  void set(std::int32_t code, std::size_t fact, std::int32_t value) {
    unknown_[static_cast<std::size_t>(code + 1) * width_ + fact] = static_cast<std::uint16_t>(value);
  }
  std::int32_t of(std::int32_t code, std::size_t fact) const {
    return unknown_[static_cast<std::size_t>(code + 1) * width_ + fact];
  }
  /// Of some codes it is not known whether the fact holds.
  bool is_open(std::size_t fact) const { return open_[fact] != 0; }
  void set_open(std::size_t fact) { open_[fact] = 1; }
  /// Fetches all that is known of a code.
  void prefetch(std::int32_t code) const {
    for (std::size_t i = 0; i < width_; i += line)
      __builtin_prefetch(unknown_ + static_cast<std::size_t>(code + 1) * width_ + i);
  }

private:
  static constexpr std::size_t line = 32; ///< facts in a line of the cache
  std::vector<std::vector<std::int32_t>> columns_;
  std::vector<std::uint8_t> open_; ///< by fact
  LargeArray<std::uint16_t> facts_;
  std::uint16_t *unknown_ = nullptr; ///< the row of the unknown code, which is in front of all others
  std::size_t width_ = line;
};

class Batch;
struct ScalarNode {
  virtual ~ScalarNode() = default;
  /// Right at `rows`, where it stays as it is until this node is asked again at the same row.
  virtual Values get(Batch &batch, Rows rows) const = 0;
  /// Those of `rows` where it is given and true.
  virtual Rows truth(Batch &batch, Rows rows) const {
    const Values values = get(batch, rows);
    return values.given & values.yes & rows;
  }
};
/// Always given.
struct TruthNode : ScalarNode {
  Values get(Batch &batch, Rows rows) const final {
    return {all_together, truth(batch, rows), nullptr, nullptr};
  }
  Rows truth(Batch &batch, Rows rows) const override = 0;
};
struct ListNode {
  virtual ~ListNode() = default;
  /// By row, right at `rows`; stays where it is, as a value does.
  virtual const Elements *get(Batch &batch, Rows rows) const = 0;
};
using Scalar = std::unique_ptr<ScalarNode>;
using List = std::unique_ptr<ListNode>;

/// What a search in a table has found out about the rows that ask.
struct SearchState {
  struct Known {
    Rows rows = 0;           ///< of which it is known
    Rows holds = 0;          ///< of a condition
    Values values;           ///< of a value that is looked up
    bool one_by_one = false; ///< since asking all rows failed
  };
  Rows rows = 0;                  ///< that ask
  std::vector<Known> same;        ///< by condition, of those that are the same for the whole table
  std::vector<Known> values;      ///< by value that is looked up
  std::vector<const Word *> sets; ///< by condition, of one row: the rows of the table at which it holds
  std::vector<Word> asked;        ///< a bit for each condition: its set is there
  std::vector<Word> made;         ///< sets that are put together
};

/// Where some rows are computed; one for each thread, and one more for each `with` that is met.
class Batch {
public:
  using Lists = std::array<Elements, rows_together>;
  struct Slot {
    Values values;
    Elements *lists = nullptr;     ///< by row, of lists
    std::int16_t *taken = nullptr; ///< by row, of results: the alternative
    Rows known = 0;
    bool of_outer = false; ///< the `with` does not reach it: it is as in the rows outside
  };
  /// Where the rows have come to in a list that is gone through.
  struct Current {
    std::array<std::int64_t, rows_together> codes;
    std::array<std::string_view, rows_together> texts;
    void put(std::size_t row, const Element &element) {
      codes[row] = element.code;
      texts[row] = element.text;
    }
  };

  Batch(const class RowProgram &of, const CodeFacts &known) : program(of), facts(known) {}
  Batch(const Batch &) = delete; // much points into it
  Batch &operator=(const Batch &) = delete;
  ~Batch() = default;

  const RowProgram &program;
  const CodeFacts &facts;
  static constexpr std::size_t no_field = ~std::size_t{0};
  Batch *outer = nullptr;                      ///< the rows outside, of a `with`
  std::size_t changed_field = no_field;        ///< by the `with`
  std::vector<Slot> slots;                     ///< by field of the scope
  std::vector<Values> values;                  ///< by node: those that stand nowhere else
  std::vector<Elements *> lists;               ///< by node: likewise
  std::vector<SearchState> searches;           ///< by search
  std::vector<std::unique_ptr<Batch>> changed; ///< by `with`: the rows with a field changed

  /// Room for a value of each row; it stays where it is.
  Values make_values(Shape shape);
  Elements *make_lists();
  std::int16_t *make_choices();
  /// Of lists that are put together; they are there until `forget`.
  Element *make_elements(std::size_t count);
  /// Before other rows are read.
  void forget() {
    block_ = 0;
    used_ = 0;
    depth_ = 0; // rows before may have been left in the middle
    for (const std::unique_ptr<Batch> &other : changed)
      if (other) other->forget();
  }

  std::vector<CodeKey> keys; ///< of lists that are being read

  // The lists that are gone through, the innermost last.
  Current &enter_list() {
    if (depth_ == current_.size()) current_.emplace_back();
    return current_[depth_++];
  }
  /// `level`: 0 is the innermost.
  Current &element(std::size_t level) { return current_[depth_ - 1 - level]; }
  std::size_t depth() const { return depth_; }
  /// Leaves all lists further inside.
  void return_to(std::size_t depth) { depth_ = depth; }

private:
  std::deque<std::array<std::int64_t, rows_together>> numbers_;
  std::deque<std::array<std::string_view, rows_together>> texts_;
  std::deque<std::array<std::int16_t, rows_together>> taken_;
  std::deque<Lists> lists_;
  std::deque<std::vector<Element>> made_;
  std::size_t block_ = 0, used_ = 0; ///< of `made_`
  std::deque<Current> current_;
  std::size_t depth_ = 0;
};

} // namespace steelyard::native
