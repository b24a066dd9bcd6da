// See step_text.h. Indents: 4 for what belongs to the step, 8 for what decided an alternative.
#include "compiler/explain/step_text.h"
#include "compiler/explain/columns.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::explain {

using semantics::Aggregate;
using syntax::AggregateOp;

void StepText::line(std::size_t indent, const std::string &text) {
  out_ += std::string(indent, ' ') + text + "\n";
}

void StepText::write(const Fact &fact, const std::string &head, std::size_t indent) {
  const std::string mark = mark_text(fact.mark);
  if (fact.parts.empty()) {
    const std::string seen = fact.mark == Fact::Mark::not_looked_at
                                 ? say_.say("前项已定, 不再看", "already decided, not looked at")
                                 : fact.seen;
    const bool repeats = seen == fact.condition; // "病例类型 = 正常" says it already
    line(indent,
         fmt::format("{} {}{}{}", mark, head, fact.condition, repeats || seen.empty() ? "" : " — " + seen));
    return;
  }
  line(indent, mark + " " + head + fact.condition);
  for (const Fact &part : fact.parts) write(part, "", indent + 4);
}

std::string StepText::operator()(const Step &step) {
  out_.clear();
  const semantics::Definition &declared = run_.program().definitions[step.definition];
  const semantics::Field &of = field(step);
  std::string head = (step.number > 0 ? fmt::format("[{}] ", step.number) : "· ") + say_.name(of.names);
  if (say_.chinese() && of.names.canonical() != of.names.chinese()) head += " (" + of.names.canonical() + ")";
  head += say_.label(of.names);
  const std::string articles = say_.articles(of.basis);
  if (!articles.empty()) head += "  " + articles;
  head += say_.layer(of.span);
  if (declared.let) head += say_.say("  精确值, 不舍入", "  exact, not rounded");
  line(0, head);
  for (const std::string &assumption : of.basis.assumptions)
    line(4, say_.say("假定: ", "assumed: ") + assumption);
  alternatives(step);
  if (const auto *list = std::get_if<DeductionList>(&step.division))
    deductions(step, *list);
  else if (const auto *part = std::get_if<Share>(&step.division))
    share(step, *part);
  else
    formula(step);
  return take();
}

// ---------- choices ----------

std::string StepText::head_of(const Step &step, const Tried &tried) const {
  const semantics::Alternative &alternative = *tried.alternative;
  const auto &body = run_.program().definitions[step.definition].body;
  std::string out;
  if (std::holds_alternative<semantics::Decide>(body))
    out = alternative.member < 0 ? say_.say("无", "none")
                                 : say_.name(alternative.names) + say_.label(alternative.names);
  else if (tried.exception)
    out = say_.say("例外 ", "except ") + say_.name(alternative.names) + say_.label(alternative.names);
  else if (!alternative.condition && step.tried.size() > 1 && step.tried.front().exception)
    out = say_.say("一般规则: ", "general rule: ") +
          (alternative.value ? text_.names(*alternative.value) : say_.say("无", "none"));
  else
    out = alternative.value ? text_.names(*alternative.value) : say_.say("无", "none");
  const std::string articles = say_.articles(alternative.basis);
  if (!articles.empty()) out += "  " + articles;
  const semantics::Program &program = run_.program();
  if (&program.layer_of(alternative.span) != &program.layer_of(field(step).span))
    out += say_.layer(alternative.span);
  return out;
}

