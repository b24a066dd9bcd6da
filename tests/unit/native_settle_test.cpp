// The native engine against the interpreter: the same files, byte for byte, and the same errors.
#include "compiler/native/settle.h"
#include "compiler/plan/plan.h"
#include "compiler/semantics/check.h"
#include "compiler/semantics/load_policy.h"
#include "runtime/data/dataset.h"
#include "runtime/data/read_dataset.h"
#include <doctest/doctest.h>

using namespace steelyard;

namespace {

void compare(const std::string &policy, const std::string &data, int threads, std::size_t least_rows) {
  const semantics::LoadResult loaded = semantics::load_policy(policy);
  REQUIRE(loaded.program);
  const data::ReadResult read = data::read_dataset(loaded.program->schema, data, data::Encoding::utf8);
  REQUIRE(read.error_count == 0);
  interpret::Run run(*loaded.program, read.dataset);
  const interpret::Settlement expected = interpret::settle(run);
  const native::NativeSettlement native =
      native::settle_native(*loaded.program, read.dataset, {}, {threads, least_rows});
  CAPTURE(native.fallback_reason);
  CHECK_FALSE(native.fell_back);
  for (const std::string &reason : native.not_compiled) CHECK_MESSAGE(false, reason);
  REQUIRE(native.settlement.files.size() == expected.files.size());
  for (std::size_t i = 0; i < expected.files.size(); ++i) {
    CHECK(native.settlement.files[i].name == expected.files[i].name);
    CHECK(native.settlement.files[i].content == expected.files[i].content);
  }
  REQUIRE(native.settlement.dropped.size() == expected.dropped.size());
  for (std::size_t i = 0; i < expected.dropped.size(); ++i)
    CHECK(native.settlement.dropped[i].count == expected.dropped[i].count);
  REQUIRE(native.settlement.failed_checks.size() == expected.failed_checks.size());
}

const std::string source = STEELYARD_SOURCE_DIR;

} // namespace

TEST_CASE("native: Guigang as the interpreter settles it, compiled and row by row, on one thread and two") {
  for (const char *data : {"/tests/golden/guigang/data", "/examples/guigang/data"})
    for (const int threads : {1, 2})
      for (const std::size_t least_rows : {std::size_t{0}, std::size_t{1} << 40}) {
        CAPTURE(data);
        CAPTURE(threads);
        CAPTURE(least_rows);
        compare(source + "/policies/guigang", source + data, threads, least_rows);
      }
}

TEST_CASE("native: rows that are computed one by one take the alternatives that the interpreter takes") {
  semantics::LoadResult loaded = semantics::load_policy(source + "/examples/grouping");
  REQUIRE(loaded.program);
  loaded.program->schema.tables_folder = source + "/examples/grouping/tables";
  const data::ReadResult read =
      data::read_dataset(loaded.program->schema, source + "/examples/grouping/data", data::Encoding::utf8);
  REQUIRE(read.error_count == 0);
  interpret::Run run(*loaded.program, read.dataset);
  REQUIRE(run.error_count() == 0);
  for (const int threads : {1, 2}) {
    native::NativeOptions options;
    options.threads = threads;
    options.choices = true;
    const native::NativeSettlement native = native::settle_native(*loaded.program, read.dataset, {}, options);
    CAPTURE(native.fallback_reason);
    REQUIRE_FALSE(native.fell_back);
    std::size_t of_records = 0;
    for (const native::TakenAlternatives &choice : native.choices) {
      const semantics::Definition &definition = loaded.program->definitions[choice.definition];
      const std::vector<int> rows = run.ordered_rows(definition.scope);
      if (loaded.program->scopes[definition.scope].names.canonical() == "case") ++of_records;
      std::vector<int> expected;
      for (const int row : rows) {
        run.value(definition.scope, row, definition.field);
        expected.push_back(run.choice(choice.definition, row));
      }
      CAPTURE(loaded.program->scopes[definition.scope].fields[definition.field].names.canonical());
      CHECK(choice.taken == expected);
    }
    // Codes after mapping, the group of one search, status and the parts of the result.
    CHECK(of_records >= 7);
  }
}

TEST_CASE("plan: Guigang goes over the history once and over the cases twice") {
  const semantics::LoadResult loaded = semantics::load_policy(source + "/policies/guigang");
  REQUIRE(loaded.program);
  const auto made = plan::make_plan(*loaded.program);
  REQUIRE(std::holds_alternative<plan::Plan>(made));
  const auto &plan = std::get<plan::Plan>(made);
  const auto broken = plan::verify(plan, *loaded.program);
  CHECK_MESSAGE(!broken, broken.value_or(""));
  int cases = 0, history = 0;
  for (const plan::Step &step : plan.steps)
    if (const auto *pass = std::get_if<plan::Pass>(&step.what)) {
      cases += plan.scopes[pass->scope].name == "case" ? 1 : 0;
      history += plan.scopes[pass->scope].name == "history" ? 1 : 0;
    }
  CHECK(cases == 2);
  CHECK(history == 1);
}
