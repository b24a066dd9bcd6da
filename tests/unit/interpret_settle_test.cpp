// Whole settlements of small policies: text and CSV files in, result files or errors out.
#include "tests/unit/interpret_fixture.h"
#include <doctest/doctest.h>

using namespace steelyard;
using interpret_fixture::Files;
using interpret_fixture::Settled;

TEST_CASE("rows from several sources, in the order of their keys") {
  const Settled out(
      "enum tier: low < high\n"
      "entity hospital\n  key hospital: text\n  input tier: tier\n"
      "entity visit\n  key id: text\n  input hospital: hospital\n  input month: count optional\n"
      "for each hospital, tier as pair file optional\n"
      "  rows from input, visit by (hospital, hospital.tier)\n"
      "  input agreed: ratio(2) default 1\n"
      "  define visits: count = count of visit by (hospital, hospital.tier)\n"
      "  define coefficient: ratio(2) = agreed × 2\n",
      {{"hospital.csv", "hospital,tier\nH9,high\nH10,low\n"},
       {"visit.csv", "id,hospital,month\n1,H9,\n2,H10,3\n3,H9,4\n"},
       {"pair.csv", "hospital,tier,agreed\nH9,low,0.50\nH9,high,0.25\n"}});
  CHECK(out.file("pair.csv") ==
        "hospital,tier,visits,coefficient\nH10,low,1,2.00\nH9,low,0,1.00\nH9,high,2,0.50\n");
}

TEST_CASE("an entity without a file: its rows are what refers to it") {
  const Settled out(
      "entity group\n  rows from hospital by (group)\n  key group: text\n"
      "entity hospital\n  key hospital: text\n  input group: group optional\n  input beds: count\n"
      "for each group\n  define beds: count = sum of hospital.beds\n"
      "for each hospital\n"
      "  define of_group: count optional\n    = group.beds when group is given\n    = none otherwise\n",
      {{"hospital.csv", "hospital,group,beds\nA,g2,1\nB,,2\nC,g1,4\nD,g2,8\n"}});
  CHECK(out.file("group.csv") == "group,beds\ng1,4\ng2,9\n");
  CHECK(out.file("hospital.csv") == "hospital,of_group\nA,9\nB,\nC,4\nD,9\n");
  REQUIRE(out.settlement.dropped.size() == 1);
  CHECK(out.settlement.dropped[0].count == 1);
}

TEST_CASE("rows may depend on a definition") {
  const Settled out("enum size: small, large\n"
                    "entity item\n  key item: text\n  input cost: money(2)\n"
                    "for each item\n  decide class\n    dear when cost > 10 yuan\n    cheap otherwise\n"
                    "  define size: size\n    = small when cost < 5 yuan\n    = large otherwise\n"
                    "for each size\n  rows from item by (size)\n"
                    "  define total: money(2) = sum of item.cost\n"
                    "  define dear: count = count of item where class = dear\n",
                    {{"item.csv", "item,cost\na,11\nb,4\nc,6\n"}});
  CHECK(out.file("size.csv") == "size,total,dear\nsmall,4.00,0\nlarge,17.00,1\n");
}

TEST_CASE("neighbours along an ordered key, and totals of earlier rows") {
  const Settled out(
      "range month from 1 to 12\n"
      "entity fund\n  key fund: text\n"
      "for each fund, month\n  input paid: money(2) optional\n"
      "  define before: money(2) optional = previous of paid along month where paid is given\n"
      "  define after: money(2) optional = next of paid along month\n"
      "  define so_far: money(2) = sum of fund_month.paid by (fund) where month <= this.month\n",
      {{"fund.csv", "fund\nA\nB\n"},
       {"fund_month.csv", "fund,month,paid\nA,10,4\nA,2,1\nA,1,\nB,1,9\nA,9,\n"}});
  CHECK(out.file("fund_month.csv") ==
        "fund,month,before,after,so_far\n"
        "A,1,,1.00,0.00\nA,2,,,1.00\nA,9,1.00,4.00,1.00\nA,10,1.00,,5.00\nB,1,,,9.00\n");
}

