// Runs of Guigang in their run files: one that was altered and hashed anew is found by replay, one in which a
// byte was turned is found by verify.
#include "compiler/interpret/settle.h"
#include "compiler/native/settle.h"
#include "compiler/record/replay.h"
#include "compiler/semantics/load_policy.h"
#include "runtime/data/read_dataset.h"
#include <doctest/doctest.h>
#include <fcntl.h>
#include <filesystem>
#include <fmt/core.h>
#include <random>
#include <unistd.h>

using namespace steelyard;
namespace fs = std::filesystem;

namespace {

const fs::path source = STEELYARD_SOURCE_DIR;

struct Folder {
  fs::path path = fs::temp_directory_path() / fmt::format("steelyard-record-{}", ::getpid());
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder &) = delete;
  Folder &operator=(const Folder &) = delete;
};

/// The example year, settled by the interpreter.
struct Year {
  semantics::LoadResult policy = semantics::load_policy(source / "policies/guigang");
  data::ReadResult read =
      data::read_dataset(policy.program->schema, source / "examples/guigang/data", data::Encoding::utf8);
  interpret::Run run{*policy.program, read.dataset};
  Year() { REQUIRE(interpret::settle(run).error_count == 0); }

  void write(const fs::path &place, interpret::Results &results) {
    log::RunWriter writer(place, true, 1);
    record::record(writer, *policy.program, read.dataset, run, results, {"0", "interpret", "", {}, ""},
                   nullptr);
    REQUIRE(writer.commit());
  }
};

enum class What { value, choice, check, count, sum };

/// The results of a run but for one cell, which is one more, or less where it is 1.
class Altered : public interpret::Results {
public:
  /// `index`: field of `scope`, definition, check or aggregate.
  Altered(interpret::Results &results, What what, int scope, int index, std::size_t row)
      : results_(results), what_(what), scope_(scope), index_(index), row_(row) {}

  std::size_t rows(int scope) override { return results_.rows(scope); }
  std::vector<int> input_rows(int scope) override { return results_.input_rows(scope); }
  void values(int scope, int field, std::size_t begin, std::size_t end, log::Cells &out) override {
    results_.values(scope, field, begin, end, out);
    if (scope == scope_) alter(What::value, field, begin, end, out);
  }
  void choices(int definition, std::size_t begin, std::size_t end, log::Cells &out) override {
    results_.choices(definition, begin, end, out);
    alter(What::choice, definition, begin, end, out);
  }
  void checks(int check, std::size_t begin, std::size_t end, log::Cells &out) override {
    results_.checks(check, begin, end, out);
    alter(What::check, check, begin, end, out);
  }
  void aggregates(int aggregate, bool sum, std::size_t begin, std::size_t end, log::Cells &out) override {
    results_.aggregates(aggregate, sum, begin, end, out);
    alter(sum ? What::sum : What::count, aggregate, begin, end, out);
  }
  int threads() const override { return 1; }
  int altered() const { return altered_; }

private:
  void alter(What what, int index, std::size_t begin, std::size_t end, log::Cells &out) {
    if (what != what_ || index != index_ || row_ < begin || row_ >= end) return;
    ++altered_;
    const log::Int128 value = out.values[row_ - begin];
    out.values.set(row_ - begin, value == 1 ? 0 : value + 1);
  }

  interpret::Results &results_;
  What what_;
  int scope_, index_;
  std::size_t row_;
  int altered_ = 0;
};

std::unique_ptr<record::Recorded> opened(const fs::path &place) {
  auto out = record::Recorded::open(place);
  if (const auto *error = std::get_if<std::string>(&out)) FAIL(*error);
  return std::get<std::unique_ptr<record::Recorded>>(std::move(out));
}

record::Replayed replay(const record::Recorded &recorded, const std::string &engine) {
  const data::Dataset dataset = recorded.dataset();
  interpret::Run run(recorded.program(), dataset);
  std::unique_ptr<interpret::Results> results;
  if (engine == "native") {
    native::NativeOptions options;
    options.keep = true;
    options.least_rows = 0;
    results = native::settle_native(recorded.program(), dataset, {}, options).results;
  } else {
    REQUIRE(interpret::settle(run).error_count == 0);
    results = interpret::results_of(run);
  }
  REQUIRE(results);
  return record::replay(recorded, *results);
}

