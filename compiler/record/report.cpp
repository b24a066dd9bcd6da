// See report.h. Everything is taken from the record; nothing of it is known here but that scopes have rows,
// rows have values, and some values are choices.
#include "compiler/record/report.h"
#include "compiler/explain/derive.h"
#include "compiler/explain/text.h"
#include "compiler/record/partial_run.h"
#include "compiler/record/report_counts.h"
#include "compiler/record/report_page.h"
#include "compiler/semantics/bases.h"
#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <set>

namespace steelyard::record {

namespace {

using semantics::Program;

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

class Report {
public:
  Report(const Recorded &recorded, const ReportOptions &options)
      : recorded_(recorded), options_(options), program_(recorded.program()), given_(given_of(program_)),
        rows_(recorded.file()) {
    for (std::size_t t = 0; t < recorded.tables().size(); ++t)
      counts_.push_back(recorded.tables()[t].unused
                            ? std::vector<ColumnCount>()
                            : count_columns(recorded, static_cast<int>(t), kept_rows));
  }

  std::string operator()() {
    std::string body = facts() + checks() + totals() + fired() + assumptions();
    body += derivations(); // last: the links above have said which
    const std::string title =
        program_.names.label.empty() ? program_.names.canonical() : program_.names.label;
    return fmt::format(
        "<!doctype html>\n<html lang=\"zh\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width\"><title>{0}</title><style>{1}</style></"
        "head><body><header><div><h1>{0}</h1>"
        "<p>{2}</p><p class=\"small\">{3}</p></div></header><main><nav><a href=\"#facts\">运行 Run</a><a "
        "href=\"#checks\">核对 Checks</a><a href=\"#totals\">结果 Results</a><a href=\"#rules\">规则 "
        "Rules</a><a "
        "href=\"#assumptions\">假定 Assumptions</a><a href=\"#derivations\">推导 "
        "Derivations</a></nav>{4}</main><script>{5}"
        "</script></body></html>\n",
        escaped(title), page_style, escaped(program_.authority), escaped(options_.file), body, page_script);
  }

private:
  static constexpr std::size_t kept_rows = 8;

  const log::Table &table(std::size_t t) const { return recorded_.file().contents().tables[t]; }

  std::string facts() const {
    const auto json = nlohmann::json::parse(recorded_.file().contents().facts);
    std::string out = "<h2 id=\"facts\">运行 <span class=\"small\">Run</span></h2><div class=\"card\"><dl>";
    const auto item = [&](const std::string &name, const std::string &value) {
      if (!value.empty()) out += fmt::format("<dt>{}</dt><dd>{}</dd>", name, escaped(value));
    };
    item("政策 Policy", program_.names.canonical());
    item("结算期 Period", recorded_.facts().period);
    item("时间 Made at", recorded_.facts().created);
    item("程序 Program", "steelyard " + recorded_.facts().version + ", " + recorded_.facts().engine);
    item("清单哈希 Manifest", log::to_hex(recorded_.file().trailer().manifest));
    const auto &signature = recorded_.file().trailer().signature;
    item("签名 Signature", signature ? log::to_hex({reinterpret_cast<const char *>(signature->key.data()),
                                                    signature->key.size()})
                                     : "无 none");
    out += "</dl></div>";
    if (json.at("parameters").empty()) return out;
    out += "<h3>参数 <span class=\"small\">Parameters</span></h3><div "
           "class=\"card\"><table><thead><tr><th>参数</th><th "
           "class=\"n\">值</th><th>来源</th></tr></thead><tbody>";
    for (std::size_t p = 0; p < program_.parameters.size() && p < json.at("parameters").size(); ++p) {
      const auto &one = json.at("parameters")[p];
      const bool outside = one.at("origin") != "policy";
      out += fmt::format("<tr><td>{}</td><td class=\"n\">{}</td><td>{}</td></tr>",
                         escaped(heading(program_.parameters[p].names)),
                         escaped(one.at("value").get<std::string>()),
                         outside ? "<span class=\"bad\">外部设定 set from outside</span>" : "政策 policy");
    }
    return out + "</tbody></table></div>";
  }

