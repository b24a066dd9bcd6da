// Decision tables of a draft: bands, members, truth values; without gap and overlap.
#include "tests/fuzz/world.h"
#include <algorithm>
#include <cmath>
#include <fmt/core.h>

namespace steelyard::fuzz {

std::string World::table_value(const Type &type) {
  if (type.kind == TypeKind::member) return random_.pick(draft_.enums[type.domain].members);
  if (type.scale == 0) return std::to_string(random_.between(1, 40));
  return fmt::format("{}.{:0{}}", random_.below(12), random_.between(1, type.scale == 1 ? 9 : 99),
                     std::min(type.scale, 2));
}

/// Rising or falling bands over one number, after a fixed cell of another column.
void World::add_band_rows(std::vector<std::string> &lines, const Type &input, const std::string &first_cell,
                          TableDraft &table) {
  const Type &result = table.type;
  const bool falling = random_.chance(25);
  const std::string lead = first_cell.empty() ? "  | " : "  | " + first_cell + " | ";
  std::vector<int> bounds;
  for (int i = random_.between(1, 4); i > 0; --i)
    bounds.push_back(random_.between(-3, 400) * (random_.chance(30) ? 100 : 1));
  std::sort(bounds.begin(), bounds.end());
  bounds.erase(std::unique(bounds.begin(), bounds.end()), bounds.end());
  if (falling) std::reverse(bounds.begin(), bounds.end());
  const char *inclusive = falling ? ">= " : "<= ", *strict = falling ? "> " : "< ";
  const bool halves = input.scale > 0 && random_.chance(30);
  for (const int bound : bounds) {
    table.bounds.push_back(std::to_string(bound) + (halves ? ".5" : ""));
    lines.push_back(fmt::format("{}{}{} | {} |", lead, random_.chance(70) ? inclusive : strict,
                                table.bounds.back(), table_value(result)));
  }
  lines.push_back(fmt::format("{}{} | {} |", lead, falling ? "below" : "above", table_value(result)));
}

void World::add_table() {
  TableDraft out;
  out.name = draft_.fresh("t");
  std::vector<std::string> lines;
  if (random_.chance(15)) {
    out.type = kind_type(TypeKind::member, random_.below(draft_.enums.size()));
  } else {
    out.type = number_type(expressions_.any_dimension(), 0);
    if (!(out.type.dimension == days)) out.type.scale = random_.between(0, 4);
  }
  out.extent = {1.61, out.type.scale >= 2 ? -2.01 : -1.01, true, true};
  const bool banded = random_.chance(75);
  const bool listed = !banded || random_.chance(50);
  std::string head, inputs;
  std::vector<std::string> cells; // of the listed column
  if (listed) {
    const std::string name = draft_.fresh("a");
    head += "  | " + name;
    if (!banded && random_.chance(25)) {
      out.inputs.push_back(kind_type(TypeKind::boolean));
      cells = {"true", "false"};
    } else if (!draft_.ranges.empty() && random_.chance(35)) {
      // Numbers one by one and from one to another, up to the end of the range.
      const int range = random_.below(draft_.ranges.size());
      out.inputs.push_back(number_type(plain, 0));
      out.inputs.back().domain = range;
      for (int low = draft_.ranges[range].low; low <= draft_.ranges[range].high;) {
        const int high = std::min(draft_.ranges[range].high, low + random_.below(5));
        cells.push_back(low == high ? std::to_string(low) : fmt::format("{} to {}", low, high));
        low = high + 1;
      }
      random_.shuffle(cells);
    } else {
      out.inputs.push_back(kind_type(TypeKind::member, random_.below(draft_.enums.size())));
      const std::vector<std::string> &members = draft_.enums[out.inputs.back().domain].members;
      for (std::size_t i = 0; i < members.size(); ++i) {
        cells.push_back(members[i]);
        if (i + 1 < members.size() && random_.chance(30)) cells.back() += ", " + members[++i];
      }
    }
    inputs += name + ": " + type_word(draft_, out.inputs.back());
  }
  if (banded) {
    const std::string name = draft_.fresh("a");
    head += (listed ? " | " : "  | ") + name;
    out.inputs.push_back(number_type_of(expressions_.any_dimension()));
    inputs += (listed ? ", " : "") + name + ": " + type_word(draft_, out.inputs.back());
  }
  lines.push_back(fmt::format("table {}: {} by {}{}", out.name, type_word(draft_, out.type), inputs,
                              random_.chance(40) ? " cite 1 (2)" : ""));
  lines.push_back(head + " | result |");
  if (!banded)
    for (const std::string &cell : cells)
      lines.push_back(fmt::format("  | {} | {} |", cell, table_value(out.type)));
  else if (!listed)
    add_band_rows(lines, out.inputs[0], "", out);
  else
    for (const std::string &cell : cells) {
      if (random_.chance(25))
        lines.push_back(fmt::format("  | {} | any | {} |", cell, table_value(out.type)));
      else
        add_band_rows(lines, out.inputs[1], cell, out);
    }
  draft_.declarations.push_back(std::move(lines));
  draft_.tables.push_back(std::move(out));
}

} // namespace steelyard::fuzz
