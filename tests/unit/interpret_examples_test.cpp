// Worked examples in the language: what passes, how a failure reads, and what coverage finds untried.
#include "compiler/interpret/worked_examples.h"
#include "compiler/semantics/check.h"

#include <doctest/doctest.h>
#include <string>

using namespace steelyard;

namespace {

const std::string policy = R"(steelyard 1
policy p "P" in force from 2020-01-01

enum tier: low < high

entity hospital
  key hospital: text
  input tier: tier
  input name: text optional
  input rate: ratio(2) from 0 to 1

entity case
  key case: text
  input hospital: hospital
  input cost: money(2)
  input deducted: money(2) default 0

param limit = 100 yuan
  assumed "an example"

table band: ratio(1) by cost: money(2)
  | cost   | rate |
  | <= 10  | 0.5  |
  | above  | 1    |

for each hospital
  define total: money(2) = sum of case.cost
  define mean: money(2) optional = mean of case.cost

for each case
  decide kind
    dear when cost > limit
    plain otherwise
  define due: money(2)
    = cost - deducted
    except dear: required hospital.mean when kind = dear
    except by_rate: cost × hospital.rate when hospital.tier = high
      overrides dear
  define banded: money(2) = band(cost) × cost
  require positive: due >= 0 yuan else "case {case} is {due}"
)";

struct Examples {
  semantics::LoadResult loaded;
  explicit Examples(const std::string &tests) {
    loaded = semantics::load_text({{"p.policy", policy}, {"tests.policy", "steelyard 1\n" + tests}});
    for (const syntax::Diagnostic &diagnostic : loaded.diagnostics)
      if (diagnostic.severity == syntax::Severity::error)
        FAIL_CHECK(syntax::to_text(diagnostic, loaded.files));
    REQUIRE(loaded.program);
  }
  std::string failures(interpret::Coverage *coverage = nullptr) const {
    std::string out;
    for (const interpret::ExampleOutcome &outcome : interpret::run_examples(*loaded.program, coverage))
      for (const interpret::ExampleFailure &failure : outcome.failures)
        out += to_text(failure, *loaded.program) + "\n";
    return out;
  }
  std::string coverage() const {
    interpret::Coverage coverage(*loaded.program);
    CHECK(failures(&coverage).empty());
    return to_text(coverage.kinds(), *loaded.program);
  }
};

std::string failures(const std::string &tests) {
  return Examples("test \"t\"\n" + tests).failures();
}

} // namespace

TEST_CASE("an example gives only what matters to it") {
  CHECK(failures("  given case C1: cost 10\n  expect case C1: kind plain, banded 5\n").empty());
  CHECK(failures("  given case C1: hospital H1, cost 10\n  given case C2: hospital H1, cost 0.01\n"
                 "  expect hospital H1: total 10.01, mean 5.01\n")
            .empty());
}

TEST_CASE("a bare key is taken digit by digit") {
  CHECK(failures("  given hospital 0012: tier low\n  given case 007: hospital 0012, cost 10\n  given case 7: "
                 "hospital 0012, cost 5\n"
                 "  expect case 007: due 10\n  expect case 7: due 5\n  expect hospital 0012: total 15\n")
            .empty());
  CHECK(
      failures("  given hospital 0012: tier low\n  given case 007: hospital 0012, cost 10\n  expect case 07: "
               "due 10\n") ==
      "tests.policy:5: case 07: due: expected 10.00, but hospital of case 07 is not given in this example\n");
}

TEST_CASE("a computed value may be given") {
  CHECK(
      failures("  given hospital H1: mean 70.01, tier low\n  given case C1: hospital H1, kind dear, cost 1\n"
               "  expect case C1: due 70.01\n")
          .empty());
  CHECK(failures("  given hospital H1: mean 70\n  expect hospital H1: mean 70\n").empty());
  CHECK(
      failures("  given param limit 20\n  given case C1: cost 20.01\n  expect case C1: kind dear\n").empty());
}

TEST_CASE("what fails is shown with what there is") {
  CHECK(failures("  given case C1: cost 101\n  expect case C1: kind plain, banded 50.5\n") ==
        "tests.policy:4: case C1: kind: expected plain, but it is dear\n"
        "tests.policy:4: case C1: banded: expected 50.50, but it is 101.00\n");
  CHECK(failures("  given hospital H1: tier low\n  expect hospital H1: mean 3\n") ==
        "tests.policy:4: hospital H1: mean: expected 3.00, but it is none\n");
  CHECK(failures("  given case C1: hospital H1, cost 3\n  expect hospital H1: mean none\n") ==
        "tests.policy:4: hospital H1: mean: expected none, but it is 3.00\n");
}

