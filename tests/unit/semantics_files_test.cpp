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

  TEST_CASE("P711, P114: where the rows of a table stand") {
    const std::string policy = "steelyard 1\npolicy p \"P\"\ntable t: count by n: count\n";
    CHECK_EQ(said_alone(policy + "  rows from \"t.csv\"\n"), R"P(p:4:3: error P711: there is no file 't.csv'
    4 |   rows from "t.csv"
      |   ^^^^^^^^^^^^^^^^^
      = the files of tables stand beside policy.policy, or in a folder there
)P");
    CHECK_EQ(said_alone(policy + "  rows from \"t.txt\"\n"),
             R"P(p:4:3: error P711: 't.txt' is no CSV file by its name
    4 |   rows from "t.txt"
      |   ^^^^^^^^^^^^^^^^^
      = the rows of a table stand in a file NAME.csv
)P");
    CHECK_EQ(said_alone(policy + "  rows from \"t.csv\"\n  | n | x |\n"),
             R"P(p:5:3: error P114: the rows of the table 't' stand in "t.csv"
    5 |   | n | x |
      |   ^^^^^^^^^
p:4:3: error P711: there is no file 't.csv'
    4 |   rows from "t.csv"
      |   ^^^^^^^^^^^^^^^^^
      = the files of tables stand beside policy.policy, or in a folder there
)P");
    CHECK_EQ(said_alone(policy + "  | n | x |\n  | any | 1 |\n  rows from \"t.csv\"\n"),
             R"P(p:6:3: error P114: the rows of the table 't' are given twice
    6 |   rows from "t.csv"
      |   ^^^^^^^^^^^^^^^^^
)P");
    CHECK_EQ(said_alone(policy + "  rows from t by (n)\n"), R"P(p:3:7: error P114: the table 't' has no rows
    3 | table t: count by n: count
      |       ^
      = first the row of the columns' names, then the rows of values, each with '|' around its cells
p:4:3: error P114: the rows of a table stand under it, or in a file
    4 |   rows from t by (n)
      |   ^^^^^^^^^^^^^^^^^^
      = write 'rows from' and the name of the file in quotes
)P");
    CHECK_EQ(said_alone("steelyard 1\npolicy p \"P\"\nentity e\n  key e: text\n  rows from \"e.csv\"\n"),
             R"P(p:5:3: error P114: only the rows of a table stand in a file that the policy names
    5 |   rows from "e.csv"
      |   ^^^^^^^^^^^^^^^^^
      = the rows of an entity or scope are those of its data file, or come from other scopes
)P");
  }

  TEST_CASE("errors in the file of a table have their places in it") {
    const auto said = [](std::string_view rows) {
      return semantics_fixture::text_of(steelyard::semantics::load_text({{"p", R"P(steelyard 1
policy p "P"
enum tier: low (低), high (高)
table t: money(2) by tier: tier, code: text
  rows from "t.csv"
)P"},
                                                                         {"t.csv", std::string(rows)}}));
    };
    CHECK_EQ(said("tier,code,price\n低,007,1\nhigh,otherwise,2\n低,otherwise,2.50\nhigh,007,3\n"), "");
    CHECK_EQ(said("tier,code,price\n低,007,1\nhigh,007\n"),
             R"P(t.csv:3:1: error P115: this record has 2 columns, and the table has 3 columns
    3 | high,007
      | ^
      = one for each input in its order, and the result
)P");
    CHECK_EQ(said("tier,code,price\n低,,1\n"), R"P(t.csv:2:3: error P107: this cell is empty
    2 | 低,,1
      |    ^
      = where any value will do, write any (任意)
)P");
    CHECK_EQ(
        said("tier,code,price\n低,\"00\"7,1\n"),
        R"P(t.csv:2:1: error P116: this line is no record of a CSV file: a quotation mark does not stand where it can
    2 | 低,"00"7,1
      | ^^
      = a cell with a comma is put in quotes as a whole; a quote inside it is doubled
)P");
    CHECK_EQ(said("tier,code,price\n\n低,any,1\n"), R"P(t.csv:2:1: error P116: this line is empty
    2 | 
      | ^
)P");
    CHECK_EQ(said("tier,code,price\n低,any,1\n中,any,1.005\n"),
             R"P(t.csv:3:1: error P206: tier has no value '中'
    3 | 中,any,1.005
      | ^^
      = did you mean 低?
      note p:3:6: tier is declared here
      note p:4:22: tier is declared here: a value of tier
t.csv:3:7: error P312: 1.005 has more decimals than the type, which has 2
    3 | 中,any,1.005
      |        ^^^^^
      note p:4:7: t is declared here: yuan
)P");
    CHECK_EQ(said("tier,code,price\n低,any,1 +\n"), R"P(t.csv:2:9: error P108: '+' is too much here
    2 | 低,any,1 +
      |          ^
      = expected here: a unit, 'to', '%' or '|'
)P");
    CHECK_EQ(said("tier,code,price\n"),
             R"P(p:5:3: error P114: the table 't' has no rows: t.csv has no record below its header
    5 |   rows from "t.csv"
      |   ^^^^^^^^^^^^^^^^^
)P");
    CHECK_EQ(said("tier,kode,price\nany,any,1\n"),
             R"P(t.csv:1:6: error P509: column 2 of the header must be code, the table's input
    1 | tier,kode,price
      |      ^^^^
)P");
  }

  TEST_CASE("what the line of a chapter cites holds for all of it that cites nothing itself") {
    const auto loaded = steelyard::semantics::load_text({{"city/policy.policy", R"P(steelyard 1
policy city "City"
article 1 "One"
article 2 "Two"
chapter "../shared/means.policy"  cite 1  assumed "as elsewhere"
chapter "../shared/cited.policy"  cite 2 (1)
)P"},
                                                         {"shared/means.policy", R"P(steelyard 1
entity e
  key e: text
  input n: count
for each e
  define x: count = n
  define y: count  cite 2
    = n
)P"},
                                                         {"shared/cited.policy", R"P(steelyard 1
for each e
  define z: count = n
)P"}});
    REQUIRE(loaded.program);
    std::string bases;
    for (const auto &definition : loaded.program->definitions) {
      const auto &field = loaded.program->field_of(definition);
      bases += field.names.ident + ":";
      for (const auto &article : field.basis.articles) {
        bases += " " + article.article;
        for (const std::string &clause : article.clauses) bases += "(" + clause + ")";
      }
      for (const std::string &assumption : field.basis.assumptions) bases += " " + assumption;
      bases += "\n";
    }
    CHECK_EQ(bases, "x: 1 as elsewhere\ny: 2\nz: 2(1)\n");
    CHECK_EQ(semantics_fixture::text_of(steelyard::semantics::load_text(
                 {{"policy.policy", "steelyard 1\npolicy p \"P\"\nchapter \"c.policy\" cite 3\n"},
                  {"c.policy", "steelyard 1\nparam a = 1\n"}})),
             R"P(policy.policy:3:25: error P207: article 3 is cited but not declared
    3 | chapter "c.policy" cite 3
      |                         ^
      = declare it: article 3 "..." (条文 3 "...")
)P");
  }

  TEST_CASE("P712 to P716: amendments and layers") {
    const auto said = [](const std::string &amendment) {
      return semantics_fixture::text_of(steelyard::semantics::load_text(
          {{"new/policy.policy", "steelyard 1\n" + amendment}, {"old/policy.policy", R"P(steelyard 1
policy old "Old" in force from 2020-01-01
param a = 1
entity e
  key e: text
  input n: count
for each e
  define x: count = n
  decide k
    small when n <= 1
    large otherwise
)P"}}));
    };
    CHECK_EQ(said("policy new amends \"../old\"\nreplace param b = 2\n"),
             R"P(new/policy.policy:3:15: error P712: old has no 'b'
    3 | replace param b = 2
      |               ^
      = name it as it is declared there, below the line of its scope
)P");
    CHECK_EQ(said("policy new amends \"../old\"\nfor each e\n  replace define y: count = n\n"),
             R"P(new/policy.policy:4:18: error P712: old has no 'y' for each e
    4 |   replace define y: count = n
      |                  ^
      = name it as it is declared there, below the line of its scope
)P");
    CHECK_EQ(said("policy new amends \"../old\"\nremove c\n"),
             R"P(new/policy.policy:3:8: error P712: old has no 'c'
    3 | remove c
      |        ^
      = name it as it is declared there, below the line of its scope
)P");
    CHECK_EQ(said("policy new amends \"../old\"\nfor each e\n  replace define lange: count = n\n"),
             R"P(new/policy.policy:4:18: error P712: old has no 'lange' for each e
    4 |   replace define lange: count = n
      |                  ^^^^^
      = name it as it is declared there, below the line of its scope
)P");
    CHECK_EQ(said("policy new amends \"../old\"\nfor each e\n  remove a\n"),
             R"P(new/policy.policy:4:10: error P712: old has no 'a' for each e
    4 |   remove a
      |          ^
      = it is declared there outside of all scopes: write this before the first for each (每个), or below overall (总体)
)P");
    CHECK_EQ(said("policy new amends \"../old\"\nreplace param kk = 2\nreplace param x = 2\n"),
             R"P(new/policy.policy:3:15: error P712: old has no 'kk'
    3 | replace param kk = 2
      |               ^^
      = name it as it is declared there, below the line of its scope
new/policy.policy:4:15: error P712: old has no 'x'
    4 | replace param x = 2
      |               ^
      = it is declared there for each e
)P");
    CHECK_EQ(said("policy new amends \"../old\"\nparam a = 2\nfor each e\n  define x: count = n + 1\n"),
             R"P(new/policy.policy:3:7: error P202: parameter 'a' is declared a second time
    3 | param a = 2
      |       ^
      = to change what the other policy declares, write replace (替换) before it
      note old/policy.policy:3:7: the parameter of this name
new/policy.policy:5:10: error P202: 'x' is declared a second time for each e
    5 |   define x: count = n + 1
      |          ^
      = to change what the other policy declares, write replace (替换) before it
      note old/policy.policy:8:10: first declared here
)P");
    CHECK_EQ(said("policy new amends \"../old\"\nremove a\nfor each e\n  replace define x: count = n × a\n"),
             R"P(new/policy.policy:5:33: error P201: there is no name 'a' for each e
    5 |   replace define x: count = n × a
      |                                 ^
      = did you mean e?
)P");
    CHECK_EQ(said("policy new on base \"../old\"\nreplace param a = 2\n"),
             R"P(new/policy.policy:3:9: error P713: 'new' stands on 'old' and leaves it as it is
    3 | replace param a = 2
      |         ^^^^^^^^^^^
      = add exceptions with add to (补充), or amend it: amends (修订) in place of on base (依托)
)P");
    CHECK_EQ(said("policy new amends \"../old\"\nfor each e\n  add to k\n    except big: 1 when n > 2\n"),
             R"P(new/policy.policy:4:10: error P714: 'k' has no exceptions: only a definition can have them
    4 |   add to k
      |          ^
      = write it anew as a whole: replace (替换), then the declaration
)P");
    CHECK_EQ(said("policy new amends \"../old\"\nfor each e\n  add to x\n"),
             R"P(new/policy.policy:4:10: error P114: nothing is added to 'x'
    4 |   add to x
      |          ^
      = write 'except' and a name on the next line; anything else is written anew as a whole, with 'replace'
)P");
    CHECK_EQ(said_alone("steelyard 1\npolicy new\nreplace param a = 2\nentity e\n  key e: text\n"
                        "for each e\n  remove x\n  add to x\n    except big: 1 when true\n"),
             R"P(p:3:9: error P715: this changes another policy, but the policy names none that it amends
    3 | replace param a = 2
      |         ^^^^^^^^^^^
      = write amends (修订) and the folder of that policy in quotes behind the policy's name
p:7:3: error P715: this changes another policy, but the policy names none that it amends
    7 |   remove x
      |   ^^^^^^^^
      = write amends (修订) and the folder of that policy in quotes behind the policy's name
p:8:3: error P715: this changes another policy, but the policy names none that it amends
    8 |   add to x
      |   ^^^^^^^^
      = write amends (修订) and the folder of that policy in quotes behind the policy's name
)P");
    CHECK_EQ(said("policy new amends \"../older\"\n"),
             R"P(new/policy.policy:2:1: error P716: there is no policy 'new/../older'
    2 | policy new amends "../older"
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      = the place of a policy's folder is told from the folder of this one
)P");
    CHECK_EQ(said("policy new amends \"../new\"\n"),
             R"P(new/policy.policy:2:1: error P716: the policy 'new' leads back to itself
    2 | policy new amends "../new"
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^
)P");
    CHECK_EQ(said("policy new amends \"../old\"\nparam a = 2\n"),
             R"P(new/policy.policy:3:7: error P202: parameter 'a' is declared a second time
    3 | param a = 2
      |       ^
      = to change what the other policy declares, write replace (替换) before it
      note old/policy.policy:3:7: the parameter of this name
)P");
  }

} // TEST_SUITE
