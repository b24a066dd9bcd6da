// See report.h. Everything is taken from the record; nothing of it is known here but that scopes have rows,
// rows have values, and some values are choices.
#include "compiler/record/report.h"
#include "compiler/explain/derive.h"
#include "compiler/explain/text.h"
#include "compiler/record/partial_run.h"
#include "compiler/record/report_counts.h"
#include "compiler/record/report_page.h"
#include "compiler/record/report_results.h"
#include "compiler/semantics/bases.h"
#include "runtime/json/json.h"
#include <algorithm>
#include <fmt/core.h>
#include <set>

namespace steelyard::record {

namespace {

using semantics::Program;

class Report {
public:
  Report(const Recorded &recorded, const ReportOptions &options)
      : recorded_(recorded), options_(options), program_(recorded.program()), given_(given_of(program_)),
        rows_(recorded.file()), words_(recorded, given_, options.run) {
    for (std::size_t t = 0; t < recorded.tables().size(); ++t)
      counts_.push_back(recorded.tables()[t].unused
                            ? std::vector<ColumnCount>()
                            : count_columns(recorded, static_cast<int>(t), kept_rows));
  }

  std::string operator()() {
    std::string body = overview() + facts() + checks() +
                       results_html(recorded_, words_, counts_, options_.rows_a_table) + fired() +
                       assumptions();
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

  /// What a reader wants to know first, in a row of tiles.
  std::string overview() const {
    std::uint64_t inputs = 0, failed = 0;
    for (std::size_t t = 0; t < recorded_.tables().size(); ++t) {
      if (program_.scopes[recorded_.tables()[t].scope].table >= 0) inputs += table(t).rows;
      for (std::size_t c = 0; c < recorded_.tables()[t].columns.size(); ++c)
        if (recorded_.tables()[t].columns[c].part == Part::check) failed += counts_[t][c].taken[0].rows;
    }
    std::string out = "<div class=\"tiles\">";
    const auto tile = [&](const char *name, std::uint64_t number, const char *to, bool bad) {
      out += fmt::format("<a href=\"#{}\"><b{}>{}</b><span>{}</span></a>", to, bad ? " class=\"bad\"" : "",
                         with_commas(std::to_string(number)), name);
    };
    tile("数据行", inputs, "totals", false);
    tile("处核对不符", failed, "checks", failed > 0);
    tile("项参数由外部设定", recorded_.facts().parameters.size(), "facts",
         !recorded_.facts().parameters.empty());
    tile("项假定", semantics::Bases(program_).assumptions.size(), "assumptions", false);
    return out + "</div>";
  }

  /// "2026-01-31T12:00:00Z" for readers.
  static std::string readable(std::string time) {
    if (const std::size_t at = time.find('T'); at != std::string::npos) time[at] = ' ';
    if (time.ends_with('Z')) time.replace(time.size() - 1, 1, " UTC");
    return time;
  }

  std::string facts() const {
    const auto json = Json::parse(recorded_.file().contents().facts);
    std::string out = "<h2 id=\"facts\">运行 <span class=\"small\">Run</span></h2><div class=\"card\"><dl>";
    const auto item = [&](const std::string &name, const std::string &value) {
      if (!value.empty()) out += fmt::format("<dt>{}</dt><dd>{}</dd>", name, escaped(value));
    };
    item("政策 Policy", program_.names.canonical());
    item("结算期 Period", recorded_.facts().period);
    item("时间 Made at", readable(recorded_.facts().created));
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
    const bool decides = std::holds_alternative<semantics::Decide>(definition.body);
    std::string out;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Taken &taken = counts_[t][c].taken[i];
      const semantics::Basis &basis = all[i]->basis.articles.empty() ? field.basis : all[i]->basis;
      const std::string articles = words_.articles(basis);
      const std::string name = all[i]->names.ident.empty() ? std::string() : heading(all[i]->names);
      const std::uint64_t permille = table(t).rows == 0 ? 0 : taken.rows * 1000 / table(t).rows;
      out += fmt::format("<tr><td>{}</td><td class=\"w\">{}{}</td><td>{}</td><td class=\"n\">{}</td><td><div "
                         "class=\"track\"><span class=\"bar\" "
                         "style=\"width:{}.{}%\"></span></div></td><td class=\"w\">{}</td></tr>",
                         escaped(field.names.chinese()), escaped(name) + formula_of(*all[i], decides),
                         all[i]->basis.assumptions.empty() ? "" : "<span class=\"tag\">假定</span>",
                         escaped(articles), taken.rows, permille / 10, permille % 10,
                         links(t, taken, options_.derivations_a_rule));
    }
    return out;
  }

