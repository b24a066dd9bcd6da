// A policy that uses every construct of the grammar, formatted, in both surfaces: only the keywords differ
// (and the columns that depend on their widths).
#pragma once
#include <string_view>

namespace syntax_sample {

inline constexpr std::string_view english =
    R"POLICY(# A policy that uses every construct of the language once; formatted as the formatter does it.
steelyard 1

policy sample "示例" in force from 2020-12-01 until 2022-01-01
  authority "贵港市医疗保障局"

article 1    "第一条"   "总则"  no computation
article 6    "第六条"           no computation
article 11   "第十一条" "病组与\"例\""
article 附则 "附则"

chapter "data.policy"

enum tier "等级": primary "一级" < secondary (二级) < tertiary (三级) "三级医院"
enum fund_kind: employee, resident,
  retired
range month "月" from 1 to 12

entity drg "病组"
  rows from history by (drg)
  key drg: text
  input weight "权重": ratio(8) from 0 to 100  cite 11 (1) (2), 6
  input rate: ratio(4) from -10% to 85%
  input share: ratio(2) above 0 to 1 optional
  input fee: money per day(2) default -5
  input load: points per day(4) default 0
  input kind: text default "普通"
  input since: date default 2020-01-01
  input basic "基础病组": bool default false
  input stay: days from 1
  input number: count required in row

# 历史病例
entity history file optional
  key id: text  # the number of the case
  input cost: money(2)
  input tier: tier
  input price: value(8) above 0

param min_cases "最少病例数" = 5  assumed "the source text is damaged here"
param rate: ratio(4)
  = 90% from 2020-12-01 until 2021-01-01, 85% from 2021-01-01  cite 6  assumed "not below 85%"

define first_total: money(2) = sum of history.cost
let 合计 = first_total

overall
  define total "全区": money(8) optional rounded down  cite 11
    = mean of history.cost

for each drg
  define base: points(8)  cite 11
    = weight × 100 points
  define half: points(8) rounded half even = base / 2
  define stable: bool
    assumed "decided"
    = count of history >= min_cases and
      cv is given and (cv <= 1 or not basic)

for each drg, tier as drg_tier (病组等级) "病组与等级" file optional
  rows from input, history by (drg, tier), case by (drg, hospital.tier)
  input agreed: ratio(8) optional
  let by_formula  cite 11 = tier_mean / drg.mean or else 1
  define coefficient "差异系数": ratio(8)  cite 11
    = required by_formula
    except agreed: agreed  when agreed is given and tier not in (primary, secondary)  cite 11 (1)
    # the basic ones cost the same everywhere
    except basic:  1       when drg.basic  overrides agreed  assumed "same price"
    except late:   none    when drg.since >= 2020-12-31                               cite 6  overrides agreed, basic
  define higher: ratio(8) optional
    = next of coefficient along tier where tier in (primary)
  define lower: ratio(8) optional = previous of (coefficient + 0.1) along tier

# 高倍率
table high_threshold "高倍率界值": ratio(1) by base: points(8), tier: tier, cost: money(2)  cite 11 (1)
  | base            | tier               | cost             | threshold |
  | below           | any                | otherwise        | 3         |
  | <= 100 points   | primary            | < 1000 yuan      | -2.5      |  cite 11
  | 100 to 200      | primary, secondary | >= -5            | 30%       |  # checked
  | 1 to 2.5 points | "other"            | > 85%            | true      |
  | above           | tertiary           | 100 yuan per day | 1         |  cite 11  assumed "none"

for each case
  let limit = high_threshold(drg.base, hospital.tier, cost) × required drg_tier[drg, hospital.tier].mean
  decide kind "病例类型": optional  cite 11
    ungrouped "未入组"     when drg is missing
    unstable (非稳定病组)  when not drg.stable or drg.kind = "特殊"
    high                   when cost > limit and cost / 1 day != 3 yuan per day  cite 11 (1)
      assumed "one reading of several"
    none                   when point = true
    normal                 otherwise                                             cite 11 (3)
  define points: points(8)  cite 6
    = base  when kind = normal  cite 6 (1)
    = max(0, min(cost, limit) - abs(-fee)) / 1 yuan × 1 point  when kind in (high)
    = none  otherwise
  define long_stay: points(8) rounded ceiling = 1 point per day × stay + (2 × (3 days - 1 day)) × 1 point per day
  check positive: points is missing or required points >= 0 points  cite 6
  require cost_given "费用": cost > 0
    else "case {case} has no cost"  assumed "sensible"

for each fund
  deduct budget "预算": money(2)  cite 6 (1)
    from total_budget - reserve
    less chronic "门诊特殊慢性病"
    less pharmacy "药店购药"  when fund = employee  cite 6 (2)
  define spread: ratio(4) rounded floor = cv of cost over case by (case.fund, month) where this.fund = fund
  define part: ratio(4) rounded half up = share of paid by fund.kind
  define extremes: money(2)
    = max of case.cost - min of case.cost + count of case where cost > 0

for each fund, month
  allocate month_budget "月度预算": money(2) rounded half up  cite 6
    of fund.budget
    each = fund.budget × month_share, the last month takes the rest
  allocate incentive: money(2) of pool
    by points by largest remainder within fund, month, or nothing
  deduct rest: money(2) from total less paid

test "高倍率"  cite 11
  given param min_cases 3
  given overall: total 120.50, first_total -1
  given drg BR21: basic true, weight none, since 2020-01-01
  given drg_tier BR21, secondary: coefficient 1.1, kind "x"
  given history
  given history "1-a"
  expect case C1: kind high,
    points 132
  expect overall: total 0

test "error"
  given fund_month employee, 1: paid 85%
  expect error "positive"
)POLICY";

