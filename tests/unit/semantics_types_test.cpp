// Types, bounds, keys and references that cannot be: the whole text of each message.
#include "tests/unit/semantics_fixture.h"
#include <doctest/doctest.h>

using semantics_fixture::said;
using semantics_fixture::said_alone;

TEST_SUITE("semantics: types") {

  TEST_CASE("P215: an enum with both < and commas") {
    CHECK_EQ(
        said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
enum tier: low < middle, high
)P"),
        R"P(p:3:1: error P215: the values of an enum are separated either by < (they have an order) or by commas, not by both
    3 | enum tier: low < middle, high
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
)P");
  }

  TEST_CASE("P216: a range that is none") {
    CHECK_EQ(
        said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
range month from 12 to 1
)P"),
        R"P(p:3:1: error P216: a range goes from a whole number up to a whole number, both within 1000000 of 0
    3 | range month from 12 to 1
      | ^^^^^^^^^^^^^^^^^^^^^^^^
)P");
    CHECK_EQ(
        said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
range half from 0.5 to 2
)P"),
        R"P(p:3:1: error P216: a range goes from a whole number up to a whole number, both within 1000000 of 0
    3 | range half from 0.5 to 2
      | ^^^^^^^^^^^^^^^^^^^^^^^^
)P");
  }

  TEST_CASE("P217: more decimals than a type may have") {
    CHECK_EQ(said(R"P(for each case
  define x: money(19) = cost
)P"),
             R"P(p:3:13: error P217: 19 decimals are too many: a type has at most 18
    3 |   define x: money(19) = cost
      |             ^^^^^^^^^
)P");
  }

  TEST_CASE("P218: bounds that cannot be") {
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
entity e
  key e: text
  input a: ratio(2) from 1 to 0
)P"),
             R"P(p:5:12: error P218: the upper bound is below the lower one
    5 |   input a: ratio(2) from 1 to 0
      |            ^^^^^^^^^^^^^^^^^^^^
)P");
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
entity e
  key e: text
  input a: ratio(2) from 0.001
)P"),
             R"P(p:5:12: error P218: a bound has more than 2 decimals
    5 |   input a: ratio(2) from 0.001
      |            ^^^^^^^^^^^^^^^^^^^
)P");
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
entity e
  key e: text
  input a: text from 1
)P"),
             R"P(p:5:12: error P218: only numbers have bounds (from, to, above)
    5 |   input a: text from 1
      |            ^^^^^^^^^^^
)P");
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
range month from 1 to 12
entity e
  key e: text
  input a: month from 3
)P"),
             R"P(p:6:12: error P218: only numbers have bounds (from, to, above)
    6 |   input a: month from 3
      |            ^^^^^^^^^^^^
)P");
  }

  TEST_CASE("P219: a value outside the bounds of its type") {
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
entity e
  key e: text
  input a: ratio(2) above 0 default 0
)P"),
             R"P(p:5:37: error P219: 0 lies outside the type's bounds
    5 |   input a: ratio(2) above 0 default 0
      |                                     ^
)P");
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
param a: ratio(2) from 0 to 1 = 1.5
)P"),
             R"P(p:3:33: error P219: 1.5 lies outside the type's bounds
    3 | param a: ratio(2) from 0 to 1 = 1.5
      |                                 ^^^
)P");
    CHECK_EQ(said(R"P(table t: ratio(2) from 0 to 1 by x: days
  | x | t |
  | any | 2 |
)P"),
             R"P(p:4:11: error P219: 2 lies outside the type's bounds
    4 |   | any | 2 |
      |           ^
      note p:2:7: t is declared here: a plain number
)P");
  }

  TEST_CASE("P220: optional, default and required in row together") {
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
entity e
  key e: text
  input a: count optional default 0
)P"),
             R"P(p:5:3: error P220: 'a' has a default, so it is never missing: leave out optional (可缺)
    5 |   input a: count optional default 0
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
)P");
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
entity e
  key e: text
  input a: count optional required in row
)P"),
             R"P(p:5:3: error P220: 'a' is required in a row: it cannot also be optional or have a default
    5 |   input a: count optional required in row
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
)P");
  }

  TEST_CASE("P221: an optional key") {
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
entity e
  key e: text optional
)P"),
             R"P(p:4:3: error P221: a key is never missing: leave out optional (可缺)
    4 |   key e: text optional
      |   ^^^^^^^^^^^^^^^^^^^^
)P");
  }

  TEST_CASE("P226: a key told by itself") {
    CHECK_EQ(
        said(R"P(entity e
  key e: e
test "it"
  given e 1
  expect e 1
)P"),
        R"P(p:3:7: error P226: the key of e is a row of e, whose own key leads back here: no cell could hold it
    3 |   key e: e
      |       ^
      = keys end at a text, a number, a date or an enum
)P");
    CHECK_EQ(
        said(R"P(entity e
  key e: f
entity f
  key f: e
)P"),
        R"P(p:3:7: error P226: the key of e is a row of f, whose own key leads back here: no cell could hold it
    3 |   key e: f
      |       ^
      = keys end at a text, a number, a date or an enum
)P");
  }

  TEST_CASE("P222: what for each cannot go through") {
    CHECK_EQ(said(R"P(for each drg, tiers
  rows from case by (drg, hospital.tier)
)P"),
             R"P(p:2:15: error P222: there is no entity, enum or range 'tiers' to go through
    2 | for each drg, tiers
      |               ^^^^^
      = did you mean tier?
      note world:18:8: nothing uses 'case': is this the one that is meant?
)P");
    CHECK_EQ(said(R"P(for each drg, hospital_month
  rows from case by (drg, hospital)
)P"),
             R"P(p:2:15: error P222: 'hospital_month' is a scope, and a scope is no key of another
    2 | for each drg, hospital_month
      |               ^^^^^^^^^^^^^^
      = name its keys: hospital, month
)P");
  }

  TEST_CASE("P223: a parameter without a value of its own") {
    CHECK_EQ(
        said(R"P(param a: money(2) optional = 1
)P"),
        R"P(p:2:1: error P223: a parameter always has a value of its own: it is not optional and refers to no row
    2 | param a: money(2) optional = 1
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
)P");
    CHECK_EQ(
        said(R"P(param a: hospital = "H1"
)P"),
        R"P(p:2:1: error P223: a parameter always has a value of its own: it is not optional and refers to no row
    2 | param a: hospital = "H1"
      | ^^^^^^^^^^^^^^^^^^^^^^^^
)P");
  }

  TEST_CASE("P224: a reference that no cell can hold") {
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
entity pair
  key a: text
  key b: text
entity e
  key e: text
  input p: pair
)P"),
             R"P(p:8:9: error P224: 'p' refers to pair, which has 2 keys: a cell can hold only one
    8 |   input p: pair
      |         ^
)P");
  }

  TEST_CASE("what rests on something broken is not reported again") {
    CHECK_EQ(said(R"P(param limit: moneys = 5
for each case
  define a: tiers = cost
  let b = zzzzzzzz + limit
  define c: money(2) = a + b + limit
)P"),
             R"P(p:2:14: error P203: there is no type 'moneys'
    2 | param limit: moneys = 5
      |              ^^^^^^
      = did you mean money?
p:4:13: error P203: there is no type 'tiers'
    4 |   define a: tiers = cost
      |             ^^^^^
      = did you mean tier?
p:5:11: error P201: there is no name 'zzzzzzzz' for each case
    5 |   let b = zzzzzzzz + limit
      |           ^^^^^^^^
)P");
    CHECK_EQ(said(R"P(for each case
  define a: money(2) = required drg.zzzzzzzzz
  define b: money(2) = a
)P"),
             R"P(p:3:37: error P210: drg has no 'zzzzzzzzz'
    3 |   define a: money(2) = required drg.zzzzzzzzz
      |                                     ^^^^^^^^^
      note world:21:9: drg is declared here: a drg
      note world:15:9: nothing uses 'weight': is this the one that is meant?
      note world:16:9: nothing uses 'standard': is this the one that is meant?
)P");
  }

  TEST_CASE("P225: a part of something that has none") {
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = cost.tier
)P"),
             R"P(p:3:29: error P225: 'cost' is yuan, which has no part 'tier'
    3 |   define x: money(2) = cost.tier
      |                             ^^^^
      note world:25:9: cost is declared here: yuan
)P");
  }

} // TEST_SUITE
