// Loading a policy for a command and showing what the checker said.
#include "tools/policy_source.h"
#include "compiler/semantics/load_policy.h"
#include "runtime/data/tables_folder.h"
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <unistd.h>

namespace steelyard::tools {

bool colour_wanted() {
  return isatty(STDERR_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
}

void show_error(const std::string &message) {
  if (colour_wanted())
    fmt::print(stderr, "\033[1;31merror:\033[0m {}\n", message);
  else
    fmt::print(stderr, "error: {}\n", message);
}

void show(const semantics::LoadResult &loaded, bool notes) {
  std::size_t errors = 0, warnings = 0;
  for (const syntax::Diagnostic &d : loaded.diagnostics) {
    if (d.severity == syntax::Severity::note && !notes) continue;
    errors += d.severity == syntax::Severity::error ? 1 : 0;
    warnings += d.severity == syntax::Severity::warning ? 1 : 0;
    const char *colour = d.severity == syntax::Severity::error     ? "\033[31m"
                         : d.severity == syntax::Severity::warning ? "\033[33m"
                                                                   : "";
    const std::string text = syntax::to_text(d, loaded.files);
    if (colour_wanted())
      fmt::print(stderr, "{}{}\033[0m\n", colour, text);
    else
      fmt::print(stderr, "{}\n", text);
  }
  if (errors > 0)
    fmt::print(stderr, "{} error{}{}\n", errors, errors == 1 ? "" : "s",
               warnings > 0 ? fmt::format(", {} warning{}", warnings, warnings == 1 ? "" : "s") : "");
}

semantics::LoadResult load_and_show(const std::string &path, bool notes, bool remember,
                                    std::optional<std::int64_t> at) {
  semantics::LoadResult loaded = semantics::load_policy(path, remember, at);
  show(loaded, notes);
  return loaded;
}

std::filesystem::path tables_beside(const semantics::Program &program, const std::string &policy) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const fs::path of = policy;
  fs::path own = (fs::is_directory(of, ignored) ? of : of.parent_path()) / "tables";
  if (fs::is_directory(own, ignored)) return own;
  // The first file of each policy is its policy.policy.
  int before = 0;
  for (std::size_t i = 0; i < program.files.size(); ++i) {
    if (program.layer_of_file[i] <= before) continue;
    before = program.layer_of_file[i];
    const fs::path there = fs::path(program.files[i].name).parent_path() / "tables";
    if (fs::is_directory(there, ignored)) return there.lexically_normal();
  }
  return own;
}

bool locate_tables(semantics::Program &program, const std::string &policy, const std::string &tables) {
  if (!data::has_tables(program.schema)) {
    if (tables.empty()) return true;
    show_error("--tables: this policy reads no tables");
    return false;
  }
  std::error_code ignored;
  const std::filesystem::path folder =
      tables.empty() ? tables_beside(program, policy) : std::filesystem::path(tables);
  program.schema.tables_folder = folder.string();
  if (std::filesystem::is_directory(folder, ignored)) return true;
  show_error(tables.empty() ? "this policy reads tables: say with --tables where their folder is"
                            : fmt::format("--tables {}: there is no such folder", tables));
  return false;
}

} // namespace steelyard::tools
