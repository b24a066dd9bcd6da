// Where the rows of each scope come from, and what the dataset of the policy looks like.
#include "compiler/semantics/checker.h"
#include "runtime/number/calendar.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::semantics {

namespace {

bool same_type(const Type &a, const Type &b) {
  return a.kind == b.kind && a.domain == b.domain &&
         (a.kind != TypeKind::number || a.dimension == b.dimension);
}

bool has_input_columns(const Scope &scope) {
  return std::any_of(scope.fields.begin(), scope.fields.end(),
                     [](const Field &f) { return f.kind == FieldKind::input; });
}

} // namespace

void Checker::resolve_sources(int index, const syntax::RowsFromDecl &decl) {
  for (const syntax::RowSource &source : decl.sources) {
    RowSource out;
    out.span = source.span;
    if (source.input) {
      out.input = true;
      program_.scopes[index].sources.push_back(std::move(out));
      continue;
    }
    out.scope = find_scope(source.scope.text);
    if (out.scope < 0) {
      report("P204", source.scope.span, fmt::format("there is no entity or scope '{}'", source.scope.text),
             scope_meant(source.scope.text));
      unfound(Sought::scope);
      continue;
    }
    const int key_count = program_.scopes[index].key_count;
    if (static_cast<int>(source.paths.size()) != key_count) {
      report("P604", source.span,
             fmt::format("{} has {}, but there {} here", program_.scopes[index].names.ident,
                         counted(key_count, "key"),
                         source.paths.size() == 1 ? "is one path"
                                                  : fmt::format("are {} paths", source.paths.size())));
      continue;
    }
    Place place;
    place.scope = out.scope;
    bool ok = true;
    for (int k = 0; k < key_count; ++k) {
      TermPtr term = expression(*source.paths[k], place);
      if (!term) {
        ok = false;
        continue;
      }
      const Field &key = program_.scopes[index].fields[k];
      if (const Type *key_of_row = key_type_of_row(term->type);
          key_of_row && same_type(*key_of_row, key.type) && !same_type(term->type, key.type))
        term = to_key(std::move(term));
      if (!same_type(term->type, key.type)) {
        origins(report("P617", source.paths[k]->span,
                       fmt::format("the key {} of {} is {}, but this path is {}", key.names.ident,
                                   program_.scopes[index].names.ident, type_name(key.type),
                                   type_name(term->type))),
                {term.get()});
        ok = false;
        continue;
      }
      out.keys.push_back(std::move(term));
    }
    if (ok) program_.scopes[index].sources.push_back(std::move(out));
  }
}

void Checker::default_sources() {
  for (std::size_t i = 1; i < program_.scopes.size(); ++i) {
    Scope &scope = program_.scopes[i];
    if (sources_declared_.count(static_cast<int>(i)) > 0) continue;
    RowSource own;
    own.input = true;
    own.span = scope.span;
    if (scope.entity || has_input_columns(scope)) {
      scope.sources.push_back(std::move(own));
    } else if (scope.key_count == 1 &&
               (scope.fields[0].type.kind == TypeKind::member ||
                (scope.fields[0].type.kind == TypeKind::number && scope.fields[0].type.domain >= 0))) {
      own.input = false;
      own.every = true;
      scope.sources.push_back(std::move(own));
    } else {
      std::string hint = "say it with rows from (行取自), or give the scope inputs of its own";
      std::vector<syntax::Related> related;
      for (const Scope &other : program_.scopes) { // the same scope under another name?
        bool same =
            &other != &scope && !other.entity && other.key_count == scope.key_count && scope.key_count > 0;
        for (int k = 0; same && k < scope.key_count; ++k)
          same = other.fields[k].names.ident == scope.fields[k].names.ident;
        if (!same) continue;
        hint = fmt::format("to go on with {}, write: as {} (称 {})", other.names.ident, other.names.ident,
                           other.names.ident);
        related.push_back({other.span, fmt::format("{} has the same keys", other.names.ident)});
      }
      for (int k = 0; k < scope.key_count && !related.empty(); ++k) {
        const Type &type = scope.fields[k].type;
        if (type.kind == TypeKind::row)
          related.push_back({program_.scopes[type.domain].span, "a part of its name is declared here"});
        if (type.kind == TypeKind::member)
          related.push_back({program_.enums[type.domain].span, "a part of its name is declared here"});
        if (type.kind == TypeKind::number && type.domain >= 0)
          related.push_back({program_.ranges[type.domain].span, "a part of its name is declared here"});
      }
      report("P601", scope.span, fmt::format("which rows does {} have?", scope.names.ident), hint).related =
          std::move(related);
    }
  }
}

