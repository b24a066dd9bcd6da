// Alternatives, cases and exceptions: the whole text of each message.
#include "tests/unit/semantics_fixture.h"
#include <doctest/doctest.h>

using semantics_fixture::said;

TEST_SUITE("semantics: choices") {

  TEST_CASE("P501: alternatives that do not cover every case") {
    CHECK_EQ(said(R"P(for each case
  decide kind
    long when stay > 5 days
    short when stay < 5 days
)P"),
             R"P(p:3:10: error P501: the alternatives of kind do not cover everything: none holds for stay = 5
    3 |   decide kind
      |          ^^^^
      = add what is missing, or end with otherwise (其他)
      note p:5:5: the last alternative
)P");
    CHECK_EQ(
        said(R"P(for each case
  decide kind
    given_ when paid is given
    mine when fund = employee
)P"),
        R"P(p:3:10: error P501: the alternatives of kind do not cover everything: none holds for fund = resident, paid missing
    3 |   decide kind
      |          ^^^^
      = add what is missing, or end with otherwise (其他)
      note p:5:5: the last alternative
)P");
  }

  TEST_CASE("P502: cases of a definition that do not cover everything") {
    CHECK_EQ(said(R"P(for each hospital
  define x: count
    = 1 when tier = primary
    = 2 when tier = secondary
)P"),
             R"P(p:3:10: error P502: the cases of x do not cover everything: none holds for tier = tertiary
    3 |   define x: count
      |          ^
      = add what is missing, or end with otherwise (其他)
      note p:5:7: the last case
)P");
  }

  TEST_CASE("P503: two exceptions that both hold") {
    CHECK_EQ(
        said(R"P(for each case
  define x: count
    = 1
    except long: 2 when stay > 5 days
    except dear: 3 when cost > 100 yuan
)P"),
        R"P(p:6:5: error P503: the exceptions 'long' and 'dear' of x both hold for cost = 9999999999999.99, stay = 6
    6 |     except dear: 3 when cost > 100 yuan
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      = say which one overrides (优先于) the other, or narrow their conditions
      note p:5:5: the other exception
)P");
  }

  TEST_CASE("P504: an exception that overrides what is not there") {
    CHECK_EQ(said(R"P(for each case
  define x: count
    = 1
    except long: 2 when stay > 5 days
    except dear: 3 when cost > 100 yuan overrides lng
)P"),
             R"P(p:6:51: error P504: x has no exception 'lng'
    6 |     except dear: 3 when cost > 100 yuan overrides lng
      |                                                   ^^^
      = did you mean long?
      note p:5:12: it has 'long'
)P");
  }

  TEST_CASE("P505: alternatives after otherwise") {
    CHECK_EQ(
        said(R"P(for each case
  decide kind
    long when stay > 5 days
    short otherwise
    other when stay < 2 days
)P"),
        R"P(p:5:5: error P505: 'otherwise' (其他) is the last alternative: those after it are never reached
    5 |     short otherwise
      |     ^^^^^^^^^^^^^^^
)P");
  }

  TEST_CASE("P506: what is never reached") {
    CHECK_EQ(said(R"P(for each case
  decide kind
    long when stay > 5 days
    longer when stay > 7 days
    short otherwise
)P"),
             R"P(p:5:5: warning P506: this alternative is never reached: the ones before it cover everything
    5 |     longer when stay > 7 days
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^
)P");
    CHECK_EQ(said(R"P(table t: count by x: month
  | x | t |
  | <= 12 | 1 |
  | above | 2 |
)P"),
             R"P(p:5:3: warning P506: no arguments reach this row
    5 |   | above | 2 |
      |   ^^^^^^^^^^^^^
)P");
  }

  TEST_CASE("P511: exceptions that are not proved to exclude each other") {
    CHECK_EQ(
        said(R"P(for each case
  define y: money(2) = cost × 2
  define x: count
    = 1
    except long: 2 when stay > 5 days
    except dear: 3 when y > 100 yuan
)P"),
        R"P(p:7:5: note P511: it is not proved that the exceptions 'long' and 'dear' of x exclude each other: every run checks it
    7 |     except dear: 3 when y > 100 yuan
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      = where both may hold, say which one overrides (优先于) the other
)P");
  }

  TEST_CASE("P516: an exception that overrides itself") {
    CHECK_EQ(said(R"P(for each case
  define x: count
    = 1
    except long: 2 when stay > 5 days overrides dear
    except dear: 3 when cost > 100 yuan overrides long
)P"),
             R"P(p:5:5: error P516: the exception 'long' overrides itself, over others or directly
    5 |     except long: 2 when stay > 5 days overrides dear
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
)P");
  }

} // TEST_SUITE
