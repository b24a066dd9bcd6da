// `steelyard plan`: how a policy will be run, as steps and passes.
#include "compiler/plan/plan.h"
#include "tools/commands.h"
#include "tools/policy_source.h"
#include <fmt/format.h>

namespace steelyard::tools {

int plan(const std::string &policy) {
  const auto loaded = load_and_show(policy);
  if (!loaded.program) return bad_policy;
  const auto made = plan::make_plan(*loaded.program);
  if (const auto *unplanned = std::get_if<plan::Unplanned>(&made)) {
    fmt::print("no plan: {}; the interpreter does the whole run\n", unplanned->reason);
    return ok;
  }
  fmt::print("{}", print(std::get<plan::Plan>(made), *loaded.program));
  return ok;
}

} // namespace steelyard::tools
