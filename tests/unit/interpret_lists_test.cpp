// Lists, sets, tables of rules and `with`: what they come to, in the interpreter and row by row in native
// code.
#include "compiler/native/settle.h"
#include "compiler/semantics/row_aggregates.h"
#include "tests/unit/interpret_fixture.h"
#include <fmt/core.h>

using namespace interpret_fixture;

namespace {

/// The results of visits, which are the same by both engines.
std::string visits(const std::string &definitions, const std::string &cells,
                   const std::string &rules = "rule,list\n", bool native = true) {
  const Settled settled(R"P(entity rule
  key rule: text
  input list: count optional
entity code
  key list: count
  key code: text
  input level: count
entity visit
  key visit: text
  input codes: list of text separated by ";"
  input full: list of text separated by "|" at least one
for each visit
)P" + definitions,
                        {{"visit.csv", "visit,codes,full\n" + cells},
                         {"rule.csv", rules},
                         {"code.csv", "list,code,level\n1,A,5\n1,B,6\n2,A,7\n2,C,8\n"}});
  const native::NativeSettlement other =
      native::settle_native(*settled.loaded.program, settled.read.dataset, {}, {2});
  CHECK_EQ(other.settlement.error_count, settled.settlement.error_count);
  if (settled.settlement.error_count > 0) return settled.errors();
  CHECK_EQ(other.fell_back, !native);
  for (const interpret::ResultFile &file : other.settlement.files)
    if (file.name == "visit.csv") CHECK_EQ(file.content, settled.file("visit.csv"));
  return settled.file("visit.csv");
}

} // namespace

