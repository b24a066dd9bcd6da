// `steelyard test`: the worked examples of a policy, and what they cover.
#include "compiler/interpret/worked_examples.h"
#include "runtime/json/json.h"
#include "tools/commands.h"
#include "tools/policy_source.h"
#include "tools/run_source.h"
#include <fmt/format.h>

namespace steelyard::tools {

int test(const TestOptions &options) {
  semantics::LoadResult loaded = load_and_show(options.policy);
  if (!loaded.program) return bad_policy;
  int code = ok;
  const std::optional<data::Dataset> tables =
      open_tables(*loaded.program, options.policy, options.tables, code, options.json);
  if (code != ok) return code;
  const semantics::Program &program = *loaded.program;
  interpret::Coverage coverage(program);
  const auto outcomes = interpret::run_examples(program, options.coverage ? &coverage : nullptr, {},
                                                tables ? &*tables : nullptr);
  std::size_t failed = 0;
  Json failures = Json::array();
  for (const interpret::ExampleOutcome &outcome : outcomes) {
    if (outcome.failures.empty()) continue;
    ++failed;
    const std::string &title = program.tests[outcome.test].title;
    if (!options.json) fmt::print("✗ {}\n", title);
    for (const interpret::ExampleFailure &failure : outcome.failures) {
      const std::string text = interpret::to_text(failure, program);
      if (options.json)
        failures.push_back({{"example", title}, {"failure", text}});
      else
        fmt::print("    {}\n", text);
    }
  }
  if (options.json) {
    Json out = {{"examples", outcomes.size()}, {"failed", failed}, {"failures", failures}};
    if (options.coverage)
      for (const interpret::Coverage::Kind &kind : coverage.kinds()) {
        Json gaps = Json::array();
        for (const auto &gap : kind.gaps)
          gaps.push_back(
              {{"file", program.files[gap.span.file].name}, {"line", gap.span.line}, {"what", gap.text}});
        out["coverage"].push_back(
            {{"kind", kind.name}, {"covered", kind.covered}, {"total", kind.total}, {"gaps", gaps}});
      }
    fmt::print("{}\n", out.sort_members().dump(2));
  } else {
    if (options.coverage) fmt::print("{}", interpret::to_text(coverage.kinds(), program));
    fmt::print("{} examples, {} failed\n", outcomes.size(), failed);
  }
  return failed == 0 ? ok : bad_policy;
}

} // namespace steelyard::tools
