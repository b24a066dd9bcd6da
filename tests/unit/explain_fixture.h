// What the tests of compiler/explain share: a small policy with its dataset, and the explanation of one of
// its rows.
#pragma once
#include "compiler/explain/derive.h"
#include "compiler/explain/json.h"
#include "compiler/explain/row_spec.h"
#include "compiler/explain/text.h"
#include "compiler/semantics/check.h"
#include "runtime/data/read_dataset.h"
#include "runtime/json/json.h"
#include "tests/unit/data_fixture.h"

#include <doctest/doctest.h>
#include <map>
#include <memory>
#include <string>

namespace explain_test {

using namespace steelyard;
using explain::Language;

/// Any trouble before the explanation fails the test.
class Explained {
public:
  Explained(const std::string &policy, const std::map<std::string, std::string> &files,
            std::optional<std::int64_t> day = {})
      : loaded_(semantics::load_text({{"p.policy", policy}})) {
    for (const syntax::Diagnostic &diagnostic : loaded_.diagnostics)
      if (diagnostic.severity == syntax::Severity::error)
        FAIL_CHECK(syntax::to_text(diagnostic, loaded_.files));
    REQUIRE(loaded_.program);
    const data_test::TemporaryFolder folder;
    for (const auto &[name, content] : files) folder.put(name, content);
    read_ = data::read_dataset(loaded_.program->schema, folder.path(), data::Encoding::utf8);
    for (const data::DataError &error : read_.errors) FAIL_CHECK(data::to_text(error));
    interpret::RunOptions options;
    options.day = day;
    day_ = day;
    run_ = std::make_unique<interpret::Run>(*loaded_.program, read_.dataset, options);
  }

  interpret::Run &run() { return *run_; }

  explain::Derivation derive(const std::string &row, const std::string &only = "") {
    const auto at = explain::find_row(*run_, row);
    if (const auto *message = std::get_if<std::string>(&at)) FAIL(*message);
    const auto id = std::get<interpret::RowId>(at);
    std::optional<int> field;
    if (!only.empty()) field = std::get<int>(explain::find_quantity(*loaded_.program, id.scope, only));
    explain::DeriveOptions options;
    options.day = day_;
    return explain::Deriver(*run_, options).derive(id, field);
  }
  std::string text(const std::string &row, Language language = Language::en, const std::string &only = "") {
    return "\n" + explain::to_text(*run_, derive(row, only), {language, "steelyard explain p --data d"});
  }
  Json json(const std::string &row, const std::string &only = "") {
    return explain::to_json(*run_, derive(row, only), {Language::en});
  }
  /// The message with which a row is refused.
  std::string refused(const std::string &row) {
    const auto at = explain::find_row(*run_, row);
    const auto *message = std::get_if<std::string>(&at);
    return message == nullptr ? "found" : *message;
  }

private:
  semantics::LoadResult loaded_;
  data::ReadResult read_;
  std::optional<std::int64_t> day_;
  std::unique_ptr<interpret::Run> run_;
};

} // namespace explain_test