inline constexpr std::string_view chinese =
    R"POLICY(# A policy that uses every construct of the language once; formatted as the formatter does it.
权衡 1

政策 sample "示例" 施行自 2020-12-01 止于 2022-01-01
  制定机关 "贵港市医疗保障局"

条文 1    "第一条"   "总则"  不涉及计算
条文 6    "第六条"           不涉及计算
条文 11   "第十一条" "病组与\"例\""
条文 附则 "附则"

分章 "data.policy"

类别 tier "等级": primary "一级" < secondary (二级) < tertiary (三级) "三级医院"
类别 fund_kind: employee, resident,
  retired
序号 month "月" 从 1 到 12

对象 drg "病组"
  行取自 history 按 (drg)
  标识 drg: 文本
  输入 weight "权重": 比率(8) 从 0 到 100  依据 11 (1) (2), 6
  输入 rate: 比率(4) 从 -10% 到 85%
  输入 share: 比率(2) 高于 0 到 1 可缺
  输入 fee: 金额 每 天(2) 默认 -5
  输入 load: 点数 每 天(4) 默认 0
  输入 kind: 文本 默认 "普通"
  输入 since: 日期 默认 2020-01-01
  输入 basic "基础病组": 是否 默认 否
  输入 stay: 天数 从 1
  输入 number: 个数 行内必填

# 历史病例
对象 history 文件可缺
  标识 id: 文本  # the number of the case
  输入 cost: 金额(2)
  输入 tier: tier
  输入 price: 点值(8) 高于 0

参数 min_cases "最少病例数" = 5  假定 "the source text is damaged here"
参数 rate: 比率(4)
  = 90% 从 2020-12-01 止于 2021-01-01, 85% 从 2021-01-01  依据 6  假定 "not below 85%"

定义 first_total: 金额(2) = 合计 history.cost
记 合计 = first_total

总体
  定义 total "全区": 金额(8) 可缺 舍入 截尾  依据 11
    = 均值 history.cost

每个 drg
  定义 base: 点数(8)  依据 11
    = weight × 100 点
  定义 half: 点数(8) 舍入 四舍六入五成双 = base / 2
  定义 stable: 是否
    假定 "decided"
    = 计数 history >= min_cases 且
      cv 不缺 且 (cv <= 1 或 非 basic)

