// Opening a run: policy, parameters and period from the command line, dataset.
#include "tools/run_source.h"
#include "compiler/syntax/parse.h"
#include "runtime/data/read_dataset.h"
#include "runtime/data/run_period.h"
#include "runtime/data/tables_folder.h"
#include "runtime/json/json.h"
#include "runtime/number/calendar.h"
#include "tools/policy_source.h"
#include <algorithm>
#include <charconv>
#include <chrono>
#include <fmt/format.h>
#include <stdexcept>

namespace steelyard::tools {

namespace {

struct Period {
  std::int64_t from = 0, until = 0; ///< days since 1970-01-01, [from, until)
};

std::optional<Period> parse_period(const std::string &text) {
  int year = 0, month = 0, day = 0;
  const auto number = [&](std::size_t at, std::size_t length, int &out) {
    if (at + length > text.size()) return false;
    const auto end = text.data() + at + length;
    const auto [stop, error] = std::from_chars(text.data() + at, end, out);
    return error == std::errc{} && stop == end;
  };
  using namespace std::chrono;
  auto days = [](const year_month_day &d) { return sys_days(d).time_since_epoch().count(); };
  if (text.size() == 4 && number(0, 4, year))
    return Period{days(std::chrono::year{year} / January / 1),
                  days(std::chrono::year{year + 1} / January / 1)};
  if (text.size() == 7 && text[4] == '-' && number(0, 4, year) && number(5, 2, month) && month >= 1 &&
      month <= 12) {
    const year_month m = std::chrono::year{year} / std::chrono::month{static_cast<unsigned>(month)};
    return Period{days(m / 1), days((m + months{1}) / 1)};
  }
  if (text.size() == 10 && text[4] == '-' && text[7] == '-' && number(0, 4, year) && number(5, 2, month) &&
      number(8, 2, day)) {
    const year_month_day d = std::chrono::year{year} / std::chrono::month{static_cast<unsigned>(month)} /
                             std::chrono::day{static_cast<unsigned>(day)};
    if (d.ok()) return Period{days(d), days(d) + 1};
  }
  return std::nullopt;
}

/// NAME=VALUE as a constant of the parameter's type.
std::optional<std::string> set_parameter(const semantics::Program &program, const std::string &text,
                                         interpret::RunOptions &options) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) return fmt::format("--param {}: write NAME=VALUE", text);
  const std::string name = text.substr(0, equals), written = text.substr(equals + 1);
  for (std::size_t i = 0; i < program.parameters.size(); ++i) {
    const semantics::Parameter &parameter = program.parameters[i];
    if (!parameter.names.is(name)) continue;
    for (const auto &[index, value] : options.parameters)
      if (index == static_cast<int>(i)) return fmt::format("--param {}: given twice", name);
    const semantics::Type &type = parameter.type;
    if (type.kind == semantics::TypeKind::number) {
      std::string digits = written;
      const bool percent = !digits.empty() && digits.back() == '%';
      if (percent) digits.pop_back();
      auto value = number::parse_decimal(digits);
      if (!value)
        return fmt::format("--param {}: '{}' is not a number in plain decimal notation", name, written);
      if (percent) value->scale += 2;
      number::Exact exact(*value);
      if (type.domain >=
          0) { // a number of a range is a key: another one would find no row, and nobody would know
        const semantics::Range &range = program.ranges[type.domain];
        if (!number::fits_scale(exact, 0) || exact < number::Exact(range.low) ||
            exact > number::Exact(range.high))
          return fmt::format("--param {}: '{}' is not a whole number from {} to {}", name, written, range.low,
                             range.high);
      }
      options.parameters.emplace_back(static_cast<int>(i), std::move(exact));
      return std::nullopt;
    }
    if (type.kind == semantics::TypeKind::boolean) {
      const bool yes = written == "true" || written == "是";
      if (!yes && written != "false" && written != "否")
        return fmt::format("--param {}: '{}' is neither true (是) nor false (否)", name, written);
      options.parameters.emplace_back(static_cast<int>(i), yes);
      return std::nullopt;
    }
    if (type.kind == semantics::TypeKind::date) {
      const auto day = written.size() == 10 ? parse_period(written) : std::nullopt;
      if (!day)
        return fmt::format("--param {}: '{}' is no day of the calendar: write YYYY-MM-DD", name, written);
      options.parameters.emplace_back(static_cast<int>(i), semantics::Day{day->from});
      return std::nullopt;
    }
    if (type.kind == semantics::TypeKind::month) {
      const auto month = calendar::parse_month(written);
      if (!month)
        return fmt::format("--param {}: '{}' is no month of the calendar: write YYYY-MM", name, written);
      options.parameters.emplace_back(static_cast<int>(i), semantics::Month{*month});
      return std::nullopt;
    }
    if (type.kind == semantics::TypeKind::text) {
      options.parameters.emplace_back(static_cast<int>(i), written);
      return std::nullopt;
    }
    if (type.kind == semantics::TypeKind::member) {
      const auto &members = program.enums[type.domain].members;
      std::string known;
      for (std::size_t m = 0; m < members.size(); ++m) {
        if (members[m].is(written) || (!written.empty() && members[m].label == written)) {
          options.parameters.emplace_back(static_cast<int>(i), semantics::Member{static_cast<int>(m)});
          return std::nullopt;
        }
        known += (m ? ", " : "") + members[m].canonical();
      }
      return fmt::format("--param {}: {} has no value '{}'; it has {}", name,
                         program.enums[type.domain].names.canonical(), written, known);
    }
    throw std::logic_error("a parameter that refers to a row");
  }
  std::string known;
  for (const semantics::Parameter &p : program.parameters)
    known += (known.empty() ? "" : ", ") + p.names.canonical();
  return fmt::format("--param {}: the policy has no such parameter{}", name,
                     known.empty() ? "" : "; it has " + known);
}

