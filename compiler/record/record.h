// From a finished run to its run file.
#pragma once
#include "compiler/interpret/results.h"
#include "runtime/log/writer.h"

namespace steelyard::record {

/// What the run says of itself besides its data, as it was given from outside.
struct Facts {
  std::string version;                 ///< of this program
  std::string engine;                  ///< "interpret" or "native"
  std::string created;                 ///< date and time, UTC
  std::vector<std::string> parameters; ///< NAME=VALUE
  std::string period;                  ///< "" when none was named
};

/// Writes the texts of the policy, all tables, and the facts with every parameter's value and origin. Whether
/// it went well is told by the writer.
void record(log::RunWriter &writer, const semantics::Program &program, const data::Dataset &dataset,
            interpret::Run &values, interpret::Results &results, const Facts &facts,
            const log::SigningKey *key);

} // namespace steelyard::record
