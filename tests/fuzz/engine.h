// One run of a policy over a dataset by some engine, reduced to what must be the same for all of them.
#pragma once
#include "compiler/semantics/check.h"
#include "runtime/data/dataset.h"
#include "tests/fuzz/tables_of_text.h"
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace steelyard::fuzz {

/// What a run was asked for beside policy and data.
struct Request {
  std::vector<std::pair<std::string, std::string>>
      parameters; ///< values set from outside, as numbers in text
  std::optional<std::int64_t> day;
  std::size_t least_rows = 4096; ///< native: passes over fewer rows are evaluated and not compiled
};

struct Outcome {
  std::vector<std::pair<std::string, std::string>> files; ///< name and content; none when there are errors
  std::vector<std::string> errors;
  std::size_t error_count = 0;
  std::string counts;  ///< dropped rows and failed checks
  std::string thrown;  ///< an exception, which is a defect whatever the input
  std::string choices; ///< which alternative each row took, by definition
  // How the native engine came to it; no part of the comparison.
  bool fell_back = false; ///< it left the whole run to the interpreter
  std::string fallback_reason;
  bool row_by_row = false; ///< as a row program, or a part of it
  std::size_t native_rows = 0, interpreted_rows = 0, exact_rows = 0;
  unsigned widest = 0;
  std::vector<std::string> not_compiled;
  bool operator==(const Outcome &other) const {
    return files == other.files && errors == other.errors && error_count == other.error_count &&
           counts == other.counts && thrown == other.thrown &&
           (choices == other.choices || choices.empty() || other.choices.empty());
  }
  bool good() const { return error_count == 0 && thrown.empty(); }
};

class Engine {
public:
  virtual ~Engine() = default;
  virtual const char *name() const = 0;
  virtual Outcome run(const semantics::Program &program, const data::Dataset &dataset, const Request &request,
                      int threads) = 0;
};

std::unique_ptr<Engine> interpreter();
/// Null when this program was built without it.
std::unique_ptr<Engine> native_engine();

/// The outcome as text, for people.
std::string to_text(const Outcome &outcome);
/// Where two outcomes differ first; empty when they are the same.
std::string difference(const Outcome &a, const Outcome &b);
std::size_t rows_of(const Outcome &outcome);

/// Writes the tables to `folder` and reads them as a run would. Errors in the data end up in `trouble`.
std::optional<data::Dataset> dataset_of(const semantics::Program &program, const TextTables &tables,
                                        const ScratchFolder &folder, std::string &trouble,
                                        const CsvForm &form = {});

} // namespace steelyard::fuzz
