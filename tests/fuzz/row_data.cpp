// Data for policies of lists: few different codes, so that they meet in lists, sets and cells, and now and
// then one that no table knows.
#include "tests/fuzz/row_policies.h"
#include <algorithm>
#include <fmt/format.h>

namespace steelyard::fuzz {

using Sort = RowField::Sort;

namespace {

class Filling {
public:
  Filling(const RowDraft &draft, Random &random, int rows) : draft_(draft), random_(random), asking_(rows) {
    for (const char *letter : {"A", "B", "C"})
      for (int i = 0; i < 6; ++i) codes_.push_back(fmt::format("{}{:02}", letter, i));
    // Longer than what the look-up of a code takes in at once, and alike as far as that.
    for (const char *tail : {"", "1", "2", "-and-more"})
      codes_.push_back(std::string("A code of many letters") + tail);
    codes_.push_back("诊断一");
    codes_.push_back("a,\"b\"");
    random_.shuffle(codes_);
    if (random_.chance(50)) codes_.resize(static_cast<std::size_t>(random_.between(3, 12)));
  }

  TextTables make(const semantics::Program &program) {
    std::vector<TextTable> made;
    for (std::size_t t = 0; t < draft_.tables.size(); ++t) made.push_back(table(t, made));
    TextTables out;
    for (const data::TableSchema &schema : program.schema.tables) {
      const auto same = std::find_if(made.begin(), made.end(),
                                     [&](const TextTable &each) { return each.file == schema.file; });
      if (same != made.end()) out.push_back(std::move(*same));
    }
    return out;
  }

private:
  int rows_of(std::size_t t) {
    if (t + 1 == draft_.tables.size()) return asking_;
    if (random_.chance(5)) return 0;
    const int usual = draft_.tables[t].keys == 1 ? random_.between(1, 30) : random_.between(1, 90);
    if (draft_.tables[t].name.starts_with("rule"))
      return random_.pick(std::vector<int>{1, 3, 12, 30, 63, 64, 65, 100, 130, asking_ < 100 ? 530 : 20});
    return usual;
  }

  TextTable table(std::size_t t, const std::vector<TextTable> &before) {
    const RowTable &of = draft_.tables[t];
    TextTable out;
    out.file = of.name + ".csv";
    empty_.clear();
    for (const RowField &field : of.fields) {
      if (!field.computed) out.header.push_back(field.name);
      const bool may = field.optional || !field.standard.empty();
      empty_.push_back(may ? random_.pick(std::vector<int>{0, 10, 40, 70, 95}) : 0);
    }
    std::set<std::vector<std::string>> seen;
    const int rows = rows_of(t);
    for (int tries = 0; tries < rows * 3 && static_cast<int>(out.rows.size()) < rows; ++tries) {
      std::vector<std::string> row, key;
      bool possible = true;
      for (std::size_t f = 0; f < of.fields.size() && possible; ++f) {
        const RowField &field = of.fields[f];
        if (field.computed) continue;
        if (field.key) {
          const bool alone = of.keys == 1;
          // Alone, a key runs out soon.
          std::string cell = field.sort == Sort::text && alone &&
                                     (t + 1 == draft_.tables.size() || random_.chance(tries > 20 ? 80 : 25))
                                 ? fmt::format("{}{}", random_.chance(50) ? "K" : "R", tries)
                                 : cell_of(field, before, possible);
          key.push_back(cell);
          row.push_back(std::move(cell));
          continue;
        }
        row.push_back(random_.chance(empty_[f]) ? "" : cell_of(field, before, possible));
        if (field.optional) possible = true;
      }
      if (possible && seen.insert(key).second) out.rows.push_back(std::move(row));
    }
    return out;
  }

  std::string code() {
    return random_.chance(4) ? fmt::format("unknown {}", random_.below(3)) : random_.pick(codes_);
  }

  std::string cell_of(const RowField &field, const std::vector<TextTable> &before, bool &possible) {
    switch (field.sort) {
    case Sort::truth:
      return random_.chance(50) ? "true" : "false";
    case Sort::number:
      return number(field);
    case Sort::text:
      if (field.wide && random_.chance(80)) return fmt::format("W{}", random_.below(100000));
      if (draft_.reckless && !field.key && random_.chance(2)) return "A00;A01";
      return code();
    case Sort::date:
      return fmt::format("2024-0{}-1{}", random_.between(1, 3), random_.below(3));
    case Sort::month:
      return fmt::format("2024-0{}", random_.between(1, 4));
    case Sort::member:
      return random_.pick(draft_.enums[static_cast<std::size_t>(field.domain)].members);
    case Sort::row: {
      const TextTable &target = before[static_cast<std::size_t>(field.domain)];
      possible = !target.rows.empty();
      return possible ? random_.pick(target.rows)[0] : "";
    }
    case Sort::list:
      return list(field);
    }
    return "";
  }

  std::string number(const RowField &field) {
    int whole = random_.pick(std::vector<int>{0, 0, 1, 1, 2, 2, 3, 4, 5, 10});
    // Beyond what is kept of a code, and around it.
    if (!field.key && random_.chance(8))
      whole = random_.pick(std::vector<int>{65533, 65534, 65534, 65535, 65536, 70000});
    if (field.key) return std::to_string(std::min(whole, 4));
    std::string out = std::to_string(whole);
    if (field.scale > 0 && random_.chance(50))
      out += fmt::format(".{}", random_.pick(std::vector<int>{5, 5, 0, 1}));
    if (field.scale > 1 && random_.chance(10)) out = fmt::format("{}.05", whole);
    return (field.signed_number && whole > 0 && random_.chance(15) ? "-" : "") + out;
  }

  std::string list(const RowField &field) {
    const int count = random_.chance(3) ? 60 : random_.pick(std::vector<int>{0, 0, 1, 1, 2, 2, 3, 5, 9});
    std::string out;
    for (int i = 0; i < count; ++i) {
      if (i > 0) out += field.separator;
      if (random_.chance(5)) continue;
      std::string one = code();
      std::erase(one, field.separator);
      out += one;
    }
    return out;
  }

  const RowDraft &draft_;
  Random &random_;
  int asking_;
  std::vector<std::string> codes_;
  std::vector<int> empty_; ///< by field of the table that is made: of a hundred cells
};

} // namespace

TextTables random_row_tables(const semantics::Program &program, const RowDraft &draft, Random &random,
                             int rows) {
  return Filling(draft, random, rows).make(program);
}

} // namespace steelyard::fuzz
