// `steelyard diff`, `show` and `new`: what changed between two versions of a policy, the text in force on a
// day, and the beginning of a new policy from one that there is.
#include "compiler/semantics/difference.h"
#include "tools/commands.h"
#include "tools/outline.h"
#include "tools/policy_source.h"
#include "tools/run_source.h"
#include <filesystem>
#include <fmt/format.h>
#include <fstream>

namespace steelyard::tools {

namespace fs = std::filesystem;

namespace {

/// Reads a policy and shows what does not parse; empty on failure, with the exit code.
std::optional<semantics::Sources> read(const std::string &path, const std::string &at, int &code) {
  std::optional<std::int64_t> day;
  if (!at.empty()) {
    day = first_day_of(at);
    if (!day) {
      show_error(fmt::format("--at {}: write YYYY-MM-DD", at));
      code = bad_usage;
      return std::nullopt;
    }
  }
  semantics::Sources sources = semantics::read_sources(path, day);
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
  const fs::path folder = options.folder;
  std::error_code error;
  if (fs::exists(folder, error)) {
    show_error(fmt::format("{} is there already; a new policy needs a new folder", folder.string()));
    return bad_usage;
  }
  const std::string name = folder.filename().string();
  const syntax::Name &old = from->policy.name;
  const auto begin_folder = [&] {
    if (fs::create_directories(folder, error) && !error) return true;
    show_error(fmt::format("{} cannot be made: {}", folder.string(), error.message()));
    return false;
  };
  if (options.as == "copy") {
    if (!from->lineage.bases.empty()) {
      show_error(fmt::format("{} amends another policy or stands on one: begin an amendment or a layer of it",
                             options.from));
      return bad_usage;
    }
    if (!begin_folder()) return io_error;
    const fs::path home = fs::path(from->files.front().name).parent_path();
    for (const syntax::SourceFile &file : from->files) {
      const fs::path place = folder / fs::path(file.name).lexically_relative(home.empty() ? "." : home);
      fs::create_directories(place.parent_path(), error);
      std::ofstream(place, std::ios::binary) << file.text;
    }
    fmt::print("{} is a copy of {}, {} files. Next: give it its name, title and period in policy.policy, and "
               "see what changes\n"
               "  steelyard check {}\n  steelyard diff {} {}\n",
               folder.string(), options.from, from->files.size(), folder.string(), options.from,
               folder.string());
    return ok;
  }
  if (!begin_folder()) return io_error;
  const bool amends = options.as == "amendment";
  const std::string base = fs::relative(fs::is_directory(options.from) ? fs::path(options.from)
                                                                       : fs::path(options.from).parent_path(),
                                        folder)
                               .generic_string();
  std::ofstream(folder / "policy.policy", std::ios::binary) << fmt::format(
      "权衡 1\n\n"
      "政策 {0} \"{1}\" {2} \"{3}\"\n"
      "  施行自 {4}\n\n"
      "条文 N1 \"第一条\"\n\n{5}",
      name,
      amends ? "关于修改" + (old.label.empty() ? old.ident.text : old.label) + "的通知"
             : (old.label.empty() ? old.ident.text : old.label) + "之上的补充规则",
      amends ? "修订" : "依托", base, options.from_day,
      amends ? "# 例: 替换 参数 名称 = 新值  依据 N1\n#     每个 病例\n#       替换 定义 名称: 类型  依据 "
               "N1\n#         = 新的算式\n#       补充 名称\n#         例外 名称: 值  当 条件  依据 N1\n#    "
               "   删除 名称\n"
             : "# 例: 每个 病例\n#       补充 名称\n#         例外 名称: 值  当 条件  依据 N1\n");
  fmt::print("{} begins. Next: write what it changes in {}/policy.policy, and look at it\n  steelyard check "
             "{}\n  steelyard diff {} {}\n",
             folder.string(), folder.string(), folder.string(), options.from, folder.string());
  return ok;
}

} // namespace steelyard::tools
