// See facts.h.
#include "compiler/record/facts.h"
#include "runtime/json/json.h"
#include <algorithm>
#include <stdexcept>

namespace steelyard::record {

std::string facts_json(const Facts &facts, interpret::Run &values) {
  const semantics::Program &program = values.program();
  Json out = {{"program", "steelyard"},
              {"version", facts.version},
              {"engine", facts.engine},
              {"created", facts.created},
              {"policy",
               {{"name", program.names.canonical()},
                {"title", program.names.label},
                {"authority", program.authority}}},
              {"period", facts.period},
              {"set_from_outside", facts.parameters}};
  out["parameters"] = Json::array();
  for (std::size_t p = 0; p < program.parameters.size(); ++p) {
    const semantics::Parameter &parameter = program.parameters[p];
    const auto names_it = [&](const std::string &text) {
      return parameter.names.is(text.substr(0, text.find('=')));
    };
    const bool outside = std::any_of(facts.parameters.begin(), facts.parameters.end(), names_it);
    out["parameters"].push_back(
        {{"name", parameter.names.canonical()},
         {"value", values.value_text(values.parameter(static_cast<int>(p)), parameter.type)},
         {"origin", outside ? "set from outside" : "policy"}});
  }
  return out.dump();
}

Facts read_facts(std::string_view json) {
  try {
    const Json in = Json::parse(json);
    Facts out;
    out.version = in.at("version").get<std::string>();
    out.engine = in.at("engine").get<std::string>();
    out.created = in.at("created").get<std::string>();
    out.parameters = in.at("set_from_outside").get<std::vector<std::string>>();
    out.period = in.at("period").get<std::string>();
    return out;
  } catch (const Json::Error &error) {
    throw std::runtime_error(std::string("the facts of the run are damaged: ") + error.what());
  }
}

} // namespace steelyard::record
