// Names that stand twice, or for two things: the whole text of each message.
#include "tests/unit/semantics_fixture.h"
#include <doctest/doctest.h>

using semantics_fixture::said;
using semantics_fixture::said_alone;

TEST_SUITE("semantics: twice") {

  TEST_CASE("P202: a name that is declared twice") {
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
enum tier: a, b
range tier from 1 to 2
entity tier
  key k: text
)P"),
             R"P(p:4:7: error P202: range 'tier' is declared a second time
    4 | range tier from 1 to 2
      |       ^^^^
      note p:3:6: the enum of this name
p:5:8: error P202: entity 'tier' is declared a second time
    5 | entity tier
      |        ^^^^
      note p:3:6: the enum of this name
)P");
    CHECK_EQ(said(R"P(param limit = 1
param limit = 2
)P"),
             R"P(p:3:7: error P202: parameter 'limit' is declared a second time
    3 | param limit = 2
      |       ^^^^^
      note p:2:7: the parameter of this name
)P");
    CHECK_EQ(said(R"P(article 1 "Article 1"
)P"),
             R"P(p:2:1: error P202: article 1 is declared a second time
    2 | article 1 "Article 1"
      | ^^^^^^^^^^^^^^^^^^^^^
      note world:3:1: first declared here
)P");
    CHECK_EQ(said(R"P(for each case
  let x = cost
  define x: money(2) = cost
)P"),
             R"P(p:4:10: error P202: 'x' is declared a second time for each case
    4 |   define x: money(2) = cost
      |          ^
      note p:3:7: first declared here
)P");
    CHECK_EQ(said(R"P(for each drg, tier as tier
  rows from case by (drg, hospital.tier)
)P"),
             R"P(p:2:23: error P202: the scope is called 'tier', as an enum is
    2 | for each drg, tier as tier
      |                       ^^^^
      note world:4:6: the other of this name
)P");
    CHECK_EQ(said(R"P(for each drg, tier as band
  rows from case by (drg, hospital.tier)
for each hospital, tier as band
  let x = 1
)P"),
             R"P(p:4:1: error P202: the scope 'band' is declared a second time with other keys
    4 | for each hospital, tier as band
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      note p:2:1: first declared here
)P");
    CHECK_EQ(said(R"P(param limit = 1
overall
  define limit: count = 1
)P"),
             R"P(p:4:10: error P202: 'limit' is a parameter and a quantity of the run as a whole
    4 |   define limit: count = 1
      |          ^^^^^
      note p:2:7: the parameter
)P");
    CHECK_EQ(said(R"P(for each case
  define x: count
    = 1
    except a: 2 when urgent
    except a: 3 when not urgent
)P"),
             R"P(p:6:12: error P202: the exception 'a' is declared a second time
    6 |     except a: 3 when not urgent
      |            ^
)P");
    CHECK_EQ(said(R"P(for each case
  check c: urgent
  check c: not urgent
)P"),
             R"P(p:4:9: error P202: the check 'c' is declared a second time
    4 |   check c: not urgent
      |         ^
)P");
    CHECK_EQ(said(R"P(table t: count by x: days
  | x | t |
  | any | 1 |
table t: count by x: days
  | x | t |
  | any | 1 |
)P"),
             R"P(p:5:7: error P202: table 't' is declared a second time
    5 | table t: count by x: days
      |       ^
      note p:2:7: the table of this name
)P");
  }

  TEST_CASE("P214: a name that stands twice in a list") {
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
enum tier: low, high, low
)P"),
             R"P(p:3:23: error P214: 'low' is named twice
    3 | enum tier: low, high, low
      |                       ^^^
)P");
    CHECK_EQ(said(R"P(for each hospital
  define x: bool = tier in (primary, primary)
)P"),
             R"P(p:3:38: error P214: 'primary' is named twice
    3 |   define x: bool = tier in (primary, primary)
      |                                      ^^^^^^^
)P");
    CHECK_EQ(said(R"P(table t: count by x: tier
  | x | t |
  | primary, 一级 | 1 |
)P"),
             R"P(p:4:14: error P214: '一级' is named twice
    4 |   | primary, 一级 | 1 |
      |              ^^^^
      note p:2:19: x is declared here: a value of tier
)P");
    CHECK_EQ(said(R"P(table t: count by x: tier, x: tier
  | x | x | t |
  | any | any | 1 |
)P"),
             R"P(p:2:28: error P214: 'x' is named twice
    2 | table t: count by x: tier, x: tier
      |                            ^
)P");
    CHECK_EQ(said(R"P(test "t"
  given case C1: cost 5, cost 6
  expect error
)P"),
             R"P(p:3:26: error P214: 'cost' is named twice
    3 |   given case C1: cost 5, cost 6
      |                          ^^^^
)P");
  }

} // TEST_SUITE
