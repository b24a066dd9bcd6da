// What holds for every error: its place and marks, limits, many errors at once, expressions on their own.
#include "compiler/syntax/parse.h"
#include <doctest/doctest.h>
#include <fmt/core.h>

using namespace steelyard::syntax;

namespace {

std::string errors_of(std::string text) {
  const SourceFiles files{{"p", std::move(text)}};
  std::vector<Diagnostic> diagnostics;
  parse_policy(files, 0, diagnostics);
  std::string errors;
  for (const Diagnostic &d : diagnostics) errors += to_text(d, files);
  return errors;
}

std::string errors_of_expression(std::string text) {
  const SourceFiles files{{"p", std::move(text)}};
  std::vector<Diagnostic> diagnostics;
  const auto result = parse_expression(files, 0, diagnostics);
  CHECK_EQ(result.has_value(), diagnostics.empty());
  std::string errors;
  for (const Diagnostic &d : diagnostics) errors += to_text(d, files);
  return errors;
}

} // namespace

TEST_SUITE("syntax: diagnostics") {

  TEST_CASE("text that is not UTF-8 is an error with its line") {
    CHECK_EQ(errors_of("let a = 1\nlet b = \xB5\xE3\n"),
             R"P(p:2:9: error P101: this line is not UTF-8: the byte B5 stands where no character can begin
    2 | let b = ??
      |         ^
      = save the file as UTF-8; it may be in GBK or GB18030 now
)P");
    CHECK_EQ(errors_of("# \xED\xA0\x80\n").substr(0, 5), "p:1:3");
    CHECK_EQ(errors_of("# \xF0\x9F\x98\x80 \xC3\xA9\n"), "");
  }

  TEST_CASE("the parser refuses what is nested too deep or too long, without harm") {
    const auto nested = [](int depth) {
      return "let a = " + std::string(static_cast<std::size_t>(depth), '(') + "1" +
             std::string(static_cast<std::size_t>(depth), ')') + "\n";
    };
    const auto repeated = [](const std::string &part, int times, const std::string &end) {
      std::string text = "let a = ";
      for (int i = 0; i < times; ++i) text += part;
      return text + end + "\n";
    };
    CHECK_EQ(errors_of(nested(200)), "");
    CHECK_EQ(errors_of(nested(201)).substr(0, 78),
             "p:1:209: error P106: more than 200 parentheses stand inside each other here\n  ");
    CHECK_EQ(errors_of(nested(100'000)).substr(0, 20), "p:1:209: error P106:");
    CHECK_EQ(errors_of(repeated("1 + ", 499, "1")), "");
    CHECK_EQ(errors_of(repeated("1 + ", 500, "1")).substr(0, 62),
             "p:1:2007: error P106: this formula has more than 500 operators");
    CHECK_EQ(errors_of(repeated("not ", 100'000, "b")).substr(0, 21), "p:1:2005: error P106:");
    CHECK_EQ(errors_of(repeated("max(", 150, "1" + std::string(150, ')'))), "");
    CHECK_EQ(errors_of(repeated("sum of b where ", 200, "c")), "");
    CHECK_EQ(errors_of("let a = b in (" + std::string("m") + ")\n"), "");
  }

  TEST_CASE("many errors: all of them, in the order of the text, and soon") {
    std::string text;
    for (int i = 0; i < 2'000; ++i) text += fmt::format("let x{} = a b\n", i);
    const SourceFiles files{{"p", text}};
    std::vector<Diagnostic> diagnostics;
    parse_policy(files, 0, diagnostics);
    REQUIRE_EQ(diagnostics.size(), 2'000);
    for (std::size_t i = 0; i < diagnostics.size(); ++i) CHECK_EQ(diagnostics[i].span.line, i + 1);
  }

  TEST_CASE("expressions on their own") {
    CHECK_EQ(errors_of_expression("2/3 to 8 decimals rounded half even"), "");
    CHECK_EQ(errors_of_expression("（费用 ＋ 1 元） 到 2 位小数"), "");
    CHECK_EQ(errors_of_expression("# nothing\n"),
             "p:1:1: error P107: there is no expression here\n    1 | # nothing\n      | ^\n");
    CHECK_EQ(errors_of_expression("1 +"),
             "p:1:4: error P107: a value is missing after '+'\n    1 | 1 +\n      |    ^\n");
    CHECK_EQ(errors_of_expression("1 to 2.5 decimals"),
             "p:1:6: error P113: the number of decimals is a whole number below 100, not 2.5\n"
             "    1 | 1 to 2.5 decimals\n"
             "      |      ^^^\n");
    CHECK_EQ(errors_of_expression("let a = 1"), "p:1:1: error P108: 'let' is too much here\n"
                                                "    1 | let a = 1\n"
                                                "      | ^^^\n"
                                                "      = expected here: a value\n");
    CHECK_EQ(errors_of_expression("\xFF").substr(0, 17), "p:1:1: error P101");
  }

  TEST_CASE("messages mark wide characters, tabs and several lines where they stand") {
    const SourceFiles files{{"a/b.policy", "\xEF\xBB\xBF\t费用 > ab\r\nx\x01y\nlast"}};
    Diagnostic d{Severity::warning, "P999", {0, 1, 2, 1, 4}, "here", "", {}};
    CHECK_EQ(to_text(d, files), "a/b.policy:1:2: warning P999: here\n"
                                "    1 |         费用 > ab\n"
                                "      |         ^^^^\n");
    d.span = {0, 1, 7, 3, 2}; // of more than one line: to the end of its first
    d.hint = "a hint";
    d.related = {{{0, 3, 1, 3, 5}, "there"}};
    CHECK_EQ(to_text(d, files), "a/b.policy:1:7: warning P999: here\n"
                                "    1 |         费用 > ab\n"
                                "      |                ^^\n"
                                "      = a hint\n"
                                "      note a/b.policy:3:1: there\n");
    d = {Severity::note, "", {0, 3, 5, 3, 5}, "after the end", "", {}};
    CHECK_EQ(to_text(d, files), "a/b.policy:3:5: note: after the end\n    3 | last\n      |     ^\n");
    d.span = {0, 2, 2, 2, 3};
    CHECK_EQ(to_text(d, files), "a/b.policy:2:2: note: after the end\n    2 | x?y\n      |  ^\n");
    d.span = {7, 1, 1, 1, 2}; // no such file
    CHECK_EQ(to_text(d, files), "?:1:1: note: after the end\n");
  }

  TEST_CASE("a keyword glued to the front of a name") {
    CHECK_EQ(glued_keyword("定义基准点数"), "定义 (define)");
    CHECK_EQ(glued_keyword("当费用"), "当 (when)");
    CHECK_EQ(glued_keyword("合计病例"), "合计 (sum of)");
    CHECK_EQ(glued_keyword("when费用"), "当 (when)");
    CHECK_EQ(glued_keyword("whenever"), "");
    CHECK_EQ(glued_keyword("费用"), "");
    CHECK_EQ(glued_keyword("定义"), "");
  }

} // TEST_SUITE
