// The parts of a row program: what a term of the policy becomes, and where a row is computed. See
// row_program.h; the kinds of nodes are in row_scalars.h, searches in tables in row_search.h.
#pragma once
#include "compiler/native/codes.h"
#include "compiler/native/execution.h"
#include "compiler/native/large_array.h"
#include "runtime/data/dataset.h"
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

namespace steelyard::native {

using Word = std::uint64_t;

/// As two words, which is how texts are put together: 16 bytes read at once just behind that would wait for
/// both writes.
inline std::string_view copy_of(const std::string_view &text) {
  return {text.data(), text.size()};
}

/// A value of a row. By kind: boolean 0 or 1, number in units of its type's scale, member, day, month, row of
/// its scope; of a text also its code, where that has been looked up.
struct Cell {
  static constexpr std::int64_t not_looked_up = std::numeric_limits<std::int64_t>::min();
  std::int64_t number = 0;
  std::string_view text;
  bool given = false;

  Cell() = default;
  Cell(std::int64_t of, std::string_view as_text, bool is_given)
      : number(of), text(as_text), given(is_given) {}
  Cell(const Cell &other) : number(other.number), text(copy_of(other.text)), given(other.given) {}
  Cell &operator=(const Cell &other) {
    number = other.number;
    text = copy_of(other.text);
    given = other.given;
    return *this;
  }
  ~Cell() = default;
};
struct Element {
  std::string_view text;
  std::int32_t code = Codes::unknown;

  Element() = default;
  Element(std::string_view of, std::int32_t as_code) : text(of), code(as_code) {}
  Element(const Element &other) : text(copy_of(other.text)), code(other.code) {}
  Element &operator=(const Element &other) {
    text = copy_of(other.text);
    code = other.code;
    return *this;
  }
  ~Element() = default;
};
struct Elements {
  const Element *first = nullptr;
  std::size_t count = 0;
  std::string_view cell; ///< in which they stand as they are, with the separators
  bool has_cell = false;

  Elements() = default;
  Elements(const Element *from, std::size_t how_many, std::string_view as_cell, bool is_cell)
      : first(from), count(how_many), cell(as_cell), has_cell(is_cell) {}
  Elements(const Elements &other)
      : first(other.first), count(other.count), cell(copy_of(other.cell)), has_cell(other.has_cell) {}
  Elements &operator=(const Elements &other) {
    first = other.first;
    count = other.count;
    cell = copy_of(other.cell);
    has_cell = other.has_cell;
    return *this;
  }
  ~Elements() = default;
  const Element *begin() const { return first; }
  const Element *end() const { return first + count; }
};

/// What the nodes of a program know of each code, side by side, so that all of it comes from memory at once.
class CodeFacts {
public:
  /// The greatest fact.
  static constexpr std::int32_t most = std::numeric_limits<std::uint16_t>::max();

  /// A new fact, 0 for codes that have no other value and for unknown ones. Returns its place.
  std::size_t add(std::vector<std::int32_t> by_code) {
    columns_.push_back(std::move(by_code));
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
  /// Fetches all that is known of a code.
  void prefetch(std::int32_t code) const {
    for (std::size_t i = 0; i < width_; i += line)
      __builtin_prefetch(unknown_ + static_cast<std::size_t>(code + 1) * width_ + i);
  }

private:
  static constexpr std::size_t line = 32; ///< facts in a line of the cache
  std::vector<std::vector<std::int32_t>> columns_;
  LargeArray<std::uint16_t> facts_;
  std::uint16_t *unknown_ = nullptr; ///< the row of the unknown code, which is in front of all others
  std::size_t width_ = line;
};

struct RowContext;
struct ScalarNode {
  virtual ~ScalarNode() = default;
  /// What it gives stays where it is until this node is asked again at this row.
  virtual const Cell &get(RowContext &row) const = 0;
  /// Given and true.
  virtual bool truth(RowContext &row) const {
    const Cell &cell = get(row);
    return cell.given && cell.number != 0;
  }
};
inline const Cell missing_cell, yes_cell{1, {}, true}, no_cell{0, {}, true};
/// Always given.
struct TruthNode : ScalarNode {
  const Cell &get(RowContext &row) const final { return truth(row) ? yes_cell : no_cell; }
  bool truth(RowContext &row) const override = 0;
};
struct ListNode {
  virtual ~ListNode() = default;
  /// Stays where it is, as a value does.
  virtual const Elements &get(RowContext &row) const = 0;
};
inline const Elements no_elements;
using Scalar = std::unique_ptr<ScalarNode>;
using List = std::unique_ptr<ListNode>;

/// One of the lists of some rows that are read together.
struct ListsOfRows {
  std::vector<CodeKey> keys;       ///< of the elements
  std::vector<Element> elements;   ///< of all rows, one row after the other
  std::vector<std::uint32_t> ends; ///< by row
  std::vector<std::string_view> cells;
};

struct InputsOfRows {
  std::vector<ListsOfRows> lists; ///< by list of the input
  std::vector<Cell> cells;        ///< by row, then by other input
};

/// What a search in a table has found out about the row that asks.
struct SearchState {
  std::vector<const Word *> sets;  ///< by condition: the rows of the table at which it holds; null: not asked
  std::vector<std::int32_t> codes; ///< by value that is looked up
  Cell found;
  std::vector<Word> made; ///< sets that are put together
};

/// Where one row is computed; one for each thread, and one more for each `with` inside another.
struct RowContext {
  struct Slot {
    Cell cell;
    Elements list;
  };
  const class RowProgram *program = nullptr;
  const CodeFacts *facts = nullptr;
  const InputsOfRows *inputs = nullptr;
  std::size_t place = 0;                  ///< among the rows that are read together
  std::vector<Slot> slots;                ///< by field of the scope
  std::vector<std::uint8_t> known;        ///< by field: 0 not yet, 1 known, 2 put there by `with`
  std::vector<std::int16_t> taken;        ///< by field: the alternative, where it is known and chooses
  std::vector<Element> elements;          ///< of the lists that are gone through, innermost last
  std::vector<std::vector<Element>> made; ///< by node: lists that are made
  std::vector<Cell> cells;                ///< by node: values that stand nowhere else
  std::vector<Elements> parts;            ///< by node: lists that stand nowhere else
  std::vector<SearchState> searches;      ///< by search
  std::unique_ptr<RowContext> changed;    ///< the row with a field changed
};

} // namespace steelyard::native
