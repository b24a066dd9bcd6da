// A policy in the making: what has been declared so far, so that further text can refer to it with the right
// types. Types are those of the checker; indices of enums, ranges and scopes are those of the draft.
#pragma once
#include "compiler/semantics/types.h"
#include "tests/fuzz/random.h"
#include <set>
#include <string>
#include <vector>

namespace steelyard::fuzz {

using semantics::Dimension;
using semantics::Type;
using semantics::TypeKind;

inline constexpr Dimension plain{0, 0, 0}, yuan{1, 0, 0}, points{0, 1, 0}, days{0, 0, 1},
    yuan_per_point{1, -1, 0}, yuan_per_day{1, 0, -1};

/// How large a number can be, as powers of ten. `low` has a meaning only for positive numbers.
struct Extent {
  double high = 0;
  double low = -30;
  bool nonnegative = false, positive = false;
};

struct EnumDraft {
  std::string name;
  std::vector<std::string> members;
  bool ordered = false;
  bool of_decide = false;
};
struct RangeDraft {
  std::string name;
  int low = 1, high = 12;
};
struct ParameterDraft {
  std::string name;
  Type type;
  Extent extent;
};
struct TableDraft {
  std::string name;
  Type type;
  Extent extent;
  std::vector<Type> inputs;
  std::vector<std::string> bounds; ///< of the bands
};
struct FieldDraft {
  enum class Kind : std::uint8_t { key, input, let, definition };
  std::string name;
  Kind kind = Kind::input;
  Type type;
  Extent extent;
};
struct ScopeDraft {
  std::string name;
  std::string head;               ///< "for each a, b as name", as every later passage about the scope begins
  std::vector<FieldDraft> fields; ///< keys first
  int keys = 0;
  bool entity = false, derived = false;
  bool referable = false;         ///< one key: inputs and keys may refer to its rows
  std::vector<std::string> lines; ///< the declaration: head, keys, rows from, inputs
};
struct Statement {
  int scope = 0;
  std::vector<std::string> lines;
};

struct Draft {
  std::vector<EnumDraft> enums;
  std::vector<RangeDraft> ranges;
  std::vector<ParameterDraft> parameters;
  std::vector<TableDraft> tables;
  std::vector<ScopeDraft> scopes; ///< [0] is the run as a whole
  std::vector<std::string> preamble;
  std::vector<std::vector<std::string>>
      declarations; ///< params, tables and scopes, in an order that may be shuffled
  std::vector<Statement> statements;
  bool reckless = false; ///< divisions without guard, missing values required, ranges that may be left
  bool periods = false;  ///< some parameter has periods: a run needs a day
  bool outer = false;    ///< aggregates and neighbours may look at the outer row (`this.`)
  int names = 0;

  std::string fresh(const char *stem) { return stem + std::to_string(++names); }
  std::string text() const;
};

/// Something that can be named from a row: its text, its type (missing facts applied) and size.
struct Reach {
  std::string text;
  Type type;
  Extent extent;
  bool declared = false; ///< keys and inputs on the whole way
};

/// Where an expression stands. `facts` are the texts of paths known to be given.
struct Place {
  int scope = 0;
  const Place *outer = nullptr;
  std::set<std::string> facts;
};

/// A generated expression; `level` is how loosely its outermost operator binds (0: never needs parentheses).
struct Written {
  std::string text;
  Type type;
  Extent extent;
  int level = 0;
};

Type number_type(Dimension dimension, int scale);
Type kind_type(TypeKind kind, int domain = -1);
/// log10 of the default limit of a type's values.
double limit_of(const Type &type);
/// As a policy writes it, without optional: "money(2)", "ratio(8)", an enum's name.
std::string type_word(const Draft &draft, const Type &type);

/// Everything that a path from a row of the place can name: own fields, fields of referred rows, two steps
/// far, `this.` paths, the run's definitions and the parameters.
std::vector<Reach> reachable(const Draft &draft, const Place &place);
/// The same without parameters, the run's definitions and `this.`: paths proper.
std::vector<Reach> paths_of(const Draft &draft, const Place &place);
/// `place` with the path known to be given, and the references on its way.
Place knowing(const Place &place, const std::string &path);

/// A whole policy. Deterministic in the seed.
Draft draft_policy(std::uint64_t seed);

} // namespace steelyard::fuzz
