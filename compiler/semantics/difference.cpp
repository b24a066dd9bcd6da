#include "compiler/semantics/difference.h"
#include "compiler/syntax/parse.h"
#include <algorithm>
#include <filesystem>
#include <fmt/core.h>
#include <map>
#include <set>
#include <sstream>

namespace steelyard::semantics {

namespace {

using namespace syntax;

std::string words_of(const Name &name) {
  return name.twin ? fmt::format("{} ({})", name.ident.text, name.twin->text) : name.ident.text;
}

/// Lines of the files, to cut declarations out of them.
class Lines {
public:
  explicit Lines(const SourceFiles &files) {
    for (const SourceFile &file : files) {
      std::istringstream in(file.text);
      auto &lines = lines_.emplace_back();
      for (std::string line; std::getline(in, line);) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        lines.push_back(std::move(line));
      }
    }
  }
  /// The lines of a span without their common indentation; what stands before it on its first line is left
  /// out.
  std::vector<std::string> cut(const Span &span) const {
    const auto &all = lines_[span.file];
    std::vector<std::string> out;
    const std::size_t first = bytes(all[span.line - 1], span.column - 1);
    const std::size_t indent = all[span.line - 1].find_first_not_of(' ');
    out.push_back(all[span.line - 1].substr(first));
    for (std::uint32_t line = span.line + 1; line <= span.end_line && line <= all.size(); ++line) {
      const std::string &text = all[line - 1];
      const std::size_t blanks = std::min(text.find_first_not_of(' '), text.size());
      out.push_back(text.substr(std::min(blanks, indent)));
    }
    // Behind the end of the span there may be a comment; it stays.
    return out;
  }
  /// The comments on the lines above it.
  std::vector<std::string> comments_above(const Span &span) const {
    std::vector<std::string> out;
    for (std::uint32_t line = span.line - 1; line > 0; --line) {
      const std::string &text = lines_[span.file][line - 1];
      const std::size_t at = text.find_first_not_of(' ');
      if (at == std::string::npos || text[at] != '#') break;
      out.insert(out.begin(), text.substr(at));
    }
    return out;
  }

private:
  static std::size_t bytes(const std::string &line, std::size_t points) {
    std::size_t at = 0;
    for (; points > 0 && at < line.size(); --points) do
        ++at;
      while (at < line.size() && (static_cast<unsigned char>(line[at]) & 0xC0) == 0x80);
    return at;
  }
  std::vector<std::vector<std::string>> lines_;
};

std::string articles_of(const Basis &basis) {
  std::string out;
  for (const ArticleRef &ref : basis.articles) {
    out += (out.empty() ? "" : ", ") + ref.article;
    for (const std::string &clause : ref.clauses) out += " (" + clause + ")";
  }
  return out;
}

/// One declaration of a version.
struct Entry {
  std::string scope; ///< "病例", "" of the policy itself
  std::string name;  ///< ident and twin, by which it is found again
  std::set<std::string> spellings;
  std::string said; ///< what it says
  std::vector<std::string> lines;
  std::string keyword, articles, place;
};

class Listing {
public:
  explicit Listing(const Sources &sources) : sources_(sources), lines_(sources.files) {
    for (const PolicyFile &file : sources.trees)
      if (file.use == 0)
        for (const Item &item : file.items) std::visit([&](const auto &decl) { add(decl, item); }, item);
  }
  std::vector<Entry> entries;

private:
  void add(const ChapterDecl &, const Item &) {}
  void add(const UsesDecl &decl, const Item &item) {
    make("", words_of(decl.as), {"uses"}, print_tree(item), decl.span);
  }
  void add(const TestDecl &, const Item &) {}
  void add(const PolicyDecl &decl, const Item &item) {
    make("", words_of(decl.name), {"policy line"}, print_tree(item), decl.span);
  }
  void add(const ArticleDecl &decl, const Item &item) {
    make("", decl.id, {"article " + decl.id}, print_tree(item), decl.span);
  }
  void add(const ScopeDecl &decl, const Item &) {
    std::string scope;
    for (const Ident &key : decl.keys) scope += (scope.empty() ? "" : ", ") + key.text;
    for (const ScopeItem &item : decl.items)
      std::visit(
          [&](const auto &one) {
            if constexpr (requires { one.name; }) {
              Entry &entry = make(scope, words_of(one.name), spellings(one.name), print_tree(item), one.span);
              if constexpr (requires { one.basis; }) entry.articles = articles_of(one.basis);
              if constexpr (std::is_same_v<std::decay_t<decltype(one)>, DefineDecl>) add_excepts(entry, one);
            } else {
              make(scope, "", {"rows"}, print_tree(item), one.span);
            }
          },
          item);
  }
  template<typename Decl> void add(const Decl &decl, const Item &item) {
    Entry &entry = make("", words_of(decl.name), spellings(decl.name), print_tree(item), decl.span);
    if constexpr (requires { decl.basis; }) entry.articles = articles_of(decl.basis);
    if constexpr (std::is_same_v<Decl, TableDecl>)
      if (decl.rows_from) // its rows stand in a file of their own
        for (const TableRow &row : decl.rows) append(entry, row.span);
    if constexpr (std::is_same_v<Decl, EntityDecl>) {
      // Its keys and inputs stand on the lines below its own.
      for (const auto &key : decl.keys) append(entry, key.span);
      if (decl.rows_from) append(entry, decl.rows_from->span);
      for (const auto &input : decl.inputs) append(entry, input.span);
    }
  }
  void append(Entry &entry, const Span &span) {
    for (const std::string &line : lines_.cut(span)) entry.lines.push_back("  " + line);
  }
  /// Exceptions that an amendment added stand elsewhere.
  void add_excepts(Entry &entry, const DefineDecl &define) {
    for (const ExceptDecl &except : define.excepts)
      if (except.span.file != define.span.file || except.span.line < define.span.line ||
          except.span.end_line > define.span.end_line) {
        append(entry, except.span);
        if (const std::string more = articles_of(except.basis); !more.empty())
          entry.articles += (entry.articles.empty() ? "" : ", ") + more;
      }
  }
  static std::set<std::string> spellings(const Name &name) {
    std::set<std::string> out{name.ident.text};
    if (name.twin) out.insert(name.twin->text);
    return out;
  }
  Entry &make(std::string scope, std::string name, std::set<std::string> spelt, std::string said,
              const Span &span) {
    Entry entry;
    entry.scope = std::move(scope);
    entry.name = std::move(name);
    entry.spellings = std::move(spelt);
    entry.said = std::move(said);
    entry.lines = lines_.cut(span);
    entry.keyword = entry.lines.front().substr(0, entry.lines.front().find(' '));
    entry.place = fmt::format("{}:{}", sources_.files[span.file].name, span.line);
    entries.push_back(std::move(entry));
    return entries.back();
  }

