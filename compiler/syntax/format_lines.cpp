// See format_lines.h. What is aligned depends on the texts alone, never on the blanks that were there before,
// so that formatting twice is formatting once.
#include "compiler/syntax/format_lines.h"
#include "compiler/syntax/unicode.h"
#include <algorithm>
#include <map>

namespace steelyard::syntax {
namespace {

constexpr std::size_t widest = 120; ///< no line becomes wider than this by being aligned

std::size_t gap_before(Column column) {
  return column <= Column::value ? 1 : 2;
}

using Group = std::vector<Line *>;
/// Where each column begins; columns without an entry follow the text before them.
using Starts = std::map<Column, std::size_t>;

std::string text_of(const Line &line, const Starts &starts) {
  std::string out(line.indent, ' ');
  std::size_t width = line.indent;
  Column before = Column::first;
  for (const Field &field : line.fields) {
    if (field.column != Column::first) {
      std::size_t to = width + gap_before(field.column);
      const auto start = starts.find(field.column);
      if (start != starts.end() && field.column > before) to = std::max(to, start->second);
      out.append(to - width, ' ');
      width = to;
    }
    out += field.text;
    width += display_width(field.text);
    before = field.column;
  }
  return out;
}

/// The first places where all lines of the group can begin each of `columns`.
Starts starts_of(const Group &group, const std::vector<Column> &columns) {
  Starts starts;
  for (const Column column : columns) {
    std::size_t start = 0;
    for (const Line *line : group) {
      Line before = *line;
      const auto field = std::find_if(before.fields.begin(), before.fields.end(),
                                      [&](const Field &f) { return f.column == column; });
      if (field == before.fields.end()) continue;
      before.fields.erase(field, before.fields.end());
      start = std::max(start, display_width(text_of(before, starts)) + gap_before(column));
    }
    starts[column] = start;
  }
  return starts;
}

Starts align(const Group &group) {
  std::vector<Column> columns;
  for (const Line *line : group)
    for (const Field &field : line->fields)
      if (field.column != Column::first) columns.push_back(field.column);
  std::sort(columns.begin(), columns.end());
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  for (;; columns.pop_back()) { // leave the last columns unaligned while lines become too wide
    const Starts starts = starts_of(group, columns);
    const bool too_wide = std::any_of(group.begin(), group.end(), [&](const Line *line) {
      return display_width(text_of(*line, starts)) > widest && display_width(text_of(*line, {})) <= widest;
    });
    if (!too_wide || columns.empty()) return starts;
  }
}

void align_cells(const Group &rows) {
  std::vector<std::size_t> widths;
  for (const Line *row : rows)
    for (std::size_t i = 0; i < row->cells.size(); ++i) {
      if (i == widths.size()) widths.push_back(0);
      widths[i] = std::max(widths[i], display_width(row->cells[i]));
    }
  for (Line *row : rows) {
    std::string text = "|";
    for (std::size_t i = 0; i < row->cells.size(); ++i)
      text += " " + row->cells[i] + std::string(widths[i] - display_width(row->cells[i]), ' ') + " |";
    row->fields.insert(row->fields.begin(), {Column::first, std::move(text)});
  }
}

} // namespace

std::string lay_out(std::vector<Line> lines) {
  std::map<std::size_t, Group> groups;
  for (Line &line : lines)
    if (line.group != 0) groups[line.group].push_back(&line);
  std::map<std::size_t, Starts> starts;
  for (auto &[id, group] : groups) {
    if (!group.front()->cells.empty()) align_cells(group);
    starts[id] = align(group);
  }
  std::string out;
  for (const Line &line : lines) {
    if (line.blank_before && !out.empty()) out += '\n';
    std::string text =
        line.fields.empty() ? std::string(line.indent, ' ') : text_of(line, starts[line.group]);
    if (!line.comment.empty()) text += (line.fields.empty() ? "" : "  ") + line.comment;
    out += text + '\n';
  }
  return out;
}

} // namespace steelyard::syntax
