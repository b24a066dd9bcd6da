// See text.h.
#include "compiler/explain/text.h"
#include "compiler/explain/columns.h"
#include "compiler/explain/step_text.h"
#include "compiler/explain/uses.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::explain {

namespace {

using semantics::FieldKind;
using semantics::TypeKind;

class Report {
public:
  Report(interpret::Run &run, const Derivation &derivation, const TextOptions &options)
      : run_(run), derivation_(derivation), options_(options), say_(run, options.language), text_(run, say_),
        step_text_(run, say_, text_, numbers_, derivation.errors) {}

  std::string operator()() {
    for (const Section &section : derivation_.sections)
      for (const Step &step : section.steps)
        numbers_[{step.row.scope, step.row.row, program().definitions[step.definition].field}] = step.number;
    heading();
    errors();
    if (!derivation_.only) {
      results();
      inputs();
    }
    parameters();
    for (const Section &section : derivation_.sections) steps(section);
    checks();
    uses();
    assumptions();
    if (step_text_.hinted() || uses_shown_ || way_shown_ || step_text_.way_shown())
      out_ += "\n" +
              say_.say("括号里的, 接在命令之后即得其推导: ",
                       "What stands in parentheses completes the command: ") +
              options_.command + " " + say_.say("行 --only 名", "ROW --only NAME") + "\n";
    return std::move(out_);
  }

private:
  const semantics::Program &program() const { return run_.program(); }
  const semantics::Scope &own() const { return program().scopes[derivation_.row.scope]; }
  const Section &own_section() const { return derivation_.sections.back(); }
  void title(const std::string &text) { out_ += "\n" + text + "\n"; }

  /// "病例 C0000001: 医疗机构 H015, 医保基金 居民, 月 3, 病组 UG29; 病例类型 正常".
  void heading() {
    std::string text = say_.row(derivation_.row), of;
    for (std::size_t f = 0; f < own().fields.size(); ++f) {
      const semantics::Field &field = own().fields[f];
      const bool sorts = field.type.kind == TypeKind::row || field.type.kind == TypeKind::member ||
                         (field.type.kind == TypeKind::number && field.type.domain >= 0);
      const bool decided =
          field.kind == FieldKind::definition &&
          std::holds_alternative<semantics::Decide>(program().definitions[field.definition].body);
      if (!(field.kind == FieldKind::input && sorts) && !decided) continue;
      const Value value = run_.value(derivation_.row.scope, derivation_.row.row, static_cast<int>(f));
      if (interpret::is_missing(value) && !(field.type.kind == TypeKind::row)) continue;
      of += (of.empty() ? ": " : ", ") + say_.name(field.names) + " " + say_.value(value, field.type);
    }
    out_ += text + of + "\n";
    const semantics::Names &names = program().names;
    out_ += (names.label.empty() ? say_.name(names) : names.label) + " (" + names.canonical() + ")";
    if (program().from)
      out_ += say_.say(", 自 ", ", from ") + say_.day(*program().from) + say_.say(" 施行", "");
    out_ += "\n";
    if (program().layers.size() < 2) return;
    const std::string &bottom = say_.name(program().layers[program().bottom].names);
    out_ += say_.chinese() ? fmt::format("没有注明〔…〕的规则出自 {}\n", bottom)
                           : fmt::format("rules without [...] are from {}\n", bottom);
  }

  void errors() {
    if (derivation_.errors.empty()) return;
    title(say_.say("数据错误", "Data errors"));
    for (const RowError &error : derivation_.errors) out_ += "  " + error.text + "\n";
  }

  void results() {
    Columns columns({false, true, false, false});
    for (const Section &section : derivation_.sections) {
      if (!(section.row == derivation_.row)) continue;
      for (const Step &step : section.steps) {
        if (program().definitions[step.definition].let) continue;
        const semantics::Field &field = program().field_of(program().definitions[step.definition]);
        std::string articles = say_.articles(field.basis);
        if (step.taken >= 0 && !step.tried[step.taken].alternative->basis.articles.empty())
          articles = say_.articles(step.tried[step.taken].alternative->basis);
        columns.add({say_.name(field.names) + say_.label(field.names), value_of(step.value, field), articles,
                     fmt::format("[{}]", step.number)});
      }
    }
    if (columns.empty()) return;
    title(say_.say("结果", "Results"));
    out_ += columns.text(2);
  }

  std::string value_of(const Value &value, const semantics::Field &field) const {
    if (interpret::is_missing(value) || interpret::is_failed(value)) return say_.value(value, field.type);
    return say_.value(value, field.type) + say_.unit(field.type);
  }

  /// What there is to say of a value that no step computes.
  std::string absent(const InputRead &read, const Section &section) const {
    if (!read.absent_row) return {};
    const std::string file = say_.file(section.row.scope);
    if (say_.chinese())
      return interpret::is_missing(read.value) ? file + " 中没有此行" : file + " 中没有此行, 取默认值";
    return interpret::is_missing(read.value) ? "no such row in " + file
                                             : "no such row in " + file + ": the default";
  }

