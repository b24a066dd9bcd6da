// `explain --why-not` as it is printed.
#pragma once
#include "compiler/explain/why_not.h"
#include "tools/commands.h"

namespace steelyard::tools {

inline std::string why_not_text(interpret::Run &run, const explain::WhyNot &why,
                                const ExplainOptions &options) {
  const auto language = options.language == "en" ? explain::Language::en : explain::Language::zh;
  return options.json ? explain::to_json_text(run, why, language) + "\n"
                      : explain::to_text(run, why, language);
}

} // namespace steelyard::tools
