// Putting clauses together; see assemble.h. The structure is the one at the head of grammar/Steelyard.g4.in.
#include "compiler/syntax/assemble.h"
#include "compiler/syntax/tree_words.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::syntax {
namespace {

/// The heads that stand in a scope (or, as definitions of the run as a whole, outside every scope).
bool stands_in_scope(Tok head) {
  switch (head) {
  case Tok::ROWS_FROM:
  case Tok::INPUT:
  case Tok::LET:
  case Tok::DEFINE:
  case Tok::DECIDE:
  case Tok::DEDUCT:
  case Tok::ALLOCATE:
  case Tok::CHECK:
  case Tok::REQUIRE:
  case Tok::REMOVE:
  case Tok::ADD_TO:
    return true;
  default:
    return false;
  }
}

std::string cells(std::size_t count) {
  return fmt::format("{} cell{}", count, count == 1 ? "" : "s");
}

template<typename Variant> void mark_replaces(Variant &item) {
  std::visit(
      [](auto &decl) {
        if constexpr (requires { decl.replaces; }) decl.replaces = true;
      },
      item);
}

template<typename Decl> void extend(Decl &decl, const Span &span) {
  decl.span = join(decl.span, span);
}

} // namespace

void Assembler::report(std::string_view code, const Span &span, std::string message, std::string hint) {
  diagnostics_.push_back({Severity::error, std::string(code), span, std::move(message), std::move(hint), {}});
}

void Assembler::add(const Clause &clause, std::span<const Token> tokens, const Node *tree) {
  const bool first = std::exchange(first_clause_, false);
  if (!tree) {
    // Whether the item before is complete is not judged: this clause may have been meant as a part of it.
    if (clause.entry == Rule::clause && begins_item(clause.head) && !stands_in_scope(clause.head)) {
      place_ = Place::unknown;
      open_ = false;
    } else if (clause.entry == Rule::clause && begins_item(clause.head) && !open_item<EntityDecl>()) {
      open_ = false;
    } else if (!begins_clause(clause.head) && first) {
      place_ = Place::unknown; // the file begins with something that is no clause
    }
    // A line at the margin that was taken into the clause may have been the head of a scope.
    for (std::size_t i = 1; i < tokens.size(); ++i)
      if (tokens[i].span.column < 3) place_ = Place::unknown;
    broken_ = true;
    return;
  }
  Builder build(tokens, wording_, diagnostics_);
  const bool replaces = tree->children.front().rule == Rule::token; // then it is REPLACE
  const Node &node = tree->children[replaces ? 1 : 0];
  if (node.rule == Rule::languageVersion) {
    if (!first) report("P110", build.span(node), "the language version stands in the first line of a file");
    file_.language_version = build.whole_number(node.children.back(), "the language version");
    file_.version_span = build.span(node);
  } else if (clause.entry == Rule::alternativeClause || !begins_item(clause.head)) {
    continue_item(clause, tokens, node, build);
  } else if (stands_in_scope(clause.head)) {
    add_scope_item(clause, tokens, node, build);
    if (auto *scope = open_item<ScopeDecl>(); replaces && scope && !scope->items.empty())
      mark_replaces(scope->items.back());
    else if (auto *entity = open_item<EntityDecl>(); replaces && entity && !entity->inputs.empty())
      entity->inputs.back().replaces = true;
  } else {
    add_head(clause, tokens, node, build);
    if (replaces) mark_replaces(file_.items.back());
  }
}

void Assembler::add_head(const Clause &clause, std::span<const Token>, const Node &node, Builder &build) {
  close_item();
  place_ = Place::outside;
  open_ = true;
  broken_ = false;
  misplaced_ = Tok::end;
  switch (clause.head) {
  case Tok::POLICY:
    file_.items.emplace_back(build.policy(node));
    break;
  case Tok::CHAPTER:
    file_.items.emplace_back(build.chapter(node));
    break;
  case Tok::USES:
    file_.items.emplace_back(build.uses(node));
    break;
  case Tok::ARTICLE:
    file_.items.emplace_back(build.article(node));
    break;
  case Tok::ENUM:
    file_.items.emplace_back(build.enumeration(node));
    break;
  case Tok::RANGE:
    file_.items.emplace_back(build.range(node));
    break;
  case Tok::ENTITY:
    file_.items.emplace_back(build.entity(node));
    break;
  case Tok::PARAM:
    file_.items.emplace_back(build.param(node));
    break;
  case Tok::TABLE:
    file_.items.emplace_back(build.table(node));
    break;
  case Tok::TEST:
    file_.items.emplace_back(build.test(node));
    break;
  default: // for each, overall
    file_.items.emplace_back(build.scope(node));
    place_ = clause.head == Tok::OVERALL ? Place::overall : Place::scope;
    scope_seen_ = true;
  }
}

