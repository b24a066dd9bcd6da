// Tables and definitions of policies of lists. Formulas are in row_expressions.cpp and
// row_conditions.cpp, data in row_data.cpp.
#include "tests/fuzz/row_policies.h"
#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <map>

namespace steelyard::fuzz {

using Sort = RowField::Sort;

namespace {

class Drafting {
public:
  explicit Drafting(std::uint64_t seed) : random_(Random(seed).fork(11)), writer_(draft_, random_) {}

  RowDraft run() {
    draft_.reckless = random_.chance(10);
    draft_.of_folder = random_.chance(40);
    add("steelyard 1");
    add("policy fuzz \"Rows and tables\"");
    for (int i = random_.between(1, 3); i > 0; --i) make_enum();
    make_tables();
    make_tables_of_text();
    for (std::size_t t = 0; t + 1 < draft_.tables.size(); ++t)
      if (random_.chance(25)) compute_cells(static_cast<int>(t));
    for (int i = random_.between(3, 14); i > 0; --i) statement();
    if (random_.chance(30)) random_.shuffle(statements_);
    add("for each " + writer_.asking().name);
    for (const std::string &each : statements_) add(each);
    if (random_.chance(draft_.of_folder ? 30 : 3)) overall();
    return std::move(draft_);
  }

private:
  void add(const std::string &line) { draft_.text += line + "\n"; }

  // ---------- what stands in files ----------

  void make_enum() {
    RowEnum made;
    made.name = writer_.fresh("m");
    made.ordered = random_.chance(50);
    for (int i = random_.between(2, 4); i > 0; --i) made.members.push_back(writer_.fresh("v"));
    add(fmt::format("enum {}: {}", made.name, fmt::join(made.members, made.ordered ? " < " : ", ")));
    draft_.enums.push_back(std::move(made));
  }

  std::string type_of(const RowField &field) const {
    switch (field.sort) {
    case Sort::truth:
      return "bool";
    case Sort::number:
      return field.money        ? fmt::format("money({})", field.scale)
             : field.scale == 0 ? "count"
                                : fmt::format("ratio({})", field.scale);
    case Sort::text:
      return "text";
    case Sort::date:
      return "date";
    case Sort::month:
      return "calendar month";
    case Sort::member:
      return draft_.enums[static_cast<std::size_t>(field.domain)].name;
    case Sort::row:
      return draft_.tables[static_cast<std::size_t>(field.domain)].name;
    case Sort::list:
      return fmt::format("list of text separated by \"{}\"{}", field.separator,
                         field.at_least_one ? " at least one" : "");
    }
    return "";
  }

  /// Some input or result of this sort.
  RowField made(Sort sort, bool optional) {
    RowField out;
    out.name = writer_.fresh("f");
    out.sort = sort;
    out.optional = optional && sort != Sort::list;
    if (sort == Sort::number) {
      out.scale = random_.chance(60) ? 0 : random_.pick(std::vector<int>{1, 2, 2, 3, 4, 4, 8});
      out.money = random_.chance(15);
      out.signed_number = !out.money && out.scale > 0;
    }
    if (sort == Sort::member) out.domain = random_.below(enums_);
    if (sort == Sort::row) {
      std::vector<int> targets;
      for (std::size_t t = 0; t < draft_.tables.size(); ++t)
        if (draft_.tables[t].keys == 1 && !draft_.tables[t].derived) targets.push_back(static_cast<int>(t));
      out.domain = random_.pick(targets);
    }
    if (sort == Sort::list) {
      out.separator = random_.pick(std::vector<char>{';', '|', ';', '|', '/', ' ', '+'});
      out.at_least_one = random_.chance(50);
    }
    return out;
  }

  RowField key(const std::string &name, Sort sort) {
    RowField out = made(sort, false);
    out.name = name;
    out.scale = 0;
    out.money = false;
    out.key = true;
    return out;
  }

