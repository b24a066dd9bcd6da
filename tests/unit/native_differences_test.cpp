// Differences between the engines that random policies found, each as its smallest policy: both engines must
// give the same files, counts and errors, compiled and row by row.
#include "compiler/native/settle.h"
#include "compiler/semantics/check.h"
#include "runtime/data/dataset.h"
#include "runtime/data/read_dataset.h"
#include "tests/unit/data_fixture.h"
#include <doctest/doctest.h>
#include <utility>
#include <vector>

using namespace steelyard;

namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

std::string text_of(const interpret::Settlement &settlement, const semantics::Program &program) {
  std::string out;
  for (const interpret::RunError &error : settlement.errors) out += to_text(error, program) + "\n";
  for (const interpret::ResultFile &file : settlement.files) out += file.name + "\n" + file.content;
  for (const interpret::DroppedRows &dropped : settlement.dropped)
    out += "dropped " + std::to_string(dropped.count) + "\n";
  for (const interpret::FailedCheck &check : settlement.failed_checks)
    out += "failed " + std::to_string(check.count) + "\n";
  return out;
}

/// Both engines on the policy and the data; what the interpreter gives.
std::string settled_by_both(const std::string &policy, const Files &data, bool may_fall_back = false) {
  const semantics::LoadResult loaded =
      semantics::load_text({{"p.policy", "steelyard 1\npolicy p \"P\"\n" + policy}});
  for (const syntax::Diagnostic &each : loaded.diagnostics)
    if (!loaded.program) FAIL_CHECK(syntax::to_text(each, loaded.files));
  REQUIRE(loaded.program);
  const data_test::TemporaryFolder folder;
  for (const auto &[name, content] : data) folder.put(name, content);
  const data::ReadResult read =
      data::read_dataset(loaded.program->schema, folder.path(), data::Encoding::utf8);
  for (const data::DataError &error : read.errors) FAIL_CHECK(data::to_text(error));
  REQUIRE(read.error_count == 0);
  interpret::Run run(*loaded.program, read.dataset);
  const std::string expected = text_of(interpret::settle(run), *loaded.program);
  for (const std::size_t least_rows : {std::size_t{1}, std::size_t{1} << 40}) {
    CAPTURE(least_rows);
    const native::NativeSettlement native =
        native::settle_native(*loaded.program, read.dataset, {}, {1, least_rows});
    if (!may_fall_back) CHECK_MESSAGE(!native.fell_back, native.fallback_reason);
    CHECK(text_of(native.settlement, *loaded.program) == expected);
  }
  return expected;
}

} // namespace

TEST_CASE("native: a let read through a missing row is missing, be it a constant, a count or a stand-in") {
  const std::string out =
      settled_by_both(R"(
param rate = 3
entity group
  key group: text
  input cost: money(2) optional
entity case
  key case: text
  input group: group optional
for each group
  let constant = 5
  let parameter = rate
  let cases = count of case
  let stand_in = cost or else 1 yuan
for each case
  define a: count optional = group.constant
  define b: count optional = group.parameter
  define c: count optional = group.cases
  define d: money(2) optional = group.stand_in
)",
                      {{"group.csv", "group,cost\nA,\n"}, {"case.csv", "case,group\n1,A\n2,\n"}});
  CHECK(out == "case.csv\ncase,a,b,c,d\n1,5,3,1,1.00\n2,,,,\n");
}

TEST_CASE("native: next and previous of a constant or a formula are missing where there is no such row") {
  const std::string out = settled_by_both(R"(
range month from 1 to 12
for each month
  rows from input
  input cost: money(2)
  let twice = cost × 2
  define a: count optional = previous of (7) along month
  define b: money(2) optional = next of (cost + 1 yuan) along month
  define c: money(2) optional = next of twice along month where cost > 0
)",
                                          {{"month.csv", "month,cost\n1,1\n3,2\n4,0\n7,5\n"}});
  CHECK(out == "month.csv\nmonth,a,b,c\n1,,3.00,4.00\n3,7,1.00,10.00\n4,7,6.00,10.00\n7,7,,\n");
}