  void inputs() {
    Columns columns({false, true, false});
    for (const InputRead &read : own_section().inputs) {
      const semantics::Field &field = own().fields[read.field];
      columns.add({say_.name(field.names) + say_.label(field.names), value_of(read.value, field),
                   absent(read, own_section())});
    }
    if (columns.empty() && derivation_.read_only.empty()) return;
    title(say_.say("输入", "Inputs"));
    out_ += columns.text(2);
    read_only();
  }

  void read_only() {
    for (const Section &section : derivation_.read_only) {
      const std::string inputs = input_line(section);
      if (!inputs.empty()) out_ += "  " + say_.row(section.row) + ": " + inputs + "\n";
      recorded(section, say_.row(section.row) + ": ", 2);
    }
  }

  /// Results over many rows, as the run file has them.
  void recorded(const Section &section, const std::string &of, std::size_t indent) {
    const auto is_recorded = [](const InputRead &read) { return read.recorded; };
    if (std::none_of(section.inputs.begin(), section.inputs.end(), is_recorded)) return;
    out_ += std::string(indent, ' ') + of +
            fmt::format("{}: {} {}\n", say_.say("记录的值, 推导见", "as recorded; derived by"),
                        options_.command, say_.row_argument(section.row));
    for (const InputRead &read : section.inputs) {
      if (!read.recorded) continue;
      const semantics::Field &field = program().scopes[section.row.scope].fields[read.field];
      std::string text = say_.name(field.names) + " " + value_of(read.value, field);
      for (const RecordedAggregate &one : read.aggregates)
        text += (&one == read.aggregates.data() ? "  ← " : "; ") + aggregate(one);
      out_ += std::string(indent + 2, ' ') + text + "\n";
    }
  }

  /// "均值 历史病例.费用: 37 行, 合计 1234.56, 均值 33.36648648…"
  std::string aggregate(const RecordedAggregate &of) const {
    const auto &node = std::get<semantics::Aggregate>(of.term->node);
    const std::string count = of.count.str();
    std::string out = text_.names(*of.term) + ": ";
    out += say_.chinese() ? count + " 行" : count + (count == "1" ? " row" : " rows");
    if (!of.sum || of.count.is_zero()) return out;
    out += say_.say(", 合计 ", ", sum ") + number_text(*of.sum, node.operand->type.scale);
    if (node.op == syntax::AggregateOp::mean)
      out += say_.say(", 均值 ", ", mean ") + number_text(*of.sum / Exact(of.count));
    return out;
  }

  /// Without the amounts of a deduction, which are listed there.
  std::string input_line(const Section &section) const {
    std::vector<FieldOfRow> listed;
    for (const Step &step : section.steps)
      if (const auto *list = std::get_if<DeductionList>(&step.division)) {
        each_read(list->from, [&](const FieldOfRow &field) { listed.push_back(field); });
        for (const Deduction &one : list->deductions)
          each_read(one.amount, [&](const FieldOfRow &field) { listed.push_back(field); });
      }
    std::string text;
    for (const InputRead &read : section.inputs) {
      if (read.recorded ||
          std::find(listed.begin(), listed.end(), FieldOfRow{section.row, read.field}) != listed.end())
        continue;
      const semantics::Field &field = program().scopes[section.row.scope].fields[read.field];
      const std::string note = absent(read, section);
      text += (text.empty() ? "" : ", ") + say_.name(field.names) + " " + value_of(read.value, field) +
              (note.empty() ? "" : " (" + note + ")");
    }
    return text;
  }

  /// " (30%)" of a plain number with decimals up to 1: the regulation writes it so.
  static std::string percent(const Value &value, const semantics::Type &type) {
    const Exact *number = std::get_if<Exact>(&value);
    if (number == nullptr || type.scale == 0 || !(type.dimension == semantics::Dimension{}) ||
        *number > Exact(1) || !is_finite_decimal(*number) ||
        number_text(*number).find('.') == std::string::npos)
      return "";
    return " (" + number_text(*number * Exact(100)) + "%)";
  }

  void parameters() {
    Columns columns({false, true, false});
    for (const ParameterUse &use : derivation_.parameters) {
      const semantics::Parameter &parameter = program().parameters[use.parameter];
      std::string note = say_.articles(parameter.basis);
      if (!parameter.basis.assumptions.empty())
        note += (note.empty() ? "" : ", ") + say_.say("假定", "assumed");
      if (use.chosen == nullptr)
        note += (note.empty() ? "" : ", ") + say_.say("从外部设定", "set from outside");
      else if (use.chosen->from || use.chosen->until)
        note +=
            (note.empty() ? "" : ", ") +
            (use.chosen->from ? say_.say("自 ", "from ") + say_.day(*use.chosen->from) : std::string()) +
            (use.chosen->until ? say_.say(" 至 ", " until ") + say_.day(*use.chosen->until) : std::string());
      columns.add({say_.name(parameter.names) + say_.label(parameter.names),
                   say_.value(use.value, parameter.type) + say_.unit(parameter.type) +
                       percent(use.value, parameter.type),
                   note});
    }
    if (columns.empty()) return;
    title(say_.say("参数", "Parameters"));
    out_ += columns.text(2);
  }

