// Programs taken apart into rows with lists and what rests on their results; and copies of programs.
#include "compiler/native/stages.h"
#include "compiler/plan/plan.h"
#include "compiler/semantics/check.h"
#include "compiler/semantics/copy_program.h"
#include "compiler/semantics/load_policy.h"
#include <doctest/doctest.h>
#include <string>

using namespace steelyard;

namespace {

semantics::Program loaded(const std::string &policy) {
  semantics::LoadResult result = semantics::load_policy(std::string(STEELYARD_SOURCE_DIR) + "/" + policy);
  REQUIRE(result.program);
  return std::move(*result.program);
}

} // namespace

TEST_SUITE("native: stages") {

  TEST_CASE("a copy of a program is planned as the program is") {
    for (const char *policy : {"policies/guigang", "policies/jinhua", "policies/fujian", "policies/shanwei",
                               "policies/taizhou", "policies/tongren", "policies/hospital_alerts"}) {
      CAPTURE(policy);
      const semantics::Program program = loaded(policy);
      const semantics::Program copy = semantics::copy_of(program);
      const auto plan = plan::make_plan(program), again = plan::make_plan(copy);
      REQUIRE_EQ(plan.index(), again.index());
      if (const auto *made = std::get_if<plan::Plan>(&plan))
        CHECK_EQ(plan::print(*made, program), plan::print(std::get<plan::Plan>(again), copy));
      for (std::size_t i = 0; i < program.checks.size(); ++i)
        CHECK_EQ(semantics::canonical_text(*program.checks[i].condition, program),
                 semantics::canonical_text(*copy.checks[i].condition, copy));
    }
  }

  TEST_CASE("what is taken apart") {
    CHECK_FALSE(native::stages_of(loaded("policies/guigang")));  // no lists
    CHECK_FALSE(native::stages_of(loaded("examples/grouping"))); // nothing rests on the records
    const semantics::Program program = loaded("examples/records_to_points");
    const auto stages = native::stages_of(program);
    REQUIRE(stages);
    const semantics::Scope &scope = program.scopes[static_cast<std::size_t>(stages->scope)];
    CHECK_EQ(scope.names.ident, "分组病例");
    std::string given;
    for (const int field : stages->given)
      given += scope.fields[static_cast<std::size_t>(field)].names.ident + " ";
    CHECK_EQ(given, "状态 病组编码 ");
    CHECK(std::holds_alternative<plan::Plan>(plan::make_plan(stages->rest)));
    CHECK(std::holds_alternative<plan::Unplanned>(plan::make_plan(stages->rows)));
  }
}
