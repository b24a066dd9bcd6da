// Definitions: formulas with cases and exceptions, decisions, deductions, allocations, checks.
#include "compiler/semantics/checker.h"
#include "compiler/syntax/parse.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::semantics {

namespace {
const Type unknown_type =
    [] { // of a definition whose own type has an error: its values are looked at all the same
      Type type;
      type.optional = true;
      return type;
    }();
} // namespace

bool Checker::contains_cv(const Term &term, bool root) const {
  if (const auto *p = std::get_if<Parenthesized>(&term.node)) return contains_cv(*p->inner, root);
  const auto *a = std::get_if<Aggregate>(&term.node);
  if (a && a->op == syntax::AggregateOp::cv && !root) return true;
  auto any = [&](const std::vector<TermPtr> &list) {
    return std::any_of(list.begin(), list.end(), [&](const TermPtr &t) { return contains_cv(*t, false); });
  };
  if (a)
    return (a->operand && contains_cv(*a->operand, false)) || (a->where && contains_cv(*a->where, false));
  if (const auto *n = std::get_if<Neighbour>(&term.node))
    return contains_cv(*n->operand, false) || (n->where && contains_cv(*n->where, false));
  if (const auto *b = std::get_if<Binary>(&term.node))
    return contains_cv(*b->left, false) || contains_cv(*b->right, false);
  if (const auto *u = std::get_if<Unary>(&term.node)) return contains_cv(*u->operand, false);
  if (const auto *m = std::get_if<MissingTest>(&term.node)) return contains_cv(*m->operand, false);
  if (const auto *m = std::get_if<Membership>(&term.node)) return contains_cv(*m->operand, false);
  if (const auto *in = std::get_if<InSet>(&term.node))
    return contains_cv(*in->operand, false) || any(in->keys);
  if (const auto *l = std::get_if<ListTerm>(&term.node))
    return (l->list && contains_cv(*l->list, false)) || (l->body && contains_cv(*l->body, false));
  if (const auto *w = std::get_if<With>(&term.node)) return contains_cv(*w->value, false);
  if (const auto *c = std::get_if<TableCall>(&term.node)) return any(c->arguments);
  if (const auto *f = std::get_if<FunctionCall>(&term.node)) return any(f->arguments);
  return false;
}

/// `value` may stand where `wanted` is declared, apart from being missing.
bool Checker::value_fits(const Term &value, const Type &wanted, const Names &names) {
  const Type &type = value.type;
  const bool kind = type.kind == wanted.kind &&
                    (type.kind == TypeKind::number || type.domain == wanted.domain) &&
                    type.separator == wanted.separator;
  const bool unit = type.kind != TypeKind::number || type.any_dimension || wanted.any_dimension ||
                    type.dimension == wanted.dimension;
  if (kind && unit) return true;
  std::string hint;
  if (kind && std::holds_alternative<Constant>(value.node) && type.dimension == Dimension{})
    hint = "write the unit of the number: 100 yuan (元), 100 points (点), 30 days (天)";
  origins(report(kind ? "P301" : "P305", value.span,
                 fmt::format("{} is {}, but this is {}", names.ident, type_name(wanted), type_name(type)),
                 hint),
          {&value});
  return false;
}

TermPtr Checker::definition_value(const syntax::Expression &e, const Place &place, const Type &wanted,
                                  const Names &names) {
  if (const syntax::Ident *name = bare_name(e);
      name && &wanted == &unknown_type && names_nothing(name->text, place))
    return nullptr; // perhaps a value of the enum that the type names
  TermPtr term = expression(e, place, &wanted);
  if (!term || &wanted == &unknown_type) return nullptr;
  if (term->type.kind == TypeKind::row && wanted.kind != TypeKind::row) term = to_key(std::move(term));
  if (!value_fits(*term, wanted, names)) return nullptr;
  if (term->type.optional && !wanted.optional) {
    origins(report("P404", term->span,
                   fmt::format("this may be missing, but {} is not optional", names.ident),
                   "make the type optional (可缺), write 'required' (必有), or handle the missing value"),
            {term.get()});
    return nullptr;
  }
  if (contains_cv(*term, true)) {
    report("P313", term->span, "'cv of' (变异系数) may only be the whole right side of a definition",
           "define it under a name of its own and use that");
    return nullptr;
  }
  return term;
}

