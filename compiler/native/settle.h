// The native engine as a whole: a checked program and a dataset to a settlement, the same as the
// interpreter's.
#pragma once
#include "compiler/interpret/results.h"
#include "compiler/interpret/settle.h"
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace steelyard::native {

class OpeningCompiler;

/// Takes a part of a result file; the parts of a file come one behind the other. False: it cannot, and no
/// more is wanted.
using WritePart = std::function<bool(std::string_view file, std::string_view part)>;

struct NativeOptions {
  int threads = 0;               ///< 0: all cores
  std::size_t least_rows = 4096; ///< passes over fewer rows are evaluated row by row rather than compiled
  bool keep = false;             ///< the results are wanted by row and column, for a log
  bool choices = false;          ///< give the alternatives that were taken
  WritePart write;               ///< where result files go in parts, rather than into the settlement
  OpeningCompiler *opening = nullptr; ///< the compiler, when it was begun to be opened before
  bool or_nothing = false;            ///< where it falls back, the interpreter does nothing: the caller will
  /// Where the rows of a scope are computed one by one, only these of its definitions need be written, in
  /// this order; all are computed. Empty: all. Who asks must look at the header.
  std::vector<int> written_fields;
};

/// Which alternative each row of a definition took, numbered as `Run::choice` does.
struct TakenAlternatives {
  int definition = 0;
  std::vector<int> taken; ///< by row, in the order of keys
};

/// What one step took; without the compiling of passes.
struct StepTime {
  std::string step; ///< "pass over case"
  std::size_t rows = 0;
  double wall_ms = 0;
  double cpu_ms = 0; ///< of all threads
};

struct NativeSettlement {
  interpret::Settlement settlement;
  std::unique_ptr<interpret::Results>
      results;                      ///< when they are kept, and the plan did the run without an error
  std::vector<std::string> written; ///< names of the files that were written in parts
  bool fell_back = false;           ///< the interpreter did the whole run
  std::string fallback_reason;      ///< why
  std::size_t native_rows = 0, interpreted_rows = 0; ///< rows of passes, by how they were done
  std::size_t exact_rows = 0; ///< of the native rows: too wide for the machine code, so done exactly
  unsigned widest = 0;        ///< bits of the widest integer of the compiled passes
  std::vector<TakenAlternatives>
      choices; ///< when asked for, of definitions that choose; none when it fell back
  std::vector<std::string> not_compiled; ///< why passes of least_rows and more were not compiled
  std::vector<StepTime> steps;
  double plan_ms = 0, rows_ms = 0, pass_ms = 0, compile_ms = 0, result_ms = 0;
};

/// `progress` is told of the interpreter's part, if it comes to that. The results and the errors are those of
/// interpret::settle, whatever the number of threads.
NativeSettlement settle_native(const semantics::Program &program, const data::Dataset &dataset,
                               const interpret::RunOptions &options, const NativeOptions &native = {},
                               std::size_t kept_errors = 20, const interpret::Progress &progress = {});

} // namespace steelyard::native
