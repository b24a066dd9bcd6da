// See json.h.
#include "compiler/explain/json.h"
#include "compiler/explain/json_expression.h"
#include "runtime/json/json.h"
#include <algorithm>

namespace steelyard::explain {

namespace {
using semantics::TypeKind;

const char *mode_name(number::Rounding mode) {
  switch (mode) {
  case number::Rounding::half_up:
    return "half up";
  case number::Rounding::half_even:
    return "half even";
  case number::Rounding::down:
    return "down";
  case number::Rounding::floor:
    return "floor";
  case number::Rounding::ceiling:
    return "ceiling";
  case number::Rounding::up:
    return "up";
  case number::Rounding::half_down:
    return "half down";
  }
  return "";
}

const char *kind_name(TypeKind kind) {
  switch (kind) {
  case TypeKind::boolean:
    return "boolean";
  case TypeKind::text:
    return "text";
  case TypeKind::list:
    return "list";
  case TypeKind::date:
    return "date";
  case TypeKind::month:
    return "month";
  case TypeKind::number:
    return "number";
  case TypeKind::member:
    return "member";
  case TypeKind::row:
    return "row";
  }
  return "";
}

const char *outcome_name(Outcome outcome) {
  switch (outcome) {
  case Outcome::held:
    return "held";
  case Outcome::not_held:
    return "not held";
  case Outcome::beaten:
    return "overridden";
  case Outcome::not_tried:
    return "not tried";
  }
  return "";
}

class Writer {
public:
  Writer(interpret::Run &run, const Derivation &derivation, const JsonOptions &options)
      : run_(run), derivation_(derivation), say_(run, options.language), english_(run, Language::en),
        text_(run, say_), expressions_(run, text_) {}

  Json operator()() {
    Json out;
    out["policy"] = program().names.canonical();
    row(out, derivation_.row);
    if (derivation_.only) out["only"] = name_of(*derivation_.only);
    out["parameters"] = Json::array();
    for (const ParameterUse &use : derivation_.parameters) out["parameters"].push_back(parameter(use));
    out["checks"] = Json::array();
    for (const CheckStep &step : derivation_.checks) out["checks"].push_back(check(step));
    out["assumptions"] = Json::array();
    for (const Assumption &assumption : derivation_.assumptions)
      out["assumptions"].push_back(
          {{"subject", say_.chinese() ? assumption.subject_zh : assumption.subject_en},
           {"text", assumption.text}});
    out["errors"] = Json::array();
    for (const RowError &error : derivation_.errors) out["errors"].push_back(error.text);
    Json premises = Json::array();
    std::vector<RowId> told = {derivation_.row};
    for (const auto *sections : {&derivation_.sections, &derivation_.read_only}) {
      for (const Section &section : *sections) {
        if (std::find(told.begin(), told.end(), section.row) != told.end()) continue;
        told.push_back(section.row);
        Json premise;
        row(premise, section.row);
        premises.push_back(std::move(premise));
      }
    }
    out["premises"] = std::move(premises);
    return out;
  }

private:
  const semantics::Program &program() const { return run_.program(); }
  const std::string &name_of(const FieldOfRow &field) const {
    return program().scopes[field.row.scope].fields[field.field].names.canonical();
  }

  static void names(Json &out, const semantics::Names &names) {
    out["name"] = names.canonical();
    out["zh"] = names.chinese();
    if (!names.label.empty()) out["label"] = names.label;
  }

  void type(Json &out, const semantics::Type &type) const {
    out["type"] = kind_name(type.kind);
    if (type.kind == TypeKind::row) out["of"] = program().scopes[type.domain].names.canonical();
    const std::string unit = english_.unit(type);
    if (!unit.empty()) out["unit"] = unit.substr(1);
  }

  Json basis(const semantics::Basis &of, const syntax::Span &span) const {
    Json out;
    if (program().layers.size() > 1) out["layer"] = program().layer_of(span).names.canonical();
    out["articles"] = Json::array();
    for (const syntax::ArticleRef &ref : of.articles) {
      Json article;
      article["id"] = ref.article;
      article["clauses"] = ref.clauses;
      for (const semantics::Article &one : program().articles)
        if (one.id == ref.article) article["heading"] = one.heading;
      out["articles"].push_back(std::move(article));
    }
    if (!of.assumptions.empty()) out["assumptions"] = of.assumptions;
    return out;
  }

