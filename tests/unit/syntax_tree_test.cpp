// The syntax trees of representative pieces in both surfaces, whole. Long, because trees are: one piece for
// each construct.
#include "compiler/syntax/parse.h"
#include <doctest/doctest.h>

using namespace steelyard::syntax;

namespace {

std::string tree_of(std::string text, bool places = false) {
  const SourceFiles files{{"p", std::move(text)}};
  std::vector<Diagnostic> diagnostics;
  const PolicyFile file = parse_policy(files, 0, diagnostics);
  std::string errors;
  for (const Diagnostic &d : diagnostics) errors += to_text(d, files);
  return errors + print_tree(file, places);
}

} // namespace

TEST_SUITE("syntax: trees") {

  TEST_CASE("declarations") {
    const std::string_view tree = R"P(file of language version 1
  policy p (甲) "P" from 2020-12-01 until 2022-01-01 authority "Q"
  chapter "data.policy"
  uses "../scheme" as grouping (分组)
  article 11 "第十一条" "病组"
  article 12 "第十二条" no computation
  enum tier ordered
    member primary "一级"
    member secondary (二级)
  enum kind
    member a
    member b
  range month from 1 to 12
  entity case "病例" file optional
    rows from
      history by
        path drg
        path hospital.tier
    key case: text
    input drg: drg optional
    input cost "费用": money(2) from 0 to 100 cite 6 (1) (2) cite 7 assumed "r"
      default
        number -5
    input rate: ratio(4) above 0.05 required in row
    input fee: money per day(2)
      default
        number 3
    input flag: bool
      default
        true
    input day: date
      default
        date 2020-02-30
    input text: text
      default
        text "x\"y\\"
  param p: money(2) cite 6
    value until 2021-01-01
      number 5 yuan
    value from 2021-01-01
      number 85%
)P";
    CHECK_EQ(tree_of(R"P(steelyard 1
policy p (甲) "P" in force from 2020-12-01 until 2022-01-01 authority "Q"
chapter "data.policy"
uses "../scheme" as grouping (分组)
article 11 "第十一条" "病组"
article 12 "第十二条" no computation
enum tier: primary "一级" < secondary (二级)
enum kind: a, b
range month from 1 to 12
entity case "病例" file optional
  rows from history by (drg, hospital.tier)
  key case: text
  input drg: drg optional
  input cost "费用": money(2) from 0 to 100 default -5  cite 6 (1) (2), 7  assumed "r"
  input rate: ratio(4) above 5% required in row
  input fee: money per day(2) default 3
  input flag: bool default true
  input day: date default 2020-02-30
  input text: text default "x\"y\\"
param p: money(2) = 5 yuan until 2021-01-01, 85% from 2021-01-01  cite 6
)P"),
             tree);
    CHECK_EQ(tree_of(R"P(权衡 1
政策 p (甲) "P" 施行自 2020-12-01 止于 2022-01-01 制定机关 "Q"
分章 "data.policy"
使用 "../scheme" 称 grouping (分组)
条文 11 "第十一条" "病组"
条文 12 "第十二条"  不涉及计算
类别 tier: primary "一级" < secondary (二级)
类别 kind: a, b
序号 month 从 1 到 12
对象 case "病例" 文件可缺
  行取自 history 按 (drg, hospital.tier)
  标识 case: 文本
  输入 drg: drg 可缺
  输入 cost "费用": 金额(2) 从 0 到 100 默认 -5  依据 6 (1) (2), 7  假定 "r"
  输入 rate: 比率(4) 高于 5% 行内必填
  输入 fee: 金额 每 天(2) 默认 3
  输入 flag: 是否 默认 是
  输入 day: 日期 默认 2020-02-30
  输入 text: 文本 默认 "x\"y\\"
参数 p: 金额(2) = 5 元 止于 2021-01-01, 85% 从 2021-01-01  依据 6
)P"),
             tree);
  }

  TEST_CASE("scopes and definitions") {
    const std::string_view tree = R"P(file of language version 1
  overall
    let run
      number 1
    define whole: count
      case
        number 2
  overall
    define total: money(8) optional rounded down cite 1
      case
        mean of
          path history.cost
  for each drg, tier as drg_tier (病组等级) "L" file optional
    rows from
      input
      case by
        path drg
    define a "A": ratio(8) rounded half even cite 13
      case cite 14
        path b
        when
          =
            path c
            number 1
      case
        none
        otherwise
      except d overrides g, h cite 15
        path e
        when
          path f
      except i (j)
        none
        when
          path k
    decide kind: optional cite 11
      alternative low "低"
        when
          path a
      alternative none
        when
          path b
      alternative normal assumed "n"
        otherwise
    deduct d: money(2) cite 6
      from
        +
          path a
          path b
      less "C" cite 7
        path c
        when
          =
            path d
            path e
      less
        path f.g
    allocate m: money(2) rounded half up
      of
        path w
      each
        ×
          path w
          path s
      the last month
    allocate n: money(2)
      of
        path w
      by
        path p
      within f, g
      or nothing
    check ok cite 1
      >
        path a
        path b
    require r "R" else "text {a}"
      is given
        path a
)P";
    CHECK_EQ(tree_of(R"P(let run = 1
define whole: count = 2
overall
  define total: money(8) optional rounded down  cite 1 = mean of history.cost
for each drg, tier as drg_tier (病组等级) "L" file optional
  rows from input, case by (drg)
  define a "A": ratio(8) rounded half even  cite 13
    = b  when c = 1  cite 14
    = none  otherwise
    except d: e  when f  overrides g, h  cite 15
    except i (j): none  when k
  decide kind: optional  cite 11
    low "低" when a
    none when b
    normal otherwise  assumed "n"
  deduct d: money(2)  cite 6
    from a + b
    less c "C" when d = e  cite 7
    less f.g
  allocate m: money(2) rounded half up of w
    each = w × s, the last month takes the rest
  allocate n: money(2) of w by p by largest remainder within f, g or nothing
  check ok: a > b  cite 1
  require r "R": a is given else "text {a}"
)P"),
             tree);
    CHECK_EQ(tree_of(R"P(记 run = 1
定义 whole: 个数 = 2
总体
  定义 total: 金额(8) 可缺 舍入 截尾  依据 1 = 均值 history.cost
每个 drg, tier 称 drg_tier (病组等级) "L" 文件可缺
  行取自 输入, case 按 (drg)
  定义 a "A": 比率(8) 舍入 四舍六入五成双  依据 13
    = b  当 c = 1  依据 14
    = 无  其他
    例外 d:     e   当 f  优先于 g, h  依据 15
    例外 i (j): 无  当 k
  判定 kind: 可缺  依据 11
    low "低"  当 a
    无        当 b
    normal    其他  假定 "n"
  扣减 d: 金额(2)  依据 6
    从 a + b
    减去 c "C"  当 d = e  依据 7
    减去 f.g
  分配 m: 金额(2) 舍入 四舍五入 总额 w
    每份 = w × s, 末位 month 取余额
  分配 n: 金额(2) 总额 w 按 p 按最大余数 同一 f, g 或不分配
  核对 ok: a > b  依据 1
  要求 r "R": a 不缺  否则 "text {a}"
)P"),
             tree);
  }

  TEST_CASE("expressions: which operator binds how") {
    const std::string_view tree = R"P(file of language version 1
  overall
    let a
      -
        +
          path b
          ×
            path c
            path d
        /
          path e
          path f
    let g
      +
        ×
          negate
            path h
          required
            path i.j
        path k
    let l
      or
        and
          >
            or else
              path m
              +
                path n
                number 1
            path o
          not
            =
              path p
              path q
        path r
    let s
      or
        and
          is missing
            path t
          not in (v, w)
            path u
        in (y)
          path x
    let z
      >=
        ×
          parentheses
            +
              path a
              path b
          number 2
        path c
    let d
      not
        is given
          path e
)P";
    CHECK_EQ(tree_of(R"P(let a = b + c × d - e / f
let g = -h × required i.j + k
let l = m or else n + 1 > o and not p = q or r
let s = t is missing and u not in (v, w) or x in (y)
let z = (a + b) × 2 >= c
let d = not e is given
)P"),
             tree);
    CHECK_EQ(tree_of(R"P(记 a = b + c × d - e / f
记 g = -h × 必有 i.j + k
记 l = m 缺则 n + 1 > o 且 非 p = q 或 r
记 s = t 缺失 且 u 非 属于 (v, w) 或 x 属于 (y)
记 z = (a + b) × 2 >= c
记 d = 非 e 不缺
)P"),
             tree);
  }

  TEST_CASE("expressions: aggregates, neighbours, calls, paths") {
    const std::string_view tree = R"P(file of language version 1
  overall
    let a
      sum of over d
        path b.c
        by
          path e.f
        by
          path g
        where
          and
            =
              path h
              path this.i
            path j
    let k
      count of
        path l
        where
          >
            path m
            +
              path n
              number 1
    let o
      +
        share of
          path p
          by
            path q
        ×
          mean of
            parentheses
              ×
                path r
                path s
          path t
    let u
      next of along w
        path v
        where
          path x
    let y
      +
        previous of along w
          parentheses
            +
              path z
              number 1
        number 1
    let b
      +
        function max
          path c
          function min
            path d
            function abs
              path e
        table f
          path g
          path h
    let i
      path fund_month[].value.points[]
        subscript of fund_month
          path fund
          +
            path review_month
            number 1
        subscript of points
          number 1
    let j
      path this.k.l
    let m
      +
        +
          +
            +
              +
                number 1 point per day
                number 85%
              date 2020-12-01
            text "t"
          false
        number 3 day
)P";
    CHECK_EQ(tree_of(R"P(let a = sum of b.c over d by (e.f, g) where h = this.i and j
let k = count of l where m > n + 1
let o = share of p by q + mean of (r × s) × t
let u = next of v along w where x
let y = previous of (z + 1) along w + 1
let b = max(c, min(d, abs(e))) + f(g, h)
let i = fund_month[fund, review_month + 1].value.points[1]
let j = this.k.l
let m = 1 point per day + 85% + 2020-12-01 + "t" + false + 3 days
)P"),
             tree);
    CHECK_EQ(tree_of(R"P(记 a = 合计 b.c 遍历 d 按 (e.f, g) 其中 h = 本行.i 且 j
记 k = 计数 l 其中 m > n + 1
记 o = 占比 p 按 q + 均值 (r × s) × t
记 u = 下一 v 沿 w 其中 x
记 y = 上一 (z + 1) 沿 w + 1
记 b = 取大(c, 取小(d, 绝对值(e))) + f(g, h)
记 i = fund_month[fund, review_month + 1].value.points[1]
记 j = 本行.k.l
记 m = 1 点 每 天 + 85% + 2020-12-01 + "t" + 否 + 3 天
)P"),
             tree);
  }

  TEST_CASE("soft keywords as names") {
    const std::string_view tree = R"P(file of language version 1
  overall
    let points
      +
        path days
        ×
          path count
          path value
    let 合计
      -
        +
          sum of
            path 合计
          path 计数
        ×
          path 均值.点
          max of
            path 天
    define day: days
      case
        path point
    define money: money(2)
      case
        table ratio
          path date
)P";
    CHECK_EQ(tree_of(R"P(let points = days + count × value
let 合计 = sum of 合计 + 计数 - 均值.点 × max of 天
define day: days = point
define money: money(2) = ratio(date)
)P"),
             tree);
    CHECK_EQ(tree_of(R"P(记 points = days + count × value
记 合计 = 合计 合计 + 计数 - 均值.点 × 最大值 天
定义 day: 天数 = point
定义 money: 金额(2) = ratio(date)
)P"),
             tree);
  }

  TEST_CASE("tables") {
    const std::string_view tree = R"P(file of language version 1
  table t "T": ratio(1) cite 11 (1)
    by a "A": points(8)
    by b: tier
    row
      cell of names a
      cell of names b
      cell of names t
    row cite 12
      cell <= 100 point
      cell of names x, y
      cell
        number 3
    row
      cell from -1 to 2.5 yuan
      cell any
      cell
        number -85%
    row
      cell > 0.05
      cell
        text "z"
      cell
        true
    row
      cell above
      cell otherwise
      cell
        number 100 yuan per day
    row
      cell below
      cell below
      cell
        date 2020-01-01
)P";
    CHECK_EQ(tree_of(R"P(table t "T": ratio(1) by a "A": points(8), b: tier  cite 11 (1)
  | a | b | t |
  | <= 100 points | x, y | 3 |  cite 12
  | -1 to 2.5 yuan | any | -85% |
  | > 5% | "z" | true |
  | above | otherwise | 100 yuan per day |
  | below | below | 2020-01-01 |
)P"),
             tree);
    CHECK_EQ(tree_of(R"P(对照表 t "T": 比率(1) 按 a "A": 点数(8), b: tier  依据 11 (1)
  | a            | b    | t            |
  | <= 100 点    | x, y | 3            |  依据 12
  | -1 到 2.5 元 | 任意 | -85%         |
  | > 5%         | "z"  | 是           |
  | 高于         | 其他 | 100 元 每 天 |
  | 低于         | 低于 | 2020-01-01   |
)P"),
             tree);
  }

  TEST_CASE("worked examples") {
    const std::string_view tree = R"P(file of language version 1
  test "t" cite 11 (1)
    given param p
      number 5%
    given overall
      x is
        number -1
    given drg
      key name BR21
      base is
        number 120
      stable is
        true
      weight is none
      tier is name secondary
    given a_b
      key name BR21
      key
        text "x-1"
      key
        number 3
    expect case
      key name C1
      kind is name high
    expect overall
      total is
        number 2 yuan
  test "u"
    given history
    expect error "cost"
  test "v"
    expect error
)P";
    CHECK_EQ(tree_of(R"P(test "t"  cite 11 (1)
  given param p 5%
  given overall: x -1
  given drg BR21: base 120, stable true, weight none, tier secondary
  given a_b BR21, "x-1", 3
  expect case C1: kind high
  expect overall: total 2 yuan
test "u"
  given history
  expect error "cost"
test "v"
  expect error
)P"),
             tree);
    CHECK_EQ(tree_of(R"P(算例 "t"  依据 11 (1)
  已知 参数 p 5%
  已知 总体: x -1
  已知 drg BR21: base 120, stable 是, weight 无, tier secondary
  已知 a_b BR21, "x-1", 3
  应得 case C1: kind high
  应得 总体: total 2 元
算例 "u"
  已知 history
  应得 报错 "cost"
算例 "v"
  应得 报错
)P"),
             tree);
  }
  TEST_CASE("places count code points; a byte order mark and full-width blanks are no part of the text") {
    CHECK_EQ(tree_of("\xEF\xBB\xBF权衡 1\n记　费用 = “甲” × ２\n", true), R"P(file of language version 1
  overall @2:1-2:15
    let 费用 @2:1-2:15
      × @2:8-2:15
        text "甲" @2:8-2:11
        number 2 @2:14-2:15
)P");
  }

  TEST_CASE("an '=' that begins a line of a definition begins a case; elsewhere it compares") {
    const std::string_view tree = R"P(file of language version 1
  overall
    let a
      =
        path b
        path c
    define d: bool
      case
        path b
        when
          =
            path e
            path f
      case
        path g
        otherwise
)P";
    CHECK_EQ(tree_of("let a = b\n  = c\ndefine d: bool\n  = b when e = f\n  = g otherwise\n"), tree);
    CHECK_EQ(tree_of("let a =\n b = c\ndefine d: bool = b when\n e\n    = f\n = g otherwise\n").substr(0, 13),
             "p:5:7: error ");
    CHECK_EQ(tree_of("let a\n = (b\n = c)\n").find("error"), std::string::npos);
  }

  TEST_CASE("a file may be empty") {
    CHECK_EQ(tree_of(""), "file of language version 1\n");
    CHECK_EQ(tree_of("\n\n  # only a comment"), "file of language version 1\n");
  }

  TEST_CASE("items go on over comments, blank lines and lines indented in another way") {
    CHECK_EQ(tree_of("for each a\n  decide b\n    c when d\n\n    # note\n   e\n  otherwise\n"),
             R"P(file of language version 1
  for each a
    decide b
      alternative c
        when
          path d
      alternative e
        otherwise
)P");
  }

} // TEST_SUITE