void StepText::alternatives(const Step &step) {
  if (step.tried.size() < 2 && (step.tried.empty() || !step.tried[0].condition)) return;
  std::string not_tried;
  for (const Tried &tried : step.tried) {
    const std::string head = head_of(step, tried);
    if (tried.outcome == Outcome::not_tried) {
      not_tried += (not_tried.empty() ? "" : say_.say("; ", "; ")) + head;
      continue;
    }
    if (tried.outcome == Outcome::beaten) {
      const auto &formula = std::get<semantics::Formula>(run_.program().definitions[step.definition].body);
      const std::string &winner = say_.name(formula.excepts[tried.beaten_by].names);
      line(4, fmt::format("· {}{}{}{}", head, say_.say(": 让位于 ", ": overridden by "), winner,
                          say_.say(", 不再判断", ", not tried")));
      continue;
    }
    const std::string mark = tried.outcome == Outcome::held ? "✓ " : "✗ ";
    if (!tried.condition) {
      const bool first = step.tried.front().exception;
      line(4, mark + head +
                  (first ? say_.say(" (没有例外成立)", " (no exception holds)")
                         : say_.say(": 其他", ": otherwise")));
    } else {
      line(4, mark + head + say_.say(": 当 ", ": when ") + text_.names(*tried.condition->term) +
                  uses(*tried.condition));
      const Fact fact = fact_of(*tried.condition, text_, say_);
      if (fact.parts.empty()) {
        if (fact.seen != text_.names(*tried.condition->term)) line(8, fact.seen);
      } else {
        for (const Fact &part : fact.parts) write(part, "", 8);
      }
      sources(step, *tried.condition);
    }
    for (const std::string &assumption : tried.alternative->basis.assumptions)
      line(8, say_.say("假定: ", "assumed: ") + assumption);
  }
  if (!not_tried.empty()) line(4, "· " + say_.say("不再判断: ", "not tried: ") + not_tried);
}

// ---------- formulas ----------

void StepText::formula(const Step &step) {
  const semantics::Type &type = field(step).type;
  if (!step.formula || !step.formula->value) return result(step);
  const Evaluated &formula = *step.formula;
  const bool constant = std::holds_alternative<semantics::Constant>(formula.term->node);
  if (!constant) line(4, "= " + formula_names(*formula.term) + uses(formula));
  if (type.kind == semantics::TypeKind::boolean) {
    const Fact fact = fact_of(formula, text_, say_);
    if (fact.parts.empty()) {
      if (fact.seen != text_.names(*formula.term)) line(8, mark_text(fact.mark) + (" " + fact.seen));
    } else {
      for (const Fact &part : fact.parts) write(part, "", 8);
    }
    sources(step, formula);
    return result(step);
  }
  sources(step, formula);
  if (step.rounded && step.rounded->root_of) return cv(step, formula);
  std::vector<std::string> working = text_.working(formula);
  const bool failed = interpret::is_failed(step.value);
  if (failed) line(4, "= " + working[0]); // and no further than that
  for (std::size_t i = 0; i + 1 < working.size() && !constant && !failed; ++i) line(4, "= " + working[i]);
  if (step.rounded && step.rounded->changed)
    line(4, "= " + before_rounding(step.rounded->exact, step.rounded->decimals));
  result(step);
}

/// With names. The condition of a table of rules asks all that any of its rows may ask: where it is long,
/// what the row that was found asked is told below, and here only where the whole stands.
std::string StepText::formula_names(const Term &term) const {
  constexpr std::size_t long_text = 160;
  std::string out = text_.names(term);
  const auto *table = std::get_if<Aggregate>(&term.node);
  if (table == nullptr || table->op != AggregateOp::first || !table->where || out.size() <= long_text)
    return out;
  out = say_.say("首个 ", "first of ") + say_.name(run_.program().scopes[table->scope].names);
  out += say_.chinese()
             ? fmt::format(" 其中 … (条件全文在政策文件第 {} 行)", term.span.line)
             : fmt::format(" where … (the whole condition is in line {} of the policy)", term.span.line);
  return out;
}

