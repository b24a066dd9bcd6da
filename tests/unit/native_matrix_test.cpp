// Each node of a plan at each width of machine integers, and beyond them, with values given and missing: no
// cell is empty. What cannot be in a cell is said there, with the reason.
#include "compiler/native/settle.h"
#include "compiler/semantics/check.h"
#include "runtime/data/dataset.h"
#include "tests/unit/data_fixture.h"
#include <array>
#include <doctest/doctest.h>
#include <fmt/core.h>

using namespace steelyard;

namespace {

/// `exact`: beyond 256 bits, where rows are left to exact arithmetic.
enum Width : std::uint8_t { w64, w128, w256, exact };
constexpr std::array<const char *, 4> width_names{"64", "128", "256", "exact"};

/// In the templates: A and B are the operands of a width, D what brings the result back to its type (of the
/// width's decimals), P and Q factors whose product has the width.
struct Operands {
  const char *a, *b, *d, *p, *q, *over, *under, *result;
};
constexpr std::array<Operands, 4> operands{{
    {"x1", "x2", "1", "x1", "x2", "x1", "x2", "ratio(2)"},
    {"y1", "y2", "1", "y1", "x2", "y1", "x2", "ratio(18)"},
    {"(y1 × y1)", "(y1 × y2)", "y1", "y1", "y2", "y1", "y2", "ratio(18)"},
    {"(y1 × y1 × y1 × y1)", "(y1 × y1 × y1 × y2)", "(y1 × y1 × y1)", "(y1 × y1)", "(y2 × y2)",
     "(y1 × y1 × y1 × y1)", "(y1 × y1 × y1 × y2)", "ratio(18)"},
}};

struct Node {
  const char *name;
  const char *type;    ///< of the result; R: the width's ratio
  const char *formula; ///< of values that are given
  const char *only64;  ///< why there is no other width; empty: there is each
};
constexpr const char *no_number = "the value is no number and has 64 bits at most";
constexpr const char *literal_of_policy =
    "a literal has the bits that it is written with, at most 128 after scaling";

const std::vector<Node> nodes{
    {"literal", "R", "1.25 + x1 × 0", literal_of_policy},
    {"parameter", "R", "rate + x1 × 0", literal_of_policy},
    {"read", "R", "A / D", ""},
    {"negate", "R", "-A / D", ""},
    {"add", "R", "(A + B) / D", ""},
    {"subtract", "R", "(A - B) / D", ""},
    {"multiply", "bool", "P × Q > P × Q / 2 + 0.5 × Q × P - 1", ""},
    {"divide", "R", "OVER / UNDER / 4", ""},
    {"less", "bool", "A < B", ""},
    {"less or equal", "bool", "A <= B", ""},
    {"greater", "bool", "A > B", ""},
    {"greater or equal", "bool", "A >= B", ""},
    {"equal", "bool", "A - B = B - A", ""},
    {"not equal", "bool", "A != B", ""},
    {"max", "R", "max(A, B, -A) / D", ""},
    {"min", "R", "min(A, B, -B) / D", ""},
    {"abs", "R", "abs(A - B) / D", ""},
    {"table", "R", "steps(A)", ""},
    {"not", "bool", "not (flag and x1 < x2)", no_number},
    {"and, or", "bool", "flag and x1 < x2 or not flag", no_number},
    {"in", "bool", "kind in (low, high)", no_number},
    {"equal members", "bool", "kind = middle or kind > low", no_number},
    {"equal dates", "bool", "day >= 2024-02-29", no_number},
    {"table of members", "R", "of_two(kind, flag)", no_number},
};

std::string replaced(std::string text, const std::string &from, const std::string &to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

std::string at_width(std::string text, Width width) {
  const Operands &of = operands[width];
  text = replaced(text, "OVER", of.over);
  text = replaced(text, "UNDER", of.under);
  for (const auto &[letter, with] :
       {std::pair{"A", of.a}, {"B", of.b}, {"D", of.d}, {"P", of.p}, {"Q", of.q}})
    text = replaced(text, letter, with);
  return text;
}

/// The same formula with the optional fields, which are called as the given ones and `o` before it.
std::string of_optional(std::string text) {
  for (const char *name : {"x1", "x2", "y1", "y2", "flag", "kind", "day"})
    text = replaced(text, name, std::string("o_") + name);
  return text;
}

const std::string declarations = R"(steelyard 1
policy p "P"
enum kind: low < middle < high
param rate = 2.75
table steps: ratio(2) by x: ratio(18)
  | x    | r    |
  | <= 0 | 0.25 |
  | < 5  | 1    |
  | above | 2.5 |
table of_two: ratio(2) by kind: kind, flag: bool
  | kind         | flag  | r |
  | low          | any   | 1 |
  | middle, high | true  | 2 |
  | middle, high | false | 3.5 |
entity case
  key case: text
  input x1: ratio(2)
  input x2: ratio(2)
  input y1: ratio(18)
  input y2: ratio(18)
  input flag: bool
  input kind: kind
  input day: date
  input o_x1: ratio(2) optional
  input o_x2: ratio(2) optional
  input o_y1: ratio(18) optional
  input o_y2: ratio(18) optional
  input o_flag: bool optional
  input o_kind: kind optional
  input o_day: date optional
)";

/// Rows: ties, signs, ends, and each optional field missing now and then.
std::string cases(bool refers) {
  std::string out = "case,x1,x2,y1,y2,flag,kind,day,o_x1,o_x2,o_y1,o_y2,o_flag,o_kind,o_day";
  out += refers ? ",o_other\n" : "\n";
  const std::array<const char *, 4> x{"1.25", "-400000.01", "40.01", "333333.33"};
  const std::array<const char *, 4> y{"399999.999999999999999999", "-3.000000000000000001",
                                      "1.000000000000000001", "-250000.5"};
  const std::array<const char *, 3> kinds{"low", "middle", "high"};
  for (unsigned i = 0; i < 32; ++i) {
    const char *x1 = x[i % 4], *x2 = x[i / 4 % 4], *y1 = y[i % 4], *y2 = y[(i / 4 + i) % 4];
    const char *flag = i % 2 == 0 ? "true" : "false", *kind = kinds[i % 3];
    const char *day = i % 3 == 0 ? "2024-02-29" : "2023-12-31";
    out += fmt::format("{},{},{},{},{},{},{},{}", i, x1, x2, y1, y2, flag, kind, day);
    const auto twin = [&](const char *cell, unsigned n) {
      out += i % n == 1 ? "," : std::string(",") + cell;
    };
    twin(x1, 3), twin(x2, 5), twin(y1, 3), twin(y2, 5), twin(flag, 4), twin(kind, 6), twin(day, 7);
    if (refers) out += i % 3 == 0 ? ",a" : i % 3 == 1 ? ",b" : ",";
    out += "\n";
  }
  return out;
}

struct Result {
  std::string interpreted, native;
  native::NativeSettlement settled;
};

std::string text_of(const interpret::Settlement &settlement, const semantics::Program &program) {
  std::string out;
  for (const interpret::RunError &error : settlement.errors) out += to_text(error, program) + "\n";
  for (const interpret::ResultFile &file : settlement.files) out += file.name + "\n" + file.content;
  return out;
}

Result run(std::string policy, const std::string &more_file = {}, const std::string &more = {},
           const std::string &from = {}, const std::string &to = {}, bool refers = false) {
  if (!from.empty()) policy = replaced(policy, from, to);
  const semantics::LoadResult loaded = semantics::load_text({{"p.policy", policy}});
  if (!loaded.program)
    for (const syntax::Diagnostic &each : loaded.diagnostics)
      if (each.severity == syntax::Severity::error) FAIL_CHECK(syntax::to_text(each, loaded.files));
  REQUIRE(loaded.program);
  static const data_test::TemporaryFolder folder;
  folder.put("case.csv", cases(refers));
  if (!more_file.empty()) folder.put(more_file, more);
  const data::ReadResult read =
      data::read_dataset(loaded.program->schema, folder.path(), data::Encoding::utf8);
  for (const data::DataError &error : read.errors) FAIL_CHECK(data::to_text(error));
  REQUIRE(read.error_count == 0);
  interpret::Run reference(*loaded.program, read.dataset);
  Result out;
  out.interpreted = text_of(interpret::settle(reference), *loaded.program);
  out.settled = native::settle_native(*loaded.program, read.dataset, {}, {1, 1});
  out.native = text_of(out.settled.settlement, *loaded.program);
  return out;
}

void expect(const Result &result, Width width) {
  CHECK(result.native == result.interpreted);
  CHECK_MESSAGE(!result.settled.fell_back, result.settled.fallback_reason);
  for (const std::string &reason : result.settled.not_compiled) FAIL_CHECK(reason);
  CHECK(result.settled.interpreted_rows == 0);
  CHECK(result.settled.widest == (width == w64 ? 64 : width == w128 ? 128 : 256));
  // With 18 decimals a large value does not fit 64 bits of storage either: such rows are done exactly, too.
  if (width == w64) CHECK(result.settled.exact_rows == 0);
  if (width == exact) CHECK(result.settled.exact_rows > 0);
}

} // namespace

