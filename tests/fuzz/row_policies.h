// The second kind of policy: rows of a file that are held against tables of rules and sets of codes, as a
// grouper's records are. What it is made of is what row programs of the native engine do: tests of lists, the
// first row of a table of rules, quantities with a field changed. See row_program.h there.
#pragma once
#include "compiler/semantics/program.h"
#include "tests/fuzz/tables_of_text.h"
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace steelyard::fuzz {

struct RowField {
  enum class Sort : std::uint8_t { truth, number, text, date, month, member, row, list };
  std::string name;
  Sort sort = Sort::text;
  int scale = 0; ///< of numbers
  bool money = false, signed_number = false;
  int domain = -1; ///< of members their enum, of rows their table
  char separator = ';';
  bool at_least_one = false; ///< of lists
  bool optional = false, key = false;
  bool wide = false;    ///< texts of which there are many
  std::string standard; ///< the default of an input, as the policy writes it
  // Of what is computed.
  bool computed = false;
  std::set<std::string> rests_on; ///< fields of the same row, by way of others too
};
struct RowTable {
  std::string name;
  std::vector<RowField> fields; ///< keys first, as the file has them; then what is computed
  int keys = 1;
  bool derived = false; ///< its rows come from another table's
};
struct RowEnum {
  std::string name;
  std::vector<std::string> members;
  bool ordered = false, of_decide = false;
};

struct RowDraft {
  std::vector<RowEnum> enums;
  std::vector<RowTable> tables; ///< a reference goes to one before; the rows that ask are the last
  std::string text;
  bool of_folder = false; ///< the tables stand in the folder of tables, as published ones do
  bool reckless = false;  ///< required values that may be missing, elements that may hold a separator
};

/// Deterministic in the seed.
RowDraft draft_row_policy(std::uint64_t seed);

/// Data for such a policy; `rows`: how many ask.
TextTables random_row_tables(const semantics::Program &program, const RowDraft &draft, Random &random,
                             int rows);

/// row_expressions.cpp, row_conditions.cpp: formulas of such a policy. What is written here the checker
/// accepts, whatever it is put into.
class RowWriter {
public:
  RowWriter(RowDraft &draft, Random &random) : draft_(draft), random_(random) {}

  /// Where a formula stands.
  struct At {
    int inner = -1;                    ///< the table of rules whose rows are tried; -1: none
    std::vector<std::string> elements; ///< of lists that are gone through
    std::string own() const { return inner < 0 ? "" : "this."; }
  };
  struct Number {
    std::string text;
    int scale = 0;
  };

  std::string fresh(const char *stem) { return stem + std::to_string(++names_); }
  RowTable &asking() { return draft_.tables.back(); }

  /// True or false of the row that asks.
  std::string truth(const At &at, int depth);
  /// Of a row of the table `at.inner` and the row that asks.
  std::string condition(const At &at, int depth);
  std::string text(const At &at, int depth);
  std::string optional_text(const At &at, int depth);
  /// With no more decimals than `scale`.
  Number number(const At &at, int scale, bool money, int depth);
  /// Of the sort of `type`, and given unless `optional`.
  std::string value(const At &at, const RowField &type, bool optional, int depth);
  /// A list as an operand.
  std::string list(const At &at, int depth, bool *at_least_one = nullptr);
  /// A reference: the first row of some table of rules; which one goes into `table`.
  std::string first_row(const At &at, int depth, int &table);
  /// Some quantity of the row with one of its fields changed; empty where there is none.
  std::string changed(const At &at, RowField::Sort sort, int depth, const RowField **of = nullptr);
  std::string literal(const RowField &type, bool qualified = true);
  std::string literal_text();

  std::vector<std::pair<std::string, int>> number_tables; ///< of one text, with their decimals
  std::vector<std::string> text_tables, truth_tables;     ///< of one text
  std::vector<std::pair<std::string, std::string>>
      tests; ///< lets that say whether an optional field is given

private:
  struct Reach {
    std::string text;
    const RowField *field = nullptr;
    bool optional = false;
  };
  void follow(int table, const std::string &so_far, bool optional, int steps, std::vector<Reach> &out) const;
  /// What can be named of the row that asks, or of the row of the table that is tried.
  std::vector<Reach> reach(const At &at, bool inner, RowField::Sort sort) const;
  /// What can be read of the row of a table of codes that has some text as its key.
  std::vector<Reach> looked_up(const std::string &key, RowField::Sort sort) const;
  /// The condition `use` of a value that may be missing.
  template<class Use> std::string guarded(const std::string &value, Use &&use);
  /// A condition `use` of the value, which is guarded where it has to be.
  template<class Use> std::string about(const Reach &of, Use &&use);

  std::string either(const At &at, int depth, bool in_table);
  std::string comparison(const At &at, int depth);
  /// `left` and `right` compared, both given and of the same sort.
  std::string compared(RowField::Sort sort, const std::string &left, const std::string &right, bool ordered);
  std::string of_member(const std::string &value, const RowEnum &of);
  std::string given_or_not(const At &at, int depth);
  std::string in_set(const At &at, int depth);
  std::string list_test(const At &at, int depth);
  std::string search(const At &at, int depth);
  std::string of_rows(const At &at, int depth);
  /// Calls `use` with a set of texts, and keeps its conditions around what `use` makes of it.
  template<class Use> std::string with_set(const At &at, bool of_cells, Use &&use);
  std::string mixed(const At &at, int depth);
  std::string of_cells(const At &at);
  const char *any_all() { return random_.pick(std::vector<const char *>{"any", "any", "all", "none"}); }

  RowDraft &draft_;
  Random &random_;
  int names_ = 0;
};

} // namespace steelyard::fuzz
