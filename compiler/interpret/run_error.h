// An error in the data that shows only when the policy is evaluated.
#pragma once
#include "compiler/interpret/error_codes.h"
#include "compiler/semantics/program.h"
#include <string>

namespace steelyard::interpret {

/// Reported once, at the definition or check in which it arises; what depends on it is left out in silence.
struct RunError {
  ErrorCode code = ErrorCode::division_by_zero;
  int order = 0; ///< of the definition or check, as in Program
  int scope = 0;
  int row = 0;         ///< dense index
  int rank = 0;        ///< position of the row in the order of keys
  std::string row_key; ///< "group=BE25, tier=primary"; "" for the run as a whole
  std::string subject; ///< canonical name of the definition or check
  std::string message; ///< "division by zero: net_points / year_points = 12.5 / 0"
  syntax::Span span;   ///< of the formula that could not be evaluated
};

/// "hospital_fund hospital=H003, fund=employee: entitlement (policies/nowhere/year.policy:12): division by
/// zero: net_points / year_points = 12.5 / 0 [D601]".
std::string to_text(const RunError &error, const semantics::Program &program);

} // namespace steelyard::interpret
