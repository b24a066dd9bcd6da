#include "tools/outline.h"
#include "runtime/json/json.h"
#include <array>
#include <charconv>
#include <optional>
#include <sstream>
#include <vector>

namespace steelyard::tools {

namespace {

/// "12:3-12:9": lines and columns.
std::optional<std::array<int, 4>> place_in(const std::string &text, std::size_t at) {
  std::array<int, 4> out{};
  const char *from = text.data() + at, *const end = text.data() + text.size();
  for (std::size_t i = 0; i < out.size(); ++i) {
    constexpr std::string_view before = " :-:";
    if (i > 0 && (from == end || *from++ != before[i])) return std::nullopt;
    if (from == end || *from == '-') return std::nullopt;
    const auto [stop, error] = std::from_chars(from, end, out[i]);
    if (error != std::errc{}) return std::nullopt;
    from = stop;
  }
  if (from != end) return std::nullopt;
  return out;
}

Json node_of(const std::string &line) {
  const std::size_t at = line.rfind(" @");
  const auto place = at == std::string::npos ? std::nullopt : place_in(line, at + 2);
  if (!place) return {{"text", line}};
  return {{"text", line.substr(0, at)},
          {"line", (*place)[0]},
          {"column", (*place)[1]},
          {"end_line", (*place)[2]},
          {"end_column", (*place)[3]}};
}

} // namespace

std::string outline_json(const std::string &text) {
  Json top = {{"children", Json::array()}};
  std::vector<Json *> open{&top}; // the last node of each depth so far
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    open.resize(std::min(open.size(), indent / 2 + 1));
    Json &children = (*open.back())["children"];
    children.push_back(node_of(line.substr(indent)));
    open.push_back(&children.back());
  }
  return top["children"].sort_members().dump(2) + "\n";
}

std::string differences_json(const std::vector<semantics::Difference> &differences) {
  static const char *const kinds[] = {"added", "removed", "changed"};
  Json out = Json::array();
  for (const semantics::Difference &one : differences)
    out.push_back({{"kind", kinds[static_cast<int>(one.kind)]},
                   {"what", one.what},
                   {"articles", one.articles},
                   {"before", one.before},
                   {"after", one.after},
                   {"place", one.place}});
  return out.sort_members().dump(2) + "\n";
}

} // namespace steelyard::tools
