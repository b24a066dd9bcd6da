// Decision tables: the whole text of each message, and how bands go on from row to row.
#include "tests/unit/semantics_fixture.h"
#include <doctest/doctest.h>

using semantics_fixture::said;
using semantics_fixture::said_alone;

TEST_SUITE("semantics: tables") {

  TEST_CASE("P507: a table with a gap") {
    CHECK_EQ(said(R"P(table t: count by x: days
  | x | t |
  | <= 5 | 1 |
  | 7 to 9 | 2 |
)P"),
             R"P(p:2:7: error P507: no row of the table t holds for x: between 5 and 7
    2 | table t: count by x: days
      |       ^
      = add a row for it, or end the column with above (高于) or otherwise (其他)
)P");
    CHECK_EQ(said(R"P(table t: count by x: tier, y: bool
  | x | y | t |
  | primary | true | 1 |
  | secondary, tertiary | any | 1 |
)P"),
             R"P(p:2:7: error P507: no row of the table t holds for x: primary, y: false
    2 | table t: count by x: tier, y: bool
      |       ^
      = add a row for it, or end the column with above (高于) or otherwise (其他)
)P");
  }

  TEST_CASE("P508: a table with an overlap") {
    CHECK_EQ(said(R"P(table t: count by x: days
  | x | t |
  | 1 to 5 | 1 |
  | any | 2 |
)P"),
             R"P(p:5:3: error P508: two rows of the table t hold for x: 1
    5 |   | any | 2 |
      |   ^^^^^^^^^^^
      note p:4:3: the other row
)P");
    CHECK_EQ(said(R"P(table t: count by x: days
  | x | t |
  | <= 5 | 1 |
  | <= 3 | 2 |
  | above | 3 |
)P"),
             R"P(p:5:5: error P508: this band overlaps the one before: the bounds must rise from row to row
    5 |   | <= 3 | 2 |
      |     ^^^^
      note p:2:19: x is declared here: days
)P");
    CHECK_EQ(said(R"P(table t: count by x: days
  | x | t |
  | > 5 | 1 |
  | > 7 | 2 |
  | below | 3 |
)P"),
             R"P(p:5:5: error P508: this band overlaps the one before: bounds with > must fall from row to row
    5 |   | > 7 | 2 |
      |     ^^^
      note p:2:19: x is declared here: days
)P");
    CHECK_EQ(said(R"P(table t: count by x: days
  | x | t |
  | 5 to 3 | 1 |
)P"),
             R"P(p:4:5: error P508: the span ends before it begins
    4 |   | 5 to 3 | 1 |
      |     ^^^^^^
      note p:2:19: x is declared here: days
)P");
  }

  TEST_CASE("bands go on from the row with the same values, whatever their kind") {
    CHECK_EQ(said(R"P(table t: count by u: bool, x: days, v: text
  | u | x | v | t |
  | true | <= 5 | any | 1 |
  | true | above | any | 2 |
  | false | <= 7 | any | 3 |
  | false | above | any | 4 |
)P"),
             "");
    CHECK_EQ(said(R"P(table t: count by n: month, x: days
  | n | x | t |
  | 1 | <= 5 | 1 |
  | 1 | above | 2 |
  | 2 to 12 | <= 7 | 3 |
  | 2 to 12 | above | 4 |
)P"),
             "");
    CHECK_EQ(said(R"P(table t: count by v: tier, x: days
  | v | x | t |
  | primary, secondary | <= 5 | 1 |
  | 二级, 一级 | above | 2 |
  | tertiary | <= 7 | 3 |
  | tertiary | above | 4 |
)P"),
             "");
  }

  TEST_CASE("P509: a header that does not fit its table") {
    CHECK_EQ(said(R"P(table t: count by x: days
  | x | y | t |
  | any | any | 1 |
)P"),
             R"P(p:3:3: error P509: the table t has 1 input and a result, but its header has 3 columns
    3 |   | x | y | t |
      |   ^^^^^^^^^^^^^
)P");
    CHECK_EQ(said(R"P(table t: count by x: days
  | y | t |
  | any | 1 |
)P"),
             R"P(p:3:5: error P509: column 1 of the header must be x, the table's input
    3 |   | y | t |
      |     ^
)P");
    CHECK_EQ(said(R"P(table t: count by x: days
  | x | 5 |
  | any | 1 |
)P"),
             R"P(p:3:9: error P509: the last column of the header is the name of the result
    3 |   | x | 5 |
      |         ^
)P");
  }

  TEST_CASE("P510: a table too large to be proved") {
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
range a from 1 to 1000
range b from 1 to 1000
table t: count by x: a, y: b
  | x | y | t |
  | any | any | 1 |
)P"),
             R"P(p:5:7: error P510: the table t has too many combinations to be proved without gap
    5 | table t: count by x: a, y: b
      |       ^
)P");
  }

  TEST_CASE("P512: a cell that its column cannot have") {
    CHECK_EQ(said(R"P(table t: count by x: tier
  | x | t |
  | <= 5 | 1 |
)P"),
             R"P(p:4:5: error P512: a bound cannot stand in a column for a value of tier
    4 |   | <= 5 | 1 |
      |     ^^^^
      note p:2:19: x is declared here: a value of tier
)P");
    CHECK_EQ(said(R"P(table t: count by x: tier
  | x | t |
  | 5 to 7 | 1 |
)P"),
             R"P(p:4:5: error P512: a span cannot stand in a column for a value of tier
    4 |   | 5 to 7 | 1 |
      |     ^^^^^^
      note p:2:19: x is declared here: a value of tier
)P");
    CHECK_EQ(said(R"P(table t: count by x: bool
  | x | t |
  | above | 1 |
)P"),
             R"P(p:4:5: error P512: 'above' (高于) cannot stand in a column for true or false
    4 |   | above | 1 |
      |     ^^^^^
      note p:2:19: x is declared here: true or false
)P");
    CHECK_EQ(said(R"P(table t: count by x: bool
  | x | t |
  | otherwise | 1 |
)P"),
             R"P(p:4:5: error P512: 'otherwise' (其他) cannot stand in a column for true or false
    4 |   | otherwise | 1 |
      |     ^^^^^^^^^
      note p:2:19: x is declared here: true or false
)P");
    CHECK_EQ(said(R"P(table t: count by x: tier
  | x | t |
  | below | 1 |
)P"),
             R"P(p:4:5: error P512: 'below' (低于) cannot stand in a column for a value of tier
    4 |   | below | 1 |
      |     ^^^^^
      note p:2:19: x is declared here: a value of tier
)P");
    CHECK_EQ(said(R"P(table t: count by x: days
  | x | t |
  | primary | 1 |
)P"),
             R"P(p:4:5: error P512: names cannot stand in a column for days
    4 |   | primary | 1 |
      |     ^^^^^^^
      note p:2:19: x is declared here: days
)P");
    CHECK_EQ(said(R"P(table t: count by x: days
  | x | t |
  | any | any |
)P"),
             R"P(p:4:11: error P512: the last cell is the result: a plain number is wanted here
    4 |   | any | any |
      |           ^^^
      note p:2:7: t is declared here: a plain number
)P");
  }

  TEST_CASE("P513: nothing is left for the last band") {
    CHECK_EQ(said(R"P(table t: count by x: days
  | x | t |
  | above | 1 |
)P"),
             R"P(p:4:5: error P513: nothing is left for 'above' (高于): no bound stands above it
    4 |   | above | 1 |
      |     ^^^^^
      = write any (任意) where every value is meant
      note p:2:19: x is declared here: days
)P");
    CHECK_EQ(said(R"P(table t: count by x: days
  | x | t |
  | <= 5 | 1 |
  | below | 2 |
  | above | 2 |
)P"),
             R"P(p:5:5: error P513: nothing is left for 'below' (低于): no bound stands above it
    5 |   | below | 2 |
      |     ^^^^^
      = write any (任意) where every value is meant
      note p:2:19: x is declared here: days
)P");
  }

  TEST_CASE("P514: above a band that leaves its bound out") {
    CHECK_EQ(
        said(R"P(table t: count by x: days
  | x | t |
  | < 5 | 1 |
  | above | 2 |
)P"),
        R"P(p:5:5: warning P514: the number 5 itself is not in the band before, so it is meant here as well as what lies above it
    5 |   | above | 2 |
      |     ^^^^^
      = write otherwise (其他), or let the band before include its bound
)P");
    CHECK_EQ(
        said(R"P(table t: count by x: days
  | x | t |
  | > 5 | 1 |
  | below | 2 |
)P"),
        R"P(p:5:5: warning P514: the number 5 itself is not in the band before, so it is meant here as well as what lies below it
    5 |   | below | 2 |
      |     ^^^^^
      = write otherwise (其他), or let the band before include its bound
)P");
    CHECK_EQ(said(R"P(table t: count by x: days
  | x | t |
  | < 5 | 1 |
  | otherwise | 2 |
)P"),
             "");
  }

  TEST_CASE("P515: what a table cannot give or look at") {
    CHECK_EQ(
        said(R"P(table t: count optional by x: days
  | x | t |
  | any | 1 |
)P"),
        R"P(p:2:7: error P515: a table gives a value of its own: its type is not optional and refers to no row
    2 | table t: count optional by x: days
      |       ^
)P");
    CHECK_EQ(
        said(R"P(table t: count by x: days optional
  | x | t |
  | any | 1 |
)P"),
        R"P(p:2:19: error P515: a table looks at numbers, values of enums, texts, and true or false, not at what may be missing
    2 | table t: count by x: days optional
      |                   ^
      = handle the missing value before the table is called
)P");
    CHECK_EQ(
        said(R"P(table t: count by x: date
  | x | t |
  | any | 1 |
)P"),
        R"P(p:2:19: error P515: a table looks at numbers, values of enums, texts, and true or false, not at a date
    2 | table t: count by x: date
      |                   ^
)P");
    CHECK_EQ(said(R"P(table t: count by x: days from 1
  | x | t |
  | any | 1 |
)P"),
             R"P(p:2:22: error P515: a table looks at every value of its inputs: leave out the bounds
    2 | table t: count by x: days from 1
      |                      ^^^^^^^^^^^
)P");
  }

} // TEST_SUITE
