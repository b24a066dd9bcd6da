// The policy, its files and periods: the whole text of each message.
#include "tests/unit/semantics_fixture.h"
#include <doctest/doctest.h>

using semantics_fixture::said_alone;

TEST_SUITE("semantics: files") {

  TEST_CASE("P701: a policy without a name") {
    CHECK_EQ(said_alone(R"P(steelyard 1
)P"),
             R"P(p:1:1: error P701: the policy has no name
    1 | steelyard 1
      | ^
      = write: policy NAME "TITLE" in force from YYYY-MM-DD (政策 ... 施行自 ...)
)P");
  }

  TEST_CASE("P702: a period that ends before it begins") {
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01 until 2020-01-01
)P"),
             R"P(p:2:1: error P702: the policy ends before it begins
    2 | policy p "P" in force from 2020-01-01 until 2020-01-01
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
)P");
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
param a = 1 from 2021-01-01 until 2020-06-01
)P"),
             R"P(p:3:11: error P702: this period ends before it begins
    3 | param a = 1 from 2021-01-01 until 2020-06-01
      |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
)P");
  }

  TEST_CASE("P703: periods with a gap or an overlap") {
    CHECK_EQ(
        said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
param a = 1 until 2021-01-01, 2 from 2021-01-02
)P"),
        R"P(p:3:31: error P703: the periods of a parameter follow each other without gap or overlap: until (止于) of one is from (从) of the next
    3 | param a = 1 until 2021-01-01, 2 from 2021-01-02
      |                               ^^^^^^^^^^^^^^^^^
)P");
    CHECK_EQ(
        said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
param a = 1, 2 from 2021-01-02
)P"),
        R"P(p:3:14: error P703: the periods of a parameter follow each other without gap or overlap: until (止于) of one is from (从) of the next
    3 | param a = 1, 2 from 2021-01-02
      |              ^^^^^^^^^^^^^^^^^
)P");
  }

  TEST_CASE("P704: no language version") {
    CHECK_EQ(said_alone(R"P(policy p "P" in force from 2020-01-01
)P"),
             R"P(p:1:1: error P704: the language version is missing at the top of the file
    1 | policy p "P" in force from 2020-01-01
      | ^
      = write: steelyard 1 (权衡 1)
)P");
  }

  TEST_CASE("P707: a policy with two names") {
    CHECK_EQ(said_alone(R"P(steelyard 1
policy p "P" in force from 2020-01-01
policy q "Q" in force from 2020-01-01
)P"),
             R"P(p:3:1: error P707: the policy is named a second time
    3 | policy q "Q" in force from 2020-01-01
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      = only policy.policy has the line policy (政策)
)P");
  }

  TEST_CASE("P710: a language version that is not known") {
    CHECK_EQ(said_alone(R"P(steelyard 2
policy p "P" in force from 2020-01-01
)P"),
             R"P(p:1:1: error P710: language version 2 is not known: this program knows version 1
    1 | steelyard 2
      | ^^^^^^^^^^^
)P");
  }

} // TEST_SUITE
