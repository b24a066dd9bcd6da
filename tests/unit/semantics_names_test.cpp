// Names that are not found, stand twice or mean two things: the whole text of each message.
#include "tests/unit/semantics_fixture.h"
#include <doctest/doctest.h>

using semantics_fixture::said;
using semantics_fixture::said_alone;

TEST_SUITE("semantics: names") {

  TEST_CASE("P201: a name that is not declared") {
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = cots
)P"),
             R"P(p:3:24: error P201: there is no name 'cots' for each case
    3 |   define x: money(2) = cots
      |                        ^^^^
      = did you mean cost?
)P");
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = standard
)P"),
             R"P(p:3:24: error P201: there is no name 'standard' for each case
    3 |   define x: money(2) = standard
      |                        ^^^^^^^^
      note world:16:9: drg has one: write it as a path, drg.standard
)P");
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = 合计费用
)P"),
             R"P(p:3:24: error P201: there is no name '合计费用' for each case
    3 |   define x: money(2) = 合计费用
      |                        ^^^^^^^^
      = a blank is missing after 合计 (sum of)
)P");
    CHECK_EQ(said(R"P(overall
  define x: money(2) = zzzzz
)P"),
             R"P(p:3:24: error P201: there is no name 'zzzzz' in the run as a whole
    3 |   define x: money(2) = zzzzz
      |                        ^^^^^
      note world:18:8: nothing uses 'case': is this the one that is meant?
      note world:30:1: nothing uses 'hospital_month': is this the one that is meant?
)P");
  }

  TEST_CASE("P201: what nothing uses may be what was misspelt") {
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
entity case
  key case: text
  input zzz: money(2)
for each case
  define x: money(2) = payment
)P"),
             R"P(p:7:24: error P201: there is no name 'payment' for each case
    7 |   define x: money(2) = payment
      |                        ^^^^^^^
      note p:5:9: nothing uses 'zzz': is this the one that is meant?
)P");
  }

  TEST_CASE("P203: a type that does not exist") {
    CHECK_EQ(said(R"P(for each case
  define x: tiers = primary
)P"),
             R"P(p:3:13: error P203: there is no type 'tiers'
    3 |   define x: tiers = primary
      |             ^^^^^
      = did you mean tier?
)P");
    CHECK_EQ(
        said(R"P(for each case
  define x: hospital_month optional = hospital_month
)P"),
        R"P(p:3:13: error P203: 'hospital_month' is a scope, not an entity: a value cannot refer to its rows
    3 |   define x: hospital_month optional = hospital_month
      |             ^^^^^^^^^^^^^^
p:3:39: error P211: hospital_month is a scope, not a value
    3 |   define x: hospital_month optional = hospital_month
      |                                       ^^^^^^^^^^^^^^
      = write which of its quantities is meant: hospital_month.NAME
)P");
    CHECK_EQ(said(R"P(for each case
  define x: money per yuan(2) = 1
)P"),
             R"P(p:3:13: error P203: money per yuan is a plain number
    3 |   define x: money per yuan(2) = 1
      |             ^^^^^^^^^^^^^^^^^
      = write ratio(2) (比率(2))
)P");
    CHECK_EQ(said(R"P(for each case
  define x: points per point(4) = 1
)P"),
             R"P(p:3:13: error P203: points per point is a plain number
    3 |   define x: points per point(4) = 1
      |             ^^^^^^^^^^^^^^^^^^^
      = write ratio(4) (比率(4))
)P");
    CHECK_EQ(said(R"P(for each case
  define x: qqqqqqqqqqqq = 1
)P"),
             R"P(p:3:13: error P203: there is no type 'qqqqqqqqqqqq'
    3 |   define x: qqqqqqqqqqqq = 1
      |             ^^^^^^^^^^^^
      = a type is money(2), points(8), ratio(8), value(8), count, days, bool, text, date, calendar month, or an enum, range or entity
)P");
  }

  TEST_CASE("P204: an entity or scope that does not exist") {
    CHECK_EQ(said(R"P(for each drg, tier
  rows from cases by (drg, hospital.tier)
)P"),
             R"P(p:3:13: error P204: there is no entity or scope 'cases'
    3 |   rows from cases by (drg, hospital.tier)
      |             ^^^^^
      = did you mean case?
)P");
    CHECK_EQ(said(R"P(overall
  define x: money(2) = sum of (cost) over cases
)P"),
             R"P(p:3:43: error P204: there is no entity or scope 'cases' to go over
    3 |   define x: money(2) = sum of (cost) over cases
      |                                           ^^^^^
      = did you mean case?
)P");
    CHECK_EQ(said(R"P(overall
  define x: money(2) = sum of cases.cost
)P"),
             R"P(p:3:31: error P204: over which rows does 'sum of' go?
    3 |   define x: money(2) = sum of cases.cost
      |                               ^^^^^^^^^^
      = did you mean case?
)P");
    CHECK_EQ(said(R"P(overall
  define x: money(2) = sum of (1 yuan + 2 yuan)
)P"),
             R"P(p:3:31: error P204: over which rows does 'sum of' go?
    3 |   define x: money(2) = sum of (1 yuan + 2 yuan)
      |                               ^^^^^^^^^^^^^^^^^
      = write SCOPE.NAME, or add over (遍历) and an entity or scope
      note world:18:8: nothing uses 'case': is this the one that is meant?
      note world:30:1: nothing uses 'hospital_month': is this the one that is meant?
)P");
    CHECK_EQ(said(R"P(test "t"
  given cases C1: cost 1
  expect error
)P"),
             R"P(p:3:9: error P204: there is no entity or scope 'cases'
    3 |   given cases C1: cost 1
      |         ^^^^^
      = did you mean case?
)P");
  }

  TEST_CASE("P206: a value that its enum does not have") {
    CHECK_EQ(said(R"P(for each hospital
  define x: bool = tier = primry
)P"),
             R"P(p:3:27: error P206: tier has no value 'primry'
    3 |   define x: bool = tier = primry
      |                           ^^^^^^
      = did you mean primary?
      note world:4:6: tier is declared here
)P");
    CHECK_EQ(said(R"P(for each hospital
  define x: bool = tier in (primary, fourth)
)P"),
             R"P(p:3:38: error P206: tier has no value 'fourth'
    3 |   define x: bool = tier in (primary, fourth)
      |                                      ^^^^^^
      = it has primary, secondary, tertiary
      note world:4:6: tier is declared here
)P");
    CHECK_EQ(said(R"P(for each hospital
  define x: bool = tier = tier.fourth
)P"),
             R"P(p:3:32: error P206: tier has no value 'fourth'
    3 |   define x: bool = tier = tier.fourth
      |                                ^^^^^^
      = it has primary, secondary, tertiary
      note world:4:6: tier is declared here
)P");
    CHECK_EQ(said(R"P(table t: count by x: tier
  | x | t |
  | primary, fourth | 1 |
)P"),
             R"P(p:4:14: error P206: tier has no value 'fourth'
    4 |   | primary, fourth | 1 |
      |              ^^^^^^
      = it has primary, secondary, tertiary
      note world:4:6: tier is declared here
      note p:2:19: x is declared here: a value of tier
)P");
    CHECK_EQ(said(R"P(table t: tier by x: days
  | x | t |
  | any | fourth |
)P"),
             R"P(p:4:11: error P206: tier has no value 'fourth'
    4 |   | any | fourth |
      |           ^^^^^^
      = it has primary, secondary, tertiary
      note world:4:6: tier is declared here
      note p:2:7: t is declared here: a value of tier
)P");
    CHECK_EQ(said(R"P(test "t"
  given hospital H1: tier fourth
  expect error
)P"),
             R"P(p:3:27: error P206: tier has no value 'fourth'
    3 |   given hospital H1: tier fourth
      |                           ^^^^^^
      = it has primary, secondary, tertiary
      note world:4:6: tier is declared here
      note world:10:9: tier is declared here: a value of tier
)P");
  }

  TEST_CASE("P207: an article that is not declared") {
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = cost  cite 2 (1)
)P"),
             R"P(p:3:35: error P207: article 2 is cited but not declared
    3 |   define x: money(2) = cost  cite 2 (1)
      |                                   ^^^^^
      = declare it: article 2 "..." (条文 2 "...")
      note world:3:1: nothing uses '1': is this the one that is meant?
)P");
  }

  TEST_CASE("P208: a parameter that does not exist") {
    CHECK_EQ(said(R"P(param limit = 5 yuan
test "t"
  given param limt 5
  expect error
)P"),
             R"P(p:4:15: error P208: there is no parameter 'limt'
    4 |   given param limt 5
      |               ^^^^
      = did you mean limit?
      note p:2:7: nothing uses 'limit': is this the one that is meant?
)P");
  }

  TEST_CASE("P209: a table that does not exist") {
    CHECK_EQ(said(R"P(table rate: count by x: days
  | x | t |
  | any | 1 |
for each case
  define x: count = rte(stay)
)P"),
             R"P(p:6:21: error P209: there is no table 'rte'
    6 |   define x: count = rte(stay)
      |                     ^^^
      = did you mean rate?
      note p:2:7: nothing uses 'rate': is this the one that is meant?
)P");
  }

  TEST_CASE("P210: a quantity that the entity or scope does not have") {
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = required drg.standrd
)P"),
             R"P(p:3:37: error P210: drg has no 'standrd'
    3 |   define x: money(2) = required drg.standrd
      |                                     ^^^^^^^
      = did you mean standard?
      note world:21:9: drg is declared here: a drg
)P");
    CHECK_EQ(said(R"P(for each hospital
  define x: money(2) = sum of case.cots
)P"),
             R"P(p:3:36: error P210: case has no 'cots'
    3 |   define x: money(2) = sum of case.cots
      |                                    ^^^^
      = did you mean cost?
)P");
    CHECK_EQ(said(R"P(test "t"
  given case C1: cots 5
  expect error
)P"),
             R"P(p:3:18: error P210: case has no 'cots'
    3 |   given case C1: cots 5
      |                  ^^^^
      = did you mean cost?
)P");
  }

  TEST_CASE("P211: a scope where a value is needed") {
    CHECK_EQ(said(R"P(for each hospital
  define x: money(2) = case
)P"),
             R"P(p:3:24: error P211: case is a scope, not a value
    3 |   define x: money(2) = case
      |                        ^^^^
      = write which of its quantities is meant: case.NAME
      note world:10:9: nothing uses 'tier': is this the one that is meant?
      note world:11:9: nothing uses 'opened': is this the one that is meant?
)P");
    CHECK_EQ(said(R"P(for each hospital
  define x: money(2) = sum of case
)P"),
             R"P(p:3:31: error P211: 'sum of' needs a quantity of case, not the rows themselves
    3 |   define x: money(2) = sum of case
      |                               ^^^^
)P");
  }

  TEST_CASE("P212: this outside an aggregate") {
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = this.cost
)P"),
             R"P(p:3:24: error P212: 'this' (本行) has a meaning only inside an aggregate, next or previous
    3 |   define x: money(2) = this.cost
      |                        ^^^^^^^^^
)P");
  }

  TEST_CASE("P213: a name that is both a quantity and a value of an enum") {
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
enum tier: low, high
entity e
  key e: text
  input tier: tier
  input high: tier
for each e
  define x: bool = tier = high
)P"),
             R"P(p:9:27: error P213: 'high' is both a quantity of the row and a value of tier
    9 |   define x: bool = tier = high
      |                           ^^^^
      = write tier.high for the value
      note p:7:9: the quantity
      note p:3:17: the value
)P");
  }

} // TEST_SUITE
