// The errors of a run (D6xx): the whole text of each, as a settlement reports it, and which of several is
// told.
#include "tests/unit/interpret_fixture.h"
#include <doctest/doctest.h>

using namespace steelyard;
using interpret_fixture::Files;
using interpret_fixture::Settled;

namespace {

std::string errors(const std::string &policy, const std::string &items,
                   std::optional<std::int64_t> day = {}) {
  return Settled(policy, {{"item.csv", items}}, {}, day).errors();
}

} // namespace

TEST_SUITE("interpret: errors") {

  TEST_CASE("D601: division by zero, with the numbers") {
    CHECK_EQ(errors("entity item\n  key item: text\n  input a: ratio(2)\n  input b: ratio(2)\n"
                    "for each item\n  define x: ratio(2) = a / (b - 1)\n",
                    "item,a,b\ni,2.50,1\n"),
             "item item=i: x (p.policy:8): division by zero: a / (b - 1) = 2.5 / 0 [D601]\n");
  }

  TEST_CASE("D602: a required value that is missing") {
    CHECK_EQ(errors("entity item\n  key item: text\n  input a: count optional\n"
                    "for each item\n  define x: count = required a + 1\n",
                    "item,a\ni,\n"),
             "item item=i: x (p.policy:7): a is missing, but it is required [D602]\n");
  }

  TEST_CASE("D604: two exceptions that both hold") {
    CHECK_EQ(errors("article 1 \"Article 1\"\nentity item\n  key item: text\n  input a: count\n"
                    "for each item\n  define twice: count = a × 2\n"
                    "  define x: count\n    = 1\n    except many: 2 when twice > 4  cite 1 (2)\n"
                    "    except some: 3 when twice > 2  cite 1 (3)\n",
                    "item,a\ni,3\n"),
             "item item=i: x (p.policy:12): the exceptions many (article 1 (2)) and some (article 1 (3)) "
             "both hold, and neither overrides the other [D604]\n");
  }

  TEST_CASE("D605: a result outside the range of its type") {
    const std::string head = "entity item\n  key item: text\n  input a: count\nfor each item\n";
    CHECK_EQ(
        errors(head + "  define x: count from 0 to 5 = a\n", "item,a\ni,6\n"),
        "item item=i: x (p.policy:7): 6 is outside the range of its type: it must be at most 5 [D605]\n");
    CHECK_EQ(
        errors(head + "  define x: count from 10 = a\n", "item,a\ni,6\n"),
        "item item=i: x (p.policy:7): 6 is outside the range of its type: it must be at least 10 [D605]\n");
    CHECK_EQ(
        errors(head + "  define x: count above 6 = a\n", "item,a\ni,6\n"),
        "item item=i: x (p.policy:7): 6 is outside the range of its type: it must be more than 6 [D605]\n");
    CHECK_EQ(errors(head + "  define x: ratio(2) = a × 1000000\n", "item,a\ni,6\n"),
             "item item=i: x (p.policy:7): 6000000.00 is outside the range of its type: it must be at most "
             "999999.99 [D605]\n");
  }

  TEST_CASE("D606, D607: deductions that are not due, or more than there is") {
    const std::string policy =
        "entity item\n  key item: text\n  input a: money(2)\n  input b: money(2) optional\n"
        "  input c: money(2)\n  input due: bool\n"
        "for each item\n  deduct x: money(2)\n    from a\n    less b \"the B\" when due\n    less c\n";
    CHECK_EQ(errors(policy, "item,a,b,c,due\ni,10,0.01,2,false\n"),
             "item item=i: x (p.policy:12): b the B is 0.01, but it is deducted only when due: it must be "
             "empty or 0 [D606]\n");
    CHECK_EQ(errors(policy, "item,a,b,c,due\ni,10,9,1.01,true\n"),
             "item item=i: x (p.policy:10): a less its deductions is -0.01; the largest deduction is b the "
             "B, 9.00 [D607]\n");
    CHECK_EQ(errors(policy, "item,a,b,c,due\ni,10,0,2,false\nj,10,,10,true\n"), "");
  }

  TEST_CASE("D608, D609, D610: what cannot be divided") {
    const std::string head = "entity item\n  key item: text\n  input w: ratio(2)\nparam pool: money(2) = ";
    const std::string tail = "\nfor each item\n  allocate x: money(2) of pool by w, by largest remainder\n";
    CHECK_EQ(errors(head + "-5" + tail, "item,w\ni,1\n"),
             "item item=i: x (p.policy:8): the amount to divide is negative: pool = -5.00 [D608]\n");
    CHECK_EQ(errors(head + "5" + tail, "item,w\nj,1\ni,-0.5\n"),
             "item item=i: x (p.policy:8): the weight is negative: w = -0.50 [D609]\n");
    CHECK_EQ(errors(head + "5" + tail, "item,w\nj,0\ni,0\n"),
             "item item=i: x (p.policy:8): all weights are 0: nothing says how 5.00 is to be divided by w "
             "[D610]\n");
  }

  TEST_CASE("D611: a requirement, with and without a text of its own") {
    const std::string head =
        "entity item\n  key item: text\n  input a: count\nfor each item\n  require few: a < 5";
    CHECK_EQ(errors(head + " else \"{item} has {a}, {a - 4} too many\"\n", "item,a\ni,6\n"),
             "item item=i: few (p.policy:7): i has 6, 2 too many [D611]\n");
    CHECK_EQ(errors(head + "\n", "item,a\ni,6\n"),
             "item item=i: few (p.policy:7): does not hold: a < 5 [D611]\n");
  }

  TEST_CASE("D612: a value between the rows of a table") {
    CHECK_EQ(
        errors(
            "entity item\n  key item: text\n  input a: count\n"
            "table rate: count by n: count\n  | n      | rate |\n  | <= 5   | 1    |\n  | 6 to 9 | 2    |\n"
            "  | above  | 3    |\nfor each item\n  define x: count = rate(a / 2)\n",
            "item,a\ni,11\n"),
        "item item=i: x (p.policy:12): no row of rate fits n 5.5 [D612]\n");
  }

  TEST_CASE("D613: a parameter that has no value on the day") {
    const std::string policy =
        "param rate = 10% from 2021-01-01 until 2022-01-01, 20% from 2022-01-01\n  assumed \"x\"\n"
        "entity item\n  key item: text\nfor each item\n  define x: ratio(2) = rate\n";
    CHECK_EQ(errors(policy, "item\ni\n", 18627),
             "item item=i: x (p.policy:8): rate has no value on 2020-12-31 [D613]\n"); // 2020-12-31
    CHECK_EQ(errors(policy, "item\ni\n"),
             "item item=i: x (p.policy:8): rate has several periods, and no day is chosen [D613]\n");
  }

  TEST_CASE("inside an aggregate the first error by key is told, whatever the order of the file") {
    const std::string policy = "entity item\n  key item: text\n  input a: count optional\n  input b: count\n"
                               "overall\n  define x: ratio(2) = sum of (required a) over item\n"
                               "  define y: count = count of item where 1 / b > 0\n";
    const std::string expected = "x (p.policy:8): a is missing, but it is required for item a [D602]\n"
                                 "y (p.policy:9): division by zero: 1 / b = 1 / 0 for item a [D601]\n";
    CHECK_EQ(errors(policy, "item,a,b\nc,,0\na,,0\nb,1,1\n"), expected);
    CHECK_EQ(errors(policy, "item,a,b\nb,1,1\na,,0\nc,,0\n"), expected);
  }

  TEST_CASE("D616: dates that no calendar has") {
    const auto visits = [](const std::string &formula) {
      return errors("entity item\n  key item: text\n  input day: date\n  input month: calendar month\n"
                    "entity holiday file optional\n  key day: date\n  input worked: bool\n"
                    "for each item\n  define x: date = " +
                        formula + "\n",
                    "item,day,month\ni,9999-12-30,9999-11\n");
    };
    CHECK_EQ(visits("day + 2 days"), "item item=i: x (p.policy:11): day + 2 days = 9999-12-30 + 2 lies "
                                     "outside the years 0001 to 9999 [D616]\n");
    CHECK_EQ(
        visits("month_end(month + 2)"),
        "item item=i: x (p.policy:11): month + 2 = 9999-11 + 2 lies outside the years 0001 to 9999 [D616]\n");
    CHECK_EQ(visits("day_of(month, 31)"), "item item=i: x (p.policy:11): 9999-11 has no day 31 [D616]\n");
    CHECK_EQ(
        visits("2 working days after day by holiday.worked"),
        "item item=i: x (p.policy:11): 2 working days after 9999-12-30 lie beyond the year 9999 [D616]\n");
    CHECK_EQ(visits("0 working days after day by holiday.worked"),
             "item item=i: x (p.policy:11): 0 working days cannot be counted: their number goes from 1 to "
             "10000 [D616]\n");
  }
}
