// Which steps a row's results rest on, and the order in which they are told: a step never comes before one
// that it uses, and steps of the same row stay together as far as that allows.
#include "compiler/explain/derive.h"
#include <algorithm>
#include <set>

namespace steelyard::explain {

using semantics::Field;
using semantics::FieldKind;
using semantics::Program;

namespace {

/// Rows whose steps are told besides the row asked for; of further ones only the values stand in the
/// formulas.
constexpr std::size_t most_premises = 64;
constexpr std::size_t most_inputs_shown = 5;

using RowKey = std::pair<int, int>;
RowKey key_of(const RowId &row) {
  return {row.scope, row.row};
}

bool is_computed(const Field &field) {
  return field.kind == FieldKind::let || field.kind == FieldKind::definition;
}

} // namespace

struct Deriver::Plan {
  RowId root;
  int only = -1; ///< definition
  bool checks = true;
  std::vector<Step> steps;                     ///< each after those it needs, by discovery
  std::vector<std::vector<FieldOfRow>> needs;  ///< by step: computed fields
  std::map<std::tuple<int, int, int>, int> of; ///< scope, row, field to step; -1: on the way
  std::vector<RowId> rows;                     ///< in the order of discovery
  std::map<RowKey, std::set<int>> inputs;      ///< read, by row
  std::vector<RowId> input_rows;               ///< in the order of discovery
  std::set<int> parameters;
  std::set<std::pair<int, int>> table_rows; ///< table and row that fitted
};

void Deriver::note(Plan &plan, const Evaluated &evaluated, std::vector<FieldOfRow> *needs) {
  each_read(evaluated, [&](const FieldOfRow &read) {
    const Field &field = run_.program().scopes[read.row.scope].fields[read.field];
    if (is_computed(field) && !is_recorded(plan, read)) {
      if (needs != nullptr) needs->push_back(read);
      return;
    }
    auto [at, is_new] = plan.inputs.try_emplace(key_of(read.row));
    if (is_new) plan.input_rows.push_back(read.row);
    at->second.insert(read.field);
  });
  each_node(evaluated, [&](const Evaluated &node) {
    if (const auto *parameter = std::get_if<semantics::ParameterRef>(&node.term->node))
      plan.parameters.insert(parameter->parameter);
    if (node.table_row >= 0)
      plan.table_rows.emplace(std::get<semantics::TableCall>(node.term->node).table, node.table_row);
    if (!node.changed) return;
    std::set<int> told; // fields
    for (const Step &step : *node.changed) told.insert(run_.program().definitions[step.definition].field);
    for (const Step &step : *node.changed)
      each_term(step, [&](const Evaluated &term) {
        std::vector<FieldOfRow> reads;
        note(plan, term, &reads);
        for (const FieldOfRow &read : reads)
          if (needs != nullptr && !(read.row == step.row && told.contains(read.field)))
            needs->push_back(read);
      });
  });
}

/// A result of another row that the derivation takes as it was recorded.
bool Deriver::is_recorded(const Plan &plan, const FieldOfRow &read) const {
  const Field &field = run_.program().scopes[read.row.scope].fields[read.field];
  return !options_.given.empty() && is_computed(field) && !(read.row == plan.root) &&
         options_.given[field.definition];
}

void Deriver::collect(Plan &plan, const FieldOfRow &target) {
  const Field &field = run_.program().scopes[target.row.scope].fields[target.field];
  const bool own = target.row == plan.root;
  if (!own && !options_.premises) return;
  const auto [at, is_new] = plan.of.try_emplace({target.row.scope, target.row.row, target.field}, -1);
  if (!is_new) return;
  if (std::find(plan.rows.begin(), plan.rows.end(), target.row) == plan.rows.end()) {
    if (!own && plan.rows.size() > most_premises) {
      plan.of.erase(at);
      return;
    }
    plan.rows.push_back(target.row);
  }
  // Who asks for one quantity wants to see the rows that it sums up.
  listing_ = plan.only >= 0 && own && (field.definition == plan.only || field.kind == FieldKind::let);
  Step step = make_step(field.definition, target.row);
  listing_ = false;
  std::vector<FieldOfRow> needs;
  each_term(step, [&](const Evaluated &term) { note(plan, term, &needs); });
  for (const FieldOfRow &need : needs) collect(plan, need);
  plan.of[{target.row.scope, target.row.row, target.field}] = static_cast<int>(plan.steps.size());
  plan.steps.push_back(std::move(step));
  plan.needs.push_back(std::move(needs));
}

/// Goes on with the same row while it can; the row asked for comes last.
void Deriver::order(Plan &plan, Derivation &out) {
  std::vector<bool> done(plan.steps.size());
  const auto ready = [&](std::size_t i) {
    return std::all_of(plan.needs[i].begin(), plan.needs[i].end(), [&](const FieldOfRow &need) {
      const auto at = plan.of.find({need.row.scope, need.row.row, need.field});
      return at == plan.of.end() || at->second < 0 || done[at->second];
    });
  };
  const auto position =
      [&](const Step &step) { // in the order of the policy, lets before what stands after them
        return run_.program().definitions[step.definition].field;
      };
  const auto next_of = [&](const RowId &row) {
    int best = -1;
    for (std::size_t i = 0; i < plan.steps.size(); ++i)
      if (!done[i] && plan.steps[i].row == row && ready(i) &&
          (best < 0 || position(plan.steps[i]) < position(plan.steps[best])))
        best = static_cast<int>(i);
    return best;
  };
  // Rows whose remaining steps need nothing of other rows that is still to come are told first.
  const auto closed = [&](const RowId &row) {
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
      if (done[i] || !(plan.steps[i].row == row)) continue;
      for (const FieldOfRow &need : plan.needs[i]) {
        const auto at = plan.of.find({need.row.scope, need.row.row, need.field});
        if (!(need.row == row) && at != plan.of.end() && at->second >= 0 && !done[at->second]) return false;
      }
    }
    return true;
  };
  std::vector<RowId> others;
  for (const Step &step : plan.steps) // those that were finished first need the least
    if (!(step.row == plan.root) && std::find(others.begin(), others.end(), step.row) == others.end())
      others.push_back(step.row);
  int number = 0;
  const auto tell = [&](const RowId &row) {
    bool told = false;
    for (int i = next_of(row); i >= 0; i = next_of(row)) {
      if (!told && (out.sections.empty() || !(out.sections.back().row == row))) {
        out.sections.emplace_back();
        out.sections.back().row = row;
      }
      told = true;
      done[i] = true;
      plan.steps[i].number = ++number;
      out.sections.back().steps.push_back(plan.steps[i]);
    }
    return told;
  };
  for (bool going = true; going;) {
    going = false;
    for (const RowId &row : others) going = (closed(row) && tell(row)) || going;
    for (const RowId &row : others) {
      if (going) break;
      going = tell(row);
    }
    const bool others_left = std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step &step) {
      return !done[&step - plan.steps.data()] && !(step.row == plan.root);
    });
    if (!going || !others_left) going = tell(plan.root) && others_left;
  }
  if (out.sections.empty() || !(out.sections.back().row == plan.root)) {
    out.sections.emplace_back();
    out.sections.back().row = plan.root;
  }
}

