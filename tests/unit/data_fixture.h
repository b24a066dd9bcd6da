// What the tests of runtime/data share: a temporary dataset folder and short ways to write schemas.
#pragma once
#include "runtime/data/dataset.h"
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace data_test {

/// A folder of its own under the system's temporary folder, removed at the end.
class TemporaryFolder {
public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "steelyard-data-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder &) = delete;
  TemporaryFolder &operator=(const TemporaryFolder &) = delete;

  const std::filesystem::path &path() const { return path_; }
  void put(std::string_view name, std::string_view content) const {
    std::ofstream file(path_ / name, std::ios::binary);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    if (!file.flush()) throw std::runtime_error("cannot write a test file");
  }

private:
  std::filesystem::path path_;
};

inline std::string read_file(const std::filesystem::path &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

using steelyard::data::DatasetSchema;
using steelyard::data::FieldKind;
using steelyard::data::FieldSchema;
using steelyard::data::TableSchema;

inline FieldSchema field(std::string name, FieldKind kind, std::string type_text) {
  FieldSchema made;
  made.name = name;
  made.accepted_headers = {name};
  made.kind = kind;
  made.type_text = std::move(type_text);
  return made;
}
inline FieldSchema text(std::string name) {
  return field(std::move(name), FieldKind::text, "text");
}
inline FieldSchema money(std::string name) {
  FieldSchema made = field(std::move(name), FieldKind::decimal, "money(2)");
  made.scale = 2;
  made.min = 0;
  return made;
}
inline FieldSchema number(std::string name, int scale) {
  FieldSchema made = field(std::move(name), FieldKind::decimal, "number(" + std::to_string(scale) + ")");
  made.scale = scale;
  return made;
}
inline FieldSchema date(std::string name) {
  return field(std::move(name), FieldKind::date, "date");
}
inline FieldSchema month(std::string name) {
  return field(std::move(name), FieldKind::month, "calendar month");
}
inline FieldSchema boolean(std::string name) {
  return field(std::move(name), FieldKind::boolean, "boolean");
}
inline FieldSchema reference(std::string name, int target) {
  FieldSchema made = field(std::move(name), FieldKind::reference, "reference");
  made.target = target;
  return made;
}
inline FieldSchema choice(std::string name, std::vector<steelyard::data::MemberSpellings> members) {
  FieldSchema made = field(std::move(name), FieldKind::enumeration, "choice");
  made.members = std::move(members);
  return made;
}
inline FieldSchema key(FieldSchema made) {
  made.is_key = true;
  return made;
}
inline FieldSchema optional(FieldSchema made) {
  made.optional = true;
  return made;
}
inline FieldSchema with_default(FieldSchema made, std::string value) {
  made.default_text = std::move(value);
  return made;
}
inline TableSchema table(std::string name, std::vector<FieldSchema> fields) {
  TableSchema made;
  made.file = name + ".csv";
  made.name = std::move(name);
  made.fields = std::move(fields);
  return made;
}
inline DatasetSchema dataset(std::vector<TableSchema> tables) {
  DatasetSchema made;
  made.tables = std::move(tables);
  return made;
}

inline std::vector<std::string> texts(const std::vector<steelyard::data::DataError> &errors) {
  std::vector<std::string> out;
  for (const auto &error : errors) out.push_back(steelyard::data::to_text(error));
  return out;
}

using Texts = std::vector<std::string>;

/// The values of a column, 0 for a missing one.
inline std::vector<steelyard::data::Int128> wide_values(const steelyard::data::Column &column) {
  std::vector<steelyard::data::Int128> out;
  for (std::size_t row = 0; row < column.rows(); ++row)
    out.push_back(column.is_given(row) ? column.get(row) : 0);
  return out;
}
inline std::vector<std::int64_t> narrow_values(const steelyard::data::Column &column) {
  std::vector<std::int64_t> out;
  for (const steelyard::data::Int128 value : wide_values(column))
    out.push_back(static_cast<std::int64_t>(value));
  return out;
}
inline std::vector<bool> given_values(const steelyard::data::Column &column) {
  std::vector<bool> out;
  for (std::size_t row = 0; row < column.rows(); ++row) out.push_back(column.is_given(row));
  return out;
}
inline Texts dictionary_texts(const steelyard::data::Column &column) {
  Texts out;
  for (std::size_t i = 0; i < column.dictionary.size(); ++i) out.emplace_back(column.dictionary[i]);
  return out;
}

} // namespace data_test

/// So that a failed comparison of texts shows them.
namespace doctest {
template<> struct StringMaker<std::vector<std::string>> {
  static String convert(const std::vector<std::string> &lines) {
    std::string all;
    for (const std::string &line : lines) all += "\n  " + line;
    return all.c_str();
  }
};
} // namespace doctest