TEST_SUITE("interpret: lists") {

  TEST_CASE("elements, of empty cells too") {
    CHECK_EQ(visits(R"P(  define a: text optional = first of codes
  define b: text = first of full
  define c: text optional = first of others of codes
  define some: bool = any of codes in code[1]
  define no_one: bool = none of codes in code[1]
  define all: bool = all of codes in code[1]
  define both: bool = all of codes in full
)P",
                    "1,,\n2,A,|A\n3,A;B,B|A|A\n4,;A,A\n5,A;,\n6,X;A,A\n"),
             "visit,a,b,c,some,no_one,all,both\n"
             "1,,,,false,true,true,true\n"
             "2,A,,,true,false,true,true\n"
             "3,A,B,B,true,false,true,true\n"
             "4,,A,A,true,false,false,false\n"
             "5,A,,,true,false,false,false\n"
             "6,X,A,A,true,false,false,false\n");
  }

  TEST_CASE("named elements, and lists that are made") {
    CHECK_EQ(
        visits(R"P(  define last: text optional = first of codes as c where c in code[2] and c not in code[1]
  define levels: bool = any of codes as c where code[2, c].level is given and code[2, c].level > 7
  define made: list of text separated by ";" = list of (first of full) over codes as c
  define one: list of text separated by ";" = list of (first of full)
  define twice: bool = any of codes as c where any of others of full as d where d = c
)P",
               "1,,\n2,A;C,C|A\n3,C;C;C,|\n", "rule,list\n", false),
        "visit,last,levels,made,one,twice\n"
        "1,,false,,,false\n"
        "2,C,true,C;C,C,true\n"
        "3,C,true,;;,,false\n");
  }

  TEST_CASE("the first row is the first of the file") {
    const std::string definitions =
        R"P(  let found = first of rule where list is missing or any of this.codes in code[list]
  define rule: text optional = found.rule
  define count: count = count of rule by none where list is given and any of this.codes in code[list]
)P";
    CHECK_EQ(visits(definitions, "1,,\n2,B,\n3,C,\n4,A,\n", "rule,list\nz,2\nm,1\na,\nb,1\n"),
             "visit,rule,count\n1,a,0\n2,m,2\n3,z,1\n4,z,3\n");
    CHECK_EQ(visits(definitions, "1,,\n2,B,\n", "rule,list\nz,2\n"), "visit,rule,count\n1,,0\n2,,0\n");
  }

  TEST_CASE("comparisons with the cells of a table of rules") {
    // Each comparison of a row's number with the row that asks, on either side.
    const std::string definitions = R"P(  let size = count of rule by none where this.first_code = rule
  let first_code = first of full
  define smaller: text optional = less_rule.rule
  let less_rule = first of rule where list is given and this.size < list
  define at_least: text optional = at_least_rule.rule
  let at_least_rule = first of rule where list is given and list <= this.size
  define other: text optional = other_rule.rule
  let other_rule = first of rule where list is given and list != this.size
)P";
    CHECK_EQ(visits(definitions, "1,,\n2,,c\n", "rule,list\na,2\nb,1\nc,0\nd,\n"),
             "visit,smaller,at_least,other\n1,a,c,a\n2,a,b,a\n");
  }

  TEST_CASE("a condition that fails does so where the rules come to it, and nowhere else") {
    const std::string definitions = R"P(  let must = required first of codes
  let found = first of rule where list is missing or this.must = "A" and list = 9
  define rule: text optional = found.rule
)P";
    CHECK_EQ(visits(definitions, "1,,\n2,A,\n", "rule,list\na,\nb,9\n"), "visit,rule\n1,a\n2,a\n");
    CHECK_EQ(visits(definitions, "1,B,\n2,A,\n", "rule,list\nb,9\na,\n"), "visit,rule\n1,a\n2,b\n");
    // No rule can hold for which it is asked; it is asked all the same.
    CHECK_EQ(visits(definitions, "1,A,\n2,,\n", "rule,list\nb,8\na,\n"),
             "visit visit=2: must (p.policy:15): first of codes is missing, but it is required [D602]\n");
  }

  TEST_CASE("with: inside another one, and for many rows") {
    // Every third row has two codes; the rows are more than are computed together.
    std::string cells, expected = "visit,a,b,c\n";
    for (int row = 100; row < 300; ++row) {
      const bool two = row % 3 == 0;
      cells += fmt::format("{},{},{}\n", row, two ? "X;A" : row % 2 == 0 ? "A" : "", row % 5 == 0 ? "C" : "");
      const bool has = two || row % 2 == 0;
      expected += fmt::format("{},{},{},{}\n", row,
                              two   ? "X"
                              : has ? "A"
                                    : "",
                              row % 5 == 0 ? "C" : "", has && row % 5 == 0 ? "true" : "false");
    }
    CHECK_EQ(visits(R"P(  let a_code = first of codes
  let as_full = (a_code with codes = list of (first of full))
  let some = any of codes in code[1]
  let both = some and (a_code with codes = list of (first of full)) is given
  define a: text optional = a_code
  define b: text optional
    = as_full when as_full is given and as_full in code[2]
    = none otherwise
  define c: bool = any of codes as one where (either with codes = list of one)
  let either = (some with codes = codes) and both and any of full in code[2]
)P",
                    cells),
             expected);
  }

  TEST_CASE("with: the row with one field changed") {
    CHECK_EQ(visits(R"P(  define seen: text optional = first of codes
  define again: text optional = (seen with codes = others_of)
  define others_of: list of text separated by ";" = others of codes
  define found: text optional = first of others of codes as c where (listed with codes = list of c)
  let listed = all of codes in code[1]
)P",
                    "1,,\n2,A;X;B,\n3,A;X,\n"),
             "visit,seen,again,others_of,found\n1,,,,\n2,A,X,X;B,B\n3,A,X,X,\n");
  }

  TEST_CASE("a list of at least one as the value of one that may be empty") {
    CHECK_EQ(visits(R"P(  define copied: list of text separated by "|" = full
  define seen: bool = any of copied as c where c = ""
  define changed: bool = (other_seen with other = full)
  define other: list of text separated by "|" = full
  let other_seen = any of other as o where o = ""
)P",
                    "1,,\n2,A,|\n3,A,A\n"),
             "visit,copied,seen,changed,other\n1,,false,false,\n2,|,true,true,|\n3,A,false,false,A\n");
  }

  TEST_CASE("with: a number of fewer decimals than the field has") {
    CHECK_EQ(visits(R"P(  define size: ratio(2) = 0.25
  let large = size >= 1
  define changed: bool = (large with size = 1)
  define found: bool = any of codes as c where (large with size = count_of) and c in code[1]
  let count_of = count of rule by none
)P",
                    "1,,\n2,A,\n", "rule,list\na,1\nb,1\n"),
             "visit,size,changed,found\n1,0.25,true,false\n2,0.25,true,true\n");
  }

  TEST_CASE("rows that are not done row by row, and what rests on them") {
    CHECK_EQ(visits(R"P(  define seen: bool = any of codes as c where c begins with "A" and c in full
overall
  define total: count = count of visit where seen
)P",
                    "1,,\n2,AB,AB\n", "rule,list\n", false),
             "visit,seen\n1,false\n2,true\n");
  }

  TEST_CASE("lists are never missing, and may only be passed on") {
    CHECK_EQ(visits(R"P(  define copied: list of text separated by ";" = codes
  define there: bool = codes is given and copied is given
  define firsts: text optional = first of copied
  define changed: bool = (there with codes = list of ("A"))
)P",
                    "1,,\n2,A;B,\n"),
             "visit,copied,there,firsts,changed\n1,,true,,true\n2,A;B,true,A,true\n");
  }

  TEST_CASE("an empty text and a missing one are told apart by what rests on the rows") {
    const Settled settled(R"P(entity visit
  key visit: text
  input codes: list of text separated by ";"
for each visit
  define second: text optional = first of others of codes
  define some: bool = any of codes in codes
overall
  define without: count = count of visit where second is missing
)P",
                          {{"visit.csv", "visit,codes\n1,A\n2,A;\n3,A;B\n"}});
    const native::NativeSettlement other =
        native::settle_native(*settled.loaded.program, settled.read.dataset, {}, {2});
    CHECK_EQ(settled.file("overall.csv"), "without\n1\n");
    for (const interpret::ResultFile &file : other.settlement.files)
      if (file.name == "overall.csv") CHECK_EQ(file.content, "without\n1\n");
  }

  TEST_CASE("what is kept of a run with lists") {
    const Settled settled(R"P(entity visit
  key visit: text
  input codes: list of text separated by ";"
entity rule
  key rule: text
for each visit
  define copied: list of text separated by ";" = codes
  define found: bool = any of codes as c where (count of rule by none where rule = c) > 0
)P",
                          {{"visit.csv", "visit,codes\n1,\n2,A;B\n"}, {"rule.csv", "rule\nB\n"}});
    native::NativeOptions options{2};
    options.keep = true;
    const native::NativeSettlement kept =
        native::settle_native(*settled.loaded.program, settled.read.dataset, {}, options);
    REQUIRE(kept.results);
    interpret::Run run(*settled.loaded.program, settled.read.dataset, {});
    const auto expected = interpret::results_of(run);
    for (interpret::Results *results : {kept.results.get(), expected.get()}) {
      log::Cells cells;
      results->values(1, 2, 0, 2, cells);
      REQUIRE_EQ(cells.texts.size(), 2);
      CHECK_EQ(cells.texts[0], "");
      CHECK_EQ(cells.texts[1], "A;B");
    }
    CHECK(semantics::row_aggregates(*settled.loaded.program).empty()); // elements are asked, not the row
  }

  TEST_CASE("a table of rules without rows") {
    CHECK_EQ(visits(R"P(  let same = first of rule where list is given and list = this.number
  let number = count of rule by none where rule = this.first_code
  let first_code = first of full
  define found: text optional = same.rule
)P",
                    "1,,A\n"),
             "visit,found\n1,\n");
  }

  TEST_CASE("others as the value of a list of at least one: where there are none, it is one empty text") {
    CHECK_EQ(visits(R"P(  define rest: list of text separated by "|" at least one = others of full
  define empty: bool = any of rest as one where one = ""
  define of_with: bool = (empty_rest with rest = others of full)
  let empty_rest = any of rest as one where one = ""
  define made: list of text separated by "|" at least one = list of one over codes as one
  define made_empty: bool = any of made as one where one = ""
)P",
                    "1,,\n2,A,A|\n3,A;B,A|B\n"),
             "visit,rest,empty,of_with,made,made_empty\n"
             "1,,true,true,,true\n2,,true,true,A,false\n3,B,false,false,A|B,false\n");
  }

  TEST_CASE("D617: an element with the separator of its list") {
    CHECK_EQ(
        visits(R"P(  define made: list of text separated by ";" = list of (c) over full as c
)P",
               "1,,a|b\n2,,a|b;c\n"),
        "visit visit=2: made (p.policy:15): \"b;c\" cannot be an element: it holds the separator ';' of the "
        "list [D617]\n");
  }
}
