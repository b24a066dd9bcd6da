// What tests of whole settlements share: policy text and CSV files in, result files or errors out.
#pragma once
#include "compiler/interpret/settle.h"
#include "compiler/semantics/check.h"
#include "runtime/data/dataset.h"
#include "runtime/data/read_dataset.h"
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace interpret_fixture {

using namespace steelyard;

using Files = std::map<std::string, std::string>;

/// A policy with its dataset, settled. Any trouble before the settlement fails the test.
struct Settled {
  semantics::LoadResult loaded;
  data::ReadResult read;
  interpret::Settlement settlement;

  Settled(const std::string &policy, const Files &files,
          std::vector<std::pair<std::string, const char *>> set = {}, std::optional<std::int64_t> day = {}) {
    loaded = semantics::load_text(
        {{"p.policy", "steelyard 1\npolicy p \"P\" in force from 2020-01-01\n" + policy}});
    for (const syntax::Diagnostic &diagnostic : loaded.diagnostics)
      if (diagnostic.severity == syntax::Severity::error)
        FAIL_CHECK(syntax::to_text(diagnostic, loaded.files));
    REQUIRE(loaded.program);
    const auto folder =
        std::filesystem::temp_directory_path() / ("steelyard_settle_" + std::to_string(getpid()));
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    for (const auto &[name, content] : files) std::ofstream(folder / name) << content;
    read = data::read_dataset(loaded.program->schema, folder, data::Encoding::utf8);
    std::filesystem::remove_all(folder);
    for (const data::DataError &error : read.errors) FAIL_CHECK(data::to_text(error));
    REQUIRE(read.error_count == 0);
    interpret::RunOptions options;
    options.day = day;
    for (const auto &[name, value] : set)
      for (std::size_t i = 0; i < loaded.program->parameters.size(); ++i)
        if (loaded.program->parameters[i].names.is(name))
          options.parameters.emplace_back(static_cast<int>(i),
                                          number::Exact(number::parse_decimal(value).value()));
    interpret::Run run(*loaded.program, read.dataset, options);
    settlement = interpret::settle(run);
  }

  std::string file(std::string_view name) const {
    for (const interpret::ResultFile &file : settlement.files)
      if (file.name == name) return file.content;
    return errors();
  }
  std::string errors() const {
    std::string out;
    for (const interpret::RunError &error : settlement.errors) out += to_text(error, *loaded.program) + "\n";
    return out;
  }
};

} // namespace interpret_fixture
