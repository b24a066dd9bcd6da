// Differences between the engines that random policies found, each as its smallest policy: both engines must
// give the same files, counts and errors, compiled and row by row.
#include "compiler/native/settle.h"
#include "compiler/semantics/check.h"
#include "runtime/data/dataset.h"
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
