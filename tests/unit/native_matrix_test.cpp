// Each kind of node of a plan at each width of machine integers, and beyond them, with values given and
// missing: no cell is empty. What cannot be in a cell is said in `nowhere`, with the reason; a kind of node
// that is new leaves cells empty, and the test fails. What the policies say is checked: that the plan has the
// node, that the widest integer has that width, and why a pass was not compiled.
#include "compiler/native/settle.h"
#include "compiler/semantics/check.h"
#include "runtime/data/dataset.h"
#include "runtime/data/read_dataset.h"
#include "tests/unit/data_fixture.h"
#include "tests/unit/native_matrix.h"
#include "tests/unit/plan_kinds.h"
#include <algorithm>
#include <doctest/doctest.h>
#include <fmt/core.h>
#include <map>

using namespace steelyard;
using namespace steelyard::native_matrix;

namespace {

std::string text_of(const interpret::Settlement &settlement, const semantics::Program &program) {
  std::string out;
  for (const interpret::RunError &error : settlement.errors) out += to_text(error, program) + "\n";
  for (const interpret::ResultFile &file : settlement.files) out += file.name + "\n" + file.content;
  for (const interpret::DroppedRows &dropped : settlement.dropped)
    out += fmt::format("dropped {}\n", dropped.count);
  for (const interpret::FailedCheck &check : settlement.failed_checks)
    out += fmt::format("failed {}\n", check.count);
  return out;
}

/// How a cell was done, as one letter.
char run(const Example &example, Width width, bool holes) {
  const std::string behind = at_width(holes ? example.missing : example.given, width),
                    policy = declarations + behind;
  CAPTURE(behind);
  const semantics::LoadResult loaded = semantics::load_text({{"p.policy", policy}});
  if (!loaded.program)
    for (const syntax::Diagnostic &each : loaded.diagnostics)
      if (each.severity == syntax::Severity::error) FAIL_CHECK(syntax::to_text(each, loaded.files));
  if (!loaded.program) return '?';
  const semantics::Program &program = *loaded.program;
  const auto made = plan::make_plan(program);
  const auto *plan = std::get_if<plan::Plan>(&made);
  REQUIRE(plan != nullptr);
  CHECK_MESSAGE(plan_kinds::kinds_in(*plan).contains(example.kind), plan::print(*plan, program));
  static const data_test::TemporaryFolder folder;
  folder.put("case.csv", cases(holes));
  folder.put("other.csv", "other,x1,x2,y1,y2\na,1.25,7,399999.999999999999999999,2.5\nb,-3,2,-1.5,3\n");
  folder.put("holiday.csv", "day,worked\n2024-03-01,false\n2024-01-06,true\n");
  const data::ReadResult read = data::read_dataset(program.schema, folder.path(), data::Encoding::utf8);
  for (const data::DataError &error : read.errors) FAIL_CHECK(data::to_text(error));
  REQUIRE(read.error_count == 0);
  interpret::Run reference(program, read.dataset);
  const interpret::Settlement interpreted = interpret::settle(reference);
  for (const interpret::RunError &error : interpreted.errors) FAIL_CHECK(to_text(error, program));
  const native::NativeSettlement settled = native::settle_native(program, read.dataset, {}, {1, 1});
  CHECK(text_of(settled.settlement, program) == text_of(interpreted, program));
  if (!example.handed_over.empty()) {
    CHECK(settled.fell_back);
    CHECK(settled.fallback_reason.find(example.handed_over) != std::string::npos);
    return 'i';
  }
  CHECK_MESSAGE(!settled.fell_back, settled.fallback_reason);
  if (!example.not_compiled.empty()) {
    CHECK(
        std::any_of(settled.not_compiled.begin(), settled.not_compiled.end(), [&](const std::string &reason) {
          return reason.find(example.not_compiled) != std::string::npos;
        }));
    return 'r';
  }
  for (const std::string &reason : settled.not_compiled) FAIL_CHECK(reason);
  CHECK(settled.interpreted_rows == 0);
  if (example.kind.starts_with("step: allocation")) return 'r';
  if (width != exact) CHECK(settled.widest == (width == w64 ? 64 : width == w128 ? 128 : 256));
  // With 18 decimals a large value does not fit 64 bits of storage either: such rows are done exactly, too.
  if (width == w64) CHECK(settled.exact_rows == 0);
  if (width == exact) CHECK(settled.exact_rows > 0);
  return 'm';
}

} // namespace

TEST_CASE("native: each kind of node at each width, given and missing: no cell is empty") {
  std::map<std::string, std::string> cells; // by kind: a letter for each width, given, then missing
  const std::vector<std::string> kinds = plan_kinds::all_kinds();
  for (const std::string &kind : kinds) cells[kind] = std::string(2 * widths.size(), ' ');
  for (const Example &example : examples()) {
    REQUIRE(cells.contains(example.kind));
    for (const Width width : example.at)
      for (const bool holes : {false, true}) {
        CAPTURE(example.kind);
        CAPTURE(std::string(width_names[width]));
        CAPTURE(holes);
        char &cell = cells[example.kind][2 * width + (holes ? 1U : 0U)];
        cell = run(example, width, holes);
      }
  }
  std::string why;
  for (const Nowhere &one : nowhere()) {
    REQUIRE(cells.contains(one.kind));
    std::string where;
    for (const Width width : one.at) {
      where += (where.empty() ? "" : ", ") + std::string(width_names[width]);
      for (char *cell = &cells[one.kind][2 * width]; cell < &cells[one.kind][2 * width] + 2; ++cell) {
        CHECK_MESSAGE(*cell == ' ', one.kind << " is there after all");
        *cell = '-';
      }
    }
    why += fmt::format("  {} ({}): {}\n", one.kind, where, one.reason);
  }
  std::string table = "node of the plan             64     128    256    exact   (given, missing)\n";
  for (const std::string &kind : kinds) {
    const std::string &row = cells[kind];
    table += fmt::format("  {:<27}{}{}     {}{}     {}{}     {}{}\n", kind, row[0], row[1], row[2], row[3],
                         row[4], row[5], row[6], row[7]);
    CHECK_MESSAGE(row.find(' ') == std::string::npos, kind << " has an empty cell");
  }
  fmt::print("{}m: machine code; r: row by row; i: the interpreter does the run; -: nothing can be there\n{}",
             table, why);
}
