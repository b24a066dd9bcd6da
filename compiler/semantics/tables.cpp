// Decision tables: rows, bands, and the proof that exactly one row holds for any arguments.
#include "compiler/semantics/checker.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::semantics {

using syntax::CellKind;

namespace {

constexpr std::size_t most_combinations = 200000;

bool holds(const CellTest &test, const Exact &value) {
  const auto *band = std::get_if<Interval>(&test);
  if (!band) return true;
  if (band->low && (band->low_closed ? value < *band->low : value <= *band->low)) return false;
  return !(band->high && (band->high_closed ? value > *band->high : value >= *band->high));
}

bool holds(const CellTest &test, const Constant &value) {
  if (std::holds_alternative<AnyValue>(test)) return true;
  if (const auto *number = std::get_if<Exact>(&value)) return holds(test, *number);
  const auto *list = std::get_if<OneOf>(&test);
  return list &&
         (std::find(list->values.begin(), list->values.end(), value) != list->values.end()) != list->others;
}

/// Two cells say the same where neither looks at the rows above: then bands of another column go on from one
/// row to the other.
bool same_cell(const syntax::Cell &a, const syntax::Cell &b, const Enum *members) {
  if (a.kind != b.kind) return false;
  if (a.kind == CellKind::names) {
    auto places = [&](const syntax::Cell &cell) {
      std::set<std::string> out; // by the declared name, since a value may be written by its twin
      for (const syntax::Ident &name : cell.names) {
        out.insert(name.text);
        if (!members) continue;
        for (const Names &member : members->members)
          if (member.is(name.text)) out.erase(name.text), out.insert(member.ident);
      }
      return out;
    };
    return places(a) == places(b);
  }
  auto same_bound = [](const std::optional<syntax::SignedNumber> &x,
                       const std::optional<syntax::SignedNumber> &y) {
    return x.has_value() == y.has_value() && (!x || Exact(x->value) == Exact(y->value));
  };
  if (!same_bound(a.low, b.low) || !same_bound(a.high, b.high)) return false;
  if (!a.value || !b.value) return true;
  if (const auto *x = std::get_if<syntax::NumberLiteral>(&a.value->node)) {
    const auto *y = std::get_if<syntax::NumberLiteral>(&b.value->node);
    auto exact = [](const syntax::NumberLiteral &n) {
      return Exact(n.percent ? number::Decimal{n.value.units, n.value.scale + 2} : n.value);
    };
    return y && exact(*x) == exact(*y);
  }
  if (const auto *x = std::get_if<syntax::BoolLiteral>(&a.value->node)) {
    const auto *y = std::get_if<syntax::BoolLiteral>(&b.value->node);
    return y && x->value == y->value;
  }
  const auto *x = std::get_if<syntax::TextLiteral>(&a.value->node);
  const auto *y = std::get_if<syntax::TextLiteral>(&b.value->node);
  return x && y && x->text == y->text;
}

} // namespace

