// See sqlite.h.
#include "compiler/record/sqlite.h"
#include <fmt/core.h>
#include <memory>
#include <sqlite3.h>
#include <stdexcept>

namespace steelyard::record {

namespace {

class Database {
public:
  explicit Database(const std::filesystem::path &place) {
    if (sqlite3_open(place.c_str(), &handle_) != SQLITE_OK) fail();
  }
  ~Database() { sqlite3_close(handle_); }
  Database(const Database &) = delete;
  Database &operator=(const Database &) = delete;

  void run(const std::string &sql) {
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail();
  }
  sqlite3 *handle() { return handle_; }
  [[noreturn]] void fail() const { throw std::runtime_error(sqlite3_errmsg(handle_)); }

private:
  sqlite3 *handle_ = nullptr;
};

class Insert {
public:
  Insert(Database &database, const std::string &table, std::size_t columns) : database_(database) {
    std::string marks = "?";
    for (std::size_t i = 1; i < columns; ++i) marks += ",?";
    const std::string sql = fmt::format("INSERT INTO {} VALUES ({})", table, marks);
    if (sqlite3_prepare_v2(database.handle(), sql.c_str(), -1, &statement_, nullptr) != SQLITE_OK)
      database.fail();
  }
  ~Insert() { sqlite3_finalize(statement_); }
  Insert(const Insert &) = delete;
  Insert &operator=(const Insert &) = delete;

  void missing(std::size_t column) { sqlite3_bind_null(statement_, static_cast<int>(column) + 1); }
  void integer(std::size_t column, std::int64_t value) {
    sqlite3_bind_int64(statement_, static_cast<int>(column) + 1, value);
  }
  void text(std::size_t column, const std::string &value) {
    sqlite3_bind_text(statement_, static_cast<int>(column) + 1, value.data(), static_cast<int>(value.size()),
                      SQLITE_TRANSIENT);
  }
  void row() {
    if (sqlite3_step(statement_) != SQLITE_DONE || sqlite3_reset(statement_) != SQLITE_OK) database_.fail();
  }

private:
  Database &database_;
  sqlite3_stmt *statement_ = nullptr;
};

std::string quoted(const std::string &name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

void write_table(Database &database, const Recorded &recorded, int t) {
  const log::Table &table = recorded.file().contents().tables[static_cast<std::size_t>(t)];
  if (table.columns.empty()) return;
  std::string columns, key;
  for (const log::ColumnInfo &column : table.columns) {
    const bool whole =
        column.kind == log::Kind::boolean || (column.kind == log::Kind::decimal && column.scale == 0);
    columns += fmt::format("{}{} {}", columns.empty() ? "" : ", ", quoted(title_of(column)),
                           whole ? "INTEGER" : "TEXT");
    if (column.is_key()) key += (key.empty() ? "" : ", ") + quoted(column.name);
  }
  if (!key.empty()) columns += ", PRIMARY KEY (" + key + ")";
  database.run(fmt::format("CREATE TABLE {} ({}){}", quoted(table.name), columns,
                           key.empty() ? "" : " WITHOUT ROWID"));
  Insert insert(database, quoted(table.name), table.columns.size());
  for (std::size_t k = 0; k < table.chunks.size(); ++k) {
    std::vector<log::Cells> cells;
    for (std::size_t c = 0; c < table.columns.size(); ++c) cells.push_back(recorded.file().read(t, k, c));
    for (std::uint32_t row = 0; row < table.chunks[k].rows; ++row) {
      for (std::size_t c = 0; c < table.columns.size(); ++c) {
        const log::ColumnInfo &column = table.columns[c];
        const bool whole =
            column.kind == log::Kind::boolean || (column.kind == log::Kind::decimal && column.scale == 0);
        if (!cells[c].is_given(row))
          insert.missing(c);
        else if (whole && cells[c].values[row] >= INT64_MIN && cells[c].values[row] <= INT64_MAX)
          insert.integer(c, static_cast<std::int64_t>(cells[c].values[row]));
        else
          insert.text(c, recorded.cell_text(column, cells[c], row));
      }
      insert.row();
    }
  }
}

} // namespace

std::string write_sqlite(const Recorded &recorded, const std::filesystem::path &place) {
  try {
    Database database(place);
    database.run("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN");
    database.run("CREATE TABLE \"run/texts\" (name TEXT PRIMARY KEY, content TEXT)");
    database.run("CREATE TABLE \"run/facts\" (json TEXT)");
    {
      Insert facts(database, "\"run/facts\"", 1);
      facts.text(0, recorded.file().contents().facts);
      facts.row();
      Insert texts(database, "\"run/texts\"", 2);
      for (const log::Text &text : recorded.file().contents().texts) {
        texts.text(0, text.name);
        texts.text(1, recorded.file().text(text));
        texts.row();
      }
    }
    for (std::size_t t = 0; t < recorded.file().contents().tables.size(); ++t)
      write_table(database, recorded, static_cast<int>(t));
    database.run("COMMIT");
    return {};
  } catch (const std::runtime_error &error) {
    std::error_code ignored;
    std::filesystem::remove(place, ignored);
    return error.what();
  }
}

} // namespace steelyard::record