/// Reports a definition in the wrong place; nothing more is said of those after it.
void Assembler::place_definition(const Token &first) {
  const bool indented = first.span.column > 1;
  const std::string overall = wording_(Tok::OVERALL), for_each = wording_(Tok::FOR_EACH);
  if (place_ == Place::scope && !indented) {
    report(
        "P111", first.span,
        fmt::format("this {} is not indented, so it is outside the {} above", wording_(first.type), for_each),
        fmt::format("indent it, or put definitions of the run as a whole under {}", overall));
    place_ = Place::unknown;
  } else if (place_ == Place::outside && indented) {
    report(
        "P111", first.span,
        fmt::format("this {} is indented, but it belongs to no {}", wording_(first.type), for_each),
        fmt::format(
            "only {0} and {1} have definitions under them; repeat the {0} line if a scope was meant to go on",
            for_each, overall));
    place_ = Place::unknown;
  } else if (place_ == Place::outside && scope_seen_) {
    report("P111", first.span, fmt::format("this {} stands outside every {}", wording_(first.type), for_each),
           fmt::format("after the first {}, definitions of the run as a whole stand under {}", for_each,
                       overall));
    place_ = Place::unknown;
  }
}

void Assembler::add_scope_item(const Clause &clause, std::span<const Token> tokens, const Node &node,
                               Builder &build) {
  if (auto *table = open_item<TableDecl>(); table && clause.head == Tok::ROWS_FROM) {
    add_rows_from(*table, build.rows_from(node));
    return;
  }
  if (auto *entity = open_item<EntityDecl>()) {
    if (clause.head == Tok::INPUT) {
      entity->inputs.push_back(build.input(node));
      return;
    }
    if (clause.head == Tok::ROWS_FROM) {
      if (entity->rows_from) report("P114", build.span(node), "the rows of an entity are named only once");
      entity->rows_from = build.rows_from(node);
      no_file_here(*entity->rows_from);
      return;
    }
  }
  close_item();
  const Place before = place_;
  place_definition(tokens.front());
  if (!open_item<ScopeDecl>()) { // the run as a whole
    file_.items.emplace_back(ScopeDecl{});
    std::get<ScopeDecl>(file_.items.back()).span = build.span(node);
  }
  open_ = true;
  misplaced_ = Tok::end;
  broken_ = place_ != before; // said enough of it
  auto &items = std::get<ScopeDecl>(file_.items.back()).items;
  switch (clause.head) {
  case Tok::ROWS_FROM:
    items.emplace_back(build.rows_from(node));
    no_file_here(std::get<RowsFromDecl>(items.back()));
    break;
  case Tok::INPUT:
    items.emplace_back(build.input(node));
    break;
  case Tok::LET:
    items.emplace_back(build.let(node));
    break;
  case Tok::DEFINE:
    items.emplace_back(build.define(node));
    break;
  case Tok::DECIDE:
    items.emplace_back(build.decide(node));
    break;
  case Tok::DEDUCT:
    items.emplace_back(build.deduct(node));
    break;
  case Tok::ALLOCATE:
    items.emplace_back(build.allocate(node));
    break;
  case Tok::REMOVE:
    items.emplace_back(build.remove(node));
    break;
  case Tok::ADD_TO:
    items.emplace_back(build.add_to(node));
    break;
  default:
    items.emplace_back(build.check(node));
    break;
  }
}

void Assembler::continue_item(const Clause &clause, std::span<const Token> tokens, const Node &node,
                              Builder &build) {
  const auto misplaced = [&](Tok owner, std::string_view what) {
    if (!broken_ && place_ != Place::unknown && misplaced_ != owner)
      report("P110", tokens.front().span, fmt::format("this {} belongs to no {}", what, wording_(owner)),
             fmt::format("write it under the {} that it is a part of", wording_(owner)));
    misplaced_ = owner; // its neighbours are misplaced for the same reason
  };
  const Span span = build.span(node);
  if (node.rule == Rule::keyDecl) {
    if (auto *entity = open_item<EntityDecl>())
      entity->keys.push_back(build.key(node));
    else
      misplaced(Tok::ENTITY, wording_(Tok::KEY));
  } else if (node.rule == Rule::tableRow) {
    if (auto *table = open_item<TableDecl>())
      add_row(*table, node, build);
    else
      misplaced(Tok::TABLE, "row");
  } else if (node.rule == Rule::givenClause || node.rule == Rule::expectClause) {
    if (auto *test = open_item<TestDecl>()) {
      build.example_line(node, *test);
      extend(*test, span);
    } else {
      misplaced(Tok::TEST, wording_(clause.head));
    }
  } else if (node.rule == Rule::lessClause) {
    if (auto *deduct = open_scope_item<DeductDecl>()) {
      deduct->clauses.push_back(build.less(node));
      extend(*deduct, span);
    } else {
      misplaced(Tok::DEDUCT, wording_(Tok::LESS));
    }
  } else if (node.rule == Rule::decideAlternative) {
    if (auto *decide = open_scope_item<DecideDecl>()) {
      decide->alternatives.push_back(build.alternative(node));
      extend(*decide, span);
    } else {
      misplaced(Tok::DECIDE, "alternative");
    }
  } else if (auto *add = open_scope_item<AddDecl>(); add && node.rule == Rule::exceptClause) {
    add->excepts.push_back(build.except(node));
    extend(*add, span);
  } else if (auto *define = open_scope_item<DefineDecl>()) {
    if (node.rule == Rule::exceptClause)
      define->excepts.push_back(build.except(node));
    else
      add_case(*define, node, build);
    extend(*define, span);
  } else {
    misplaced(Tok::DEFINE, node.rule == Rule::exceptClause ? wording_(Tok::EXCEPT) : "'='");
  }
}

