// What must hold for any policy and dataset: the same results from two engines, with any number of threads,
// in any order of rows and whatever the form of the files; and results that follow from a change of the data.
#pragma once
#include "tests/fuzz/engine.h"
#include "tests/fuzz/random.h"

namespace steelyard::fuzz {

/// A policy with a dataset, as texts: all that a failure needs to be told.
struct Trial {
  std::string policy;
  TextTables tables;
  Request request;
  std::uint64_t seed = 0; ///< of the changes that a property makes
};

struct Engines {
  Engine *reference = nullptr;
  Engine *tested = nullptr; ///< may be the reference itself
};

/// A trial in progress. `found` is what the tested engine gives for it.
struct Subject {
  const Trial &trial;
  const semantics::Program &program;
  const Engines &engines;
  const ScratchFolder &folder;
  const data::Dataset &dataset;
  const Outcome &found;
  Random random;
};

struct Property {
  const char *name;
  /// Of a hundred trials, on how many it is tried.
  int share;
  /// What is wrong; empty when the property holds or has nothing to say.
  std::string (*broken)(Subject &);
};
const std::vector<Property> &properties();

/// The engine's outcome for other tables of the same policy; empty when they cannot be read.
std::optional<Outcome> outcome_of(const Subject &subject, const TextTables &tables, const CsvForm &form = {});

/// growth.cpp: rows added that nothing refers to, and all rows of an entity doubled.
std::string broken_by_added_row(Subject &subject);
std::string broken_by_doubled_rows(Subject &subject);

/// Loads, reads and runs the trial, and tries one property (or none: -1) on it. Returns what is wrong.
std::string try_property(const Trial &trial, const Engines &engines, const ScratchFolder &folder,
                         int property);

} // namespace steelyard::fuzz
