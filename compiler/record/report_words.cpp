// See report_words.h.
#include "compiler/record/report_words.h"
#include <fmt/core.h>

namespace steelyard::record {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::string heading(const semantics::Names &names) {
  return names.label.empty() || names.label == names.chinese() ? names.chinese()
                                                               : names.chinese() + " · " + names.label;
}

std::string with_commas(std::string number) {
  const std::size_t begin = number.starts_with('-') ? 1 : 0;
  for (std::size_t at = std::min(number.find('.'), number.size()); at > begin + 3;) {
    at -= 3;
    number.insert(at, ",");
  }
  return number;
}

namespace {

PartialRun &settled(PartialRun &run) {
  run.settle([](interpret::Run &) {});
  return run;
}

} // namespace

ReportWords::ReportWords(const Recorded &recorded, const Given &given, const interpret::RunOptions &options)
    : recorded_(recorded), program_(recorded.program()), rows_(recorded.file()),
      none_(program_, recorded.tables(), rows_, given, options),
      say_(settled(none_).run(), explain::Language::zh) {}

const semantics::Type &ReportWords::type(const Table &of, std::size_t column) const {
  return program_.scopes[of.scope].fields[of.columns[column].field].type;
}

std::string ReportWords::cell(const Table &of, std::size_t c, const log::Cells &cells,
                              std::uint64_t row) const {
  const Column &column = of.columns[c];
  if (!cells.is_given(row)) return {};
  if (column.info.kind == log::Kind::member && column.field >= 0 &&
      type(of, c).kind == semantics::TypeKind::member)
    return program_.enums[type(of, c).domain].members[static_cast<std::size_t>(cells.values[row])].chinese();
  if (column.info.kind == log::Kind::boolean) return cells.values[row] != 0 ? "是" : "否";
  if (column.info.kind == log::Kind::reference)
    for (std::size_t t = 0; t < recorded_.tables().size(); ++t)
      if (recorded_.tables()[t].name == column.info.target)
        return key(static_cast<int>(t), static_cast<std::uint64_t>(cells.values[row]));
  const std::string text = recorded_.cell_text(column.info, cells, row);
  return column.info.kind == log::Kind::decimal ? with_commas(text) : text;
}

std::string ReportWords::key(int t, std::uint64_t row) const {
  const Table &of = recorded_.tables()[t];
  if (row >= recorded_.file().contents().tables[t].rows) return recorded_.key_text(t, row); // an unused row
  const log::RunFile &file = recorded_.file();
  const std::size_t chunk = file.chunk_of(t, row);
  const std::uint64_t at = row - file.contents().tables[t].chunks[chunk].first_row;
  std::string out;
  for (std::size_t c = 0; c < of.columns.size() && of.columns[c].part == Part::key; ++c)
    out += (c == 0 ? "" : ", ") + cell(of, c, recorded_.file().kept(t, chunk, c), at);
  return out;
}

std::string ReportWords::head(const Table &of, std::size_t column) const {
  const std::string unit = say_.unit(type(of, column));
  const std::string name = program_.scopes[of.scope].fields[of.columns[column].field].names.chinese();
  return unit.empty() ? name : fmt::format("{} ({})", name, unit.substr(1));
}

} // namespace steelyard::record
