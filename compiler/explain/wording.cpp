// See wording.h.
#include "compiler/explain/wording.h"
#include <algorithm>
#include <chrono>
#include <fmt/core.h>

namespace steelyard::explain {

namespace {

/// 1 to 99 in Chinese; anything else as it is.
std::string chinese_number(const std::string &digits) {
  static const char *const words[] = {"", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
  const bool number = !digits.empty() && digits.size() <= 2 && digits[0] != '0' &&
                      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!number) return digits;
  const int tens = digits.size() == 2 ? digits[0] - '0' : 0;
  return std::string(tens > 1 ? words[tens] : "") + (tens > 0 ? "十" : "") + words[digits.back() - '0'];
}

} // namespace

std::string Wording::label(const semantics::Names &names) const {
  if (names.label.empty() || names.label == name(names)) return {};
  return " \"" + names.label + "\"";
}

std::string Wording::articles(const semantics::Basis &basis) const {
  std::string out;
  for (const syntax::ArticleRef &ref : basis.articles) {
    out += out.empty() ? "" : say("、", ", ");
    const auto &all = run_.program().articles;
    const auto at =
        std::find_if(all.begin(), all.end(), [&](const auto &one) { return one.id == ref.article; });
    if (chinese())
      out += at == all.end() || at->heading.empty() ? "第 " + ref.article + " 条" : at->heading;
    else
      out += "article " + ref.article;
    for (const std::string &clause : ref.clauses)
      out += chinese() ? "(" + chinese_number(clause) + ")" : " (" + clause + ")";
  }
  return out;
}

std::string Wording::layer(const syntax::Span &span) const {
  const semantics::Program &program = run_.program();
  const semantics::Layer &layer = program.layer_of(span);
  return &layer == &program.layers[program.bottom] ? ""
                                                   : say("  〔", "  [") + name(layer.names) + say("〕", "]");
}

std::string Wording::key(const RowId &row) const {
  const semantics::Scope &scope = run_.program().scopes[row.scope];
  std::string out;
  for (int k = 0; k < scope.key_count; ++k)
    out += (k == 0 ? "" : ", ") + value(run_.rows(row.scope).keys[row.row][k], scope.fields[k].type);
  return out;
}

std::string Wording::row(const RowId &row) const {
  if (row.scope == 0) return say("总体", "overall");
  return name(run_.program().scopes[row.scope].names) + " " + key(row);
}

std::string Wording::row_argument(const RowId &row) const {
  if (row.scope == 0) return "overall";
  const semantics::Scope &scope = run_.program().scopes[row.scope];
  std::string out = scope.names.canonical();
  bool blank = false;
  for (int k = 0; k < scope.key_count; ++k) {
    std::string part = run_.value_text(run_.rows(row.scope).keys[row.row][k], scope.fields[k].type);
    if (scope.key_count > 1 && part.find(',') != std::string::npos) part = fmt::format("\"{}\"", part);
    blank = blank || part.find_first_of(" \"'&|;()<>") != std::string::npos;
    out += (k == 0 ? "=" : ",") + part;
  }
  return blank ? "'" + out + "'" : out;
}

std::string Wording::file(int scope) const {
  const int table = run_.program().scopes[scope].table;
  return table < 0 ? std::string() : run_.program().schema.tables[table].file;
}

std::string Wording::value(const Value &value, const semantics::Type &type) const {
  if (interpret::is_missing(value)) return say("无", "none");
  if (const auto *list = std::get_if<interpret::Text>(&value);
      list != nullptr && type.kind == semantics::TypeKind::list && list->text.empty())
    return say("无", "none");
  if (interpret::is_failed(value)) return say("(无法得出)", "(not available)");
  if (const bool *truth = std::get_if<bool>(&value)) return *truth ? say("是", "true") : say("否", "false");
  // A product of two rounded numbers has more decimals than it needs: its last zeros say nothing.
  if (const Exact *exact = std::get_if<Exact>(&value))
    return number_text(*exact, std::clamp(type.scale, 0, 8));
  if (const auto *member = std::get_if<interpret::Member>(&value))
    return name(run_.program().enums[type.domain].members[member->index]);
  if (const RowId *row = std::get_if<RowId>(&value)) return key(*row);
  return run_.value_text(value, type);
}

std::string Wording::constant(const semantics::Constant &constant, const semantics::Type &type) const {
  // A reference written in the policy is the key of its row; it is shown although the data may have no such
  // row.
  if (type.kind == semantics::TypeKind::row)
    return this->constant(constant, run_.program().scopes[type.domain].fields[0].type);
  if (const auto *text = std::get_if<std::string>(&constant)) return "\"" + *text + "\"";
  semantics::Type plain = type;
  plain.scale = -1; // as short as it was written
  return value(run_.constant(constant, type), plain);
}

std::string Wording::unit(const semantics::Type &type) const {
  if (type.kind != semantics::TypeKind::number) return {};
  const semantics::Dimension &d = type.dimension;
  std::string top, bottom;
  const auto add = [&](int exponent, const char *one) {
    for (int i = 0; i < exponent; ++i) top += (top.empty() ? "" : "·") + std::string(one);
    for (int i = 0; i < -exponent; ++i) bottom += (bottom.empty() ? "" : "·") + std::string(one);
  };
  const bool zh = chinese();
  add(d.yuan, zh ? "元" : "yuan");
  add(d.point, zh ? "点" : d.point > 0 ? "points" : "point");
  add(d.day, zh ? "天" : d.day > 0 ? "days" : "day");
  if (top.empty() && bottom.empty()) return {};
  return " " + (top.empty() ? "1" : top) + (bottom.empty() ? "" : (zh ? "/" : " per ") + bottom);
}

std::string Wording::rounding(number::Rounding mode) const {
  switch (mode) {
  case number::Rounding::half_up:
    return say("四舍五入", "rounded half up");
  case number::Rounding::half_even:
    return say("四舍六入五成双", "rounded half to even");
  case number::Rounding::down:
    return say("截尾", "rounded down (towards zero)");
  case number::Rounding::floor:
    return say("下取整", "rounded down (floor)");
  case number::Rounding::ceiling:
    return say("上取整", "rounded up (ceiling)");
  case number::Rounding::up:
    return say("进一", "rounded up (away from zero)");
  case number::Rounding::half_down:
    return say("五舍六入", "rounded half down");
  }
  return {};
}

std::string Wording::day(std::int64_t days) const {
  const std::chrono::year_month_day d{std::chrono::sys_days{std::chrono::days{days}}};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(d.year()), static_cast<unsigned>(d.month()),
                     static_cast<unsigned>(d.day()));
}

