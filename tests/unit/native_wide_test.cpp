// Values between 64 and 128 bits on their way through all that a plan does with them.
#include "compiler/native/settle.h"
#include "compiler/semantics/check.h"
#include "runtime/data/dataset.h"
#include "runtime/data/read_dataset.h"
#include "tests/unit/data_fixture.h"
#include <doctest/doctest.h>
#include <fmt/core.h>

using namespace steelyard;

namespace {

std::string text_of(const interpret::Settlement &settlement, const semantics::Program &program) {
  std::string out;
  for (const interpret::RunError &error : settlement.errors) out += to_text(error, program) + "\n";
  for (const interpret::ResultFile &file : settlement.files) out += file.name + "\n" + file.content;
  return out;
}

} // namespace

TEST_CASE("native: values beyond 64 bits are stored, read, added up, allocated and deducted") {
  // money(8) up to 10^13 yuan is 70 bits: the rows that need them are computed exactly, the column is
  // widened.
  const std::string policy = R"(steelyard 1
policy p "P"
entity case
  key case: text
  input cost: money(2)
  input factor: ratio(8)
for each case
  define wide: money(8) = cost × factor
  define half: money(8) = wide / 2
  define high: bool = wide > 1000000000000 yuan
  deduct rest: money(8)
    from wide
    less half
overall
  define all: money(4) = sum of case.wide
  define dearest: money(8) optional = max of case.wide
  define cheapest: money(8) optional = min of case.wide
for each case
  allocate part: money(8)
    of dearest or else 0
    by wide, by largest remainder, or nothing
)";
  const semantics::LoadResult loaded = semantics::load_text({{"p.policy", policy}});
  for (const syntax::Diagnostic &each : loaded.diagnostics)
    if (!loaded.program) FAIL_CHECK(syntax::to_text(each, loaded.files));
  REQUIRE(loaded.program);
  const data_test::TemporaryFolder folder;
  std::string rows = "case,cost,factor\n";
  for (int i = 0; i < 50; ++i) rows += fmt::format("{},{}.{:02},0.33333333\n", i, 1000 + i, i);
  rows += "a,8999999999999.99,0.99999999\nb,9999999999.99,98.12345678\n";
  folder.put("case.csv", rows);
  const data::ReadResult read =
      data::read_dataset(loaded.program->schema, folder.path(), data::Encoding::utf8);
  REQUIRE(read.error_count == 0);
  interpret::Run reference(*loaded.program, read.dataset);
  const std::string expected = text_of(interpret::settle(reference), *loaded.program);
  for (const std::size_t least_rows : {std::size_t{1}, std::size_t{1} << 40}) {
    const native::NativeSettlement settled =
        native::settle_native(*loaded.program, read.dataset, {}, {1, least_rows});
    CHECK_MESSAGE(!settled.fell_back, settled.fallback_reason);
    CHECK(text_of(settled.settlement, *loaded.program) == expected);
    if (least_rows == 1) CHECK(settled.exact_rows >= 2);
  }
}