  void finish(RowTable table, bool asks = false) {
    add("entity " + table.name +
        (draft_.of_folder && !asks ? fmt::format(" from tables \"{}.csv\"", table.name) : ""));
    for (RowField &field : table.fields) {
      if (field.key) {
        add(fmt::format("  key {}: {}", field.name, type_of(field)));
        continue;
      }
      const bool may_default = field.sort != Sort::row && field.sort != Sort::list && !field.optional;
      std::string rest = field.optional ? " optional" : "";
      if (may_default && random_.chance(15)) {
        field.standard =
            field.sort == Sort::member
                ? '"' + random_.pick(draft_.enums[static_cast<std::size_t>(field.domain)].members) + '"'
                : writer_.literal(field);
        rest = " default " + field.standard;
      }
      const char *bounds =
          field.sort == Sort::number && !field.money && field.scale == 0 && random_.chance(10)
              ? " from 0 to 100000"
              : "";
      add(fmt::format("  input {}: {}{}{}", field.name, type_of(field), bounds, rest));
    }
    draft_.tables.push_back(std::move(table));
  }

  RowTable table(const char *stem, const std::vector<Sort> &inputs, int optional) {
    RowTable out;
    out.name = writer_.fresh(stem);
    out.fields.push_back(key(out.name, Sort::text));
    for (const Sort sort : inputs) out.fields.push_back(made(sort, random_.chance(optional)));
    return out;
  }

  void make_tables() {
    enums_ = draft_.enums.size();
    finish(table("t", {Sort::truth, Sort::number, Sort::member}, 30));
    finish(table("code", {Sort::member, Sort::number, Sort::text, Sort::row, Sort::truth, Sort::number}, 40));
    { // codes in lists that a number, a text, a member or a row tells
      RowTable pairs;
      pairs.name = writer_.fresh("pair");
      pairs.keys = 2;
      const Sort sort = random_.pick(
          std::vector<Sort>{Sort::number, Sort::number, Sort::number, Sort::text, Sort::member, Sort::row});
      pairs.fields = {key(writer_.fresh("k"), sort), key(writer_.fresh("k"), Sort::text)};
      if (random_.chance(30)) pairs.fields.push_back(made(Sort::number, random_.chance(50)));
      finish(std::move(pairs));
    }
    if (random_.chance(60)) {
      RowTable lists;
      lists.name = writer_.fresh("triple");
      lists.keys = 3;
      lists.fields = {key(writer_.fresh("k"), Sort::text), key(writer_.fresh("k"), Sort::number),
                      key(writer_.fresh("k"), Sort::text)};
      finish(std::move(lists));
    }
    if (random_.chance(60))
      finish(table("group", {Sort::truth, Sort::list, Sort::number, Sort::row, Sort::text}, 50));
    for (int i = random_.between(1, 2); i > 0; --i) {
      RowTable rules = table("rule", {Sort::number, Sort::text, Sort::list, Sort::row}, 65);
      if (random_.chance(25)) {
        rules.keys = 2;
        rules.fields.insert(rules.fields.begin() + 1, key(writer_.fresh("k"), Sort::number));
      }
      for (int more = random_.between(1, 5); more > 0; --more)
        rules.fields.push_back(made(static_cast<Sort>(random_.below(8)), random_.chance(65)));
      finish(std::move(rules));
    }
    if (random_.chance(25)) derived();
    RowTable asking = table("visit", {Sort::list, Sort::list, Sort::number, Sort::text}, 40);
    // One of each, where there is always a first element and where not.
    asking.fields[1].at_least_one = true;
    asking.fields[2].at_least_one = false;
    for (int more = random_.between(2, 9); more > 0; --more) {
      asking.fields.push_back(made(static_cast<Sort>(random_.below(8)), random_.chance(45)));
      asking.fields.back().wide = random_.chance(30);
    }
    finish(std::move(asking), true);
  }

  /// Rows for the first keys of the pairs, which no file puts in order.
  void derived() {
    const RowTable &pairs = draft_.tables[2];
    RowTable out;
    out.name = writer_.fresh("part");
    out.derived = true;
    out.fields = {pairs.fields[0]};
    out.fields[0].name = writer_.fresh("k");
    add("entity " + out.name);
    add(fmt::format("  rows from {} by ({})", pairs.name, pairs.fields[0].name));
    add(fmt::format("  key {}: {}", out.fields[0].name, type_of(out.fields[0])));
    draft_.tables.push_back(std::move(out));
  }

