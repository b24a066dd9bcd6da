// Cells of decimals, dates and booleans, and the sentences about bad cells.
#include "runtime/data/cell_parser.h"
#include "runtime/number/calendar.h"
#include <algorithm>
#include <chrono>
#include <fmt/format.h>

namespace steelyard::data {
namespace {

constexpr std::size_t listed_members = 20;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t count_digits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

/// The parts of a number in plain notation; `valid` says whether it is one.
struct Notation {
  bool valid = false;
  bool negative = false;
  std::string_view whole;
  std::string_view decimals;
};

Notation split_number(std::string_view cell) {
  Notation parts;
  parts.negative = cell.starts_with('-');
  if (parts.negative) cell.remove_prefix(1);
  std::size_t whole = count_digits(cell);
  parts.whole = cell.substr(0, whole);
  cell.remove_prefix(whole);
  if (cell.starts_with('.')) {
    parts.decimals = cell.substr(1, count_digits(cell.substr(1)));
    if (parts.decimals.empty()) return parts;
    cell.remove_prefix(1 + parts.decimals.size());
  }
  parts.valid = whole > 0 && cell.empty();
  return parts;
}

ErrorCode check_range(Int128 units, const FieldSchema &field) {
  if (field.min) {
    bool below = field.min_exclusive ? units <= *field.min : units < *field.min;
    if (below) {
      bool sign_only = *field.min == 0 && !field.min_exclusive;
      return sign_only ? ErrorCode::negative : ErrorCode::outside_range;
    }
  }
  return field.max && units > *field.max ? ErrorCode::outside_range : ErrorCode::none;
}

std::string type_name(const FieldSchema &field) {
  return field.type_text.empty() ? std::string("this column") : field.type_text;
}

std::string range_text(const FieldSchema &field) {
  std::string min = field.min ? decimal_text(*field.min, field.scale) : std::string();
  std::string max = field.max ? decimal_text(*field.max, field.scale) : std::string();
  if (field.min && field.max) {
    return field.min_exclusive ? fmt::format("above {} and at most {}", min, max)
                               : fmt::format("from {} to {}", min, max);
  }
  if (field.min) return (field.min_exclusive ? "above " : "at least ") + min;
  return "at most " + max;
}

std::string member_list(const FieldSchema &field) {
  std::string out;
  std::size_t shown = std::min(field.members.size(), listed_members);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) out += ", ";
    out += fmt::format("{}", fmt::join(field.members[i], " / "));
  }
  if (shown < field.members.size()) out += fmt::format(" and {} more", field.members.size() - shown);
  return out;
}

std::string describe_decimals(const FieldSchema &field, std::string_view cell) {
  std::size_t given = split_number(cell).decimals.size();
  std::string allowed = field.scale == 0 ? std::string("none") : fmt::format("at most {}", field.scale);
  return fmt::format("{} digit{} behind the point, but {} allows {}", given, given == 1 ? "" : "s",
                     type_name(field), allowed);
}

std::string example_number(const FieldSchema &field) {
  if (field.scale == 0) return "1250";
  return field.scale == 1 ? "1250.5" : "1250.50";
}

} // namespace

ErrorCode parse_decimal(std::string_view cell, const FieldSchema &field, Int128 &units) {
  Notation number = split_number(cell);
  if (!number.valid) return has_blank_around(cell) ? ErrorCode::blank_around_value : ErrorCode::not_a_number;
  auto scale = static_cast<std::size_t>(field.scale);
  if (number.decimals.size() > scale) return ErrorCode::too_many_decimals;

  Int128 value = 0;
  int digits = 0; // significant ones: leading zeros take no room
  auto append = [&](int digit) {
    if (digits > 0 || digit != 0) ++digits;
    if (digits > max_decimal_digits) return false;
    value = value * 10 + digit;
    return true;
  };
  for (char c : number.whole) {
    if (!append(c - '0')) return ErrorCode::too_many_digits;
  }
  for (char c : number.decimals) {
    if (!append(c - '0')) return ErrorCode::too_many_digits;
  }
  for (std::size_t i = number.decimals.size(); i < scale; ++i) {
    if (!append(0)) return ErrorCode::too_many_digits;
  }
  units = number.negative ? -value : value;
  return check_range(units, field);
}

