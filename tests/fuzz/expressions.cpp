// Numbers: leaves, arithmetic, functions.
#include "tests/fuzz/expressions.h"
#include <algorithm>
#include <cmath>
#include <fmt/core.h>

namespace steelyard::fuzz {

namespace {

const char *unit_of(const Dimension &dimension) {
  if (dimension == yuan) return " yuan";
  if (dimension == points) return " points";
  if (dimension == days) return " days";
  if (dimension == yuan_per_point) return " yuan per point";
  if (dimension == yuan_per_day) return " yuan per day";
  return "";
}

int wider(int a, int b) {
  return a < 0 || b < 0 ? -1 : std::max(a, b);
}

Dimension times(const Dimension &a, const Dimension &b, int sign) {
  return {static_cast<std::int8_t>(a.yuan + sign * b.yuan),
          static_cast<std::int8_t>(a.point + sign * b.point), static_cast<std::int8_t>(a.day + sign * b.day)};
}

Extent added(const Extent &a, const Extent &b, bool minus) {
  Extent out;
  out.high = std::max(a.high, b.high) + 0.31;
  out.nonnegative = !minus && a.nonnegative && b.nonnegative;
  out.positive = out.nonnegative && (a.positive || b.positive);
  out.low = std::max(a.positive ? a.low : -30, b.positive ? b.low : -30);
  return out;
}

} // namespace

Dimension Expressions::any_dimension() {
  static const Dimension all[] = {plain, yuan, points, days, yuan_per_point, yuan_per_day};
  return all[random_.weighted({30, 40, 15, 4, 8, 3})];
}

Written Expressions::grouped(Written written, int level) {
  if (written.level <= level) return written;
  written.text = "(" + written.text + ")";
  written.level = 0;
  return written;
}

Written Expressions::literal(Dimension dimension) {
  static const char *const texts[] = {"1",        "2",      "3",    "5",        "7",    "10",        "100",
                                      "1000",     "0.5",    "0.25", "0.05",     "0.01", "1.005",     "0.125",
                                      "2.5",      "33.33",  "1.5",  "12345.67", "0.3",  "0.333",     "250000",
                                      "99999.99", "0.0001", "1.01", "40",       "8.88", "0.00000001"};
  static const char *const percents[] = {"30%", "85%", "0.5%", "100%", "12.5%", "70%", "150%"};
  Written out;
  std::string digits = texts[random_.below(std::size(texts))];
  if (dimension == plain && random_.chance(40)) digits = percents[random_.below(std::size(percents))];
  const bool percent = digits.back() == '%';
  const double value = std::stod(digits) / (percent ? 100 : 1);
  const std::size_t dot = digits.find('.');
  const auto decimals =
      dot == std::string::npos ? 0 : static_cast<int>(digits.size() - dot - 1 - (percent ? 1 : 0));
  out.type = number_type(dimension, decimals + (percent ? 2 : 0));
  out.text = digits + unit_of(dimension);
  out.extent = {std::log10(value) + 0.001, std::log10(value) - 0.001, true, true};
  return out;
}

std::vector<Reach> Expressions::of_dimension(const Place &place, Dimension dimension, bool fixed) {
  std::vector<Reach> out;
  for (Reach &reach : reachable(draft_, place))
    if (reach.type.kind == TypeKind::number && reach.type.dimension == dimension &&
        (!fixed || reach.type.scale >= 0))
      out.push_back(std::move(reach));
  return out;
}

Written Expressions::given(const Place &, const Reach &reach) {
  Written out = written_of(reach);
  if (!reach.type.optional) return out;
  out.type.optional = false;
  if (draft_.reckless && random_.chance(35)) {
    out.text = "required " + out.text;
    out.level = 1;
    return out;
  }
  const Written other = literal(reach.type.dimension);
  out.text = fmt::format("({} or else {})", out.text, other.text);
  out.extent.high = std::max(out.extent.high, other.extent.high);
  out.extent.low = std::min(out.extent.low, other.extent.low);
  out.type.scale = wider(out.type.scale, other.type.scale);
  return out;
}

std::optional<Written> Expressions::leaf(const Place &place, Dimension dimension, bool fixed) {
  const std::vector<Reach> all = of_dimension(place, dimension, fixed);
  if (all.empty()) return std::nullopt;
  // Later fields are more interesting: they rest on others.
  const std::size_t at = std::max(random_.below(all.size()), random_.below(all.size()));
  return given(place, all[at]);
}

Written Expressions::number(const Place &place, Dimension dimension, int depth, bool fixed) {
  if (depth > 0) switch (random_.weighted({24, 17, 16, fixed ? 0 : 14, 9, 13, 8, 9, 3, fixed ? 0 : 4})) {
    case 1:
      return sum_or_difference(place, dimension, depth, fixed);
    case 2:
      return product(place, dimension, depth, fixed);
    case 3:
      return quotient(place, dimension, depth);
    case 4:
      return greatest_or_least(place, dimension, depth, fixed);
    case 5:
      if (auto out = aggregate(place, dimension, depth - 1); out && !(fixed && out->type.scale < 0)) {
        if (!out->type.optional) return *out;
        return given(place, {out->text, out->type, out->extent, false});
      }
      break;
    case 6:
      if (auto out = table_call(place, dimension, depth - 1)) return *out;
      break;
    case 7:
      if (auto out = optional_number(place, dimension); out && !(fixed && out->type.scale < 0))
        return given(place, {out->text, out->type, out->extent, false});
      break;
    case 8: {
      Written out = grouped(number(place, dimension, depth - 1, fixed), 1);
      out.text = "-" + (out.text[0] == '-' ? "(" + out.text + ")" : out.text);
      out.level = 1;
      out.extent.nonnegative = out.extent.positive = false;
      return out;
    }
    case 9:
      return widened(number(place, dimension, depth - 1));
    default:
      break;
    }
  if (!random_.chance(12))
    if (auto out = leaf(place, dimension, fixed)) return *out;
  return literal(dimension);
}

/// By factors that go out again, so that values of every size are rounded and compared at every width. A half
/// of an odd number of units is a tie.
Written Expressions::widened(Written value, int scale) {
  static const std::vector<std::string> factors{"10000000000", "99999999977", "1000003",
                                                "4294967296",  "7",           "0.001"};
  const bool halved = scale >= 0 || random_.chance(50);
  std::string below = halved ? "2" : "";
  if (scale > value.type.scale && value.type.scale >= 0) {
    below += std::string(static_cast<std::size_t>(scale - value.type.scale), '0');
    value.extent.low -= scale - value.type.scale;
  }
  value = grouped(std::move(value), 2);
  for (int i = scale >= 0 ? random_.between(3, 6) : random_.between(1, 6); i > 0; --i) {
    const std::string &factor = random_.pick(factors);
    value.text += " × " + factor;
    below += (below.empty() ? "" : " × ") + factor;
  }
  value.text += " / (" + below + ")";
  value.type.scale = -1;
  value.type.domain = -1;
  value.extent.low -= 0.31;
  value.level = 2;
  return value;
}

Written Expressions::sum_or_difference(const Place &place, Dimension dimension, int depth, bool fixed) {
  const Written left = grouped(number(place, dimension, depth - 1, fixed), 3);
  const bool twice = left.level == 0 && random_.chance(15), minus = !twice && random_.chance(45);
  const Written right = twice ? left : grouped(number(place, dimension, depth - 1, fixed), 2);
  Written out{left.text + (minus ? " - " : " + ") + right.text,
              number_type(dimension, wider(left.type.scale, right.type.scale)),
              added(left.extent, right.extent, minus), 3};
  if (left.text[0] == '-') out.text = "(" + left.text + ")" + out.text.substr(left.text.size());
  return out;
}

Written Expressions::product(const Place &place, Dimension dimension, int depth, bool fixed) {
  Dimension first = dimension, second = plain;
  if (dimension == yuan && random_.chance(40)) {
    const bool by_days = random_.chance(15);
    first = by_days ? yuan_per_day : yuan_per_point;
    second = by_days ? days : points;
  }
  if (random_.chance(50)) std::swap(first, second);
  const Written left = grouped(number(place, first, depth - 1, fixed), 2);
  const Written right = grouped(number(place, second, depth - 1, fixed), 1);
  Written out{left.text + " × " + right.text, number_type(dimension, -1), {}, 2};
  if (left.type.scale >= 0 && right.type.scale >= 0) out.type.scale = left.type.scale + right.type.scale;
  out.extent.high = left.extent.high + right.extent.high + 0.001;
  out.extent.low = left.extent.low + right.extent.low - 0.001;
  out.extent.nonnegative = left.extent.nonnegative && right.extent.nonnegative;
  out.extent.positive = left.extent.positive && right.extent.positive;
  return out;
}

/// Above 0, or anything when the draft is reckless.
Written Expressions::divisor(const Place &place, Dimension dimension, int depth) {
  Written out = number(place, dimension, depth);
  if (out.extent.positive) return out;
  if (draft_.reckless && random_.chance(40)) return out;
  const Written least = literal(dimension);
  out.text = fmt::format("max({}, {})", out.text, least.text);
  out.level = 0;
  out.extent = {std::max(out.extent.high, least.extent.high), least.extent.low, true, true};
  out.type.scale = wider(out.type.scale, least.type.scale);
  return out;
}

Written Expressions::quotient(const Place &place, Dimension dimension, int depth) {
  Dimension below = plain;
  if (dimension == plain)
    below = any_dimension();
  else if (dimension == points && random_.chance(50))
    below = yuan_per_point;
  else if (dimension == yuan_per_point)
    below = random_.chance(70) ? points : plain;
  else if (dimension == yuan_per_day)
    below = random_.chance(70) ? days : plain;
  const Dimension above = times(dimension, below, 1);
  // No value of the language's types has a dimension like yuan squared.
  const Written left = grouped(number(place, above, depth - 1), 2);
  const Written right = grouped(divisor(place, below, depth - 1), 1);
  Written out{left.text + " / " + right.text, number_type(dimension, -1), {}, 2};
  out.extent.high = left.extent.high - (right.extent.positive ? right.extent.low : -8) + 0.001;
  out.extent.low = left.extent.low - right.extent.high - 0.001;
  out.extent.nonnegative = left.extent.nonnegative && right.extent.positive;
  out.extent.positive = left.extent.positive && right.extent.positive;
  return out;
}

Written Expressions::greatest_or_least(const Place &place, Dimension dimension, int depth, bool fixed) {
  const Written first = number(place, dimension, depth - 1, fixed);
  Written out{"", number_type(dimension, first.type.scale), first.extent, 0};
  if (random_.chance(20)) {
    out.text = "abs(" + first.text + ")";
    out.extent.nonnegative = true;
    return out;
  }
  const bool zero = random_.chance(35);
  const bool greatest = random_.chance(60);
  out.text = std::string(greatest ? "max(" : "min(") + (zero ? "0, " : "") + first.text;
  if (zero) {
    out.extent.nonnegative = greatest;
    out.extent.positive = false;
  }
  const int more = zero ? random_.below(2) : random_.between(1, 2);
  for (int i = 0; i < more; ++i) {
    const Written next = number(place, dimension, depth - 1, fixed);
    out.text += ", " + next.text;
    out.type.scale = wider(out.type.scale, next.type.scale);
    const bool a = out.extent.nonnegative, b = next.extent.nonnegative;
    const bool p = out.extent.positive, q = next.extent.positive;
    out.extent.high = std::max(out.extent.high, next.extent.high);
    out.extent.nonnegative = greatest ? a || b : a && b;
    out.extent.positive = greatest ? p || q : p && q;
    out.extent.low = greatest ? std::max(p ? out.extent.low : -30, q ? next.extent.low : -30)
                              : std::min(out.extent.low, next.extent.low);
  }
  out.text += ")";
  return out;
}

Written Expressions::within(Written value, double limit) {
  if (value.extent.high < limit - 0.05) return value;
  if (draft_.reckless && random_.chance(30)) return value;
  const int digits = std::max(1, static_cast<int>(limit) - random_.between(1, 3));
  const std::string bound =
      "1" + std::string(static_cast<std::size_t>(digits), '0') + unit_of(value.type.dimension);
  const bool below = !value.extent.nonnegative;
  value.text = fmt::format("min({}, {})", bound, value.text);
  if (below) value.text = fmt::format("max(-{}, {})", bound, value.text);
  value.level = 0;
  value.extent.high = digits + 0.001;
  value.extent.low = std::min(value.extent.low, static_cast<double>(digits) - 0.001);
  return value;
}

/// Now and then held at a bound of a band, so that values lie right on it.
Written Expressions::at_bound(Written value, Dimension dimension, const std::vector<std::string> &bounds) {
  if (bounds.empty() || !random_.chance(35)) return value;
  value.text = fmt::format("{}({}, {}{})", random_.chance(50) ? "min" : "max", value.text,
                           random_.pick(bounds), unit_of(dimension));
  value.level = 0;
  return value;
}

std::optional<Written> Expressions::table_call(const Place &place, Dimension dimension, int depth) {
  std::vector<const TableDraft *> fitting;
  for (const TableDraft &table : draft_.tables)
    if (table.type.kind == TypeKind::number && table.type.dimension == dimension) fitting.push_back(&table);
  if (fitting.empty()) return std::nullopt;
  const TableDraft &table = *random_.pick(fitting);
  std::string arguments;
  for (const Type &input : table.inputs) {
    std::optional<Written> argument;
    if (input.kind == TypeKind::number && input.domain < 0)
      argument = at_bound(number(place, input.dimension, depth), input.dimension, table.bounds);
    else
      argument = value(place, input, depth);
    if (!argument) return std::nullopt;
    arguments += (arguments.empty() ? "" : ", ") + argument->text;
  }
  return Written{fmt::format("{}({})", table.name, arguments), table.type, table.extent, 0};
}

} // namespace steelyard::fuzz
