// The rows and quantities that the command line names, and where the results of a row go.
#include "tests/unit/explain_fixture.h"

using namespace explain_test;

namespace {

const char *const policy = R"(steelyard 1
policy trial "Trial"
  in force from 2020-01-01

entity hospital
  key hospital: text

entity case
  key case: text
  input hospital: hospital
  input month: count
  input cost: money(2)

for each case
  let third = cost / 3
  define points: points(2) = third × 1 point per yuan
  define rated: money(2) optional
    = cost  when cost > 5 yuan
    = none  otherwise

for each hospital
  define points: points(2) = sum of case.points
  define late: points(2) = sum of (points × 2) over case where month > 1
  define rated: money(2) = sum of case.rated
  define dear: count = count of case where cost > 9 yuan

overall
  define rated: money(2) = sum of case.rated
  define cost: money(2) = sum of case.cost
)";

const std::map<std::string, std::string> files = {
    {"hospital.csv", "hospital\nH1\n\"H,2\"\n"},
    {"case.csv", "case,hospital,month,cost\nA,H1,1,10\nB,H1,2,0.5\nC,\"H,2\",2,3\n"}};

} // namespace

TEST_SUITE("explain: where results go") {
  TEST_CASE("sums that count the row; none for what is missing or only tested") {
    Explained explained(policy, files);
    const auto uses = [&](const char *row, Language language) {
      const std::string text = explained.text(row, language);
      const std::size_t from = text.find(language == Language::zh ? "\n去向" : "\nWhere");
      return from == text.npos ? "none" : text.substr(from, text.find("\n\n", from) - from);
    };
    CHECK(uses("case=A", Language::en) == R"(
Where these results are summed up
  points  → hospital H1: points  (hospital=H1 --only points)
  rated   → hospital H1: rated   (hospital=H1 --only rated)
          → overall: rated       (overall --only rated))");
    CHECK(uses("case=C", Language::zh) == R"(
去向 (本行的结果被合计之处)
  points  → hospital H,2 的 points  (hospital=H,2 --only points)
          → hospital H,2 的 late    (hospital=H,2 --only late))");
    CHECK(uses("hospital=H1", Language::en) == "none");
    CHECK(uses("overall", Language::en) == "none");
  }

  TEST_CASE(
      "up to twelve results that are summed stand in the text, missing ones left out; inputs on request") {
    Explained explained(policy, files);
    const auto step = [&](const char *row, const char *name) {
      const std::string text = explained.text(row);
      const std::size_t from = text.find(std::string("] ") + name + "\n");
      REQUIRE(from != text.npos);
      return text.substr(from + 2, text.find("\n    = ", text.find(" row", from)) - from - 2);
    };
    CHECK(step("hospital=H1", "points") == R"(points
    = sum of case.points
        case (hospital = H1): 2 rows, sum 3.50
            case A  3.33    (case=A)
            case B  0.17    (case=B)
            sum     3.50)");
    CHECK(step("hospital=H1", "late") == R"(late
    = sum of (points × 2) over case where month > 1
        case (hospital = H1, month > 1): 1 row, sum 0.34
            case B  0.34  = 0.17 × 2  (case=B)
            sum     0.34)");
    CHECK(step("overall", "cost") == R"(cost
    = sum of case.cost
        case: 3 rows, sum 13.50
            case A  10.00    (case=A)
            case B   0.50    (case=B)
            case C   3.00    (case=C)
            sum     13.50)");
  }
}

TEST_SUITE("explain: rows and quantities by name") {
  TEST_CASE("found in either language, in quotes, with the names of keys") {
    Explained explained(policy, files);
    CHECK(explained.refused("hospital=H,2") == "found"); // a single key may hold a comma
    CHECK(explained.refused("case = A") == "found");
    CHECK(explained.refused("case=case=A") == "found");
    CHECK(explained.refused("overall") == "found");
    CHECK(explained.refused("总体") == "found");
  }

  TEST_CASE("what is wrong with a row is said in one sentence") {
    Explained explained(policy, files);
    CHECK(explained.refused("case=D") ==
          R"(case=D: there is no such row among the 3 of case; the first are: case=A; case=B; case=C)");
    CHECK(explained.refused("case") == "case: write which one, as case=A");
    CHECK(explained.refused("visit=1") ==
          R"(visit=1: the policy has no 'visit'; write SCOPE=KEY, with one of: overall, hospital, case)");
    const auto &program = explained.run().program();
    CHECK(std::get<std::string>(explain::find_quantity(program, 2, "cost")) ==
          R"(--only cost: it is read from the data and not computed; see what explain lists as inputs)");
    CHECK(std::get<std::string>(explain::find_quantity(program, 0, "points")) ==
          R"(--only points: the run as a whole has no such quantity; it has rated, cost)");
  }

  TEST_CASE("several keys: enums, numbers, references") {
    Explained explained(
        "steelyard 1\n"
        "policy p \"P\" in force from 2020-01-01\n"
        "enum fund_kind (险种): employee (职工) \"职工医保\", resident (居民)\n"
        "entity hospital\n  key hospital: text\n"
        "entity visit\n  key id: count\n  input hospital: hospital\n  input fund: fund_kind\n"
        "  input first: bool\n"
        "for each hospital, fund_kind as pair (机构险种)\n  rows from visit by (hospital, fund)\n"
        "  define visits (次数): count = count of visit by (hospital, fund)\n",
        {{"hospital.csv", "hospital\n\"H,1\"\nH2\n"},
         {"visit.csv", "id,hospital,fund,first\n1,\"H,1\",employee,true\n2,H2,resident,false\n"}});
    CHECK(explained.refused("pair=\"H,1\",employee") == "found");
    CHECK(explained.refused("机构险种=\"H,1\"，职工") == "found");
    CHECK(explained.refused("pair=hospital=H2, fund_kind=居民") == "found");
    CHECK(
        explained.refused("pair=H2,职工医保") ==
        R"(pair=H2,职工医保: there is no such row among the 2 of pair; the first are: hospital=H,1, fund_kind=employee; hospital=H2, fund_kind=resident)");
    CHECK(explained.refused("pair=H3,employee") == R"(pair=H3,employee: there is no hospital H3)");
    CHECK(explained.refused("pair=H2,self") ==
          R"(pair=H2,self: 'self' is no fund_kind; it is one of: employee, resident)");
    CHECK(explained.refused("pair=H2") == R"(pair=H2: pair has 2 keys: write pair=hospital,fund_kind)");
    CHECK(explained.refused("visit=1.00") == "found");
    CHECK(explained.refused("visit=one") == R"(visit=one: 'one' is no id)");
    CHECK(explained.text("pair=\"H,1\",employee", Language::zh) == R"(
机构险种 H,1, 职工
P (p), 自 2020-01-01 施行

结果
  次数  1    [1]

──── 机构险种 H,1, 职工 ────
[1] 次数 (visits)
    = 计数 visit
        visit (hospital = H,1, fund = 职工): 1 行  (逐行: 'pair="H,1",employee' --only visits)
    = 1

括号里的, 接在命令之后即得其推导: steelyard explain p --data d 行 --only 名
)");
  }
}