  void make_tables_of_text() {
    for (int i = random_.below(3); i > 0; --i) {
      const Sort sort = random_.pick(std::vector<Sort>{Sort::number, Sort::text, Sort::truth});
      RowField result;
      result.sort = sort;
      if (sort == Sort::number) result.scale = random_.below(3);
      const std::string name = writer_.fresh("by"), input = writer_.fresh("x");
      add(fmt::format("table {}: {} by {}: text", name, type_of(result), input));
      add(fmt::format("  | {} | result |", input));
      std::set<std::string> texts;
      for (int rows = random_.between(1, 5); rows > 0; --rows) texts.insert(writer_.literal_text());
      for (const std::string &text : texts) add(fmt::format("  | {} | {} |", text, writer_.literal(result)));
      add(fmt::format("  | otherwise | {} |", writer_.literal(result)));
      if (sort == Sort::number) writer_.number_tables.emplace_back(name, result.scale);
      (sort == Sort::text ? writer_.text_tables : writer_.truth_tables).push_back(name);
      if (sort == Sort::number) writer_.truth_tables.pop_back();
    }
  }

  /// A quantity of the rows of a table, which the interpreter computes beforehand.
  void compute_cells(int at) {
    RowTable &table = draft_.tables[static_cast<std::size_t>(at)];
    std::vector<const RowField *> fields;
    for (const RowField &field : table.fields)
      if (!field.key && field.sort != Sort::list && field.sort != Sort::row) fields.push_back(&field);
    if (fields.empty()) return;
    RowField out = *random_.pick(fields);
    const std::string from = out.name;
    out.name = writer_.fresh("f");
    out.computed = true;
    out.standard.clear();
    add("for each " + table.name);
    if (out.sort == Sort::truth && !out.optional) {
      add(fmt::format("  define {}: bool = not {}", out.name, from));
    } else if (!out.optional) {
      add(fmt::format("  define {}: {} = {}", out.name, type_of(out), from));
    } else if (random_.chance(50)) {
      out.optional = false;
      add(fmt::format("  define {}: {} = {} or else {}", out.name, type_of(out), from, writer_.literal(out)));
    } else {
      add(fmt::format("  define {}: {} optional", out.name, type_of(out)));
      add(fmt::format("    = {} when {} is given", from, from));
      add("    = none otherwise");
    }
    table.fields.push_back(std::move(out));
  }

  // ---------- what is computed of the rows that ask ----------

  int depth() { return random_.pick(std::vector<int>{0, 1, 1, 2, 2, 3, 4}); }

