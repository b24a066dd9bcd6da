// The declarations of a draft: enums, ranges, parameters, tables, entities and scopes with their rows.
#pragma once
#include "tests/fuzz/expressions.h"

namespace steelyard::fuzz {

class World {
public:
  World(Random &random, Draft &draft) : random_(random), draft_(draft), expressions_(random, draft) {}
  void declare();
  /// A scope whose rows may rest on what has been defined so far; -1 when none can be made.
  int add_scope();
  Type number_type_of(Dimension dimension);

private:
  void add_enum();
  void add_parameter();
  void add_table();
  void add_band_rows(std::vector<std::string> &lines, const Type &input, const std::string &first_cell,
                     TableDraft &table);
  void add_entity();
  void add_derived_entity();
  std::string table_value(const Type &type);
  /// An input line; `absent_rows`: a row may be missing from the file.
  void add_input(ScopeDraft &scope, bool absent_rows);
  std::string bounded(Type &type, Extent &extent);
  std::optional<std::string> source_for(int scope);

  Random &random_;
  Draft &draft_;
  Expressions expressions_;
};

} // namespace steelyard::fuzz
