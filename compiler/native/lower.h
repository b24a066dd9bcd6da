// From a pass to LLVM IR: one function over the rows [begin, end) of a scope.
//
//   i32 pass(ptr columns, ptr accumulators, i64 begin, i64 end)
//
// `columns` and `accumulators` are arrays of pointers in the order of
// `Lowered::columns` and `Lowered::sums`. The result is 0, or the error bits of
// all rows together: the message is the interpreter's affair.
//
// Where no range proves that a value fits, a check does: a row that fails it is
// marked in a column of bytes, writes nothing, adds nothing to any sum, and
// raises no error; it is then computed with exact numbers
// (`Execution::compute_exactly`).
//
// A number is an integer numerator over an integer denominator (often 1) and a
// power of ten known here. Nothing divides but the one rounding at the end of a
// definition; comparisons multiply. Results are stored at the end of a row, so
// that loads within a row may be shared.
#pragma once
#include "compiler/native/execution.h"
#include "compiler/native/range.h"
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>
#include <map>
#include <memory>
#include <set>

namespace steelyard::native {

struct ColumnUse {
  enum class Part : std::uint8_t {
    values,
    given, ///< the bytes for missing values
    slots, ///< of the table of keys that the join finds its rows in
    record ///< records; `column` is their number
  };
  static constexpr int exact_rows = -1; ///< in place of a column: the bytes of rows for exact arithmetic
  int column = -1;
  Part part = Part::values;
  auto operator<=>(const ColumnUse &) const = default;
};
/// What a thread adds up for itself: one cell for each row of the target scope, or, where rows are counted by
/// member, one for each row and member.
struct Accumulator {
  enum class Kind : std::uint8_t { sum, least, greatest, by_member };
  int column = -1;
  Kind kind = Kind::sum;
  engine::Storage storage = engine::Storage::i64;
  int total = -1; ///< of sums: a column whose one row has the sum of them all
  /// Counts by member: the columns of one member each. The last cell of a row counts what has no member.
  std::vector<std::pair<int, int>> of_member;
  std::size_t members = 0;
};
/// Columns of a small scope, packed row by row for the pass.
struct Record {
  struct Field {
    ColumnUse use;
    unsigned size = 0, offset = 0; ///< bytes
  };
  int scope = -1;
  unsigned stride = 0;
  std::vector<Field> fields;
};
struct LoweredPass {
  std::unique_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::Module> module;
  std::vector<ColumnUse> columns;
  std::vector<Accumulator> accumulators;
  std::vector<Record> records;
  std::vector<ColumnUse> seldom; ///< columns of the own row that only some alternatives read
  unsigned widest = 0;           ///< bits of the widest integer
  bool checked = false;          ///< rows may be left to exact arithmetic
};
inline constexpr const char *pass_symbol = "pass";

/// Throws CannotLower.
LoweredPass lower(const plan::Pass &pass, Execution &execution);

/// A value in machine code.
struct Machine {
  llvm::Value *number = nullptr; ///< numerator
  Range range;
  llvm::Value *denominator = nullptr; ///< null: 1; always positive
  Range denominator_range{1, 1};
  int scale = 0;                ///< the value is numerator / denominator / 10^scale
  llvm::Value *code = nullptr;  ///< boolean: i1; member, date, row: i64
  llvm::Value *given = nullptr; ///< i1; null: never missing
  bool is_number() const { return number != nullptr; }
};

class Lowering {
public:
  /// In which order the work of a row is done.
  enum class Order : std::uint8_t {
    as_planned, ///< what is added up is still in registers
    sinks_last  ///< only then is it known whether the row is left to exact arithmetic
  };
  Lowering(const plan::Pass &pass, Execution &execution, Order order);
  /// Null: rows may be left to exact arithmetic, and the order is not the one for that.
  std::optional<LoweredPass> run();

private:
  using Value = llvm::Value;
  // lower_number.cpp
  Value *cast(Value *value, unsigned width);
  Value *constant(const Integer &value, unsigned width);
  void multiply(Value *&value, Range &range, Value *by, const Range &by_range);
  void multiply(Value *&value, Range &range, const Integer &by);
  void align(Machine &a, Machine &b);
  Machine literal(const Exact &value);
  Machine add(Machine a, Machine b, bool subtract);
  Machine multiply(const Machine &a, const Machine &b);
  Machine divide(const Machine &a, const Machine &b, Value *active, bool zero_is_missing);
  Value *compare(plan::Operator op, Machine a, Machine b);
  Machine extreme(Machine a, Machine b, bool greatest);
  Value *short_quotient(Value *number, Value *divisor);
  Value *whole_quotient(Value *number, Value *divisor, const Range &divisor_range);
  Machine rounded(const Machine &value, int scale, number::Rounding mode);
  Value *is_negative(Value *value, const Range &range);

