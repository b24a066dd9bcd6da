// A program in two stages: rows with lists that are computed each by itself, such as a grouper's records, and
// all that rests on their results. Plans have no lists and row programs no other scopes; so the row program
// does the first stage, and its results are columns of input to a plan of the rest.
#pragma once
#include "compiler/semantics/program.h"
#include "runtime/data/dataset.h"
#include <optional>
#include <string_view>
#include <vector>

namespace steelyard::native {

/// Both have the scopes, fields, definitions and checks of the program under the same numbers; what belongs
/// to the other stage is a let that nothing reads, or a requirement that always holds.
struct Stages {
  semantics::Program rows; ///< the first stage
  semantics::Program rest; ///< the second; what it reads of the first are inputs there
  int scope = -1;          ///< of the rows
  std::vector<bool> first; ///< by definition: whether it is of the first stage
  std::vector<int> given;  ///< its fields that are inputs of the second stage, in the order of its columns
};

/// None where the program is not of this kind.
std::optional<Stages> stages_of(const semantics::Program &program);

/// The data of the second stage: with the columns that the first one gave in its result file of the rows.
/// None where that is not as expected.
std::optional<data::Dataset> data_of_rest(const Stages &stages, const data::Dataset &dataset,
                                          std::string_view results);

} // namespace steelyard::native