void Checker::ensure_let(int scope, int field) {
  const int definition = program_.scopes[scope].fields[field].definition;
  if (lets_done_.count(definition) > 0) return;
  if (!lets_running_.insert(definition).second) {
    broken_.insert({scope, field});
    if (lets_done_.insert(definition).second)
      report("P609", program_.scopes[scope].fields[field].span,
             fmt::format("'{}' rests on itself", program_.scopes[scope].fields[field].names.ident));
    return;
  }
  check_let(definition);
  lets_running_.erase(definition);
  lets_done_.insert(definition);
}

void Checker::check_let(int index) {
  const auto found = let_decls_.find(index);
  if (found == let_decls_.end()) return;
  const syntax::LetDecl &decl = *found->second;
  const InUse names(*this, decl.name.ident.span.file);
  const int scope = program_.definitions[index].scope;
  Place place;
  place.scope = scope;
  TermPtr term = expression(*decl.value, place);
  if (term && contains_cv(*term, false)) {
    report("P313", term->span, "'cv of' (变异系数) may only be the whole right side of a define (定义)");
    term = nullptr;
  }
  if (!term) {
    broken_.insert({scope, program_.definitions[index].field});
    return;
  }
  Field &field = program_.scopes[scope].fields[program_.definitions[index].field];
  field.type = term->type;
  Formula formula;
  Alternative line;
  line.span = decl.span;
  line.value = std::move(term);
  formula.lines.push_back(std::move(line));
  program_.definitions[index].body = std::move(formula);
}

void Checker::overrides_of(Formula &formula, const syntax::DefineDecl &decl) {
  const std::size_t count = formula.excepts.size();
  std::vector<std::vector<bool>> beats(count, std::vector<bool>(count));
  for (std::size_t i = 0; i < count; ++i)
    for (const syntax::Ident &name : decl.excepts[i].overrides) {
      bool found = false;
      for (std::size_t k = 0; k < count; ++k)
        if (formula.excepts[k].names.is(name.text)) beats[i][k] = found = true;
      std::vector<std::string> others;
      for (std::size_t k = 0; k < count; ++k)
        if (k != i) others.push_back(formula.excepts[k].names.ident);
      const std::string close = nearest(name.text, others);
      if (found) continue;
      syntax::Diagnostic &d =
          report("P504", name.span, fmt::format("{} has no exception '{}'", decl.name.ident.text, name.text),
                 close.empty() ? "" : fmt::format("did you mean {}?", close));
      for (std::size_t k = 0; k < count; ++k)
        if (k != i)
          d.related.push_back(
              {decl.excepts[k].name.ident.span, fmt::format("it has '{}'", formula.excepts[k].names.ident)});
    }
  for (std::size_t via = 0; via < count; ++via)
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t k = 0; k < count; ++k)
        if (beats[i][via] && beats[via][k]) beats[i][k] = true;
  for (std::size_t i = 0; i < count; ++i) {
    if (beats[i][i]) {
      report("P516", decl.excepts[i].span,
             fmt::format("the exception '{}' overrides itself, over others or directly",
                         formula.excepts[i].names.ident));
      return;
    }
    for (std::size_t k = 0; k < count; ++k)
      if (beats[i][k]) formula.excepts[i].overrides.push_back(static_cast<int>(k));
  }
  // Strongest first: an exception comes after all that beat it, otherwise in the order of the text.
  std::vector<bool> placed(count);
  while (formula.except_order.size() < count)
    for (std::size_t i = 0; i < count; ++i) {
      if (placed[i]) continue;
      bool free = true;
      for (std::size_t k = 0; k < count; ++k) free = free && (placed[k] || !beats[k][i]);
      if (!free) continue;
      placed[i] = true;
      formula.except_order.push_back(static_cast<int>(i));
      break;
    }
}