  /// A row with all its steps, which the order of telling may have parted.
  void row(Json &out, const RowId &of) {
    const semantics::Scope &scope = program().scopes[of.scope];
    out["scope"] = of.scope == 0 ? "overall" : scope.names.canonical();
    out["zh"] = of.scope == 0 ? "总体" : scope.names.chinese();
    out["key"] = expressions_.key(of);
    out["keys"] = Json::array();
    for (int k = 0; k < scope.key_count; ++k) {
      Json one;
      names(one, scope.fields[k].names);
      type(one, scope.fields[k].type);
      out["keys"].push_back(std::move(one));
    }
    out["inputs"] = Json::array();
    out["steps"] = Json::array();
    for (const auto *sections : {&derivation_.sections, &derivation_.read_only}) {
      for (const Section &section : *sections) {
        if (!(section.row == of)) continue;
        for (const InputRead &read : section.inputs) {
          Json one;
          const semantics::Field &field = scope.fields[read.field];
          names(one, field.names);
          type(one, field.type);
          one["value"] = expressions_.value(read.value, field.type);
          if (read.recorded) one["recorded"] = true;
          for (const RecordedAggregate &aggregate : read.aggregates)
            one["aggregates"].push_back(recorded(aggregate));
          if (read.absent_row) one["absent_row"] = true;
          out["inputs"].push_back(std::move(one));
        }
        for (const Step &one : section.steps) out["steps"].push_back(step(one));
      }
    }
  }

  Json recorded(const RecordedAggregate &of) {
    Json out = {{"formula", run_.term_text(*of.term)}, {"count", of.count.str()}};
    if (of.sum) out["sum"] = number::to_text(*of.sum);
    return out;
  }

  Json step(const Step &of) {
    const semantics::Definition &declared = program().definitions[of.definition];
    const semantics::Field &field = program().field_of(declared);
    Json out;
    out["number"] = std::to_string(of.number);
    names(out, field.names);
    static const char *const kinds[] = {"define", "decide", "deduct", "allocate"};
    out["kind"] = declared.let ? "let" : kinds[declared.body.index()];
    type(out, field.type);
    out["basis"] = basis(field.basis, field.span);
    if (of.tried.size() > 1 || (of.tried.size() == 1 && of.tried[0].alternative->condition)) {
      out["tried"] = Json::array();
      for (const Tried &one : of.tried) out["tried"].push_back(tried(of, one));
      out["taken"] = of.taken < 0 ? Json() : Json(std::to_string(of.taken));
    }
    if (const auto *list = std::get_if<DeductionList>(&of.division)) out["deduction"] = deduction(of, *list);
    if (const auto *part = std::get_if<Share>(&of.division)) out["share"] = share(of, *part);
    if (of.formula) out["formula"] = expressions_(*of.formula, of.row);
    if (of.rounded) out["rounding"] = rounding(*of.rounded);
    out["value"] = expressions_.value(of.value, field.type);
    if (interpret::is_failed(of.value)) out["failed"] = true;
    return out;
  }

  Json tried(const Step &step, const Tried &of) {
    const semantics::Definition &declared = program().definitions[step.definition];
    Json out;
    const bool decide = std::holds_alternative<semantics::Decide>(declared.body);
    out["kind"] = decide ? "alternative" : of.exception ? "exception" : "line";
    if (!of.alternative->names.ident.empty()) names(out, of.alternative->names);
    out["outcome"] = outcome_name(of.outcome);
    if (of.condition) out["condition"] = expressions_(*of.condition, step.row);
    if (of.exception) {
      const auto &excepts = std::get<semantics::Formula>(declared.body).excepts;
      out["overrides"] = Json::array();
      for (const int weaker : of.alternative->overrides)
        out["overrides"].push_back(excepts[weaker].names.canonical());
      if (of.beaten_by >= 0) out["overridden_by"] = excepts[of.beaten_by].names.canonical();
    }
    out["basis"] = basis(of.alternative->basis, of.alternative->span);
    return out;
  }

