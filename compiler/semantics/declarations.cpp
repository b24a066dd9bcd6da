// Declarations: articles, enums, ranges, types, literals and parameters.
#include "compiler/semantics/checker.h"
#include "runtime/number/calendar.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::semantics {

namespace {

syntax::Span span_of(const syntax::Name &name) {
  return name.ident.span;
}

Exact ten_to(int exponent) {
  return Exact(number::power_of_ten(exponent));
}

} // namespace

std::optional<std::int64_t> Checker::day_of(const syntax::DateLiteral &date, const Span &span) {
  const auto day = calendar::day_of(date.year, date.month, date.day);
  if (!day)
    report("P311", span,
           fmt::format("{:04}-{:02}-{:02} is no day of the calendar", date.year, date.month, date.day));
  return day;
}

std::optional<std::int64_t> Checker::month_of(const syntax::MonthLiteral &month, const Span &span) {
  const auto out = calendar::month_of(month.year, month.month);
  if (!out)
    report("P315", span, fmt::format("{:04}-{:02} is no month of the calendar", month.year, month.month),
           fmt::format("a difference of two numbers has blanks: {} - {}", month.year, month.month));
  return out;
}

Names Checker::names_of(const syntax::Name &name) const {
  return {name.ident.text, name.twin ? name.twin->text : "", name.label};
}

void Checker::check_basis(const Basis &basis) {
  for (const syntax::ArticleRef &ref : basis.articles) {
    cited_.insert(ref.article);
    bool found = false;
    for (const Article &article : program_.articles) found = found || article.id == ref.article;
    if (found) continue;
    report("P207", ref.span, fmt::format("article {} is cited but not declared", ref.article),
           fmt::format("declare it: article {} \"...\" (条文 {} \"...\")", ref.article, ref.article));
    unfound(Sought::article);
  }
}

void Checker::check_global_name(const Names &names, const Span &span, const char *what) {
  auto taken = [&](const Names &other, const Span &first, const char *kind) {
    if (!other.is(names.ident) && !other.is(names.twin)) return false;
    const std::string &shared = other.is(names.ident) ? names.ident : names.twin;
    report("P202", span, fmt::format("{} '{}' is declared a second time", what, shared),
           second_time(first, span))
        .related.push_back({first, fmt::format("the {} of this name", kind)});
    return true;
  };
  const std::string_view kind = what;
  if (kind == "enum" || kind == "range" ||
      kind == "entity") { // any of them may be the type of an input or a key
    for (const Enum &e : program_.enums)
      if (!e.of_decide && taken(e.names, e.span, "enum")) return;
    for (const Range &r : program_.ranges)
      if (taken(r.names, r.span, "range")) return;
    for (std::size_t i = 1; i < program_.scopes.size(); ++i)
      if (taken(program_.scopes[i].names, program_.scopes[i].span, "entity")) return;
  } else if (kind == "parameter") {
    for (const Parameter &p : program_.parameters)
      if (taken(p.names, p.span, "parameter")) return;
  } else if (kind == "table") {
    for (const Table &t : program_.tables)
      if (taken(t.names, t.span, "table")) return;
  }
}

void Checker::declare_policy(const syntax::PolicyDecl &decl) {
  if (policy_seen_) {
    report("P707", decl.span, "the policy is named a second time",
           "only policy.policy has the line policy (政策)");
    return;
  }
  policy_seen_ = true;
  program_.names = names_of(decl.name);
  program_.authority = decl.authority;
  if (decl.from) program_.from = day_of(*decl.from, decl.span);
  if (decl.until) program_.until = day_of(*decl.until, decl.span);
  if (program_.from && program_.until && *program_.until <= *program_.from)
    report("P702", decl.span, "the policy ends before it begins");
}

void Checker::place_files(const Lineage &lineage, std::size_t files) {
  program_.layer_of_file = lineage.policy_of_file;
  program_.layer_of_file.resize(files);
  uses_as_.emplace_back();
  for (const syntax::Name &as : lineage.uses) uses_as_.push_back(names_of(as));
}

void Checker::lay(const Lineage &lineage) {
  program_.layers.push_back({program_.names, program_.authority, program_.from, program_.until});
  for (const syntax::PolicyDecl &base : lineage.bases) {
    Layer layer{names_of(base.name), base.authority, {}, {}};
    if (base.from) layer.from = day_of(*base.from, base.span);
    if (base.until) layer.until = day_of(*base.until, base.span);
    program_.layers.push_back(std::move(layer));
  }
  program_.bottom = program_.layers.size() - 1 - lineage.used;
  program_.superseded = lineage.superseded;
}

