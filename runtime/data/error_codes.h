// Every error and warning a dataset can have: its stable code and a short title. The sentences are made where
// the error is found; this table is for tests and for docs/errors.md.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace steelyard::data {

/// D1xx one cell, D2xx one row, D3xx the header, D4xx a file or the folder, D5xx warnings. A code once given
/// keeps its meaning; a retired one is not given again.
enum class ErrorCode : std::uint16_t {
  none = 0,
  value_missing = 101,
  not_a_number = 102,
  too_many_decimals = 103,
  too_many_digits = 104,
  negative = 105,
  outside_range = 106,
  no_such_row = 107,
  not_a_boolean = 108,
  not_a_date = 109,
  not_a_member = 110,
  blank_around_value = 111,
  key_empty = 112,
  key_repeated = 113,
  default_unusable = 114,
  not_a_month = 115,
  too_few_cells = 201,
  too_many_cells = 202,
  blank_line = 203,
  quotes_out_of_order = 204,
  quote_not_closed = 205,
  lone_carriage_return = 206,
  header_missing = 301,
  header_repeated = 302,
  field_given_twice = 303,
  key_column_absent = 304,
  required_column_absent = 305,
  unknown_column_unsafe = 306,
  period_rows = 307,
  folder_missing = 401,
  file_missing = 402,
  file_unreadable = 403,
  not_utf8 = 404,
  not_gb18030 = 405,
  is_utf16 = 406,
  has_nul_byte = 407,
  unknown_column = 501,
  file_not_read = 502,
};

struct ErrorTitle {
  ErrorCode code = ErrorCode::none;
  std::string_view id;
  std::string_view title;
  bool is_warning = false; ///< the run goes on
};

inline constexpr std::array error_titles = {
    ErrorTitle{ErrorCode::value_missing, "D101", "empty cell for a required value"},
    ErrorTitle{ErrorCode::not_a_number, "D102", "not a number in plain decimal notation"},
    ErrorTitle{ErrorCode::too_many_decimals, "D103", "more decimals than the type has"},
    ErrorTitle{ErrorCode::too_many_digits, "D104", "more digits than a number can hold"},
    ErrorTitle{ErrorCode::negative, "D105", "negative number"},
    ErrorTitle{ErrorCode::outside_range, "D106", "number outside the range of its type"},
    ErrorTitle{ErrorCode::no_such_row, "D107", "reference to a row that does not exist"},
    ErrorTitle{ErrorCode::not_a_boolean, "D108", "neither true nor false"},
    ErrorTitle{ErrorCode::not_a_date, "D109", "not a date, or not a day of the calendar"},
    ErrorTitle{ErrorCode::not_a_member, "D110", "not a value of the enumeration"},
    ErrorTitle{ErrorCode::blank_around_value, "D111", "blank before or after a value"},
    ErrorTitle{ErrorCode::key_empty, "D112", "empty key"},
    ErrorTitle{ErrorCode::key_repeated, "D113", "two rows with the same key"},
    ErrorTitle{ErrorCode::default_unusable, "D114", "the default of a column is not a value of its type"},
    ErrorTitle{ErrorCode::not_a_month, "D115", "not a month, or not one of the calendar"},
    ErrorTitle{ErrorCode::too_few_cells, "D201", "row with too few cells"},
    ErrorTitle{ErrorCode::too_many_cells, "D202", "row with too many cells"},
    ErrorTitle{ErrorCode::blank_line, "D203", "blank line between rows"},
    ErrorTitle{ErrorCode::quotes_out_of_order, "D204", "quotation marks out of order"},
    ErrorTitle{ErrorCode::quote_not_closed, "D205", "quoted cell that is never closed"},
    ErrorTitle{ErrorCode::lone_carriage_return, "D206", "carriage return that ends no line"},
    ErrorTitle{ErrorCode::header_missing, "D301", "file without a header"},
    ErrorTitle{ErrorCode::header_repeated, "D302", "the same header twice"},
    ErrorTitle{ErrorCode::field_given_twice, "D303", "two headers for the same column"},
    ErrorTitle{ErrorCode::key_column_absent, "D304", "no column for the key"},
    ErrorTitle{ErrorCode::required_column_absent, "D305", "no column for a required value"},
    ErrorTitle{ErrorCode::unknown_column_unsafe, "D306", "unknown column while an optional one is absent"},
    ErrorTitle{ErrorCode::period_rows, "D307", "run.csv without exactly one row"},
    ErrorTitle{ErrorCode::folder_missing, "D401", "no dataset folder"},
    ErrorTitle{ErrorCode::file_missing, "D402", "no file for a table"},
    ErrorTitle{ErrorCode::file_unreadable, "D403", "file that cannot be read"},
    ErrorTitle{ErrorCode::not_utf8, "D404", "file not in UTF-8"},
    ErrorTitle{ErrorCode::not_gb18030, "D405", "file not in GB18030"},
    ErrorTitle{ErrorCode::is_utf16, "D406", "file in UTF-16"},
    ErrorTitle{ErrorCode::has_nul_byte, "D407", "file with NUL bytes"},
    ErrorTitle{ErrorCode::unknown_column, "D501", "unknown column", true},
    ErrorTitle{ErrorCode::file_not_read, "D502", "CSV file that no table reads", true},
};

/// "D101" for ErrorCode::value_missing; empty for a code that is not in the table.
constexpr std::string_view id_of(ErrorCode code) {
  for (const ErrorTitle &title : error_titles) {
    if (title.code == code) return title.id;
  }
  return {};
}

} // namespace steelyard::data