TEST_CASE("native: each operator at each width, given and missing") {
  for (const Node &node : nodes)
    for (const Width width : {w64, w128, w256, exact}) {
      if (width != w64 && node.only64[0] != '\0') continue; // impossible, for this reason
      CAPTURE(node.name);
      CAPTURE(width_names[width]);
      const std::string type = node.type[0] == 'R' ? operands[width].result : node.type;
      const std::string formula = at_width(node.formula, width);
      std::string all_given;
      for (const char *name : {"x1", "x2", "y1", "y2", "flag", "kind", "day"})
        all_given += fmt::format("{}o_{} is given", all_given.empty() ? "" : " and ", name);
      expect(run(declarations + "for each case\n" + fmt::format("  define whole: {} = {}\n", type, formula) +
                 fmt::format("  define partly: {} optional\n    = {} when {}\n    = none otherwise\n", type,
                             of_optional(formula), all_given)),
             width);
    }
}

TEST_CASE("native: alternatives and exceptions at each width, given and missing") {
  for (const Width width : {w64, w128, w256, exact}) {
    CAPTURE(width_names[width]);
    const std::string result = operands[width].result, a = at_width("A / D", width),
                      b = at_width("B / D", width);
    expect(run(declarations + "for each case\n  define chosen: " + result + "\n    = " + a +
                   " when A_FLAG\n    = " + b + " otherwise\n  define beaten: " + result +
                   " optional\n    = " + b + " when x1 > 0\n    = none otherwise\n    except first: -(" + a +
                   ") when A_FLAG\n    except second: 1.5 when kind = low overrides first\n",
               {}, {}, "A_FLAG", "flag"),
           width);
  }
}

