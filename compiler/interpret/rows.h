// The rows of one scope: which there are, the input row of each, and their order by key. How they come about
// from a scope's `rows from` is in rows.cpp, as a part of Run.
#pragma once
#include "compiler/interpret/value.h"
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace steelyard::interpret {

/// Rows are known by dense indices in the order in which they were found: first those of the first source, in
/// its order, then what each further source adds. The rows of an entity with a file are those of the file.
struct RowSet {
  std::vector<Key> keys;            ///< by row
  std::vector<int> input_rows;      ///< by row: the row of the input table, -1 when the table has none
  std::vector<int> row_of_input;    ///< by input row: the row, -1 when no source yields it
  std::vector<std::size_t> dropped; ///< by source: rows whose key is missing, which make no row
  std::vector<int> order;           ///< rows in the order of their keys
  std::vector<int> rank;            ///< by row: its position in `order`
  bool ordered = false;

  std::size_t size() const { return keys.size(); }
  /// The row of `key`, added when it is new.
  int add(Key key);
  /// The row of `key`, -1 where there is none.
  int find(const Key &key) const;
  void reserve(std::size_t rows);

private:
  /// Tables have hundreds of thousands of rows: each key is held once, in `keys`.
  struct Place {
    std::uint32_t hash = 0; ///< the high half
    int row = -1;
  };
  std::size_t place_of(const Key &key, std::size_t hash) const;
  void grow(std::size_t places);
  std::vector<Place> places_; ///< a power of two, at most half full
};

/// What a worked example adds to the rows that follow from its data: rows that are there because the example
/// names them, and values of definitions that are given instead of computed.
struct ExampleRow {
  int scope = 0;
  std::vector<Constant> keys;
  int input_row = -1;                          ///< in the scope's table; -1 when it has none
  std::vector<std::pair<int, Constant>> fixed; ///< field (let or definition) and its value
};
struct ExampleRows {
  std::vector<ExampleRow> rows;
};

} // namespace steelyard::interpret
