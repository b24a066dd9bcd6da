#include "tests/fuzz/properties.h"
#include "compiler/syntax/parse.h"
#include "tests/fuzz/terms.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace steelyard::fuzz {

std::optional<Outcome> outcome_of(const Subject &subject, const TextTables &tables, const CsvForm &form) {
  std::string trouble;
  const auto dataset = dataset_of(subject.program, tables, subject.folder, trouble, form);
  if (!dataset) return std::nullopt;
  return subject.engines.tested->run(subject.program, *dataset, subject.trial.request, 1);
}

namespace {

/// The native engine leaves a run that meets an error to the interpreter. Where there is none, what it met
/// was a mistake of its own, though the digits are right. (It adds up before it is known whether a sum is
/// needed: a division by zero or a missing value there is not among them.)
bool is_of_an_error(const std::string &fallback_reason) {
  static const char *const reasons[] = {
      "no alternative covers a row", "no row of a table fits", "two exceptions hold",
      "a requirement is not met", "a value is outside the range", "an amount to divide is negative",
      "a weight is negative", "all weights are 0", "a deduction that is not due",
      "deductions that exceed the amount",
      // Of rows that are computed one after the other, where nothing is early.
      "a row that no alternative", "a value outside its bounds", "an element that", "a required value that",
      "a comparison with", "a table that is asked", "a missing value in", "a missing value among",
      "a result that is missing", "an error in the tables"};
  return std::any_of(std::begin(reasons), std::end(reasons),
                     [&](const char *reason) { return fallback_reason.starts_with(reason); });
}

std::string by_other_engine(Subject &subject) {
  if (subject.engines.reference == subject.engines.tested) return "";
  const Outcome outcome =
      subject.engines.reference->run(subject.program, subject.dataset, subject.trial.request, 1);
  std::string out = difference(outcome, subject.found);
  if (out.empty() && outcome.good() && subject.found.fell_back &&
      is_of_an_error(subject.found.fallback_reason))
    out = fmt::format("no error, but handed over for one: {}", subject.found.fallback_reason);
  return out;
}

std::string with_two_threads(Subject &subject) {
  return difference(subject.found,
                    subject.engines.tested->run(subject.program, subject.dataset, subject.trial.request, 2));
}

std::string again(Subject &subject) {
  return difference(subject.found,
                    subject.engines.tested->run(subject.program, subject.dataset, subject.trial.request, 1));
}

/// The rows of these tables mean something in their order: `first of` goes by it.
std::set<std::string> files_in_order(const semantics::Program &program) {
  std::set<std::string> out;
  each_term(program, [&](const semantics::Term &term) {
    const auto *aggregate = std::get_if<semantics::Aggregate>(&term.node);
    if (aggregate == nullptr || aggregate->op != syntax::AggregateOp::first) return;
    const int table = program.scopes[aggregate->scope].table;
    if (table >= 0) out.insert(program.schema.tables[static_cast<std::size_t>(table)].file);
  });
  return out;
}

std::string with_rows_permuted(Subject &subject) {
  TextTables tables = subject.trial.tables;
  const std::set<std::string> kept = files_in_order(subject.program);
  for (TextTable &table : tables) {
    if (kept.contains(table.file)) continue;
    if (subject.random.chance(30))
      std::reverse(table.rows.begin(), table.rows.end());
    else
      subject.random.shuffle(table.rows);
  }
  const auto outcome = outcome_of(subject, tables);
  return outcome ? difference(subject.found, *outcome) : "the permuted rows cannot be read";
}

/// A file split in two, and its parts joined in the other order.
std::string with_file_split(Subject &subject) {
  TextTables tables = subject.trial.tables;
  const std::set<std::string> kept = files_in_order(subject.program);
  for (TextTable &table : tables)
    if (!table.rows.empty() && !kept.contains(table.file))
      std::rotate(table.rows.begin(), table.rows.begin() + subject.random.below(table.rows.size()),
                  table.rows.end());
  const auto outcome = outcome_of(subject, tables);
  return outcome ? difference(subject.found, *outcome) : "the joined files cannot be read";
}

std::string in_other_csv_form(Subject &subject) {
  TextTables tables = subject.trial.tables;
  for (TextTable &table : tables) {
    std::vector<std::size_t> order(table.header.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    subject.random.shuffle(order);
    const auto moved = [&](const std::vector<std::string> &cells) {
      std::vector<std::string> out;
      for (const std::size_t i : order) out.push_back(cells[i]);
      return out;
    };
    table.header = moved(table.header);
    for (std::vector<std::string> &row : table.rows) row = moved(row);
  }
  const CsvForm form{subject.random.chance(50), subject.random.chance(50), subject.random.chance(50),
                     subject.random.chance(50)};
  const auto outcome = outcome_of(subject, tables, form);
  return outcome ? difference(subject.found, *outcome) : "the files in another form cannot be read";
}

constexpr const char *prefix = "ZQ~";

/// Every text gets the same prefix, which keeps equality and order; results are the same but for it.
std::string with_keys_renamed(Subject &subject) {
  if (has_lists(subject.program)) return "";
  bool literal = false; // texts are compared with what the policy says
  each_term(subject.program, [&](const semantics::Term &term) {
    literal = literal || (std::holds_alternative<semantics::Constant>(term.node) &&
                          term.type.kind == semantics::TypeKind::text);
  });
  for (const semantics::Table &table : subject.program.tables)
    for (const auto &input : table.inputs) literal = literal || input.type.kind == semantics::TypeKind::text;
  for (const semantics::Parameter &parameter : subject.program.parameters)
    literal = literal || parameter.type.kind == semantics::TypeKind::text;
  if (literal) return "";
  TextTables tables = subject.trial.tables;
  const auto &schema = subject.program.schema.tables;
  const auto is_text = [&](const data::FieldSchema &field) {
    const data::FieldSchema *at = &field;
    while (at->kind == data::FieldKind::reference) {
      const auto &target = schema[static_cast<std::size_t>(at->target)].fields;
      at = &*std::find_if(target.begin(), target.end(),
                          [](const data::FieldSchema &key) { return key.is_key; });
    }
    return at->kind == data::FieldKind::text;
  };
  for (std::size_t t = 0; t < tables.size(); ++t)
    for (const data::FieldSchema &field : schema[t].fields) {
      const int column = tables[t].column(field.name);
      if (column < 0 || !is_text(field) || field.default_text) continue;
      for (std::vector<std::string> &row : tables[t].rows)
        if (!row[static_cast<std::size_t>(column)].empty())
          row[static_cast<std::size_t>(column)].insert(0, prefix);
    }
  auto outcome = outcome_of(subject, tables);
  if (!outcome) return "the renamed keys cannot be read";
  const auto without = [](std::string &text) {
    for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at))
      text.erase(at, std::string(prefix).size());
  };
  for (auto &[name, content] : outcome->files) without(content);
  for (std::string &error : outcome->errors) without(error);
  return difference(subject.found, *outcome);
}

