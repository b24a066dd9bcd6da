// What becomes of each definition when an entity gets more rows. By the kinds of terms alone: a value stays
// the same, doubles, or is not predicted. "Doubles" outlives a rounding only where nothing is rounded.
#include "tests/fuzz/properties.h"
#include "tests/fuzz/terms.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace steelyard::fuzz {

using namespace semantics;
using syntax::AggregateOp;
using syntax::BinaryOp;

namespace {

enum class Fate : std::uint8_t { same, doubled, zero, unknown };

class Growth {
public:
  /// `doubled`: each row of the entity twice; else one more row that nothing refers to.
  Growth(const Program &program, int entity, bool doubled)
      : program_(program), entity_(entity), doubled_(doubled), fates_(program.definitions.size()),
        grown_(program.scopes.size(), 2) {}

  Fate fate(int definition) {
    if (!fates_[definition]) {
      fates_[definition] = Fate::unknown;
      fates_[definition] = of_definition(program_.definitions[definition]);
    }
    return *fates_[definition];
  }

private:
  /// The scope has other rows than before.
  bool grown(int scope) {
    if (scope == entity_) return true;
    if (grown_[scope] != 2) return grown_[scope] == 1;
    grown_[scope] = 1;
    bool out = false;
    for (const RowSource &source : program_.scopes[scope].sources) {
      if (source.scope < 0) continue;
      // Rows doubled give the same keys again.
      out = out || (grown(source.scope) && !(doubled_ && source.scope == entity_));
      for (const TermPtr &key : source.keys) out = out || of(*key) != Fate::same;
    }
    grown_[scope] = out ? 1 : 0;
    return out;
  }

  static Fate joined(Fate a, Fate b) {
    if (a == Fate::zero) return b;
    if (b == Fate::zero) return a;
    return a == b ? a : Fate::unknown;
  }

  Fate of_definition(const Definition &definition) {
    Fate out = Fate::zero;
    const Field &field = program_.field_of(definition);
    const auto add = [&](const Term &value) {
      Fate fate = of(value);
      const bool exact = definition.let || (value.type.scale >= 0 && value.type.scale <= field.type.scale);
      if (fate == Fate::doubled && !exact) fate = Fate::unknown;
      out = joined(out, fate);
    };
    const auto steady = [&](const TermPtr &condition) { return !condition || of(*condition) == Fate::same; };
    if (const auto *formula = std::get_if<Formula>(&definition.body)) {
      for (const auto *list : {&formula->excepts, &formula->lines})
        for (const Alternative &each : *list) {
          if (!steady(each.condition)) return Fate::unknown;
          if (each.value) add(*each.value);
        }
    } else if (const auto *decide = std::get_if<Decide>(&definition.body)) {
      for (const Alternative &each : decide->alternatives)
        if (!steady(each.condition)) return Fate::unknown;
      return Fate::same;
    } else if (const auto *deduct = std::get_if<Deduct>(&definition.body)) {
      add(*deduct->from);
      for (const Deduct::Less &less : deduct->clauses) {
        if (!steady(less.condition)) return Fate::unknown;
        add(*less.amount);
      }
    } else if (const auto *allocate = std::get_if<Allocate>(&definition.body)) {
      if (grown(definition.scope) || of(*allocate->whole) != Fate::same) return Fate::unknown;
      if (allocate->part) return of(*allocate->part) == Fate::same ? Fate::same : Fate::unknown;
      return of(*allocate->weight) == Fate::unknown ? Fate::unknown : Fate::same;
    }
    return out == Fate::zero ? Fate::same : out;
  }

  Fate of(const Term &term) {
    return std::visit([&](const auto &node) { return look(node, term); }, term.node);
  }

