// Units and kinds of values that do not fit: the whole text of each message.
#include "tests/unit/semantics_fixture.h"
#include <doctest/doctest.h>

using semantics_fixture::said;
using semantics_fixture::said_alone;

TEST_SUITE("semantics: units") {

  TEST_CASE("P301: units that do not fit") {
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = cost + stay
)P"),
             R"P(p:3:24: error P301: yuan and days cannot be added
    3 |   define x: money(2) = cost + stay
      |                        ^^^^^^^^^^^
      = the two sides must have the same unit
      note world:25:9: cost is declared here: yuan
      note world:27:9: stay is declared here: days
)P");
    CHECK_EQ(said(R"P(for each case
  define x: bool = cost > 5
)P"),
             R"P(p:3:20: error P301: yuan cannot be compared with a plain number
    3 |   define x: bool = cost > 5
      |                    ^^^^^^^^
      = write the unit of the number: 100 yuan (元), 100 points (点), 30 days (天)
      note world:25:9: cost is declared here: yuan
)P");
    CHECK_EQ(said(R"P(for each case
  define x: bool = cost > stay
)P"),
             R"P(p:3:20: error P301: yuan cannot be compared with days
    3 |   define x: bool = cost > stay
      |                    ^^^^^^^^^^^
      = the two sides must have the same unit
      note world:25:9: cost is declared here: yuan
      note world:27:9: stay is declared here: days
)P");
    CHECK_EQ(said(R"P(for each case
  define x: points(2) = cost
)P"),
             R"P(p:3:25: error P301: x is points, but this is yuan
    3 |   define x: points(2) = cost
      |                         ^^^^
      note world:25:9: cost is declared here: yuan
)P");
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = 5
)P"),
             R"P(p:3:24: error P301: x is yuan, but this is a plain number
    3 |   define x: money(2) = 5
      |                        ^
      = write the unit of the number: 100 yuan (元), 100 points (点), 30 days (天)
)P");
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = max(cost, stay)
)P"),
             R"P(p:3:34: error P301: max of yuan and days has no meaning
    3 |   define x: money(2) = max(cost, stay)
      |                                  ^^^^
      = all values must have the same unit
      note world:25:9: cost is declared here: yuan
      note world:27:9: stay is declared here: days
)P");
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
param a: money(2) = 5 days
)P"),
             R"P(p:3:21: error P301: yuan is wanted here, but this is days
    3 | param a: money(2) = 5 days
      |                     ^^^^^^
)P");
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = paid or else stay
)P"),
             R"P(p:3:37: error P301: the value before 'or else' (缺则) is yuan, but this is days
    3 |   define x: money(2) = paid or else stay
      |                                     ^^^^
      note world:27:9: stay is declared here: days
)P");
  }

  TEST_CASE("P302: a number is needed") {
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = cost + urgent
)P"),
             R"P(p:3:31: error P302: + needs a number, but this is true or false
    3 |   define x: money(2) = cost + urgent
      |                               ^^^^^^
      note world:28:9: urgent is declared here: true or false
)P");
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = -urgent
)P"),
             R"P(p:3:25: error P302: a minus sign needs a number, but this is true or false
    3 |   define x: money(2) = -urgent
      |                         ^^^^^^
      note world:28:9: urgent is declared here: true or false
)P");
    CHECK_EQ(said(R"P(for each hospital
  define x: count = sum of case.urgent
)P"),
             R"P(p:3:28: error P302: sum of needs a number, but this is true or false
    3 |   define x: count = sum of case.urgent
      |                            ^^^^^^^^^^^
      note world:28:9: urgent is declared here: true or false
)P");
    CHECK_EQ(said(R"P(for each case
  deduct x: bool
    from urgent
    less urgent
)P"),
             R"P(p:3:10: error P302: a deduction gives a number, but x is true or false
    3 |   deduct x: bool
      |          ^
)P");
    CHECK_EQ(said(R"P(for each case
  allocate x: bool of true by stay, by largest remainder
)P"),
             R"P(p:3:12: error P302: an allocation gives a number, but x is true or false
    3 |   allocate x: bool of true by stay, by largest remainder
      |            ^
)P");
  }

  TEST_CASE("P303: a condition that is not true or false") {
    CHECK_EQ(said(R"P(for each case
  define x: money(2)
    = cost when cost
    = 0 otherwise
)P"),
             R"P(p:4:17: error P303: a condition must be true or false, but this is yuan
    4 |     = cost when cost
      |                 ^^^^
      note world:25:9: cost is declared here: yuan
)P");
    CHECK_EQ(said(R"P(for each case
  define x: bool = urgent and cost
)P"),
             R"P(p:3:31: error P303: a condition must be true or false, but this is yuan
    3 |   define x: bool = urgent and cost
      |                               ^^^^
      note world:25:9: cost is declared here: yuan
)P");
  }

  TEST_CASE("P304: values that are summed must have fixed decimals") {
    CHECK_EQ(said(R"P(for each hospital
  define x: money(2) = sum of (cost / stay × 1 day) over case
)P"),
             R"P(p:3:31: error P304: the values that are summed must have fixed decimals
    3 |   define x: money(2) = sum of (cost / stay × 1 day) over case
      |                               ^^^^^^^^^^^^^^^^^^^^^
      = define the value with a name and a type (define NAME: money(2) = ...), and sum that
      note world:25:9: cost is declared here: yuan
      note world:27:9: stay is declared here: days
)P");
    CHECK_EQ(said(R"P(for each hospital, month
  define x: ratio(2) = share of (budget / 3) by hospital
)P"),
             R"P(p:3:33: error P304: the values that are summed must have fixed decimals
    3 |   define x: ratio(2) = share of (budget / 3) by hospital
      |                                 ^^^^^^^^^^^^
      = define the value with a name and a type (define NAME: money(2) = ...), and take the share of that
)P");
  }

  TEST_CASE("P305: a value of another kind than is wanted") {
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
param a: money(2) = "x"
)P"),
             R"P(p:3:21: error P305: yuan is wanted here, not a text
    3 | param a: money(2) = "x"
      |                     ^^^
)P");
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
param a: text = 5
)P"),
             R"P(p:3:17: error P305: text is wanted here, not a number
    3 | param a: text = 5
      |                 ^
)P");
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
param a: bool = 2020-01-01
)P"),
             R"P(p:3:17: error P305: true or false is wanted here, not a date
    3 | param a: bool = 2020-01-01
      |                 ^^^^^^^^^^
)P");
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
param a: date = true
)P"),
             R"P(p:3:17: error P305: a date is wanted here, not true or false
    3 | param a: date = true
      |                 ^^^^
)P");
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = urgent
)P"),
             R"P(p:3:24: error P305: x is yuan, but this is true or false
    3 |   define x: money(2) = urgent
      |                        ^^^^^^
      note world:28:9: urgent is declared here: true or false
)P");
    CHECK_EQ(said(R"P(test "t"
  given case C1: urgent maybe, cost yes
  expect error
)P"),
             R"P(p:3:25: error P305: true or false is wanted here, not 'maybe'
    3 |   given case C1: urgent maybe, cost yes
      |                         ^^^^^
      note world:28:9: urgent is declared here: true or false
p:3:37: error P305: yuan is wanted here, not 'yes'
    3 |   given case C1: urgent maybe, cost yes
      |                                     ^^^
      note world:25:9: cost is declared here: yuan
)P");
    CHECK_EQ(said(R"P(test "t"
  given case 30%: cost 1
  expect error
)P"),
             R"P(p:3:14: error P305: text is wanted here, not a number
    3 |   given case 30%: cost 1
      |              ^^^
      note world:19:7: case is declared here: text
)P");
  }

  TEST_CASE("P306: values without an order") {
    CHECK_EQ(said(R"P(for each case
  define x: bool = fund < employee
)P"),
             R"P(p:3:20: error P306: a value of fund has no order: only = and != compare it
    3 |   define x: bool = fund < employee
      |                    ^^^^^^^^^^^^^^^
      = declare the values of the enum with < between them
      note world:22:9: fund is declared here: a value of fund
)P");
    CHECK_EQ(said(R"P(for each case
  define x: bool = case > "a"
)P"),
             R"P(p:3:20: error P306: text has no order: only = and != compare it
    3 |   define x: bool = case > "a"
      |                    ^^^^^^^^^^
      note world:19:7: case is declared here: text
)P");
  }

  TEST_CASE("P307: in needs a value of an enum") {
    CHECK_EQ(said(R"P(for each case
  define x: bool = cost in (primary)
)P"),
             R"P(p:3:20: error P307: 'in' (属于) needs a value of an enum, but this is yuan
    3 |   define x: bool = cost in (primary)
      |                    ^^^^
      note world:25:9: cost is declared here: yuan
)P");
  }

  TEST_CASE("P308: a function with too few or too many values") {
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = max(cost)
)P"),
             R"P(p:3:24: error P308: max takes two values or more
    3 |   define x: money(2) = max(cost)
      |                        ^^^^^^^^^
)P");
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = abs(cost, cost)
)P"),
             R"P(p:3:24: error P308: abs takes one value
    3 |   define x: money(2) = abs(cost, cost)
      |                        ^^^^^^^^^^^^^^^
)P");
  }

  TEST_CASE("P309: a table call with too few or too many values") {
    CHECK_EQ(said(R"P(table t: count by x: days
  | x | t |
  | any | 1 |
for each case
  define x: count = t(stay, stay)
)P"),
             R"P(p:6:21: error P309: the table t has 1 input, but there are 2 values here
    6 |   define x: count = t(stay, stay)
      |                     ^^^^^^^^^^^^^
)P");
  }

  TEST_CASE("P310: share of takes only by and keys") {
    CHECK_EQ(
        said(R"P(for each hospital, month
  define x: ratio(2) = share of budget over hospital_month by hospital
)P"),
        R"P(p:3:24: error P310: 'share of' (占比) goes over the rows of its own scope: it takes only by (按) and keys
    3 |   define x: ratio(2) = share of budget over hospital_month by hospital
      |                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
)P");
  }

  TEST_CASE("P311: no day of the calendar") {
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2021-02-29
)P"),
             R"P(p:2:1: error P311: 2021-02-29 is no day of the calendar
    2 | policy p "P" in force from 2021-02-29
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
)P");
    CHECK_EQ(said(R"P(for each hospital
  define x: bool = opened > 2020-13-01
)P"),
             R"P(p:3:29: error P311: 2020-13-01 is no day of the calendar
    3 |   define x: bool = opened > 2020-13-01
      |                             ^^^^^^^^^^
)P");
  }

  TEST_CASE("P312: more decimals than the type has") {
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
param a: money(2) = 0.005
)P"),
             R"P(p:3:21: error P312: 0.005 has more decimals than the type, which has 2
    3 | param a: money(2) = 0.005
      |                     ^^^^^
)P");
    CHECK_EQ(said(R"P(test "t"
  given case C1: cost 0.005
  expect error
)P"),
             R"P(p:3:23: error P312: 0.005 has more decimals than the type, which has 2
    3 |   given case C1: cost 0.005
      |                       ^^^^^
      note world:25:9: cost is declared here: yuan
)P");
  }

  TEST_CASE("P313: cv inside a formula") {
    CHECK_EQ(said(R"P(for each hospital
  define x: ratio(4) optional = (cv of case.cost) + 1
)P"),
             R"P(p:3:33: error P313: 'cv of' (变异系数) may only be the whole right side of a definition
    3 |   define x: ratio(4) optional = (cv of case.cost) + 1
      |                                 ^^^^^^^^^^^^^^^^^
      = define it under a name of its own and use that
)P");
    CHECK_EQ(said(R"P(for each hospital
  let x = cv of case.cost
)P"),
             R"P(p:3:11: error P313: 'cv of' (变异系数) may only be the whole right side of a define (定义)
    3 |   let x = cv of case.cost
      |           ^^^^^^^^^^^^^^^
)P");
  }

  TEST_CASE("P314: values of different kinds are compared") {
    CHECK_EQ(said(R"P(for each case
  define x: bool = urgent = cost
)P"),
             R"P(p:3:20: error P314: true or false cannot be compared with yuan
    3 |   define x: bool = urgent = cost
      |                    ^^^^^^^^^^^^^
      note world:28:9: urgent is declared here: true or false
      note world:25:9: cost is declared here: yuan
)P");
    CHECK_EQ(said(R"P(for each case
  define x: bool = fund = cost
)P"),
             R"P(p:3:27: error P314: a value of fund is compared with yuan, which is no value of it
    3 |   define x: bool = fund = cost
      |                           ^^^^
      note world:22:9: fund is declared here: a value of fund
      note world:25:9: cost is declared here: yuan
)P");
    CHECK_EQ(said(R"P(for each case
  define x: bool = fund = "employee"
)P"),
             R"P(p:3:20: error P314: a value of fund cannot be compared with text
    3 |   define x: bool = fund = "employee"
      |                    ^^^^^^^^^^^^^^^^^
      note world:22:9: fund is declared here: a value of fund
)P");
  }

} // TEST_SUITE