TEST_CASE("native: a path that goes on from a table without rows") {
  const std::string out = settled_by_both(R"(
entity area file optional
  key area: text
  input rate: ratio(2)
entity hospital file optional
  key hospital: text
  input area: area
entity case
  key case: text
  input hospital: hospital optional
for each case
  define rate: ratio(2) optional = hospital.area.rate
)",
                                          {{"case.csv", "case,hospital\n1,\n2,\n"}});
  CHECK(out == "case.csv\ncase,rate\n1,\n2,\n");
}

TEST_CASE("native: a key that must be quoted is quoted once, as a cell, in results and in checks.csv") {
  const std::string out = settled_by_both(R"(
entity hospital
  key hospital: text
  input cost: money(2)
entity case
  key case: text
  input hospital: hospital
for each hospital as own
  rows from case by (hospital)
  define double: money(2) = hospital.cost × 2
  check cheap: hospital.cost < 1 yuan
)",
                                          {{"hospital.csv", "hospital,cost\n\"a, \"\"b\"\"\",2\n"},
                                           {"case.csv", "case,hospital\n1,\"a, \"\"b\"\"\"\n"}});
  CHECK(out == "own.csv\nhospital,double\n\"a, \"\"b\"\"\",4.00\nchecks.csv\ncheck,scope,row\ncheap,own,"
               "\"hospital=a, \"\"b\"\"\"\nfailed 1\n");
}

TEST_CASE("native: a definition that no alternative gives a value, and a sum of it") {
  const std::string out = settled_by_both(R"(
entity case
  key case: text
  input cost: money(2)
for each case
  define never: money(2) optional
    = none when cost > 0 yuan
    = none otherwise
overall
  define all: money(2) = sum of case.never
)",
                                          {{"case.csv", "case,cost\n1,5\n2,0\n"}});
  CHECK(out.find("all\n0.00\n") != std::string::npos);
}

TEST_CASE("native: rows come in the order of their keys as declared, whichever key is read first") {
  const std::string out = settled_by_both(
      R"(
range left from 1 to 9
range right from 1 to 9
entity case
  key case: text
  input right: right
  input left: left
for each case
  define b: money(2) optional = pair.cost
  define a: right optional = pair.right
for each left, right as pair
  rows from input
  input cost: money(2)
  define more: money(2) = cost + 1 yuan
)",
      {{"case.csv", "case,right,left\n1,2,1\n2,1,2\n"}, {"pair.csv", "left,right,cost\n2,1,5\n1,2,6\n"}});
  CHECK(out.find("left,right,more\n1,2,7.00\n2,1,6.00\n") != std::string::npos);
}

TEST_CASE("native: dates, months, working days and the beginnings of texts") {
  const std::string out =
      settled_by_both(R"(
entity holiday
  key day: date
  input worked: bool optional
entity visit
  key visit: text
  input day: date
  input month: calendar month optional
  input n: count
entity of_month
  rows from visit by (month)
  key month: calendar month
for each visit
  define later: date = day + 30 days - 1 days
  define away: days = later - day
  define own: calendar month = month_of(day)
  define due: date = day_of(own + n, 5)
  define end: date = month_end(own - n)
  define worked: date = n working days after day by holiday.worked
  define coded: bool = visit begins with "C1"
  define apart: count optional = month - own  when month is given
    = none  otherwise
  decide stage
    early when month is given and month < 2024-02
    late  otherwise
for each of_month
  define visits: count = count of visit
  define first: date optional = min of visit.day
  define last: calendar month optional = max of visit.own
)",
                      {{"holiday.csv", "day,worked\n2024-02-10,true\n2024-02-12,false\n2024-02-13,\n"},
                       {"visit.csv", "visit,day,month,n\nC10,2024-02-09,2024-01,1\nC2,2024-02-29,,2\n"
                                     "C11,1969-12-31,1969-12,3\n"}});
  CHECK(out == "visit.csv\n"
               "visit,later,away,own,due,end,worked,coded,apart,stage\n"
               "C10,2024-03-09,29,2024-02,2024-03-05,2024-01-31,2024-02-10,true,-1,early\n"
               "C11,1970-01-29,29,1969-12,1970-03-05,1969-09-30,1970-01-05,true,0,early\n"
               "C2,2024-03-29,29,2024-02,2024-04-05,2023-12-31,2024-03-04,false,,late\n"
               "of_month.csv\n"
               "month,visits,first,last\n"
               "1969-12,1,1969-12-31,1969-12\n"
               "2024-01,1,2024-02-09,2024-02\n"
               "dropped 1\n");
}

