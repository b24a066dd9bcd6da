// Every rule that fired, one after the other: for each row and each of its results the alternative taken, its
// articles, what it read and what came of it. Of a `let` that found a row of a table of rules, or elements of
// a list, the facts that decided.
#pragma once
#include "compiler/interpret/run.h"
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace steelyard::record {

struct Fired {
  std::string scope, row;                                  ///< "case", "C0000001"
  std::string rule, label;                                 ///< the result's name, and its name for readers
  std::vector<std::string> articles;                       ///< "11 (1)"
  std::string layer;                                       ///< the policy that the rule stands in
  std::string alternative;                                 ///< "" where there is nothing to choose
  std::vector<std::pair<std::string, std::string>> inputs; ///< as written in the rule, with the value
  std::string value;
};

/// Those of one row, in the order of the policy.
void each_fired(interpret::Run &run, const interpret::RowId &row,
                const std::function<void(const Fired &)> &use);

std::string to_json_line(const Fired &fired);
std::string csv_header();
std::string to_csv_line(const Fired &fired);

} // namespace steelyard::record