/// " ← [3], [5]": the steps whose values a formula takes.
std::string StepText::uses(const Evaluated &evaluated) const {
  std::vector<int> numbers;
  each_read(evaluated, [&](const FieldOfRow &read) {
    const auto at = numbers_.find({read.row.scope, read.row.row, read.field});
    if (at != numbers_.end() && std::find(numbers.begin(), numbers.end(), at->second) == numbers.end())
      numbers.push_back(at->second);
  });
  std::string out;
  for (const int number : numbers) out += fmt::format("{}[{}]", out.empty() ? "  ← " : ", ", number);
  return out;
}

/// The last line: the rounding, or the value itself where nothing was rounded.
void StepText::result(const Step &step) {
  const semantics::Type &type = field(step).type;
  const std::string unit =
      interpret::is_missing(step.value) || interpret::is_failed(step.value) ? "" : say_.unit(type);
  const std::string value = say_.value(step.value, type) + unit;
  const Exact *exact = std::get_if<Exact>(&step.value);
  if (step.rounded && step.rounded->changed) {
    const int decimals = step.rounded->decimals;
    const std::string rounding = say_.rounding(step.rounded->mode);
    const std::string how =
        say_.chinese() ? fmt::format("{}到 {} 位小数", rounding, decimals)
                       : fmt::format("{} to {} decimal{}", rounding, decimals, decimals == 1 ? "" : "s");
    line(4, "→ " + value + "  (" + how + ")");
  } else if (exact != nullptr && type.scale < 0 && !is_finite_decimal(*exact)) {
    line(4, "= " + value + say_.say("  (精确值 ", "  (exactly ") + number::to_text(*exact) + ")");
  } else {
    line(4, "= " + value);
  }
  for (const RowError &error : errors_)
    if (error.row == step.row && error.order == run_.program().definitions[step.definition].order)
      line(4, say_.say("数据错误: ", "data error: ") + error.message);
}

/// Where the values of aggregates, tables and neighbours come from.
void StepText::sources(const Step &step, const Evaluated &evaluated) {
  each_node(evaluated, [&](const Evaluated &node) {
    if (std::holds_alternative<Aggregate>(node.term->node) && node.aggregate) aggregate(step, node);
    if (node.changed) changed(node);
    if (const auto *call = std::get_if<semantics::TableCall>(&node.term->node);
        call != nullptr && node.table_row >= 0) {
      const semantics::Table &table = run_.program().tables[call->table];
      const semantics::Table::Row &row = table.rows[node.table_row];
      const std::string articles = say_.articles(row.basis.articles.empty() ? table.basis : row.basis);
      line(8, fmt::format("{}{}{}: {} → {}", say_.say("对照表 ", "table "), say_.name(table.names),
                          articles.empty() ? "" : "  " + articles, text_.table_tests(node),
                          say_.value(*node.value, node.term->type)));
    }
    if (const auto *next = std::get_if<semantics::Neighbour>(&node.term->node)) {
      std::string skipped;
      for (const RowId &row : node.neighbour->skipped)
        skipped += (skipped.empty() ? "" : "; ") + say_.row(row);
      if (!skipped.empty())
        skipped = say_.say(" (跳过 ", " (passing over ") + skipped +
                  say_.say(": 条件不成立)", ": the condition does not hold there)");
      const std::string &key = say_.name(run_.program().scopes[next->scope].fields[next->key].names);
      const std::string where =
          next->next ? say_.say("按 ", "next along ") + key + say_.say(" 的下一行: ", ": ")
                     : say_.say("按 ", "previous along ") + key + say_.say(" 的上一行: ", ": ");
      line(8, where +
                  (node.neighbour->row ? say_.row(*node.neighbour->row)
                                       : say_.say("没有符合条件的", "there is none")) +
                  skipped);
    }
  });
}

