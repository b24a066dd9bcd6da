// What must hold of the interpreter whatever the policy: results and errors depend neither on the order of
// the input rows nor on what was asked first, and the parts of an allocation add up. Seeds are fixed.
#include "compiler/interpret/settle.h"
#include "compiler/interpret/worked_examples.h"
#include "compiler/semantics/check.h"
#include "compiler/semantics/load_policy.h"
#include "runtime/data/dataset.h"
#include "runtime/data/read_dataset.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <unistd.h>

using namespace steelyard;
namespace fs = std::filesystem;

namespace {

const fs::path root = STEELYARD_SOURCE_DIR;

const semantics::Program &guigang() {
  static const semantics::LoadResult loaded = semantics::load_policy(root / "policies/guigang");
  REQUIRE(loaded.program);
  return *loaded.program;
}

struct TemporaryFolder {
  fs::path path = fs::temp_directory_path() / ("steelyard_properties_" + std::to_string(getpid()));
  TemporaryFolder() {
    fs::remove_all(path);
    fs::create_directory(path);
  }
  ~TemporaryFolder() { fs::remove_all(path); }
  TemporaryFolder(const TemporaryFolder &) = delete;
  TemporaryFolder &operator=(const TemporaryFolder &) = delete;
};

std::vector<std::string> lines_of(const fs::path &file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

data::Dataset dataset(const semantics::Program &program, const fs::path &folder) {
  data::ReadResult read = data::read_dataset(program.schema, folder, data::Encoding::utf8);
  for (const data::DataError &error : read.errors) FAIL_CHECK(data::to_text(error));
  return std::move(read.dataset);
}

/// All files and errors as one text.
std::string everything(interpret::Run &run) {
  const interpret::Settlement out = interpret::settle(run);
  std::string text;
  for (const interpret::ResultFile &file : out.files) text += file.name + "\n" + file.content;
  for (const interpret::RunError &error : out.errors) text += to_text(error, run.program()) + "\n";
  return text + std::to_string(out.error_count);
}

std::string everything(const semantics::Program &program, const data::Dataset &data) {
  interpret::Run run(program, data);
  return everything(run);
}

/// The Guigang example data; `broken` makes some of it fail: groups without weight sum, months without
/// points.
void copy_data(const fs::path &to, std::mt19937 &random, bool broken) {
  for (const auto &entry : fs::directory_iterator(root / "tests/golden/guigang/data")) {
    std::vector<std::string> lines = lines_of(entry.path());
    if (broken &&
        entry.path().filename() == "case.csv") { // one fund has no case: its year value cannot be had
      lines.erase(std::remove_if(
                      lines.begin() + 1, lines.end(),
                      [](const std::string &line) { return line.find(",resident,") != std::string::npos; }),
                  lines.end());
    }
    std::shuffle(lines.begin() + 1, lines.end(), random);
    std::ofstream out(to / entry.path().filename());
    for (const std::string &line : lines) out << line << "\n";
  }
}

} // namespace

TEST_CASE("the worked examples of Guigang hold, and leave nothing untried") {
  interpret::Coverage coverage(guigang());
  for (const interpret::ExampleOutcome &outcome : interpret::run_examples(guigang(), &coverage))
    for (const interpret::ExampleFailure &failure : outcome.failures) FAIL_CHECK(to_text(failure, guigang()));
  for (const interpret::Coverage::Kind &kind : coverage.kinds())
    CHECK_MESSAGE(kind.covered == kind.total, to_text(coverage.kinds(), guigang()));
}

TEST_CASE("neither the order of the input rows nor that of the questions changes anything") {
  for (const bool broken : {false, true}) {
    CAPTURE(broken);
    std::mt19937 random(7);
    std::string expected;
    for (int round = 0; round < 3; ++round) {
      const TemporaryFolder folder;
      copy_data(folder.path, random, broken);
      const data::Dataset data = dataset(guigang(), folder.path);
      const std::string straight = everything(guigang(), data);
      if (round == 0) expected = straight;
      CHECK(straight == expected);
      // Values are asked for at random before the settlement.
      interpret::Run run(guigang(), data);
      for (int i = 0; i < 500; ++i) {
        const auto &definition = guigang().definitions[random() % guigang().definitions.size()];
        const auto count = static_cast<unsigned>(run.rows(definition.scope).size());
        if (count == 0) continue;
        const auto row = static_cast<int>(random() % count);
        // A let that no definition of its row uses may fail; settling does not ask for it.
        if (definition.let) continue;
        run.value(definition.scope, row, definition.field);
        run.exact_before_rounding(static_cast<int>(&definition - guigang().definitions.data()), row);
      }
      CHECK(everything(run) == expected);
    }
    CHECK((expected.find("D601") != std::string::npos) == broken);
  }
}

TEST_CASE("the parts of an allocation add up to the whole, each within one unit of its exact share") {
  const auto loaded =
      semantics::load_text({{"p.policy", "steelyard 1\npolicy p \"P\" in force from 2020-01-01\n"
                                         "entity pool\n  key pool: text\n  input amount: money(2)\n"
                                         "entity part\n  key part: text\n"
                                         "for each pool, part as due\n  input weight: points(3)\n"
                                         "  allocate money: money(2) of pool.amount by weight, by largest "
                                         "remainder within pool, or nothing\n"}});
  for (const syntax::Diagnostic &diagnostic : loaded.diagnostics)
    if (diagnostic.severity == syntax::Severity::error) FAIL_CHECK(syntax::to_text(diagnostic, loaded.files));
  REQUIRE(loaded.program);
  const semantics::Program &program = *loaded.program;
  std::mt19937_64 random(11);
  const TemporaryFolder folder;
  std::ofstream(folder.path / "pool.csv") << "pool,amount\na,0\nb,0.01\nc,9999999999.99\nd,100\n";
  {
    std::ofstream parts(folder.path / "part.csv"), due(folder.path / "due.csv");
    parts << "part\n";
    due << "pool,part,weight\n";
    for (int i = 0; i < 400; ++i) { // many equal weights, some 0, some large
      const auto weight = random() % 3 == 0 ? random() % 1000000000 : random() % 4;
      parts << "p" << i << "\n";
      due << "abcd"[random() % 4] << ",p" << i << "," << weight << "\n";
    }
  }
  const data::Dataset data = dataset(program, folder.path);
  interpret::Run run(program, data);
  REQUIRE(interpret::settle(run).error_count == 0);
  const semantics::Scope &due = program.scopes.back();
  REQUIRE(due.names.ident == "due");
  const auto scope = static_cast<int>(program.scopes.size()) - 1;
  std::map<int, number::Exact> sums;
  for (const int row : run.ordered_rows(scope)) {
    const auto part = std::get<number::Exact>(run.value(scope, row, 3));
    const number::Exact exact = run.exact_before_rounding(due.fields[3].definition, row).value();
    CHECK(number::abs(part - exact) < number::Exact(1, 100));
    const int pool = std::get<interpret::RowId>(run.value(scope, row, 0)).row;
    sums[pool] += part;
  }
  const int pool_scope = program.scopes[1].names.ident == "pool" ? 1 : 2;
  for (const auto &[pool, sum] : sums) CHECK(sum == std::get<number::Exact>(run.value(pool_scope, pool, 1)));
  CHECK(sums.size() == 4);
}
