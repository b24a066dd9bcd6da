// Proofs about choices, by Z3: that alternatives cover everything, that each can be reached, and that
// exceptions of equal rank exclude each other. What an SMT solver does not decide in time is left to a check
// in every run.
#include "compiler/semantics/checker.h"
#include "runtime/number/calendar.h"
#include <algorithm>
#include <fmt/core.h>
#include <optional>
#include <z3++.h>

namespace steelyard::semantics {

using syntax::BinaryOp;
using syntax::UnaryOp;

namespace {

constexpr unsigned milliseconds_a_question = 1000;

/// To make a context takes longer than most questions: all provers share one.
struct Z3 {
  Z3() : solver(context) { solver.set("timeout", milliseconds_a_question); }
  z3::context context;
  z3::solver solver;
};

/// Terms as Z3 expressions. What it cannot express (quotients of variables, aggregates, table calls) becomes
/// a variable of its own, named by the term's canonical text, and the answer is then no proof of an overlap.
class Prover {
public:
  Prover(const Program &program, Z3 &z3) : program_(program), z_(z3.context), solver_(z3.solver) {}

  z3::expr truth(const Term &term) {
    if (const auto *c = std::get_if<Constant>(&term.node)) return z_.bool_val(std::get<bool>(*c));
    if (const auto *p = std::get_if<Parenthesized>(&term.node)) return truth(*p->inner);
    if (const auto *u = std::get_if<Unary>(&term.node))
      return u->op == UnaryOp::logical_not ? !truth(*u->operand) : truth(*u->operand);
    if (const auto *m = std::get_if<MissingTest>(&term.node)) {
      const Term *operand = m->operand.get();
      while (const auto *p = std::get_if<Parenthesized>(&operand->node)) operand = p->inner.get();
      note(*operand);
      const z3::expr missing = boolean("missing " + canonical_text(*operand, program_), *operand);
      return m->given ? !missing : missing;
    }
    if (const auto *in = std::get_if<Membership>(&term.node)) {
      const z3::expr value = code(*in->operand);
      z3::expr any = z_.bool_val(false);
      for (const int member : in->members) any = any || value == z_.int_val(member);
      return in->negated ? !any : any;
    }
    if (const auto *b = std::get_if<Binary>(&term.node)) {
      if (b->op == BinaryOp::logical_and) return truth(*b->left) && truth(*b->right);
      if (b->op == BinaryOp::logical_or) return truth(*b->left) || truth(*b->right);
      if (b->op == BinaryOp::or_else || b->op == BinaryOp::begins_with) return opaque_truth(term);
      if (b->left->type.kind == TypeKind::boolean) {
        const z3::expr same = truth(*b->left) == truth(*b->right);
        return b->op == BinaryOp::equal ? same : !same;
      }
      const bool numbers = b->left->type.kind == TypeKind::number;
      const z3::expr left = numbers ? number(*b->left) : code(*b->left);
      const z3::expr right = numbers ? number(*b->right) : code(*b->right);
      switch (b->op) {
      case BinaryOp::less:
        return left < right;
      case BinaryOp::less_equal:
        return left <= right;
      case BinaryOp::greater:
        return left > right;
      case BinaryOp::greater_equal:
        return left >= right;
      case BinaryOp::not_equal:
        return left != right;
      default:
        return left == right;
      }
    }
    if (const Term *inlined = let_value(term)) return truth(*inlined);
    return opaque_truth(term);
  }

  z3::check_result ask(const z3::expr &question) {
    solver_.push();
    for (const z3::expr &fact : facts_) solver_.add(fact);
    solver_.add(question);
    const z3::check_result result = solver_.check();
    example_.clear();
    if (result == z3::sat) example_ = example();
    solver_.pop();
    return result;
  }