/// Turns one bit of a file.
void turn(const fs::path &file, std::size_t at, unsigned bit) {
  const int handle = ::open(file.c_str(), O_RDWR);
  REQUIRE(handle >= 0);
  char byte = 0;
  REQUIRE(::pread(handle, &byte, 1, static_cast<off_t>(at)) == 1);
  byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << bit));
  REQUIRE(::pwrite(handle, &byte, 1, static_cast<off_t>(at)) == 1);
  ::close(handle);
}

} // namespace

TEST_CASE("run file: replay finds the one cell that was altered and hashed anew, by either engine") {
  const Folder folder;
  Year year;
  const semantics::Program &program = *year.policy.program;
  const auto results = interpret::results_of(year.run);
  int cases = -1, kind = -1, points = -1;
  for (std::size_t s = 0; s < program.scopes.size(); ++s)
    if (program.scopes[s].names.is("case")) cases = static_cast<int>(s);
  REQUIRE(cases >= 0);
  const semantics::Scope &scope = program.scopes[cases];
  for (std::size_t f = 0; f < scope.fields.size(); ++f) {
    if (scope.fields[f].names.is("kind")) kind = scope.fields[f].definition;
    if (scope.fields[f].names.is("points")) points = static_cast<int>(f);
  }
  int check = 0;
  while (program.checks[check].required) ++check;
  REQUIRE(kind >= 0);
  REQUIRE(points >= 0);
  struct Attempt {
    What what;
    int index;
    std::size_t row;
    std::string difference;
  };
  const Attempt attempts[] = {
      {What::choice, kind, 240, "case C0000241: choice of kind: recorded low, recomputed high"},
      {What::value, points, 240, "case C0000241: points: recorded 159.39479802, recomputed 159.39479801"},
      {What::check, check, 2, ""},
      {What::count, 1, 2, ""},
      {What::sum, 0, 0, ""},
  };
  for (const Attempt &attempt : attempts) {
    CAPTURE(attempt.difference);
    Altered altered(*results, attempt.what, cases, attempt.index, attempt.row);
    const fs::path place = folder.path / "run";
    year.write(place, altered);
    CHECK(altered.altered() == 1);
    const auto recorded = opened(place);
    CHECK(recorded->file().verify().empty());
    for (const char *engine : {"interpret", "native"}) {
      CAPTURE(engine);
      const record::Replayed replayed = replay(*recorded, engine);
      CHECK(replayed.different == 1);
      REQUIRE(replayed.first.size() == 1);
      if (!attempt.difference.empty()) CHECK(record::to_text(replayed.first[0]) == attempt.difference);
    }
  }
  year.write(folder.path / "run", *results);
  for (const char *engine : {"interpret", "native"})
    CHECK(replay(*opened(folder.path / "run"), engine).different == 0);
}

TEST_CASE("run file: a bit turned anywhere in a run of Guigang is found") {
  const Folder folder;
  const fs::path place = folder.path / "run";
  {
    Year year;
    year.write(place, *interpret::results_of(year.run));
  }
  const std::size_t size = fs::file_size(place);
  std::mt19937 random(7);
  int unseen = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::size_t at = random() % size;
    const unsigned bit = random() % 8;
    turn(place, at, bit);
    const auto run = log::RunFile::open(place);
    if (std::holds_alternative<log::RunFile>(run) && std::get<log::RunFile>(run).verify().empty()) {
      ++unseen;
      MESSAGE("byte " << at << " of " << size);
    }
    turn(place, at, bit);
  }
  CHECK(unseen == 0);
  const auto run = log::RunFile::open(place);
  REQUIRE(std::holds_alternative<log::RunFile>(run));
  CHECK(std::get<log::RunFile>(run).verify().empty());
}
