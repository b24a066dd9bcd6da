// The policies of the matrix (native_matrix_test.cpp), one for each kind of node and width, and the cells
// that nothing can be in, with the reason.
#pragma once
#include <array>
#include <fmt/core.h>
#include <string>
#include <utility>
#include <vector>

namespace steelyard::native_matrix {

/// `exact`: beyond 256 bits, or beyond what a column holds: rows are left to exact arithmetic.
enum Width : std::uint8_t { w64, w128, w256, exact };
constexpr std::array<Width, 4> widths{w64, w128, w256, exact};
constexpr std::array<const char *, 4> width_names{"64", "128", "256", "exact"};
using Widths = std::vector<Width>;
inline const Widths all_widths{w64, w128, w256, exact};

/// In the templates: {A} and {B} are the operands of a width, {D} what brings the result back to its type
/// {R}, {P} and {Q} factors whose product has the width, {OVER} and {UNDER} a dividend and its divisor.
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

inline std::string replaced(std::string text, const std::string &from, const std::string &to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

/// Fields and operands of the own row: {x1}, {A}; the optional ones: {ox1}, {oA}; those of the row of
/// `other`: {rA}; of the row that `o_other` may lead to: {sA}.
inline std::string at_width(std::string text, Width width) {
  const Operands &of = operands[width];
  for (const auto &[letter, prefix] : {std::pair{"", ""}, {"o", "o_"}, {"r", "other."}, {"s", "o_other."}}) {
    for (const auto &[marker, with] : {std::pair{"A", of.a},
                                       {"B", of.b},
                                       {"D", of.d},
                                       {"P", of.p},
                                       {"Q", of.q},
                                       {"OVER", of.over},
                                       {"UNDER", of.under}}) {
      std::string operand = with;
      for (const char *name : {"x1", "x2", "y1", "y2"})
        operand = replaced(operand, name, std::string(prefix) + name);
      text = replaced(text, fmt::format("{{{}{}}}", letter, marker), operand);
    }
    for (const char *name : {"x1", "x2", "y1", "y2", "flag", "kind", "day"})
      text = replaced(text, fmt::format("{{{}{}}}", letter, name), std::string(prefix) + name);
  }
  return replaced(text, "{R}", of.result);
}

inline const std::string declarations = R"(steelyard 1
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
entity other
  key other: text
  input x1: ratio(2)
  input x2: ratio(2)
  input y1: ratio(18)
  input y2: ratio(18)
entity holiday
  key day: date
  input worked: bool optional
entity case
  key case: count
  input x1: ratio(2)
  input x2: ratio(2)
  input y1: ratio(18)
  input y2: ratio(18)
  input flag: bool
  input kind: kind
  input day: date
  input other: other
  input code: text
  input o_x1: ratio(2) optional
  input o_x2: ratio(2) optional
  input o_y1: ratio(18) optional
  input o_y2: ratio(18) optional
  input o_flag: bool optional
  input o_kind: kind optional
  input o_day: date optional
  input o_other: other optional
  input o_code: text optional
)";

/// Rows: ties, signs, ends; with `holes` each optional field is missing now and then.
inline std::string cases(bool holes) {
  std::string out =
      "case,x1,x2,y1,y2,flag,kind,day,other,code,o_x1,o_x2,o_y1,o_y2,o_flag,o_kind,o_day,o_other,"
      "o_code\n";
  const std::array<const char *, 4> x{"1.25", "-400000.01", "40.01", "333333.33"};
  const std::array<const char *, 4> y{"399999.999999999999999999", "-3.000000000000000001",
                                      "1.000000000000000001", "-250000.5"};
  const std::array<const char *, 3> kinds{"low", "middle", "high"};
  for (unsigned i = 0; i < 32; ++i) {
    const char *x1 = x[i % 4], *x2 = x[i / 4 % 4], *y1 = y[i % 4], *y2 = y[(i / 4 + i) % 4];
    const char *flag = i % 2 == 0 ? "true" : "false", *kind = kinds[i % 3];
    const char *day = i % 3 == 0 ? "2024-02-29" : "2023-12-31", *other = i % 2 == 0 ? "a" : "b";
    out += fmt::format("{},{},{},{},{},{},{},{},{},C{}", i, x1, x2, y1, y2, flag, kind, day, other, i % 7);
    const auto twin = [&](const char *cell, unsigned n) {
      out += holes && i % n == 1 ? "," : std::string(",") + cell;
    };
    twin(x1, 3), twin(x2, 5), twin(y1, 3), twin(y2, 5), twin(flag, 4), twin(kind, 6), twin(day, 7);
    twin(other, 3), twin(i % 2 == 0 ? "C10" : "D1", 5);
    out += "\n";
  }
  return out;
}

/// A policy about one kind of node. `given` and `missing` are what stands behind the declarations, as
/// templates, to run over rows without and with holes.
struct Example {
  std::string kind, given, missing;
  Widths at = all_widths;
  std::string not_compiled = {}; ///< why its pass is evaluated row by row; empty: machine code does it
  std::string handed_over = {};  ///< why the interpreter does the whole run
};

/// A formula of the row; where a value in it is missing the result is.
inline Example formula(const char *kind, const std::string &type, const std::string &text,
                       Widths at = all_widths, const char *not_compiled = "") {
  const std::string with_optional = replaced(text, "{", "{o");
  return {kind, fmt::format("for each case\n  define partly: {} = {}\n", type, text),
          fmt::format(
              "for each case\n  define partly: {} optional\n    = {} when o_x1 is given and o_x2 is given "
              "and o_y1 is given and o_y2 is given and o_flag is given and o_kind is given and o_day is "
              "given\n    = none otherwise\n",
              type, with_optional),
          std::move(at), not_compiled};
}

inline Example both(const char *kind, const std::string &text, Widths at = all_widths,
                    const char *not_compiled = "", const char *handed_over = "") {
  return {kind, text, text, std::move(at), not_compiled, handed_over};
}

/// `way` is a number of the width, missing in the first row. (What is read through a reference and has fixed
/// decimals is shared by the rows that refer to it, in a column of 128 bits at most.)
inline const std::string ways =
    "for each case\n  let wide = previous of (abs({A})) along case\n  let way = previous of "
    "(abs({A} / {D})) along case\n  let half = previous of (abs({A} / {D}) / 100) along case\n";
inline const std::string pairs =
    "for each other, kind as pair\n  rows from case by (OTHER, kind)\n  define cases: count = "
    "count of case by (OTHER, kind)\n";
inline std::string pairs_of(const char *other) {
  return replaced(pairs, "OTHER", other);
}

constexpr const char *dates = "dates", *root = "the root of cv is taken row by row",
                     *wide_sum = "a sum beyond 128 bits";

inline std::vector<Example> examples() {
  std::vector<Example> out{
      // ----- steps -----
      {"step: rows", pairs_of("other"), pairs_of("o_other"), {w64}},
      {"step: input",
       "for each case\n  define partly: {R} = {A}\n",
       "for each case\n  define partly: {R} optional = {oA}\n",
       {w64, w128}},
      {"step: groups",
       pairs_of("other") + "  define partly: ratio(4) = share of cases by other\n",
       pairs_of("o_other") + "  define partly: ratio(4) = share of cases by other\n",
       {w64}},
      {"step: join",
       pairs_of("other") + "for each case\n  define partly: count optional = pair[other, high].cases\n",
       pairs_of("other") + "for each case\n  define partly: count optional = pair[o_other, high].cases\n",
       {w64}},
      both("step: next row",
           "for each case\n  define partly: {R} optional = (next of ({A} / {D}) along case)\n"),
      both("step: previous row", "for each case\n  define partly: {R} optional = (previous of ({A} / {D}) "
                                 "along case where {A} > {B})\n"),
      {"step: allocation by weight",
       "overall\n  define whole: {R} = (sum of (abs(x1)) over case) / 100\nfor each case\n  allocate partly: "
       "{R}\n    of "
       "whole\n    by abs({A} / {D}), by largest remainder, or nothing\n",
       ways + "  allocate partly: {R} of 12345 by way or else 0, by largest remainder, or nothing\n"},
      {"step: allocation in turn",
       "for each case\n  allocate partly: {R} of 12345 each = {A} / {D} / 10, the last case takes the rest\n",
       ways + "  allocate partly: {R} optional of 12345 each = half, the last case takes the rest\n"},
      formula("step: pass", "{R}", "{A} / {D}"),
      // ----- what a pass does -----
      formula("work: compute", "{R}", "{A} / {D}"),
      {"work: compute",
       "for each case\n  define partly: {R}\n    = {A} / {D} when flag\n    = {B} / {D} otherwise\n",
       "for each case\n  define partly: {R} optional\n    = {B} / {D} when x1 > 0\n    = none otherwise\n    "
       "except "
       "first: -({A} / {D}) when flag\n    except second: 1.5 when kind = low overrides first\n"},
      {"work: deduction",
       "for each case\n  let part = abs({A} / {D}) / 2\n  deduct partly: {R}\n    from abs({A} / {D})\n    "
       "less "
       "part\n",
       ways + "  deduct partly: {R} optional\n    from way\n    less half\n"},
      {"work: hoist", "for each case\n  define partly: {R} = {rA} / {rD}\n",
       "for each case\n  define partly: {R} optional\n    = {sA} / {sD} when o_other is given\n    = none "
       "otherwise\n"},
      {"work: check", "for each case\n  check holds: {A} < {B}\n",
       ways + "  check holds: (wide or else 2) < 1\n"},
      // ----- what is added up -----
      {"work: sink",
       "for each kind\n  define partly: {R} = (sum of ({A}) over case) / 10\n",
       "for each kind\n  define partly: {R} = (sum of case.{oA}) / 10\n",
       {w64, w128}},
      {"sink: count",
       "for each kind\n  define partly: count = count of case where {A} < {B}\n",
       ways + "for each kind\n  define partly: count = count of case where (wide or else 2) < 1\n",
       {w64, w128, w256}},
      {"sink: sum",
       "for each kind\n  define partly: {R} = (sum of ({A}) over case) / 10\n",
       "for each kind\n  define partly: {R} = (sum of case.{oA}) / 10\n",
       {w64, w128}},
      {"sink: least",
       "for each kind\n  define partly: {R} optional = min of case.{A}\n",
       "for each kind\n  define partly: {R} optional = min of case.{oA}\n",
       {w64, w128}},
      {"sink: greatest",
       "for each kind\n  define partly: {R} optional = max of case.{A}\n",
       "for each kind\n  define partly: {R} optional = max of case.{oA}\n",
       {w64, w128}},
      // ----- leaves -----
      formula("literal", "{R}", "({A} + 1.25) / {D}"),
      formula("parameter", "{R}", "({A} + rate) / {D}"),
      formula("read", "{R}", "{A} / {D}"),
      formula("table", "{R}", "steps({A})"),
      // ----- operators -----
      formula("negate", "{R}", "-{A} / {D}"),
      formula("add", "{R}", "({A} + {B}) / {D}"),
      formula("subtract", "{R}", "({A} - {B}) / {D}"),
      formula("multiply", "bool", "{P} × {Q} > {P} × {Q} / 2 + 0.5 × {Q} × {P} - 1"),
      formula("divide", "{R}", "{OVER} / {UNDER} / 4"),
      formula("less", "bool", "{A} < {B}"),
      formula("less or equal", "bool", "{A} <= {B}"),
      formula("greater", "bool", "{A} > {B}"),
      formula("greater or equal", "bool", "{A} >= {B}"),
      formula("equal", "bool", "{A} - {B} = {B} - {A}"),
      formula("not equal", "bool", "{A} != {B}"),
      formula("max", "{R}", "max({A}, {B}, -{A}) / {D}"),
      formula("min", "{R}", "min({A}, {B}, -{B}) / {D}"),
      formula("abs", "{R}", "abs({A} - {B}) / {D}"),
      both("where there", ways + "  define partly: bool = (wide or else 2) > 1\n"),
      both("or else", ways + "  define partly: bool = (wide or else {A}) > 1\n"),
      both("is given", ways + "  define partly: bool = wide is given\n"),
      both("is missing", ways + "  define partly: bool = wide is missing\n"),
      both("required", ways + "  define partly: bool = required (wide or else 3) > 1\n"),
      {"mean",
       "for each kind\n  define partly: {R} optional = mean of case.{A}\n",
       "for each kind\n  define partly: {R} optional = mean of case.{oA}\n",
       {w64, w128}},
      {"mean",
       "for each kind\n  define partly: ratio(18) optional = mean of case.y1\n",
       "for each kind\n  define partly: ratio(18) optional = mean of case.o_y1\n",
       {exact}},
      {"mean",
       "for each kind\n  define partly: bool = ((mean of case.y1) or else 1) × 1.000000000000000001 × "
       "1.000000000000000001 > 1\n",
       "for each kind\n  define partly: bool = ((mean of case.o_y1) or else 1) × 1.000000000000000001 × "
       "1.000000000000000001 > 1\n",
       {w256}},
      // ----- what is evaluated row by row -----
      formula("month of", "calendar month", "month_of({day})", {w64}, dates),
      formula("day of", "date", "day_of(month_of({day}), 5)", {w64}, dates),
      formula("month end", "date", "month_end(month_of({day}))", {w64}, dates),
      formula("working days", "date", "3 working days after {day} by holiday.worked", {w64}, "working days"),
      {"begins with",
       "for each case\n  define partly: bool = code begins with \"C1\"\n",
       "for each case\n  define partly: bool\n    = o_code begins with \"C1\" when o_code is given\n    = "
       "false "
       "otherwise\n",
       {w64},
       "texts are compared"},
  };
  // What is added up beyond 128 bits: the interpreter does the run.
  for (const char *kind : {"work: variation", "sink: squares"}) {
    const auto form = [](const char *type) {
      return fmt::format(
          "for each case\n  define size: {} = abs({{A}})\nfor each kind\n  define partly: ratio(4) "
          "optional = cv of case.size\n",
          type);
    };
    const auto with_holes = [](const char *type) {
      return fmt::format(
          "for each case\n  define size: {} optional\n    = abs({{oA}}) when {{oA}} is given\n    = none "
          "otherwise\nfor each kind\n  define partly: ratio(4) optional = cv of case.size\n",
          type);
    };
    out.push_back({kind, form("ratio(2)"), with_holes("ratio(2)"), {w64}, root});
    out.push_back({kind, form("ratio(8)"), with_holes("ratio(8)"), {w128}, root});
    for (const Width width : {w256, exact})
      out.push_back({kind,
                     replaced(form("ratio(18)"), "{A}", "y1"),
                     replaced(with_holes("ratio(18)"), "{oA}", "o_y1"),
                     {width},
                     "",
                     wide_sum});
  }
  for (const char *kind : {"work: sink", "sink: sum"})
    for (const Width width : {w256, exact})
      out.push_back(
          {kind,
           "for each kind\n  define partly: bool = (sum of ({A}) over case) > 1\n",
           "for each kind\n  define partly: bool = (sum of ({oA}) over case where o_y1 is given and o_y2 is "
           "given) > 1\n",
           {width},
           "",
           wide_sum});
  for (const char *op : {"least", "greatest"})
    for (const Width width : {w256, exact}) {
      const std::string word = op == std::string("least") ? "min" : "max";
      out.push_back(
          {fmt::format("sink: {}", op),
           "for each kind\n  define partly: bool = ((" + word + " of ({A}) over case) or else 0) > 1\n",
           "for each kind\n  define partly: bool = ((" + word +
               " of ({oA}) over case where o_y1 is given and o_y2 is given) or else 0) > 1\n",
           {width},
           "",
           "a value beyond 128 bits"});
    }
  out.push_back({"sink: count",
                 "for each kind\n  define partly: count = count of case where {A} < {B}\n",
                 ways + "for each kind\n  define partly: count = count of case where (wide or else 2) < 1\n",
                 {exact},
                 "an operand beyond 256 bits in what is added up"});
  // Without a number there are 64 bits; and a row that is left to exact arithmetic for another definition.
  for (Example example :
       {formula("not", "bool", "not ({flag} and {x1} < {x2})"),
        formula("and", "bool", "{flag} and {x1} < {x2}"), formula("or", "bool", "{x1} < {x2} or not {flag}"),
        formula("among members", "bool", "{kind} in (low, high)"),
        Example{"arrive",
                pairs_of("other") +
                    "  let one = 1\nfor each case\n  define partly: bool = pair[other, kind].one is given\n",
                pairs_of("o_other") + "  let one = 1\nfor each case\n  define partly: bool = pair[o_other, "
                                      "kind].one is given\n"}}) {
    example.at = {w64};
    out.push_back(example);
    example.at = {exact};
    for (std::string *text : {&example.given, &example.missing})
      *text += "  define beside: {R} = (y1 × y1 × y1 × y1) / (y1 × y1 × y1)\n";
    out.push_back(std::move(example));
  }
  return out;
}

/// Cells that nothing can be in.
struct Nowhere {
  std::string kind;
  Widths at;
  const char *reason;
};
inline const std::vector<Nowhere> &nowhere() {
  constexpr const char *keys = "keys and rows are told by integers of 64 bits, before any pass",
                       *truth = "the value is no number and has 64 bits at most",
                       *column = "a column has 128 bits at most, and takes an input as it is",
                       *by_row = "its pass is evaluated row by row, with exact numbers throughout";
  static const std::vector<Nowhere> out{
      {"step: rows", {w128, w256, exact}, keys},
      {"step: groups", {w128, w256, exact}, keys},
      {"step: join", {w128, w256, exact}, keys},
      {"step: input", {w256, exact}, column},
      {"not", {w128, w256}, truth},
      {"and", {w128, w256}, truth},
      {"or", {w128, w256}, truth},
      {"among members", {w128, w256}, truth},
      {"arrive", {w128, w256}, truth},
      {"month of", {w128, w256, exact}, by_row},
      {"day of", {w128, w256, exact}, by_row},
      {"month end", {w128, w256, exact}, by_row},
      {"working days", {w128, w256, exact}, by_row},
      {"begins with", {w128, w256, exact}, by_row},
      {"choose", all_widths, "a let has one formula: the grammar gives it no alternatives"},
  };
  return out;
}

} // namespace steelyard::native_matrix
