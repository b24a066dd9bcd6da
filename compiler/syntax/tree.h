// The syntax tree: what a policy file says, with the place of every part, before any name is looked up.
#pragma once
#include "compiler/syntax/source.h"
#include "runtime/number/exact.h"
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace steelyard::syntax {

struct Ident {
  std::string text;
  Span span;
};

/// A declared name: identifier, perhaps its twin in the other language, perhaps a label.
struct Name {
  Ident ident;
  std::optional<Ident> twin;
  std::string label; ///< "" when none is given
};

struct ArticleRef {
  std::string article;              ///< "11"
  std::vector<std::string> clauses; ///< (1) of "11 (1)"
  Span span;
};

/// What a definition rests on: articles, or a decision of its own with its reason.
struct Basis {
  std::vector<ArticleRef> articles;
  std::vector<std::string> assumptions;
};

// ---------- expressions ----------
struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

enum class Unit : std::uint8_t { none, yuan, point, day };

struct NumberLiteral {
  number::Decimal value; ///< as written; 85% has value 85 and percent true
  bool percent = false;
  Unit unit = Unit::none, per = Unit::none;
};
struct TextLiteral {
  std::string text;
};
struct BoolLiteral {
  bool value = false;
};
struct DateLiteral {
  int year = 0, month = 0, day = 0; ///< as written; may be no calendar day
};
/// 2024-01
struct MonthLiteral {
  int year = 0, month = 0; ///< as written; may be no month of the calendar
};
struct PathStep {
  Ident name;
  std::vector<ExpressionPtr> subscript; ///< fund_month[fund, review_month]
};
struct Path {
  bool from_this = false;
  std::vector<PathStep> steps; ///< at least one
};
struct TableCall {
  Ident table;
  std::vector<ExpressionPtr> arguments;
};
enum class Function : std::uint8_t { max, min, abs, month_of, day_of, month_end, working_days };
struct FunctionCall {
  Function function = Function::max;
  std::vector<ExpressionPtr> arguments; ///< working_days: how many, and after which date
  std::optional<Path> calendar;         ///< working_days: `by holiday.worked`
  Span calendar_span;
};
enum class UnaryOp : std::uint8_t { negate, logical_not, required };
struct Unary {
  UnaryOp op = UnaryOp::negate;
  ExpressionPtr operand;
};
enum class BinaryOp : std::uint8_t {
  add,
  subtract,
  multiply,
  divide,
  less,
  less_equal,
  greater,
  greater_equal,
  equal,
  not_equal,
  logical_and,
  logical_or,
  or_else,
  begins_with
};
struct Binary {
  BinaryOp op = BinaryOp::add;
  ExpressionPtr left, right;
  Span op_span;
};
struct MissingTest {
  ExpressionPtr operand;
  bool given = false; ///< true: "is given"; false: "is missing"
};
struct Membership {
  ExpressionPtr operand;
  bool negated = false;
  std::vector<Ident> members;
  std::optional<Path> set; ///< then there are no members: an entity (its last key left open), or a list
  Span set_span;
};
enum class AggregateOp : std::uint8_t { sum, count, mean, min, max, cv, share, first };
struct Aggregate {
  AggregateOp op = AggregateOp::sum;
  ExpressionPtr operand; ///< a path, or an expression in parentheses
  std::optional<Ident>
      over;             ///< the scope whose rows are gone through; without it the head of the operand's path
  std::vector<Path> by; ///< paths from the inner row, or for `share` the keys that agree
  std::vector<Span> by_spans;
  bool by_none = false;         ///< `by none`: all rows, whatever their keys
  ExpressionPtr where;          ///< may be null
  std::optional<Ident> element; ///< first: `as NAME`, of an element of a list
};
/// any, none, all: whether elements of a list are in a set or meet a condition; others: the list without its
/// first element; list: made of one element, or of one for each element of another list.
enum class ListOp : std::uint8_t { any, none, all, first, others, list };
struct ListTerm {
  ListOp op = ListOp::any;
  ExpressionPtr list; ///< null: a list of the one element `body`
  std::optional<Path> set;
  Span set_span;
  std::optional<Ident> element; ///< `as NAME`
  ExpressionPtr body;           ///< the condition, or the element of the new list; null where there is a set
};
/// A quantity of the row as it would be if one of its fields had another value.
struct With {
  ExpressionPtr operand; ///< a Path
  Ident field;
  ExpressionPtr value;
};
struct Neighbour {
  bool next = true;
  ExpressionPtr operand;
  Ident along;
  ExpressionPtr where; ///< may be null
};
/// Parentheses are kept, so that a formula is shown as it was written.
struct Parenthesized {
  ExpressionPtr inner;
};

struct Expression {
  Span span;
  std::variant<NumberLiteral, TextLiteral, BoolLiteral, DateLiteral, MonthLiteral, Path, TableCall,
               FunctionCall, Unary, Binary, MissingTest, Membership, Aggregate, ListTerm, With, Neighbour,
               Parenthesized>
      node;
};

// ---------- types ----------
struct SignedNumber {
  number::Decimal value; ///< percent already applied
  Span span;
};
struct Bounds {
  SignedNumber low;
  bool low_exclusive = false; ///< "above 0"
  std::optional<SignedNumber> high;
};
enum class BaseType : std::uint8_t {
  boolean,
  text,
  date,
  month,
  count,
  days,
  money,
  points,
  ratio,
  value,
  per,
  named,
  list
};
struct TypeRef {
  BaseType base = BaseType::count;
  int scale = 0;                            ///< money, points, ratio, value, per
  Unit unit = Unit::none, per = Unit::none; ///< base == per: money per day(2)
  std::optional<Ident> named;               ///< base == named: enum, range or entity
  std::string separator;                    ///< base == list: what stands between its texts
  bool at_least_one = false;                ///< base == list: an empty cell is one empty text
  std::optional<Bounds> bounds;
  bool optional = false;
  Span span;
};

// ---------- declarations ----------
// `replaces`: the declaration takes the place of the one of its name in the amended policy.
struct PolicyDecl {
  Name name;
  std::optional<DateLiteral> from, until;
  std::string authority;
  Span span;
  std::string base;    ///< folder or file of the policy that it amends or stands on, as written; may be empty
  bool amends = false; ///< else it stands on its base
};
struct ChapterDecl {
  std::string file;
  Basis basis; ///< of everything in the chapter that has none of its own
  Span span;
};
/// Another policy, whose names are used with `as` before them.
struct UsesDecl {
  std::string policy; ///< folder or file, as written
  Name as;
  Span span;
};
struct ArticleDecl {
  std::string id;
  std::string heading; ///< "第十一条"
  std::string title;   ///< "病组与病例类型"; may be empty
  bool no_computation = false;
  Span span;
  bool replaces = false;
};
struct EnumDecl {
  Name name;
  std::vector<Name> members;
  bool ordered = false; ///< declared with <
  bool mixed = false;   ///< both < and comma: an error
  Span span;
  bool replaces = false;
};
struct RangeDecl {
  Name name;
  number::Decimal from, to;
  Span span;
  bool replaces = false;
};
struct KeyDecl {
  Name name;
  TypeRef type;
  Span span;
};
struct InputDecl {
  Name name;
  TypeRef type;
  ExpressionPtr default_value; ///< a literal; may be null
  bool required_in_row = false;
  Basis basis;
  Span span;
  bool replaces = false;
};
struct RowSource {
  bool input = false;               ///< the rows of the scope's own input file
  Ident scope;                      ///< else: the rows of this scope, by `paths`, one for each key
  std::vector<ExpressionPtr> paths; ///< each a Path
  Span span;
};
struct RowsFromDecl {
  std::vector<RowSource> sources;
  std::string file; ///< of a table: the CSV file whose records are its rows; then there are no sources
  Span span;
};
struct EntityDecl {
  Name name;
  std::string tables_file; ///< `from tables "FILE"`: of the tables folder; "": a file of the dataset
  bool file_optional = false;
  std::optional<RowsFromDecl> rows_from;
  std::vector<KeyDecl> keys;
  std::vector<InputDecl> inputs;
  Span span;
};
struct ParamValue {
  ExpressionPtr value; ///< a literal
  std::optional<DateLiteral> from, until;
  Span span;
};
struct ParamDecl {
  Name name;
  std::optional<TypeRef> type;
  std::vector<ParamValue> values;
  Basis basis;
  Span span;
  bool replaces = false;
};

struct LetDecl {
  Name name;
  Basis basis;
  ExpressionPtr value;
  Span span;
  bool replaces = false;
};
/// One line of a definition: `= value when condition`. value null is `none`; condition null and not otherwise
/// is the plain body.
struct CaseLine {
  ExpressionPtr value;
  ExpressionPtr condition;
  bool otherwise = false;
  Basis basis;
  Span span;
};
struct ExceptDecl {
  Name name;
  ExpressionPtr value; ///< null is `none`
  ExpressionPtr condition;
  std::vector<Ident> overrides;
  Basis basis;
  Span span;
};
enum class RoundingWord : std::uint8_t { none, half_up, half_even, down, floor, ceiling };
struct DefineDecl {
  Name name;
  TypeRef type;
  RoundingWord rounding = RoundingWord::none;
  Basis basis;
  std::vector<CaseLine> lines; ///< one plain line, or several with conditions
  std::vector<ExceptDecl> excepts;
  Span span;
  bool replaces = false;
};
struct DecideAlternative {
  std::optional<Name> name; ///< absent: `none`
  ExpressionPtr condition;
  bool otherwise = false;
  Basis basis;
  Span span;
};
struct DecideDecl {
  Name name;
  bool optional = false;
  Basis basis;
  std::vector<DecideAlternative> alternatives;
  Span span;
  bool replaces = false;
};
struct LessClause {
  ExpressionPtr amount; ///< a Path
  std::string label;
  ExpressionPtr condition; ///< may be null
  Basis basis;
  Span span;
};
struct DeductDecl {
  Name name;
  TypeRef type;
  Basis basis;
  ExpressionPtr from;
  std::vector<LessClause> clauses;
  Span span;
  bool replaces = false;
};
struct AllocateDecl {
  Name name;
  TypeRef type;
  RoundingWord rounding = RoundingWord::none;
  Basis basis;
  ExpressionPtr whole;
  // each = part, the last KEY takes the rest
  ExpressionPtr part; ///< may be null
  std::optional<Ident> last;
  // by weight by largest remainder
  ExpressionPtr weight; ///< may be null
  std::vector<Ident> within;
  bool or_nothing = false;
  Span span;
  bool replaces = false;
};
struct CheckDecl {
  Name name;
  ExpressionPtr condition;
  bool required = false; ///< `require`: stops the run
  std::string text;      ///< require ... else "text with {values}"
  Basis basis;
  Span span;
  bool replaces = false;
};
/// What the amended policy no longer has: of its scope, or of the policy as a whole.
struct RemoveDecl {
  std::vector<Ident> names;
  Span span;
};
/// Further exceptions to a definition of the amended policy.
struct AddDecl {
  Ident to;
  std::vector<ExceptDecl> excepts;
  Span span;
};
using ScopeItem = std::variant<RowsFromDecl, InputDecl, LetDecl, DefineDecl, DecideDecl, DeductDecl,
                               AllocateDecl, CheckDecl, RemoveDecl, AddDecl>;
struct ScopeDecl {
  std::vector<Ident> keys; ///< empty for the run as a whole (`overall`)
  std::optional<Name> name;
  bool file_optional = false;
  std::vector<ScopeItem> items;
  Span span; ///< of its first line
};

// ---------- tables ----------
enum class CellKind : std::uint8_t {
  less,
  less_equal,
  greater,
  greater_equal,
  above,
  below,
  otherwise,
  any,
  span,
  value,
  names
};
struct Cell {
  CellKind kind = CellKind::any;
  std::optional<SignedNumber> low, high; ///< bound: low; span: low to high
  Unit unit = Unit::none;                ///< of the bound, when written
  ExpressionPtr value;                   ///< value: a literal (sign applied)
  std::vector<Ident> names;              ///< names
  Span span;
};
struct TableRow {
  std::vector<Cell> cells;
  Basis basis;
  Span span;
};
struct TableInput {
  Name name;
  TypeRef type;
};
struct TableDecl {
  Name name;
  TypeRef type;
  std::vector<TableInput> inputs;
  Basis basis;
  std::vector<TableRow> rows; ///< the first is the header
  std::optional<RowsFromDecl>
      rows_from; ///< the rows stand in a file, and are put into `rows` when it is read
  Span span;
  bool replaces = false;
};

// ---------- worked examples ----------
struct TestValue {
  ExpressionPtr literal;      ///< a literal, sign applied
  std::optional<Ident> ident; ///< an enum member or a key written bare; beside a bare number its digits, so
                              ///< that 007 can be a text
  bool none = false;
  Span span;
};
struct Assignment {
  Ident field;
  TestValue value;
  Span span;
};
struct TestRow {
  bool overall = false;
  std::optional<Ident> scope;
  std::vector<TestValue> keys;
  std::vector<Assignment> assignments;
  Span span;
};
struct GivenParam {
  Ident name;
  TestValue value;
};
struct ExpectError {
  std::string text; ///< the error's text must contain this; may be empty
  Span span;
};
struct TestDecl {
  std::string title;
  Basis basis;
  std::vector<GivenParam> params;
  std::vector<TestRow> given, expected;
  std::optional<ExpectError> error;
  Span span;
};

using Item = std::variant<PolicyDecl, ChapterDecl, UsesDecl, ArticleDecl, EnumDecl, RangeDecl, EntityDecl,
                          ParamDecl, TableDecl, TestDecl, ScopeDecl>;

/// Definitions that stand outside every scope are gathered into ScopeDecl items without keys.
struct PolicyFile {
  std::uint32_t file = 0; ///< into SourceFiles
  int language_version = 1;
  std::optional<Span> version_span;
  int use = 0; ///< 0: of the policy itself and those below it; else of the used policy with this number
  bool of_table = false; ///< a CSV file with the rows of a table of another file: it has no items of its own
  std::vector<Item> items;
};

} // namespace steelyard::syntax
