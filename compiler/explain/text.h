// A derivation as text for a terminal: for an auditor who reads the regulation and has no calculator at hand.
#pragma once
#include "compiler/explain/wording.h"
#include <string>

namespace steelyard::explain {

struct TextOptions {
  Language language = Language::zh;
  std::string command; ///< "steelyard explain policies/nowhere --data DIR": for the hints
};

std::string to_text(interpret::Run &run, const Derivation &derivation, const TextOptions &options);

} // namespace steelyard::explain