  const Sources &sources_;
  Lines lines_;
};

bool same_thing(const Entry &a, const Entry &b, const std::map<std::string, std::string> &scopes) {
  const auto scope = [&](const std::string &name) {
    const auto known = scopes.find(name);
    return known == scopes.end() ? name : known->second;
  };
  if (scope(a.scope) != scope(b.scope)) return false;
  return std::any_of(a.spellings.begin(), a.spellings.end(),
                     [&](const std::string &one) { return b.spellings.count(one) > 0; });
}

/// Leaves out the lines that both have, in the same order. Where they differ in no line, but in what is kept
/// elsewhere, both stay whole.
void leave_common(std::vector<std::string> &a, std::vector<std::string> &b) {
  std::vector<std::vector<std::size_t>> longest(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = a.size(); i-- > 0;)
    for (std::size_t k = b.size(); k-- > 0;)
      longest[i][k] =
          a[i] == b[k] ? longest[i + 1][k + 1] + 1 : std::max(longest[i + 1][k], longest[i][k + 1]);
  std::vector<std::string> left, right;
  std::size_t i = 0, k = 0;
  while (i < a.size() || k < b.size()) {
    if (i < a.size() && k < b.size() && a[i] == b[k])
      ++i, ++k;
    else if (k == b.size() || (i < a.size() && longest[i + 1][k] >= longest[i][k + 1]))
      left.push_back(a[i++]);
    else
      right.push_back(b[k++]);
  }
  if (left.empty() && right.empty()) return;
  a = std::move(left);
  b = std::move(right);
}

std::string heading(const Entry &entry) {
  return (entry.scope.empty() ? "" : entry.scope + ": ") + entry.keyword +
         (entry.name.empty() ? "" : " " + entry.name);
}

} // namespace

