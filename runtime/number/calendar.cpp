// See calendar.h.
#include "runtime/number/calendar.h"
#include <algorithm>
#include <chrono>
#include <fmt/core.h>

namespace steelyard::calendar {

namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::int64_t first_month = (1 - 1970) * 12, last_month = (9999 - 1970) * 12 + 11;
constexpr std::int64_t first_day = sys_days{std::chrono::year{1} / 1 / 1}.time_since_epoch().count();
constexpr std::int64_t final_day = sys_days{std::chrono::year{9999} / 12 / 31}.time_since_epoch().count();

year_month_day date_of(std::int64_t day) {
  return sys_days{std::chrono::days{day}};
}

std::optional<std::int64_t> between(std::int64_t value, std::int64_t low, std::int64_t high) {
  return value >= low && value <= high ? std::optional(value) : std::nullopt;
}

int year_of(std::int64_t month) {
  return 1970 + static_cast<int>(month >= 0 ? month / 12 : -((11 - month) / 12));
}

} // namespace

std::optional<std::int64_t> whole(const number::Exact &number) {
  if (!number::fits_scale(number, 0)) return std::nullopt;
  const number::Integer units = number::round(number, 0, number::Rounding::half_up).units;
  if (abs(units).bit_length() > 40) return std::nullopt;
  return static_cast<std::int64_t>(units);
}

std::optional<std::int64_t> day_of(int year, int month, int day) {
  const auto of_year = month_of(year, month);
  return of_year ? day_in(*of_year, day) : std::nullopt;
}

std::optional<std::int64_t> month_of(int year, int month) {
  if (year < 1 || year > 9999 || month < 1 || month > 12) return std::nullopt;
  return std::int64_t{year - 1970} * 12 + month - 1;
}

std::optional<std::int64_t> plus_days(std::int64_t day, std::int64_t n) {
  return between(day + n, first_day, final_day);
}

std::optional<std::int64_t> plus_months(std::int64_t month, std::int64_t n) {
  return between(month + n, first_month, last_month);
}

std::int64_t month_of(std::int64_t day) {
  const year_month_day date = date_of(day);
  return std::int64_t{static_cast<int>(date.year()) - 1970} * 12 + static_cast<unsigned>(date.month()) - 1;
}

std::int64_t last_day(std::int64_t month) {
  const int year = year_of(month);
  const auto of_year = static_cast<unsigned>(month - std::int64_t{year - 1970} * 12 + 1);
  const std::chrono::year_month_day_last last =
      std::chrono::year{year} / std::chrono::month{of_year} / std::chrono::last;
  return sys_days{last}.time_since_epoch().count();
}

std::optional<std::int64_t> day_in(std::int64_t month, std::int64_t n) {
  const std::int64_t last = last_day(month);
  const auto length = static_cast<unsigned>(date_of(last).day());
  if (n < 1 || n > length) return std::nullopt;
  return last - length + n;
}

bool is_weekday(std::int64_t day) {
  const unsigned number = std::chrono::weekday{sys_days{std::chrono::days{day}}}.iso_encoding();
  return number <= 5;
}

std::optional<std::int64_t> plus_working_days(std::int64_t day, std::int64_t n, const Worked &worked) {
  while (n > 0) {
    ++day;
    if (day > final_day) return std::nullopt;
    if (worked(day).value_or(is_weekday(day))) --n;
  }
  return day;
}

std::string day_text(std::int64_t day) {
  const year_month_day date = date_of(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string month_text(std::int64_t month) {
  return day_text(last_day(month)).substr(0, 7);
}

std::optional<std::int64_t> parse_month(std::string_view text) {
  if (text.size() != 7 || text[4] != '-') return std::nullopt;
  int parts[2] = {0, 0};
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 4) continue;
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    int &part = parts[i < 4 ? 0 : 1];
    part = part * 10 + (text[i] - '0');
  }
  return month_of(parts[0], parts[1]);
}

} // namespace steelyard::calendar
