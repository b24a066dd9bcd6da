// The results of a row program, kept for a log of the run: those of its rows as they were computed, those of
// the tables from the interpreter.
#pragma once
#include "compiler/interpret/results.h"
#include "compiler/native/row_engine.h"
#include "compiler/native/settle.h"
#include <deque>

namespace steelyard::native {

class RowResults : public interpret::Results {
public:
  /// `fields`: definitions of the rows; `parts`: of those who put.
  RowResults(RowProgram &program, const std::vector<int> &fields, std::size_t rows, std::size_t parts);

  /// The results of `count` rows from `begin` on. Parts may put at once, each its own rows.
  void put(std::size_t part, std::size_t begin, std::size_t count, const Batch &batch);
  /// When all rows are put. `order`: rows of the input, by their keys; `choices` of definitions of the rows.
  void finish(std::unique_ptr<RowProgram> program, std::vector<std::uint32_t> order,
              std::vector<TakenAlternatives> choices);

  std::size_t rows(int scope) override;
  std::vector<int> input_rows(int scope) override;
  void values(int scope, int field, std::size_t begin, std::size_t end, log::Cells &out) override;
  void choices(int definition, std::size_t begin, std::size_t end, log::Cells &out) override;
  void checks(int check, std::size_t begin, std::size_t end, log::Cells &out) override;
  void aggregates(int aggregate, bool sum, std::size_t begin, std::size_t end, log::Cells &out) override;
  int threads() const override { return 1; } // the interpreter answers for the tables

private:
  struct Column {
    int field = -1;
    bool is_text = false; ///< also of lists
    char separator = 0;
    int rows_of = -1; ///< of references: their scope
    std::vector<std::int64_t> numbers;
    std::vector<std::string_view> texts;
    std::vector<std::uint8_t> given;
  };
  /// Texts of one part; they stay where they are.
  struct Texts {
    std::deque<std::string> blocks;
    std::string_view keep(std::string_view text);
  };

  const semantics::Program &program_;
  int scope_;
  std::vector<Column> columns_;
  std::vector<Texts> texts_; ///< by part
  std::unique_ptr<RowProgram> rows_;
  std::unique_ptr<interpret::Results> tables_;
  std::vector<std::uint32_t> order_;
  std::vector<TakenAlternatives> choices_;
};

/// Of a run in two stages. `of_first`: by definition, whether the first stage computed it. Each stage's
/// results are as it left them; what they rest on lives in `kept`.
std::unique_ptr<interpret::Results> results_of_stages(const semantics::Program &program,
                                                      std::vector<bool> of_first,
                                                      std::unique_ptr<interpret::Results> first,
                                                      std::unique_ptr<interpret::Results> rest,
                                                      std::shared_ptr<const void> kept);

} // namespace steelyard::native