/// The same policy in the other surface. Errors quote the policy, so only their number is compared.
std::string in_chinese(Subject &subject) {
  std::string text = syntax::format_policy({{"p.policy", subject.trial.policy}}, 0, syntax::Surface::chinese);
  const semantics::LoadResult loaded = semantics::load_text({{"p.policy", std::move(text)}});
  if (!loaded.program)
    return "the policy is refused in Chinese: " + to_text(loaded.diagnostics.front(), loaded.files);
  Outcome outcome = subject.engines.tested->run(*loaded.program, subject.dataset, subject.trial.request, 1);
  outcome.errors = subject.found.errors;
  return difference(subject.found, outcome);
}

std::map<std::string, std::vector<std::string>> columns_of(const std::string &content) {
  std::map<std::string, std::vector<std::string>> out;
  const auto records = csv_records(content);
  for (std::size_t c = 0; c < records[0].size(); ++c)
    for (std::size_t r = 1; r < records.size(); ++r) out[records[0][c]].push_back(records[r][c]);
  return out;
}

/// The passages of a policy in another order: other columns come first, the values stay.
std::string with_passages_permuted(Subject &subject) {
  std::vector<std::string> passages(1);
  std::size_t begin = 0;
  const std::string &policy = subject.trial.policy;
  while (begin < policy.size()) {
    const std::size_t end = policy.find('\n', begin);
    const std::string line = policy.substr(begin, end - begin);
    if (line.starts_with("for each") || line == "overall")
      passages.emplace_back();
    else if (!line.starts_with(" ") && passages.size() > 1)
      return ""; // not a generated policy
    passages.back() += line + "\n";
    begin = end == std::string::npos ? policy.size() : end + 1;
  }
  std::vector<std::string> rest(passages.begin() + 1, passages.end());
  subject.random.shuffle(rest);
  std::string text = passages[0];
  for (const std::string &passage : rest) text += passage;
  const semantics::LoadResult loaded = semantics::load_text({{"p.policy", text}});
  if (!loaded.program)
    return "refused in another order: " + to_text(loaded.diagnostics.front(), loaded.files);
  // The order of the passages is that of the tables.
  std::string trouble;
  TextTables tables;
  for (const data::TableSchema &table : loaded.program->schema.tables)
    for (const TextTable &each : subject.trial.tables)
      if (each.file == table.file) tables.push_back(each);
  const auto dataset = dataset_of(*loaded.program, tables, subject.folder, trouble);
  if (!dataset) return "not readable in another order: " + trouble;
  const Outcome outcome = subject.engines.tested->run(*loaded.program, *dataset, subject.trial.request, 1);
  if (outcome.thrown != subject.found.thrown) return "thrown: " + outcome.thrown;
  if (outcome.error_count != subject.found.error_count)
    return fmt::format("{} errors but {} in another order of the text", subject.found.error_count,
                       outcome.error_count);
  for (const auto &[name, content] : subject.found.files)
    for (const auto &[other, changed] : outcome.files) {
      if (name != other || name == "checks.csv") continue;
      const auto before = columns_of(content), after = columns_of(changed);
      for (const auto &[column, cells] : before) {
        const auto same = after.find(column);
        if (same == after.end()) return name + " has no column " + column + " in another order of the text";
        if (same->second != cells)
          return fmt::format("{}, {}: '{}' but in another order of the text '{}'\n{}", name, column,
                             fmt::join(cells, " "), fmt::join(same->second, " "), text);
      }
    }
  return "";
}

} // namespace