/// The steps that come out otherwise with a field changed, further to the right.
void StepText::changed(const Evaluated &node) {
  const auto &with = std::get<semantics::With>(node.term->node);
  const semantics::Field &field = run_.program().scopes[with.scope].fields[with.field];
  line(8, say_.say("代入 ", "with ") + say_.name(field.names) + " = " +
              say_.value(*node.parts[0].value, field.type) + ":");
  Numbers numbers = numbers_;
  numbers.erase({node.changed->empty() ? -1 : node.changed->front().row.scope,
                 node.changed->empty() ? -1 : node.changed->front().row.row, with.field});
  for (const Step &step : *node.changed)
    numbers.erase({step.row.scope, step.row.row, run_.program().definitions[step.definition].field});
  StepText inner(run_, say_, text_, numbers, errors_);
  for (const Step &step : *node.changed) {
    const std::string text = inner(step);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      line(12, text.substr(at, end - at));
      at = end + 1;
    }
  }
}

/// How the reader sees the rows one by one.
std::string StepText::hint(const Step &step) {
  hinted_ = true;
  return fmt::format("  ({}{} --only {})", say_.say("逐行: ", "row by row: "), say_.row_argument(step.row),
                     field(step).names.canonical());
}

void StepText::aggregate(const Step &step, const Evaluated &node) {
  const Aggregate &of = std::get<Aggregate>(node.term->node);
  const interpret::Statistics &over = node.aggregate->statistics;
  if (of.op == AggregateOp::first) {
    const std::string &scope = say_.name(run_.program().scopes[of.scope].names);
    line(8, say_.say("首个 ", "first of ") + scope + ": " +
                (node.aggregate->rows.empty() ? say_.say("没有", "there is none")
                                              : say_.row(node.aggregate->rows[0].first)));
    for (const Evaluated &where : node.inner)
      for (const Fact &fact : answers_of(where, text_, say_)) write(fact, "", 12);
    return;
  }
  // The formula above may be nothing but this aggregate: then its name need not be said again.
  const bool whole = step.formula && &node == &*step.formula;
  const std::string matches = text_.matches(node, whole);
  const std::string name = whole ? say_.name(run_.program().scopes[of.scope].names) : text_.names(*node.term);
  const std::size_t left_out = node.aggregate->matched - over.count;
  const bool cv = of.op == AggregateOp::cv;
  std::string text = name + (matches.empty() ? "" : " (" + matches + ")") + ": " + (cv ? "n = " : "");
  text += say_.chinese() ? fmt::format("{} 行", over.count)
                         : fmt::format("{} row{}", over.count, over.count == 1 ? "" : "s");
  if (left_out > 0)
    text += say_.chinese() ? fmt::format(" (另有 {} 行没有值, 不计)", left_out)
                           : fmt::format(" ({} more without a value left out)", left_out);
  const std::string sum = of.operand ? say_.value(over.sum, of.operand->type) : "";
  const bool values = over.count > 0 && of.operand && of.op != AggregateOp::count;
  if (values && (of.op == AggregateOp::min || of.op == AggregateOp::max))
    text += say_.say(", 得 ", ", ") + say_.value(*node.value, node.term->type);
  else if (values)
    text += (cv ? say_.say(", 合计 S = ", ", sum S = ") : say_.say(", 合计 ", ", sum ")) + sum;
  if (values && cv) text += say_.say(", 平方和 Q = ", ", sum of squares Q = ") + number_text(over.squares, 0);
  if (over.count > 0 && !node.aggregate->listed) text += hint(step);
  line(8, text);
  if (!node.aggregate->listed) return;
  Columns columns({false, true, false, false});
  const auto &rows = node.aggregate->rows;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::string from = i < node.operands.size() ? "= " + text_.numbers(node.operands[i]) : "";
    if (const Exact *number = std::get_if<Exact>(&rows[i].second); cv && number != nullptr)
      from = "² = " + number_text(*number * *number);
    std::string way = computed(of.scope) ? "(" + say_.row_argument(rows[i].first) + ")" : "";
    if (i < node.operands.size()) way += elsewhere(node.operands[i], rows[i].first);
    way_shown_ = way_shown_ || !way.empty();
    columns.add(
        {say_.row(rows[i].first), of.operand ? say_.value(rows[i].second, of.operand->type) : "", from, way});
  }
  if (values && of.op != AggregateOp::min && of.op != AggregateOp::max)
    columns.add({say_.say("合计", "sum"), sum, ""});
  out_ += columns.text(12);
}