void Checker::check_define(int index, const syntax::DefineDecl &decl) {
  const int scope = program_.definitions[index].scope;
  const Field field_copy = [&] {
    Field f;
    f.names = names_of(decl.name);
    f.type = program_.field_of(program_.definitions[index]).type;
    return f;
  }();
  const Type &wanted = is_broken(scope, program_.definitions[index].field) ? unknown_type : field_copy.type;
  Place place;
  place.scope = scope;
  Formula formula;
  bool ok = true;
  Facts no_exception; // known where no exception holds
  for (const syntax::ExceptDecl &except : decl.excepts) {
    check_basis(except.basis);
    Alternative out;
    out.names = names_of(except.name);
    out.span = except.span;
    out.basis = except.basis;
    for (const Alternative &other : formula.excepts)
      if (other.names.is(out.names.ident))
        report("P202", except.name.ident.span,
               fmt::format("the exception '{}' is declared a second time", out.names.ident));
    out.condition = condition(*except.condition, place);
    if (out.condition) {
      const Facts facts = facts_if(*out.condition, false);
      no_exception.insert(facts.begin(), facts.end());
    }
    if (except.value) {
      out.value = definition_value(*except.value,
                                   with(place, out.condition ? facts_if(*out.condition, true) : Facts{}),
                                   wanted, field_copy.names);
      ok = ok && out.value;
    } else if (!wanted.optional) {
      report("P404", except.span,
             fmt::format("'none' (无) is a missing value, but {} is not optional", field_copy.names.ident));
    }
    ok = ok && out.condition;
    formula.excepts.push_back(std::move(out));
  }
  Place at = with(place, no_exception);
  for (const syntax::CaseLine &line : decl.lines) {
    check_basis(line.basis);
    Alternative out;
    out.span = line.span;
    out.basis = line.basis;
    Facts holds;
    if (line.condition) {
      out.condition = condition(*line.condition, at);
      ok = ok && out.condition;
      if (out.condition) holds = facts_if(*out.condition, true);
    }
    if (line.value) {
      out.value = definition_value(*line.value, with(at, holds), wanted, field_copy.names);
      ok = ok && out.value;
    } else if (!wanted.optional) {
      report("P404", line.span,
             fmt::format("'none' (无) is a missing value, but {} is not optional", field_copy.names.ident));
    }
    if (out.condition) at = with(at, facts_if(*out.condition, false));
    formula.lines.push_back(std::move(out));
  }
  overrides_of(formula, decl);
  if (ok) program_.definitions[index].body = std::move(formula);
}

void Checker::check_decide(int index, const syntax::DecideDecl &decl) {
  const int scope = program_.definitions[index].scope;
  const Type type = program_.field_of(program_.definitions[index]).type;
  Decide decide;
  decide.enumeration = type.domain;
  Place place;
  place.scope = scope;
  bool ok = true;
  for (const syntax::DecideAlternative &alternative : decl.alternatives) {
    check_basis(alternative.basis);
    Alternative out;
    out.span = alternative.span;
    out.basis = alternative.basis;
    if (alternative.name) {
      out.names = names_of(*alternative.name);
      const auto &members = program_.enums[type.domain].members; // no use of the member: its own declaration
      for (std::size_t m = 0; m < members.size(); ++m)
        if (members[m].is(alternative.name->ident.text)) out.member = static_cast<int>(m);
    }
    if (alternative.condition) {
      out.condition = condition(*alternative.condition, place);
      ok = ok && out.condition;
      if (out.condition) place = with(place, facts_if(*out.condition, false));
    } else if (&alternative != &decl.alternatives.back()) {
      report("P505", alternative.span,
             "'otherwise' (其他) is the last alternative: those after it are never reached");
    }
    decide.alternatives.push_back(std::move(out));
  }
  if (ok) program_.definitions[index].body = std::move(decide);
}

