// Values that may be missing: the whole text of each message.
#include "tests/unit/semantics_fixture.h"
#include <doctest/doctest.h>

using semantics_fixture::said;

TEST_SUITE("semantics: missing") {

  TEST_CASE("P401: a value that may be missing is used") {
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = cost + paid
)P"),
             R"P(p:3:31: error P401: paid may be missing here
    3 |   define x: money(2) = cost + paid
      |                               ^^^^
      = test it with 'is given' (不缺) first, write 'required' (必有) where its absence is an error, or give a value with 'or else' (缺则)
      note world:26:9: paid is declared here: yuan, or missing
)P");
    CHECK_EQ(said(R"P(for each case
  define x: bool = drg.standard > 5 yuan
)P"),
             R"P(p:3:20: error P401: standard may be missing here
    3 |   define x: bool = drg.standard > 5 yuan
      |                    ^^^^^^^^^^^^
      = test it with 'is given' (不缺) first, write 'required' (必有) where its absence is an error, or give a value with 'or else' (缺则)
      note world:21:9: drg is declared here: a drg, or missing
      note world:16:9: standard is declared here: yuan
)P");
    CHECK_EQ(said(R"P(for each case
  define x: bool
    = paid > 5 yuan when paid is missing
    = false otherwise
)P"),
             R"P(p:4:7: error P401: paid may be missing here
    4 |     = paid > 5 yuan when paid is missing
      |       ^^^^
      = test it with 'is given' (不缺) first, write 'required' (必有) where its absence is an error, or give a value with 'or else' (缺则)
      note world:26:9: paid is declared here: yuan, or missing
)P");
  }

  TEST_CASE("P402: required and or else that do nothing") {
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = required cost
)P"),
             R"P(p:3:24: warning P402: this value is never missing here: 'required' (必有) does nothing
    3 |   define x: money(2) = required cost
      |                        ^^^^^^^^^^^^^
)P");
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = cost or else 0
)P"),
             R"P(p:3:24: warning P402: the first value is never missing: 'or else' (缺则) does nothing
    3 |   define x: money(2) = cost or else 0
      |                        ^^^^^^^^^^^^^^
)P");
  }

  TEST_CASE("P403: a test that is always the same") {
    CHECK_EQ(said(R"P(for each case
  define x: bool = cost is given
)P"),
             R"P(p:3:20: warning P403: this value is never missing here: the test is always true
    3 |   define x: bool = cost is given
      |                    ^^^^^^^^^^^^^
)P");
    CHECK_EQ(said(R"P(for each case
  define x: bool = paid is given and paid is missing
)P"),
             R"P(p:3:38: warning P403: this value is never missing here: the test is always false
    3 |   define x: bool = paid is given and paid is missing
      |                                      ^^^^^^^^^^^^^^^
)P");
  }

  TEST_CASE("P404: a value that may be missing for what is never missing") {
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = paid
)P"),
             R"P(p:3:24: error P404: this may be missing, but x is not optional
    3 |   define x: money(2) = paid
      |                        ^^^^
      = make the type optional (可缺), write 'required' (必有), or handle the missing value
      note world:26:9: paid is declared here: yuan, or missing
)P");
    CHECK_EQ(said(R"P(for each case
  define x: money(2)
    = cost when urgent
    = none otherwise
)P"),
             R"P(p:5:7: error P404: 'none' (无) is a missing value, but x is not optional
    5 |     = none otherwise
      |       ^^^^^^^^^^^^^^
)P");
    CHECK_EQ(said(R"P(for each case
  define x: money(2)
    = cost
    except a: none when urgent
)P"),
             R"P(p:5:5: error P404: 'none' (无) is a missing value, but x is not optional
    5 |     except a: none when urgent
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^
)P");
    CHECK_EQ(said(R"P(for each case
  define x: money(2) = cost
test "t"
  given case C1: cost 1
  expect case C1: x none
)P"),
             R"P(p:6:21: error P404: x is never missing, but 'none' (无) is given
    6 |   expect case C1: x none
      |                     ^^^^
      note p:3:10: x is declared here: yuan
)P");
  }

} // TEST_SUITE
