// `steelyard plan`: how a policy will be run, as steps and passes.
#include "compiler/plan/plan.h"
#include "tools/commands.h"
#include "tools/outline.h"
#include "tools/policy_source.h"
#include <fmt/format.h>

namespace steelyard::tools {

int plan(const PlanOptions &options) {
  const auto loaded = load_and_show(options.policy);
  if (!loaded.program) return bad_policy;
  const auto made = plan::make_plan(*loaded.program);
  if (const auto *unplanned = std::get_if<plan::Unplanned>(&made)) {
    const std::string text =
        fmt::format("no plan: {}; the interpreter does the whole run\n", unplanned->reason);
    fmt::print("{}", options.json ? outline_json(text) : text);
    return ok;
  }
  const std::string text = print(std::get<plan::Plan>(made), *loaded.program);
  fmt::print("{}", options.json ? outline_json(text) : text);
  return ok;
}

} // namespace steelyard::tools
