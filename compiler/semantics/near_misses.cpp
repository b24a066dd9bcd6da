// What a message points at besides its own place: where the quantities of a formula are declared, and for a
// name that is not found the declarations that nothing uses: where there are few, one of them may be the one
// that is misspelt.
#include "compiler/semantics/checker.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::semantics {

namespace {

constexpr std::size_t most_origins = 4, most_suspects = 3;

/// The fields, parameters and tables that a term names, each once, in the order of the text.
struct Named {
  const Program &program;
  std::vector<syntax::Related> out;
  std::set<std::string> seen;

  void add(const Names &names, const Type &type, const Span &span) {
    if (span.line == 0 || !seen.insert(fmt::format("{}:{}:{}", span.file, span.line, span.column)).second)
      return;
    out.push_back({span, fmt::format("{} is declared here: {}{}", names.ident, type_text(type, program),
                                     type.optional ? ", or missing" : "")});
  }
  void visit(const TermPtr &term) {
    if (term) std::visit([this](const auto &node) { look(node); }, term->node);
  }
  void terms(const std::vector<TermPtr> &list) {
    for (const TermPtr &term : list) visit(term);
  }
  void look(const Constant &) {}
  void look(const FieldRef &ref) {
    for (const FieldRef::Step &step : ref.steps) {
      if (step.field < 0) continue;
      const Field &field = program.scopes[step.from].fields[step.field];
      if (field.type.optional) add(field.names, field.type, field.span);
    }
    if (ref.field < 0) return;
    const Field &field = program.scopes[ref.scope].fields[ref.field];
    add(field.names, field.type, field.span);
  }
  void look(const ParameterRef &ref) {
    const Parameter &parameter = program.parameters[ref.parameter];
    add(parameter.names, parameter.type, parameter.span);
  }
  void look(const TableCall &call) {
    const Table &table = program.tables[call.table];
    add(table.names, table.type, table.span);
    terms(call.arguments);
  }
  void look(const FunctionCall &call) { terms(call.arguments); }
  void look(const Unary &u) { visit(u.operand); }
  void look(const Binary &b) { visit(b.left), visit(b.right); }
  void look(const MissingTest &m) { visit(m.operand); }
  void look(const Membership &m) { visit(m.operand); }
  void look(const InSet &in) { visit(in.operand), visit(in.list); }
  void look(const ElementRef &) {}
  void look(const ListTerm &l) { visit(l.list), visit(l.body); }
  void look(const With &w) { visit(w.operand); }
  void look(const Aggregate &a) { visit(a.operand); }
  void look(const Neighbour &n) { visit(n.operand); }
  void look(const Parenthesized &p) { visit(p.inner); }
};

} // namespace

void Checker::origins(syntax::Diagnostic &diagnostic, std::initializer_list<const Term *> terms) const {
  Named named{program_, {}, {}};
  for (const Term *term : terms)
    if (term) std::visit([&](const auto &node) { named.look(node); }, term->node);
  for (syntax::Related &related : named.out) {
    if (diagnostic.related.size() >= most_origins) return;
    const bool same_line =
        related.span.file == diagnostic.span.file && related.span.line == diagnostic.span.line;
    if (!same_line) diagnostic.related.push_back(std::move(related));
  }
}

void Checker::declared_at(std::size_t before, const Names &names, const Type &type, const Span &span) {
  for (std::size_t i = before; i < diagnostics_.size(); ++i)
    if (diagnostics_[i].severity == syntax::Severity::error)
      diagnostics_[i].related.push_back(
          {span, fmt::format("{} is declared here: {}", names.ident, type_name(type))});
}

void Checker::point_at_namesake(syntax::Diagnostic &diagnostic, int owner, const std::string &name) const {
  std::set<std::string> spellings{name};
  const auto gather = [&](const auto &all) {
    for (const auto &one : all)
      if (one.names.is(name)) spellings.insert({one.names.ident, one.names.twin});
  };
  gather(program_.scopes);
  gather(program_.enums);
  gather(program_.ranges);
  spellings.erase("");
  for (const Field &field : program_.scopes[owner].fields) {
    const bool namesake = std::any_of(spellings.begin(), spellings.end(),
                                      [&](const std::string &one) { return field.names.is(one); });
    if (namesake)
      diagnostic.related.push_back(
          {field.span, fmt::format("{}{} is declared here: {}", field.names.ident,
                                   field.names.twin.empty() ? "" : " (" + field.names.twin + ")",
                                   type_name(field.type))});
  }
}

