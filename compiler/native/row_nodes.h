// The parts of a row program: what a term of the policy becomes. See row_program.h.
#pragma once
#include "compiler/native/codes.h"
#include "compiler/native/execution.h"
#include "runtime/data/dataset.h"
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

namespace steelyard::native {

using Word = std::uint64_t;

/// A value of a row. By kind: boolean 0 or 1, number in units of its type's scale, member, day, month, row of
/// its scope; of a text also its code, where that has been looked up.
struct Cell {
  static constexpr std::int64_t not_looked_up = std::numeric_limits<std::int64_t>::min();
  std::int64_t number = 0;
  std::string_view text;
  bool given = false;
};
struct Element {
  std::string_view text;
  std::int32_t code = Codes::unknown;
};
struct Elements {
  const Element *first = nullptr;
  std::size_t count = 0;
  const Element *begin() const { return first; }
  const Element *end() const { return first + count; }
};

/// What the nodes of a program know of each code, side by side, so that all of it comes from memory at once.
class CodeFacts {
public:
  /// A new fact, 0 for codes that have no other value and for unknown ones. Returns its place.
  std::size_t add(std::vector<std::int32_t> by_code) {
    columns_.push_back(std::move(by_code));
    return columns_.size() - 1;
  }
  /// All facts are there, and so are all codes.
  void finish(std::size_t codes) {
    width_ = (columns_.size() + 15) / 16 * 16;
    // One row more in front, of the unknown code.
    facts_.assign((codes + 1) * width_ + 16, 0);
    while (reinterpret_cast<std::uintptr_t>(facts_.data() + offset_) % 64 != 0) ++offset_;
    for (std::size_t c = 0; c < columns_.size(); ++c)
      for (std::size_t code = 0; code < columns_[c].size(); ++code)
        facts_[offset_ + (code + 1) * width_ + c] = columns_[c][code];
    columns_.clear();
  }
  std::int32_t of(std::int32_t code, std::size_t fact) const { return row(code)[fact]; }
  const std::int32_t *row(std::int32_t code) const {
    return facts_.data() + offset_ + static_cast<std::size_t>(code + 1) * width_;
  }

private:
  std::vector<std::vector<std::int32_t>> columns_;
  std::vector<std::int32_t> facts_;
  std::size_t width_ = 16, offset_ = 0;
};

struct RowContext;
struct ScalarNode {
  virtual ~ScalarNode() = default;
  virtual Cell get(RowContext &row) const = 0;
  bool truth(RowContext &row) const {
    const Cell cell = get(row);
    return cell.given && cell.number != 0;
  }
};
struct ListNode {
  virtual ~ListNode() = default;
  virtual Elements get(RowContext &row) const = 0;
};
/// A set of rows of a table of rules, `words` words long; it lives until the row's scratch is given back.
struct BitsNode {
  virtual ~BitsNode() = default;
  virtual const Word *get(RowContext &row) const = 0;
};
using Scalar = std::unique_ptr<ScalarNode>;
using List = std::unique_ptr<ListNode>;
using Bits = std::unique_ptr<BitsNode>;

/// Where one row is computed; one for each thread, and one more for each `with` inside another.
struct RowContext {
  struct Slot {
    Cell cell;
    Elements list;
    std::vector<Element> own; ///< the elements of an input's cell
  };
  const class RowProgram *program = nullptr;
  std::size_t row = 0;                    ///< of the input table
  std::vector<Slot> slots;                ///< by field of the scope
  std::vector<std::uint8_t> known;        ///< by field: 0 not yet, 1 known, 2 put there by `with`
  std::vector<Element> elements;          ///< of the lists that are gone through, innermost last
  std::vector<std::vector<Element>> made; ///< by node: lists that are made
  std::vector<Word> scratch;
  std::size_t used = 0;
  std::size_t from = 0, to = 0;        ///< the words of a set that are wanted: no others need be right
  std::unique_ptr<RowContext> changed; ///< the row with a field changed

  Word *take(std::size_t words) {
    if (used + words > scratch.size()) throw HandOver("a condition with too many parts");
    Word *out = scratch.data() + used;
    used += words;
    return out;
  }
};

} // namespace steelyard::native