TEST_CASE("native: tests of missing values at each width") {
  // An exact formula is missing where the reference that it is read through is.
  for (const Width width : {w64, w128}) { // a shared value beyond 128 bits is the interpreter's: see below
    CAPTURE(width_names[width]);
    const std::string result = operands[width].result;
    expect(
        run(declarations + "  input o_other: other optional\nentity other\n  key other: text\n" +
                "  input x1: ratio(2)\n  input x2: ratio(2)\n  input y1: ratio(18)\n  input y2: ratio(18)\n" +
                "for each other\n  let v = " + at_width("A / D", width) + "\nfor each case\n" +
                "  define is_there: bool = o_other.v is given\n  define is_not: bool = o_other.v is "
                "missing\n" +
                "  define else_value: " + result + " = o_other.v or else 2\n" + "  define wanted: " + result +
                " = required (o_other.v or else " + at_width("B / D", width) + ")\n",
            "other.csv", "other,x1,x2,y1,y2\na,1.25,7,399999.999999999999999999,2.5\nb,-3,2,-1.5,3\n", "", "",
            true),
        width);
  }
}

TEST_CASE("native: each aggregate at each width, given and missing") {
  // A sum has 128 bits at most. Where more may be needed the pass is evaluated row by row; where more are
  // needed indeed the interpreter does the run. A row that does not fit cannot be left out of a sum.
  struct Cell {
    Width width;
    const char *operand;
    bool compiled, may_fall_back;
  };
  for (const Cell &cell :
       {Cell{w64, "o_x1", true, false}, Cell{w128, "o_y1", true, false},
        Cell{w256, "(o_y1 or else 1) × (o_y2 or else 1)", false, true},
        Cell{exact, "(o_y1 or else 1) × (o_y1 or else 1) × (o_y2 or else 1) × (o_y2 or else 1)", false,
             true}})
    for (const char *op : {"sum", "count", "mean", "min", "max"}) {
      CAPTURE(width_names[cell.width]);
      CAPTURE(op);
      const bool mean = std::string(op) == "mean";
      const std::string aggregate = fmt::format("({} of ({}) over case)", op, cell.operand);
      const bool optional = std::string(op) != "sum" && std::string(op) != "count";
      const std::string value = optional ? "(" + aggregate + " or else 7)" : aggregate;
      const Result result =
          run(declarations + "for each kind\n  define of_kind: bool = " + value + " > " + (mean ? "2" : "1") +
              "\n  define twice: bool = " + value + " + " + value + " > 3\n");
      CHECK(result.native == result.interpreted);
      CHECK((cell.may_fall_back || !result.settled.fell_back));
      if (!cell.compiled || std::string(op) == "count") continue; // a count has 64 bits, whatever is counted
      CHECK(result.settled.not_compiled.empty());
      CHECK(result.settled.widest == (cell.width == w64 ? 64 : 128));
    }
}

