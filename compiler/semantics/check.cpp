// The order of the check.
#include "compiler/semantics/check_parsed.h"
#include "compiler/semantics/checker.h"
#include "compiler/semantics/proof_memory.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::semantics {

namespace {
constexpr int language_version = 1;
}

void Checker::no_amendment(const Span &span) {
  report("P715", span, "this changes another policy, but the policy names none that it amends",
         "write amends (修订) and the folder of that policy in quotes behind the policy's name");
}

void Checker::refuse_replacing(const syntax::Item &item) {
  const auto refuse = [this](const auto &decl) {
    if constexpr (requires { decl.replaces; })
      if (decl.replaces) no_amendment(decl.span);
  };
  std::visit(refuse, item);
  if (const auto *scope = std::get_if<syntax::ScopeDecl>(&item))
    for (const syntax::ScopeItem &one : scope->items) std::visit(refuse, one);
  if (const auto *entity = std::get_if<syntax::EntityDecl>(&item))
    for (const syntax::InputDecl &input : entity->inputs) refuse(input);
}

void Checker::run(const std::vector<syntax::PolicyFile> &files) {
  program_.scopes.emplace_back();
  program_.scopes[0].names = {"overall", "总体", ""};
  for (const syntax::PolicyFile &file : files) {
    if (use_of_file_.size() <= file.file) use_of_file_.resize(file.file + std::size_t{1});
    use_of_file_[file.file] = file.use;
  }
  auto each = [&](auto &&act) {
    for (const syntax::PolicyFile &file : files) {
      const InUse names(*this, file.file);
      for (const syntax::Item &item : file.items) act(item);
    }
  };
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i].of_table) continue;
    Span start;
    start.file = files[i].file;
    start.line = start.column = start.end_line = 1;
    start.end_column = 2;
    if (!files[i].version_span)
      report("P704", start, "the language version is missing at the top of the file",
             "write: steelyard 1 (权衡 1)");
    else if (files[i].language_version != language_version)
      report("P710", *files[i].version_span,
             fmt::format("language version {} is not known: this program knows version {}",
                         files[i].language_version, language_version));
  }
  // Declarations that others name come first, whatever their order in the text.
  each([&](const syntax::Item &item) {
    refuse_replacing(item);
    if (const auto *d = std::get_if<syntax::PolicyDecl>(&item)) declare_policy(*d);
    if (const auto *d = std::get_if<syntax::ArticleDecl>(&item)) {
      for (const Article &other : program_.articles)
        if (other.id == d->id)
          report("P202", d->span, fmt::format("article {} is declared a second time", d->id))
              .related.push_back({other.span, "first declared here"});
      program_.articles.push_back({d->id, d->heading, d->title, d->no_computation, d->span});
    }
    if (const auto *d = std::get_if<syntax::EnumDecl>(&item)) declare_enum(*d);
    if (const auto *d = std::get_if<syntax::RangeDecl>(&item)) declare_range(*d);
    if (const auto *d = std::get_if<syntax::EntityDecl>(&item)) {
      Scope scope;
      scope.own_names = names_of(d->name);
      scope.names = of_use(scope.own_names);
      scope.entity = true;
      scope.span = d->name.ident.span;
      check_global_name(scope.names, scope.span, "entity");
      program_.scopes.push_back(std::move(scope));
    }
  });
  if (!policy_seen_ && !files.empty()) {
    Span start;
    start.line = start.column = start.end_line = 1;
    start.end_column = 2;
    report("P701", start, "the policy has no name",
           "write: policy NAME \"TITLE\" in force from YYYY-MM-DD (政策 ... 施行自 ...)");
  }
  each([&](const syntax::Item &item) {
    if (const auto *d = std::get_if<syntax::EntityDecl>(&item)) declare_entity(*d);
  });
  check_key_cycles();
  each([&](const syntax::Item &item) {
    if (const auto *d = std::get_if<syntax::ParamDecl>(&item)) declare_parameter(*d);
    if (const auto *d = std::get_if<syntax::TableDecl>(&item)) declare_table(*d);
    if (const auto *d = std::get_if<syntax::ScopeDecl>(&item)) declare_scope(*d);
  });
  // A bare name means the parameter before it means the quantity, which nothing could then reach.
  for (const Field &field : program_.scopes[0].fields)
    for (const Parameter &parameter : program_.parameters)
      if (parameter.names.is(field.names.ident) || parameter.names.is(field.names.twin))
        report("P202", field.span,
               fmt::format("'{}' is a parameter and a quantity of the run as a whole", field.names.ident))
            .related.push_back({parameter.span, "the parameter"});
  for (const auto &[scope, decl] : sources_declared_) {
    const InUse names(*this, decl->span.file);
    resolve_sources(scope, *decl);
  }
  default_sources();
  check_absent_rows();
  make_schema();
  check_definitions();
  const bool errors = std::any_of(diagnostics_.begin(), diagnostics_.end(), [](const syntax::Diagnostic &d) {
    return d.severity == syntax::Severity::error;
  });
  if (!errors) check_cycles();
  if (!errors) check_substitutions();
  if (!errors && !(proofs_ != nullptr && proofs_->proved())) {
    const std::size_t before = diagnostics_.size();
    prove_choices();
    if (proofs_ != nullptr && diagnostics_.size() == before) proofs_->keep();
  }
  each([&](const syntax::Item &item) {
    if (const auto *d = std::get_if<syntax::TestDecl>(&item)) declare_test(*d);
  });
  point_at_unused();
}

TermPtr Checker::standalone(const syntax::Expression &e) {
  if (program_.scopes.empty()) {
    program_.scopes.emplace_back();
    program_.scopes[0].names = {"overall", "总体", ""};
  }
  const Place place{0, nullptr, {}};
  return given_expression(e, place);
}

TermPtr check_expression(const syntax::Expression &e, std::vector<syntax::Diagnostic> &diagnostics) {
  Program program;
  Checker checker(program, diagnostics);
  return checker.standalone(e);
}

LoadResult load_parsed(syntax::SourceFiles files, const std::vector<syntax::PolicyFile> &trees,
                       std::vector<syntax::Diagnostic> diagnostics, bool remember, const Lineage &lineage) {
  LoadResult out;
  out.files = std::move(files);
  out.diagnostics = std::move(diagnostics);
  auto failed = [&] {
    return std::any_of(out.diagnostics.begin(), out.diagnostics.end(),
                       [](const syntax::Diagnostic &d) { return d.severity == syntax::Severity::error; });
  };
  if (!failed()) {
    Program program;
    Checker checker(program, out.diagnostics);
    std::optional<ProofMemory> proofs;
    if (remember) checker.remember(proofs.emplace(out.files));
    checker.place_files(lineage, out.files.size());
    checker.run(trees);
    checker.lay(lineage);
    std::stable_sort(out.diagnostics.begin(), out.diagnostics.end(),
                     [](const syntax::Diagnostic &a, const syntax::Diagnostic &b) {
                       return std::tie(a.span.file, a.span.line, a.span.column) <
                              std::tie(b.span.file, b.span.line, b.span.column);
                     });
    if (!failed()) {
      program.files = out.files;
      out.program = std::move(program);
    }
  }
  return out;
}

} // namespace steelyard::semantics