TEST_CASE("share, and its division by zero") {
  const std::string policy = "entity fund\n  key fund: text\nrange month from 1 to 12\n"
                             "for each fund, month\n  input paid: money(2)\n"
                             "  define part: ratio(4) = share of paid by fund\n";
  const Settled out(
      policy, {{"fund.csv", "fund\nA\nB\n"}, {"fund_month.csv", "fund,month,paid\nA,1,1\nA,2,2\nB,1,7\n"}});
  CHECK(out.file("fund_month.csv") == "fund,month,part\nA,1,0.3333\nA,2,0.6667\nB,1,1.0000\n");
  const Settled none(policy,
                     {{"fund.csv", "fund\nA\n"}, {"fund_month.csv", "fund,month,paid\nA,2,0\nA,1,0\n"}});
  CHECK(none.errors() == "fund_month fund=A, month=1: part (p.policy:8): division by zero: share of paid by "
                         "fund = 0 / 0 [D601]\n"
                         "fund_month fund=A, month=2: part (p.policy:8): division by zero: share of paid by "
                         "fund = 0 / 0 [D601]\n");
}

TEST_CASE("tables by bands, members and truth values") {
  const Settled out("enum tier: low < middle < high\n"
                    "entity item\n  key item: text\n  input tier: tier\n  input cost: money(2)\n"
                    "table rate: ratio(2) by tier: tier, cost: money(2)\n"
                    "  | tier         | cost    | rate |\n"
                    "  | low, middle  | <= 100  | 0.1  |\n"
                    "  | low, middle  | above   | 0.2  |\n"
                    "  | high         | any     | 0.5  |\n"
                    "for each item\n  define due: money(2) = rate(tier, cost) × cost\n",
                    {{"item.csv", "item,tier,cost\na,low,100\nb,middle,100.01\nc,high,1\n"}});
  CHECK(out.file("item.csv") == "item,due\na,10.00\nb,20.00\nc,0.50\n");
}

TEST_CASE("lookups by keys, absent rows, required") {
  const std::string policy =
      "enum tier: low < high\n"
      "entity drg\n  key drg: text\n"
      "for each drg, tier as price file optional\n  rows from input\n  input amount: money(2)\n"
      "entity item\n  key item: text\n  input drg: drg\n  input tier: tier\n"
      "for each item\n  define known: bool = price.amount is given\n"
      "  define high_price: money(2) = price[drg, high].amount or else 0 yuan\n"
      "  define amount: money(2) = required price.amount\n";
  const Settled out(policy, {{"drg.csv", "drg\nx\ny\n"},
                             {"price.csv", "drg,tier,amount\nx,low,1\nx,high,2\ny,low,3\n"},
                             {"item.csv", "item,drg,tier\n1,x,low\n2,y,low\n"}});
  CHECK(out.file("item.csv") == "item,known,high_price,amount\n1,true,2.00,1.00\n2,true,0.00,3.00\n");
  const Settled missing(policy, {{"drg.csv", "drg\nx\n"}, {"item.csv", "item,drg,tier\n1,x,high\n"}});
  CHECK(missing.errors() ==
        "item item=1: amount (p.policy:16): price.amount is missing, but it is required [D602]\n");
}

TEST_CASE("parameters: periods chosen by the day, and values set from outside") {
  const std::string policy = "param rate = 10% until 2021-01-01, 20% from 2021-01-01\n  assumed \"x\"\n"
                             "entity item\n  key item: text\n"
                             "for each item\n  define due: ratio(2) = rate\n";
  const Files files{{"item.csv", "item\na\n"}};
  CHECK(Settled(policy, files, {}, 18627).file("item.csv") == "item,due\na,0.10\n"); // 2020-12-31
  CHECK(Settled(policy, files, {}, 18628).file("item.csv") == "item,due\na,0.20\n");
  CHECK(Settled(policy, files, {{"rate", "0.3"}}).file("item.csv") == "item,due\na,0.30\n");
  CHECK(Settled(policy, files).errors() ==
        "item item=a: due (p.policy:8): rate has several periods, and no day is chosen [D613]\n");
}