  z3::expr constant(bool value) { return z_.bool_val(value); }
  /// Every variable of the questions so far is an input, so that a model is a case that can occur.
  bool only_inputs() const { return only_inputs_; }
  const std::string &last_example() const { return example_; }

private:
  z3::expr opaque_truth(const Term &term) {
    note(term);
    return boolean(canonical_text(term, program_), term);
  }
  z3::expr boolean(const std::string &name, const Term &term) {
    shown_.try_emplace(name, &term);
    return z_.bool_const(name.c_str());
  }

  const Term *let_value(const Term &term) const {
    const auto *ref = std::get_if<FieldRef>(&term.node);
    if (!ref || ref->up > 0 || !ref->steps.empty()) return nullptr;
    const Field &field = program_.scopes[ref->scope].fields[ref->field];
    if (field.kind != FieldKind::let) return nullptr;
    const auto *formula = std::get_if<Formula>(&program_.definitions[field.definition].body);
    return formula && formula->lines.size() == 1 ? formula->lines[0].value.get() : nullptr;
  }

  void note(const Term &term) {
    const auto *ref = std::get_if<FieldRef>(&term.node);
    const bool input = ref && ref->field >= 0 &&
                       (program_.scopes[ref->scope].fields[ref->field].kind == FieldKind::key ||
                        program_.scopes[ref->scope].fields[ref->field].kind == FieldKind::input);
    only_inputs_ = only_inputs_ && input;
  }

  z3::expr exact(const Exact &value) {
    const Exact r = value.reduced();
    return z_.real_val((r.num().str() + "/" + r.den().str()).c_str());
  }

  z3::expr variable(const Term &term) {
    note(term);
    const std::string name = canonical_text(term, program_);
    shown_.try_emplace(name, &term);
    if (term.type.scale < 0) return z_.real_const(name.c_str());
    // A value of fixed scale is a whole number of its smallest units.
    const z3::expr units = z_.int_const(name.c_str());
    const z3::expr value =
        z3::to_real(units) / z_.real_val(number::power_of_ten(term.type.scale).str().c_str());
    if (const auto *ref = std::get_if<FieldRef>(&term.node);
        ref && ref->field >= 0 && bounded_.insert(name).second) {
      const Bounds &bounds = program_.scopes[ref->scope].fields[ref->field].bounds;
      if (bounds.low)
        facts_.push_back(bounds.low_exclusive ? value > exact(*bounds.low) : value >= exact(*bounds.low));
      if (bounds.high) facts_.push_back(value <= exact(*bounds.high));
    }
    return value;
  }

  static bool is_constant(const Term &term) {
    if (const auto *p = std::get_if<Parenthesized>(&term.node)) return is_constant(*p->inner);
    if (const auto *u = std::get_if<Unary>(&term.node)) return is_constant(*u->operand);
    if (const auto *b = std::get_if<Binary>(&term.node))
      return is_constant(*b->left) && is_constant(*b->right);
    return std::holds_alternative<Constant>(term.node);
  }

  z3::expr number(const Term &term) {
    if (const auto *c = std::get_if<Constant>(&term.node)) return exact(std::get<Exact>(*c));
    if (const auto *p = std::get_if<Parenthesized>(&term.node)) return number(*p->inner);
    if (const auto *u = std::get_if<Unary>(&term.node))
      return u->op == UnaryOp::negate ? -number(*u->operand) : number(*u->operand);
    if (const auto *p = std::get_if<ParameterRef>(&term.node)) {
      const Parameter &parameter = program_.parameters[p->parameter];
      if (parameter.values.size() == 1) return exact(std::get<Exact>(parameter.values[0].value));
    }
    if (const auto *b = std::get_if<Binary>(&term.node)) {
      if (b->op == BinaryOp::add) return number(*b->left) + number(*b->right);
      if (b->op == BinaryOp::subtract && in_calendar(b->left->type))
        return z3::to_real(code(*b->left) - code(*b->right));
      if (b->op == BinaryOp::subtract) return number(*b->left) - number(*b->right);
      if (b->op == BinaryOp::multiply && (is_constant(*b->left) || is_constant(*b->right)))
        return number(*b->left) * number(*b->right);
      if (b->op == BinaryOp::divide && is_constant(*b->right)) return number(*b->left) / number(*b->right);
    }
    if (const auto *f = std::get_if<FunctionCall>(&term.node)) {
      z3::expr out = number(*f->arguments[0]);
      if (f->function == syntax::Function::abs) return z3::ite(out < 0, -out, out);
      for (std::size_t i = 1; i < f->arguments.size(); ++i) {
        const z3::expr next = number(*f->arguments[i]);
        out = f->function == syntax::Function::max ? z3::ite(out < next, next, out)
                                                   : z3::ite(next < out, next, out);
      }
      return out;
    }
    if (const Term *inlined = let_value(term)) return number(*inlined);
    return variable(term);
  }

