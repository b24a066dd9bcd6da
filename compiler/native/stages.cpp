// See stages.h.
#include "compiler/native/stages.h"
#include "compiler/semantics/copy_program.h"
#include "compiler/semantics/each_term.h"
#include "compiler/semantics/make_term.h"
#include "compiler/semantics/reference_scopes.h"
#include "runtime/data/csv_scanner.h"
#include "runtime/data/tables_folder.h"
#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <set>

namespace steelyard::native {

using namespace semantics;

namespace {

class Split {
public:
  explicit Split(const Program &program) : program_(program) {}

  std::optional<Stages> make() {
    of_tables_ = reference_scopes(program_);
    if (!find_scope() || !find_first() || !find_given()) return std::nullopt;
    return Stages{rows(), rest(), scope_, first_, given_};
  }

private:
  /// What no plan can say.
  bool has_lists(const Definition &definition) const {
    bool found = program_.field_of(definition).type.kind == TypeKind::list;
    each_term(definition, [&](const Term &term) {
      const auto *aggregate = std::get_if<Aggregate>(&term.node);
      found = found || std::holds_alternative<InSet>(term.node) ||
              std::holds_alternative<ListTerm>(term.node) || std::holds_alternative<With>(term.node) ||
              (aggregate != nullptr && aggregate->op == syntax::AggregateOp::first);
    });
    return found;
  }

  /// The one scope whose rows have lists.
  bool find_scope() {
    for (const Definition &definition : program_.definitions) {
      if (of_tables_[static_cast<std::size_t>(definition.scope)] || !has_lists(definition)) continue;
      if (scope_ >= 0 && scope_ != definition.scope) return false;
      scope_ = definition.scope;
    }
    if (scope_ <= 0) return false;
    const Scope &scope = program_.scopes[static_cast<std::size_t>(scope_)];
    return scope.table >= 0 && scope.key_count == 1 && scope.fields[0].type.kind == TypeKind::text &&
           scope.sources.size() == 1 && scope.sources[0].input;
  }

  bool of_first(int scope) const { return scope == scope_ || of_tables_[static_cast<std::size_t>(scope)]; }

  /// Whether a term stays within the rows, the tables, and definitions of the first stage.
  bool stays(const Term &term) const {
    const auto within = [&](int scope, int field) {
      if (!of_first(scope)) return false;
      if (field < 0) return true;
      const int definition =
          program_.scopes[static_cast<std::size_t>(scope)].fields[static_cast<std::size_t>(field)].definition;
      return definition < 0 || first_[static_cast<std::size_t>(definition)];
    };
    if (const auto *ref = std::get_if<FieldRef>(&term.node)) {
      for (const FieldRef::Step &step : ref->steps)
        if (!of_first(step.scope) || (step.field >= 0 && !within(step.from, step.field))) return false;
      return within(ref->scope, ref->field);
    }
    if (const auto *set = std::get_if<InSet>(&term.node)) return set->scope < 0 || of_first(set->scope);
    if (const auto *aggregate = std::get_if<Aggregate>(&term.node)) return of_first(aggregate->scope);
    if (const auto *neighbour = std::get_if<Neighbour>(&term.node)) return of_first(neighbour->scope);
    if (const auto *call = std::get_if<FunctionCall>(&term.node)) return call->calendar < 0;
    return true;
  }

  bool find_first() {
    for (const Definition &definition : program_.definitions) first_.push_back(of_first(definition.scope));
    for (bool more = true; more;) {
      more = false;
      for (std::size_t d = 0; d < program_.definitions.size(); ++d) {
        if (!first_[d]) continue;
        bool all = true;
        each_term(program_.definitions[d], [&](const Term &term) { all = all && stays(term); });
        if (all) continue;
        first_[d] = false;
        more = true;
      }
    }
    bool rest = false;
    for (std::size_t d = 0; d < program_.definitions.size(); ++d) {
      const Definition &definition = program_.definitions[d];
      if (first_[d]) continue;
      // One file of results would have columns of both stages.
      if (of_first(definition.scope) && !definition.let) return false;
      if (has_lists(definition)) return false;
      rest = true;
    }
    for (const Check &check : program_.checks) {
      bool all = of_tables_[static_cast<std::size_t>(check.scope)] && check.required;
      each_term(*check.condition, [&](const Term &term) { all = all && stays(term); });
      for (const auto &[piece, term] : check.text)
        if (term) each_term(*term, [&](const Term &part) { all = all && stays(part); });
      first_checks_.push_back(all);
      rest = rest || !all;
    }
    return rest;
  }