void Assembler::add_case(DefineDecl &define, const Node &node, Builder &build) {
  if (!define.excepts.empty() && !broken_)
    report("P110", build.span(node.children.front()),
           "the cases of a definition stand before its exceptions");
  define.lines.push_back(build.case_line(node.children.back()));
}

void Assembler::no_file_here(const RowsFromDecl &rows) {
  if (!rows.file.empty())
    report("P114", rows.span, "only the rows of a table stand in a file that the policy names",
           "the rows of an entity or scope are those of its data file, or come from other scopes");
}

void Assembler::add_rows_from(TableDecl &table, RowsFromDecl rows) {
  extend(table, rows.span);
  if (rows.file.empty())
    report("P114", rows.span, "the rows of a table stand under it, or in a file",
           fmt::format("write {} and the name of the file in quotes", wording_(Tok::ROWS_FROM)));
  else if (table.rows_from || !table.rows.empty())
    report("P114", rows.span,
           fmt::format("the rows of the table '{}' are given twice", table.name.ident.text));
  else
    table.rows_from = std::move(rows);
}

void Assembler::add_row(TableDecl &table, const Node &node, Builder &build) {
  TableRow row = build.row(node);
  if (table.rows_from)
    report("P114", row.span,
           fmt::format("the rows of the table '{}' stand in {}", table.name.ident.text,
                       in_quotes(table.rows_from->file)));
  if (!table.rows.empty() && row.cells.size() != table.rows.front().cells.size()) {
    Diagnostic error{Severity::error,
                     "P115",
                     row.span,
                     fmt::format("this row has {}, and the table's first row has {}", cells(row.cells.size()),
                                 cells(table.rows.front().cells.size())),
                     "put one '|' before each cell and one after the last",
                     {{table.rows.front().span, "the first row is here"}}};
    diagnostics_.push_back(std::move(error));
  }
  extend(table, row.span);
  table.rows.push_back(std::move(row));
}

/// Judges whether the item that was open is complete, now that another one begins.
void Assembler::close_item() {
  if (!open_ || broken_) return;
  if (auto *entity = open_item<EntityDecl>(); entity && entity->keys.empty())
    report("P114", entity->name.ident.span,
           fmt::format("the entity '{}' has no {}", entity->name.ident.text, wording_(Tok::KEY)),
           fmt::format("write {} and its name and type on the next line", wording_(Tok::KEY)));
  if (auto *table = open_item<TableDecl>(); table && table->rows.size() < 2 && !table->rows_from)
    report("P114", table->name.ident.span, fmt::format("the table '{}' has no rows", table->name.ident.text),
           "first the row of the columns' names, then the rows of values, each with '|' around its cells");
  if (auto *decide = open_scope_item<DecideDecl>(); decide && decide->alternatives.empty())
    report("P114", decide->name.ident.span,
           fmt::format("'{}' has no alternatives to choose from", decide->name.ident.text),
           fmt::format("write one a line: its name, then {} and its condition", wording_(Tok::WHEN)));
  if (auto *deduct = open_scope_item<DeductDecl>(); deduct && deduct->clauses.empty())
    report("P114", deduct->name.ident.span,
           fmt::format("nothing is deducted in '{}'", deduct->name.ident.text),
           fmt::format("write {} and a name on the next line", wording_(Tok::LESS)));
  if (auto *add = open_scope_item<AddDecl>(); add && add->excepts.empty())
    report(
        "P114", add->to.span, fmt::format("nothing is added to '{}'", add->to.text),
        fmt::format("write {} and a name on the next line; anything else is written anew as a whole, with {}",
                    wording_(Tok::EXCEPT), wording_(Tok::REPLACE)));
  auto *define = open_scope_item<DefineDecl>();
  if (!define) return;
  if (define->lines.empty())
    report("P114", define->name.ident.span,
           fmt::format("the definition of '{}' has no value", define->name.ident.text),
           "write '=' and the value on the next line");
  if (define->lines.size() < 2) return;
  const auto plain = std::find_if(define->lines.begin(), define->lines.end(), [](const CaseLine &line) {
    return line.value && !line.condition && !line.otherwise;
  });
  if (plain != define->lines.end())
    report("P107", plain->span,
           fmt::format("'{}' has several cases, and this one has no condition", define->name.ident.text),
           fmt::format("add {} and a condition, or {}; an '=' at the beginning of a line begins a new case",
                       wording_(Tok::WHEN), wording_(Tok::OTHERWISE)));
}

PolicyFile Assembler::finish() {
  close_item();
  return std::move(file_);
}

} // namespace steelyard::syntax
