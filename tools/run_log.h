// The run file of a settlement: opened before the work, written after it, put in place with the results.
#pragma once
#include "compiler/record/record.h"
#include "tools/commands.h"

namespace steelyard::tools {

class RunLog {
public:
  explicit RunLog(const SettleOptions &options);
  const std::string &error() const { return error_.empty() ? writer_.error() : error_; }
  bool write(const semantics::Program &program, const data::Dataset &dataset, interpret::Run &values,
             interpret::Results &results, const std::string &engine, const std::string &period);
  bool commit() { return writer_.commit(); }
  const log::WriterTimes &times() const { return writer_.times(); }
  std::uint64_t size() const { return writer_.size(); }

private:
  const SettleOptions &options_;
  log::RunWriter writer_;
  std::optional<log::SigningKey> key_;
  std::string error_;
};

} // namespace steelyard::tools