std::string day_text(std::int64_t days) {
  const std::chrono::year_month_day d{std::chrono::sys_days{std::chrono::days{days}}};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(d.year()), static_cast<unsigned>(d.month()),
                     static_cast<unsigned>(d.day()));
}

/// The period must lie where the policy is in force, and in one period of each parameter.
std::optional<std::string> set_period(const semantics::Program &program, const RunOptions &given,
                                      interpret::RunOptions &options) {
  const std::string &text = given.period;
  const char *where = given.period_of_dataset ? "run.csv, period" : "--period";
  if (text.empty()) {
    for (const semantics::Parameter &p : program.parameters)
      if (p.values.size() > 1)
        return fmt::format("the parameter {} has several values in time: say which period is settled with "
                           "--period, or in run.csv of the dataset",
                           p.names.canonical());
    return std::nullopt;
  }
  const auto period = parse_period(text);
  if (!period) return fmt::format("{} {}: write YYYY, YYYY-MM or YYYY-MM-DD", where, text);
  if ((program.until && period->from >= *program.until) || (program.from && period->until <= *program.from))
    return fmt::format("{} {}: the policy {} is in force from {}{}, not then", where, text,
                       program.names.canonical(), program.from ? day_text(*program.from) : "the beginning",
                       program.until ? " until " + day_text(*program.until) : "");
  if (program.superseded && *program.superseded < period->until && given.at.empty())
    return fmt::format(
        "{} {}: on {} the text of {} gives way to another, within the period: settle the parts apart, "
        "or say with --at DATE by which text the whole of it is settled",
        where, text, day_text(*program.superseded), program.names.canonical());
  options.day = std::max(period->from, program.from.value_or(period->from));
  for (const semantics::Parameter &p : program.parameters)
    for (const auto &value : p.values)
      if (value.from && *value.from > *options.day && *value.from < period->until)
        return fmt::format("{} {}: the parameter {} changes on {}, within the period: settle the parts apart",
                           where, text, p.names.canonical(), day_text(*value.from));
  return std::nullopt;
}

} // namespace

namespace {

/// How many errors there were beyond those shown, and what that means.
void show_count(std::size_t shown, std::size_t count) {
  if (count > shown) fmt::print(stderr, "... and {} more\n", count - shown);
  fmt::print(stderr, "{} data error{}; nothing was written\n", count, count == 1 ? "" : "s");
}

void print_failure(const semantics::Program &program, std::size_t count, Json errors) {
  const Json out = {{"policy", program.names.canonical()},
                    {"ok", false},
                    {"error_count", count},
                    {"errors", std::move(errors)}};
  fmt::print("{}\n", out.dump(2, Json::BadUtf8::replace));
}

/// Warnings and errors of a dataset, for a reader and for a program; false where there are errors.
bool show_data_faults(const semantics::Program &program, const data::ReadResult &data, bool json) {
  for (const data::DataError &warning : data.warnings)
    fmt::print(stderr, "warning: {}\n", data::to_text(warning));
  if (data.error_count == 0) return true;
  Json list = Json::array();
  for (const data::DataError &error : data.errors) {
    show_error(data::to_text(error));
    list.push_back({{"code", error.code},
                    {"file", error.file},
                    {"line", error.row},
                    {"column", error.column},
                    {"value", error.value},
                    {"message", error.message}});
  }
  show_count(data.errors.size(), data.error_count);
  if (json) print_failure(program, data.error_count, std::move(list));
  return false;
}

} // namespace

