// A policy as a row program: what its definitions become, and what is known of its tables. The parts:
// row_engine.cpp (which policies, definitions), row_terms.cpp (terms), row_lists.cpp (going through lists),
// row_conditions.cpp (searches in tables), row_values.cpp (values and sets of tables), row_inputs.cpp
// (reading the rows), row_batch.cpp (where rows are computed), row_program.cpp (the run).
#pragma once
#include "compiler/interpret/run.h"
#include "compiler/native/row_program.h"
#include "compiler/native/row_search.h"
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace steelyard::native {

/// The policy, or a part of it, is not of this kind.
struct NotThisWay : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws NotThisWay beyond 18.
std::int64_t power_of_ten(int exponent);
/// Without parentheses around it.
const semantics::Term &bare(const semantics::Term &term);

struct CodeFilter;

/// Some codes, and the rows of a table on whose list they are.
struct CodeList {
  const std::vector<std::int32_t> *codes = nullptr;
  std::vector<std::size_t> rows;
};

class RowProgram {
public:
  RowProgram(const semantics::Program &program, const data::Dataset &dataset,
             const interpret::RunOptions &options);

  // ---------- rows: row_batch.cpp, row_inputs.cpp, row_engine.cpp ----------
  std::unique_ptr<Batch> batch() const;
  /// The rows with `field` changed, which is given to them; `outer` stays where it is.
  std::unique_ptr<Batch> changed_batch(Batch &outer, std::size_t field) const;
  /// Reads rows of the scope, at most `rows_together`. Nothing else is known of them.
  void read(std::span<const std::uint32_t> rows, Batch &batch) const;
  /// Fetches what reading these rows will look at.
  void expect(std::span<const std::uint32_t> rows) const;
  /// A field of these rows, which is computed where it is not known.
  const Batch::Slot &field(Batch &batch, std::size_t field, Rows rows) const {
    Batch::Slot &slot = batch.slots[field];
    const Rows unknown = rows & ~slot.known;
    if (unknown != 0) compute(batch, field, unknown);
    return slot;
  }
  std::int32_t code_of(std::string_view text) const { return codes_.find(text); }

  // ---------- the run ----------
  const semantics::Program &program() const { return program_; }
  const data::Dataset &dataset() const { return dataset_; }
  int scope() const { return scope_; }
  /// Of the tables; the rows of the scope itself are never made in it.
  interpret::Run &tables() { return run_; }
  bool is_file(int scope) const;
  std::size_t rows_of(int scope);

private:
  // ---------- which scope: row_engine.cpp ----------
  void find_scope();
  bool looks_at(const semantics::Term &term, int scope) const;

  // ---------- definitions: row_engine.cpp ----------
  struct Line {
    Scalar condition; ///< null: always
    Scalar value;
    List list;
    int member = -1;
    bool none = false;
    std::int64_t factor = 1; ///< from the scale of the value to that of the definition
    std::int16_t index = 0;
  };
  struct OfField {
    int column = -1;
    const data::Column *input = nullptr;
    bool asked = false; ///< by a node; other inputs need not be read
    bool is_text = false;
    std::vector<std::int32_t> codes; ///< of the texts of an input that has few
    std::vector<bool> rests_on;      ///< by field, whether it may ask it; empty for inputs
    bool may_fail = false;           ///< at rows of which no result need fail for that
    Shape shape = Shape::number;
    bool decide = false, is_list = false, is_number = false, optional = false;
    std::vector<Line> lines; ///< in the order in which they are tried
    std::optional<std::int64_t> low, high;
    bool low_exclusive = false;
  };
  void make_definition(int field);
  Line make_line(const semantics::Alternative &alternative, const semantics::Field &field, bool decide);
  void find_reach();
  void find_failing();
  /// The field of the own row that it is, or that its path begins with.
  std::optional<std::size_t> own_field_of(const semantics::Term &term) const;
  /// At rows of which no result need fail for that.
  bool may_fail(const semantics::Term &term) const;
  void compute(Batch &batch, std::size_t field, Rows rows) const;
  /// The rows take this line.
  static void take(Batch &batch, const OfField &of, const Line &line, Batch::Slot &slot, Rows rows);
  static void keep_bounds(const OfField &of, const Line &line, const Batch::Slot &slot, Rows rows);

  // ---------- inputs: row_inputs.cpp ----------
  void make_input(int field);
  void finish_inputs();
  void read_list(std::size_t field, std::span<const std::uint32_t> rows, Batch &batch) const;
  void read_values(std::size_t field, std::span<const std::uint32_t> rows, Batch &batch) const;

  // ---------- terms: row_terms.cpp; `base`: how many rows of tables are between ----------
  Scalar scalar(const semantics::Term &term, int base);
  Scalar any_scalar(const semantics::Term &term, int base);
  template<class Node> Scalar several(const semantics::Term &whole, int base);
  Scalar comparison(const semantics::Binary &node, int base);
  Scalar in_set(const semantics::InSet &node, int base);
  std::size_t fact_of_set(int scope);
  Scalar list_test(const semantics::ListTerm &node, int base);
  Scalar own_field(int field);
  Scalar path(const semantics::FieldRef &node, int base);
  Scalar by_text(const semantics::TableCall &node, int base);
  List list_node(const semantics::Term &term, int base);
  /// As it is when it has become the value of a field of this type.
  List list_of_field(const semantics::Term &value, int base, const semantics::Type &field);
  void learn_facts();

  // ---------- searches: row_conditions.cpp ----------
  struct Condition;
  struct Making;
  Scalar aggregate(const semantics::Aggregate &node, int base);
  std::unique_ptr<Condition> condition(const semantics::Term &term, Making &making);
  std::unique_ptr<Condition> leaf_of(const semantics::Term &term, Making &making);
  std::unique_ptr<Condition> of_comparison(const semantics::Binary &node, const semantics::Term &term,
                                           Making &making);
  std::unique_ptr<Condition> of_list(const semantics::ListTerm &list, const semantics::Term &term,
                                     Making &making);
  std::unique_ptr<Condition> of_code(const semantics::Term &operand, const CodeSets &sets,
                                     const std::string &name, Making &making);
  void find_guards(Making &making, Condition &whole);
  void add_filters(Making &making, Condition &whole);
  static std::vector<Word> rows_that_need(Making &making, Condition &whole, std::size_t leaf);
  std::unique_ptr<CodeFilter> filter_of_codes(Making &making, Condition &whole, std::size_t value);

  // ---------- values: row_values.cpp ----------
  Cell to_cell(const interpret::Value &value, const semantics::Type &type);
  interpret::Value at_row(const semantics::Term &term, int scope, int row);
  const std::vector<Cell> &column_of(int scope, int field);
  /// The last of some fields, each of the row that the one before tells; by row of the first.
  const std::vector<Cell> &column_along(const std::vector<std::pair<int, int>> &fields);
  /// A key or input of a scope that is a file, as it stands in the file.
  Cell stored(int scope, int field, std::size_t row);
  const std::vector<std::int32_t> &codes_of_texts(int table, int column);
  /// The codes of the last key of a set, by what its other keys are.
  const std::map<std::string, std::vector<std::int32_t>> &set_by_keys(int scope);
  /// By the keys that stand in the rows of `inner`, or by the lists there.
  const CodeSets &code_sets(const semantics::InSet &set, int inner);
  /// The rows that have the text of `own` themselves.
  const CodeSets &text_sets(const semantics::Term &own, int inner);
  std::shared_ptr<CodeSets> made_sets(const std::vector<CodeList> &lists, std::size_t rows);
  std::size_t keep(Shape shape) {
    kept_.push_back(shape);
    return kept_.size() - 1;
  }
  /// A fact of codes that several terms may ask for, made once.
  template<class Make> std::size_t fact_of(const std::string &name, Make &&make) {
    const auto [at, is_new] = named_facts_.try_emplace(name, 0);
    if (is_new) at->second = facts_.add(make());
    return at->second;
  }

  const semantics::Program &program_;
  const data::Dataset &dataset_;
  interpret::Run run_;
  Codes codes_;
  CodeFacts facts_;
  int scope_ = -1;
  std::vector<OfField> fields_;
  std::vector<Shape> kept_; ///< by node that keeps values
  std::size_t lists_ = 0;   ///< nodes that keep lists
  std::size_t changes_ = 0; ///< nodes that change a field
  std::vector<const RowSearch *> searches_;
  std::map<std::pair<int, int>, std::vector<Cell>> columns_;
  std::map<std::vector<std::pair<int, int>>, std::vector<Cell>> columns_along_;
  std::map<std::string, std::size_t> named_facts_;
  std::map<std::pair<int, int>, std::vector<std::int32_t>> codes_of_texts_; ///< by table and column
  std::map<int, std::map<std::string, std::vector<std::int32_t>>> sets_by_keys_;
  std::map<std::string, std::shared_ptr<CodeSets>> code_sets_;
  /// Facts that are found out by evaluation, when all else is there.
  struct Learned {
    std::size_t fact = 0;
    std::size_t level = 0; ///< of the element
    const ScalarNode *term = nullptr;
    bool number = false; ///< ElementNumberNode
  };
  std::vector<Learned> learned_;
  bool in_fact_ = false; ///< a term that is one is being made
};

} // namespace steelyard::native
