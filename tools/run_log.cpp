// See run_log.h.
#include "tools/run_log.h"
#include <chrono>
#include <fmt/chrono.h>
#include <thread>

namespace steelyard::tools {

namespace {

int threads_of(const SettleOptions &options) {
  return options.threads > 0 ? options.threads
                             : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

} // namespace

RunLog::RunLog(const SettleOptions &options)
    : options_(options), writer_(options.log, options.force, threads_of(options)) {
  if (options.sign.empty()) return;
  auto key = log::SigningKey::read(options.sign);
  if (auto *error = std::get_if<std::string>(&key))
    error_ = std::move(*error);
  else
    key_ = std::get<log::SigningKey>(std::move(key));
}

bool RunLog::write(const semantics::Program &program, const data::Dataset &dataset, interpret::Run &values,
                   interpret::Results &results, const std::string &engine, const std::string &period) {
  record::Facts facts;
  facts.version = STEELYARD_VERSION;
  facts.engine = engine;
  facts.created =
      fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                  fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())));
  facts.parameters = options_.run.parameters;
  facts.period = period;
  writer_.set_threads(results.threads());
  record::record(writer_, program, dataset, values, results, facts, key_ ? &*key_ : nullptr);
  return error().empty();
}

} // namespace steelyard::tools
