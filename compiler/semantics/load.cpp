// The files of a policy: policy.policy, its chapters, and the CSV files in which rows of its tables stand.
#include "compiler/semantics/check_parsed.h"
#include "compiler/syntax/parse.h"
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <set>
#include <sstream>

namespace steelyard::semantics {

namespace {

std::optional<std::string> read_file(const std::filesystem::path &place) {
  std::ifstream in(place, std::ios::binary);
  if (!in || std::filesystem::is_directory(place)) return std::nullopt;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool is_table_file(const syntax::SourceFile &file) { return std::filesystem::path(file.name).extension() == ".csv"; }

/// The files and trees of a policy while they are gathered. trees_[i] is that of files_[i]; that of a table's
/// file is empty.
class Loading {
public:
  /// From a folder or file on disk; false when there is no policy there.
  bool read(const std::filesystem::path &path) {
    std::error_code error;
    const bool folder = std::filesystem::is_directory(path, error);
    main_ = folder ? path / "policy.policy" : path;
    auto text = read_file(main_);
    if (!text) {
      files_.push_back({main_.string(), ""});
      report("P705", {0, 1, 1, 1, 1}, folder ? "the folder has no file policy.policy" : "there is no such policy file");
      return false;
    }
    add({main_.string(), std::move(*text)});
    read_chapters();
    each_table([&](const syntax::TableDecl &table) {
      const std::filesystem::path place = beside_main(table.rows_from->file);
      if (find(place)) return;
      if (auto rows = read_file(place)) add({place.string(), std::move(*rows)});
    });
    return true;
  }

  /// From files that are in memory, the chapters in order.
  void take(syntax::SourceFiles files) {
    files_ = std::move(files);
    if (!files_.empty()) main_ = files_.front().name;
    for (std::uint32_t i = 0; i < files_.size(); ++i) parse(i);
  }

  LoadResult check(bool remember) {
    each_table([&](syntax::TableDecl &table) {
      const syntax::RowsFromDecl &rows = *table.rows_from;
      if (const auto file = find(beside_main(rows.file))) {
        if (is_table_file(files_[*file])) return syntax::read_table_file(table, files_, *file, diagnostics_);
        return report("P711", rows.span, fmt::format("'{}' is no CSV file by its name", rows.file), "the rows of a table stand in a file NAME.csv");
      }
      report("P711", rows.span, fmt::format("there is no file '{}'", beside_main(rows.file).string()),
             "the files of tables stand beside policy.policy, or in a folder there");
    });
    return load_parsed(std::move(files_), trees_, std::move(diagnostics_), remember);
  }

  LoadResult failed() { return {std::move(files_), std::nullopt, std::move(diagnostics_)}; }

private:
  void report(const char *code, const Span &span, std::string message, std::string hint = {}) {
    diagnostics_.push_back({syntax::Severity::error, code, span, std::move(message), std::move(hint), {}});
  }
  void add(syntax::SourceFile file) {
    files_.push_back(std::move(file));
    parse(static_cast<std::uint32_t>(files_.size() - 1));
  }
  void parse(std::uint32_t file) {
    if (is_table_file(files_[file])) trees_.emplace_back().of_table = true;
    else trees_.push_back(syntax::parse_policy(files_, file, diagnostics_));
  }
  std::filesystem::path beside_main(const std::string &name) const { return (main_.parent_path() / name).lexically_normal(); }
  std::optional<std::uint32_t> find(const std::filesystem::path &place) const {
    for (std::uint32_t i = 0; i < files_.size(); ++i)
      if (std::filesystem::path(files_[i].name).lexically_normal() == place) return i;
    return std::nullopt;
  }

  void read_chapters() {
    std::vector<syntax::ChapterDecl> chapters;
    for (const syntax::Item &item : trees_[0].items)
      if (const auto *chapter = std::get_if<syntax::ChapterDecl>(&item)) chapters.push_back(*chapter);
    std::set<std::string> seen;
    for (const syntax::ChapterDecl &chapter : chapters) {
      if (!seen.insert(chapter.file).second) {
        report("P708", chapter.span, fmt::format("the chapter '{}' is named twice", chapter.file));
        continue;
      }
      const std::filesystem::path place = main_.parent_path() / chapter.file;
      auto text = read_file(place);
      if (!text) {
        report("P706", chapter.span, fmt::format("there is no file '{}'", place.string()), "chapters stand beside policy.policy");
        continue;
      }
      add({place.string(), std::move(*text)});
      for (const syntax::Item &item : trees_.back().items)
        if (const auto *further = std::get_if<syntax::ChapterDecl>(&item))
          report("P709", further->span, "a chapter cannot name further chapters", "name it in policy.policy");
    }
  }

  /// The tables whose rows stand in files; `act` may add files.
  template<typename Act> void each_table(const Act &act) {
    const std::size_t count = trees_.size();
    for (std::size_t t = 0; t < count; ++t)
      for (std::size_t i = 0; i < trees_[t].items.size(); ++i) // `act` may move trees_
        if (auto *table = std::get_if<syntax::TableDecl>(&trees_[t].items[i]); table && table->rows_from) act(*table);
  }

  std::filesystem::path main_;
  syntax::SourceFiles files_;
  std::vector<syntax::PolicyFile> trees_;
  std::vector<syntax::Diagnostic> diagnostics_;
};

} // namespace

LoadResult load_text(syntax::SourceFiles files, bool remember) {
  Loading loading;
  loading.take(std::move(files));
  return loading.check(remember);
}

LoadResult load_policy(const std::filesystem::path &path, bool remember) {
  Loading loading;
  return loading.read(path) ? loading.check(remember) : loading.failed();
}

} // namespace steelyard::semantics
