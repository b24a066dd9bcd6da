// The state of one check, shared by the files of this folder; not for use outside it (check.h is).
//
// Order: declarations (articles, enums, ranges, entities, scopes with their fields), then row sources and
// inputs' defaults, then formulas (lets on demand, since their types are inferred), then cycles and proofs,
// then examples.
#pragma once
#include "compiler/semantics/check_parsed.h"
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace steelyard::semantics {

class ProofMemory;

/// Canonical texts of terms that are known to be given where an expression stands.
using Facts = std::set<std::string>;

/// Where an expression stands: the scope of its row, and the row outside an aggregate.
struct Place {
  int scope = 0;
  const Place *outer = nullptr;
  Facts facts;
  const struct Binder *binders = nullptr; ///< the elements of lists that have a name here, innermost first
};
/// The element of a list term, which its body calls by a name.
struct Binder {
  std::string name; ///< "" where the policy gives it none
  Type type;
  const Binder *next = nullptr;
};

class Checker {
public:
  Checker(Program &program, std::vector<syntax::Diagnostic> &diagnostics)
      : program_(program), diagnostics_(diagnostics) {}

  /// Before the run: in which policy each file stands.
  void place_files(const Lineage &lineage, std::size_t files);
  void run(const std::vector<syntax::PolicyFile> &files);
  /// After the run: which policies the program is made of.
  void lay(const Lineage &lineage);
  /// Proofs that were made before are not made again, and new ones are kept.
  void remember(const ProofMemory &proofs) { proofs_ = &proofs; }
  /// For `eval`: an expression at the run as a whole.
  TermPtr standalone(const syntax::Expression &expression);

private:
  // ----- messages (messages.cpp) -----
  syntax::Diagnostic &report(const char *code, const Span &span, std::string message, std::string hint = {});
  void warn(const char *code, const Span &span, std::string message, std::string hint = {});
  void note(const char *code, const Span &span, std::string message, std::string hint = {});
  void no_key(const Span &span, int scope, const std::string &name);
  void no_member(const Span &span, int enumeration, const std::string &name);
  std::size_t error_count() const;
  // ----- what else a message points at (near_misses.cpp) -----
  /// Adds where the quantities that the terms name are declared, with their types.
  void origins(syntax::Diagnostic &diagnostic, std::initializer_list<const Term *> terms) const;
  /// To the errors since there were `before` diagnostics: where the thing is declared whose value they are
  /// about.
  void declared_at(std::size_t before, const Names &names, const Type &type, const Span &span);
  enum class Sought : std::uint8_t { name, field, scope, type, member, parameter, table, article };
  /// The message reported last is about a name that was not found: of what sort, and in which scope or enum.
  void unfound(Sought sought, int owner = 0);
  /// To a message about `name`, which is no quantity of a row of `owner`: its quantities that share another
  /// spelling with the scope, enum or range of that name, as a key that was renamed does.
  void point_at_namesake(syntax::Diagnostic &diagnostic, int owner, const std::string &name) const;
  /// To a message that `owner` has no such quantity: which scopes have one of that name.
  void has_it_elsewhere(syntax::Diagnostic &diagnostic, int owner, const std::string &name) const;
  void point_at_unused();
  void unknown_name(const Span &span, const std::string &name, const Place &place);
  std::string nearest(const std::string &name, const std::vector<std::string> &candidates) const;
  std::string scope_meant(const std::string &name) const; ///< a hint, "" when none is near
  std::vector<std::string> names_at(const Place &place) const;
  std::string type_name(const Type &type) const { return type_text(type, program_); }

  // ----- what only an amendment can have; consolidate has put it in its place where there is one -----
  void no_amendment(const Span &span);
  void refuse_replacing(const syntax::Item &item);
  // ----- entities and scopes (scopes.cpp) -----
  void declare_entity(const syntax::EntityDecl &decl);
  void check_key_cycles();
  void declare_scope(const syntax::ScopeDecl &decl);
  int find_or_make_scope(const syntax::ScopeDecl &decl);
  void declare_items(const std::vector<syntax::ScopeItem> &items, int scope);
  /// What to do about a name of one policy that another, which it amends, declares as well.
  std::string second_time(const Span &first, const Span &again) const;
  int add_field(int scope, Field field);
  void add_input(int scope, const syntax::InputDecl &decl);
  // ----- declarations (declarations.cpp) -----
  void declare_policy(const syntax::PolicyDecl &decl);
  void declare_enum(const syntax::EnumDecl &decl);
  void declare_range(const syntax::RangeDecl &decl);
  bool read_parameter(const syntax::ParamDecl &decl, Parameter &out);
  void declare_parameter(const syntax::ParamDecl &decl);
  void check_basis(const Basis &basis);
  void check_global_name(const Names &names, const Span &span, const char *what);
  Names names_of(const syntax::Name &name) const;
  std::optional<Type> resolve_type(const syntax::TypeRef &ref, Bounds *bounds);
  Bounds default_bounds(const Type &type, bool input) const;
  std::optional<Constant> literal_of(const syntax::Expression &literal, const Type &type);
  std::optional<Constant> number_of(const syntax::NumberLiteral &literal, const Type &type, const Span &span);
  void within_bounds(const Constant &value, const Bounds &bounds, const Span &span);
  std::optional<std::int64_t> day_of(const syntax::DateLiteral &date, const Span &span);
  std::optional<std::int64_t> month_of(const syntax::MonthLiteral &month, const Span &span);

  // ----- rows and files (rows.cpp) -----
  void resolve_sources(int scope, const syntax::RowsFromDecl &decl);
  void default_sources();
  void make_schema();
  void check_absent_rows();

  // ----- names and paths (paths.cpp) -----
  TermPtr resolve_path(const syntax::Path &path, const Span &span, const Place &place, bool quiet = false);
  TermPtr follow(TermPtr start, const std::vector<syntax::PathStep> &steps, std::size_t from,
                 const Place &place, bool quiet);
  TermPtr field_term(int up, int scope, int field, const Span &span, const Place &at);
  TermPtr run_field(int field, const Span &span, const Place &place);
  TermPtr lookup_row(int target, const syntax::PathStep &step, const Span &span, const Place &place, int up,
                     bool quiet);
  TermPtr key_path(int scope, const Names &names, const Type &type, const Span &span, const Place &place,
                   const std::string &purpose, bool quiet);
  bool names_nothing(const std::string &name,
                     const Place &place) const; ///< neither here nor in the run as a whole
  void settle_optional(Term &term, const Place &place);
  int scope_called(std::string_view name) const;     ///< as find_scope, but no use of it
  int scope_of_program(std::string_view name) const; ///< by the name that it has in the program
  int find_scope(std::string_view name) const;
  int find_field(int scope, std::string_view name) const;
  int find_enum(std::string_view name) const;
  int find_member(int enumeration, std::string_view name) const;
  int find_parameter(std::string_view name) const;
  int find_table(std::string_view name) const;
  int find_range(std::string_view name) const;

  // ----- names of policies that are used (used_names.cpp) -----
  /// While one lives, names are those of the policy in which the file stands.
  class InUse {
  public:
    InUse(Checker &checker, std::uint32_t file);
    ~InUse() { checker_.use_ = before_; }
    InUse(const InUse &) = delete;
    InUse &operator=(const InUse &) = delete;

  private:
    Checker &checker_;
    int before_;
  };
  /// What the program calls that which the policy at hand calls so.
  std::string of_use(std::string_view name) const;
  Names of_use(Names names) const;
  /// The candidate that is called so in a policy that is used; "" where there is none.
  std::string in_used(const std::string &name, const std::vector<std::string> &candidates) const;
  /// The way back, for a name that begins as those of the policy at hand do.
  std::string own_name(const std::string &name) const;
  Names own_names(Names names) const { return {own_name(names.ident), own_name(names.twin), names.label}; }

  // ----- expressions (terms.cpp) -----
  TermPtr expression(const syntax::Expression &e, const Place &place, const Type *expected = nullptr);
  TermPtr given_expression(const syntax::Expression &e, const Place &place, const Type *expected = nullptr);
  TermPtr condition(const syntax::Expression &e, const Place &place);
  bool require_given(const Term &term);
  bool require_number(const Term &term, const char *what);
  TermPtr binary(const syntax::Binary &node, const Span &span, const Place &place);
  TermPtr comparison(const syntax::Binary &node, const Span &span, const Place &place);
  TermPtr arithmetic(const syntax::Binary &node, const Span &span, const Place &place);
  TermPtr membership(const syntax::Membership &node, const Span &span, const Place &place);
  TermPtr function_call(const syntax::FunctionCall &node, const Span &span, const Place &place);
  // calendar_terms.cpp
  TermPtr calendar_function(const syntax::FunctionCall &node, const Span &span, const Place &place);
  TermPtr moved(const syntax::Binary &node, const Span &span, TermPtr left, TermPtr right);
  bool find_calendar(const syntax::Path &path, const Span &span, FunctionCall &out);
  TermPtr begins_with(const syntax::Binary &node, const Span &span, const Place &place);
  bool require_whole(const Term &term, const Dimension &dimension, const char *what, const char *instead);
  TermPtr table_call(const syntax::TableCall &node, const Span &span, const Place &place);
  TermPtr aggregate(const syntax::Aggregate &node, const Span &span, const Place &place);
  bool aggregate_matches(Aggregate &out, const syntax::Aggregate &node, const Span &span, const Place &place,
                         const Place &inside);
  TermPtr share(const syntax::Aggregate &node, const Span &span, const Place &place);
  // lists.cpp
  TermPtr list_term(const syntax::ListTerm &node, const Span &span, const Place &place, const Type *expected);
  TermPtr first_of(const syntax::Aggregate &node, const Span &span, const Place &place);
  TermPtr list_of(const syntax::Expression &e, const Place &place, const char *what);
  TermPtr in_set(TermPtr operand, bool negated, const syntax::Path &set, const Span &set_span,
                 const Span &span, const Place &place);
  bool bind(const std::optional<syntax::Ident> &name, const Place &place, Binder &binder);
  TermPtr element(const syntax::Path &path, const Span &span, const Place &place, bool quiet, bool &found);
  TermPtr with_value(const syntax::With &node, const Span &span, const Place &place);
  void check_substitutions();
  TermPtr neighbour(const syntax::Neighbour &node, const Span &span, const Place &place);
  TermPtr to_key(TermPtr row); ///< a row as the value of its only key, for comparisons
  const Type *key_type_of_row(const Type &type) const;
  bool bare_member(const syntax::Expression &e, const Place &place, const Type &other, TermPtr &out);
  Facts facts_if(const Term &term, bool truth) const;
  static Place with(const Place &place, const Facts &more);
  void ensure_let(int scope, int field);

  // ----- definitions (definitions.cpp) -----
  void check_definitions();
  void check_let(int definition);
  void check_define(int definition, const syntax::DefineDecl &decl);
  void check_decide(int definition, const syntax::DecideDecl &decl);
  void check_deduct(int definition, const syntax::DeductDecl &decl);
  void check_allocate(int definition, const syntax::AllocateDecl &decl);
  void check_rule(const syntax::CheckDecl &decl, int scope, int order);
  void overrides_of(Formula &formula, const syntax::DefineDecl &decl);
  bool value_fits(const Term &value, const Type &wanted, const Names &names);
  TermPtr definition_value(const syntax::Expression &e, const Place &place, const Type &wanted,
                           const Names &names);
  bool contains_cv(const Term &term, bool root) const;

  // ----- tables (tables.cpp) -----
  void declare_table(const syntax::TableDecl &decl);
  bool same_but(const Table &table, const syntax::TableDecl &decl, std::size_t a, std::size_t b,
                std::size_t i) const;
  OneOf others_of(const Table &table, std::size_t i) const;
  void check_table_rows(Table &table, const syntax::TableDecl &decl, const Bounds &bounds);
  std::optional<CellTest> cell_test(const syntax::Cell &cell, const Type &type,
                                    const std::optional<Interval> &before);
  void prove_table(const Table &table);

  // ----- cycles.cpp, prove.cpp, examples.cpp -----
  void check_cycles();
  void prove_choices();
  void declare_test(const syntax::TestDecl &decl);
  std::optional<TestRow> test_row(const syntax::TestRow &row);
  std::optional<Constant> test_value(const syntax::TestValue &value, const Type &type, const Field *field);

  // A definition or check whose formulas are still to be looked at.
  struct Pending {
    int definition = -1; ///< -1: a check
    int scope = 0;
    int order = 0;
    std::variant<const syntax::LetDecl *, const syntax::DefineDecl *, const syntax::DecideDecl *,
                 const syntax::DeductDecl *, const syntax::AllocateDecl *, const syntax::CheckDecl *>
        decl;
  };

  Program &program_;
  std::vector<syntax::Diagnostic> &diagnostics_;
  const ProofMemory *proofs_ = nullptr;
  std::vector<Pending> pending_;
  std::map<int, const syntax::LetDecl *> let_decls_; ///< by definition
  std::set<int> lets_done_, lets_running_;
  std::vector<std::pair<int, const syntax::RowsFromDecl *>> sources_to_resolve_;
  std::map<std::pair<int, int>, const syntax::InputDecl *> input_decls_;
  std::map<int, const syntax::RowsFromDecl *> sources_declared_;
  std::map<int, bool> file_optional_;
  // What has an error where it is declared: what rests on it is left out in silence.
  std::set<std::pair<int, int>> broken_; ///< (scope, field)
  std::set<int> broken_parameters_, broken_tables_;
  bool is_broken(int scope, int field) const { return broken_.count({scope, field}) > 0; }
  // What is named somewhere, so that what nothing names can be pointed at.
  std::set<std::pair<int, int>> uses_; ///< (scope, field)
  mutable std::set<int> used_scopes_, used_enums_, used_ranges_, used_parameters_, used_tables_;
  mutable std::set<std::pair<int, int>> used_members_; ///< (enum, member)
  std::set<std::string> cited_;
  std::map<int, std::vector<Span>> member_spans_; ///< by enum: where its values are declared
  struct Unfound {
    std::size_t diagnostic = 0;
    Sought sought = Sought::name;
    int owner = 0;
  };
  std::vector<Unfound> unfound_;
  bool policy_seen_ = false;
  int order_ = 0;
  std::vector<Names> uses_as_;   ///< by number of the used policy, from 1
  std::vector<int> use_of_file_; ///< 0: the policy itself
  int use_ = 0;                  ///< whose names are meant
};

/// An expression is one name, perhaps of an enum's member.
const syntax::Ident *bare_name(const syntax::Expression &e);

/// "1 key", "2 keys".
inline std::string counted(std::size_t count, const char *thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

} // namespace steelyard::semantics