  std::string checks() {
    std::string rows;
    for (std::size_t t = 0; t < recorded_.tables().size(); ++t)
      for (std::size_t c = 0; c < recorded_.tables()[t].columns.size(); ++c) {
        const Column &column = recorded_.tables()[t].columns[c];
        if (column.part != Part::check) continue;
        const Taken &failed = counts_[t][c].taken[0];
        const semantics::Check &check = program_.checks[column.check];
        rows += fmt::format("<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n {}\">{}</td><td "
                            "class=\"w\">{}</td></tr>",
                            escaped(program_.scopes[check.scope].names.chinese()),
                            escaped(heading(check.names)), table(t).rows, failed.rows == 0 ? "good" : "bad",
                            failed.rows, links(static_cast<int>(t), failed, kept_rows));
      }
    if (rows.empty()) rows = "<tr><td>政策没有核对项 the policy has no checks</td></tr>";
    return "<h2 id=\"checks\">核对 <span class=\"small\">Checks</span></h2><div class=\"card\"><table "
           "class=\"sorts\"><thead><tr><th>对象</th><th>核对</th><th class=\"n\">行数</th><th "
           "class=\"n\">不符</th><th>例如</th></tr></thead><tbody>" +
           rows + "</tbody></table></div>";
  }

  // ---------- results ----------
  std::string totals() {
    std::string out = "<h2 id=\"totals\">结果 <span class=\"small\">Results</span></h2>";
    for (std::size_t t = 0; t < recorded_.tables().size(); ++t) {
      const Table &of = recorded_.tables()[t];
      const bool results = std::any_of(of.columns.begin(), of.columns.end(),
                                       [](const Column &c) { return c.part == Part::result; });
      if (of.unused || !results || table(t).rows == 0) continue;
      out += fmt::format("<h3>{} <span class=\"small\">{} · {} 行</span></h3>",
                         escaped(heading(program_.scopes[of.scope].names)), escaped(of.name), table(t).rows);
      out += table(t).rows <= options_.rows_a_table ? whole_table(static_cast<int>(t))
                                                    : summed_up(static_cast<int>(t));
    }
    return out;
  }

  bool is_shown(const Column &column) const {
    return column.part == Part::key || column.part == Part::result;
  }

  std::string whole_table(int t) {
    const Table &of = recorded_.tables()[t];
    std::string head, body;
    std::vector<std::size_t> shown;
    for (std::size_t c = 0; c < of.columns.size(); ++c)
      if (is_shown(of.columns[c])) shown.push_back(c);
    for (const std::size_t c : shown)
      head += fmt::format("<th{}>{}</th>", number_class(of.columns[c].info),
                          escaped(program_.scopes[of.scope].fields[of.columns[c].field].names.chinese()));
    std::vector<log::Cells> cells;
    for (const std::size_t c : shown) cells.push_back(recorded_.file().read(t, 0, c));
    for (std::uint64_t row = 0; row < table(t).rows; ++row) {
      body += "<tr>";
      for (std::size_t i = 0; i < shown.size(); ++i) {
        const log::ColumnInfo &info = of.columns[shown[i]].info;
        const bool minus =
            info.kind == log::Kind::decimal && cells[i].is_given(row) && cells[i].values[row] < 0;
        body += fmt::format("<td{}>{}</td>", minus ? " class=\"n bad\"" : number_class(info),
                            escaped(text_of(of, shown[i], cells[i], row)));
      }
      body += "</tr>";
    }
    return fmt::format("<div class=\"card\">{}<table "
                       "class=\"sorts\"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>",
                       chart(t), head, body);
  }

  /// Bars of the last number of each row, which is what a scope comes to; only of few rows.
  std::string chart(int t) const {
    const Table &of = recorded_.tables()[t];
    std::size_t at = of.columns.size();
    for (std::size_t c = 0; c < of.columns.size(); ++c)
      if (of.columns[c].part == Part::result && of.columns[c].info.kind == log::Kind::decimal) at = c;
    const ColumnCount *count = at < of.columns.size() ? &counts_[t][at] : nullptr;
    if (count == nullptr || table(t).rows < 2 || table(t).rows > 31 || count->given == 0) return {};
    const log::Int128 most = std::max(count->greatest, -count->least);
    if (most <= 0) return {};
    const log::Cells cells = recorded_.file().read(t, 0, at);
    std::string out =
        fmt::format("<table><thead><tr><th></th><th>{}</th><th></th></tr></thead><tbody>",
                    escaped(program_.scopes[of.scope].fields[of.columns[at].field].names.chinese()));
    for (std::uint64_t row = 0; row < table(t).rows; ++row) {
      if (!cells.is_given(row)) continue;
      const log::Int128 value = cells.values[row];
      const auto permille = static_cast<int>((value < 0 ? -value : value) * 1000 / most);
      out += fmt::format("<tr><td>{}</td><td><div class=\"track\"><span class=\"bar{}\" "
                         "style=\"width:{}.{}%\"></span></div></td><td class=\"n\">{}</td></tr>",
                         escaped(key_of(of, t, row)), value < 0 ? " minus" : "", permille / 10, permille % 10,
                         escaped(recorded_.cell_text(of.columns[at].info, cells, row)));
    }
    return out + "</tbody></table><br>";
  }

