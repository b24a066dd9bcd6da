// Derivations as JSON, for programs that check or show them: fields and the syntax of expressions are stable
// and stand in docs/explain-json.md. All numbers are strings.
#pragma once
#include "compiler/explain/wording.h"
#include "runtime/json/json.h"
#include <string>

namespace steelyard::explain {

struct JsonOptions {
  Language language = Language::zh; ///< of the formulas with names; everything else is in both or in neither
};

/// One object: the row asked for, with the rows it rests on as `premises`.
Json to_json(interpret::Run &run, const Derivation &derivation, const JsonOptions &options);

} // namespace steelyard::explain