void Checker::has_it_elsewhere(syntax::Diagnostic &diagnostic, int owner, const std::string &name) const {
  for (std::size_t other = 1; other < program_.scopes.size(); ++other)
    if (const int field = find_field(static_cast<int>(other), name);
        field >= 0 && static_cast<int>(other) != owner && diagnostic.related.size() < 3)
      diagnostic.related.push_back({program_.scopes[other].fields[field].span,
                                    fmt::format("{} has one", program_.scopes[other].names.ident)});
}

void Checker::unfound(Sought sought, int owner) {
  unfound_.push_back({diagnostics_.size() - 1, sought, owner});
}

void Checker::point_at_unused() {
  struct Suspect {
    bool rather_not = false; ///< a key, or a definition that may be there only for its column
    std::string name;
    Span span;
  };
  for (const Unfound &unfound : unfound_) {
    std::vector<Suspect> suspects;
    auto fields = [&](int scope) {
      const Scope &owner = program_.scopes[scope];
      for (std::size_t f = 0; f < owner.fields.size(); ++f) {
        const Field &field = owner.fields[f];
        const bool own_key = field.kind == FieldKind::key && !owner.entity; // named by `for each`
        if (own_key || uses_.count({scope, static_cast<int>(f)}) > 0) continue;
        suspects.push_back({field.kind == FieldKind::definition || field.kind == FieldKind::key,
                            field.names.ident, field.span});
      }
    };
    auto scopes = [&](bool entities_only) {
      for (std::size_t s = 1; s < program_.scopes.size(); ++s)
        if (used_scopes_.count(static_cast<int>(s)) == 0 && (program_.scopes[s].entity || !entities_only))
          suspects.push_back({false, program_.scopes[s].names.ident, program_.scopes[s].span});
    };
    auto parameters = [&] {
      for (std::size_t p = 0; p < program_.parameters.size(); ++p)
        if (used_parameters_.count(static_cast<int>(p)) == 0)
          suspects.push_back({false, program_.parameters[p].names.ident, program_.parameters[p].span});
    };
    switch (unfound.sought) {
    case Sought::name:
      fields(unfound.owner);
      if (unfound.owner != 0) fields(0);
      parameters();
      scopes(false);
      break;
    case Sought::field:
      fields(unfound.owner);
      break;
    case Sought::scope:
      scopes(false);
      break;
    case Sought::parameter:
      parameters();
      break;
    case Sought::type:
      for (std::size_t e = 0; e < program_.enums.size(); ++e)
        if (!program_.enums[e].of_decide && used_enums_.count(static_cast<int>(e)) == 0)
          suspects.push_back({false, program_.enums[e].names.ident, program_.enums[e].span});
      for (std::size_t r = 0; r < program_.ranges.size(); ++r)
        if (used_ranges_.count(static_cast<int>(r)) == 0)
          suspects.push_back({false, program_.ranges[r].names.ident, program_.ranges[r].span});
      scopes(true);
      break;
    case Sought::member: {
      const Enum &e = program_.enums[unfound.owner];
      if (!e.of_decide) break; // its values stand beside its name
      for (std::size_t m = 0; m < e.members.size(); ++m)
        if (used_members_.count({unfound.owner, static_cast<int>(m)}) == 0)
          suspects.push_back({false, e.members[m].ident, member_spans_[unfound.owner][m]});
      break;
    }
    case Sought::table:
      for (std::size_t t = 0; t < program_.tables.size(); ++t)
        if (used_tables_.count(static_cast<int>(t)) == 0)
          suspects.push_back({false, program_.tables[t].names.ident, program_.tables[t].span});
      break;
    case Sought::article:
      for (const Article &article : program_.articles)
        if (!article.no_computation && cited_.count(article.id) == 0)
          suspects.push_back({false, article.id, article.span});
      break;
    }
    syntax::Diagnostic &diagnostic = diagnostics_[unfound.diagnostic];
    std::erase_if(suspects, [&](const Suspect &suspect) { // it does not mean itself
      return suspect.span.file == diagnostic.span.file && suspect.span.line == diagnostic.span.line;
    });
    const bool others = std::any_of(suspects.begin(), suspects.end(),
                                    [](const Suspect &suspect) { return !suspect.rather_not; });
    if (others) std::erase_if(suspects, [](const Suspect &suspect) { return suspect.rather_not; });
    // Where another name is near, that one is more likely to be meant.
    if (suspects.size() > (diagnostic.hint.rfind("did you mean", 0) == 0 ? 1 : most_suspects)) continue;
    for (const Suspect &suspect : suspects)
      diagnostic.related.push_back(
          {suspect.span, fmt::format("nothing uses '{}': is this the one that is meant?", suspect.name)});
  }
}

} // namespace steelyard::semantics