  /// `text` declares the field; what it names of the row is what it rests on.
  void declare(RowField field, std::string text) {
    field.computed = true;
    std::map<std::string, const RowField *> known;
    for (const RowField &each : writer_.asking().fields) known[each.name] = &each;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = at;
      while (end < text.size() &&
             (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_'))
        ++end;
      if (const auto found = known.find(text.substr(at, end - at)); end > at && found != known.end()) {
        field.rests_on.insert(found->first);
        field.rests_on.insert(found->second->rests_on.begin(), found->second->rests_on.end());
      }
      at = std::max(end, at + 1);
    }
    writer_.asking().fields.push_back(std::move(field));
    statements_.push_back(std::move(text));
  }

  void statement() {
    switch (random_.below(17)) {
    case 16:
      return with_within();
    case 0:
    case 1:
    case 2:
      return let_row();
    case 3:
    case 4:
      return let_truth();
    case 5:
    case 6:
      return let_test();
    case 7:
      return let_value();
    case 8:
      return decide();
    default:
      return define();
    }
  }

  void let_row() {
    RowField out;
    out.name = writer_.fresh("l");
    out.sort = Sort::row;
    out.optional = true;
    const std::string value = writer_.first_row({}, depth(), out.domain);
    declare(out, fmt::format("  let {} = {}", out.name, value.substr(1, value.size() - 2)));
  }
  void let_truth() {
    RowField out;
    out.name = writer_.fresh("l");
    out.sort = Sort::truth;
    declare(out, fmt::format("  let {} = {}", out.name, writer_.truth({}, depth())));
  }
  /// Whether a value is there, for conditions on it elsewhere.
  void let_test() {
    std::vector<const RowField *> some;
    for (const RowField &each : writer_.asking().fields)
      if (each.optional && each.sort != Sort::row) some.push_back(&each);
    if (some.empty()) return let_truth();
    const std::string of = random_.pick(some)->name;
    RowField out;
    out.name = writer_.fresh("l");
    out.sort = Sort::truth;
    writer_.tests.emplace_back(out.name, of);
    declare(out, fmt::format("  let {} = {} is given", out.name, of));
  }
  void let_value() {
    RowField out;
    out.name = writer_.fresh("l");
    if (random_.chance(40)) {
      out.sort = Sort::text;
      out.optional = random_.chance(50);
      return declare(
          out, fmt::format("  let {} = {}", out.name,
                           out.optional ? writer_.optional_text({}, depth()) : writer_.text({}, depth())));
    }
    if (random_.chance(40)) {
      std::vector<const RowField *> lists;
      for (const RowField &each : writer_.asking().fields)
        if (each.sort == Sort::list) lists.push_back(&each);
      const RowField &of = *random_.pick(lists);
      out.sort = Sort::list;
      out.separator = of.separator;
      return declare(out, fmt::format("  let {} = others of {}", out.name, of.name));
    }
    out.sort = Sort::number;
    const RowWriter::Number value = writer_.number({}, 4, false, depth());
    out.scale = value.scale;
    declare(out, fmt::format("  let {} = {}", out.name, value.text));
  }

  /// A quantity with a field changed, within another, whose field rests on the first.
  void with_within() {
    struct Three {
      RowField operand, outer, inner;
    };
    std::vector<Three> all;
    const std::vector<RowField> &fields = writer_.asking().fields;
    const auto called = [&](const std::string &name) {
      return *std::find_if(fields.begin(), fields.end(),
                           [&](const RowField &each) { return each.name == name; });
    };
    for (const RowField &operand : fields) {
      const bool of_decide =
          operand.sort == Sort::member && draft_.enums[static_cast<std::size_t>(operand.domain)].of_decide;
      const bool by_name =
          operand.sort == Sort::row && draft_.tables[static_cast<std::size_t>(operand.domain)].keys > 1;
      if (operand.sort == Sort::list || of_decide || by_name) continue;
      for (const std::string &outer : operand.rests_on)
        for (const std::string &inner : called(outer).rests_on)
          if (!called(inner).key) all.push_back({operand, called(outer), called(inner)});
    }
    if (all.empty()) return define();
    const Three of = random_.pick(all);
    const auto changed = [&](const std::string &operand, const RowField &field) {
      return fmt::format("({} with {} = {})", operand, field.name,
                         writer_.value({}, field, field.optional, 1));
    };
    RowField let = of.operand;
    let.key = false;
    let.name = writer_.fresh("l");
    let.rests_on.clear();
    RowField result = let;
    result.name = writer_.fresh("f");
    declare(let, fmt::format("  let {} = {}", let.name, changed(of.operand.name, of.inner)));
    declare(result, fmt::format("  define {}: {}{} = {}", result.name, type_of(result),
                                result.optional ? " optional" : "", changed(let.name, of.outer)));
  }

  void decide() {
    RowEnum made;
    made.name = writer_.fresh("d");
    made.of_decide = true;
    RowField out;
    out.name = made.name;
    out.sort = Sort::member;
    out.optional = random_.chance(25);
    std::string text = fmt::format("  decide {}{}", made.name, out.optional ? ": optional" : "");
    for (int i = random_.between(1, 4); i > 0; --i) {
      if (!made.members.empty() && random_.chance(20)) {
        text += fmt::format("\n    {} when {}", random_.pick(made.members), writer_.truth({}, depth()));
        continue;
      }
      if (out.optional && random_.chance(30)) {
        text += "\n    none when " + writer_.truth({}, depth());
        continue;
      }
      made.members.push_back(writer_.fresh("v"));
      text += fmt::format("\n    {} when {}", made.members.back(), writer_.truth({}, depth()));
    }
    if (out.optional && random_.chance(50) && !made.members.empty()) {
      text += "\n    none otherwise";
    } else {
      made.members.push_back(writer_.fresh("v"));
      text += fmt::format("\n    {} otherwise", made.members.back());
    }
    out.domain = static_cast<int>(draft_.enums.size());
    draft_.enums.push_back(std::move(made));
    declare(out, std::move(text));
  }

  void define() {
    const Sort sort = random_.pick(std::vector<Sort>{Sort::truth, Sort::number, Sort::number, Sort::text,
                                                     Sort::text, Sort::text, Sort::date, Sort::member,
                                                     Sort::row, Sort::list, Sort::list, Sort::month});
    RowField out = made(sort, sort != Sort::truth && random_.chance(50));
    if (sort == Sort::number && random_.chance(30)) out.scale = 4;
    const char *bounds = draft_.reckless && sort == Sort::number && random_.chance(20) ? " from 0 to 3" : "";
    if (sort == Sort::row) out.optional = true;
    std::string text =
        fmt::format("  define {}: {}{}{}", out.name, type_of(out), bounds, out.optional ? " optional" : "");
    const auto value = [&](int deep) { return writer_.value({}, out, out.optional, deep); };
    const int cases = random_.pick(std::vector<int>{1, 1, 1, 2, 2, 3, 4});
    if (cases == 1) {
      text += "\n    = " + value(depth());
    } else {
      for (int i = cases; i > 1; --i) {
        const int deep = std::max(0, depth() - 1);
        if (out.optional && random_.chance(20))
          text += "\n    = none when " + writer_.truth({}, depth());
        else if (sort == Sort::text && random_.chance(30)) {
          const std::string of = writer_.optional_text({}, deep);
          text += fmt::format("\n    = {} when {} is given{}", of, of,
                              random_.chance(50) ? " and " + writer_.truth({}, deep) : "");
        } else
          text += fmt::format("\n    = {} when {}", value(deep), writer_.truth({}, depth()));
      }
      text += out.optional && random_.chance(40) ? "\n    = none otherwise"
                                                 : "\n    = " + value(1) + " otherwise";
    }
    if (random_.chance(20))
      text += fmt::format("\n    except {}: {} when {}", writer_.fresh("x"), value(1),
                          writer_.truth({}, depth()));
    declare(out, std::move(text));
  }

  /// What rests on the results of the rows is a plan of its own.
  void overall() {
    add("overall");
    const std::string &rows = writer_.asking().name;
    add(fmt::format("  define rows: count = count of {}", rows));
    for (const RowField &field : writer_.asking().fields) {
      if (!field.computed || field.name[0] == 'l' || random_.chance(50)) continue;
      std::string where;
      if (field.sort == Sort::truth) where = field.name;
      if (field.sort == Sort::text) where = fmt::format("{} = {}", field.name, writer_.literal_text());
      if (field.sort == Sort::member)
        where = fmt::format("{} = {}", field.name, writer_.literal(field, false));
      if (where.empty()) continue;
      if (field.optional)
        where = random_.chance(50) ? field.name + " is missing"
                                   : fmt::format("{} is given and {}", field.name, where);
      add(fmt::format("  define {}: count = count of {} where {}", writer_.fresh("f"), rows, where));
    }
  }

  Random random_;
  RowDraft draft_;
  RowWriter writer_;
  std::size_t enums_ = 0; ///< that inputs may have
  std::vector<std::string> statements_;
};

} // namespace

RowDraft draft_row_policy(std::uint64_t seed) {
  return Drafting(seed).run();
}

} // namespace steelyard::fuzz
