// The matching of headers to fields, by identical bytes only.
#include "runtime/data/header_match.h"
#include "runtime/data/name_match.h"
#include <algorithm>
#include <fmt/core.h>
#include <string>
#include <unordered_map>

namespace steelyard::data {
namespace {

constexpr std::size_t header_line = 1;

bool may_be_absent(const FieldSchema &field) {
  return !field.is_key && (field.optional || field.default_text.has_value());
}

std::string quoted_list(const std::vector<std::string_view> &names) {
  std::string out;
  for (std::string_view name : names) {
    if (!out.empty()) out += ", ";
    out += fmt::format("'{}'", name);
  }
  return out;
}

/// One header row against one schema; the steps report in the order in which they run.
class HeaderMatching {
public:
  HeaderMatching(const TableSchema &schema, const std::vector<std::string_view> &headers, ErrorLog &log,
                 std::vector<DataError> &warnings)
      : schema_(schema), headers_(headers), log_(log), warnings_(warnings) {}

  std::optional<HeaderMatch> run() {
    std::size_t errors_before = log_.count();
    match_.cell_of_field.assign(schema_.fields.size(), HeaderMatch::absent);
    assign_fields();
    report_absent_fields();
    report_unknown_columns();
    if (log_.count() != errors_before) return std::nullopt;
    return std::move(match_);
  }

private:
  void error(ErrorCode code, std::string_view column, std::string message) {
    log_.report(code, schema_.file, Place{header_line, 0, column, {}}, [&] { return std::move(message); });
  }

  void assign_fields() {
    std::unordered_map<std::string_view, std::size_t> field_of_header;
    for (std::size_t f = 0; f < schema_.fields.size(); ++f) {
      field_of_header.emplace(schema_.fields[f].name, f);
      for (const std::string &header : schema_.fields[f].accepted_headers) field_of_header.emplace(header, f);
    }
    std::unordered_map<std::string_view, std::size_t> seen;
    for (std::size_t cell = 0; cell < headers_.size(); ++cell) {
      std::string_view header = headers_[cell];
      auto [first, is_new] = seen.emplace(header, cell);
      if (!is_new && !header.empty()) {
        error(ErrorCode::header_repeated, {},
              fmt::format("columns {} and {} both have the header '{}'; each header may stand once",
                          first->second + 1, cell + 1, header));
        continue;
      }
      auto found = field_of_header.find(header);
      if (found == field_of_header.end()) {
        unknown_.push_back(cell);
        continue;
      }
      std::size_t &place = match_.cell_of_field[found->second];
      if (place != HeaderMatch::absent) {
        error(ErrorCode::field_given_twice, schema_.fields[found->second].name,
              fmt::format("the headers '{}' and '{}' both mean this column; one of them is expected",
                          headers_[place], header));
        continue;
      }
      place = cell;
    }
  }

  void report_absent_fields() {
    std::vector<std::string_view> unknown_names;
    for (std::size_t cell : unknown_) unknown_names.push_back(headers_[cell]);
    for (std::size_t f = 0; f < schema_.fields.size(); ++f) {
      const FieldSchema &field = schema_.fields[f];
      if (match_.cell_of_field[f] != HeaderMatch::absent) continue;
      if (may_be_absent(field)) {
        absent_.push_back(field.name);
        continue;
      }
      std::string message =
          fmt::format("{} has no column; a column with {} is expected",
                      field.is_key ? "the key" : "this required value", accepted_headers(field));
      std::string_view near = nearest_header(field, unknown_names);
      if (!near.empty()) message += fmt::format("; is '{}' meant to be it?", near);
      error(field.is_key ? ErrorCode::key_column_absent : ErrorCode::required_column_absent, field.name,
            std::move(message));
    }
  }

  void report_unknown_columns() {
    for (std::size_t cell : unknown_) {
      std::string message = headers_[cell].empty() ? fmt::format("column {} has no header", cell + 1)
                                                   : fmt::format("unknown column '{}'", headers_[cell]);
      if (absent_.empty() && schema_.of_tables) continue;
      if (absent_.empty()) {
        message += "; it is not read";
        warnings_.push_back(DataError{std::string(id_of(ErrorCode::unknown_column)),
                                      schema_.file,
                                      header_line,
                                      {},
                                      {},
                                      std::move(message)});
        continue;
      }
      bool several = absent_.size() > 1;
      message +=
          fmt::format("; the optional column{} {} {} absent: a misspelt header must not become a default",
                      several ? "s" : "", quoted_list(absent_), several ? "are" : "is");
      std::string_view near = nearest_name(headers_[cell], absent_);
      if (!near.empty()) message += fmt::format("; is '{}' meant?", near);
      error(ErrorCode::unknown_column_unsafe, {}, std::move(message));
    }
  }

  static std::string accepted_headers(const FieldSchema &field) {
    std::vector<std::string_view> names{field.name};
    for (const std::string &header : field.accepted_headers) {
      if (std::find(names.begin(), names.end(), header) == names.end()) names.push_back(header);
    }
    return fmt::format("{} {}", names.size() > 1 ? "one of the headers" : "the header", quoted_list(names));
  }

  static std::string_view nearest_header(const FieldSchema &field,
                                         const std::vector<std::string_view> &unknown) {
    std::string_view near = nearest_name(field.name, unknown);
    for (const std::string &header : field.accepted_headers) {
      if (near.empty()) near = nearest_name(header, unknown);
    }
    return near;
  }

  const TableSchema &schema_;
  const std::vector<std::string_view> &headers_;
  ErrorLog &log_;
  std::vector<DataError> &warnings_;
  HeaderMatch match_;
  std::vector<std::size_t> unknown_;     ///< positions of headers that mean no field
  std::vector<std::string_view> absent_; ///< fields that are absent and may be
};

} // namespace

std::optional<HeaderMatch> match_header(const TableSchema &schema,
                                        const std::vector<std::string_view> &headers, ErrorLog &log,
                                        std::vector<DataError> &warnings) {
  return HeaderMatching(schema, headers, log, warnings).run();
}

} // namespace steelyard::data