std::optional<CellTest> Checker::cell_test(const syntax::Cell &cell, const Type &type,
                                           const std::optional<Interval> &before) {
  const bool number = type.kind == TypeKind::number;
  auto bound = [&](const syntax::SignedNumber &n) -> std::optional<Exact> {
    syntax::NumberLiteral literal;
    literal.value = n.value;
    literal.unit = cell.unit;
    const auto value = number_of(literal, type, n.span);
    if (!value) return std::nullopt;
    return std::get<Exact>(*value);
  };
  auto after = [&](Interval band) { // a band begins where the one above it in the table ended
    if (before && before->high) band.low = before->high, band.low_closed = !before->high_closed;
    return band;
  };
  auto rest_below = [&] { // bands that go downwards: what is left below
    Interval rest;
    rest.high = before->low;
    rest.high_closed = !before->low_closed;
    return rest;
  };
  auto wrong = [&](const char *what) -> std::optional<CellTest> {
    report("P512", cell.span, fmt::format("{} cannot stand in a column for {}", what, type_name(type)));
    return std::nullopt;
  };
  auto nothing_left = [&](const char *word, const char *hint) -> std::optional<CellTest> {
    report("P513", cell.span, fmt::format("nothing is left for {}: no bound stands above it", word), hint);
    return std::nullopt;
  };
  // 'above' and 'below' leave the bound itself out; where the band before leaves it out too, another word is
  // right.
  auto bound_itself = [&](const Exact &value, const char *word) {
    warn("P514", cell.span,
         fmt::format(
             "the number {} itself is not in the band before, so it is meant here as well as what lies {}",
             number::to_text(value), word),
         "write otherwise (其他), or let the band before include its bound");
  };
  switch (cell.kind) {
  case CellKind::any:
    return AnyValue{};
  case CellKind::otherwise:
    if (type.kind == TypeKind::boolean) return wrong("'otherwise' (其他)");
    if (!number) return OneOf{{}, true}; // the values of the rows above are added by others_of
    if (!before) return AnyValue{};
    if (before->high) return after(Interval{});
    if (before->low) return rest_below();
    return nothing_left("'otherwise' (其他)", "write any (任意) where every value is meant");
  case CellKind::above:
    if (!number) return wrong("'above' (高于)");
    if (!before || !before->high)
      return nothing_left("'above' (高于)", "write any (任意) where every value is meant");
    if (!before->high_closed) bound_itself(*before->high, "above it");
    return after(Interval{});
  case CellKind::below:
    if (!number) return wrong("'below' (低于)");
    if (!before || !before->low)
      return nothing_left("'below' (低于)", "write any (任意) where every value is meant");
    if (!before->low_closed) bound_itself(*before->low, "below it");
    return rest_below();
  case CellKind::less:
  case CellKind::less_equal: {
    if (!number) return wrong("a bound");
    const auto value = bound(*cell.low);
    if (!value) return std::nullopt;
    Interval band;
    band.high = *value;
    band.high_closed = cell.kind == CellKind::less_equal;
    band = after(band);
    if (band.low &&
        (*band.high < *band.low || (*band.high == *band.low && !(band.low_closed && band.high_closed)))) {
      report("P508", cell.span, "this band overlaps the one before: the bounds must rise from row to row");
      return std::nullopt;
    }
    return band;
  }
  case CellKind::greater:
  case CellKind::greater_equal: {
    if (!number) return wrong("a bound");
    const auto value = bound(*cell.low);
    if (!value) return std::nullopt;
    Interval band;
    band.low = *value;
    band.low_closed = cell.kind == CellKind::greater_equal;
    if (before && before->low) band.high = before->low, band.high_closed = !before->low_closed;
    if (band.high &&
        (*band.high < *band.low || (*band.high == *band.low && !(band.low_closed && band.high_closed)))) {
      report("P508", cell.span, "this band overlaps the one before: bounds with > must fall from row to row");
      return std::nullopt;
    }
    return band;
  }
  case CellKind::span: {
    if (!number) return wrong("a span");
    const auto low = bound(*cell.low), high = bound(*cell.high);
    if (!low || !high) return std::nullopt;
    Interval band{*low, *high, true, true};
    if (*high < *low) {
      report("P508", cell.span, "the span ends before it begins");
      return std::nullopt;
    }
    return band;
  }
  case CellKind::value: {
    const auto value = literal_of(*cell.value, type);
    if (!value) return std::nullopt;
    if (const auto *n = std::get_if<Exact>(&*value)) return Interval{*n, *n, true, true};
    return OneOf{{*value}};
  }
  case CellKind::names: {
    if (type.kind != TypeKind::member) return wrong("names");
    OneOf out;
    for (const syntax::Ident &name : cell.names) {
      const int member = find_member(type.domain, name.text);
      if (member < 0) {
        no_member(name.span, type.domain, name.text);
        return std::nullopt;
      }
      if (std::find(out.values.begin(), out.values.end(), Constant{Member{member}}) != out.values.end()) {
        report("P214", name.span, fmt::format("'{}' is named twice", name.text));
        return std::nullopt;
      }
      out.values.emplace_back(Member{member});
    }
    return out;
  }
  }
  return std::nullopt;
}