void Checker::check_deduct(int index, const syntax::DeductDecl &decl) {
  const int scope = program_.definitions[index].scope;
  const Type declared = program_.field_of(program_.definitions[index]).type;
  const Type &wanted = is_broken(scope, program_.definitions[index].field) ? unknown_type : declared;
  const Names names = names_of(decl.name);
  Place place;
  place.scope = scope;
  Deduct deduct;
  deduct.from = definition_value(*decl.from, place, wanted, names);
  bool ok = deduct.from != nullptr;
  if (wanted.kind != TypeKind::number) {
    report("P302", decl.name.ident.span,
           fmt::format("a deduction gives a number, but {} is {}", names.ident, type_name(wanted)));
    ok = false;
  }
  for (const syntax::LessClause &clause : decl.clauses) {
    check_basis(clause.basis);
    Deduct::Less less;
    less.label = clause.label;
    less.basis = clause.basis;
    less.span = clause.span;
    less.amount = expression(*clause.amount, place);
    if (clause.condition) {
      less.condition = condition(*clause.condition, place);
      ok = ok && less.condition;
    }
    ok = ok && less.amount && value_fits(*less.amount, wanted, names);
    deduct.clauses.push_back(std::move(less));
  }
  if (ok) program_.definitions[index].body = std::move(deduct);
}

void Checker::check_allocate(int index, const syntax::AllocateDecl &decl) {
  const int scope = program_.definitions[index].scope;
  const Type declared = program_.field_of(program_.definitions[index]).type;
  const Type &wanted = is_broken(scope, program_.definitions[index].field) ? unknown_type : declared;
  const Names names = names_of(decl.name);
  Place place;
  place.scope = scope;
  Allocate out;
  out.or_nothing = decl.or_nothing;
  out.whole = definition_value(*decl.whole, place, wanted, names);
  bool ok = out.whole != nullptr;
  const int key_count = program_.scopes[scope].key_count;
  auto key_named = [&](const syntax::Ident &name) {
    for (int k = 0; k < key_count; ++k)
      if (program_.scopes[scope].fields[k].names.is(name.text)) return k;
    no_key(name.span, scope, name.text);
    ok = false;
    return -1;
  };
  if (scope == 0) {
    report("P610", decl.span,
           "the run as a whole has one row: an amount is divided among the rows of a scope");
    return;
  }
  if (wanted.kind != TypeKind::number) {
    report("P302", decl.name.ident.span,
           fmt::format("an allocation gives a number, but {} is {}", names.ident, type_name(wanted)));
    return;
  }
  if (decl.part) {
    out.part = definition_value(*decl.part, place, wanted, names);
    ok = ok && out.part;
    out.last_key = key_named(*decl.last);
    for (int k = 0; k < key_count; ++k)
      if (k != out.last_key) out.group.push_back(k);
  } else {
    out.weight = given_expression(*decl.weight, place);
    ok = ok && out.weight && require_number(*out.weight, "a weight");
    for (const syntax::Ident &name : decl.within)
      if (const int key = key_named(name); key >= 0) out.group.push_back(key);
  }
  // One whole for all rows of a group: the whole may name only those keys, or quantities reached through
  // them.
  if (out.whole) {
    struct Finder {
      const Allocate &allocate;
      const FieldRef *bad = nullptr;
      void terms(const std::vector<TermPtr> &list) {
        for (const TermPtr &t : list) visit(*t);
      }
      void visit(const Term &term) {
        std::visit([this](const auto &node) { look(node); }, term.node);
      }
      bool in_group(int field) const {
        return std::find(allocate.group.begin(), allocate.group.end(), field) != allocate.group.end();
      }
      void look(const FieldRef &ref) {
        if (ref.up > 0) return;
        if (ref.steps.empty()) {
          if (!in_group(ref.field)) bad = &ref;
        } else if (ref.steps[0].field >= 0) {
          if (!in_group(ref.steps[0].field)) bad = &ref;
        } else {
          terms(ref.steps[0].keys);
        }
      }
      void look(const TableCall &c) { terms(c.arguments); }
      void look(const FunctionCall &c) { terms(c.arguments); }
      void look(const Unary &u) { visit(*u.operand); }
      void look(const Binary &b) { visit(*b.left), visit(*b.right); }
      void look(const MissingTest &m) { visit(*m.operand); }
      void look(const Membership &m) { visit(*m.operand); }
      void look(const InSet &in) {
        visit(*in.operand);
        terms(in.keys);
        if (in.list) visit(*in.list);
      }
      void look(const ElementRef &) {}
      void look(const ListTerm &l) {
        if (l.list) visit(*l.list);
        if (l.body) visit(*l.body);
      }
      void look(const With &w) { visit(*w.operand), visit(*w.value); }
      void look(const Aggregate &a) {
        for (const auto &m : a.matches) visit(*m.outer);
      }
      void look(const Neighbour &) {}
      void look(const Parenthesized &p) { visit(*p.inner); }
      void look(const Constant &) {}
      void look(const ParameterRef &) {}
    };
    Finder finder{out};
    finder.visit(*out.whole);
    if (finder.bad && ok) {
      report("P611", out.whole->span,
             fmt::format("the whole that is divided may differ from row to row of {}",
                         program_.scopes[scope].names.ident),
             "say with within (同一) which keys' rows share a whole");
      ok = false;
    }
  }
  if (ok) program_.definitions[index].body = std::move(out);
}