std::vector<Difference> differences(const Sources &older, const Sources &newer) {
  const Listing before(older), after(newer);
  std::map<std::string, std::string>
      scopes; // spellings of single keys, so that a head in either language is the same
  for (const Listing *list : {&before, &after})
    for (const Entry &entry : list->entries)
      if (entry.scope.empty())
        for (const std::string &one : entry.spellings) scopes.insert({one, *entry.spellings.begin()});
  std::vector<bool> found(before.entries.size());
  std::vector<Difference> out;
  // That an amendment has a name and a day of its own is no change of what it amends.
  const auto is_older = [&](const PolicyDecl &base) {
    return base.name.ident.text == older.policy.name.ident.text;
  };
  const bool amends = std::any_of(newer.lineage.bases.begin(), newer.lineage.bases.end(), is_older);
  for (const Entry &entry : after.entries) {
    std::size_t match = before.entries.size();
    for (std::size_t i = 0; i < before.entries.size() && match == before.entries.size(); ++i)
      if (!found[i] && same_thing(before.entries[i], entry, scopes)) match = i;
    if (match == before.entries.size()) {
      out.push_back({Difference::Kind::added, heading(entry), entry.articles, {}, entry.lines, entry.place});
      continue;
    }
    found[match] = true;
    if (before.entries[match].said == entry.said) continue;
    if (amends && entry.spellings.count("policy line") > 0) continue;
    Difference one{Difference::Kind::changed,   heading(entry), entry.articles,
                   before.entries[match].lines, entry.lines,    entry.place};
    leave_common(one.before, one.after);
    out.push_back(std::move(one));
  }
  for (std::size_t i = 0; i < before.entries.size(); ++i)
    if (!found[i])
      out.push_back({Difference::Kind::removed,
                     heading(before.entries[i]),
                     before.entries[i].articles,
                     before.entries[i].lines,
                     {},
                     before.entries[i].place});
  return out;
}

namespace {

/// The first line of a declaration that took the place of another, with the spelling and label that it kept.
std::string with_kept_names(const std::string &line, const Name &name) {
  const std::size_t at = line.find(name.ident.text);
  if (at == std::string::npos) return line;
  std::size_t end = at + name.ident.text.size();
  std::string out = line.substr(0, end);
  const bool twin_written = name.twin && line.find(name.twin->text, end) != std::string::npos;
  if (twin_written) {
    const std::size_t behind = line.find(name.twin->text, end) + name.twin->text.size();
    const std::size_t closed = std::min(line.find_first_of(")", behind), line.size() - 1) + 1;
    out += line.substr(end, closed - end);
    end = closed;
  } else if (name.twin) {
    out += " (" + name.twin->text + ")";
  }
  if (!name.label.empty() && line.find(name.label, end) == std::string::npos)
    out += " \"" + name.label + "\"";
  return out + line.substr(end);
}

} // namespace