  Fate look(const Constant &constant, const Term &) {
    const Exact *number = std::get_if<Exact>(&constant);
    return number != nullptr && number->is_zero() ? Fate::zero : Fate::same;
  }
  Fate look(const FieldRef &ref, const Term &) {
    for (const FieldRef::Step &step : ref.steps) {
      if (step.field >= 0) {
        const Field &field = program_.scopes[step.from].fields[step.field];
        if (field.definition >= 0 && fate(field.definition) != Fate::same) return Fate::unknown;
      } else if (step.scope > 0) {
        if (grown(step.scope) && !(step.scope == entity_ && !doubled_)) return Fate::unknown;
        for (const TermPtr &key : step.keys)
          if (of(*key) != Fate::same) return Fate::unknown;
      }
    }
    const Field &field = program_.scopes[ref.scope].fields[ref.field];
    if (doubled_ && ref.scope == entity_ && field.kind == FieldKind::key) return Fate::unknown;
    return field.definition >= 0 ? fate(field.definition) : Fate::same;
  }
  Fate look(const ParameterRef &, const Term &) { return Fate::same; }
  Fate look(const TableCall &call, const Term &) { return all_same(call.arguments); }
  Fate look(const FunctionCall &call, const Term &) {
    Fate out = Fate::zero;
    for (const TermPtr &argument : call.arguments) out = joined(out, of(*argument));
    return out;
  }
  Fate look(const Unary &unary, const Term &) { return of(*unary.operand); }
  Fate look(const Binary &binary, const Term &) {
    const Fate a = of(*binary.left), b = of(*binary.right);
    if (a == Fate::unknown || b == Fate::unknown) return Fate::unknown;
    switch (binary.op) {
    case BinaryOp::add:
    case BinaryOp::subtract:
    case BinaryOp::or_else:
      return joined(a, b);
    case BinaryOp::multiply:
      if (a == Fate::zero || b == Fate::zero) return Fate::zero;
      return a == Fate::same ? b : b == Fate::same ? a : Fate::unknown;
    case BinaryOp::divide:
      if (a == Fate::zero || b == Fate::zero) return a == Fate::zero ? Fate::zero : Fate::unknown;
      return a == b ? Fate::same : b == Fate::same ? a : Fate::unknown;
    default:
      return joined(a, b) == Fate::unknown ? Fate::unknown : Fate::same; // comparisons, and, or
    }
  }
  Fate look(const MissingTest &test, const Term &) {
    return of(*test.operand) == Fate::unknown ? Fate::unknown : Fate::same;
  }
  Fate look(const Membership &membership, const Term &) { return of(*membership.operand); }
  Fate look(const Parenthesized &inside, const Term &) { return of(*inside.inner); }
  // Lists are not among what is made up here.
  Fate look(const InSet &, const Term &) { return Fate::unknown; }
  Fate look(const ElementRef &, const Term &) { return Fate::unknown; }
  Fate look(const ListTerm &, const Term &) { return Fate::unknown; }
  Fate look(const With &, const Term &) { return Fate::unknown; }
  Fate look(const Aggregate &aggregate, const Term &) {
    const bool own = aggregate.scope == entity_;
    if (grown(aggregate.scope) && !(own && doubled_)) return Fate::unknown;
    for (const Aggregate::Match &match : aggregate.matches)
      if (of(*match.inner) != Fate::same || of(*match.outer) != Fate::same) return Fate::unknown;
    if (aggregate.where && of(*aggregate.where) != Fate::same) return Fate::unknown;
    const Fate operand = aggregate.operand ? of(*aggregate.operand) : Fate::same;
    if (operand == Fate::unknown) return Fate::unknown;
    switch (aggregate.op) {
    case AggregateOp::count:
      return own ? Fate::doubled : Fate::same;
    case AggregateOp::sum:
      if (!own || operand == Fate::zero) return operand;
      return operand == Fate::same ? Fate::doubled : Fate::unknown;
    case AggregateOp::cv:
      return Fate::same;
    case AggregateOp::share:
      return own ? Fate::unknown : Fate::same;
    default:
      return operand;
    }
  }
  Fate look(const Neighbour &neighbour, const Term &) {
    if (grown(neighbour.scope) || (neighbour.where && of(*neighbour.where) != Fate::same))
      return Fate::unknown;
    return of(*neighbour.operand);
  }
  Fate all_same(const std::vector<TermPtr> &terms) {
    for (const TermPtr &term : terms)
      if (of(*term) != Fate::same && of(*term) != Fate::zero) return Fate::unknown;
    return Fate::same;
  }

