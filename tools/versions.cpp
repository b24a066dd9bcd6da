// `steelyard diff`, `show` and `new`: what changed between two versions of a policy, the text in force on a
// day, and the beginning of a new policy from one that there is.
#include "compiler/semantics/difference.h"
#include "compiler/semantics/load_policy.h"
#include "compiler/syntax/parse.h"
#include "runtime/data/folder_swap.h"
#include "runtime/number/calendar.h"
#include "tools/commands.h"
#include "tools/outline.h"
#include "tools/policy_source.h"
#include "tools/run_source.h"
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <set>

namespace steelyard::tools {

namespace fs = std::filesystem;

namespace {

/// Reads a policy and shows what does not parse; empty on failure, with the exit code.
std::optional<semantics::Sources> read(const std::string &path, const std::string &at, int &code) {
  std::optional<std::int64_t> day;
  if (!at.empty()) {
    if (at.size() == 10) day = first_day_of(at);
    if (!day) {
      show_error(fmt::format("--at {}: write YYYY-MM-DD", at));
      code = bad_usage;
      return std::nullopt;
    }
  }
  semantics::Sources sources = semantics::read_sources(path, day);
  if (const auto &from = sources.policy.from; day && from && sources.diagnostics.empty()) {
    const auto begin = calendar::day_of(from->year, from->month, from->day);
    if (begin && *day < *begin) {
      show_error(fmt::format("--at {}: {} is in force from {:04}-{:02}-{:02}", at, path, from->year,
                             from->month, from->day));
      code = bad_usage;
      return std::nullopt;
    }
  }
  if (!sources.diagnostics.empty()) {
    semantics::LoadResult shown;
    shown.files = std::move(sources.files);
    shown.diagnostics = std::move(sources.diagnostics);
    show(shown, false);
    code = bad_policy;
    return std::nullopt;
  }
  return sources;
}

const char *word(semantics::Difference::Kind kind) {
  switch (kind) {
  case semantics::Difference::Kind::added:
    return "增加 added";
  case semantics::Difference::Kind::removed:
    return "删除 removed";
  case semantics::Difference::Kind::changed:
    break;
  }
  return "改变 changed";
}

std::string text_of(const semantics::Difference &one) {
  std::string out = fmt::format("{}  {}{}  ({})\n", word(one.kind), one.what,
                                one.articles.empty() ? "" : "  依据 " + one.articles, one.place);
  for (const std::string &line : one.before) out += "  - " + line + '\n';
  for (const std::string &line : one.after) out += "  + " + line + '\n';
  return out;
}

/// The policy.policy of an amendment or layer, with an example of what it may say.
std::string beginning_of(const NewOptions &options, const semantics::Sources &from) {
  const bool amends = options.as == "amendment";
  const fs::path old = options.from;
  const std::string base =
      fs::relative(fs::is_directory(old) ? old : old.parent_path(), options.folder).generic_string();
  const syntax::Name &name = from.policy.name;
  const std::string title = name.label.empty() ? name.ident.text : name.label;
  return fmt::format("权衡 1\n\n政策 {} \"{}\" {} \"{}\"\n  施行自 {}\n\n条文 N1 \"{}\"\n\n",
                     fs::path(options.folder).lexically_normal().filename().string(),
                     amends ? "关于修改" + title + "的通知" : title + "之上的补充规则",
                     amends ? "修订" : "依托", base, options.from_day,
                     amends ? "通知第一条" : "补充规则第一条") +
         (amends ? "# 例: 替换 参数 名称 = 新值  依据 N1\n"
                   "#     每个 病例\n"
                   "#       替换 定义 名称: 类型  依据 N1\n"
                   "#         = 新的算式\n"
                   "#       删除 名称\n"
                   "#       补充 名称\n"
                   "#         例外 名称: 值  当 条件  依据 N1\n"
                 : "# 例: 每个 病例\n"
                   "#       补充 名称\n"
                   "#         例外 名称: 值  当 条件  依据 N1\n");
}

/// The files of a policy as those of a folder of its own. Chapters that lie elsewhere are taken into it,
/// under their own names as far as these are free.
std::vector<syntax::SourceFile> copies_of(const semantics::Sources &from) {
  const fs::path home = fs::path(from.files.front().name).parent_path();
  std::vector<syntax::SourceFile> out;
  std::set<std::string> taken;
  for (const syntax::SourceFile &file : from.files)
    out.push_back({fs::path(file.name).lexically_relative(home.empty() ? "." : home).string(), file.text});
  for (const syntax::SourceFile &file : out) taken.insert(file.name);
  for (syntax::SourceFile &file : out) {
    if (!file.name.starts_with("..")) continue;
    std::string name = fs::path(file.name).filename().string();
    while (!taken.insert(name).second) name.insert(0, "shared_");
    std::string &main = out.front().text; // which alone names chapters
    for (auto at = main.find(file.name); at != std::string::npos; at = main.find(file.name, at + name.size()))
      main.replace(at, file.name.size(), name);
    file.name = name;
  }
  return out;
}

/// The line of the policy says the new name, and the old title. False where it cannot be a name.
bool rename_policy(std::string &text, const semantics::Sources &from, const std::string &name) {
  const syntax::Name &old = from.policy.name;
  const std::size_t at = text.find(old.ident.text);
  if (at == std::string::npos) return false;
  std::size_t end = at + old.ident.text.size();
  if (old.twin) end = text.find_first_of(")", text.find(old.twin->text, end)) + 1;
  text.replace(at, end - at, name);
  std::vector<syntax::Diagnostic> wrong;
  syntax::parse_policy({{"policy.policy", text}}, 0, wrong);
  return wrong.empty();
}

/// Writes a new folder as a whole or not at all; what went wrong, or nothing.
std::string write_folder(const fs::path &folder, const std::vector<syntax::SourceFile> &files) {
  const fs::path fresh = folder.string() + ".unfinished";
  std::error_code error;
  if (!fs::create_directories(fresh, error))
    return error ? error.message() : fmt::format("{} is in the way", fresh.string());
  std::string failed;
  for (const syntax::SourceFile &file : files) {
    const fs::path place = fresh / file.name;
    fs::create_directories(place.parent_path(), error);
    std::ofstream out(place, std::ios::binary);
    out << file.text;
    out.close();
    if (!out && failed.empty()) failed = fmt::format("{} cannot be written", place.string());
  }
  if (failed.empty()) failed = data::swap_in(fresh, folder, data::Swap::only_if_free);
  if (!failed.empty()) fs::remove_all(fresh, error);
  return failed;
}

} // namespace

int diff(const DiffOptions &options) {
  int code = ok;
  const auto older = read(options.older, "", code);
  const auto newer = older ? read(options.newer, "", code) : std::nullopt;
  if (!newer) return code;
  const auto found = semantics::differences(*older, *newer);
  if (options.json) {
    fmt::print("{}", differences_json(found));
    return ok;
  }
  for (const semantics::Difference &one : found) fmt::print("{}\n", text_of(one));
  fmt::print("{} difference{}\n", found.size(), found.size() == 1 ? "" : "s");
  return ok;
}

int show_text(const ShowOptions &options) {
  int code = ok;
  const auto sources = read(options.policy, options.at, code);
  if (!sources) return code;
  fmt::print("{}", semantics::consolidated_text(*sources));
  return ok;
}

int begin_policy(const NewOptions &options) {
  int code = ok;
  const auto from = read(options.from, "", code);
  if (!from) return code;
  const fs::path folder = fs::path(options.folder).lexically_normal();
  if (fs::exists(folder)) {
    show_error(fmt::format("{} is there already; a new policy needs a new folder", folder.string()));
    return bad_usage;
  }
  std::vector<syntax::SourceFile> files;
  if (options.as == "copy") {
    if (!from->lineage.bases.empty()) {
      show_error(fmt::format(
          "{} amends another policy, stands on one or uses one: begin an amendment or a layer of it",
          options.from));
      return bad_usage;
    }
    files = copies_of(*from);
    if (const std::string name = folder.filename().string();
        !rename_policy(files.front().text, *from, name)) {
      show_error(fmt::format(
          "{} cannot name a policy: choose letters, digits and _, not beginning with a digit", name));
      return bad_usage;
    }
  } else {
    if (options.from_day.empty()) {
      show_error(fmt::format("{} has a first day in force: --in-force-from YYYY-MM-DD",
                             options.as == "layer" ? "a layer" : "an amendment"));
      return bad_usage;
    }
    if (!first_day_of(options.from_day) || options.from_day.size() != 10) {
      show_error(fmt::format("--in-force-from {}: say the first day in force, YYYY-MM-DD", options.from_day));
      return bad_usage;
    }
    files.push_back({"policy.policy", beginning_of(options, *from)});
    std::vector<syntax::Diagnostic> wrong;
    syntax::parse_policy(files, 0, wrong);
    if (!wrong.empty()) {
      show_error(
          fmt::format("{} cannot name a policy: choose letters, digits and _, not beginning with a digit",
                      folder.filename().string()));
      return bad_usage;
    }
  }
  if (const std::string error = write_folder(folder, files); !error.empty()) {
    show_error(fmt::format("{} cannot be written: {}", folder.string(), error));
    return io_error;
  }
  fmt::print("{} begins, {} file{}. Next: {}, and look at it\n  steelyard check {}\n  steelyard diff {} {}\n",
             folder.string(), files.size(), files.size() == 1 ? "" : "s",
             options.as == "copy" ? "give it its title and period in policy.policy"
                                  : "write what it changes in policy.policy",
             folder.string(), options.from, folder.string());
  return ok;
}

} // namespace steelyard::tools
