// See report_results.h.
#include "compiler/record/report_results.h"
#include "compiler/record/report_groups.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::record {

namespace {

/// Longer tables and lists are closed at first.
constexpr std::size_t open_rows = 31;
constexpr std::size_t most_groups = 200;

std::string bar(log::Int128 value, log::Int128 most) {
  const auto permille = static_cast<int>((value < 0 ? -value : value) * 1000 / most);
  return fmt::format("<div class=\"track\"><span class=\"bar{}\" style=\"width:{}.{}%\"></span></div>",
                     value < 0 ? " minus" : "", permille / 10, permille % 10);
}

std::string folded(const std::string &title, std::size_t rows, const std::string &content) {
  return fmt::format("<details class=\"part\"{}><summary>{}</summary><div class=\"wide\">{}</div></details>",
                     rows <= open_rows ? " open" : "", title, content);
}

class Results {
public:
  Results(const Recorded &recorded, const ReportWords &words, int t, const std::vector<ColumnCount> &counts)
      : recorded_(recorded), words_(words), t_(t), of_(recorded.tables()[t]),
        table_(recorded.file().contents().tables[static_cast<std::size_t>(t)]), counts_(counts) {}

  std::string operator()(std::size_t rows_a_table) const {
    std::string out = groups();
    out += table_.rows <= rows_a_table ? whole_table() : summed_up();
    return "<div class=\"card\">" + out + "</div>";
  }

private:
  // ---------- by key and kind ----------
  bool sorts(std::size_t c) const {
    const Column &column = of_.columns[c];
    if (column.part == Part::key ? keys() < 2 : column.part != Part::input && column.part != Part::result)
      return false;
    if (column.info.kind == log::Kind::reference || column.info.kind == log::Kind::member) return true;
    return column.info.kind == log::Kind::decimal && words_.type(of_, c).domain >= 0;
  }
  std::size_t keys() const {
    return static_cast<std::size_t>(std::count_if(of_.columns.begin(), of_.columns.end(),
                                                  [](const Column &c) { return c.part == Part::key; }));
  }
  /// Amounts that make sense to add up: points, and money as it is paid, to the hundredth. More decimals are
  /// those of means and values of a unit.
  bool adds_up(std::size_t c) const {
    const Column &column = of_.columns[c];
    if (column.info.kind != log::Kind::decimal || (column.part != Part::result && column.part != Part::input))
      return false;
    const semantics::Dimension &of = words_.type(of_, c).dimension;
    return (of.yuan == 1 && of.point == 0 && of.day == 0 && column.info.scale <= 2) ||
           (of.point == 1 && of.yuan == 0 && of.day == 0);
  }

  std::string groups() const {
    std::vector<std::size_t> summed;
    for (const Part part : {Part::result, Part::input})
      for (std::size_t c = 0; c < of_.columns.size(); ++c)
        if (of_.columns[c].part == part && adds_up(c)) summed.push_back(c);
    std::string out;
    if (summed.empty() || table_.rows < 3) return out;
    for (const Part part : {Part::result, Part::key, Part::input}) // kinds first
      for (std::size_t c = 0; c < of_.columns.size(); ++c) {
        if (of_.columns[c].part != part || !sorts(c)) continue;
        const auto grouped = group_rows(recorded_, t_, c, summed, most_groups);
        if (grouped && grouped->groups.size() > 1) out += group_table(c, summed, *grouped);
      }
    return out;
  }

  std::string group_table(std::size_t by, const std::vector<std::size_t> &summed,
                          const Grouped &grouped) const {
    std::string head = "<th>" + escaped(words_.head(of_, by)) + "</th><th class=\"n\">行数</th><th></th>";
    for (const std::size_t c : summed) head += "<th class=\"n\">" + escaped(words_.head(of_, c)) + "</th>";
    std::uint64_t most = 1;
    for (const Grouped::Group &group : grouped.groups) most = std::max(most, group.rows);
    std::string body;
    for (const Grouped::Group &group : grouped.groups) {
      log::Cells one;
      one.values.push_back(group.value);
      body += fmt::format("<tr><td>{}</td><td class=\"n\">{}</td><td>{}</td>",
                          group.given ? escaped(words_.cell(of_, by, one, 0)) : "(空)",
                          with_commas(std::to_string(group.rows)),
                          bar(static_cast<log::Int128>(group.rows), static_cast<log::Int128>(most)));
      for (std::size_t i = 0; i < summed.size(); ++i)
        body += amount(group.sums[i], of_.columns[summed[i]].info.scale);
      body += "</tr>";
    }
    return folded(fmt::format("按 {} <span class=\"small\">{} 项</span>", escaped(words_.head(of_, by)),
                              grouped.groups.size()),
                  grouped.groups.size(), table(head, body));
  }

  static std::string amount(const number::Integer &units, int scale) {
    const std::string text = with_commas(number::to_text(number::Decimal{units, scale}));
    return fmt::format("<td class=\"n{}\">{}</td>", text.starts_with('-') ? " bad" : "", text);
  }
  static std::string table(const std::string &head, const std::string &body) {
    return "<table class=\"sorts\"><thead><tr>" + head + "</tr></thead><tbody>" + body + "</tbody></table>";
  }

