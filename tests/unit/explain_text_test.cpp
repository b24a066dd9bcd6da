// Explanations as text, whole: every digit and every mark is what an auditor reads.
#include "tests/unit/explain_fixture.h"

using namespace explain_test;

namespace {

const char *const cases_zh = R"(权衡 1
政策 试行 (trial) "试行办法"
  施行自 2020-01-01
条文 3 "第三条" "病例类型"
条文 16 "第十六条" "点数"

类别 等级 (tier): 一级 (primary) < 二级 (secondary)

对象 病组 (drg)
  标识 病组 (drg): 文本
  输入 权重 (weight): 比率(4)
  输入 基础 (basic): 是否 默认 否

对象 病例 (case)
  标识 病例 (case): 文本
  输入 病组 (drg): 病组 可缺
  输入 费用 (cost) "医疗费用": 金额(2)

参数 折扣 (discount): 比率(2) = 0.7 止于 2021-01-01, 0.75 从 2021-01-01  依据 3

对照表 界值 (threshold): 比率(1) 按 权重 (weight): 比率(4)  依据 3 (1)
  | 权重 | 界值 |
  | <= 1 | 3    |
  | 高于 | 2    |

每个 病组
  定义 例均 (mean): 金额(8) 可缺  依据 16
    = 均值 病例.费用
  定义 系数 (coefficient): 比率(2)  依据 16 (1)
    = 折扣 × 权重
    例外 基础病组 (base): 1  当 基础  依据 16 (12)

每个 病例
  记 倍数 (times) = 费用 / 必有 病组.例均
  判定 类型 (kind)  依据 3
    未入组 (ungrouped)  当 病组 缺失
    高 (high)           当 费用 > 界值(病组.权重) × 必有 病组.例均  假定 "条文没有写明用哪一种费用"
    正常 (normal)       其他
  定义 点数 (points): 点数(4)  依据 16 (2)
    = 100 点 × 倍数 × 病组.系数  当 类型 属于 (高, 正常) 且 病组 不缺
    = 0  其他
)";

const std::map<std::string, std::string> cases_data = {
    {"drg.csv", "drg,weight,basic\nA,0.5000,\nB,1.2500,true\n"},
    {"case.csv", "case,drg,cost\nC1,A,100.00\nC2,A,5000.10\nC3,B,100\nC4,,70\nC5,A,0\nC6,A,1.00\n"}};

constexpr std::int64_t first_of_2021 = 18628;

const char *const hospitals_en = R"(steelyard 1
policy trial "Trial"
  in force from 2020-01-01
article 5 "Article 5"
article 6 "Article 6"

enum kind: public, private
range month from 1 to 3

entity hospital
  key hospital: text
  input kind: kind
  input beds: count
  input budget: money(2)
  input rent: money(2) optional
  input pool: money(2) optional

param prize: money(2) = 100  cite 6

for each hospital
  deduct net: money(2)  cite 5
    from budget
    less rent "rent of rooms"
    less pool  when kind = public  cite 5 (2)
  allocate reward: money(2)  cite 6  assumed "in proportion to beds"
    of prize
    by beds, by largest remainder
  define loan: money(2) rounded floor = net / 7 - 1 yuan

for each hospital, month
  rows from month_of by (hospital, month)
  input spent: money(2) default 0
  allocate part: money(2) of hospital.net  each = hospital.net / 3, the last month takes the rest
  define before: money(2) optional = previous of part along month where month != 2
  define so_far: money(2) = sum of hospital_month.spent by hospital where month <= this.month

entity month_of
  key id: text
  input hospital: hospital
  input month: month

overall
  define beds: count = sum of hospital.beds
  check enough: sum of hospital.beds > 3
)";

const std::map<std::string, std::string> hospitals_data = {
    {"hospital.csv", "hospital,kind,beds,budget,rent,pool\nH1,public,1,1000.01,300.00,\nH2,private,2,10,,0\n"
                     "H3,private,3,1.00,2.50,\n"},
    {"hospital_month.csv", "hospital,month,spent\nH1,1,5\nH1,2,6.5\nH2,1,1\n"},
    {"month_of.csv", "id,hospital,month\n1,H1,1\n2,H1,2\n3,H1,3\n"}};

} // namespace