void Deriver::check_row(Plan &plan, Derivation &out) {
  const Program &program = run_.program();
  for (std::size_t i = 0; i < program.checks.size(); ++i) {
    if (program.checks[i].scope != plan.root.scope) continue;
    CheckStep step;
    step.check = static_cast<int>(i);
    step.condition = evaluate(*program.checks[i].condition, Frame{plan.root.scope, plan.root.row, nullptr});
    step.holds = run_.holds(step.check, plan.root.row);
    note(plan, step.condition, nullptr); // results of other rows that only a check looks at are not derived
    out.checks.push_back(std::move(step));
  }
}

void Deriver::read_inputs(Plan &plan, Derivation &out) {
  const auto read_of = [&](const RowId &row, int field) {
    InputRead read;
    read.field = field;
    read.value = run_.value(row.scope, row.row, field);
    read.recorded = is_recorded(plan, {row, field});
    const semantics::Scope &scope = run_.program().scopes[row.scope];
    if (read.recorded && options_.aggregates)
      read.aggregates = options_.aggregates(row, scope.fields[field].definition);
    read.absent_row = scope.fields[field].kind == FieldKind::input && scope.table >= 0 &&
                      run_.rows(row.scope).input_rows[row.row] < 0;
    return read;
  };
  const auto fill = [&](Section &section, const std::set<int> &fields) {
    for (const int field : fields)
      if (run_.program().scopes[section.row.scope].fields[field].kind == FieldKind::input ||
          is_recorded(plan, {section.row, field}))
        section.inputs.push_back(read_of(section.row, field));
  };
  const auto inputs_of = [&](int scope) {
    std::set<int> out_of;
    const auto &fields = run_.program().scopes[scope].fields;
    for (std::size_t f = 0; f < fields.size(); ++f)
      if (fields[f].kind == FieldKind::input) out_of.insert(static_cast<int>(f));
    return out_of;
  };
  // Of the row asked for, every input is shown; of others, those that were read.
  const std::set<int> all = plan.only < 0 ? inputs_of(plan.root.scope) : std::set<int>();
  std::set<RowKey> shown;
  for (Section &section : out.sections) {
    if (!shown.insert(key_of(section.row)).second) continue;
    const bool root = section.row == plan.root && plan.only < 0;
    fill(section, root ? all : plan.inputs[key_of(section.row)]);
  }
  for (const RowId &row : plan.input_rows) {
    if (!shown.insert(key_of(row)).second) continue;
    Section section;
    section.row = row;
    const std::set<int> &read = plan.inputs[key_of(row)];
    fill(section, read);
    if (section.inputs.empty()) continue;
    // A short row is shown whole: who signed, when and why says more than the one number that was taken.
    if (const std::set<int> whole = inputs_of(row.scope); whole.size() <= most_inputs_shown)
      for (const int field : whole)
        if (read.count(field) == 0) {
          section.inputs.push_back(read_of(row, field));
          section.inputs.back().only_shown = true;
        }
    out.read_only.push_back(std::move(section));
  }
}

