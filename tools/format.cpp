// `steelyard fmt` and `steelyard parse`: policy files as text.
#include "compiler/syntax/parse.h"
#include "tools/commands.h"
#include "tools/outline.h"
#include "tools/policy_source.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <sstream>

namespace steelyard::tools {

namespace {

namespace fs = std::filesystem;

/// The files of a path: itself, or the *.policy files of a folder in the order of their names.
std::vector<fs::path> files_of(const std::string &path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return {path};
  std::vector<fs::path> out;
  for (const auto &entry : fs::recursive_directory_iterator(path, error))
    if (entry.path().extension() == ".policy") out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

bool read_source(const fs::path &path, syntax::SourceFiles &files) {
  std::ifstream in(path, std::ios::binary);
  std::error_code error;
  if (!in || fs::is_directory(path, error)) {
    show_error(fmt::format("{}: cannot be read", path.string()));
    return false;
  }
  std::ostringstream text;
  text << in.rdbuf();
  files = {{path.string(), text.str()}};
  return true;
}

/// Written beside its place and renamed, so that a formatter that is stopped leaves the old file.
bool replace_file(const fs::path &path, const std::string &text) {
  const fs::path temporary = path.string() + ".tmp";
  {
    std::ofstream out(temporary, std::ios::binary);
    out << text;
    out.flush();
    if (!out) {
      std::error_code ignored;
      fs::remove(temporary, ignored);
      return false;
    }
  }
  std::error_code error;
  fs::rename(temporary, path, error);
  return !error;
}

} // namespace

int format(const FormatOptions &options) {
  const auto surface = options.to == "zh"   ? syntax::Surface::chinese
                       : options.to == "en" ? syntax::Surface::english
                                            : syntax::Surface::as_written;
  int code = ok;
  for (const std::string &given : options.paths) {
    const std::vector<fs::path> paths = files_of(given);
    if (paths.empty()) {
      show_error(fmt::format("{}: the folder has no .policy files", given));
      code = bad_usage;
    }
    for (const fs::path &path : paths) {
      semantics::LoadResult source;
      if (!read_source(path, source.files)) {
        code = bad_usage;
        continue;
      }
      syntax::parse_policy(source.files, 0, source.diagnostics);
      if (!source.diagnostics.empty()) {
        show(source, false);
        code = bad_policy;
        continue;
      }
      const std::string text = syntax::format_policy(source.files, 0, surface);
      if (options.to_stdout) {
        fmt::print("{}", text);
      } else if (text != source.files[0].text) {
        if (options.check) {
          fmt::print("{}: not formatted\n", path.string());
          code = bad_policy;
        } else if (!replace_file(path, text)) {
          show_error(fmt::format("{}: cannot be written", path.string()));
          code = io_error;
        }
      }
    }
  }
  return code;
}

int parse(const ParseOptions &options) {
  int code = ok;
  std::string trees;
  for (const fs::path &path : files_of(options.path)) {
    semantics::LoadResult source;
    if (!read_source(path, source.files)) return bad_usage;
    const syntax::PolicyFile tree = syntax::parse_policy(source.files, 0, source.diagnostics);
    show(source, false);
    if (!source.diagnostics.empty())
      code = bad_policy;
    else
      trees += syntax::print_tree(tree, options.json);
  }
  fmt::print("{}", options.json ? outline_json(trees) : trees);
  return code;
}

} // namespace steelyard::tools
