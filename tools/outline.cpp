#include "tools/outline.h"
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <vector>

namespace steelyard::tools {

namespace {

nlohmann::json node_of(const std::string &line) {
  static const std::regex with_place("(.*) @(\\d+):(\\d+)-(\\d+):(\\d+)");
  std::smatch found;
  if (!std::regex_match(line, found, with_place)) return {{"text", line}};
  return {{"text", found[1].str()},
          {"line", std::stoi(found[2])},
          {"column", std::stoi(found[3])},
          {"end_line", std::stoi(found[4])},
          {"end_column", std::stoi(found[5])}};
}

} // namespace

std::string outline_json(const std::string &text) {
  nlohmann::json top = {{"children", nlohmann::json::array()}};
  std::vector<nlohmann::json *> open{&top}; // the last node of each depth so far
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    open.resize(std::min(open.size(), indent / 2 + 1));
    nlohmann::json &children = (*open.back())["children"];
    children.push_back(node_of(line.substr(indent)));
    open.push_back(&children.back());
  }
  return top["children"].dump(2) + "\n";
}

std::string differences_json(const std::vector<semantics::Difference> &differences) {
  static const char *const kinds[] = {"added", "removed", "changed"};
  nlohmann::json out = nlohmann::json::array();
  for (const semantics::Difference &one : differences)
    out.push_back({{"kind", kinds[static_cast<int>(one.kind)]},
                   {"what", one.what},
                   {"articles", one.articles},
                   {"before", one.before},
                   {"after", one.after},
                   {"place", one.place}});
  return out.dump(2) + "\n";
}

} // namespace steelyard::tools