bool StepText::computed(int scope) const {
  const auto &fields = run_.program().scopes[scope].fields;
  return std::any_of(fields.begin(), fields.end(), [](const semantics::Field &one) {
    return one.kind == semantics::FieldKind::definition;
  });
}

std::string StepText::elsewhere(const Evaluated &formula, const RowId &own) const {
  std::string out;
  each_read(formula, [&](const FieldOfRow &read) {
    const semantics::Field &of = run_.program().scopes[read.row.scope].fields[read.field];
    if (read.row == own || of.kind != semantics::FieldKind::definition ||
        numbers_.count({read.row.scope, read.row.row, read.field}) > 0)
      return;
    const std::string one = fmt::format(" ({}{}{}: {})", say_.row(read.row), say_.say(" 的 ", ": "),
                                        say_.name(of.names), say_.row_argument(read.row));
    if (out.find(one) == std::string::npos) out += one;
  });
  return out;
}

/// Population standard deviation over mean: √(n·Q - S²) ÷ S.
void StepText::cv(const Step &step, const Evaluated &formula) {
  const interpret::Statistics &over = formula.aggregate->statistics;
  const Exact count(static_cast<std::int64_t>(over.count));
  const Exact inside = count * over.squares - over.sum * over.sum;
  const int scale = std::max(std::get<Aggregate>(formula.term->node).operand->type.scale, 0);
  const std::string sum = number_text(over.sum, scale);
  line(4, say_.say("= 总体标准差 ÷ 均值 = √(n × Q - S × S) ÷ S",
                   "= population standard deviation ÷ mean = √(n × Q - S × S) ÷ S"));
  line(4, fmt::format("= √({} × {} - {} × {}) ÷ {}", over.count, number_text(over.squares), sum, sum, sum));
  line(4, fmt::format("= √{} ÷ {}", number_text(inside), sum));
  line(4, fmt::format("= {} ÷ {}", root_text(inside, false, 8), sum));
  if (step.rounded->changed)
    line(4, "= " + root_text(*step.rounded->root_of, over.sum.sign() < 0, step.rounded->decimals));
  result(step);
}

// ---------- deductions and allocations ----------

void StepText::deductions(const Step &step, const DeductionList &list) {
  Columns columns({false, true, false});
  columns.add({"  " + text_.names(*list.from.term), text_.numbers(list.from)});
  for (const Deduction &deduction : list.deductions) {
    const semantics::Deduct::Less &less = *deduction.less;
    const std::string articles = say_.articles(less.basis);
    std::string note = articles;
    if (deduction.condition) {
      const Fact fact = fact_of(*deduction.condition, text_, say_);
      note += (note.empty() ? "" : "  ") + std::string(mark_text(fact.mark)) + say_.say(" 当 ", " when ") +
              fact.condition;
      if (!deduction.applies) note += ": " + fact.seen + say_.say(", 不扣", ", not deducted");
    }
    const bool missing = deduction.amount.value && interpret::is_missing(*deduction.amount.value);
    const std::string amount = !deduction.applies ? "0"
                               : missing          ? say_.say("0 (空)", "0 (empty)")
                                                  : text_.numbers(deduction.amount);
    const std::string label = less.label.empty() ? "" : " \"" + less.label + "\"";
    columns.add({"- " + text_.names(*less.amount) + label, amount, note});
  }
  out_ += columns.text(4);
  result(step);
}

