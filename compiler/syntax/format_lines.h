// Lines as the formatter makes them, and the alignment of consecutive ones.
#pragma once
#include "compiler/syntax/written.h"
#include <string>
#include <vector>

namespace steelyard::syntax {

/// A stretch of a line that begins at a column, or directly after the one before it.
struct Field {
  Column column = Column::first;
  std::string text;
};

struct Line {
  std::size_t indent = 0;
  std::vector<Field> fields;
  std::vector<std::string> cells; ///< of a table row; the fields come after them
  std::string comment;            ///< at the end of the line, or alone
  bool blank_before = false;
  std::size_t group = 0; ///< lines of the same group are aligned; 0 is none
};

/// The whole text; `lines` of a group need not be neighbours.
std::string lay_out(std::vector<Line> lines);

} // namespace steelyard::syntax