void Checker::declare_enum(const syntax::EnumDecl &decl) {
  Enum out;
  out.names = of_use(names_of(decl.name));
  out.ordered = decl.ordered;
  out.span = span_of(decl.name);
  check_global_name(out.names, out.span, "enum");
  if (decl.mixed)
    report("P215", decl.span,
           "the values of an enum are separated either by < (they have an order) or by commas, not by both");
  for (const syntax::Name &member : decl.members) {
    for (const Names &other : out.members)
      if (other.is(member.ident.text) || (member.twin && other.is(member.twin->text)))
        report("P214", member.ident.span, fmt::format("'{}' is named twice", member.ident.text));
    out.members.push_back(names_of(member));
    member_spans_[static_cast<int>(program_.enums.size())].push_back(member.ident.span);
  }
  program_.enums.push_back(std::move(out));
}

void Checker::declare_range(const syntax::RangeDecl &decl) {
  Range out;
  out.names = of_use(names_of(decl.name));
  out.span = span_of(decl.name);
  check_global_name(out.names, out.span, "range");
  if (decl.from.scale != 0 || decl.to.scale != 0 || decl.from.units > decl.to.units ||
      decl.from.units < -1000000 || decl.to.units > 1000000)
    report("P216", decl.span,
           "a range goes from a whole number up to a whole number, both within 1000000 of 0");
  else {
    out.low = static_cast<std::int64_t>(decl.from.units);
    out.high = static_cast<std::int64_t>(decl.to.units);
  }
  program_.ranges.push_back(std::move(out));
}

std::optional<Type> Checker::resolve_type(const syntax::TypeRef &ref, Bounds *bounds) {
  using syntax::BaseType;
  Type type;
  type.optional = ref.optional;
  type.scale = 0;
  switch (ref.base) {
  case BaseType::boolean:
    type.kind = TypeKind::boolean;
    break;
  case BaseType::text:
    type.kind = TypeKind::text;
    break;
  case BaseType::list:
    type.kind = TypeKind::list;
    // One byte, so that no code of another character can hold it; a quote or a line end would not be seen.
    if (ref.separator.size() != 1 || ref.separator[0] < ' ' || ref.separator[0] > '~' ||
        ref.separator[0] == '"') {
      report("P227", ref.span, "the separator of a list is one ASCII sign other than a quote",
             R"(write list of text separated by "|" (列表 文本 分隔符 "|"))");
      return std::nullopt;
    }
    if (ref.optional) {
      report("P228", ref.span, "a list is never missing: without elements it is empty",
             "leave out optional (可缺)");
      return std::nullopt;
    }
    type.separator = ref.separator[0];
    type.at_least_one = ref.at_least_one;
    break;
  case BaseType::date:
    type.kind = TypeKind::date;
    break;
  case BaseType::month:
    type.kind = TypeKind::month;
    break;
  case BaseType::count:
    break;
  case BaseType::days:
    type.dimension.day = 1;
    break;
  case BaseType::money:
    type.dimension.yuan = 1;
    break;
  case BaseType::points:
    type.dimension.point = 1;
    break;
  case BaseType::ratio:
    break;
  case BaseType::value:
    type.dimension = {1, -1, 0};
    break;
  case BaseType::per:
    if (ref.unit == ref.per) {
      const bool yuan = ref.unit == syntax::Unit::yuan;
      report("P203", ref.span,
             fmt::format("{} is a plain number", yuan ? "money per yuan" : "points per point"),
             fmt::format("write ratio({0}) (比率({0}))", ref.scale));
      return std::nullopt;
    }
    (ref.unit == syntax::Unit::yuan ? type.dimension.yuan : type.dimension.point) = 1;
    (ref.per == syntax::Unit::yuan    ? type.dimension.yuan
     : ref.per == syntax::Unit::point ? type.dimension.point
                                      : type.dimension.day) = -1;
    break;
  case BaseType::named: {
    const std::string &name = ref.named->text;
    if (const int e = find_enum(name); e >= 0) {
      type.kind = TypeKind::member;
      type.domain = e;
    } else if (const int r = find_range(name); r >= 0) {
      type.domain = r;
      if (bounds) {
        bounds->low = Exact(program_.ranges[r].low);
        bounds->high = Exact(program_.ranges[r].high);
      }
    } else if (const int s = find_scope(name); s >= 0) {
      if (!program_.scopes[s].entity) {
        report("P203", ref.named->span,
               fmt::format("'{}' is a scope, not an entity: a value cannot refer to its rows", name));
        return std::nullopt;
      }
      type.kind = TypeKind::row;
      type.domain = s;
    } else {
      std::vector<std::string> names{"bool",   "text",  "date",  "calendar month", "count", "days", "money",
                                     "points", "ratio", "value", "是否",           "文本",  "日期", "年月",
                                     "个数",   "天数",  "金额",  "点数",           "比率",  "点值"};
      auto add = [&](const Names &n) {
        names.push_back(n.ident);
        if (!n.twin.empty()) names.push_back(n.twin);
      };
      for (const Enum &known : program_.enums)
        if (!known.of_decide) add(known.names);
      for (const Range &known : program_.ranges) add(known.names);
      for (const Scope &known : program_.scopes)
        if (known.entity) add(known.names);
      const std::string close = nearest(name, names);
      report("P203", ref.named->span, fmt::format("there is no type '{}'", name),
             close.empty() ? "a type is money(2), points(8), ratio(8), value(8), count, days, bool, text, "
                             "date, calendar month, or an "
                             "enum, range or entity"
                           : fmt::format("did you mean {}?", close));
      unfound(Sought::type);
      return std::nullopt;
    }
    break;
  }
  }
  const bool scaled = ref.base == BaseType::money || ref.base == BaseType::points ||
                      ref.base == BaseType::ratio || ref.base == BaseType::value || ref.base == BaseType::per;
  if (scaled) {
    type.scale = ref.scale;
    if (ref.scale > 18) {
      report("P217", ref.span, fmt::format("{} decimals are too many: a type has at most 18", ref.scale));
      return std::nullopt;
    }
  }
  if (ref.bounds) {
    if (type.kind != TypeKind::number || ref.base == BaseType::named) {
      report("P218", ref.span, "only numbers have bounds (from, to, above)");
    } else if (bounds) {
      bounds->low = Exact(ref.bounds->low.value);
      bounds->low_exclusive = ref.bounds->low_exclusive;
      if (ref.bounds->high) bounds->high = Exact(ref.bounds->high->value);
      if (bounds->high && *bounds->high < *bounds->low)
        report("P218", ref.span, "the upper bound is below the lower one");
      if (!number::fits_scale(*bounds->low, type.scale) ||
          (bounds->high && !number::fits_scale(*bounds->high, type.scale)))
        report("P218", ref.span, fmt::format("a bound has more than {} decimals", type.scale));
    }
  }
  return type;
}

