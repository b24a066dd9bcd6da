#include "tests/fuzz/tables_of_text.h"
#include "runtime/data/result_folder.h"
#include <algorithm>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace steelyard::fuzz {

namespace fs = std::filesystem;

int TextTable::column(const std::string &name) const {
  const auto at = std::find(header.begin(), header.end(), name);
  return at == header.end() ? -1 : static_cast<int>(at - header.begin());
}

std::string csv_text(const TextTable &table, const CsvForm &form) {
  std::string out = form.byte_order_mark ? "\xef\xbb\xbf" : "";
  const char *end = form.crlf ? "\r\n" : "\n";
  const auto add = [&](const std::vector<std::string> &cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) out += ',';
      if (!form.quote_all) {
        data::append_cell(out, cells[i]);
        continue;
      }
      out += '"';
      for (const char c : cells[i]) out += c == '"' ? "\"\"" : std::string(1, c);
      out += '"';
    }
    out += end;
  };
  add(table.header);
  for (const std::vector<std::string> &row : table.rows) add(row);
  if (!form.last_line_end && table.header.size() > 1) out.resize(out.size() - std::string(end).size());
  return out;
}

void write_tables(const TextTables &tables, const fs::path &folder, const CsvForm &form) {
  for (const TextTable &table : tables)
    if (table.present) std::ofstream(folder / table.file, std::ios::binary) << csv_text(table, form);
}

ScratchFolder::ScratchFolder() {
  static int count = 0;
  // In memory where there is such a place: a run writes thousands of small files.
  const fs::path memory = "/dev/shm";
  path_ = (fs::is_directory(memory) ? memory : fs::temp_directory_path()) /
          ("steelyard_fuzz_" + std::to_string(getpid()) + "_" + std::to_string(++count));
  fs::remove_all(path_);
  fs::create_directories(path_);
}
ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}
void ScratchFolder::fill(const TextTables &tables, const CsvForm &form) const {
  for (const fs::directory_entry &entry : fs::directory_iterator(path_)) fs::remove(entry.path());
  write_tables(tables, path_, form);
}

std::vector<std::vector<std::string>> csv_records(const std::string &text) {
  std::vector<std::vector<std::string>> out(1, std::vector<std::string>(1));
  bool quoted = false;
  for (std::size_t i = text.starts_with("\xef\xbb\xbf") ? 3 : 0; i < text.size(); ++i) {
    const char c = text[i];
    std::string &cell = out.back().back();
    if (quoted) {
      if (c == '"' && i + 1 < text.size() && text[i + 1] == '"')
        cell += text[++i];
      else if (c == '"')
        quoted = false;
      else
        cell += c;
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      out.back().emplace_back();
    } else if (c == '\n') {
      out.emplace_back(1);
    } else if (c != '\r') {
      cell += c;
    }
  }
  if (out.back().size() == 1 && out.back()[0].empty()) out.pop_back();
  return out;
}

TextTables read_tables(const data::DatasetSchema &schema, const fs::path &folder) {
  TextTables out;
  for (const data::TableSchema &declared : schema.tables) {
    TextTable table;
    table.file = declared.file;
    table.present = fs::exists(folder / declared.file);
    if (table.present) {
      std::ostringstream text;
      text << std::ifstream(folder / declared.file, std::ios::binary).rdbuf();
      table.rows = csv_records(text.str());
      if (!table.rows.empty()) {
        table.header = table.rows.front();
        table.rows.erase(table.rows.begin());
      }
    }
    out.push_back(std::move(table));
  }
  return out;
}

} // namespace steelyard::fuzz