TEST_CASE("native: values beyond 64 bits are stored, read, added up, allocated and deducted") {
  // money(8) up to 10^13 yuan is 70 bits: the rows that need them are computed exactly, the column is
  // widened.
  const std::string policy = R"(steelyard 1
policy p "P"
entity case
  key case: text
  input cost: money(2)
  input factor: ratio(8)
for each case
  define wide: money(8) = cost × factor
  define half: money(8) = wide / 2
  define high: bool = wide > 1000000000000 yuan
  deduct rest: money(8)
    from wide
    less half
overall
  define all: money(4) = sum of case.wide
  define dearest: money(8) optional = max of case.wide
  define cheapest: money(8) optional = min of case.wide
for each case
  allocate part: money(8)
    of dearest or else 0
    by wide, by largest remainder, or nothing
)";
  const semantics::LoadResult loaded = semantics::load_text({{"p.policy", policy}});
  for (const syntax::Diagnostic &each : loaded.diagnostics)
    if (!loaded.program) FAIL_CHECK(syntax::to_text(each, loaded.files));
  REQUIRE(loaded.program);
  const data_test::TemporaryFolder folder;
  std::string rows = "case,cost,factor\n";
  for (int i = 0; i < 50; ++i) rows += fmt::format("{},{}.{:02},0.33333333\n", i, 1000 + i, i);
  rows += "a,8999999999999.99,0.99999999\nb,9999999999.99,98.12345678\n";
  folder.put("case.csv", rows);
  const data::ReadResult read =
      data::read_dataset(loaded.program->schema, folder.path(), data::Encoding::utf8);
  REQUIRE(read.error_count == 0);
  interpret::Run reference(*loaded.program, read.dataset);
  const std::string expected = text_of(interpret::settle(reference), *loaded.program);
  for (const std::size_t least_rows : {std::size_t{1}, std::size_t{1} << 40}) {
    const native::NativeSettlement settled =
        native::settle_native(*loaded.program, read.dataset, {}, {1, least_rows});
    CHECK_MESSAGE(!settled.fell_back, settled.fallback_reason);
    CHECK(text_of(settled.settlement, *loaded.program) == expected);
    if (least_rows == 1) CHECK(settled.exact_rows >= 2);
  }
}