/// |money| < 10^13 yuan, points < 10^12, plain numbers with decimals < 10^6, counts, days and quotients of
/// units < 10^12; inputs in yuan, points or days and counts are not negative unless their type says
/// otherwise.
Bounds Checker::default_bounds(const Type &type, bool input) const {
  Bounds out;
  if (type.kind != TypeKind::number) return out;
  const Dimension &d = type.dimension;
  const bool plain = d == Dimension{};
  const int digits = d == Dimension{1, 0, 0} ? 13 : plain && type.scale > 0 ? 6 : 12;
  const Exact limit = ten_to(digits) - Exact(1) / ten_to(std::max(type.scale, 0));
  out.high = limit;
  const bool signed_input = plain && type.scale > 0;
  out.low = input && !signed_input ? Exact(0) : -limit;
  return out;
}

void Checker::within_bounds(const Constant &value, const Bounds &bounds, const Span &span) {
  const auto *number = std::get_if<Exact>(&value);
  if (!number) return;
  const bool low_ok = !bounds.low || (bounds.low_exclusive ? *number > *bounds.low : *number >= *bounds.low);
  if (low_ok && (!bounds.high || *number <= *bounds.high)) return;
  report("P219", span, fmt::format("{} lies outside the type's bounds", number::to_text(*number)));
}