void Checker::check_absent_rows() {
  for (std::size_t i = 1; i < program_.scopes.size(); ++i) {
    const Scope &scope = program_.scopes[i];
    const bool only_input =
        std::all_of(scope.sources.begin(), scope.sources.end(), [](const RowSource &s) { return s.input; });
    if (only_input) continue;
    for (const Field &field : scope.fields)
      if (field.kind == FieldKind::input && !field.type.optional && !field.default_value)
        report("P608", field.span,
               fmt::format("a row of {} may be absent from the file: what is {} then?", scope.names.ident,
                           field.names.ident),
               "give it a default (默认), or make it optional (可缺) or required in row (行内必填)");
  }
}

void Checker::make_schema() {
  // First the tables' places, since references name them.
  for (std::size_t i = 1; i < program_.scopes.size(); ++i) {
    Scope &scope = program_.scopes[i];
    const bool own_rows =
        std::any_of(scope.sources.begin(), scope.sources.end(), [](const RowSource &s) { return s.input; });
    if (!own_rows && !has_input_columns(scope)) continue;
    scope.table = static_cast<int>(program_.schema.tables.size());
    data::TableSchema table;
    table.name = scope.names.canonical();
    table.file = scope.tables_file.empty() ? table.name + ".csv" : scope.tables_file;
    table.of_tables = !scope.tables_file.empty();
    const auto optional = file_optional_.find(static_cast<int>(i));
    table.file_optional = optional != file_optional_.end() && optional->second;
    program_.schema.tables.push_back(std::move(table));
  }
  for (Scope &scope : program_.scopes)
    for (Field &field : scope.fields)
      if (field.kind != FieldKind::key && field.type.kind == TypeKind::row &&
          program_.scopes[field.type.domain].key_count != 1)
        report("P224", field.span,
               fmt::format("'{}' refers to {}, which has {} keys: a cell can hold only one",
                           field.names.ident, program_.scopes[field.type.domain].names.ident,
                           program_.scopes[field.type.domain].key_count));
  // A folder of tables stands by itself: the same for every dataset.
  for (const Scope &scope : program_.scopes)
    for (const Field &field : scope.fields) {
      if (scope.tables_file.empty() || field.type.kind != TypeKind::row || field.definition >= 0) continue;
      const Scope &target = program_.scopes[field.type.domain];
      if (target.tables_file.empty())
        report("P229", field.span,
               fmt::format("'{}' refers to {}, which is no table of the folder of tables", field.names.ident,
                           target.names.ident),
               fmt::format("make it the text of the key, or take {} from tables (取自表) as well",
                           target.names.ident));
    }
  auto spellings = [](const Names &names) {
    std::vector<std::string> out{names.canonical()};
    for (const std::string *text : {&names.ident, &names.twin, &names.label})
      if (!text->empty() && std::find(out.begin(), out.end(), *text) == out.end()) out.push_back(*text);
    return out;
  };
  auto units = [](const Exact &value, int scale) {
    // A field whose type has an error has no scale.
    const number::Decimal decimal = number::round(value, std::max(scale, 0), number::Rounding::half_up);
    // A bound beyond 128 bits lies beyond every cell.
    constexpr data::Int128 beyond = static_cast<data::Int128>(1) << 126;
    if (!decimal.units.fits_int128()) return decimal.units.sign() < 0 ? -beyond : beyond;
    return static_cast<data::Int128>(decimal.units);
  };
  for (std::size_t i = 1; i < program_.scopes.size(); ++i) {
    Scope &scope = program_.scopes[i];
    if (scope.table < 0) continue;
    data::TableSchema &table = program_.schema.tables[scope.table];
    for (Field &field : scope.fields) {
      if (field.kind != FieldKind::key && field.kind != FieldKind::input) continue;
      data::FieldSchema column;
      column.name = field.names.canonical();
      column.accepted_headers = spellings(field.names);
      column.is_key = field.kind == FieldKind::key;
      column.optional = field.type.optional && !field.required_in_row;
      Type type = field.type;
      // A reference to an entity without a file is kept as that entity's key.
      while (type.kind == TypeKind::row && program_.scopes[type.domain].table < 0 &&
             program_.scopes[type.domain].key_count == 1)
        type = program_.scopes[type.domain].fields[0].type;
      switch (type.kind) {
      case TypeKind::boolean:
        column.kind = data::FieldKind::boolean;
        column.type_text = "bool";
        break;
      case TypeKind::text:
        column.kind = data::FieldKind::text;
        column.type_text = "text";
        break;
      case TypeKind::list: // kept as it is written
        column.kind = data::FieldKind::text;
        column.type_text = "list of text";
        column.optional = true;
        break;
      case TypeKind::date:
        column.kind = data::FieldKind::date;
        column.type_text = "date";
        break;
      case TypeKind::month:
        column.kind = data::FieldKind::month;
        column.type_text = "calendar month";
        break;
      case TypeKind::member:
        column.kind = data::FieldKind::enumeration;
        column.type_text = program_.enums[type.domain].names.canonical();
        for (const Names &member : program_.enums[type.domain].members)
          column.members.push_back(spellings(member));
        break;
      case TypeKind::row:
        column.kind = data::FieldKind::reference;
        column.type_text = program_.scopes[type.domain].names.canonical();
        column.target = program_.scopes[type.domain].table;
        break;
      case TypeKind::number: {
        column.kind = data::FieldKind::decimal;
        column.scale = type.scale;
        const Dimension &d = type.dimension;
        const std::string unit = d == Dimension{1, 0, 0}    ? "money"
                                 : d == Dimension{0, 1, 0}  ? "points"
                                 : d == Dimension{1, -1, 0} ? "value"
                                 : d == Dimension{0, 0, 1}  ? "days"
                                 : d == Dimension{}         ? (type.scale > 0 ? "ratio" : "count")
                                                            : type_name(type);
        column.type_text = type.domain >= 0 ? program_.ranges[type.domain].names.canonical()
                           : type.scale > 0 || unit == "money" || unit == "points"
                               ? fmt::format("{}({})", unit, type.scale)
                               : unit;
        if (field.bounds.low) column.min = units(*field.bounds.low, type.scale);
        if (field.bounds.high) column.max = units(*field.bounds.high, type.scale);
        column.min_exclusive = field.bounds.low_exclusive;
        break;
      }
      }
      if (field.default_value) {
        struct Visit {
          const Program &program;
          const Type &type;
          std::string operator()(const Missing &) const { return ""; }
          std::string operator()(bool value) const { return value ? "true" : "false"; }
          std::string operator()(const Exact &value) const {
            return number::to_text(number::round(value, std::max(type.scale, 0), number::Rounding::half_up));
          }
          std::string operator()(const Member &m) const {
            return program.enums[type.domain].members[m.index].canonical();
          }
          std::string operator()(const std::string &text) const { return text; }
          std::string operator()(const Day &day) const { return calendar::day_text(day.days); }
          std::string operator()(const Month &month) const { return calendar::month_text(month.months); }
        };
        column.default_text = std::visit(Visit{program_, type}, *field.default_value);
      }
      field.column = static_cast<int>(table.fields.size());
      table.fields.push_back(std::move(column));
    }
  }
}

} // namespace steelyard::semantics