void Checker::declare_table(const syntax::TableDecl &decl) {
  Table table;
  table.names = of_use(names_of(decl.name));
  table.span = decl.name.ident.span;
  table.basis = decl.basis;
  check_basis(decl.basis);
  check_global_name(table.names, table.span, "table");
  Bounds bounds;
  const auto type = resolve_type(decl.type, &bounds);
  bool ok = type.has_value();
  table.type = type.value_or(Type{});
  if (table.type.optional || table.type.kind == TypeKind::row) {
    report("P515", decl.name.ident.span,
           "a table gives a value of its own: its type is not optional and refers to no row");
    ok = false;
  }
  for (const syntax::TableInput &input : decl.inputs) {
    const auto input_type = resolve_type(input.type, nullptr);
    ok = ok && input_type;
    if (input_type &&
        (input_type->optional || input_type->kind == TypeKind::row || in_calendar(*input_type))) {
      report("P515", input.name.ident.span,
             fmt::format("a table looks at numbers, values of enums, texts, and true or false, not at {}",
                         input_type->optional ? "what may be missing" : type_name(*input_type)),
             input_type->optional ? "handle the missing value before the table is called" : "");
      ok = false;
    }
    if (input.type.bounds) {
      report("P515", input.type.span, "a table looks at every value of its inputs: leave out the bounds");
      ok = false;
    }
    for (const Table::Input &other : table.inputs)
      if (other.names.is(input.name.ident.text)) {
        report("P214", input.name.ident.span, fmt::format("'{}' is named twice", input.name.ident.text));
        ok = false;
      }
    table.inputs.push_back({names_of(input.name), input_type.value_or(Type{})});
  }
  if (ok) {
    const std::size_t errors = error_count();
    check_table_rows(table, decl, bounds);
    if (error_count() == errors) prove_table(table);
  }
  if (!ok) broken_tables_.insert(static_cast<int>(program_.tables.size()));
  program_.tables.push_back(std::move(table));
}

/// Whether rows `a` and `b` (of decl.rows) have the same cells but for column `i`.
bool Checker::same_but(const Table &table, const syntax::TableDecl &decl, std::size_t a, std::size_t b,
                       std::size_t i) const {
  for (std::size_t c = 0; c < table.inputs.size(); ++c) {
    const Type &type = table.inputs[c].type;
    const Enum *members = type.kind == TypeKind::member ? &program_.enums[type.domain] : nullptr;
    if (c != i && !same_cell(decl.rows[a].cells[c], decl.rows[b].cells[c], members)) return false;
  }
  return true;
}

/// What `otherwise` means in column `i` of the row that is added next: any value that no row above names
/// there.
OneOf Checker::others_of(const Table &table, std::size_t i) const {
  OneOf out{{}, true};
  for (const Table::Row &row : table.rows) {
    const auto *list = std::get_if<OneOf>(&row.tests[i]);
    if (list && !list->others) out.values.insert(out.values.end(), list->values.begin(), list->values.end());
  }
  return out;
}

