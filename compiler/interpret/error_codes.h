// Every error that arises while a policy is evaluated: its stable code and a short title. The sentences are
// made where the error is found. D1xx to D5xx are the errors of reading a dataset
// (runtime/data/error_codes.h).
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace steelyard::interpret {

/// A code once given keeps its meaning; a retired one is not given again.
enum class ErrorCode : std::uint16_t {
  division_by_zero = 601,
  required_missing = 602,
  no_alternative = 603,
  exceptions_conflict = 604,
  outside_range = 605,
  deduction_not_due = 606,
  deduction_negative = 607,
  amount_negative = 608,
  weight_negative = 609,
  weights_all_zero = 610,
  requirement_broken = 611,
  no_table_row = 612,
  no_parameter_value = 613,
  not_given_in_example = 614,
  value_missing = 615,
  no_such_date = 616,
  separator_in_element = 617,
};

struct ErrorTitle {
  ErrorCode code;
  std::string_view id;
  std::string_view title;
};

inline constexpr std::array error_titles = {
    ErrorTitle{ErrorCode::division_by_zero, "D601", "division by zero"},
    ErrorTitle{ErrorCode::required_missing, "D602", "required value that is missing"},
    ErrorTitle{ErrorCode::no_alternative, "D603", "row that no alternative covers"},
    ErrorTitle{ErrorCode::exceptions_conflict, "D604", "two exceptions that both hold"},
    ErrorTitle{ErrorCode::outside_range, "D605", "result outside the range of its type"},
    ErrorTitle{ErrorCode::deduction_not_due, "D606", "deduction given where it does not apply"},
    ErrorTitle{ErrorCode::deduction_negative, "D607", "deductions greater than the amount"},
    ErrorTitle{ErrorCode::amount_negative, "D608", "negative amount to divide"},
    ErrorTitle{ErrorCode::weight_negative, "D609", "negative weight"},
    ErrorTitle{ErrorCode::weights_all_zero, "D610", "all weights are zero"},
    ErrorTitle{ErrorCode::requirement_broken, "D611", "requirement that does not hold"},
    ErrorTitle{ErrorCode::no_table_row, "D612", "no row of a table fits"},
    ErrorTitle{ErrorCode::no_parameter_value, "D613", "parameter without a value on that day"},
    ErrorTitle{ErrorCode::not_given_in_example, "D614", "value that a worked example does not give"},
    ErrorTitle{ErrorCode::value_missing, "D615", "missing result that is not optional"},
    ErrorTitle{ErrorCode::no_such_date, "D616", "date that no calendar has"},
    ErrorTitle{ErrorCode::separator_in_element, "D617", "element that holds the separator of its list"},
};

/// "D601" for ErrorCode::division_by_zero.
constexpr std::string_view id_of(ErrorCode code) {
  for (const ErrorTitle &title : error_titles) {
    if (title.code == code) return title.id;
  }
  return {};
}

} // namespace steelyard::interpret