  /// Members of enums, texts, rows and dates as whole numbers.
  z3::expr code(const Term &term) {
    if (const auto *c = std::get_if<Constant>(&term.node)) {
      if (const auto *m = std::get_if<Member>(c)) return z_.int_val(m->index);
      if (const auto *d = std::get_if<Day>(c)) return z_.int_val(d->days);
      if (const auto *m = std::get_if<Month>(c)) return z_.int_val(m->months);
      const auto &text = std::get<std::string>(*c);
      return z_.int_val(static_cast<int>(texts_.try_emplace(text, texts_.size()).first->second));
    }
    if (const auto *p = std::get_if<Parenthesized>(&term.node)) return code(*p->inner);
    if (const auto *u = std::get_if<Unary>(&term.node)) return code(*u->operand);
    if (const Term *inlined = let_value(term)) return code(*inlined);
    note(term);
    const std::string name = canonical_text(term, program_);
    shown_.try_emplace(name, &term);
    const z3::expr value = z_.int_const(name.c_str());
    if (term.type.kind == TypeKind::member && bounded_.insert(name).second) {
      facts_.push_back(value >= 0);
      facts_.push_back(value < static_cast<int>(program_.enums[term.type.domain].members.size()));
    }
    return value;
  }

  /// Empty where the solver chose what no calendar has.
  static std::string calendar_text(const Type &type, const z3::expr &value) {
    std::int64_t number = 0;
    if (!value.is_numeral_i64(number)) return {};
    if (type.kind == TypeKind::date)
      return calendar::plus_days(number, 0) ? calendar::day_text(number) : std::string();
    return calendar::plus_months(number, 0) ? calendar::month_text(number) : std::string();
  }

  std::string example() const {
    const z3::model model = solver_.get_model();
    std::string out;
    for (unsigned i = 0; i < model.num_consts(); ++i) {
      const z3::func_decl decl = model.get_const_decl(i);
      const auto found = shown_.find(decl.name().str());
      if (found == shown_.end()) continue;
      const z3::expr value = model.get_const_interp(decl);
      std::string text = value.to_string();
      const Term &term = *found->second;
      const bool missing = found->first.rfind("missing ", 0) == 0;
      if (missing)
        text = text == "true" ? "missing" : "given";
      else if (term.type.kind == TypeKind::member) {
        const auto &members = program_.enums[term.type.domain].members;
        const int index = value.get_numeral_int();
        if (index >= 0 && index < static_cast<int>(members.size())) text = members[index].ident;
      } else if (term.type.kind == TypeKind::number && term.type.scale >= 0) {
        const std::string digits = value.get_decimal_string(0);
        if (const auto units = number::parse_decimal(digits))
          text = number::to_text(number::Decimal{units->units, term.type.scale});
      } else if (in_calendar(term.type)) {
        text = calendar_text(term.type, value);
        if (text.empty()) continue;
      } else if (term.type.kind == TypeKind::text || term.type.kind == TypeKind::row ||
                 term.type.kind == TypeKind::list)
        continue;
      out += (out.empty() ? "" : ", ") + (missing ? found->first.substr(8) : found->first) +
             (missing ? " " : " = ") + text;
    }
    return out;
  }