  /// What the second stage reads of the first: results of the rows, of kinds that are the same in a file.
  bool find_given() {
    std::set<int> given;
    bool ok = true;
    const auto look = [&](const Term &term) {
      const auto one = [&](int scope, int field) {
        if (field < 0) return;
        const Field &of =
            program_.scopes[static_cast<std::size_t>(scope)].fields[static_cast<std::size_t>(field)];
        if (of.definition < 0 || !first_[static_cast<std::size_t>(of.definition)]) return;
        // In a file an empty text is the same as one that is missing.
        const bool plain = (of.type.kind == TypeKind::text && !of.type.optional) ||
                           of.type.kind == TypeKind::member || of.type.kind == TypeKind::boolean;
        ok = ok && scope == scope_ && of.kind == FieldKind::definition && plain;
        given.insert(field);
      };
      if (const auto *ref = std::get_if<FieldRef>(&term.node)) {
        for (const FieldRef::Step &step : ref->steps)
          if (step.field >= 0) one(step.from, step.field);
        one(ref->scope, ref->field);
      }
    };
    for (std::size_t d = 0; d < program_.definitions.size(); ++d)
      if (!first_[d]) each_term(program_.definitions[d], look);
    for (std::size_t c = 0; c < program_.checks.size(); ++c) {
      if (first_checks_[c]) continue;
      each_term(*program_.checks[c].condition, look);
      for (const auto &[piece, term] : program_.checks[c].text)
        if (term) each_term(*term, look);
    }
    for (const Scope &scope : program_.scopes)
      for (const RowSource &source : scope.sources)
        for (const TermPtr &key : source.keys) each_term(*key, look);
    given_.assign(given.begin(), given.end());
    return ok;
  }

  static TermPtr truth() {
    Type type;
    type.kind = TypeKind::boolean;
    return semantics::make(Span{}, type, Constant{true});
  }
  /// A definition that belongs to the other stage.
  static void empty(Program &program, int index) {
    Definition &definition = program.definitions[static_cast<std::size_t>(index)];
    Field &field = program.scopes[static_cast<std::size_t>(definition.scope)]
                       .fields[static_cast<std::size_t>(definition.field)];
    definition.let = true;
    field.kind = FieldKind::let;
    field.type = Type{};
    field.type.kind = TypeKind::boolean;
    Formula formula;
    formula.lines.emplace_back();
    formula.lines.back().value = truth();
    definition.body = std::move(formula);
  }
  static void hold(Check &check) {
    check.scope = 0; // one row
    check.required = true;
    check.condition = truth();
    check.text.clear();
  }

  Program rows() const {
    Program out = copy_of(program_);
    for (std::size_t d = 0; d < first_.size(); ++d)
      if (!first_[d]) empty(out, static_cast<int>(d));
    for (std::size_t c = 0; c < first_checks_.size(); ++c)
      if (!first_checks_[c]) hold(out.checks[c]);
    for (std::size_t s = 1; s < out.scopes.size(); ++s)
      if (!of_first(static_cast<int>(s)))
        std::erase_if(out.scopes[s].sources, [](const RowSource &source) { return !source.input; });
    return out;
  }

  Program rest() const {
    Program out = copy_of(program_);
    for (std::size_t d = 0; d < first_.size(); ++d)
      if (first_[d]) empty(out, static_cast<int>(d));
    for (std::size_t c = 0; c < first_checks_.size(); ++c)
      if (first_checks_[c]) hold(out.checks[c]);
    Scope &scope = out.scopes[static_cast<std::size_t>(scope_)];
    data::TableSchema &table = out.schema.tables[static_cast<std::size_t>(scope.table)];
    for (const int index : given_) {
      const Field &before =
          program_.scopes[static_cast<std::size_t>(scope_)].fields[static_cast<std::size_t>(index)];
      Field &field = scope.fields[static_cast<std::size_t>(index)];
      out.definitions[static_cast<std::size_t>(field.definition)].field = 0; // of nothing that is asked for
      field = before;
      field.kind = FieldKind::input;
      field.definition = -1;
      field.column = static_cast<int>(table.fields.size());
      data::FieldSchema column;
      column.name = field.names.canonical();
      column.optional = field.type.optional;
      if (field.type.kind == TypeKind::member) {
        column.kind = data::FieldKind::enumeration;
        for (const Names &member : out.enums[static_cast<std::size_t>(field.type.domain)].members)
          column.members.push_back({member.canonical()});
      } else {
        column.kind = field.type.kind == TypeKind::text ? data::FieldKind::text : data::FieldKind::boolean;
      }
      table.fields.push_back(std::move(column));
    }
    return out;
  }

  const Program &program_;
  std::vector<bool> of_tables_;    ///< by scope
  std::vector<bool> first_;        ///< by definition
  std::vector<bool> first_checks_; ///< by check
  int scope_ = -1;
  std::vector<int> given_;
};

/// The columns of the result file, in the order of the dataset's rows.
class Columns {
public:
  Columns(const Stages &stages, const data::Table &table)
      : scope_(stages.rest.scopes[static_cast<std::size_t>(stages.scope)]), table_(table),
        schema_(stages.rest.schema.tables[static_cast<std::size_t>(scope_.table)]) {
    for (const int field : stages.given) {
      const int column = scope_.fields[static_cast<std::size_t>(field)].column;
      const data::FieldSchema &schema = schema_.fields[static_cast<std::size_t>(column)];
      made_.emplace_back(schema.kind == data::FieldKind::text          ? data::Storage::i32
                         : schema.kind == data::FieldKind::enumeration ? data::Storage::i16
                                                                       : data::Storage::u8,
                         table.rows, true);
      schemas_.push_back(&schema);
      texts_.emplace_back();
    }
  }