  /// What the rule says: "= 标准点数, 当 病例类型 属于 (正常, 高倍率)".
  std::string formula_of(const semantics::Alternative &rule, bool decides) {
    std::string out;
    if (!decides) out = rule.value ? "= " + words_.formula(*rule.value) : "= 无";
    if (rule.condition)
      out += (out.empty() ? "当 " : ", 当 ") + words_.formula(*rule.condition);
    else if (decides)
      out = "其他";
    return (rule.names.ident.empty() ? "" : "<br>") + ("<span class=\"small\">" + escaped(out) + "</span>");
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
  /// Links to the derivations of rows, where a row can be derived without all the others; else just their
  /// keys.
  std::string links(int t, const Taken &taken, std::size_t most) {
    const Table &of = recorded_.tables()[t];
    const bool derived = !needs_all_rows(of.scope) || few_rows();
    std::string out;
    for (std::size_t i = 0; i < taken.first.size() && i < most; ++i) {
      const std::string key = words_.key(t, taken.first[i]);
      if (!out.empty()) out += " · ";
      if (derived) {
        linked_.insert({t, taken.first[i]});
        out += fmt::format("<a class=\"row\" href=\"#{0}\">{1}</a>", anchor(t, taken.first[i]), escaped(key));
      } else {
        out += escaped(key);
      }
    }
    if (taken.rows > most && !out.empty()) out += " …";
    return out;
  }

  bool needs_all_rows(int scope) const { return given_.scope_over_rows[scope] || given_.reads_let_over_rows; }
  /// All of them are loaded where a derivation needs them.
  bool few_rows() const {
    std::uint64_t rows = 0;
    for (std::size_t t = 0; t < recorded_.tables().size(); ++t) rows += table(t).rows;
    return rows <= options_.most_rows_loaded;
  }

  /// The text of one row's derivation.
  std::string derivation(const Place &place) {
    const explain::TextOptions text{explain::Language::zh, "steelyard explain " + options_.file};
    const int scope = recorded_.tables()[place.table].scope;
    if (!needs_all_rows(scope)) {
      PartialRun partial(program_, recorded_.tables(), rows_, given_, options_.run);
      partial.add(place);
      explain::Derivation out;
      partial.settle([&](interpret::Run &run) {
        out = explain::Deriver(run, partial.derive_options()).derive(partial.row_of(place));
      });
      return explain::to_text(partial.run(), out, text);
    }
    if (!whole_) {
      dataset_ = recorded_.dataset();
      whole_ = std::make_unique<interpret::Run>(program_, dataset_, options_.run);
    }
    explain::DeriveOptions derive;
    derive.day = options_.run.day;
    for (const auto &[index, value] : options_.run.parameters) derive.parameters_set.push_back(index);
    const int row = whole_->ordered_rows(scope).at(place.row);
    return explain::to_text(*whole_, explain::Deriver(*whole_, derive).derive({scope, row}), text);
  }

  static std::string anchor(int t, std::uint64_t row) { return fmt::format("d{}-{}", t, row); }

  std::string derivations() {
    std::string out = fmt::format("<h2 id=\"derivations\">推导 <span class=\"small\">Derivations · {} 行; "
                                  "其他行: steelyard explain {} 行</span></h2>",
                                  linked_.size(), escaped(options_.file));
    for (const Place &place : linked_) {
      const std::string text = derivation(place);
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
  ReportWords words_;
  std::vector<std::vector<ColumnCount>> counts_; ///< by table, by column
  std::set<Place> linked_;
  data::Dataset dataset_;
  std::unique_ptr<interpret::Run> whole_; ///< over `dataset_`; null until it is needed
};

} // namespace

std::string report_html(const Recorded &recorded, const ReportOptions &options) {
  return Report(recorded, options)();
}

} // namespace steelyard::record
