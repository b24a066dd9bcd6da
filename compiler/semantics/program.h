// The checked program: a policy with every name resolved, every type known and every rule of the language
// proved or marked for a check in the run. The interpreter evaluates it directly; the plan is made from it.
//
// Invariants, held by check.cpp: indices are valid; the graph of definitions has no cycle; operands of
// arithmetic have fitting dimensions; an optional operand is used only where it is known to be given.
#pragma once
#include "compiler/semantics/types.h"
#include "compiler/syntax/tree.h"
#include "runtime/data/schema.h"
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace steelyard::semantics {

using number::Exact;
using syntax::Span;
using Basis = syntax::Basis;

/// A declared name in both languages. `ident` is as declared first; one of ident and twin may be Chinese.
struct Names {
  std::string ident;
  std::string twin;  ///< "" when there is none
  std::string label; ///< "" when there is none

  /// The ASCII identifier where there is one, else the other: used in files, headers, keys and JSON.
  const std::string &canonical() const;
  /// For readers of Chinese: a Chinese identifier, else the label, else the identifier.
  const std::string &chinese() const;
  /// True when `text` is the identifier or its twin.
  bool is(std::string_view text) const { return !text.empty() && (text == ident || text == twin); }
};

struct Missing {
  bool operator==(const Missing &) const = default;
};
struct Member {
  int index = 0; ///< position in its enum
  bool operator==(const Member &) const = default;
};
struct Day {
  std::int64_t days = 0; ///< since 1970-01-01
  auto operator<=>(const Day &) const = default;
};
struct Month {
  std::int64_t months = 0; ///< since 1970-01
  auto operator<=>(const Month &) const = default;
};
/// A value written in the policy. A key of a row is written as the constant of its key's type.
using Constant = std::variant<Missing, bool, Exact, Member, std::string, Day, Month>;

// ---------- terms: checked expressions ----------
struct Term;
using TermPtr = std::unique_ptr<Term>;

/// Where a term is evaluated: `up` 0 is the current row (inside an aggregate the inner row), 1 the row
/// outside the innermost aggregate or neighbour (`this.`).
struct FieldRef {
  int up = 0;
  struct Step {
    int from = -1;  ///< the scope left
    int scope = -1; ///< the scope arrived at
    int field = -1; ///< >= 0: follow this field (of the scope left, of type row); -1: look up by `keys`
    std::vector<TermPtr> keys; ///< look up: one for each key of `scope`, evaluated at the row left
    bool certain = false; ///< look up: the row is there whenever the keys are given (proved from `rows from`)
  };
  std::vector<Step> steps; ///< in order, from the row of the frame; empty for a field of the row itself
  int scope = -1, field = -1;
};
struct ParameterRef {
  int parameter = -1;
};
struct TableCall {
  int table = -1;
  std::vector<TermPtr> arguments;
};
struct FunctionCall {
  syntax::Function function = syntax::Function::max;
  std::vector<TermPtr> arguments;
  /// working_days: the scope whose only key is a date, and its field of true or false that says of a day
  /// whether it is worked; where there is no row or the field is missing, Monday to Friday are.
  int calendar = -1, worked = -1;
};
struct Unary {
  syntax::UnaryOp op = syntax::UnaryOp::negate;
  TermPtr operand;
};
struct Binary {
  syntax::BinaryOp op = syntax::BinaryOp::add;
  TermPtr left, right;
};
struct MissingTest {
  TermPtr operand;
  bool given = false;
};
struct Membership {
  TermPtr operand; ///< of type member
  bool negated = false;
  std::vector<int> members;
};
/// Whether `operand` is among the values of a set: those of the last key of `scope` in the rows whose other
/// keys are `keys`, or the elements of `list`.
struct InSet {
  TermPtr operand;
  bool negated = false;
  int scope = -1;            ///< -1: the set is `list`
  std::vector<TermPtr> keys; ///< one less than the scope has
  TermPtr list;
};
/// The element that a list term goes through at the moment: `level` 0 is that of the innermost one.
struct ElementRef {
  int level = 0;
  std::string name; ///< as the policy calls it; "" in `any of X in S`
};
/// any, none, all: whether `body` holds for elements of `list`. first: the first element for which `body`
/// (may be null) holds, missing where there is none. others: the list without its first element. list: the
/// list of the values of `body` for the elements of `list`, or of one element where `list` is null.
struct ListTerm {
  syntax::ListOp op = syntax::ListOp::any;
  TermPtr list;
  TermPtr body;
  std::string element; ///< its name; may be empty
};
/// `operand`, a let or definition of the own row, as it would be if `field` of that row had this value. Only
/// the own row sees the change, which the checker makes sure of.
struct With {
  TermPtr operand;
  int scope = -1, field = -1;
  TermPtr value;
};
/// Over the rows of `scope` whose `inner` values equal the `outer` ones (a missing value equals nothing) and
/// for which `where` holds. `operand`, `where` and `inner` are evaluated at the inner row with the outer row
/// as up 1; `outer` at the outer row. operand is null for `count of SCOPE`; missing operands are left out.
/// `share`: operand at the own row over its sum among the matching rows of the own scope.
/// `cv`: population standard deviation over mean; only ever the whole of a definition's formula.
/// `first`: the first of the rows, in the order of their file (or else of their keys); it has no operand.
struct Aggregate {
  syntax::AggregateOp op = syntax::AggregateOp::sum;
  int scope = -1;
  TermPtr operand;
  TermPtr where; ///< may be null
  struct Match {
    TermPtr inner, outer;
  };
  std::vector<Match> matches;
};
/// `operand` at the next (or previous) row of the own scope along key `key`, the other keys equal, for which
/// `where` holds; missing when there is none. operand and where see the own row as up 1.
struct Neighbour {
  bool next = true;
  int scope = -1;
  int key = -1; ///< position among the scope's keys
  TermPtr operand;
  TermPtr where; ///< may be null
};
struct Parenthesized {
  TermPtr inner;
};

/// What makes and destroys terms and programs is in program.cpp: it goes through all kinds of nodes, and
/// every file that has a term would compile it again.
struct Term {
  Term();
  Term(Term &&) noexcept;
  Term &operator=(Term &&) noexcept;
  ~Term();

  Span span;
  Type type;
  std::variant<Constant, FieldRef, ParameterRef, TableCall, FunctionCall, Unary, Binary, MissingTest,
               Membership, InSet, ElementRef, ListTerm, With, Aggregate, Neighbour, Parenthesized>
      node;
};

// ---------- declarations ----------
struct Article {
  std::string id, heading, title;
  bool no_computation = false;
  Span span;
};
struct Enum {
  Names names;
  std::vector<Names> members;
  bool ordered = false;
  bool of_decide = false; ///< the alternatives of a `decide`, not declared by itself
  Span span;
};
struct Range {
  Names names;
  std::int64_t low = 0, high = 0;
  Span span;
};
struct Parameter {
  Names names;
  Type type;
  struct Value {
    Constant value;
    std::optional<std::int64_t> from, until; ///< days since 1970-01-01, [from, until)
    Span span;
  };
  std::vector<Value> values; ///< without gap or overlap between the first and the last
  Basis basis;
  Span span;
};

enum class FieldKind : std::uint8_t { key, input, let, definition };
struct Field {
  Names names;
  FieldKind kind = FieldKind::input;
  Type type;
  Bounds bounds;   ///< declared, or the default of the type
  int column = -1; ///< key, input: index in the table's FieldSchemas; -1 when the scope has no file
  bool required_in_row = false;          ///< input: missing for an absent row, required in a present one
  std::optional<Constant> default_value; ///< input: for an empty cell and for an absent row
  int definition = -1;                   ///< let, definition: index in Program::definitions
  Basis basis;
  Span span;
};
struct RowSource {
  bool input = false;        ///< the rows of the own input file
  bool every = false;        ///< every value of the only key, which is an enum or a range
  int scope = -1;            ///< else the rows of this scope
  std::vector<TermPtr> keys; ///< one for each key, evaluated at a row of `scope`; a missing one makes no row
  Span span;
};
struct Scope {
  Names names;
  Names own_names; ///< as its own policy calls it; another thing only where that is used by this one
  std::vector<Field> fields; ///< keys first; then inputs, lets and definitions in the order of the text
  int key_count = 0;
  bool entity = false;
  int table = -1;          ///< index in DatasetSchema, -1: the scope has no input file
  std::string tables_file; ///< its file stands in the folder of tables under this name; "": in the dataset
  std::vector<RowSource> sources; ///< never empty but for the run as a whole, which has one row and no key
  Span span;
};

// ---------- definitions ----------
/// One way to a value. `condition` null: always (plain body, `otherwise`). `value` null: none.
struct Alternative {
  Names names; ///< except and decide: its name; else empty
  TermPtr condition, value;
  int member = -1;            ///< decide: the member of its enum, -1 is `none`
  std::vector<int> overrides; ///< except: indices of the excepts this one beats, transitively closed
  Basis basis;
  Span span;
};
/// let and define. The first line whose condition holds gives the value, unless an exception holds.
/// Exceptions are tried strongest first (`except_order`); one that is beaten by another that holds is not
/// evaluated; two that hold and do not beat each other are a data error.
struct Formula {
  std::vector<Alternative> lines;
  std::vector<Alternative> excepts;
  std::vector<int> except_order;
};
/// The first alternative whose condition holds.
struct Decide {
  int enumeration = -1;
  std::vector<Alternative> alternatives;
};
/// `from` less the amounts whose condition holds. An amount whose condition does not hold must be missing or
/// 0; a missing amount counts as 0; a negative result is a data error that names the largest deduction.
struct Deduct {
  TermPtr from;
  struct Less {
    TermPtr amount, condition; ///< condition may be null
    std::string label;
    Basis basis;
    Span span;
  };
  std::vector<Less> clauses;
};
/// Parts of `whole` that add up to it exactly. Rows that agree in the keys `group` (positions) share one
/// whole, which is evaluated at the first of them in key order (the checker proves that it is the same for
/// all).
struct Allocate {
  TermPtr whole;
  std::vector<int> group;
  TermPtr part; ///< `each =`: rounded; the last row along `last_key` takes the rest
  int last_key = -1;
  TermPtr weight;          ///< largest remainder, ties by key order; null when `part` is set
  bool or_nothing = false; ///< all weights 0: every part is 0; without it a data error
};
struct Definition {
  int scope = -1, field = -1;
  bool let = false;                                      ///< exact, never rounded, no result column
  number::Rounding rounding = number::Rounding::half_up; ///< to the scale of the field's type
  std::variant<Formula, Decide, Deduct, Allocate> body;
  int order = 0; ///< position in the policy's text among definitions and checks: errors are reported by it
};
/// `check` (reported) or `require` (a data error where the condition does not hold), for each row of the
/// scope.
struct Check {
  Names names;
  int scope = -1;
  TermPtr condition;
  bool required = false;
  /// The text with its {values}: pieces alternate, text first; a null term stands for no value.
  std::vector<std::pair<std::string, TermPtr>> text;
  Basis basis;
  Span span;
  int order = 0;
};

// ---------- tables ----------
struct Interval {
  std::optional<Exact> low, high;
  bool low_closed = false, high_closed = false;
};
struct AnyValue {};
/// Members of an enum, booleans (0, 1) or texts.
struct OneOf {
  std::vector<Constant> values;
  bool others = false; ///< any value but these
};
using CellTest = std::variant<AnyValue, Interval, OneOf>;
struct Table {
  Names names;
  Type type;
  struct Input {
    Names names;
    Type type;
  };
  std::vector<Input> inputs;
  struct Row {
    std::vector<CellTest> tests;
    Constant value;
    Basis basis;
    Span span;
  };
  std::vector<Row> rows; ///< exactly one holds for any arguments (proved)
  Basis basis;
  Span span;
};

// ---------- worked examples ----------
struct TestCell {
  int field = -1;
  Constant value; ///< for a field of type row: the constant of the target's key
  Span span;
};
struct TestRow {
  int scope = 0;
  std::vector<Constant> keys;
  std::vector<TestCell> cells;
  Span span;
};
struct Test {
  std::string title;
  std::vector<std::pair<int, Constant>> parameters;
  std::vector<TestRow> given, expected;
  bool expects_error = false;
  std::string error_text; ///< must be contained in the error's text
  Basis basis;
  Span span;
};

/// A policy of those that make up this one: itself, or one that it amends or stands on.
struct Layer {
  Names names;
  std::string authority;
  std::optional<std::int64_t> from, until; ///< as of the program
};
struct Program {
  Program();
  Program(Program &&) noexcept;
  Program &operator=(Program &&) noexcept;
  ~Program();

  syntax::SourceFiles files;
  /// The first is the policy itself; then those that it amends or stands on, the last of which is
  /// layers[bottom] and stands on no other; then those that it uses, each with those below it.
  std::vector<Layer> layers;
  std::size_t bottom = 0;
  std::vector<int> layer_of_file; ///< into layers; for each of `files`

  std::optional<std::int64_t>
      superseded; ///< the day from which a newer text holds, where this one was chosen by its day

  const Layer &layer_of(const Span &span) const {
    return layers[static_cast<std::size_t>(layer_of_file[span.file])];
  }

  int language_version = 1;
  Names names;
  std::optional<std::int64_t> from, until; ///< days since 1970-01-01: in force [from, until)
  std::string authority;
  std::vector<Article> articles;
  std::vector<Enum> enums;
  std::vector<Range> ranges;
  std::vector<Parameter> parameters;
  std::vector<Table> tables;
  std::vector<Scope> scopes; ///< [0] is the run as a whole
  std::vector<Definition> definitions;
  std::vector<Check> checks;
  std::vector<Test> tests;
  data::DatasetSchema schema; ///< what a dataset of this policy looks like

  const Field &field_of(const Definition &d) const { return scopes[d.scope].fields[d.field]; }
};

} // namespace steelyard::semantics
