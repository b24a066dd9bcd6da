// Policies that use others, and references that are computed: what the checker says.
#include "tests/unit/semantics_fixture.h"
#include <doctest/doctest.h>

using semantics_fixture::said;

namespace {

constexpr const char *old_text = R"P(steelyard 1
policy old "Old"
article 1 "Article 1"
param a = 1  cite 1
enum k: small < large
entity e
  key e: text
  input n: count
define whole: count = count of e
for each e
  define x: k
    = small when n <= a
    = large otherwise
)P";
constexpr const char *third_text = R"P(steelyard 1
policy third "Third"
uses "../old" as old
for each old_e
  define y: count = n
)P";

/// What is said about a policy that may amend or use `old`, and use `third`.
std::string said_of(const std::string &text) {
  steelyard::syntax::SourceFiles files{{"new/policy.policy", "steelyard 1\n" + text}};
  if (text.find("../third") != std::string::npos) files.push_back({"third/policy.policy", third_text});
  if (text.find("../old\"") != std::string::npos || files.size() > 1)
    files.push_back({"old/policy.policy", old_text});
  return semantics_fixture::text_of(steelyard::semantics::load_text(std::move(files)));
}

} // namespace

TEST_SUITE("semantics: policies that are used") {

  TEST_CASE("two policies do not meet in a name") {
    CHECK_EQ(said_of(R"P(policy new "New"
uses "../old" as o
article 1 "Article 1"
param a = 2
enum k: few, many
entity e
  key e: text
define whole: count  cite 1, o_1
  = count of e + o_whole + a + o_a
for each e
  define x: k = few when o_e[e].x is given and o_e[e].x = large
    = many otherwise
test "one"
  given o_e A: n 1
  expect o_e A: x small
)P"),
             "");
  }

  TEST_CASE("the prefix goes with the surface of the name") {
    CHECK_EQ(said_of("policy new \"New\"\nuses \"../old\" as o (旧)\ndefine a: count = o_a\n"), "");
    CHECK_EQ(said_of("policy new \"New\"\nuses \"../old\" as 旧 (o)\ndefine a: count = o_a\n"), "");
    CHECK_EQ(said_of("policy new \"New\"\nuses \"../old\" as 旧\ndefine a: count = 旧_a\n"), "");
    CHECK_EQ(said_of("policy new \"New\"\nuses \"../third\" as t\ndefine a: count = t_old_a + sum of t_old_e.y\n"), "");
  }

  TEST_CASE("names of a used policy are called as they are there only within it") {
    CHECK_EQ(said_of("policy new \"New\"\nuses \"../old\" as o\ndefine b: count = a\n"),
             R"P(new/policy.policy:4:19: error P201: there is no name 'a' in the run as a whole
    4 | define b: count = a
      |                   ^
      = did you mean o_a?
      note old/policy.policy:9:8: nothing uses 'o_whole': is this the one that is meant?
)P");
    CHECK_EQ(said_of("policy new \"New\"\nuses \"../old\" as o\nfor each e\n  define y: count = n\n"),
             R"P(new/policy.policy:4:10: error P222: there is no entity, enum or range 'e' to go through
    4 | for each e
      |          ^
      = did you mean o_e?
)P");
    CHECK_EQ(said_of("policy new \"New\"\nuses \"../old\" as o\nfor each o_e\n  define x: count = n\n"),
             R"P(new/policy.policy:5:10: error P202: 'x' is declared a second time for each o_e
    5 |   define x: count = n
      |          ^
      = a policy that is used stays as it is: give this another name, or use a policy that amends it
      note old/policy.policy:11:10: first declared here
)P");
  }

  TEST_CASE("P716, P717: what is used") {
    CHECK_EQ(said_of("policy new \"New\"\nuses \"../older\" as o\n"),
             R"P(new/policy.policy:3:1: error P716: there is no policy 'new/../older'
    3 | uses "../older" as o
      | ^^^^^^^^^^^^^^^^^^^^
      = the place of a policy's folder is told from the folder of this one
)P");
    CHECK_EQ(said_of("policy new \"New\"\nuses \"../new\" as o\n"),
             R"P(new/policy.policy:3:1: error P716: the policy 'new' leads back to itself
    3 | uses "../new" as o
      | ^^^^^^^^^^^^^^^^^^
)P");
    CHECK_EQ(said_of("policy new \"New\"\nuses \"../old\" as o\nuses \"../old\" as o\n"),
             R"P(new/policy.policy:4:18: error P717: two policies are used as 'o'
    4 | uses "../old" as o
      |                  ^
      = give each a name of its own
)P");
  }

  TEST_CASE("a definition in the place of an input") {
    CHECK_EQ(said_of(R"P(policy new "New" amends "../old"
entity bill
  key bill: text
  input count: count
for each e
  replace define n: count = bill[e].count or else 0
)P"),
             "");
    CHECK_EQ(said_of(R"P(policy new "New" amends "../old"
for each e
  replace check n: true
)P"),
             R"P(new/policy.policy:4:17: error P712: old has no 'n' for each e
    4 |   replace check n: true
      |                 ^
      = name it as it is declared there, below the line of its scope
)P");
  }
}

TEST_SUITE("semantics: computed references") {

  TEST_CASE("the row that has the keys") {
    CHECK_EQ(said(R"P(for each case
  let dear = drg["X"]
  define other: drg optional = drg["Y"] when urgent
    = drg otherwise
  define standard: money(2) = other.standard when other is given
    = dear.standard or else 0 yuan otherwise
for each drg, tier as other_tier
  rows from case by (other, hospital.tier)
  define cases: count = count of case by (other, hospital.tier)
)P"),
             "");
  }

  TEST_CASE("P401, P404: it may be missing") {
    CHECK_EQ(said("for each case\n  define other: drg = drg[\"Y\"]\n"),
             R"P(p:3:23: error P404: this may be missing, but other is not optional
    3 |   define other: drg = drg["Y"]
      |                       ^^^^^^^^
      = make the type optional (可缺), write 'required' (必有), or handle the missing value
)P");
    CHECK_EQ(said("for each case\n  define other: bool = drg[\"Y\"] = \"X\"\n"),
             R"P(p:3:24: error P401: the row of drg may be missing here
    3 |   define other: bool = drg["Y"] = "X"
      |                        ^^^^^^^^
      = test it with 'is given' (不缺) first, write 'required' (必有) where its absence is an error, or give a value with 'or else' (缺则)
)P");
  }

  TEST_CASE("P305: another entity") {
    CHECK_EQ(said("for each case\n  define other: drg optional = hospital[\"Y\"]\n"),
             R"P(p:3:32: error P305: other is a drg, but this is a hospital
    3 |   define other: drg optional = hospital["Y"]
      |                                ^^^^^^^^^^^^^
)P");
  }
}