std::optional<Constant> Checker::number_of(const syntax::NumberLiteral &literal, const Type &type,
                                           const Span &span) {
  const Place nowhere{0, nullptr, {}};
  Exact value(literal.percent ? number::Decimal{literal.value.units, literal.value.scale + 2}
                              : literal.value);
  if (type.kind != TypeKind::number) {
    report("P305", span, fmt::format("{} is wanted here, not a number", type_name(type)));
    return std::nullopt;
  }
  if (literal.unit != syntax::Unit::none) {
    syntax::Expression e;
    e.span = span;
    e.node = literal;
    const TermPtr term = expression(e, nowhere);
    if (!(term->type.dimension == type.dimension)) {
      report("P301", span,
             fmt::format("{} is wanted here, but this is {}", type_name(type), type_name(term->type)));
      return std::nullopt;
    }
  }
  if (type.scale >= 0 && !number::fits_scale(value, type.scale)) {
    report(
        "P312", span,
        fmt::format("{} has more decimals than the type, which has {}", number::to_text(value), type.scale));
    return std::nullopt;
  }
  return Constant{std::move(value)};
}

/// The value of a literal where a value of `type` is wanted; a bare number takes the type's unit.
std::optional<Constant> Checker::literal_of(const syntax::Expression &e, const Type &type) {
  if (const auto *n = std::get_if<syntax::NumberLiteral>(&e.node)) return number_of(*n, type, e.span);
  auto wrong = [&](const char *what) -> std::optional<Constant> {
    report("P305", e.span, fmt::format("{} is wanted here, not {}", type_name(type), what));
    return std::nullopt;
  };
  if (const auto *b = std::get_if<syntax::BoolLiteral>(&e.node))
    return type.kind == TypeKind::boolean ? std::optional<Constant>{b->value} : wrong("true or false");
  if (const auto *t = std::get_if<syntax::TextLiteral>(&e.node)) {
    if (type.kind == TypeKind::member) {
      const int member = find_member(type.domain, t->text);
      if (member >= 0) return Constant{Member{member}};
    }
    const bool fits =
        type.kind == TypeKind::text || type.kind == TypeKind::row || type.kind == TypeKind::list;
    return fits ? std::optional<Constant>{t->text} : wrong("a text");
  }
  if (const auto *d = std::get_if<syntax::DateLiteral>(&e.node)) {
    if (type.kind != TypeKind::date) return wrong("a date");
    if (const auto day = day_of(*d, e.span)) return Constant{Day{*day}};
    return std::nullopt;
  }
  if (const auto *m = std::get_if<syntax::MonthLiteral>(&e.node)) {
    if (type.kind != TypeKind::month) return wrong("a month");
    if (const auto month = month_of(*m, e.span)) return Constant{Month{*month}};
    return std::nullopt;
  }
  return wrong("a formula");
}

void Checker::declare_parameter(const syntax::ParamDecl &decl) {
  Parameter out;
  const bool ok = read_parameter(decl, out);
  if (!ok) broken_parameters_.insert(static_cast<int>(program_.parameters.size()));
  program_.parameters.push_back(std::move(out));
}

/// False when its value cannot be used.
bool Checker::read_parameter(const syntax::ParamDecl &decl, Parameter &out) {
  out.names = of_use(names_of(decl.name));
  out.span = span_of(decl.name);
  out.basis = decl.basis;
  check_basis(decl.basis);
  check_global_name(out.names, out.span, "parameter");
  Bounds bounds;
  if (decl.type) {
    const auto type = resolve_type(*decl.type, &bounds);
    if (!type) return false;
    if (type->optional || type->kind == TypeKind::row) {
      report("P223", decl.span,
             "a parameter always has a value of its own: it is not optional and refers to no row");
      return false;
    }
    out.type = *type;
  } else {
    const Place nowhere{0, nullptr, {}};
    const TermPtr first = expression(*decl.values.front().value, nowhere);
    if (!first) return false;
    out.type = first->type;
    out.type.any_dimension = false;
  }
  for (const syntax::ParamValue &value : decl.values) {
    Parameter::Value v;
    v.span = value.span;
    const auto constant = literal_of(*value.value, out.type);
    if (!constant) return false;
    within_bounds(*constant, bounds, value.span);
    v.value = *constant;
    if (value.from) v.from = day_of(*value.from, value.span);
    if (value.until) v.until = day_of(*value.until, value.span);
    if (v.from && v.until && *v.until <= *v.from)
      report("P702", value.span, "this period ends before it begins");
    if (!out.values.empty()) {
      const Parameter::Value &before = out.values.back();
      if (!before.until || !v.from || *before.until != *v.from)
        report("P703", value.span,
               "the periods of a parameter follow each other without gap or overlap: until (止于) of one is "
               "from (从) of the next");
    }
    out.values.push_back(std::move(v));
  }
  return true;
}

} // namespace steelyard::semantics