std::string consolidated_text(const Sources &sources) {
  const Lines lines(sources.files);
  std::string out =
      fmt::format("权衡 {}\n", sources.trees.empty() ? 1 : sources.trees.front().language_version);
  const auto policy_of = [&](const Span &span) {
    return span.file < sources.lineage.policy_of_file.size() ? sources.lineage.policy_of_file[span.file] : 0;
  };
  const auto name_of = [&](int policy) {
    return policy == 0 ? sources.policy.name
                       : sources.lineage.bases[static_cast<std::size_t>(policy - 1)].name;
  };
  int home = -1; // of the file being written
  const auto write = [&](const Span &span, const std::string &indent, const Name *name = nullptr) {
    if (policy_of(span) != home)
      out += fmt::format("{}# 来自 {}: {}:{}\n", indent, words_of(name_of(policy_of(span))),
                         std::filesystem::path(sources.files[span.file].name).filename().string(), span.line);
    for (const std::string &line : lines.comments_above(span)) out += indent + line + '\n';
    std::vector<std::string> declared = lines.cut(span);
    if (name != nullptr) declared.front() = with_kept_names(declared.front(), *name);
    for (const std::string &line : declared) out += (line.empty() ? "" : indent) + line + '\n';
  };
  // The policy's line, without what it amends: that is in its place here.
  const PolicyDecl &policy = sources.policy;
  const auto day = [](const DateLiteral &date) {
    return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
  };
  const auto &below = sources.lineage.bases;
  for (std::size_t i = 0; i + sources.lineage.used < below.size(); ++i)
    out += fmt::format("# 其中 {}\n", words_of(below[i].name));
  out += fmt::format("\n政策 {}{}\n", words_of(policy.name),
                     policy.name.label.empty() ? "" : " \"" + policy.name.label + "\"");
  if (policy.from)
    out +=
        fmt::format("  施行自 {}{}\n", day(*policy.from), policy.until ? " 止于 " + day(*policy.until) : "");
  if (!policy.authority.empty()) out += fmt::format("  制定机关 \"{}\"\n", policy.authority);
  for (const PolicyFile &file : sources.trees) {
    if (file.of_table || file.use > 0) continue;
    home = sources.lineage.policy_of_file[file.file];
    const std::string title =
        fmt::format("\n# ──── {} · {} ────\n", words_of(name_of(home)),
                    std::filesystem::path(sources.files[file.file].name).filename().string());
    bool titled = false;
    for (const Item &item : file.items) {
      if (std::holds_alternative<PolicyDecl>(item) || std::holds_alternative<ChapterDecl>(item) ||
          std::holds_alternative<TestDecl>(item))
        continue;
      if (!std::exchange(titled, true)) out += title;
      if (const auto *scope = std::get_if<ScopeDecl>(&item)) {
        if (scope->items.empty()) continue;
        out += '\n';
        if (scope->keys.empty())
          out += "总体\n";
        else
          for (const std::string &line : lines.cut(scope->span)) out += line + '\n';
        for (const ScopeItem &one : scope->items)
          std::visit(
              [&](const auto &decl) {
                if constexpr (requires { decl.name.twin; })
                  write(decl.span, "  ", &decl.name);
                else
                  write(decl.span, "  ");
                if constexpr (std::is_same_v<std::decay_t<decltype(decl)>, DefineDecl>)
                  for (const ExceptDecl &except : decl.excepts)
                    if (except.span.file != decl.span.file || except.span.line < decl.span.line ||
                        except.span.end_line > decl.span.end_line)
                      write(except.span, "    ");
              },
              one);
        continue;
      }
      if (const auto *uses = std::get_if<UsesDecl>(&item)) {
        // Told from the folder of the policy that says it; the print stands for the newest.
        const int by = policy_of(uses->span);
        std::size_t main = 0;
        while (policy_of({static_cast<std::uint32_t>(main), 1, 1, 1, 1}) != by) ++main;
        const auto folder = [&](std::size_t of) {
          return std::filesystem::path(sources.files[of].name).parent_path();
        };
        const std::string place =
            (folder(main) / uses->policy).lexically_normal().lexically_relative(folder(0).lexically_normal());
        out += fmt::format("使用 \"{}\" 称 {}\n", place.empty() ? uses->policy : place, words_of(uses->as));
        continue;
      }
      std::visit(
          [&](const auto &decl) {
            if constexpr (requires { decl.name.twin; })
              write(decl.span, "", &decl.name);
            else
              write(decl.span, "");
            if constexpr (std::is_same_v<std::decay_t<decltype(decl)>, EntityDecl>) {
              if (decl.rows_from) write(decl.rows_from->span, "  ");
              for (const auto &key : decl.keys) write(key.span, "  ");
              for (const auto &input : decl.inputs) write(input.span, "  ");
            }
          },
          item);
    }
  }
  return out;
}

} // namespace steelyard::semantics