namespace {

/// Assumptions once each, in the order in which they are met.
struct Gathering {
  std::vector<Assumption> &out;
  void add(const semantics::Basis &basis, const std::string &zh, const std::string &en) {
    for (const std::string &text : basis.assumptions) {
      const auto same = [&](const Assumption &one) { return one.text == text && one.subject_en == en; };
      if (std::none_of(out.begin(), out.end(), same)) out.push_back({text, zh, en});
    }
  }
};

} // namespace

/// Parameters and assumptions. One of an alternative counts when the alternative was tried: that it did not
/// hold rests on it as well.
void Deriver::gather_basis(Plan &plan, Derivation &out) {
  const Program &program = run_.program();
  Gathering gather{out.assumptions};
  for (const int index : plan.parameters) {
    const semantics::Parameter &parameter = program.parameters[index];
    ParameterUse use;
    use.parameter = index;
    use.value = run_.parameter(index);
    const bool set = std::find(options_.parameters_set.begin(), options_.parameters_set.end(), index) !=
                     options_.parameters_set.end();
    for (const semantics::Parameter::Value &value : parameter.values) {
      const bool begun = !options_.day || !value.from || *value.from <= *options_.day;
      const bool ended = options_.day && value.until && *value.until <= *options_.day;
      if (!set && begun && !ended) use.chosen = &value;
    }
    out.parameters.push_back(use);
    gather.add(parameter.basis, parameter.names.chinese(), parameter.names.canonical());
  }
  for (const auto &[table_index, row] : plan.table_rows) {
    const semantics::Table &table = program.tables[table_index];
    gather.add(table.basis, table.names.chinese(), table.names.canonical());
    gather.add(table.rows[row].basis, table.names.chinese(), table.names.canonical());
  }
  for (const auto *sections : {&out.sections, &out.read_only}) {
    for (const Section &section : *sections) {
      const semantics::Scope &scope = program.scopes[section.row.scope];
      const auto subject = [&](const semantics::Names &names, bool chinese) {
        const std::string &name = chinese ? names.chinese() : names.canonical();
        if (section.row == out.row || section.row.scope == 0) return name;
        return (chinese ? scope.names.chinese() : scope.names.canonical()) + "." + name;
      };
      for (const InputRead &read : section.inputs) {
        if (read.only_shown) continue;
        const Field &field = scope.fields[read.field];
        gather.add(field.basis, subject(field.names, true), subject(field.names, false));
      }
      for (const Step &step : section.steps) {
        const Field &field = program.field_of(program.definitions[step.definition]);
        const std::string zh = subject(field.names, true), en = subject(field.names, false);
        gather.add(field.basis, zh, en);
        for (const Tried &tried : step.tried) {
          const bool counted =
              tried.outcome == Outcome::held || (tried.outcome == Outcome::not_held && tried.condition);
          const semantics::Names &names = tried.alternative->names;
          const bool named = !names.ident.empty();
          if (counted)
            gather.add(tried.alternative->basis, named ? zh + " (" + names.chinese() + ")" : zh,
                       named ? en + " (" + names.canonical() + ")" : en);
        }
        if (const auto *list = std::get_if<DeductionList>(&step.division))
          for (const Deduction &deduction : list->deductions) gather.add(deduction.less->basis, zh, en);
      }
    }
  }
}

Derivation Deriver::derive(const RowId &row, std::optional<int> only) {
  const Program &program = run_.program();
  Derivation out;
  out.row = row;
  Plan plan;
  plan.root = row;
  const semantics::Scope &scope = program.scopes[row.scope];
  if (only) {
    out.only = FieldOfRow{row, *only};
    plan.only = scope.fields[*only].definition;
    collect(plan, *out.only);
  } else {
    for (std::size_t f = 0; f < scope.fields.size(); ++f)
      if (scope.fields[f].kind == FieldKind::definition) collect(plan, {row, static_cast<int>(f)});
    check_row(plan, out);
  }
  order(plan, out);
  read_inputs(plan, out);
  gather_basis(plan, out);
  // A requirement that a row above breaks stops the run as a whole.
  if (options_.premises)
    for (const auto *sections : {&out.sections, &out.read_only})
      for (const Section &section : *sections)
        for (std::size_t i = 0; i < program.checks.size(); ++i)
          if (program.checks[i].required && program.checks[i].scope == section.row.scope)
            run_.holds(static_cast<int>(i), section.row.row);
  if (run_.error_count() == 0) return out;
  // Asked about one row, the run has evaluated only what that row rests on: every error concerns it.
  for (const interpret::RunError &error : run_.first_errors(options_.premises ? 20 : run_.error_count()))
    if (options_.premises || (error.scope == row.scope && error.row == row.row))
      out.errors.push_back(
          {{error.scope, error.row}, error.order, interpret::to_text(error, program), error.message});
  return out;
}

} // namespace steelyard::explain