  const Program &program_;
  z3::context &z_;
  z3::solver &solver_; ///< empty between questions
  std::vector<z3::expr> facts_;
  std::set<std::string> bounded_;
  std::map<std::string, const Term *> shown_;
  std::map<std::string, std::size_t> texts_;
  bool only_inputs_ = true;
  std::string example_;
};

/// Every line has a condition, or there is more than one: something is to be proved.
bool has_choice(const std::vector<Alternative> &list) {
  return std::any_of(list.begin(), list.end(), [](const Alternative &a) { return a.condition != nullptr; });
}

} // namespace

void Checker::prove_choices() {
  std::optional<Z3> z3;
  const auto new_prover = [&] {
    if (!z3) z3.emplace();
    return Prover(program_, *z3);
  };
  for (Definition &definition : program_.definitions) {
    const Field &field = program_.field_of(definition);
    const std::vector<Alternative> *list = nullptr;
    const auto *formula = std::get_if<Formula>(&definition.body);
    const auto *decide = std::get_if<Decide>(&definition.body);
    if (formula) list = &formula->lines;
    if (decide) list = &decide->alternatives;
    if (!list) continue;
    if (has_choice(*list)) {
      Prover prover = new_prover();
      z3::expr earlier = prover.constant(false);
      for (const Alternative &a : *list) {
        const z3::expr holds = a.condition ? prover.truth(*a.condition) : prover.constant(true);
        if (prover.ask(holds && !earlier) == z3::unsat)
          warn("P506", a.span,
               fmt::format("this {} is never reached: the ones before it cover everything",
                           decide ? "alternative" : "case"));
        earlier = earlier || holds;
      }
      if (list->back().condition) {
        const z3::check_result result = prover.ask(!earlier);
        if (result != z3::unsat) {
          const std::string example = result == z3::sat ? prover.last_example() : "";
          report(decide ? "P501" : "P502", field.span,
                 fmt::format("the {} of {} do not cover everything{}", decide ? "alternatives" : "cases",
                             field.names.ident, example.empty() ? "" : ": none holds for " + example),
                 "add what is missing, or end with otherwise (其他)")
              .related.push_back({list->back().span, decide ? "the last alternative" : "the last case"});
        }
      }
    }
    if (!formula) continue;
    const auto &excepts = formula->excepts;
    auto beats = [&](std::size_t a, std::size_t b) {
      const auto &o = excepts[a].overrides;
      return std::find(o.begin(), o.end(), static_cast<int>(b)) != o.end();
    };
    for (std::size_t i = 0; i < excepts.size(); ++i)
      for (std::size_t k = i + 1; k < excepts.size(); ++k) {
        if (beats(i, k) || beats(k, i)) continue;
        Prover prover = new_prover();
        z3::expr both = prover.truth(*excepts[i].condition) && prover.truth(*excepts[k].condition);
        for (std::size_t other = 0; other < excepts.size(); ++other)
          if (other != i && other != k && (beats(other, i) || beats(other, k)))
            both = both && !prover.truth(*excepts[other].condition);
        const z3::check_result result = prover.ask(both);
        if (result == z3::unsat) continue;
        const std::string names =
            fmt::format("'{}' and '{}'", excepts[i].names.ident, excepts[k].names.ident);
        if (result == z3::sat && prover.only_inputs()) {
          report("P503", excepts[k].span,
                 fmt::format("the exceptions {} of {} both hold for {}", names, field.names.ident,
                             prover.last_example()),
                 "say which one overrides (优先于) the other, or narrow their conditions")
              .related.push_back({excepts[i].span, "the other exception"});
        } else {
          note("P511", excepts[k].span,
               fmt::format(
                   "it is not proved that the exceptions {} of {} exclude each other: every run checks it",
                   names, field.names.ident),
               "where both may hold, say which one overrides (优先于) the other");
        }
      }
  }
}

} // namespace steelyard::semantics