void Checker::check_rule(const syntax::CheckDecl &decl, int scope, int order) {
  Check out;
  out.names = scope == 0 ? of_use(names_of(decl.name)) : names_of(decl.name);
  out.scope = scope;
  out.required = decl.required;
  out.basis = decl.basis;
  out.span = decl.name.ident.span;
  out.order = order;
  Place place;
  place.scope = scope;
  for (const Check &other : program_.checks)
    if (other.scope == scope && other.names.is(out.names.ident))
      report("P202", out.span, fmt::format("the check '{}' is declared a second time", out.names.ident));
  out.condition = condition(*decl.condition, place);
  // The text with its {values}; each is an expression of the row, which may be missing.
  std::string text = decl.text;
  std::string piece;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '{') {
      piece += text[i++];
      continue;
    }
    const std::size_t close = text.find('}', i);
    if (close == std::string::npos) {
      report("P613", decl.span, "a '{' in the text has no closing '}'");
      break;
    }
    syntax::SourceFiles files{{"text", text.substr(i + 1, close - i - 1)}};
    std::vector<syntax::Diagnostic> inner;
    const auto parsed = syntax::parse_expression(files, 0, inner, proofs_ != nullptr);
    TermPtr term;
    if (parsed && inner.empty()) {
      const std::size_t before = diagnostics_.size();
      term = expression(*parsed->expression, place);
      for (std::size_t k = before; k < diagnostics_.size(); ++k) diagnostics_[k].span = decl.span;
    } else {
      report("P613", decl.span, fmt::format("'{}' in the text is no expression", files[0].text));
    }
    out.text.emplace_back(std::move(piece), std::move(term));
    piece.clear();
    i = close + 1;
  }
  out.text.emplace_back(std::move(piece), nullptr);
  if (out.condition) program_.checks.push_back(std::move(out));
}

void Checker::check_definitions() {
  for (const Pending &pending : pending_) {
    const InUse names(*this,
                      std::visit([](const auto *decl) { return decl->name.ident.span.file; }, pending.decl));
    struct Visit {
      Checker &c;
      const Pending &p;
      void operator()(const syntax::LetDecl *) const {
        const Definition &d = c.program_.definitions[p.definition];
        c.ensure_let(d.scope, d.field);
      }
      void operator()(const syntax::DefineDecl *decl) const { c.check_define(p.definition, *decl); }
      void operator()(const syntax::DecideDecl *decl) const { c.check_decide(p.definition, *decl); }
      void operator()(const syntax::DeductDecl *decl) const { c.check_deduct(p.definition, *decl); }
      void operator()(const syntax::AllocateDecl *decl) const { c.check_allocate(p.definition, *decl); }
      void operator()(const syntax::CheckDecl *decl) const { c.check_rule(*decl, p.scope, p.order); }
    };
    std::visit(Visit{*this, pending}, pending.decl);
  }
  for (Definition &d : program_.definitions)
    d.let = let_decls_.count(static_cast<int>(&d - program_.definitions.data())) > 0;
}

} // namespace steelyard::semantics
