// The files of a policy: policy.policy, its chapters, the CSV files in which rows of its tables stand, and
// the same of the policies that it amends, stands on or uses.
#include "compiler/semantics/amend.h"
#include "compiler/semantics/check_parsed.h"
#include "compiler/semantics/checker.h"
#include "compiler/semantics/load_policy.h"
#include "compiler/syntax/parse.h"
#include "runtime/number/calendar.h"
#include <algorithm>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

namespace steelyard::semantics {

namespace {

using Path = std::filesystem::path;

std::optional<std::string> read_file(const Path &place) {
  std::ifstream in(place, std::ios::binary);
  std::error_code error;
  if (!in || std::filesystem::is_directory(place, error)) return std::nullopt;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool is_table_file(const syntax::SourceFile &file) {
  return Path(file.name).extension() == ".csv";
}

/// What the line of a chapter cites holds for all of the chapter that cites nothing itself.
void rest_on(const syntax::Basis &basis, syntax::PolicyFile &chapter) {
  if (basis.articles.empty() && basis.assumptions.empty()) return;
  const auto add = [&basis](auto &declared) {
    if constexpr (requires { declared.basis; })
      if (declared.basis.articles.empty() && declared.basis.assumptions.empty()) declared.basis = basis;
  };
  for (syntax::Item &item : chapter.items) {
    std::visit(add, item);
    if (auto *scope = std::get_if<syntax::ScopeDecl>(&item))
      for (syntax::ScopeItem &inner : scope->items) std::visit(add, inner);
  }
}

/// Calls `act` for all that says on which articles something rests.
template<typename Act> void each_basis(syntax::Item &item, const Act &act) {
  const auto of = [&](auto &&self, auto &decl) -> void {
    if constexpr (requires { decl.basis; }) act(decl.basis);
    const auto all = [&](auto &list) {
      for (auto &one : list) self(self, one);
    };
    if constexpr (requires {
                    decl.inputs.front().type.optional;
                    decl.keys;
                  })
      all(decl.inputs);
    if constexpr (requires { decl.lines; }) all(decl.lines);
    if constexpr (requires { decl.excepts; }) all(decl.excepts);
    if constexpr (requires { decl.alternatives; }) all(decl.alternatives);
    if constexpr (requires { decl.clauses; }) all(decl.clauses);
    if constexpr (requires { decl.rows; }) all(decl.rows);
    if constexpr (requires { decl.items; })
      for (auto &one : decl.items) std::visit([&](auto &inner) { self(self, inner); }, one);
  };
  std::visit([&](auto &decl) { of(of, decl); }, item);
}

/// The files and trees of a policy while they are gathered. trees_[i] is that of files_[i]; that of a table's
/// file is empty.
class Loading {
public:
  /// `read` gives the text of a file, or nothing where there is none.
  Loading(std::function<std::optional<std::string>(const Path &)> read, bool remember)
      : read_(std::move(read)), remember_(remember) {}

  /// The policy whose policy.policy is `main`, with all that belongs to it; false when there is no such file.
  bool gather(Path main) {
    lines_.push_back({});
    if (!gather_line(std::move(main))) return false;
    for (std::size_t line = 0; line < lines_.size(); ++line) gather_uses(line);
    return true;
  }

  /// A file that no line names: tests put chapters together so.
  void take_chapter(syntax::SourceFile file) {
    if (find(Path(file.name).lexically_normal())) return;
    add(std::move(file), 0);
  }

  /// What was gathered, amendments put in their places, policies that are used before those that use them.
  Sources take() {
    read_tables();
    Lineage lineage{{policies_.begin() + 1, policies_.end()}, 0, {}, policy_of_file_, {}};
    lineage.policy_of_file.resize(files_.size());
    std::vector<std::vector<PolicyTrees>> lines(lines_.size());
    std::vector<std::pair<std::size_t, std::size_t>> place_of; // by policy: its line, and its place there
    for (std::size_t p = 0; p < policies_.size(); ++p) {
      const std::size_t line = line_of_[p];
      place_of.emplace_back(line, lines[line].size());
      lines[line].push_back({policies_[p], {}});
      lineage.used += line > 0 ? 1 : 0;
    }
    for (std::size_t i = 0; i < trees_.size(); ++i) {
      const auto [line, place] = place_of[static_cast<std::size_t>(policy_of_file_[i])];
      lines[line][place].files.push_back(std::move(trees_[i]));
    }
    // What does not parse has left out what the rest may speak of.
    std::vector<syntax::Diagnostic> follow_on;
    std::vector<syntax::Diagnostic> &wrong = diagnostics_.empty() ? diagnostics_ : follow_on;
    std::vector<syntax::PolicyFile> trees;
    for (std::size_t line = lines.size(); line-- > 0;) {
      std::vector<syntax::PolicyFile> whole = consolidate(std::move(lines[line]), wrong);
      if (line > 0) use(whole, static_cast<int>(line));
      std::move(whole.begin(), whole.end(), std::back_inserter(trees));
    }
    for (std::size_t line = 1; line < lines_.size(); ++line) lineage.uses.push_back(lines_[line].as);
    Sources out{std::move(files_), std::move(trees), std::move(lineage), policies_.front(), {}};
    out.diagnostics = std::move(diagnostics_);
    return out;
  }

  Sources failed(const Path &main, std::string message) {
    files_.push_back({main.string(), ""});
    report("P705", {0, 1, 1, 1, 1}, std::move(message));
    return {std::move(files_), {}, {}, {}, std::move(diagnostics_)};
  }

  /// The policy.policy of the text in force on `day`, and when the next one comes into force; nothing where
  /// it is the newest of all.
  std::optional<std::pair<Path, std::int64_t>> in_force(std::int64_t day) const {
    std::optional<std::pair<Path, std::int64_t>> out;
    for (std::size_t p = 0; p + 1 < policies_.size() && line_of_[p + 1] == 0; ++p) {
      const auto &from = policies_[p].from;
      if (!policies_[p].amends || !from) break;
      const auto begin = calendar::day_of(from->year, from->month, from->day);
      if (!begin || *begin <= day) break; // a day that there is not is reported when the policy is checked
      out = {mains_[p + 1], *begin};
    }
    return out;
  }

private:
  /// A policy with those that it amends or stands on: the first is the policy itself, the others are used.
  struct Line {
    syntax::Name as;      ///< what stands before its names; empty of the first
    std::size_t by = 0;   ///< the line that uses it
    std::set<Path> mains; ///< of its policies
  };

  /// The policy and those that it amends or stands on, as the last of lines_.
  bool gather_line(Path main) {
    while (true) {
      auto text = read_(main);
      if (!text) return false;
      std::set<Path> &seen = lines_.back().mains;
      seen.insert(main.lexically_normal());
      const std::size_t first = files_.size();
      mains_.push_back(main);
      line_of_.push_back(lines_.size() - 1);
      add({main.string(), std::move(*text)});
      read_chapters(first);
      const syntax::PolicyDecl *policy = policy_of(first);
      policies_.push_back(policy ? *policy : syntax::PolicyDecl{});
      if (!policy || policy->base.empty()) return true;
      const auto base = main_of(main.parent_path() / policy->base);
      if (!base) {
        report("P716", policy->span,
               fmt::format("there is no policy '{}'", (main.parent_path() / policy->base).string()),
               "the place of a policy's folder is told from the folder of this one");
        return true;
      }
      if (seen.count(base->lexically_normal()) > 0) {
        report("P716", policy->span,
               fmt::format("the policy '{}' leads back to itself", policy->name.ident.text));
        return true;
      }
      main = *base;
    }
  }

  /// The policies that the policies of a line use, each a line of its own.
  void gather_uses(std::size_t line) {
    for (std::size_t p = 0; p < policies_.size(); ++p) {
      if (line_of_[p] != line) continue;
      std::vector<syntax::UsesDecl> uses;
      for (std::size_t i = 0; i < trees_.size(); ++i)
        for (const syntax::Item &item : trees_[i].items)
          if (const auto *one = std::get_if<syntax::UsesDecl>(&item);
              one && policy_of_file_[i] == static_cast<int>(p))
            uses.push_back(*one);
      for (const syntax::UsesDecl &one : uses) gather_used(one, line, p);
    }
  }
  void gather_used(const syntax::UsesDecl &uses, std::size_t line, std::size_t policy) {
    const Path named = mains_[policy].parent_path() / uses.policy;
    const auto main = main_of(named);
    if (!main)
      return report("P716", uses.span, fmt::format("there is no policy '{}'", named.string()),
                    "the place of a policy's folder is told from the folder of this one");
    for (std::size_t by = line;; by = lines_[by].by) {
      if (lines_[by].mains.count(main->lexically_normal()) > 0)
        return report("P716", uses.span,
                      fmt::format("the policy '{}' leads back to itself", policies_[policy].name.ident.text));
      if (by == 0) break;
    }
    syntax::Name name = joined(lines_[line].as, uses.as);
    for (std::size_t other = 1; other < lines_.size(); ++other)
      if (const syntax::Name &as = lines_[other].as;
          as.ident.text == name.ident.text || (as.twin && name.twin && as.twin->text == name.twin->text))
        return report("P717", uses.as.ident.span,
                      fmt::format("two policies are used as '{}'", uses.as.ident.text),
                      "give each a name of its own");
    lines_.push_back({std::move(name), line, {}});
    gather_line(*main);
  }
  /// The name before names of a policy that is used by one that is used itself.
  static syntax::Name joined(const syntax::Name &outer, const syntax::Name &inner) {
    if (outer.ident.text.empty()) return inner;
    const auto ascii = [](const std::string &text) {
      return std::all_of(text.begin(), text.end(),
                         [](char c) { return static_cast<unsigned char>(c) < 128; });
    };
    const auto of = [&](const syntax::Name &name, bool wanted) {
      return ascii(name.ident.text) == wanted || !name.twin ? name.ident.text : name.twin->text;
    };
    syntax::Name out = inner;
    out.ident.text = of(outer, true) + "_" + of(inner, true);
    out.twin = inner.ident;
    const std::string before = of(outer, false);
    out.twin->text = before + (ascii(before) ? "_" : "") + of(inner, false);
    return out;
  }
  /// Makes whole trees those of used policy number `line`. Their articles are told apart from others by the
  /// name before them.
  void use(std::vector<syntax::PolicyFile> &trees, int line) const {
    const syntax::Name &as = lines_[static_cast<std::size_t>(line)].as;
    const bool plain = static_cast<unsigned char>(as.ident.text.front()) < 128 || !as.twin;
    const std::string before = (plain ? as.ident.text : as.twin->text) + "_";
    for (syntax::PolicyFile &file : trees) {
      file.use = line;
      std::erase_if(file.items, [](const syntax::Item &item) {
        return std::holds_alternative<syntax::PolicyDecl>(item);
      });
      for (syntax::Item &item : file.items) {
        if (auto *article = std::get_if<syntax::ArticleDecl>(&item)) article->id.insert(0, before);
        each_basis(item, [&](syntax::Basis &basis) {
          for (syntax::ArticleRef &ref : basis.articles) ref.article.insert(0, before);
        });
      }
    }
  }

  void report(const char *code, const Span &span, std::string message, std::string hint = {}) {
    diagnostics_.push_back({syntax::Severity::error, code, span, std::move(message), std::move(hint), {}});
  }
  void add(syntax::SourceFile file) { add(std::move(file), static_cast<int>(mains_.size()) - 1); }
  void add(syntax::SourceFile file, int policy) {
    files_.push_back(std::move(file));
    policy_of_file_.push_back(policy);
    const auto index = static_cast<std::uint32_t>(files_.size() - 1);
    if (is_table_file(files_.back()))
      trees_.emplace_back().of_table = true;
    else
      trees_.push_back(syntax::parse_policy(files_, index, diagnostics_, remember_));
    trees_.back().file = index;
  }
  std::optional<std::uint32_t> find(const Path &place) const {
    for (std::uint32_t i = 0; i < files_.size(); ++i)
      if (Path(files_[i].name).lexically_normal() == place) return i;
    return std::nullopt;
  }
  const syntax::PolicyDecl *policy_of(std::size_t first) const {
    for (std::size_t i = first; i < trees_.size(); ++i)
      for (const syntax::Item &item : trees_[i].items)
        if (const auto *policy = std::get_if<syntax::PolicyDecl>(&item)) return policy;
    return nullptr;
  }
  std::optional<Path> main_of(const Path &policy) const {
    for (const Path &place : {(policy / "policy.policy").lexically_normal(), policy.lexically_normal()})
      if (read_(place)) return place;
    return std::nullopt;
  }

  void read_chapters(std::size_t main) {
    std::vector<syntax::ChapterDecl> chapters;
    for (const syntax::Item &item : trees_[main].items)
      if (const auto *chapter = std::get_if<syntax::ChapterDecl>(&item)) chapters.push_back(*chapter);
    std::set<std::string> seen;
    for (const syntax::ChapterDecl &chapter : chapters) {
      if (!seen.insert(chapter.file).second) {
        report("P708", chapter.span, fmt::format("the chapter '{}' is named twice", chapter.file));
        continue;
      }
      const Path place = mains_.back().parent_path() / chapter.file;
      auto text = read_(place);
      if (!text) {
        report("P706", chapter.span, fmt::format("there is no file '{}'", place.string()),
               "the place of a chapter is told from the folder of policy.policy");
        continue;
      }
      add({place.string(), std::move(*text)});
      rest_on(chapter.basis, trees_.back());
      for (const syntax::Item &item : trees_.back().items)
        if (const auto *further = std::get_if<syntax::ChapterDecl>(&item))
          report("P709", further->span, "a chapter cannot name further chapters", "name it in policy.policy");
    }
  }

  void read_tables() {
    const std::size_t count = trees_.size();
    for (std::size_t t = 0; t < count; ++t)
      for (std::size_t i = 0; i < trees_[t].items.size(); ++i) // reading a file moves trees_
        if (auto *table = std::get_if<syntax::TableDecl>(&trees_[t].items[i]); table && table->rows_from)
          read_table(t, i, *table->rows_from);
  }
  void read_table(std::size_t tree, std::size_t item, const syntax::RowsFromDecl &rows) {
    const int policy = policy_of_file_[tree];
    const Path place =
        (mains_[static_cast<std::size_t>(policy)].parent_path() / rows.file).lexically_normal();
    if (place.extension() != ".csv")
      return report("P711", rows.span, fmt::format("'{}' is no CSV file by its name", rows.file),
                    "the rows of a table stand in a file NAME.csv");
    std::optional<std::uint32_t> file = find(place);
    if (!file) {
      auto text = read_(place);
      if (!text)
        return report("P711", rows.span, fmt::format("there is no file '{}'", place.string()),
                      "the files of tables stand beside policy.policy, or in a folder there");
      add({place.string(), std::move(*text)}, policy);
      file = static_cast<std::uint32_t>(files_.size() - 1);
    }
    syntax::read_table_file(std::get<syntax::TableDecl>(trees_[tree].items[item]), files_, *file,
                            diagnostics_);
  }

  std::function<std::optional<std::string>(const Path &)> read_;
  bool remember_; ///< as for load_policy
  /// Of the policy itself, those that it amends or stands on, and those of each policy that is used.
  std::vector<Path> mains_;
  std::vector<syntax::PolicyDecl> policies_; ///< of the same
  std::vector<std::size_t> line_of_;         ///< of the same: into lines_
  std::vector<Line> lines_;
  syntax::SourceFiles files_;
  std::vector<int> policy_of_file_; ///< into mains_
  std::vector<syntax::PolicyFile> trees_;
  std::vector<syntax::Diagnostic> diagnostics_;
};

} // namespace

Sources read_sources(const std::filesystem::path &path, std::optional<std::int64_t> at, bool remember) {
  std::error_code error;
  const bool folder = std::filesystem::is_directory(path, error);
  const Path main = folder ? path / "policy.policy" : path;
  Loading loading(read_file, remember);
  if (!loading.gather(main))
    return loading.failed(main,
                          folder ? "the folder has no file policy.policy" : "there is no such policy file");
  if (const auto earlier = at ? loading.in_force(*at) : std::nullopt) {
    Loading again(read_file, remember);
    again.gather(earlier->first);
    Sources out = again.take();
    out.lineage.superseded = earlier->second;
    return out;
  }
  return loading.take();
}

LoadResult check_sources(Sources sources, bool remember) {
  return load_parsed(std::move(sources.files), sources.trees, std::move(sources.diagnostics), remember,
                     sources.lineage);
}

LoadResult load_text(syntax::SourceFiles files, bool remember) {
  Loading loading(
      [&files](const Path &place) -> std::optional<std::string> {
        for (const syntax::SourceFile &file : files)
          if (Path(file.name).lexically_normal() == place.lexically_normal()) return file.text;
        return std::nullopt;
      },
      remember);
  loading.gather(files.front().name);
  for (const syntax::SourceFile &file : files) loading.take_chapter(file);
  return check_sources(loading.take(), remember);
}

LoadResult load_policy(const std::filesystem::path &path, bool remember, std::optional<std::int64_t> at) {
  return check_sources(read_sources(path, at, remember), remember);
}

} // namespace steelyard::semantics