TEST_CASE("what is not given is an error only where it is used") {
  CHECK(
      failures("  given case C1: hospital H1, cost 3\n  expect case C1: due 3\n") ==
      "tests.policy:4: case C1: due: expected 3.00, but tier of hospital H1 is not given in this example\n");
  CHECK(failures("  given hospital H1: tier low\n  given case C1: hospital H1\n  expect case C1: due 3\n") ==
        "tests.policy:5: case C1: due: expected 3.00, but case case=C1: kind (p.policy:15): cost of case C1 "
        "is not "
        "given in this example [D614]\n");
}

TEST_CASE("an expected error is looked for in all errors of the data given") {
  CHECK(failures("  given hospital H1: tier low\n  given case C1: hospital H1, cost 1, deducted 2\n"
                 "  expect error \"case C1 is -1.00\"\n")
            .empty());
  CHECK(failures("  given hospital H1: tier low\n  given case C1: hospital H1, cost 1, deducted 1\n  expect "
                 "error \"C1\"\n") == "tests.policy:2: expected an error with \"C1\", but there is none\n");
  CHECK(failures("  given hospital H1: tier low\n  given case C1: hospital H1, cost 1, deducted 2\n  expect "
                 "error \"C2\"\n") == "tests.policy:2: expected an error with \"C2\", but there is only:\n"
                                      "  case case=C1: positive (p.policy:40): case C1 is -1.00 [D611]\n");
  // What the example leaves out is no error that it could mean.
  CHECK(failures("  given case C1: cost 1\n  expect error \"not given\"\n") ==
        "tests.policy:2: expected an error with \"not given\", but there is none\n");
}

TEST_CASE("inputs that no dataset could hold") {
  CHECK(failures("  given hospital H1: rate 1.01\n  expect error \"rate\"\n").empty());
  CHECK(failures("  given hospital H1: rate -0.01\n  expect hospital H1: total 0\n") ==
        "tests.policy:3: hospital: rate is -0.01, but it must be at least 0\n");
}

TEST_CASE("coverage: alternatives, table rows, boundaries from both sides") {
  const Examples examples("test \"one\"\n"
                          "  given hospital H1: tier low\n"
                          "  given case C1: hospital H1, cost 100\n"
                          "  given case C2: hospital H1, cost 99.99\n"
                          "  expect case C1: due 100, banded 100\n"
                          "  expect case C2: due 99.99\n");
  CHECK(examples.coverage() ==
        "alternatives: 2 of 5 (40 %)\n"
        "  p.policy:32: kind: no example takes dear\n"
        "  p.policy:36: due: no example takes the exception dear\n"
        "  p.policy:37: due: no example takes the exception by_rate\n"
        "table rows: 1 of 2 (50 %)\n"
        "  p.policy:23: band: no example takes this row\n"
        "boundaries: 2 of 6 (33 %)\n"
        "  p.policy:32: cost > limit: no example just over it\n"
        "  p.policy:23: band cost at 10: no example just under it, at equality, just over it\n");
  const Examples more(
      "test \"one\"\n"
      "  given hospital H1: tier low\n  given hospital H2: tier high, rate 0.5\n"
      "  given case C1: hospital H1, cost 100\n  given case C2: hospital H1, cost 99.99\n"
      "  given case C3: hospital H1, cost 100.01\n  given case C4: hospital H2, cost 1\n"
      "  expect case C1: due 100\n  expect case C2: due 99.99\n  expect case C3: due 100\n"
      "  expect case C4: due 0.5\n"
      "test \"two\"\n"
      "  given case C1: cost 10\n  given case C2: cost 9.99\n  given case C3: cost 10.01\n"
      "  expect case C1: banded 5\n  expect case C2: banded 5\n  expect case C3: banded 10.01\n");
  CHECK(more.coverage() ==
        "alternatives: 5 of 5 (100 %)\ntable rows: 2 of 2 (100 %)\nboundaries: 6 of 6 (100 %)\n");
}