void StepText::share(const Step &step, const Share &share) {
  const semantics::Type &type = field(step).type;
  const semantics::Allocate &body =
      std::get<semantics::Allocate>(run_.program().definitions[step.definition].body);
  const std::string whole = text_.numbers_and_result(share.whole);
  const bool failed = !share.whole.value || interpret::is_failed(*share.whole.value);
  std::string head = say_.say("分配的总额: ", "the whole: ") + text_.names(*share.whole.term) + " = " + whole;
  if (!failed) head += say_.unit(type);
  if (share.whole_rounded.changed)
    head += " → " + number_text(share.whole_rounded.result, share.whole_rounded.decimals);
  line(4, head + uses(share.whole));
  sources(step, share.whole);
  if (share.way == Share::Way::each) return formula(step);
  if (share.way == Share::Way::rest) {
    const semantics::Field &along = run_.program().scopes[step.row.scope].fields[body.last_key];
    line(4, say_.chinese() ? fmt::format("本行是末位 ({}), 取其余 {} 行分后的余额:", say_.name(along.names),
                                         share.other_parts.size())
                           : fmt::format("this row is the last ({}): it takes what the other {} leave:",
                                         say_.name(along.names), share.other_parts.size()));
    Columns columns({false, true});
    Exact sum;
    for (const auto &[row, part] : share.other_parts) {
      columns.add({say_.row(row), number_text(part, type.scale)});
      sum += part;
    }
    columns.add({say_.say("合计", "sum"), number_text(sum, type.scale)});
    out_ += columns.text(8);
    line(4,
         "= " + number_text(share.whole_rounded.result, type.scale) + " - " + number_text(sum, type.scale));
    return result(step);
  }
  const std::string weight = share.weight ? text_.numbers_and_result(*share.weight) : "";
  line(4, say_.say("按 ", "by ") + (share.weight ? text_.names(*share.weight->term) : "") + " = " + weight +
              (say_.chinese()
                   ? fmt::format(", {} 行的权数合计 {}", share.rows, number_text(share.sum_of_weights))
                   : fmt::format(", sum of the weights of {} rows {}", share.rows,
                                 number_text(share.sum_of_weights))) +
              (share.parts.empty() ? hint(step) : ""));
  if (share.weight) sources(step, *share.weight);
  if (share.sum_of_weights.is_zero()) {
    line(4, say_.say("权数都是 0, 不分配", "all weights are 0: nothing is divided"));
    return result(step);
  }
  line(4, fmt::format("= {} × {} ÷ {} = {}", number_text(share.whole_rounded.result, type.scale),
                      number_text(share.own_weight), number_text(share.sum_of_weights),
                      before_rounding(share.exact, type.scale)));
  if (!share.parts.empty()) {
    Columns columns({false, true, true, true});
    columns.add({"", say_.say("权数", "weight"), say_.say("应分", "exact part"), say_.say("分得", "part")});
    for (const Share::OfRow &of : share.parts)
      columns.add({say_.row(of.row), number_text(of.weight), before_rounding(of.exact, type.scale),
                   number_text(of.part, type.scale)});
    out_ += columns.text(8);
  }
  const bool given = share.rank <= share.units_left;
  const std::string unit = number_text(Exact(number::Decimal{1, type.scale}), type.scale);
  const std::string floor = number_text(share.floor, type.scale);
  const std::string remainder = before_rounding(share.remainder, type.scale);
  if (say_.chinese())
    line(4,
         fmt::format("先取 {}, 余数 {} 在 {} 行中第 {} 大; 剩下 {} 个 {}, 分给余数最大的 {} 行各一个, 本行{}",
                     floor, remainder, share.rows, share.rank, share.units_left, unit, share.units_left,
                     given ? "得一个" : "不得"));
  else
    line(4, fmt::format("first {}; its remainder {} is number {} by size among {} rows; left over are {} × "
                        "{}, one for each of "
                        "the {} largest remainders: {} for this row",
                        floor, remainder, share.rank, share.rows, share.units_left, unit, share.units_left,
                        given ? "one" : "none"));
  result(step);
}

} // namespace steelyard::explain