void Checker::check_table_rows(Table &table, const syntax::TableDecl &decl, const Bounds &bounds) {
  const std::size_t columns = table.inputs.size() + 1;
  if (decl.rows.empty()) return;
  const syntax::TableRow &header = decl.rows.front();
  if (header.cells.size() != columns) {
    report("P509", header.span,
           fmt::format("the table {} has {} and a result, but its header has {} columns", table.names.ident,
                       counted(table.inputs.size(), "input"), header.cells.size()));
    return;
  }
  for (std::size_t i = 0; i < table.inputs.size(); ++i) {
    const syntax::Cell &cell = header.cells[i];
    if (cell.kind != CellKind::names || cell.names.size() != 1 ||
        !table.inputs[i].names.is(cell.names[0].text)) {
      report("P509", cell.span,
             fmt::format("column {} of the header must be {}, the table's input", i + 1,
                         table.inputs[i].names.ident));
      return;
    }
  }
  if (header.cells.back().kind != CellKind::names || header.cells.back().names.size() != 1) {
    report("P509", header.cells.back().span, "the last column of the header is the name of the result");
    return;
  }
  if (decl.rows.size() < 2) {
    report("P507", decl.span, fmt::format("the table {} has no rows", table.names.ident));
    return;
  }
  // Bands go on from the row above that agrees in the other columns.
  std::vector<bool> has_error; // of each row so far: what follows from such a row is not reported
  for (std::size_t r = 1; r < decl.rows.size(); ++r) {
    const syntax::TableRow &row = decl.rows[r];
    check_basis(row.basis);
    Table::Row out;
    out.span = row.span;
    out.basis = row.basis;
    bool ok = true;
    for (std::size_t i = 0; i < table.inputs.size(); ++i) {
      std::optional<Interval> before;
      bool follows_error = false;
      if (table.inputs[i].type.kind == TypeKind::number)
        for (std::size_t k = r; k-- > 1;) { // the nearest earlier row with the same other cells
          if (!same_but(table, decl, k, r, i)) continue;
          follows_error = has_error[k - 1];
          if (const auto *band = std::get_if<Interval>(&table.rows[k - 1].tests[i])) before = *band;
          break;
        }
      if (follows_error) {
        out.tests.emplace_back(AnyValue{});
        ok = false;
        continue;
      }
      const std::size_t errors = diagnostics_.size();
      const auto test = cell_test(row.cells[i], table.inputs[i].type, before);
      if (!test)
        declared_at(errors, table.inputs[i].names, table.inputs[i].type, decl.inputs[i].name.ident.span);
      ok = ok && test;
      out.tests.push_back(test.value_or(CellTest{AnyValue{}}));
      if (auto *list = std::get_if<OneOf>(&out.tests.back()); list && list->others)
        *list = others_of(table, i);
    }
    const syntax::Cell &result = row.cells.back();
    const std::size_t errors = diagnostics_.size();
    if (result.kind == CellKind::value) {
      const auto value = literal_of(*result.value, table.type);
      ok = ok && value;
      if (value) out.value = *value, within_bounds(*value, bounds, result.span);
    } else if (result.kind == CellKind::names && result.names.size() == 1 &&
               table.type.kind == TypeKind::member) {
      const int member = find_member(table.type.domain, result.names[0].text);
      if (member < 0)
        no_member(result.span, table.type.domain, result.names[0].text);
      else
        out.value = Member{member};
    } else {
      report("P512", result.span,
             fmt::format("the last cell is the result: {} is wanted here", type_name(table.type)));
      ok = false;
    }
    declared_at(errors, table.names, table.type, table.span);
    table.rows.push_back(std::move(out));
    has_error.push_back(!ok);
  }
}