  static Json rounding(const Rounded &of) {
    Json out;
    if (of.root_of) {
      out["root_of"] = number::to_text(*of.root_of);
      out["negative"] = of.exact.sign() < 0;
    } else {
      out["exact"] = number::to_text(of.exact);
    }
    out["mode"] = mode_name(of.mode);
    out["decimals"] = std::to_string(of.decimals);
    out["result"] = number::to_text(number::round(of.result, of.decimals, number::Rounding::down));
    out["changed"] = of.changed;
    return out;
  }

  Json deduction(const Step &step, const DeductionList &of) {
    Json out;
    out["from"] = expressions_(of.from, step.row);
    out["less"] = Json::array();
    for (const Deduction &one : of.deductions) {
      Json less;
      less["text"] = text_.names(*one.less->amount);
      if (!one.less->label.empty()) less["label"] = one.less->label;
      if (one.condition) less["condition"] = expressions_(*one.condition, step.row);
      less["applies"] = one.applies;
      less["amount"] = expressions_(one.amount, step.row);
      less["basis"] = basis(one.less->basis, one.less->span);
      out["less"].push_back(std::move(less));
    }
    return out;
  }

  Json share(const Step &step, const Share &of) {
    static const char *const ways[] = {"each", "rest", "largest remainder"};
    const semantics::Field &field = program().field_of(program().definitions[step.definition]);
    Json out;
    out["way"] = ways[static_cast<int>(of.way)];
    out["whole"] = expressions_(of.whole, step.row);
    out["whole_at"] = expressions_.key(of.whole_at);
    out["whole_rounding"] = rounding(of.whole_rounded);
    out["group"] = Json::array();
    for (const int k : of.group)
      out["group"].push_back(program().scopes[step.row.scope].fields[k].names.canonical());
    out["rows"] = std::to_string(of.rows);
    if (of.way == Share::Way::rest) {
      out["others"] = Json::array();
      for (const auto &[row, part] : of.other_parts)
        out["others"].push_back(
            {{"key", expressions_.key(row)}, {"value", expressions_.value(part, field.type)}});
    }
    if (of.way == Share::Way::largest_remainder && of.weight) {
      out["weight"] = expressions_(*of.weight, step.row);
      out["sum_of_weights"] = number::to_text(of.sum_of_weights);
      out["exact"] = number::to_text(of.exact);
      out["floor"] = number::to_text(of.floor);
      out["remainder"] = number::to_text(of.remainder);
      out["rank"] = std::to_string(of.rank);
      out["units_left"] = std::to_string(of.units_left);
      out["unit_given"] = of.rank > 0 && of.rank <= of.units_left;
    }
    return out;
  }

  Json parameter(const ParameterUse &of) {
    const semantics::Parameter &declared = program().parameters[of.parameter];
    Json out;
    names(out, declared.names);
    type(out, declared.type);
    out["value"] = expressions_.value(of.value, declared.type);
    out["set_from_outside"] = of.chosen == nullptr;
    if (of.chosen != nullptr && of.chosen->from) out["from"] = say_.day(*of.chosen->from);
    if (of.chosen != nullptr && of.chosen->until) out["until"] = say_.day(*of.chosen->until);
    out["basis"] = basis(declared.basis, declared.span);
    return out;
  }

  Json check(const CheckStep &of) {
    const semantics::Check &declared = program().checks[of.check];
    Json out;
    names(out, declared.names);
    out["required"] = declared.required;
    out["condition"] = expressions_(of.condition, derivation_.row);
    out["holds"] = of.holds ? Json(*of.holds) : Json();
    if (!of.holds) out["failed"] = true;
    out["basis"] = basis(declared.basis, declared.span);
    return out;
  }

  interpret::Run &run_;
  const Derivation &derivation_;
  Wording say_, english_;
  TermText text_;
  JsonExpressions expressions_;
};

} // namespace

Json to_json(interpret::Run &run, const Derivation &derivation, const JsonOptions &options) {
  return Writer(run, derivation, options)();
}

} // namespace steelyard::explain