TEST_CASE("allocation within groups") {
  const Settled out(
      "entity fund\n  key fund: text\n  input pool: money(2)\n"
      "entity hospital\n  key hospital: text\n"
      "for each fund, hospital as share_of_pool\n  input points: points(2)\n"
      "  allocate due: money(2) of fund.pool by points, by largest remainder within fund, or nothing\n",
      {{"fund.csv", "fund,pool\nA,100\nB,0.01\nC,5\n"},
       {"hospital.csv", "hospital\nh1\nh2\nh3\n"},
       {"share_of_pool.csv", "fund,hospital,points\nA,h3,1\nA,h2,1\nA,h1,1\nB,h1,0\nB,h2,7\nC,h1,0\n"}});
  CHECK(out.file("share_of_pool.csv") ==
        "fund,hospital,due\n"
        "A,h1,33.34\nA,h2,33.33\nA,h3,33.33\nB,h1,0.00\nB,h2,0.01\nC,h1,0.00\n");
}

TEST_CASE("rounding words") {
  const Settled out("entity item\n  key item: text\n  input cost: ratio(3)\n"
                    "for each item\n"
                    "  define up: ratio(2) = cost\n"
                    "  define even: ratio(2) rounded half even = cost\n"
                    "  define down: ratio(2) rounded down = cost\n"
                    "  define floor: ratio(2) rounded floor = 0 - cost\n"
                    "  define ceiling: ratio(2) rounded ceiling = cost\n",
                    {{"item.csv", "item,cost\na,0.125\nb,0.115\n"}});
  CHECK(out.file("item.csv") ==
        "item,up,even,down,floor,ceiling\na,0.13,0.12,0.12,-0.13,0.13\nb,0.12,0.12,0.11,-0.12,0.12\n");
}

TEST_CASE("a let fails only where it is used, and then once") {
  const std::string policy = "entity item\n  key item: text\n  input a: ratio(2)\n  input b: ratio(2)\n"
                             "for each item\n  let q = a / b\n"
                             "  define x: ratio(2)\n    = 0 when b = 0\n    = q otherwise\n";
  const Files files{{"item.csv", "item,a,b\n1,1,0\n2,1,4\n"}};
  CHECK(Settled(policy, files).file("item.csv") == "item,x\n1,0.00\n2,0.25\n");
  CHECK(Settled(policy + "  define y: ratio(2) = q\n  define z: ratio(2) = q + 1\n", files).errors() ==
        "item item=1: q (p.policy:8): division by zero: a / b = 1 / 0 [D601]\n");
}

TEST_CASE("texts are ordered by code point, numbers as numbers, and cells are quoted where needed") {
  const Settled out("entity item\n  key item: text\nfor each item\n  define one: count = 1\n",
                    {{"item.csv", "item\n病组\n\"a,b\"\nZ\n10\n9\n"}});
  CHECK(out.file("item.csv") == "item,one\n10,1\n9,1\nZ,1\n\"a,b\",1\n病组,1\n");
}

TEST_CASE("a requirement quotes its values, and a check lists its rows") {
  const std::string policy =
      "entity item\n  key item: text\n  input cost: money(2)\n"
      "for each item\n  define twice: money(2) = cost × 2\n  check small: twice < 10 yuan\n";
  const Files files{{"item.csv", "item,cost\nb,6\na,5\nc,4.99\n"}};
  const Settled out(policy, files);
  CHECK(out.file("checks.csv") == "check,scope,row\nsmall,item,item=a\nsmall,item,item=b\n");
  CHECK(
      Settled(policy + "  require cheap: cost < 6 yuan else \"item {item} costs {cost}, twice {cost × 2}\"\n",
              files)
          .errors() == "item item=b: cheap (p.policy:9): item b costs 6.00, twice 12.00 [D611]\n");
}