TEST_CASE("native: a date that there is not is the interpreter's error") {
  const std::string out = settled_by_both(R"(
entity visit
  key visit: text
  input month: calendar month
for each visit
  define due: date = day_of(month, 31)
)",
                                          {{"visit.csv", "visit,month\na,2024-01\nb,2024-02\n"}}, true);
  CHECK(out == "visit visit=b: due (p.policy:8): 2024-02 has no day 31 [D616]\n");
}

TEST_CASE("native: an aggregate over all rows, whatever their keys") {
  const std::string out = settled_by_both(
      R"(
entity visit
  key visit: text
  input cost: money(2)
entity rule
  key rule: text
  input least: money(2)
for each visit
  define part: ratio(4) = cost / sum of cost over visit by none
  define rules: count = count of rule by none
  define most: money(2) optional = max of rule.least by none where least <= 20 yuan
)",
      {{"visit.csv", "visit,cost\na,10\nb,30\n"}, {"rule.csv", "rule,least\nx,5\ny,20\nz,21\n"}});
  CHECK(out == "visit.csv\nvisit,part,rules,most\na,0.2500,3,20.00\nb,0.7500,3,20.00\n");
}

TEST_CASE("native: a join that a row works out by position is a column for the row of a neighbour") {
  const std::string out =
      settled_by_both(R"(
enum kind: a < b < c
range month from 1 to 2
entity place
  key place: text
for each kind, place as stay
  rows from input
  input cost: count
for each kind, month
  rows from input
  input more: count
  define both: count
    = (sum of stay.cost by (kind)) + more + ((next of (sum of stay.cost by (kind)) along kind) or else 0)
)",
                      {{"place.csv", "place\nP\nQ\n"},
                       {"stay.csv", "kind,place,cost\na,P,1\na,Q,2\nb,P,4\nc,Q,8\n"},
                       {"kind_month.csv", "kind,month,more\na,1,100\na,2,200\nb,1,300\nc,1,400\n"}});
  CHECK(out == "kind_month.csv\nkind,month,both\na,1,107\na,2,203\nb,1,312\nc,1,408\n");
}

TEST_CASE(
    "native: hoisted work that meets an error in a row that nobody needs, and in one that somebody does") {
  const std::string policy = R"(
entity group
  key group: text
  input whole: money(2)
  input parts: count
  input rate: ratio(4)
entity case
  key case: text
  input group: group
  input cost: money(2)
for each case
  define share: ratio(8) optional = cost / (group.whole / group.parts)
  define weighted: money(2)
    = group.whole × group.rate  when cost > 1 yuan
    = group.whole × group.rate × 2  otherwise
)";
  const std::string groups = "group,whole,parts,rate\nA,10,4,0.5\nB,7,0,1.5\nC,0.01,3,50\n";
  const std::string out = settled_by_both(
      policy, {{"group.csv", groups}, {"case.csv", "case,group,cost\n1,A,5\n2,C,1\n3,A,0.5\n"}});
  CHECK(out == "case.csv\ncase,share,weighted\n1,2.00000000,5.00\n2,300.00000000,1.00\n3,0.20000000,10.00\n");
  const std::string failed =
      settled_by_both(policy, {{"group.csv", groups}, {"case.csv", "case,group,cost\n1,A,5\n2,B,1\n"}}, true);
  CHECK(failed.find("[D6") != std::string::npos);
}