std::optional<std::int64_t> first_day_of(const std::string &text) {
  const auto period = parse_period(text);
  return period ? std::optional(period->from) : std::nullopt;
}

void show_run_errors(const std::vector<interpret::RunError> &errors, std::size_t count,
                     const semantics::Program &program, bool json) {
  Json list = Json::array();
  for (const interpret::RunError &error : errors) {
    show_error(interpret::to_text(error, program));
    list.push_back({{"code", interpret::id_of(error.code)},
                    {"scope", program.scopes[error.scope].names.canonical()},
                    {"row", error.row_key},
                    {"quantity", error.subject},
                    {"message", error.message}});
    if (error.span.file >= program.files.size() || error.span.line == 0) continue;
    list.back()["policy_file"] = program.files[error.span.file].name;
    list.back()["policy_line"] = error.span.line;
  }
  show_count(errors.size(), count);
  if (json) print_failure(program, count, std::move(list));
}

std::optional<std::string> apply_options(const semantics::Program &program, const RunOptions &options,
                                         interpret::RunOptions &out) {
  for (const std::string &text : options.parameters)
    if (auto error = set_parameter(program, text, out)) return error;
  return set_period(program, options, out);
}

std::optional<data::Dataset> open_tables(semantics::Program &program, const std::string &policy,
                                         const std::string &tables, int &code, bool json) {
  const bool wanted = data::has_tables(program.schema);
  if (tables.empty() && (!wanted || !std::filesystem::is_directory(tables_beside(program, policy))))
    return std::nullopt;
  if (!locate_tables(program, policy, tables)) {
    code = bad_usage;
    return std::nullopt;
  }
  data::ReadResult read = data::read_tables(program.schema);
  if (show_data_faults(program, read, json)) return std::move(read.dataset);
  code = bad_data;
  return std::nullopt;
}

std::unique_ptr<RunSource> open_run(const RunOptions &options, int &code, bool json, int threads) {
  auto out = std::make_unique<RunSource>();
  const auto begin = std::chrono::steady_clock::now();
  const auto encoding = options.encoding == "gb18030" ? data::Encoding::gb18030 : data::Encoding::utf8;
  data::DatasetPeriod stated = data::period_of_dataset(options.data, encoding);
  RunOptions told = options;
  told.period_of_dataset = told.period.empty() && !stated.period.empty();
  if (told.period_of_dataset) told.period = stated.period;
  std::optional<std::int64_t> at;
  for (const auto &[flag, text] :
       {std::pair(told.period_of_dataset ? "run.csv, period" : "--period", &told.period),
        std::pair("--at", &told.at)}) {
    if (text->empty()) continue;
    const auto period = parse_period(*text);
    if (!period) {
      show_error(fmt::format("{} {}: write YYYY, YYYY-MM or YYYY-MM-DD", flag, *text));
      code = bad_usage;
      return nullptr;
    }
    at = period->from;
  }
  out->policy = load_and_show(options.policy, false, true, at);
  const auto checked = std::chrono::steady_clock::now();
  if (!out->policy.program) {
    code = bad_policy;
    return nullptr;
  }
  if (!locate_tables(*out->policy.program, options.policy, options.tables)) {
    code = bad_usage;
    return nullptr;
  }
  const semantics::Program &program = *out->policy.program;
  if (data::has_table_of_that_name(program.schema)) { // then it is that table, and says nothing of a period
    stated = {};
    told = options;
  }
  if (!show_data_faults(program, stated.faults, json)) {
    code = bad_data;
    return nullptr;
  }
  const bool differ = !options.period.empty() && !stated.period.empty() && options.period != stated.period;
  const std::optional<std::string> error =
      differ ? std::optional(
                   fmt::format("--period {}: the dataset's run.csv says {}", options.period, stated.period))
             : apply_options(program, told, out->options);
  if (error) {
    show_error(*error);
    code = bad_usage;
    return nullptr;
  }
  out->period = told.period;
  const auto opened = std::chrono::steady_clock::now();
  out->data = data::read_dataset(program.schema, options.data, encoding, 20, threads);
  const auto read = std::chrono::steady_clock::now();
  out->check_ms = std::chrono::duration<double, std::milli>(checked - begin).count();
  out->read_ms = std::chrono::duration<double, std::milli>(read - opened).count();
  if (stated.read)
    std::erase_if(out->data.warnings, [](const auto &warning) { return warning.file == "run.csv"; });
  if (show_data_faults(program, out->data, json)) return out;
  code = bad_data;
  return nullptr;
}

} // namespace steelyard::tools