const std::vector<Property> &properties() {
  static const std::vector<Property> all{{"engines", 100, by_other_engine},
                                         {"threads", 100, with_two_threads},
                                         {"again", 10, again},
                                         {"rows permuted", 60, with_rows_permuted},
                                         {"file split", 20, with_file_split},
                                         {"CSV form", 30, in_other_csv_form},
                                         {"keys renamed", 40, with_keys_renamed},
                                         {"row added", 50, broken_by_added_row},
                                         {"rows doubled", 50, broken_by_doubled_rows},
                                         {"in Chinese", 15, in_chinese},
                                         {"text permuted", 20, with_passages_permuted}};
  return all;
}

std::string try_property(const Trial &trial, const Engines &engines, const ScratchFolder &folder,
                         int property) {
  const semantics::LoadResult loaded = semantics::load_text({{"p.policy", trial.policy}});
  if (!loaded.program) return "";
  std::string trouble;
  const auto dataset = dataset_of(*loaded.program, trial.tables, folder, trouble);
  if (!dataset) return "";
  const Outcome found = engines.tested->run(*loaded.program, *dataset, trial.request, 1);
  if (!found.thrown.empty()) return "thrown: " + found.thrown;
  if (property < 0) return "";
  Subject subject{trial, *loaded.program, engines, folder, *dataset, found, Random(trial.seed)};
  return properties()[static_cast<std::size_t>(property)].broken(subject);
}

} // namespace steelyard::fuzz
