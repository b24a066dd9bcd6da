// Where the results of a row go: the sums of other rows that count them, for a reader who goes on from a case
// to the money of its hospital.
#pragma once
#include "compiler/explain/derivation.h"
#include <vector>

namespace steelyard::explain {

struct Use {
  int field = -1;                ///< of the row asked about; a definition
  FieldOfRow into;               ///< the quantity whose formula counts it; without a row where `missing`
  const Term *missing = nullptr; ///< by which rows are found, and which this row has not: it is not counted
};

/// In the order of the row's fields, then of the policy and of the keys. Values that are missing go nowhere.
std::vector<Use> uses_of(interpret::Run &run, const RowId &row);

} // namespace steelyard::explain