TEST_CASE("dates") {
  const Settled out("entity stay\n  key stay: text\n  input begin: date\n  input end: date\n"
                    "for each stay\n  define first: date = begin\n"
                    "  define late: bool = begin >= 2021-01-01\n",
                    {{"stay.csv", "stay,begin,end\na,2020-12-30,2021-01-02\nb,2021-01-01,2021-01-01\n"}});
  CHECK(out.file("stay.csv") == "stay,first,late\na,2020-12-30,false\nb,2021-01-01,true\n");
}

TEST_CASE("an error in what an aggregate rests on is reported once, where it is") {
  const Settled out("entity item\n  key item: text\n  input a: ratio(2)\n  input b: ratio(2)\n"
                    "for each item\n  define q: ratio(2) = a / b\n"
                    "overall\n  define total: ratio(2) = sum of item.q\n"
                    "  define again: ratio(2) = total + 1\n"
                    "  define positive: count = count of item where q > 0\n"
                    "  define other: ratio(2) = sum of item.a\n",
                    {{"item.csv", "item,a,b\n1,1,0\n2,1,4\n"}});
  CHECK(out.errors() == "item item=1: q (p.policy:8): division by zero: a / b = 1 / 0 [D601]\n");
}

TEST_CASE("exceptions of exceptions") {
  const std::string head =
      "entity item\n  key item: text\n  input a: bool\n  input b: bool\n  input c: bool\n"
      "for each item\n  define x: count\n    = 0\n"
      "    except first: 1 when a\n    except second: 2 when b overrides first\n"
      "    except third: 3 when c";
  const Files files{
      {"item.csv",
       "item,a,b,c\n1,false,false,false\n2,true,false,false\n3,true,true,false\n4,true,true,true\n"}};
  CHECK(Settled(head + " overrides second\n", files).file("item.csv") == "item,x\n1,0\n2,1\n3,2\n4,3\n");
  CHECK(Settled(head + " overrides first, second\n", files).file("item.csv") ==
        "item,x\n1,0\n2,1\n3,2\n4,3\n");
}

TEST_CASE("a date, a member and a reference may be results") {
  const Settled out(
      "enum tier: low \"低\" < high \"高\"\n"
      "entity place\n  key place: text\n"
      "entity item\n  key item: text\n  input day: date\n  input place: place optional\n"
      "for each item\n  define when_: date = day\n"
      "  define level: tier\n    = high when day >= 2021-01-01\n    = low otherwise\n"
      "  define where_: place optional = place\n",
      {{"place.csv", "place\nP\n"}, {"item.csv", "item,day,place\n1,1999-02-28,P\n2,2024-02-29,\n"}});
  CHECK(out.file("item.csv") == "item,when_,level,where_\n1,1999-02-28,low,P\n2,2024-02-29,high,\n");
}

TEST_CASE("cv: the root is rounded once, and is missing when the mean is 0") {
  const Settled out("entity group\n  key group: text\n"
                    "entity item\n  key item: text\n  input group: group\n  input x: ratio(2) from -100\n"
                    "for each group\n  define cv: ratio(4) optional = cv of item.x\n"
                    "  define low: ratio(4) optional rounded floor = cv of item.x\n",
                    {{"group.csv", "group\na\nb\nc\nd\n"},
                     {"item.csv", "item,group,x\n1,a,1\n2,a,2\n3,b,-1\n4,b,1\n5,c,-1\n6,c,-2\n"}});
  CHECK(out.file("group.csv") == "group,cv,low\na,0.3333,0.3333\nb,,\nc,-0.3333,-0.3334\nd,,\n");
}

TEST_CASE("a formula over several lines is quoted on one, without its comments") {
  const Settled out("entity item\n  key item: text\n  input a: ratio(2)\n"
                    "for each item\n  define q: ratio(2)\n    = 1 /   # one over\n      (a\n        - a)\n"
                    "  require big: a > 1 else \"{a / (a - a)} of {item}\"\n",
                    {{"item.csv", "item,a\n1,1\n"}});
  CHECK(out.errors() == "item item=1: q (p.policy:8): division by zero: 1 / (a - a) = 1 / 0 [D601]\n"
                        "item item=1: big (p.policy:11):  of 1 [D611]\n");
}