每个 drg, tier 称 drg_tier (病组等级) "病组与等级" 文件可缺
  行取自 输入, history 按 (drg, tier), case 按 (drg, hospital.tier)
  输入 agreed: 比率(8) 可缺
  记 by_formula  依据 11 = tier_mean / drg.mean 缺则 1
  定义 coefficient "差异系数": 比率(8)  依据 11
    = 必有 by_formula
    例外 agreed: agreed  当 agreed 不缺 且 tier 非 属于 (primary, secondary)  依据 11 (1)
    # the basic ones cost the same everywhere
    例外 basic:  1       当 drg.basic                                                 优先于 agreed  假定 "same price"
    例外 late:   无      当 drg.since >= 2020-12-31                           依据 6  优先于 agreed, basic
  定义 higher: 比率(8) 可缺
    = 下一 coefficient 沿 tier 其中 tier 属于 (primary)
  定义 lower: 比率(8) 可缺 = 上一 (coefficient + 0.1) 沿 tier

# 高倍率
对照表 high_threshold "高倍率界值": 比率(1) 按 base: 点数(8), tier: tier, cost: 金额(2)  依据 11 (1)
  | base        | tier               | cost         | threshold |
  | 低于        | 任意               | 其他         | 3         |
  | <= 100 点   | primary            | < 1000 元    | -2.5      |  依据 11
  | 100 到 200  | primary, secondary | >= -5        | 30%       |  # checked
  | 1 到 2.5 点 | "other"            | > 85%        | 是        |
  | 高于        | tertiary           | 100 元 每 天 | 1         |  依据 11  假定 "none"

每个 case
  记 limit = high_threshold(drg.base, hospital.tier, cost) × 必有 drg_tier[drg, hospital.tier].mean
  判定 kind "病例类型": 可缺  依据 11
    ungrouped "未入组"     当 drg 缺失
    unstable (非稳定病组)  当 非 drg.stable 或 drg.kind = "特殊"
    high                   当 cost > limit 且 cost / 1 天 != 3 元 每 天  依据 11 (1)
      假定 "one reading of several"
    无                     当 point = 是
    normal                 其他                                          依据 11 (3)
  定义 points: 点数(8)  依据 6
    = base  当 kind = normal  依据 6 (1)
    = 取大(0, 取小(cost, limit) - 绝对值(-fee)) / 1 元 × 1 点  当 kind 属于 (high)
    = 无  其他
  定义 long_stay: 点数(8) 舍入 上取整 = 1 点 每 天 × stay + (2 × (3 天 - 1 天)) × 1 点 每 天
  核对 positive: points 缺失 或 必有 points >= 0 点  依据 6
  要求 cost_given "费用": cost > 0
    否则 "case {case} has no cost"  假定 "sensible"

每个 fund
  扣减 budget "预算": 金额(2)  依据 6 (1)
    从 total_budget - reserve
    减去 chronic "门诊特殊慢性病"
    减去 pharmacy "药店购药"  当 fund = employee  依据 6 (2)
  定义 spread: 比率(4) 舍入 下取整 = 变异系数 cost 遍历 case 按 (case.fund, month) 其中 本行.fund = fund
  定义 part: 比率(4) 舍入 四舍五入 = 占比 paid 按 fund.kind
  定义 extremes: 金额(2)
    = 最大值 case.cost - 最小值 case.cost + 计数 case 其中 cost > 0

每个 fund, month
  分配 month_budget "月度预算": 金额(2) 舍入 四舍五入  依据 6
    总额 fund.budget
    每份 = fund.budget × month_share, 末位 month 取余额
  分配 incentive: 金额(2) 总额 pool
    按 points 按最大余数 同一 fund, month, 或不分配
  扣减 rest: 金额(2) 从 total 减去 paid

算例 "高倍率"  依据 11
  已知 参数 min_cases 3
  已知 总体: total 120.50, first_total -1
  已知 drg BR21: basic 是, weight 无, since 2020-01-01
  已知 drg_tier BR21, secondary: coefficient 1.1, kind "x"
  已知 history
  已知 history "1-a"
  应得 case C1: kind high,
    points 132
  应得 总体: total 0

算例 "error"
  已知 fund_month employee, 1: paid 85%
  应得 报错 "positive"
)POLICY";

} // namespace syntax_sample