  void steps(const Section &section) {
    if (section.steps.empty()) return;
    title(fmt::format("──── {} ────{}", say_.row(section.row), way_to(section.row)));
    const bool inputs_shown = section.row == derivation_.row && !derivation_.only;
    const std::string inputs = inputs_shown ? "" : input_line(section);
    if (!inputs.empty()) out_ += say_.say("输入: ", "inputs: ") + inputs + "\n";
    recorded(section, "", 0);
    if (derivation_.only && &section == &derivation_.sections.back()) read_only();
    for (const Step &step : section.steps) out_ += step_text_(step);
  }

  /// How a row was found that is not referred to but looked up: "  按 病组 = UG29, 医疗机构.等级 = 二级".
  std::string way_to(const RowId &row) const {
    std::string out;
    const auto look = [&](const Evaluated &node) {
      const auto *ref = std::get_if<semantics::FieldRef>(&node.term->node);
      if (ref == nullptr || !out.empty() || !node.read || !(node.read->row == row) || ref->steps.empty())
        return;
      const std::vector<semantics::TermPtr> &keys = ref->steps.back().keys;
      if (keys.empty() || node.parts.size() < keys.size()) return;
      for (std::size_t k = 0; k < keys.size(); ++k)
        out += (k == 0 ? say_.say("  按 ", "  by ") : ", ") + text_.names(*keys[k]) + " = " +
               text_.numbers(node.parts[node.parts.size() - keys.size() + k]);
    };
    for (const Section &section : derivation_.sections)
      for (const Step &step : section.steps)
        if (!(step.row == row)) each_term(step, [&](const Evaluated &term) { each_node(term, look); });
    return out;
  }

  void checks() {
    if (derivation_.checks.empty()) return;
    title(say_.say("核对", "Checks"));
    for (const CheckStep &step : derivation_.checks) {
      const semantics::Check &check = program().checks[step.check];
      const std::string articles = say_.articles(check.basis);
      step_text_.write(fact_of(step.condition, text_, say_),
                       say_.name(check.names) + say_.label(check.names) +
                           (articles.empty() ? "" : "  " + articles) + say_.layer(check.span) + ": ",
                       2);
      const std::string ways = step_text_.elsewhere(step.condition, derivation_.row);
      if (!ways.empty()) out_ += step_text_.take() + "   " + ways + "\n";
      way_shown_ = way_shown_ || !ways.empty();
    }
    out_ += step_text_.take();
  }

  /// So that the reader of a case finds the way to the money of its hospital.
  void uses() {
    if (derivation_.only) return;
    Columns columns;
    int before = -1;
    for (const Use &use : uses_of(run_, derivation_.row)) {
      const semantics::Field &into = program().scopes[use.into.row.scope].fields[use.into.field];
      if (use.missing != nullptr) {
        columns.add({use.field == before ? "" : say_.name(own().fields[use.field].names),
                     say_.say("→ 不计入 ", "→ not counted in ") +
                         say_.name(program().scopes[use.into.row.scope].names) + say_.say(" 的 ", ": ") +
                         say_.name(into.names),
                     say_.say("(", "(") + text_.names(*use.missing) + say_.say(" 缺失)", " is missing)")});
        before = use.field;
        continue;
      }
      columns.add({use.field == before ? "" : say_.name(own().fields[use.field].names),
                   "→ " + say_.row(use.into.row) + say_.say(" 的 ", ": ") + say_.name(into.names),
                   fmt::format("({} --only {})", say_.row_argument(use.into.row), into.names.canonical())});
      before = use.field;
    }
    if (columns.empty()) return;
    title(say_.say("去向 (本行的结果被合计之处)", "Where these results are summed up"));
    out_ += columns.text(2);
    uses_shown_ = true;
  }

  void assumptions() {
    if (derivation_.assumptions.empty()) return;
    title(say_.say(
        "以上所依据的假定 (条文没有写明, 由政策文件定下)",
        "Assumptions that this rests on (decided by the policy file where the regulation is silent)"));
    for (const Assumption &assumption : derivation_.assumptions)
      out_ += "  " + (say_.chinese() ? assumption.subject_zh : assumption.subject_en) + ": " +
              assumption.text + "\n";
  }

  interpret::Run &run_;
  const Derivation &derivation_;
  const TextOptions &options_;
  Wording say_;
  TermText text_;
  StepText::Numbers numbers_;
  StepText step_text_;
  bool uses_shown_ = false, way_shown_ = false;
  std::string out_;
};

} // namespace

std::string to_text(interpret::Run &run, const Derivation &derivation, const TextOptions &options) {
  return Report(run, derivation, options)();
}

} // namespace steelyard::explain