  std::string summed_up(int t) const {
    const Table &of = recorded_.tables()[t];
    std::string body;
    for (std::size_t c = 0; c < of.columns.size(); ++c) {
      const log::ColumnInfo &info = of.columns[c].info;
      if (of.columns[c].part != Part::result || info.kind != log::Kind::decimal) continue;
      const ColumnCount &count = counts_[t][c];
      const auto text = [&](const number::Integer &units) {
        return number::to_text(number::Decimal{units, info.scale});
      };
      body += fmt::format("<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td "
                          "class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                          escaped(program_.scopes[of.scope].fields[of.columns[c].field].names.chinese()),
                          count.given, count.given ? text(count.sum) : "",
                          count.given ? text(number::Integer(count.least)) : "",
                          count.given ? text(number::Integer(count.greatest)) : "");
    }
    return "<div class=\"card\"><table class=\"sorts\"><thead><tr><th>量</th><th "
           "class=\"n\">有值的行</th><th class=\"n\">合计</th><th class=\"n\">最小</th><th "
           "class=\"n\">最大</th></tr></thead><tbody>" +
           body + "</tbody></table></div>";
  }

  // ---------- rules ----------
  std::string fired() {
    std::string out = "<h2 id=\"rules\">规则 <span class=\"small\">Which rules fired, how often</span></h2>";
    for (std::size_t t = 0; t < recorded_.tables().size(); ++t) {
      std::string body;
      for (std::size_t c = 0; c < recorded_.tables()[t].columns.size(); ++c)
        if (recorded_.tables()[t].columns[c].part == Part::choice)
          body += alternatives(static_cast<int>(t), c);
      if (body.empty()) continue;
      out += fmt::format(
          "<h3>{}</h3><div class=\"card\"><table "
          "class=\"sorts\"><thead><tr><th>结果</th><th>取用的规定</th><th>依据</th><th "
          "class=\"n\">行数</th><th></th><th>例如</th></tr></thead><tbody>{}</tbody></table></div>",
          escaped(heading(program_.scopes[recorded_.tables()[t].scope].names)), body);
    }
    return out;
  }

  std::string alternatives(int t, std::size_t c) {
    const Column &column = recorded_.tables()[t].columns[c];
    const semantics::Definition &definition = program_.definitions[column.definition];
    const semantics::Field &field = program_.field_of(definition);
    std::vector<const semantics::Alternative *> all;
    if (const auto *decide = std::get_if<semantics::Decide>(&definition.body)) {
      for (const semantics::Alternative &one : decide->alternatives) all.push_back(&one);
    } else {
      const auto &formula = std::get<semantics::Formula>(definition.body);
      for (const semantics::Alternative &one : formula.lines) all.push_back(&one);
      for (const semantics::Alternative &one : formula.excepts) all.push_back(&one);
    }
    std::string out;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Taken &taken = counts_[t][c].taken[i];
      const semantics::Basis &basis = all[i]->basis.articles.empty() ? field.basis : all[i]->basis;
      std::string articles;
      for (const syntax::ArticleRef &article : basis.articles) {
        articles += (articles.empty() ? "" : ", ") + article.article;
        for (const std::string &clause : article.clauses) articles += "(" + clause + ")";
      }
      const std::string name = all[i]->names.ident.empty() ? column.info.members[i] : heading(all[i]->names);
      const std::uint64_t permille = table(t).rows == 0 ? 0 : taken.rows * 1000 / table(t).rows;
      out += fmt::format("<tr><td>{}</td><td>{}{}</td><td>{}</td><td class=\"n\">{}</td><td><div "
                         "class=\"track\"><span class=\"bar\" "
                         "style=\"width:{}.{}%\"></span></div></td><td class=\"w\">{}</td></tr>",
                         escaped(field.names.chinese()), escaped(name),
                         all[i]->basis.assumptions.empty() ? "" : "<span class=\"tag\">假定</span>",
                         escaped(articles), taken.rows, permille / 10, permille % 10,
                         links(t, taken, options_.derivations_a_rule));
    }
    return out;
  }