  const Program &program_;
  int entity_;
  bool doubled_;
  std::vector<std::optional<Fate>> fates_;
  std::vector<int> grown_; ///< 2: not known yet
};

/// An entity with a file and one key of type text; -1 when there is none with rows.
int pick_entity(Subject &subject, bool leaf) {
  const Program &program = subject.program;
  std::vector<int> fitting;
  for (std::size_t s = 1; s < program.scopes.size(); ++s) {
    const Scope &scope = program.scopes[s];
    bool fits = scope.entity && scope.table >= 0 && scope.key_count == 1 &&
                scope.fields[0].type.kind == TypeKind::text && scope.sources.size() == 1 &&
                scope.sources[0].input;
    fits = fits && !subject.trial.tables[static_cast<std::size_t>(scope.table)].rows.empty();
    if (leaf)
      for (const Scope &other : program.scopes)
        for (const Field &field : other.fields)
          fits = fits && !(field.type.kind == TypeKind::row && field.type.domain == static_cast<int>(s));
    if (fits) fitting.push_back(static_cast<int>(s));
  }
  return fitting.empty() ? -1 : subject.random.pick(fitting);
}

std::string twice(const std::string &text) {
  const auto value = number::parse_decimal(text);
  return value ? number::to_text(number::Decimal{value->units * 2, value->scale}) : text;
}

constexpr const char *mark = "~more";

/// Each value whose fate is known, at each row that was there before (and at its double).
std::string against(const Subject &subject, const Outcome &changed, int entity, bool doubled) {
  Growth growth(subject.program, entity, doubled);
  for (std::size_t s = 0; s < subject.program.scopes.size(); ++s) {
    const Scope &scope = subject.program.scopes[s];
    const std::string file = (s == 0 ? "overall" : scope.names.canonical()) + ".csv";
    const auto content = [&](const Outcome &outcome) {
      for (const auto &[name, text] : outcome.files)
        if (name == file) return csv_records(text);
      return std::vector<std::vector<std::string>>{};
    };
    const auto before = content(subject.found), after = content(changed);
    if (before.empty()) continue;
    const auto key_of = [&](const std::vector<std::string> &row) {
      return std::vector<std::string>(row.begin(), row.begin() + scope.key_count);
    };
    std::map<std::vector<std::string>, const std::vector<std::string> *> rows;
    for (std::size_t r = 1; r < after.size(); ++r) rows[key_of(after[r])] = &after[r];
    for (std::size_t r = 1; r < before.size(); ++r)
      for (int copy = 0; copy < (doubled && static_cast<int>(s) == entity ? 2 : 1); ++copy) {
        std::vector<std::string> key = key_of(before[r]);
        if (copy == 1) key[0] += mark;
        const auto found = rows.find(key);
        for (std::size_t c = static_cast<std::size_t>(scope.key_count); c < before[0].size(); ++c) {
          int definition = -1;
          for (const Field &field : scope.fields)
            if (field.names.canonical() == before[0][c]) definition = field.definition;
          const Fate fate = growth.fate(definition);
          if (fate == Fate::unknown) continue;
          if (found == rows.end()) return fmt::format("{}: the row {} is lost", file, fmt::join(key, ", "));
          const std::string wanted = fate == Fate::doubled ? twice(before[r][c]) : before[r][c];
          if ((*found->second)[c] != wanted)
            return fmt::format("{}, {}: {} is {}, but it must be {} (was {})", file, fmt::join(key, ", "),
                               before[0][c], (*found->second)[c], wanted, before[r][c]);
        }
      }
  }
  return "";
}

std::string with_more_rows(Subject &subject, bool doubled) {
  // What tables of rules and sets of codes say is not foreseen.
  if (!subject.found.good() || has_lists(subject.program)) return "";
  const int entity = pick_entity(subject, doubled);
  if (entity < 0) return "";
  TextTables tables = subject.trial.tables;
  TextTable &table = tables[static_cast<std::size_t>(subject.program.scopes[entity].table)];
  const auto key =
      static_cast<std::size_t>(table.column(subject.program.scopes[entity].fields[0].names.canonical()));
  const std::size_t count = table.rows.size();
  for (std::size_t r = doubled ? 0 : static_cast<std::size_t>(subject.random.below(count)); r < count; ++r) {
    std::vector<std::string> more = table.rows[r];
    more[key] += mark;
    table.rows.push_back(std::move(more));
    if (!doubled) break;
  }
  const auto outcome = outcome_of(subject, tables);
  if (!outcome) return "more rows cannot be read";
  if (!outcome->thrown.empty()) return "thrown: " + outcome->thrown;
  return outcome->good() ? against(subject, *outcome, entity, doubled) : "";
}

} // namespace

std::string broken_by_added_row(Subject &subject) {
  return with_more_rows(subject, false);
}
std::string broken_by_doubled_rows(Subject &subject) {
  return with_more_rows(subject, true);
}

} // namespace steelyard::fuzz
