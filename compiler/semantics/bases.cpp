// See bases.h.
#include "compiler/semantics/bases.h"

namespace steelyard::semantics {

void Bases::add(const Basis &basis, const std::string &what, const Span &span) {
  for (const syntax::ArticleRef &ref : basis.articles) {
    std::string clause;
    for (const std::string &part : ref.clauses) clause += "(" + part + ")";
    citations.push_back({ref.article, clause, what, span});
  }
  for (const std::string &reason : basis.assumptions) assumptions.push_back({what, reason, span});
}

Bases::Bases(const Program &program) {
  for (const Parameter &p : program.parameters) add(p.basis, p.names.chinese(), p.span);
  for (const Table &t : program.tables) {
    add(t.basis, t.names.chinese(), t.span);
    for (const auto &row : t.rows) add(row.basis, t.names.chinese(), row.span);
  }
  for (const Scope &scope : program.scopes)
    for (const Field &field : scope.fields) {
      const std::string what = scope.names.chinese() + "." + field.names.chinese();
      add(field.basis, what, field.span);
      if (field.definition < 0) continue;
      const Definition &d = program.definitions[field.definition];
      auto alternatives = [&](const std::vector<Alternative> &list) {
        for (const Alternative &a : list)
          add(a.basis, a.names.ident.empty() ? what : what + ": " + a.names.chinese(), a.span);
      };
      if (const auto *f = std::get_if<Formula>(&d.body)) alternatives(f->lines), alternatives(f->excepts);
      if (const auto *c = std::get_if<Decide>(&d.body)) alternatives(c->alternatives);
      if (const auto *l = std::get_if<Deduct>(&d.body))
        for (const auto &less : l->clauses) add(less.basis, what, less.span);
    }
  for (const Check &c : program.checks)
    add(c.basis, program.scopes[c.scope].names.chinese() + "." + c.names.chinese(), c.span);
}

} // namespace steelyard::semantics