// ---------- numbers ----------

bool is_finite_decimal(const Exact &value) {
  return number::to_text(value).find('/') == std::string::npos;
}

std::string number_text(const Exact &value, int decimals) {
  if (number::fits_scale(value, decimals))
    return number::to_text(number::round(value, decimals, number::Rounding::down));
  std::string text = number::to_text(value);
  if (text.find('/') == std::string::npos) return text;
  return number::to_text(number::round(value, std::max(decimals + 4, 12), number::Rounding::down)) + "…";
}

namespace {

/// Whether digits cut off after `decimals` decimals leave it open to which side the rounding goes.
bool undecided(const std::string &digits, int decimals) {
  const std::string tail = digits.substr(digits.find('.') + 1 + static_cast<std::size_t>(decimals));
  const auto rest_is = [&](char c) { return tail.find_first_not_of(c, 1) == std::string::npos; };
  return rest_is('0') || rest_is('9');
}

template<class Digits> std::string digits_to_decide(const Digits &digits, int decimals) {
  int shown = decimals + 6;
  std::string text = digits(shown);
  while (undecided(text, decimals) && shown < decimals + 60) text = digits(shown += 6);
  return text + "…";
}

} // namespace

std::string before_rounding(const Exact &value, int decimals) {
  if (is_finite_decimal(value)) return number_text(value, decimals);
  return digits_to_decide(
      [&](int shown) { return number::to_text(number::round(value, shown, number::Rounding::down)); },
      decimals);
}

std::string root_text(const Exact &square, bool negative, int decimals) {
  const auto digits = [&](int shown) {
    number::Decimal root = number::round_root(square, shown, number::Rounding::down);
    if (negative) root.units = -root.units;
    return number::to_text(root);
  };
  const number::Decimal root = number::round_root(square, decimals, number::Rounding::down);
  if (Exact(root) * Exact(root) == square) return digits(decimals);
  return digits_to_decide(digits, decimals);
}

} // namespace steelyard::explain