TEST_CASE("native: hoisted work beyond 64 bits is done with exact numbers, each row by itself") {
  const std::string out =
      settled_by_both(R"(
entity group
  key group: text
  input a: count
  input b: count
entity case
  key case: text
  input group: group
  input cost: count
for each case
  define high: bool = cost × 3 points > group.a × group.b × 1 points
  define value: points(8) = group.a × group.b × 1 points
)",
                      {{"group.csv", "group,a,b\nA,2000000,100000\nB,10,20\nC,3,999999999999\n"},
                       {"case.csv", "case,group,cost\n1,A,66666666667\n2,A,66666666666\n3,B,67\n"}},
                      true);
  CHECK(out ==
        "case.csv\ncase,high,value\n1,true,200000000000.00000000\n2,false,200000000000.00000000\n3,true,200."
        "00000000\n");
}

TEST_CASE(
    "native: counts of the members of one column, of all rows and by group, some rows without a group") {
  const std::string out = settled_by_both(
      R"(
enum kind: a, b, c
entity ward
  key ward: text
entity case
  key case: text
  input ward: ward optional
  input cost: money(2)
  input said: kind
for each case
  decide size
    small   when cost < 10 yuan
    large   when cost > 100 yuan
    middle  otherwise
for each ward
  define small_cases: count = count of case where size = small
  define large_cases: count = count of case where size = large
  define all_cost: money(2) = sum of case.cost
  define said_small: count = count of case where said = a
  define said_middle: count = count of case where said = b
overall
  define small_cases: count = count of case where size = small
  define middle_cases: count = count of case where size = middle
  define large_cases: count = count of case where size = large
  define all_cost: money(2) = sum of case.cost
)",
      {{"ward.csv", "ward\nA\nB\nC\n"},
       {"case.csv", "case,ward,cost,said\n1,A,5,a\n2,,7,a\n3,B,50,a\n4,A,500,b\n5,"
                    "B,9,b\n6,A,1,b\n"}});
  CHECK(out.find("small_cases") != std::string::npos);
}

TEST_CASE("native: the sum of the whole run is that of its groups where every row has one") {
  const std::string out = settled_by_both(
      R"(
entity ward
  key ward: text
entity case
  key case: text
  input ward: ward
  input cost: money(2)
for each case
  define points: points(4) = cost / 3 yuan × 1 points
for each ward
  define points: points(4) = sum of case.points
overall
  define points: points(4) = sum of case.points
)",
      {{"ward.csv", "ward\nA\nB\nC\n"}, {"case.csv", "case,ward,cost\n1,A,5\n2,C,7\n3,A,50\n"}});
  CHECK(out ==
        "overall.csv\npoints\n20.6667\nward.csv\nward,points\nA,18.3334\nB,0.0000\nC,2.3333\ncase.csv\ncase,"
        "points\n1,1.6667\n2,2.3333\n3,16.6667\n");
}

TEST_CASE("native: quotients on both sides of 64 bits, of numbers on both sides of 64 bits") {
  const std::string out = settled_by_both(
      R"(
entity case
  key case: text
  input cost: money(2)
  input parts: count from 1 to 9999999999
for each case
  define large: ratio(8) from 0 to 10000000000000 = cost × cost / parts / 10000000000000 yuan / 1 yuan
  define small: ratio(8) = cost / parts / 1 yuan / 1000000
)",
      {{"case.csv", "case,cost,parts\n1,9999999999999.99,1\n2,9999999999999.99,9999999999\n"
                    "3,0.01,3\n4,9999999999999.99,3\n5,4294967296.00,2\n6,1844674407.37,1\n"}},
      true);
  CHECK(!out.empty());
}

TEST_CASE("native: a let that is never missing is missing where the row is, also when it is hoisted") {
  const std::string out = settled_by_both(R"(
entity area
  key area: text
  input rate: money(2)
entity ward
  key ward: text
  input area: area optional
entity case
  key case: text
  input ward: ward
  input cost: money(2)
for each area
  let least = -250000
for each case
  define rate: money(2) = area.rate or else 7 yuan
  define part: money(2) = cost / max(ward.area.least or else 1000, 0.5%)
)",
                                          {{"area.csv", "area,rate\n"},
                                           {"ward.csv", "ward,area\nW,\n"},
                                           {"case.csv", "case,ward,cost\n1,W,1000\n2,W,50\n"}});
  CHECK(out == "case.csv\ncase,rate,part\n1,7.00,1.00\n2,7.00,0.05\n");
}