  /// False where the file is not as expected.
  bool read(std::string_view results) {
    data::CsvScanner records(results);
    if (!records.next()) return false;
    std::vector<std::size_t> places;
    for (const data::FieldSchema *schema : schemas_) {
      const auto &cells = records.cells();
      const auto at = std::find(
          cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(records.cell_count()), schema->name);
      if (at == cells.begin() + static_cast<std::ptrdiff_t>(records.cell_count())) return false;
      places.push_back(static_cast<std::size_t>(at - cells.begin()));
    }
    records.release();
    const data::Column &keys = table_.columns[static_cast<std::size_t>(scope_.fields[0].column)];
    const auto key_of = [&](std::uint32_t row) {
      return keys.dictionary[static_cast<std::size_t>(keys.narrow(row))];
    };
    std::vector<std::uint32_t> order(table_.rows);
    std::iota(order.begin(), order.end(), 0U);
    const auto before = [&](std::uint32_t a, std::uint32_t b) { return key_of(a) < key_of(b); };
    if (!std::is_sorted(order.begin(), order.end(), before)) std::sort(order.begin(), order.end(), before);
    for (const std::uint32_t row : order) {
      if (!records.next() || records.cells()[0] != key_of(row)) return false;
      for (std::size_t i = 0; i < places.size(); ++i)
        if (!put(i, row, records.cells()[places[i]])) return false;
      records.release();
    }
    return !records.next();
  }

  std::vector<data::Column> take() { return std::move(made_); }

private:
  bool put(std::size_t i, std::size_t row, std::string_view cell) {
    data::Column &column = made_[i];
    const data::FieldSchema &schema = *schemas_[i];
    // A text is never empty here: a column would take it for one that is missing.
    if (cell.empty()) {
      if (!schema.optional) return false;
      column.given()[row] = 0;
      write(column, row, 0);
      return true;
    }
    auto &known = texts_[i];
    const auto found = known.find(cell);
    if (found != known.end()) {
      write(column, row, found->second);
      return true;
    }
    std::int32_t value = -1;
    if (schema.kind == data::FieldKind::text) {
      value = static_cast<std::int32_t>(column.dictionary.size());
      column.dictionary.add(cell);
    } else if (schema.kind == data::FieldKind::boolean) {
      value = cell == "true" ? 1 : 0;
    } else {
      for (std::size_t m = 0; m < schema.members.size(); ++m)
        if (schema.members[m].front() == cell) value = static_cast<std::int32_t>(m);
      if (value < 0) return false;
    }
    known.emplace(cell, value);
    write(column, row, value);
    return true;
  }
  static void write(data::Column &column, std::size_t row, std::int32_t value) {
    switch (column.storage()) {
    case data::Storage::u8:
      static_cast<std::uint8_t *>(column.values())[row] = static_cast<std::uint8_t>(value);
      break;
    case data::Storage::i16:
      static_cast<std::int16_t *>(column.values())[row] = static_cast<std::int16_t>(value);
      break;
    default:
      static_cast<std::int32_t *>(column.values())[row] = value;
    }
  }

  const Scope &scope_;
  const data::Table &table_;
  const data::TableSchema &schema_;
  std::vector<data::Column> made_;
  std::vector<const data::FieldSchema *> schemas_;
  std::vector<std::map<std::string, std::int32_t, std::less<>>> texts_; ///< what was met before
};

} // namespace

std::optional<Stages> stages_of(const Program &program) {
  return Split(program).make();
}

std::optional<data::Dataset> data_of_rest(const Stages &stages, const data::Dataset &dataset,
                                          std::string_view results) {
  const auto of_rows =
      static_cast<std::size_t>(stages.rest.scopes[static_cast<std::size_t>(stages.scope)].table);
  Columns made(stages, dataset.tables[of_rows]);
  if (!made.read(results)) return std::nullopt;
  data::Dataset out;
  for (std::size_t t = 0; t < dataset.tables.size(); ++t) {
    const data::Table &table = dataset.tables[t];
    data::Table copy;
    copy.rows = table.rows;
    copy.file_present = table.file_present;
    for (const data::Column &column : table.columns) copy.columns.push_back(data::copy_of(column));
    out.tables.push_back(std::move(copy));
  }
  for (data::Column &column : made.take()) out.tables[of_rows].columns.push_back(std::move(column));
  return out;
}

} // namespace steelyard::native
