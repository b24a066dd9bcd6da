// Days and months of the calendar, as whole numbers: days since 1970-01-01, months since 1970-01. Years go
// from 0001 to 9999; what would lie beyond is nothing, never another day.
#pragma once
#include "runtime/number/exact.h"
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace steelyard::calendar {

/// `number` as a machine integer; nothing when it is no whole number or beyond any day and month there is.
std::optional<std::int64_t> whole(const number::Exact &number);

std::optional<std::int64_t> day_of(int year, int month, int day);
std::optional<std::int64_t> month_of(int year, int month);
/// `n` days after `day` (before it when negative).
std::optional<std::int64_t> plus_days(std::int64_t day, std::int64_t n);
std::optional<std::int64_t> plus_months(std::int64_t month, std::int64_t n);
/// The month in which `day` lies.
std::int64_t month_of(std::int64_t day);
/// Day number `n` of `month`; nothing when the month has no such day.
std::optional<std::int64_t> day_in(std::int64_t month, std::int64_t n);
std::int64_t last_day(std::int64_t month);
/// Monday to Friday.
bool is_weekday(std::int64_t day);

/// Whether the calendar that a policy names says of a day that it is worked (true) or not; nothing where it
/// is silent, and Monday to Friday decide.
using Worked = std::function<std::optional<bool>(std::int64_t day)>;
/// The `n`th working day after `day`. Precondition: n >= 1.
std::optional<std::int64_t> plus_working_days(std::int64_t day, std::int64_t n, const Worked &worked);
/// More working days than this are a mistake, and would take long to count.
inline constexpr std::int64_t most_working_days = 10000;

std::string day_text(std::int64_t day);     ///< 2024-01-31
std::string month_text(std::int64_t month); ///< 2024-01
/// YYYY-MM.
std::optional<std::int64_t> parse_month(std::string_view text);

} // namespace steelyard::calendar