  // ---------- row by row ----------
  std::string whole_table() const {
    std::vector<std::size_t> shown;
    for (std::size_t c = 0; c < of_.columns.size(); ++c)
      if (of_.columns[c].part == Part::key || of_.columns[c].part == Part::result) shown.push_back(c);
    std::string head, body;
    std::vector<log::Cells> cells;
    for (const std::size_t c : shown) {
      head += fmt::format("<th{}>{}</th>", ReportWords::number_class(of_.columns[c].info),
                          escaped(words_.head(of_, c)));
      cells.push_back(recorded_.file().read(t_, 0, c));
    }
    for (std::uint64_t row = 0; row < table_.rows; ++row) {
      body += "<tr>";
      for (std::size_t i = 0; i < shown.size(); ++i) {
        const log::ColumnInfo &info = of_.columns[shown[i]].info;
        const bool minus =
            info.kind == log::Kind::decimal && cells[i].is_given(row) && cells[i].values[row] < 0;
        body += fmt::format("<td{}>{}</td>", minus ? " class=\"n bad\"" : ReportWords::number_class(info),
                            escaped(words_.cell(of_, shown[i], cells[i], row)));
      }
      body += "</tr>";
    }
    return chart() + folded(fmt::format("各行 <span class=\"small\">{} 行</span>", table_.rows), table_.rows,
                            table(head, body));
  }

  /// Bars of the last amount of each row, which is what a scope comes to; only of few rows.
  std::string chart() const {
    std::size_t at = of_.columns.size();
    for (std::size_t c = 0; c < of_.columns.size(); ++c)
      if (of_.columns[c].part == Part::result && adds_up(c)) at = c;
    if (at == of_.columns.size() || table_.rows < 2 || table_.rows > open_rows) return {};
    const ColumnCount &count = counts_[at];
    const log::Int128 most = std::max(count.greatest, -count.least);
    if (count.given == 0 || most <= 0) return {};
    const log::Cells cells = recorded_.file().read(t_, 0, at);
    std::string body;
    for (std::uint64_t row = 0; row < table_.rows; ++row)
      if (cells.is_given(row))
        body += fmt::format("<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td></tr>",
                            escaped(words_.key(t_, row)), bar(cells.values[row], most),
                            escaped(words_.cell(of_, at, cells, row)));
    return fmt::format("<table class=\"chart\"><thead><tr><th></th><th colspan=\"2\">{}</th></tr></thead>"
                       "<tbody>{}</tbody></table>",
                       escaped(words_.head(of_, at)), body);
  }

  std::string summed_up() const {
    std::string body;
    for (std::size_t c = 0; c < of_.columns.size(); ++c) {
      const int scale = of_.columns[c].info.scale;
      if (of_.columns[c].part != Part::result || of_.columns[c].info.kind != log::Kind::decimal) continue;
      const ColumnCount &count = counts_[c];
      const std::string none = "<td></td>";
      body += fmt::format("<tr><td>{}</td><td class=\"n\">{}</td>{}{}{}</tr>", escaped(words_.head(of_, c)),
                          with_commas(std::to_string(count.given)),
                          adds_up(c) && count.given ? amount(count.sum, scale) : none,
                          count.given ? amount(number::Integer(count.least), scale) : none,
                          count.given ? amount(number::Integer(count.greatest), scale) : none);
    }
    if (body.empty()) return {};
    return folded("合计", 1,
                  table("<th>量</th><th class=\"n\">有值的行</th><th class=\"n\">合计</th><th "
                        "class=\"n\">最小</th><th class=\"n\">最大</th>",
                        body));
  }

  const Recorded &recorded_;
  const ReportWords &words_;
  int t_;
  const Table &of_;
  const log::Table &table_;
  const std::vector<ColumnCount> &counts_;
};

} // namespace

std::string results_html(const Recorded &recorded, const ReportWords &words,
                         const std::vector<std::vector<ColumnCount>> &counts, std::size_t rows_a_table) {
  std::string out = "<h2 id=\"totals\">结果 <span class=\"small\">Results</span></h2>";
  for (std::size_t t = 0; t < recorded.tables().size(); ++t) {
    const Table &of = recorded.tables()[t];
    const std::uint64_t rows = recorded.file().contents().tables[t].rows;
    const bool results = std::any_of(of.columns.begin(), of.columns.end(),
                                     [](const Column &c) { return c.part == Part::result; });
    if (of.unused || !results || rows == 0) continue;
    out += fmt::format("<h3>{} <span class=\"small\">{} · {} 行</span></h3>",
                       escaped(of.scope == 0 ? "总体" : heading(recorded.program().scopes[of.scope].names)),
                       escaped(of.name), with_commas(std::to_string(rows)));
    out += Results(recorded, words, static_cast<int>(t), counts[t])(rows_a_table);
  }
  return out;
}

} // namespace steelyard::record
