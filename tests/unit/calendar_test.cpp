// Days and months as numbers: against the calendar's own rules, on every day of some centuries.
#include "runtime/number/calendar.h"
#include <doctest/doctest.h>

using namespace steelyard;

TEST_SUITE("calendar") {

  TEST_CASE("days and months as texts") {
    CHECK_EQ(calendar::day_text(0), "1970-01-01");
    CHECK_EQ(calendar::month_text(0), "1970-01");
    CHECK_EQ(calendar::month_text(-1), "1969-12");
    CHECK_EQ(calendar::month_text(-13), "1968-12");
    CHECK_EQ(calendar::day_text(*calendar::day_of(1, 1, 1)), "0001-01-01");
    CHECK_EQ(calendar::day_text(*calendar::day_of(9999, 12, 31)), "9999-12-31");
    CHECK_EQ(calendar::month_text(*calendar::month_of(1, 1)), "0001-01");
    CHECK(!calendar::day_of(2023, 2, 29));
    CHECK(!calendar::day_of(0, 1, 1));
    CHECK(!calendar::month_of(2023, 13));
    CHECK(!calendar::month_of(10000, 1));
  }

  TEST_CASE("each day lies in its month, and months have their lengths") {
    std::int64_t day = *calendar::day_of(1896, 1, 1), month = *calendar::month_of(1896, 1);
    std::int64_t in_month = 1;
    const std::int64_t end = *calendar::day_of(2105, 1, 1);
    for (; day < end; ++day, ++in_month) {
      if (day > calendar::last_day(month)) ++month, in_month = 1;
      REQUIRE(calendar::month_of(day) == month);
      REQUIRE(calendar::day_in(month, in_month) == day);
    }
    CHECK_EQ(calendar::month_text(month), "2104-12");
    CHECK(!calendar::day_in(*calendar::month_of(1900, 2), 29));
    CHECK(calendar::day_in(*calendar::month_of(2000, 2), 29));
    CHECK(!calendar::day_in(0, 0));
  }

  TEST_CASE("beyond the years there are, is nothing") {
    const std::int64_t first = *calendar::day_of(1, 1, 1), last = *calendar::day_of(9999, 12, 31);
    CHECK(calendar::plus_days(first, 0));
    CHECK(!calendar::plus_days(first, -1));
    CHECK(!calendar::plus_days(last, 1));
    CHECK(!calendar::plus_months(*calendar::month_of(1, 1), -1));
    CHECK(!calendar::plus_months(*calendar::month_of(9999, 12), 1));
    CHECK(!calendar::plus_working_days(last, 1, [](std::int64_t) { return std::optional<bool>{}; }));
  }

  TEST_CASE("a number as a machine integer") {
    using number::Exact;
    CHECK_EQ(calendar::whole(Exact(-7)), -7);
    CHECK(!calendar::whole(Exact(7) / Exact(2)));
    CHECK(!calendar::whole(Exact(1000000) * Exact(1000000) * Exact(1000000)));
  }

  TEST_CASE("working days: weekdays, and what the calendar says otherwise") {
    const auto none = [](std::int64_t) { return std::optional<bool>{}; };
    const std::int64_t friday = *calendar::day_of(2022, 4, 22);
    CHECK(calendar::is_weekday(friday));
    CHECK(!calendar::is_weekday(friday + 1));
    CHECK(!calendar::is_weekday(friday + 2));
    CHECK(calendar::is_weekday(friday + 3));
    CHECK_EQ(calendar::day_text(*calendar::plus_working_days(friday, 1, none)), "2022-04-25");
    CHECK_EQ(calendar::day_text(*calendar::plus_working_days(friday + 1, 5, none)), "2022-04-29");
    const auto saturday_worked = [&](std::int64_t day) {
      return day == friday + 1 ? std::optional(true) : std::nullopt;
    };
    CHECK_EQ(calendar::day_text(*calendar::plus_working_days(friday, 1, saturday_worked)), "2022-04-23");
    const auto monday_off = [&](std::int64_t day) {
      return day == friday + 3 ? std::optional(false) : std::nullopt;
    };
    CHECK_EQ(calendar::day_text(*calendar::plus_working_days(friday, 1, monday_off)), "2022-04-26");
  }

  TEST_CASE("months as they are written") {
    CHECK_EQ(calendar::parse_month("2024-02"), calendar::month_of(2024, 2));
    for (const char *text : {"", "2024", "2024-2", "2024-13", "2024-00", "0000-01", "2024/02", "2024-02-01",
                             "20a4-02", " 2024-02"})
      CHECK(!calendar::parse_month(text));
  }
}