/// Goes through every combination of classes of the inputs: members of enums, and for numbers the bounds and
/// the open stretches between them. Exactly one row must hold for each.
void Checker::prove_table(const Table &table) {
  std::vector<std::vector<std::pair<Constant, std::string>>> classes;
  std::size_t combinations = 1;
  for (std::size_t i = 0; i < table.inputs.size(); ++i) {
    const Type &type = table.inputs[i].type;
    std::vector<std::pair<Constant, std::string>> list;
    if (type.kind == TypeKind::member) {
      const auto &members = program_.enums[type.domain].members;
      for (std::size_t m = 0; m < members.size(); ++m)
        list.emplace_back(Member{static_cast<int>(m)}, members[m].ident);
    } else if (type.kind == TypeKind::boolean) {
      list = {{true, "true"}, {false, "false"}};
    } else if (type.kind == TypeKind::text) {
      for (const Table::Row &row : table.rows)
        if (const auto *one = std::get_if<OneOf>(&row.tests[i]))
          for (const Constant &c : one->values) list.emplace_back(c, "\"" + std::get<std::string>(c) + "\"");
      list.emplace_back(std::string("\1"), "any other text");
    } else {
      std::vector<Exact> bounds;
      for (const Table::Row &row : table.rows)
        if (const auto *band = std::get_if<Interval>(&row.tests[i])) {
          if (band->low) bounds.push_back(*band->low);
          if (band->high) bounds.push_back(*band->high);
        }
      std::sort(bounds.begin(), bounds.end());
      bounds.erase(std::unique(bounds.begin(), bounds.end()), bounds.end());
      if (type.domain >= 0) { // a range is finite
        for (std::int64_t v = program_.ranges[type.domain].low; v <= program_.ranges[type.domain].high; ++v)
          list.emplace_back(Exact(v), fmt::format("{}", v));
      } else if (bounds.empty()) {
        list.emplace_back(Exact(0), "any number");
      } else {
        const Exact unit = Exact(1) / Exact(number::power_of_ten(std::max(type.scale, 0)));
        auto show = [](const Exact &v) { return number::to_text(v); };
        list.emplace_back(bounds.front() - Exact(1), "below " + show(bounds.front()));
        for (std::size_t b = 0; b < bounds.size(); ++b) {
          list.emplace_back(bounds[b], show(bounds[b]));
          if (b + 1 == bounds.size())
            list.emplace_back(bounds[b] + Exact(1), "above " + show(bounds[b]));
          else if (bounds[b] + unit < bounds[b + 1]) // else no value of the type lies between them
            list.emplace_back((bounds[b] + bounds[b + 1]) / Exact(2),
                              fmt::format("between {} and {}", show(bounds[b]), show(bounds[b + 1])));
        }
      }
    }
    combinations *= list.size();
    if (combinations > most_combinations) {
      report(
          "P510", table.span,
          fmt::format("the table {} has too many combinations to be proved without gap", table.names.ident));
      return;
    }
    classes.push_back(std::move(list));
  }
  std::vector<std::size_t> at(classes.size());
  bool gap = false;
  std::set<std::pair<std::size_t, std::size_t>> overlaps;
  std::vector<bool> used(table.rows.size());
  for (std::size_t n = 0; n < combinations; ++n) {
    std::size_t rest = n;
    for (std::size_t i = classes.size(); i-- > 0;)
      at[i] = rest % classes[i].size(), rest /= classes[i].size();
    std::vector<std::size_t> hits;
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
      bool hit = true;
      for (std::size_t i = 0; i < classes.size() && hit; ++i)
        hit = holds(table.rows[r].tests[i], classes[i][at[i]].first);
      if (hit) hits.push_back(r), used[r] = true;
    }
    std::string example;
    for (std::size_t i = 0; i < classes.size(); ++i)
      example += (i ? ", " : "") + table.inputs[i].names.ident + ": " + classes[i][at[i]].second;
    if (hits.empty() && !gap) {
      gap = true;
      report("P507", table.span,
             fmt::format("no row of the table {} holds for {}", table.names.ident, example),
             "add a row for it, or end the column with above (高于) or otherwise (其他)");
    }
    if (hits.size() > 1 && overlaps.insert({hits[0], hits[1]}).second)
      report("P508", table.rows[hits[1]].span,
             fmt::format("two rows of the table {} hold for {}", table.names.ident, example))
          .related.push_back({table.rows[hits[0]].span, "the other row"});
  }
  for (std::size_t r = 0; r < table.rows.size(); ++r)
    if (!used[r]) warn("P506", table.rows[r].span, "no arguments reach this row");
}

} // namespace steelyard::semantics