  std::string assumptions() const {
    const semantics::Bases bases(program_);
    std::string body;
    for (const semantics::Assumption &one : bases.assumptions)
      body +=
          fmt::format("<tr><td>{}</td><td class=\"w\">{}</td></tr>", escaped(one.what), escaped(one.reason));
    if (body.empty()) return "<h2 id=\"assumptions\">假定</h2><div class=\"card\">没有 none</div>";
    return "<h2 id=\"assumptions\">假定 <span class=\"small\">Assumptions in force</span></h2><div "
           "class=\"card\"><table><tbody>" +
           body + "</tbody></table></div>";
  }

  // ---------- derivations ----------
  std::string key_of(const Table &of, int t, std::uint64_t row) const {
    std::string out;
    const std::vector<log::Cells> cells = recorded_.file().row(t, row);
    for (std::size_t c = 0; c < of.columns.size() && of.columns[c].part == Part::key; ++c)
      out += (c == 0 ? "" : ", ") + text_of(of, c, cells[c], 0);
    return out;
  }

  /// A cell for readers: members by their Chinese names.
  std::string text_of(const Table &of, std::size_t c, const log::Cells &cells, std::uint64_t row) const {
    const Column &column = of.columns[c];
    if (column.info.kind == log::Kind::member && column.field >= 0 && cells.is_given(row)) {
      const semantics::Type &type = program_.scopes[of.scope].fields[column.field].type;
      if (type.kind == semantics::TypeKind::member)
        return program_.enums[type.domain].members[static_cast<std::size_t>(cells.values[row])].chinese();
    }
    if (column.info.kind == log::Kind::boolean && cells.is_given(row))
      return cells.values[row] != 0 ? "是" : "否";
    return recorded_.cell_text(column.info, cells, row);
  }

  static const char *number_class(const log::ColumnInfo &info) {
    return info.kind == log::Kind::decimal ? " class=\"n\"" : "";
  }

  /// Links to the derivations of rows, where a row can be derived without all the others; else just their
  /// keys.
  std::string links(int t, const Taken &taken, std::size_t most) {
    const Table &of = recorded_.tables()[t];
    const bool alone = !given_.scope_over_rows[of.scope] && !given_.reads_let_over_rows;
    std::string out;
    for (std::size_t i = 0; i < taken.first.size() && i < most; ++i) {
      const std::string key = key_of(of, t, taken.first[i]);
      if (!out.empty()) out += " · ";
      if (alone) {
        linked_.insert({t, taken.first[i]});
        out += fmt::format("<a class=\"row\" href=\"#{0}\">{1}</a>", anchor(t, taken.first[i]), escaped(key));
      } else {
        out += escaped(key);
      }
    }
    if (taken.rows > most && !out.empty()) out += " …";
    return out;
  }

  static std::string anchor(int t, std::uint64_t row) { return fmt::format("d{}-{}", t, row); }

  std::string derivations() {
    std::string out = fmt::format("<h2 id=\"derivations\">推导 <span class=\"small\">Derivations · {} 行; "
                                  "其他行: steelyard explain {} 行</span></h2>",
                                  linked_.size(), escaped(options_.file));
    for (const Place &place : linked_) {
      PartialRun partial(program_, recorded_.tables(), rows_, given_, options_.run);
      partial.add(place);
      explain::Derivation derivation;
      partial.settle([&](interpret::Run &run) {
        derivation = explain::Deriver(run, partial.derive_options()).derive(partial.row_of(place));
      });
      const std::string text = explain::to_text(
          partial.run(), derivation, {explain::Language::zh, "steelyard explain " + options_.file});
      out += fmt::format("<details id=\"{}\"><summary>{}</summary><pre>{}</pre></details>",
                         anchor(place.table, place.row), escaped(text.substr(0, text.find('\n'))),
                         escaped(text));
    }
    return out;
  }

  const Recorded &recorded_;
  const ReportOptions &options_;
  const Program &program_;
  Given given_;
  FileRows rows_;
  std::vector<std::vector<ColumnCount>> counts_; ///< by table, by column
  std::set<Place> linked_;
};

} // namespace

std::string report_html(const Recorded &recorded, const ReportOptions &options) {
  return Report(recorded, options)();
}

} // namespace steelyard::record