ErrorCode parse_date(std::string_view cell, std::int64_t &days) {
  static constexpr std::string_view shape = "dddd-dd-dd";
  bool fits = cell.size() == shape.size();
  for (std::size_t i = 0; fits && i < shape.size(); ++i) {
    fits = shape[i] == 'd' ? is_digit(cell[i]) : cell[i] == '-';
  }
  if (!fits) return has_blank_around(cell) ? ErrorCode::blank_around_value : ErrorCode::not_a_date;
  auto number = [&](std::size_t from, std::size_t to) {
    int value = 0;
    for (std::size_t i = from; i < to; ++i) value = value * 10 + (cell[i] - '0');
    return value;
  };
  int year = number(0, 4);
  std::chrono::year_month_day day{std::chrono::year{year},
                                  std::chrono::month{static_cast<unsigned>(number(5, 7))},
                                  std::chrono::day{static_cast<unsigned>(number(8, 10))}};
  if (year == 0 || !day.ok()) return ErrorCode::not_a_date;
  days = std::chrono::sys_days{day}.time_since_epoch().count();
  return ErrorCode::none;
}

ErrorCode parse_month(std::string_view cell, std::int64_t &months) {
  const std::optional<std::int64_t> month = calendar::parse_month(cell);
  if (!month) return has_blank_around(cell) ? ErrorCode::blank_around_value : ErrorCode::not_a_month;
  months = *month;
  return ErrorCode::none;
}

ErrorCode parse_boolean(std::string_view cell, std::int64_t &value) {
  if (cell == "true" || cell == "false") {
    value = cell.size() == 4 ? 1 : 0;
    return ErrorCode::none;
  }
  return has_blank_around(cell) ? ErrorCode::blank_around_value : ErrorCode::not_a_boolean;
}

bool has_blank_around(std::string_view cell) {
  for (std::string_view blank : {" ", "\t", "\xC2\xA0", "\xE3\x80\x80"}) {
    if (cell.starts_with(blank) || cell.ends_with(blank)) return true;
  }
  return false;
}

std::string describe_cell_fault(ErrorCode code, const FieldSchema &field, std::string_view cell) {
  switch (code) {
  case ErrorCode::value_missing:
    return fmt::format("the cell is empty; a value is required, because {} is neither optional nor has a "
                       "default",
                       field.name);
  case ErrorCode::not_a_number:
    return fmt::format("not a number; plain decimal notation is expected, such as {}", example_number(field));
  case ErrorCode::too_many_decimals:
    return describe_decimals(field, cell);
  case ErrorCode::too_many_digits:
    return fmt::format("too many digits; at most {} are expected before the point",
                       std::max(0, max_decimal_digits - field.scale));
  case ErrorCode::negative:
    return "must not be negative";
  case ErrorCode::outside_range:
    return fmt::format("outside the range of {}; must be {}", type_name(field), range_text(field));
  case ErrorCode::not_a_boolean:
    return "neither true nor false; one of these two words is expected, in small letters";
  case ErrorCode::not_a_date:
    return "not a day of the calendar in the form YYYY-MM-DD; a date such as 2024-01-31 is expected";
  case ErrorCode::not_a_month:
    return "not a month of the calendar in the form YYYY-MM; a month such as 2024-01 is expected";
  case ErrorCode::not_a_member:
    return fmt::format("not one of the accepted values; expected is one of: {}", member_list(field));
  case ErrorCode::blank_around_value:
    return "a blank stands before or after the value; blanks are not removed, and the value alone is "
           "expected";
  case ErrorCode::key_empty:
    return "the key is empty; every row must have one";
  default:
    return std::string();
  }
}

std::string decimal_text(Int128 units, int scale) {
  bool negative = units < 0;
  std::string digits;
  while (units != 0) {
    auto digit =
        static_cast<int>(units % 10); // not above 0 when units is below: the least Int128 has no opposite
    digits.push_back(static_cast<char>('0' + (negative ? -digit : digit)));
    units /= 10;
  }
  auto decimals = static_cast<std::size_t>(std::max(scale, 0));
  while (digits.size() <= decimals) digits.push_back('0');
  if (decimals > 0) digits.insert(decimals, 1, '.');
  if (negative) digits.push_back('-');
  std::reverse(digits.begin(), digits.end());
  return digits;
}

} // namespace steelyard::data
