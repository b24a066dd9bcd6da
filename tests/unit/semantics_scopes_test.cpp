// Scopes, keys, rows, allocations, examples: the whole text of each message.
#include "tests/unit/semantics_fixture.h"
#include <doctest/doctest.h>

using semantics_fixture::said;
using semantics_fixture::said_alone;

TEST_SUITE("semantics: scopes") {

  TEST_CASE("P601: a scope without rows") {
    CHECK_EQ(said(R"P(for each drg, tier as band
  rows from case by (drg, hospital.tier)
for each drg, tier
  define x: count = 1
)P"),
             R"P(p:4:1: error P601: which rows does drg_tier have?
    4 | for each drg, tier
      | ^^^^^^^^^^^^^^^^^^
      = to go on with band, write: as band (称 band)
      note p:2:1: band has the same keys
      note world:13:8: a part of its name is declared here
      note world:4:6: a part of its name is declared here
)P");
    CHECK_EQ(said(R"P(for each drg, tier
  define x: count = 1
)P"),
             R"P(p:2:1: error P601: which rows does drg_tier have?
    2 | for each drg, tier
      | ^^^^^^^^^^^^^^^^^^
      = say it with rows from (行取自), or give the scope inputs of its own
)P");
  }

  TEST_CASE("P602: no path to a key") {
    CHECK_EQ(
        said(R"P(for each drg, tier
  rows from case by (drg, hospital.tier)
  define x: count = count of hospital
)P"),
        R"P(p:4:21: error P602: a row of hospital has no path to drg, which is needed to tell which rows belong to one drg_tier
    4 |   define x: count = count of hospital
      |                     ^^^^^^^^^^^^^^^^^
      = say the paths with by (...), or the keys in [...]
)P");
    CHECK_EQ(
        said(R"P(for each drg
  define x: money(2) = required hospital_month.budget
)P"),
        R"P(p:3:33: error P602: a row of drg has no path to hospital, which is needed to find the row of hospital_month
    3 |   define x: money(2) = required hospital_month.budget
      |                                 ^^^^^^^^^^^^^^^^^^^^^
      = say the paths with by (...), or the keys in [...]
)P");
  }

  TEST_CASE("P603: several paths to a key") {
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
range month from 1 to 12
entity e
  key e: text
  input m1: month
  input m2: month
for each month
  define x: count = count of e
)P"),
             R"P(p:9:21: error P603: from a row of e there are several paths to month: m1, m2
    9 |   define x: count = count of e
      |                     ^^^^^^^^^^
      = say which one is meant with by (...), or with the keys in [...]
)P");
  }

  TEST_CASE("P604: too few or too many keys") {
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = required hospital_month[hospital].budget
)P"),
             R"P(p:3:33: error P604: hospital_month has 2 keys, but there is one in [...]
    3 |   define x: money(2) = required hospital_month[hospital].budget
      |                                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
)P");
    CHECK_EQ(said(R"P(for each drg, tier
  rows from case by (drg)
)P"),
             R"P(p:3:13: error P604: drg_tier has 2 keys, but there is one path here
    3 |   rows from case by (drg)
      |             ^^^^^^^^^^^^^
)P");
    CHECK_EQ(said(R"P(test "t"
  given hospital_month H1: budget 5
  expect error
)P"),
             R"P(p:3:9: error P604: hospital_month has 2 keys, but there is one here
    3 |   given hospital_month H1: budget 5
      |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^
)P");
  }

  TEST_CASE("P605: no such key") {
    CHECK_EQ(said(R"P(for each hospital, month
  define x: money(2) optional = next of budget along fund
)P"),
             R"P(p:3:54: error P605: 'fund' is no key of hospital_month
    3 |   define x: money(2) optional = next of budget along fund
      |                                                      ^^^^
      = its keys are hospital, month
      note world:30:1: hospital_month is declared here
)P");
    CHECK_EQ(said(R"P(for each hospital, month
  define x: ratio(2) = share of budget by fund
)P"),
             R"P(p:3:43: error P605: 'fund' is no key of hospital_month
    3 |   define x: ratio(2) = share of budget by fund
      |                                           ^^^^
      = its keys are hospital, month
      note world:30:1: hospital_month is declared here
)P");
    CHECK_EQ(said(R"P(for each hospital, month
  allocate x: money(2) of 5 yuan by budget, by largest remainder within fund
)P"),
             R"P(p:3:73: error P605: 'fund' is no key of hospital_month
    3 |   allocate x: money(2) of 5 yuan by budget, by largest remainder within fund
      |                                                                         ^^^^
      = its keys are hospital, month
      note world:30:1: hospital_month is declared here
)P");
    CHECK_EQ(said(R"P(for each hospital, month
  allocate x: money(2) of 5 yuan each = 1 yuan, the last fund takes the rest
)P"),
             R"P(p:3:58: error P605: 'fund' is no key of hospital_month
    3 |   allocate x: money(2) of 5 yuan each = 1 yuan, the last fund takes the rest
      |                                                          ^^^^
      = its keys are hospital, month
      note world:30:1: hospital_month is declared here
)P");
  }

  TEST_CASE("P606: the rows of a scope are declared twice") {
    CHECK_EQ(said(R"P(for each hospital, month
  rows from input
for each hospital, month
  rows from case by (hospital, month)
)P"),
             R"P(p:5:3: error P606: the rows of hospital_month are declared a second time
    5 |   rows from case by (hospital, month)
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      note p:3:3: first declared here
)P");
  }

  TEST_CASE("P607: an input or rows of the run as a whole") {
    CHECK_EQ(said(R"P(overall
  input x: count
)P"),
             R"P(p:3:3: error P607: an input belongs to an entity or a scope
    3 |   input x: count
      |   ^^^^^^^^^^^^^^
      = a single number for the whole run is a parameter: param (参数)
)P");
    CHECK_EQ(said(R"P(overall
  rows from case by (case)
)P"),
             R"P(p:3:3: error P607: the run as a whole has one row: it takes no rows from (行取自)
    3 |   rows from case by (case)
      |   ^^^^^^^^^^^^^^^^^^^^^^^^
)P");
  }

  TEST_CASE("P608: an input of a row that may be absent") {
    CHECK_EQ(said(R"P(for each drg, tier
  rows from case by (drg, hospital.tier)
  input x: count
)P"),
             R"P(p:4:9: error P608: a row of drg_tier may be absent from the file: what is x then?
    4 |   input x: count
      |         ^
      = give it a default (默认), or make it optional (可缺) or required in row (行内必填)
)P");
  }

  TEST_CASE("P609: a definition that rests on itself") {
    CHECK_EQ(said(R"P(for each case
  let a = b + 1
  let b = a + 1
)P"),
             R"P(p:3:7: error P609: 'a' rests on itself
    3 |   let a = b + 1
      |       ^
)P");
    CHECK_EQ(said(R"P(for each case
  define a: count = hospital.b
for each hospital
  define b: count = sum of case.a
)P"),
             R"P(p:3:10: error P609: case.a rests on itself: case.a → hospital.b → case.a
    3 |   define a: count = hospital.b
      |          ^
      note p:5:10: on the way
)P");
  }

  TEST_CASE("P610: an allocation in the run as a whole") {
    CHECK_EQ(
        said(R"P(overall
  allocate x: money(2) of 5 yuan by 1, by largest remainder
)P"),
        R"P(p:3:3: error P610: the run as a whole has one row: an amount is divided among the rows of a scope
    3 |   allocate x: money(2) of 5 yuan by 1, by largest remainder
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
)P");
  }

  TEST_CASE("P611: the whole that is divided differs from row to row") {
    CHECK_EQ(said(R"P(for each hospital, month
  allocate x: money(2) of budget by 1, by largest remainder within hospital
)P"),
             R"P(p:3:27: error P611: the whole that is divided may differ from row to row of hospital_month
    3 |   allocate x: money(2) of budget by 1, by largest remainder within hospital
      |                           ^^^^^^
      = say with within (同一) which keys' rows share a whole
)P");
  }

  TEST_CASE("P612: an example that expects nothing") {
    CHECK_EQ(said(R"P(test "t"
  given case C1: cost 5
)P"),
             R"P(p:2:1: error P612: the example 't' expects nothing
    2 | test "t"
      | ^^^^^^^^
      = add expect (应得)
)P");
  }

  TEST_CASE("P613: the values in the text of a requirement") {
    CHECK_EQ(said(R"P(for each case
  require r: urgent else "case {case"
)P"),
             R"P(p:3:3: error P613: a '{' in the text has no closing '}'
    3 |   require r: urgent else "case {case"
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
)P");
    CHECK_EQ(said(R"P(for each case
  require r: urgent else "case {1 +}"
)P"),
             R"P(p:3:3: error P613: '1 +' in the text is no expression
    3 |   require r: urgent else "case {1 +}"
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
)P");
  }

  TEST_CASE("P614: over the rows of the own scope") {
    CHECK_EQ(
        said(R"P(for each hospital, month
  define x: money(2) = sum of hospital_month.budget
)P"),
        R"P(p:3:24: error P614: over the rows of its own scope hospital_month this finds only the row itself
    3 |   define x: money(2) = sum of hospital_month.budget
      |                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      = write by (按) and the keys that are to agree, fewer than all of hospital, month
)P");
    CHECK_EQ(said(R"P(for each case
  define x: count = count of case where urgent
)P"),
             R"P(p:3:21: error P614: over the rows of its own scope case this finds only the row itself
    3 |   define x: count = count of case where urgent
      |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^
      = over all rows of case it is defined under overall (总体)
)P");
    CHECK_EQ(said(R"P(for each hospital, month
  define x: money(2) = sum of hospital_month.budget by hospital
)P"),
             "");
  }

  TEST_CASE("P615: a key without an order") {
    CHECK_EQ(said(R"P(for each hospital, month
  define x: money(2) optional = next of budget along hospital
)P"),
             R"P(p:3:54: error P615: the key hospital has no order to go along
    3 |   define x: money(2) optional = next of budget along hospital
      |                                                      ^^^^^^^^
      note world:30:10: hospital is declared here: a hospital
)P");
    CHECK_EQ(said(R"P(for each fund
  define n: count = count of case
  define x: count optional = next of n along fund
)P"),
             R"P(p:4:46: error P615: the key fund has no order to go along
    4 |   define x: count optional = next of n along fund
      |                                              ^^^^
      = declare the values of the enum with < between them
      note p:2:10: fund is declared here: a value of fund
)P");
  }

  TEST_CASE("P616: a path that is matched with no key") {
    CHECK_EQ(
        said(R"P(for each hospital, month
  define x: money(2) = sum of case.cost by (review_month)
)P"),
        R"P(p:3:45: error P616: 'review_month' is not the name of a key of hospital_month, and there is not one path for each key
    3 |   define x: money(2) = sum of case.cost by (review_month)
      |                                             ^^^^^^^^^^^^
      = name one path for each key, or paths that end in the keys' names
)P");
  }

  TEST_CASE("P617: a key of another type") {
    CHECK_EQ(
        said(R"P(for each hospital, month
  define x: money(2) = sum of case.cost by (month, hospital)
)P"),
        R"P(p:3:45: error P617: the key hospital of hospital_month is a hospital, but this path is a number of month
    3 |   define x: money(2) = sum of case.cost by (month, hospital)
      |                                             ^^^^^
      note world:23:9: month is declared here: a number of month
)P");
    CHECK_EQ(said(R"P(for each drg, tier
  rows from case by (drg, hospital)
)P"),
             R"P(p:3:27: error P617: the key tier of drg_tier is a value of tier, but this path is a hospital
    3 |   rows from case by (drg, hospital)
      |                           ^^^^^^^^
      note world:20:9: hospital is declared here: a hospital
)P");
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = required hospital_month[hospital, stay].budget
)P"),
             R"P(p:3:58: error P617: the key month of hospital_month is a number of month, but this is days
    3 |   define x: money(2) = required hospital_month[hospital, stay].budget
      |                                                          ^^^^
      note world:27:9: stay is declared here: days
)P");
  }

  TEST_CASE("P618: an example that expects an input") {
    CHECK_EQ(said(R"P(test "t"
  given case C1: cost 5
  expect case C1: cost 5
)P"),
             R"P(p:4:19: error P618: cost is an input: an example expects computed values
    4 |   expect case C1: cost 5
      |                   ^^^^^^
)P");
  }

  TEST_CASE("a bare number as a key takes the key's type") {
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = hospital_month[hospital, 1].budget or else 0
)P"),
             "");
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = hospital_month[hospital, 13].budget or else 0
)P"),
             R"P(p:3:49: error P219: month has no number 13
    3 |   define x: money(2) = hospital_month[hospital, 13].budget or else 0
      |                                                 ^^
      = its numbers go from 1 to 12
)P");
  }

  TEST_CASE("an enum that has a scope of its own is still a key, and its values are its own") {
    CHECK_EQ(said(R"P(for each tier
  define n: count = count of hospital
for each drg, tier
  rows from case by (drg, hospital.tier)
  define x: bool = tier >= tier.secondary
)P"),
             "");
  }

} // TEST_SUITE
