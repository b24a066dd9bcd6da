// The formatter: samples, idempotence, and the two surfaces.
#include "compiler/syntax/parse.h"
#include "tests/unit/syntax_sample.h"
#include <doctest/doctest.h>

using namespace steelyard::syntax;

namespace {

std::string formatted(std::string_view text, Surface surface = Surface::as_written) {
  const SourceFiles files{{"test.policy", std::string(text)}};
  std::vector<Diagnostic> diagnostics;
  parse_policy(files, 0, diagnostics);
  std::string errors;
  for (const Diagnostic &d : diagnostics) errors += to_text(d, files);
  REQUIRE_EQ(errors, "");
  return format_policy(files, 0, surface);
}

std::string tree_of(std::string_view text) {
  const SourceFiles files{{"test.policy", std::string(text)}};
  std::vector<Diagnostic> diagnostics;
  return print_tree(parse_policy(files, 0, diagnostics));
}

std::vector<std::string> clashes(std::string_view text, Surface surface) {
  std::vector<std::string> names;
  for (const Ident &ident : names_that_clash({{"test.policy", std::string(text)}}, 0, surface))
    names.push_back(ident.text);
  return names;
}

} // namespace

TEST_SUITE("syntax: formatter") {

  TEST_CASE("formatted files stay as they are") {
    CHECK_EQ(formatted(syntax_sample::english), syntax_sample::english);
    CHECK_EQ(formatted(syntax_sample::chinese), syntax_sample::chinese);
  }

  TEST_CASE("each surface becomes the other, and back again the same") {
    CHECK_EQ(formatted(syntax_sample::english, Surface::chinese), syntax_sample::chinese);
    CHECK_EQ(formatted(syntax_sample::chinese, Surface::english), syntax_sample::english);
    CHECK_EQ(formatted(syntax_sample::english, Surface::english), syntax_sample::english);
    CHECK_EQ(formatted(syntax_sample::chinese, Surface::chinese), syntax_sample::chinese);
    CHECK_EQ(tree_of(syntax_sample::english), tree_of(syntax_sample::chinese));
  }

  TEST_CASE("blanks, line ends and indentation follow the structure; lines and comments stay") {
    const std::string_view careless = "\xEF\xBB\xBFsteelyard   1\r\n\r\n\r\n\r\n"
                                      "entity   drg  \"x\"#the groups\r\n"
                                      "      key drg :text   \r\n"
                                      "input weight:ratio( 8 )from 0 to 100 #  w  \n"
                                      "for   each drg\n"
                                      "# at the margin\n"
                                      "   \n"
                                      "       # indented\n"
                                      "\tdefine  points:points( 8 )rounded half\tup cite 11( 1 ) , 6\n"
                                      " =weight*( -drg . rate+100points )\n"
                                      "  /max ( 1,\n"
                                      " a [ b,c ] )when not  x<=5%\n"
                                      "cite 4\n"
                                      "=none otherwise\n"
                                      "\n\n"
                                      "# the end\n\n";
    const std::string_view expected = "steelyard 1\n"
                                      "\n"
                                      "entity drg \"x\"  #the groups\n"
                                      "  key drg: text\n"
                                      "  input weight: ratio(8) from 0 to 100  #  w\n"
                                      "for each drg\n"
                                      "# at the margin\n"
                                      "\n"
                                      "  # indented\n"
                                      "  define points: points(8) rounded half up  cite 11 (1), 6\n"
                                      "    = weight × (-drg.rate + 100 points)\n"
                                      "      / max(1,\n"
                                      "      a[b, c])  when not x <= 5%\n"
                                      "      cite 4\n"
                                      "    = none  otherwise\n"
                                      "\n"
                                      "# the end\n";
    CHECK_EQ(formatted(careless), expected);
    CHECK_EQ(formatted(expected), expected);
  }

  TEST_CASE("full-width signs, digits and quotes become ASCII; the multiplication sign stays") {
    CHECK_EQ(formatted("记 a ＝ （１ ＋ ２．５） ＊ ８５％ － b ／ 2 ÷ 3\n"
                       "记 b = 取大（a，b、c）\n"
                       "核对 c： a ≤ 1 且 b ≥ 2 且 c ≠ 3 且 d ＜＝ 4 且 e ＞ 5\n"
                       "参数 d “说\"明\\” = ２０２０-０１-０２ ＃ 注\n"),
             "记 a = (1 + 2.5) × 85% - b / 2 / 3\n"
             "记 b = 取大(a, b, c)\n"
             "核对 c: a <= 1 且 b >= 2 且 c != 3 且 d <= 4 且 e > 5\n"
             "参数 d \"说\\\"明\\\\\" = 2020-01-02  # 注\n");
  }

  TEST_CASE("the columns of a table and of alternatives are aligned, wide characters counting two") {
    CHECK_EQ(formatted("table 界值: ratio(1) by 点: points(8), b: tier\n"
                       "|点|等级|t|\n"
                       "    # between\n"
                       "| <=100 |primary,secondary| 3 | cite 11 # note\n"
                       "|高于 | any|1.25|\n"
                       "overall\n"
                       "  decide kind\n"
                       "    未入组 \"a\" when x cite 1\n"
                       "    b when yyyy = 1\n"
                       "\n"
                       "    normal otherwise cite 2\n"),
             "table 界值: ratio(1) by 点: points(8), b: tier\n"
             "  | 点     | 等级               | t    |\n"
             "  # between\n"
             "  | <= 100 | primary, secondary | 3    |  cite 11  # note\n"
             "  | 高于   | any                | 1.25 |\n"
             "overall\n"
             "  decide kind\n"
             "    未入组 \"a\"  when x  cite 1\n"
             "    b           when yyyy = 1\n"
             "\n"
             "    normal  otherwise  cite 2\n");
  }

  TEST_CASE("units are plural after a number in English, single after per, and one word in Chinese") {
    const std::string_view english =
        "let a = 1 point + 2 points + 1 day / 3 days + 5 yuan per point + 1.0 points per day\n"
        "let days = points + count + 合计\n";
    const std::string_view chinese = "记 a = 1 点 + 2 点 + 1 天 / 3 天 + 5 元 每 点 + 1.0 点 每 天\n"
                                     "记 days = points + count + 合计\n";
    CHECK_EQ(formatted(english), english);
    CHECK_EQ(formatted(english, Surface::chinese), chinese);
    CHECK_EQ(formatted(chinese, Surface::english), english);
    CHECK_EQ(formatted("let a = 2 point + 3 day per days + 3 点数 + 1 天数\n"),
             "let a = 2 points + 3 days per day + 3 点 + 1 天\n");
  }

  TEST_CASE("both surfaces in one file are left as they are") {
    CHECK_EQ(formatted("for each 病组\n  定义 a: money(2) 可缺 = 均值 b or else 合计 c\n"),
             "for each 病组\n  定义 a: money(2) 可缺 = 均值 b or else 合计 c\n");
  }

  TEST_CASE("names that would run together with English keywords are found") {
    CHECK_EQ(clashes("记 a = x 或 nothing\n", Surface::english), std::vector<std::string>{"nothing"});
    CHECK_EQ(clashes("扣减 x: rows 从 y 减去 z\n", Surface::english), std::vector<std::string>{"rows"});
    CHECK_EQ(clashes("记 a = x 或 nothing\n", Surface::chinese), std::vector<std::string>{});
    CHECK_EQ(clashes("记 nothing = rows 且 share × each_case\n", Surface::english),
             std::vector<std::string>{});
    CHECK_EQ(clashes(syntax_sample::chinese, Surface::english), std::vector<std::string>{});
  }

} // TEST_SUITE