  // lower_expression.cpp
  Machine lower(const plan::Expression &expression, Value *active);
  static bool is_row_by_row(const plan::Apply &node);
  Machine lower(const plan::Apply &apply, Value *active);
  Machine lower(const plan::TableLookup &lookup, Value *active);
  Machine read(const std::vector<int> &path, int column, Value *active);
  std::pair<Value *, Value *>
  follow(const std::vector<int> &path); ///< row (i64), whether it is there (may be null)
  std::pair<Value *, Value *> join_by_position(int join);
  Value *row_of_join(int join, Value *row);
  Machine constant_value(const Constant &value, const semantics::Type &type);
  Value *test(const semantics::CellTest &test, const Machine &argument);
  Value *is_true(const Machine &value);
  Value *both(Value *a, Value *b);
  Value *negated(Value *value);
  void raise(Value *condition, Value *active, unsigned bit);
  void leave_to_exact(Value *condition, Value *active);
  Value *is_left_to_exact();
  void narrow(Value *&value, Range &range, unsigned bits);
  Machine choose(const Machine &a, const Machine &b, Value *first);

  // lower_records.cpp
  void lay_out_records();
  Value *load_at(const std::vector<int> &path, llvm::Type *type, const ColumnUse &use, Value *row);
  bool read_later(int column, const plan::Compute &work) const;

  // lower_choice.cpp
  struct Chosen {
    Machine value;
    Value *index = nullptr;
  };
  /// `definition` >= 0: each value is rounded to its type where it is computed.
  Chosen choice(const plan::Choice &choice, int definition, Value *active, bool branch = false);
  Chosen decide(const plan::Choice &choice, Value *active);
  Machine to_type(Machine value, int definition, Value *active);

  // lower_sinks.cpp
  void work(const plan::Sink &work);
  void join_sinks();
  void count_by_member(std::size_t family);
  void add_to(Value *place, Value *value);
  Value *accumulator(int column, Accumulator::Kind kind, engine::Storage storage, Value *group);

  // lower_work.cpp
  void work(const plan::Compute &work);
  void work(const plan::Remainder &work);
  void work(const plan::Variation &work);
  void work(const plan::Hoist &work);
  void work(const plan::Check &work);
  void all_work();
  void part_from_exact();
  void count_errors(Value *bits);
  void keep(int column, const Machine &value);
  void store(int column, Value *value);
  Value *pointer(const ColumnUse &use);
  Value *load(llvm::Type *type, const ColumnUse &use, Value *row);
  llvm::BasicBlock *block(const char *name);

  const plan::Pass &pass_;
  Execution &execution_;
  const Order order_;
  LoweredPass out_;
  llvm::IRBuilder<> ir_;
  /// Sinks that count the rows of one member each of the same column.
  struct CountByMember {
    const plan::ExpressionPtr *value = nullptr; ///< whose member
    int group = -1;
    std::size_t members = 0;
    std::vector<std::pair<int, int>> columns; ///< column, member
    bool done = false;
  };
  std::vector<CountByMember> counts_;
  std::map<const plan::Sink *, std::size_t> counted_; ///< position in counts_
  /// Sinks of the whole run that are the sum over the rows of another sink.
  std::map<const plan::Sink *, const plan::Sink *> totals_of_;
  llvm::Function *function_ = nullptr;
  llvm::BasicBlock *entry_ = nullptr;
  llvm::BasicBlock *top_ = nullptr; ///< where a row begins: what is here is there in all of it
  llvm::BasicBlock *next_row_ =
      nullptr; ///< where rows that are left to exact arithmetic meet the others again
  Value *row_ = nullptr;
  Value *errors_ =
      nullptr; ///< i32 slot: of all rows, or of this row where rows may be left to exact arithmetic
  Value *all_errors_ = nullptr; ///< then: of all rows that are kept
  Value *exact_ = nullptr;      ///< i1 slot: this row is left to exact arithmetic; null: no row ever is
  bool adding_up_ = false;      ///< in a sink, where no row can be left out any more
  int alternatives_ = 0;        ///< how many the code is within: it is not run for every row
  std::set<ColumnUse> read_always_, read_seldom_;
  std::map<ColumnUse, std::pair<int, Value *>> pointers_;
  std::map<int, Machine> computed_;                   ///< columns of this pass
  std::map<int, std::pair<Value *, Value *>> joined_; ///< joins by position
  std::vector<std::pair<int, Value *>> stores_;
  std::map<int, Value *> hoist_states_; ///< by column: what its byte says of this row
  struct Total {
    Value *slot, *cell;
    llvm::Type *type;
  };
  std::vector<Total> totals_;
  std::map<std::vector<int>, int> records_; ///< by path
  llvm::MDNode *results_scope_ = nullptr, *sums_scope_ = nullptr, *not_columns_ = nullptr;
};

/// Error bits.
enum ErrorBit : unsigned {
  division_by_zero = 1,
  missing_value = 2,
  no_alternative = 4,
  conflict = 8,
  out_of_range = 16,
  not_met = 32,
  left_rows = 64 ///< no error: some rows are marked for exact arithmetic
};

} // namespace steelyard::native
