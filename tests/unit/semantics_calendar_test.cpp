// What the checker says about dates, months, working days and the beginnings of texts.
#include "tests/unit/semantics_fixture.h"
#include <doctest/doctest.h>

using namespace semantics_fixture;

namespace {

/// The checker about definitions of visits, which have a day, a month, a number and a code.
std::string about(const std::string &definitions) {
  return said_alone(R"P(steelyard 1
policy p "P"
entity holiday
  key day: date
  input worked: bool
  input note: text optional
entity visit
  key visit: text
  input day: date
  input month: calendar month
  input cost: money(2)
  input stay: days
for each visit
)P" + definitions);
}

} // namespace

TEST_SUITE("semantics: calendar") {

  TEST_CASE("what may be added, subtracted and compared") {
    CHECK_EQ(about(R"P(  define a: date = day + 7 days
  define b: date = day - stay
  define c: days = day - 2024-01-31
  define d: calendar month = month + 1
  define e: count = month - 2024-01
  define f: calendar month = month_of(day)
  define g: date = day_of(month + 1, 5)
  define h: date = month_end(2024-02)
  define i: date = 10 working days after day by holiday.worked
  define j: bool = visit begins with "C"
  define k: bool = month_of(day) = month and month < 2025-01
  define l: count = 5000-100
)P"),
             "");
  }

  TEST_CASE("P315: no month of the calendar") {
    CHECK_EQ(about(R"P(  define x: calendar month = 2024-13
)P"),
             R"P(p:14:30: error P315: 2024-13 is no month of the calendar
   14 |   define x: calendar month = 2024-13
      |                              ^^^^^^^
      = a difference of two numbers has blanks: 2024 - 13
)P");
  }

  TEST_CASE("P316: what moves a date or a month") {
    CHECK_EQ(about(R"P(  define x: date = day + 7
)P"),
             R"P(p:14:26: error P316: a date is moved by whole days, but this is a plain number
   14 |   define x: date = day + 7
      |                          ^
      = write the unit: 7 days (7 天)
)P");
    CHECK_EQ(about(R"P(  define x: date = day - stay / 2
)P"),
             R"P(p:14:26: error P316: a date is moved by whole days, but this may have decimals
   14 |   define x: date = day - stay / 2
      |                          ^^^^^^^^
      = write the unit: 7 days (7 天)
      note p:12:9: stay is declared here: days
)P");
    CHECK_EQ(about(R"P(  define x: calendar month = month + 1 day
)P"),
             R"P(p:14:38: error P316: a month is moved by a whole number of months, but this is days
   14 |   define x: calendar month = month + 1 day
      |                                      ^^^^^
      = write a plain number: month + 1
)P");
    CHECK_EQ(about(R"P(  define x: date = 1.5 working days after day by holiday.worked
)P"),
             R"P(p:14:20: error P316: working days are counted by a whole number, but this may have decimals
   14 |   define x: date = 1.5 working days after day by holiday.worked
      |                    ^^^
)P");
    CHECK_EQ(about(R"P(  define x: date = day_of(month, 5 days)
)P"),
             R"P(p:14:34: error P316: the day of a month is a whole number, but this is days
   14 |   define x: date = day_of(month, 5 days)
      |                                  ^^^^^^
)P");
  }

  TEST_CASE("P317: dates and months that cannot be joined") {
    CHECK_EQ(about(R"P(  define x: date = 7 days + day
)P"),
             R"P(p:14:20: error P317: days and a date cannot be joined by +
   14 |   define x: date = 7 days + day
      |                    ^^^^^^^^^^^^
      = a date takes days behind it (date + 7 days), a month a plain number (month + 1); two dates or two months can be subtracted
      note p:9:9: day is declared here: a date
)P");
    CHECK_EQ(about(R"P(  define x: days = day - month
)P"),
             R"P(p:14:20: error P317: a date and a month of the calendar cannot be joined by -
   14 |   define x: days = day - month
      |                    ^^^^^^^^^^^
      = a date takes days behind it (date + 7 days), a month a plain number (month + 1); two dates or two months can be subtracted
      note p:9:9: day is declared here: a date
      note p:10:9: month is declared here: a month of the calendar
)P");
    CHECK_EQ(about(R"P(  define x: date = day × 2
)P"),
             R"P(p:14:20: error P317: a date and a plain number cannot be joined by ×
   14 |   define x: date = day × 2
      |                    ^^^^^^^
      = a date takes days behind it (date + 7 days), a month a plain number (month + 1); two dates or two months can be subtracted
      note p:9:9: day is declared here: a date
)P");
  }

  TEST_CASE("P318: begins with") {
    CHECK_EQ(about(R"P(  define x: bool = visit begins with stay
)P"),
             R"P(p:14:38: error P318: 'begins with' (开头为) needs a text on either side, but this is days
   14 |   define x: bool = visit begins with stay
      |                                      ^^^^
      note p:12:9: stay is declared here: days
)P");
  }

  TEST_CASE("P319: a calendar that is none") {
    CHECK_EQ(about(R"P(  define x: date = 1 working days after day by worked
)P"),
             R"P(p:14:48: error P319: the calendar of working days is an entity and one of its fields
   14 |   define x: date = 1 working days after day by worked
      |                                                ^^^^^^
      = write an entity whose only key is a date, and a field of it that says whether the day is worked: by holiday.worked (按 节假日.上班)
)P");
    CHECK_EQ(about(R"P(  define x: date = 1 working days after day by free.worked
)P"),
             R"P(p:14:48: error P319: there is no entity or scope 'free'
   14 |   define x: date = 1 working days after day by free.worked
      |                                                ^^^^^^^^^^^
      = write an entity whose only key is a date, and a field of it that says whether the day is worked: by holiday.worked (按 节假日.上班)
)P");
    CHECK_EQ(about(R"P(  define x: date = 1 working days after day by visit.day
)P"),
             R"P(p:14:48: error P319: the only key of visit is not a date
   14 |   define x: date = 1 working days after day by visit.day
      |                                                ^^^^^^^^^
      = write an entity whose only key is a date, and a field of it that says whether the day is worked: by holiday.worked (按 节假日.上班)
)P");
    CHECK_EQ(about(R"P(  define x: date = 1 working days after day by holiday.free
)P"),
             R"P(p:14:48: error P319: holiday has no field 'free'
   14 |   define x: date = 1 working days after day by holiday.free
      |                                                ^^^^^^^^^^^^
      = write an entity whose only key is a date, and a field of it that says whether the day is worked: by holiday.worked (按 节假日.上班)
)P");
    CHECK_EQ(about(R"P(  define x: date = 1 working days after day by holiday.note
)P"),
             R"P(p:14:48: error P319: holiday.note is no input or definition that is true or false
   14 |   define x: date = 1 working days after day by holiday.note
      |                                                ^^^^^^^^^^^^
      = write an entity whose only key is a date, and a field of it that says whether the day is worked: by holiday.worked (按 节假日.上班)
)P");
  }

  TEST_CASE("P320: functions of the calendar") {
    CHECK_EQ(about(R"P(  define x: calendar month = month_of(month)
)P"),
             R"P(p:14:39: error P320: month_of needs a date, but this is a month of the calendar
   14 |   define x: calendar month = month_of(month)
      |                                       ^^^^^
      note p:10:9: month is declared here: a month of the calendar
)P");
    CHECK_EQ(about(R"P(  define x: date = month_end(day)
)P"),
             R"P(p:14:30: error P320: month_end needs a month of the calendar, but this is a date
   14 |   define x: date = month_end(day)
      |                              ^^^
      note p:9:9: day is declared here: a date
)P");
  }

  TEST_CASE("P308: how many values a function takes") {
    CHECK_EQ(about(R"P(  define x: date = day_of(month)
)P"),
             R"P(p:14:20: error P308: day_of takes a month and the number of a day
   14 |   define x: date = day_of(month)
      |                    ^^^^^^^^^^^^^
)P");
    CHECK_EQ(about(R"P(  define x: date = month_end(month, 1)
)P"),
             R"P(p:14:20: error P308: month_end takes one value
   14 |   define x: date = month_end(month, 1)
      |                    ^^^^^^^^^^^^^^^^^^^
)P");
  }
}