TEST_SUITE("explain: text") {
  TEST_CASE("a case in Chinese: table, decision, exceptions, lets, periods") {
    Explained explained(cases_zh, cases_data, first_of_2021);
    CHECK(explained.text("病例=C2", Language::zh) == R"(
病例 C2: 病组 A, 类型 高
试行办法 (trial), 自 2020-01-01 施行

结果
  类型           高  第三条        [4]
  点数  148.9905 点  第十六条(二)  [5]

输入
  病组                      A
  费用 "医疗费用"  5000.10 元

参数
  折扣  0.75 (75%)  第三条, 自 2021-01-01

──── 病组 A ────
输入: 权重 0.5000, 基础 否
[1] 例均 (mean)  第十六条
    = 均值 病例.费用
        病例 (病组 = A): 4 行, 合计 5101.10
            病例 C1   100.00    (case=C1)
            病例 C2  5000.10    (case=C2)
            病例 C5     0.00    (case=C5)
            病例 C6     1.00    (case=C6)
            合计     5101.10
    = 5101.10 ÷ 4
    = 1275.27500000 元
[2] 系数 (coefficient)  第十六条(一)
    ✗ 例外 基础病组  第十六条(十二): 当 基础
        基础 = 否
    ✓ 一般规则: 折扣 × 权重 (没有例外成立)
    = 折扣 × 权重
    = 0.75 × 0.5000
    = 0.375
    → 0.38  (四舍五入到 2 位小数)

──── 病例 C2 ────
[3] 倍数 (times)  精确值, 不舍入
    = 费用 ÷ 病组.例均  ← [1]
    = 5000.10 ÷ 1275.27500000
    = 3.920801395777…  (精确值 200004/51011)
[4] 类型 (kind)  第三条
    ✗ 未入组: 当 病组 缺失
        病组 = A
    ✓ 高: 当 费用 > 界值(病组.权重) × 病组.例均  ← [1]
        5000.10 > 界值(0.5000) × 1275.27500000 = 3.0 × 1275.27500000 = 3825.82500000
        对照表 界值  第三条(一): 权重 0.5000 ≤ 1 → 3.0
        假定: 条文没有写明用哪一种费用
    · 不再判断: 正常
    = 高
[5] 点数 (points)  第十六条(二)
    ✓ 100 点 × 倍数 × 病组.系数: 当 类型 属于 (高, 正常) 且 病组 不缺  ← [4]
        ✓ 类型 属于 (高, 正常) — 类型 = 高
        ✓ 病组 不缺 — 病组 = A
    · 不再判断: 0
    = 100 点 × 倍数 × 病组.系数  ← [3], [2]
    = 100 × 3.920801395777… × 0.38
    = 148.9904530395…
    → 148.9905 点  (四舍五入到 4 位小数)

以上所依据的假定 (条文没有写明, 由政策文件定下)
  类型 (高): 条文没有写明用哪一种费用

括号里的, 接在命令之后即得其推导: steelyard explain p --data d 行 --only 名
)");
    CHECK(explained.text("case=C4", Language::zh) == R"(
病例 C4: 病组 无, 类型 未入组
试行办法 (trial), 自 2020-01-01 施行

结果
  类型     未入组  第三条        [1]
  点数  0.0000 点  第十六条(二)  [2]

输入
  病组                   无
  费用 "医疗费用"  70.00 元

──── 病例 C4 ────
[1] 类型 (kind)  第三条
    ✓ 未入组: 当 病组 缺失
    · 不再判断: 高; 正常
    = 未入组
[2] 点数 (points)  第十六条(二)
    ✗ 100 点 × 倍数 × 病组.系数: 当 类型 属于 (高, 正常) 且 病组 不缺  ← [1]
        ✗ 类型 属于 (高, 正常) — 类型 = 未入组
        · 病组 不缺 — 前项已定, 不再看
    ✓ 0: 其他
    = 0.0000 点
)");
    CHECK(explained.text("病组=B", Language::zh, "系数") == R"(
病组 B
试行办法 (trial), 自 2020-01-01 施行

──── 病组 B ────
输入: 基础 是
[1] 系数 (coefficient)  第十六条(一)
    ✓ 例外 基础病组  第十六条(十二): 当 基础
        基础 = 是
    · 不再判断: 一般规则: 折扣 × 权重
    = 1.00
)");
  }

  TEST_CASE("deductions, both ways to allocate, neighbours and aggregates in English") {
    Explained explained(hospitals_en, hospitals_data);
    CHECK(explained.text("hospital=H1") == R"(
hospital H1: kind public
Trial (trial), from 2020-01-01

Results
  net     700.01 yuan  article 5  [1]
  reward   16.67 yuan  article 6  [2]
  loan     99.00 yuan             [3]

Inputs
  kind          public
  beds               1
  budget  1000.01 yuan
  rent     300.00 yuan
  pool            none

Parameters
  prize  100.00 yuan  article 6

──── hospital H1 ────
[1] net  article 5
      budget                  1000.01
    - rent "rent of rooms"     300.00
    - pool                  0 (empty)  article 5 (2)  ✓ when kind = public
    = 700.01 yuan
[2] reward  article 6
    assumed: in proportion to beds
    the whole: prize = 100.00 yuan
    by beds = 1, sum of the weights of 3 rows 6  (row by row: hospital=H1 --only reward)
    = 100.00 × 1 ÷ 6 = 16.66666666…
    first 16.66; its remainder 0.00666666… is number 1 by size among 3 rows; left over are 1 × 0.01, one for each of the 1 largest remainders: one for this row
    = 16.67 yuan
[3] loan
    = net ÷ 7 - 1 yuan  ← [1]
    = 700.01 ÷ 7 - 1
    = 100.001428571428… - 1
    = 99.00142857…
    → 99.00 yuan  (rounded down (floor) to 2 decimals)

Assumptions that this rests on (decided by the policy file where the regulation is silent)
  reward: in proportion to beds

What stands in parentheses completes the command: steelyard explain p --data d ROW --only NAME
)");
    CHECK(explained.text("hospital=H2", Language::en, "reward") == R"(
hospital H2: kind private
Trial (trial), from 2020-01-01

Parameters
  prize  100.00 yuan  article 6

──── hospital H2 ────
inputs: beds 2
[1] reward  article 6
    assumed: in proportion to beds
    the whole: prize = 100.00 yuan
    by beds = 2, sum of the weights of 3 rows 6
    = 100.00 × 2 ÷ 6 = 33.33333333…
                     weight    exact part   part
        hospital H1       1  16.66666666…  16.67
        hospital H2       2  33.33333333…  33.33
        hospital H3       3         50.00  50.00
    first 33.33; its remainder 0.00333333… is number 2 by size among 3 rows; left over are 1 × 0.01, one for each of the 1 largest remainders: none for this row
    = 33.33 yuan

Assumptions that this rests on (decided by the policy file where the regulation is silent)
  reward: in proportion to beds
)");
    CHECK(explained.text("hospital_month=H1,3") == R"(
hospital_month H1, 3
Trial (trial), from 2020-01-01

Results
  part    233.33 yuan    [3]
  before  233.34 yuan    [4]
  so_far   11.50 yuan    [5]

Inputs
  spent  0.00 yuan  no such row in hospital_month.csv: the default

──── hospital H1 ────
inputs: kind public
[1] net  article 5
      budget                  1000.01
    - rent "rent of rooms"     300.00
    - pool                  0 (empty)  article 5 (2)  ✓ when kind = public
    = 700.01 yuan

──── hospital_month H1, 1 ────
[2] part
    the whole: hospital.net = 700.01 yuan  ← [1]
    = hospital.net ÷ 3  ← [1]
    = 700.01 ÷ 3
    = 233.33666666…
    → 233.34 yuan  (rounded half up to 2 decimals)

──── hospital_month H1, 3 ────
[3] part
    the whole: hospital.net = 700.01 yuan  ← [1]
    this row is the last (month): it takes what the other 2 leave:
        hospital_month H1, 1  233.34
        hospital_month H1, 2  233.34
        sum                   466.68
    = 700.01 - 466.68
    = 233.33 yuan
[4] before
    = previous of part (along month, where month ≠ 2)  ← [2]
        previous along month: hospital_month H1, 1 (passing over hospital_month H1, 2: the condition does not hold there)
    = 233.34 yuan
[5] so_far
    = sum of hospital_month.spent where month ≤ this.month
        hospital_month (hospital = H1, month ≤ this.month): 3 rows, sum 11.50
            hospital_month H1, 1   5.00    (hospital_month=H1,1)
            hospital_month H1, 2   6.50    (hospital_month=H1,2)
            hospital_month H1, 3   0.00    (hospital_month=H1,3)
            sum                   11.50
    = 11.50 yuan

What stands in parentheses completes the command: steelyard explain p --data d ROW --only NAME
)");
    CHECK(explained.text("hospital_month=H1,3", Language::zh, "so_far") == R"(
hospital_month H1, 3
Trial (trial), 自 2020-01-01 施行

──── hospital_month H1, 3 ────
[1] so_far
    = 合计 hospital_month.spent 其中 month ≤ 本行.month
        hospital_month (hospital = H1, month ≤ 本行.month): 3 行, 合计 11.50
            hospital_month H1, 1   5.00    (hospital_month=H1,1)
            hospital_month H1, 2   6.50    (hospital_month=H1,2)
            hospital_month H1, 3   0.00    (hospital_month=H1,3)
            合计                  11.50
    = 11.50 元

括号里的, 接在命令之后即得其推导: steelyard explain p --data d 行 --only 名
)");
    CHECK(explained.text("overall") == R"(
overall
Trial (trial), from 2020-01-01

Results
  beds  6    [1]

──── overall ────
[1] beds
    = sum of hospital.beds
        hospital: 3 rows, sum 6
            hospital H1  1    (hospital=H1)
            hospital H2  2    (hospital=H2)
            hospital H3  3    (hospital=H3)
            sum          6
    = 6

Checks
  ✓ enough: sum of hospital.beds > 3 — 6 > 3

What stands in parentheses completes the command: steelyard explain p --data d ROW --only NAME
)");
  }

  TEST_CASE("a data error stands at the step where it arises") {
    Explained explained(hospitals_en, hospitals_data);
    CHECK(explained.text("hospital=H3", Language::zh) == R"(
hospital H3: kind private
Trial (trial), 自 2020-01-01 施行

数据错误
  hospital hospital=H3: net (p.policy:21): budget less its deductions is -1.50; the largest deduction is rent rent of rooms, 2.50 [D607]

结果
  net     (无法得出)  Article 5  [1]
  reward    50.00 元  Article 6  [2]
  loan    (无法得出)             [3]

输入
  kind    private
  beds          3
  budget  1.00 元
  rent    2.50 元
  pool         无

参数
  prize  100.00 元  Article 6

──── hospital H3 ────
[1] net  Article 5
      budget                1.00
    - rent "rent of rooms"  2.50
    - pool                     0  Article 5(二)  ✗ 当 kind = public: kind = private, 不扣
    = (无法得出)
    数据错误: budget less its deductions is -1.50; the largest deduction is rent rent of rooms, 2.50
[2] reward  Article 6
    假定: in proportion to beds
    分配的总额: prize = 100.00 元
    按 beds = 3, 3 行的权数合计 6  (逐行: hospital=H3 --only reward)
    = 100.00 × 3 ÷ 6 = 50.00
    先取 50.00, 余数 0.00 在 3 行中第 3 大; 剩下 1 个 0.01, 分给余数最大的 1 行各一个, 本行不得
    = 50.00 元
[3] loan
    = net ÷ 7 - 1 元  ← [1]
    = (无法得出) ÷ … - …
    = (无法得出)

以上所依据的假定 (条文没有写明, 由政策文件定下)
  reward: in proportion to beds

括号里的, 接在命令之后即得其推导: steelyard explain p --data d 行 --only 名
)");
    CHECK(Explained(hospitals_en, hospitals_data).derive("hospital=H1").errors.empty());
  }

  TEST_CASE("digits are shown as far as they decide the rounding") {
    using explain::before_rounding;
    const auto third = number::Exact(number::Integer(1), number::Integer(3));
    CHECK(before_rounding(third, 2) == "0.33333333…");
    // 0.005 and a little more: the first digits alone would look like a tie.
    const auto tie = number::Exact(5) / number::Exact(1000) + third / number::Exact(1'000'000'000'000);
    CHECK(before_rounding(tie, 2) == "0.00500000000033…");
    CHECK(before_rounding(number::Exact(-5) / number::Exact(1000), 2) == "-0.005");
    CHECK(explain::root_text(number::Exact(2), false, 3) == "1.414213562…");
    CHECK(explain::root_text(number::Exact(4), true, 3) == "-2.000");
    CHECK(explain::number_text(third, 2) == "0.333333333333…");
    CHECK(explain::number_text(number::Exact(1) / number::Exact(8), 2) == "0.125");
    CHECK(explain::number_text(number::Exact(3), 2) == "3.00");
  }
}
