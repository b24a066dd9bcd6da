// Conditions in policies of lists. What the row that asks tells and what a table of rules tells are kept
// apart, since only some conditions of both are done row by row.
#include "tests/fuzz/row_policies.h"
#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace steelyard::fuzz {

using Sort = RowField::Sort;

namespace {
const std::vector<const char *> comparisons{"=", "!=", "<", "<=", ">", ">="};
} // namespace

template<class Use> std::string RowWriter::guarded(const std::string &value, Use &&use) {
  for (const auto &[test, of] : tests) {
    // The checker does not know what a let has found out, so `required` says what is so.
    const std::string own = value.starts_with("this.") ? "this." : "";
    if (value != own + of || !random_.chance(60)) continue;
    if (random_.chance(50)) return fmt::format("({}{} and {})", own, test, use("required " + value));
    return fmt::format("(not {}{} or {})", own, test, use("required " + value));
  }
  if (draft_.reckless && random_.chance(10)) return use("(required " + value + ")");
  switch (random_.below(6)) {
  case 0:
    return fmt::format("({} is missing or {})", value, use(value));
  case 1:
    return fmt::format("not ({} is missing or {})", value, use(value));
  case 2:
    return fmt::format("(not ({} is missing) and {})", value, use(value));
  default:
    return fmt::format("({} is given and {})", value, use(value));
  }
}

template<class Use> std::string RowWriter::about(const Reach &of, Use &&use) {
  return of.optional ? guarded(of.text, use) : use(of.text);
}

// ---------- conditions of the row that asks ----------

std::string RowWriter::compared(Sort sort, const std::string &left, const std::string &right, bool ordered) {
  const bool by_order = ordered && sort != Sort::text && sort != Sort::truth && sort != Sort::row;
  return fmt::format("{} {} {}", left, comparisons[static_cast<std::size_t>(random_.below(by_order ? 6 : 2))],
                     right);
}

std::string RowWriter::of_member(const std::string &value, const RowEnum &of) {
  if (of.members.size() > 2 && random_.chance(40)) {
    std::vector<std::string> members = of.members;
    random_.shuffle(members);
    return fmt::format("{} {}in ({}, {})", value, random_.chance(30) ? "not " : "", members[0], members[1]);
  }
  return compared(Sort::member, value, random_.pick(of.members), of.ordered);
}

std::string RowWriter::comparison(const At &at, int depth) {
  switch (random_.below(6)) {
  case 0: {
    const Sort sort = random_.chance(60) ? Sort::date : Sort::month;
    std::vector<Reach> own = reach(at, false, sort);
    if (own.empty()) break;
    const Reach &one = random_.pick(own);
    return about(one, [&](const std::string &value_of) {
      return compared(sort, value_of, value(at, *one.field, false, 0), true);
    });
  }
  case 1:
  case 2: {
    std::vector<Reach> own = reach(at, false, Sort::member);
    if (depth > 0 && random_.chance(50))
      for (const Reach &each : looked_up(text(at, depth - 1), Sort::member)) own.push_back(each);
    if (own.empty()) break;
    const Reach &one = random_.pick(own);
    return about(one, [&](const std::string &value_of) {
      return of_member(value_of, draft_.enums[static_cast<std::size_t>(one.field->domain)]);
    });
  }
  case 3:
    return compared(Sort::text, text(at, depth), text(at, 0), false);
  case 4: {
    std::vector<Reach> own = reach(at, false, Sort::number);
    if (depth > 0 && random_.chance(40))
      for (const Reach &each : looked_up(text(at, depth - 1), Sort::number)) own.push_back(each);
    if (own.empty()) break;
    const Reach &one = random_.pick(own);
    return about(one, [&](const std::string &value_of) {
      const std::string other = number(at, 4, one.field->money, 0).text;
      const bool turned = random_.chance(30);
      return compared(Sort::number, turned ? other : value_of, turned ? value_of : other, true);
    });
  }
  default:
    break;
  }
  const bool money = random_.chance(25);
  return compared(Sort::number, number(at, 4, money, depth).text, number(at, 4, money, 0).text, true);
}

std::string RowWriter::given_or_not(const At &at, int depth) {
  const char *given = random_.chance(60) ? "given" : "missing";
  if (random_.chance(50)) return fmt::format("{} is {}", optional_text(at, depth), given);
  std::vector<Reach> some;
  for (const Sort sort : {Sort::truth, Sort::number, Sort::text, Sort::date, Sort::member, Sort::row})
    for (const Reach &each : reach(at, false, sort))
      if (each.optional) some.push_back(each);
  if (some.empty()) return fmt::format("{} is {}", optional_text(at, depth), given);
  return fmt::format("{} is {}", random_.pick(some).text, given);
}

template<class Use> std::string RowWriter::with_set(const At &at, bool of_cells, Use &&use) {
  if (of_cells ? random_.chance(25) : random_.chance(30)) {
    std::vector<Reach> lists = reach(at, of_cells, Sort::list);
    if (!lists.empty()) return use(random_.pick(lists).text);
  }
  std::vector<const RowTable *> sets;
  for (std::size_t t = 0; t + 1 < draft_.tables.size(); ++t) {
    const RowTable &table = draft_.tables[t];
    const bool text_last = table.fields[static_cast<std::size_t>(table.keys) - 1].sort == Sort::text;
    if (text_last && (of_cells ? table.keys > 1 : table.keys < 3)) sets.push_back(&table);
  }
  const RowTable &set = *random_.pick(sets);
  if (set.keys == 1) return use(set.name);
  // The other keys, each perhaps with a guard.
  std::vector<std::string> keys;
  std::vector<std::string> guards;
  for (int k = 0; k + 1 < set.keys; ++k) {
    const RowField &key = set.fields[static_cast<std::size_t>(k)];
    std::vector<Reach> own = reach(at, of_cells, key.sort);
    std::erase_if(own, [&](const Reach &each) {
      return each.field->domain != key.domain ||
             (key.sort == Sort::number && (each.field->scale > 0 || each.field->money));
    });
    // A set of several keys that no cell tells is not asked row by row.
    if (own.empty() || (k > 0 && random_.chance(own.size() < 2 ? 50 : 15)) ||
        (set.keys == 2 && random_.chance(15))) {
      if (key.sort == Sort::row) return use(draft_.tables[0].name);
      keys.push_back(literal(key));
      continue;
    }
    const Reach &one = random_.pick(own);
    if (one.optional && std::find(guards.begin(), guards.end(), one.text) == guards.end())
      guards.push_back(one.text);
    keys.push_back(one.text);
  }
  const std::string all = fmt::format("{}[{}]", set.name, fmt::join(keys, ", "));
  if (guards.empty()) return use(all);
  if (guards.size() == 1) {
    if (random_.chance(70)) return fmt::format("({} is missing or {})", guards[0], use(all));
    return fmt::format("({} is given and {})", guards[0], use(all));
  }
  std::string out = "(";
  for (const std::string &guard : guards) out += guard + " is given and ";
  return out + use(all) + ")";
}

std::string RowWriter::in_set(const At &at, int depth) {
  const std::string not_or = random_.chance(30) ? "not " : "";
  if (random_.chance(25))
    return guarded(optional_text(at, depth), [&](const std::string &value_of) {
      return with_set(at, false, [&](const std::string &set) {
        return fmt::format("{} {}in {}", value_of, not_or, set);
      });
    });
  const std::string of = text(at, depth);
  return with_set(at, false,
                  [&](const std::string &set) { return fmt::format("{} {}in {}", of, not_or, set); });
}

std::string RowWriter::list_test(const At &at, int depth) {
  const std::string of = list(at, depth);
  if (depth == 0 || random_.chance(35))
    return with_set(
        at, false, [&](const std::string &set) { return fmt::format("{} of {} in {}", any_all(), of, set); });
  At inside = at;
  const std::string element = fresh("e");
  inside.elements.push_back(element);
  std::string body = truth(inside, depth - 1);
  if (random_.chance(25)) {
    // What the row of a code says for certain, where it is known that there is one.
    std::vector<Reach> there = looked_up(element, Sort::number);
    std::erase_if(there, [](const Reach &each) {
      return each.field->optional || each.text.find("].") != each.text.rfind('.') - 1;
    });
    if (!there.empty()) {
      const Reach &one = random_.pick(there);
      const std::string other =
          random_.chance(40) ? literal(*one.field) : number(at, 4, one.field->money, 0).text;
      const std::string table = one.text.substr(0, one.text.find('['));
      body = fmt::format("{} in {} and required {} >= {}", element, table, one.text, other);
      if (random_.chance(40)) {
        // Or all of them are known, which is asked before.
        return fmt::format("(all of {} in {} and {} of {} as {} where required {} > {})", of, table,
                           any_all(), of, element, one.text, other);
      }
    }
  }
  return fmt::format("({} of {} as {} where {})", any_all(), of, element, body);
}

std::string RowWriter::first_row(const At &at, int depth, int &table) {
  std::vector<int> rules;
  for (std::size_t t = 0; t + 1 < draft_.tables.size(); ++t)
    for (int weight = draft_.tables[t].derived ? 0 : t < 2 ? 1 : 3; weight > 0; --weight)
      rules.push_back(static_cast<int>(t));
  table = random_.pick(rules);
  At inside = at;
  inside.inner = table;
  const std::string &name = draft_.tables[static_cast<std::size_t>(table)].name;
  return fmt::format("(first of {} where {})", name, condition(inside, depth));
}

std::string RowWriter::search(const At &at, int depth) {
  At inside = at;
  inside.inner = random_.below(draft_.tables.size() - 1);
  const std::string &name = draft_.tables[static_cast<std::size_t>(inside.inner)].name;
  return fmt::format("(count of {} by none where {})", name, condition(inside, depth));
}

std::string RowWriter::changed(const At &at, Sort sort, int depth, const RowField **of) {
  const std::vector<RowField> &fields = asking().fields;
  std::vector<const RowField *> operands, inputs;
  for (const RowField &field : fields) {
    if (field.computed && field.sort == sort && sort != Sort::list && !field.rests_on.empty())
      operands.push_back(&field);
    if (!field.key) inputs.push_back(&field);
  }
  if (operands.empty()) return "";
  const RowField &operand = *random_.pick(operands);
  std::vector<const RowField *> reached = inputs;
  std::erase_if(reached, [&](const RowField *each) { return !operand.rests_on.contains(each->name); });
  const RowField &field = *random_.pick(reached.empty() || random_.chance(10) ? inputs : reached);
  if (of != nullptr) *of = &operand;
  if (!at.elements.empty() && field.sort == Sort::list && random_.chance(60))
    return fmt::format("({} with {} = list of {})", operand.name, field.name, at.elements.back());
  return fmt::format("({} with {} = {})", operand.name, field.name,
                     value(at, field, field.optional, std::min(depth, 1)));
}

std::string RowWriter::of_rows(const At &at, int depth) {
  std::vector<Reach> rows = reach(at, false, Sort::row);
  if (rows.empty()) return comparison(at, depth);
  const Reach &one = random_.pick(rows);
  const bool reckless =
      std::exchange(draft_.reckless, false); // `required` before it is not compared with a text
  const std::string out = about(one, [&](const std::string &row) {
    std::vector<Reach> others = rows;
    std::erase_if(
        others, [&](const Reach &each) { return each.field->domain != one.field->domain || each.optional; });
    const bool by_text = draft_.tables[static_cast<std::size_t>(one.field->domain)].keys == 1;
    if (by_text && (others.empty() || random_.chance(60)))
      return compared(Sort::row, row, text(at, 0), false);
    return compared(Sort::row, row, others.empty() ? row : random_.pick(others).text, false);
  });
  draft_.reckless = reckless;
  return out;
}

std::string RowWriter::either(const At &at, int depth, bool in_table) {
  std::vector<std::string> parts;
  for (int i = random_.between(2, depth > 2 ? 4 : 3); i > 0; --i)
    parts.push_back(in_table ? condition(at, depth - 1) : truth(at, depth - 1));
  if (random_.chance(20))
    return fmt::format("not ({})", fmt::join(parts, random_.chance(50) ? " and " : " or "));
  return fmt::format("({})", fmt::join(parts, random_.chance(in_table ? 65 : 50) ? " and " : " or "));
}

std::string RowWriter::truth(const At &at, int depth) {
  for (int tries = 0; tries < 20; ++tries) {
    switch (random_.below(15)) {
    case 0:
    case 1: {
      std::vector<Reach> own = reach(at, false, Sort::truth);
      if (own.empty()) break;
      const Reach &one = random_.pick(own);
      if (!one.optional) return (random_.chance(20) ? "not " : "") + one.text;
      if (random_.chance(30))
        return fmt::format("({} or else {})", one.text, random_.chance(50) ? "true" : "false");
      return about(one, [](const std::string &yes) { return yes; });
    }
    case 2:
    case 3:
      return comparison(at, std::max(0, depth - 1));
    case 4:
      return given_or_not(at, std::max(0, depth - 1));
    case 5:
    case 6:
      return in_set(at, std::max(0, depth - 1));
    case 7:
    case 8:
    case 9:
      return list_test(at, std::max(0, depth - 1));
    case 10: {
      if (depth == 0 || at.inner >= 0 || random_.chance(40)) break;
      int table = -1;
      if (random_.chance(50))
        return fmt::format("{} is {}", first_row(at, depth - 1, table),
                           random_.chance(70) ? "given" : "missing");
      return compared(Sort::number, search(at, depth - 1), std::to_string(random_.below(4)), true);
    }
    case 11: {
      if (depth == 0 || at.inner >= 0) break;
      const RowField *of = nullptr;
      const Sort sort =
          random_.pick(std::vector<Sort>{Sort::truth, Sort::text, Sort::number, Sort::member, Sort::row});
      const std::string with = changed(at, sort, depth - 1, &of);
      if (with.empty()) break;
      if (of->optional && (sort != Sort::truth || random_.chance(50)))
        return fmt::format("{} is {}", with, random_.chance(70) ? "given" : "missing");
      if (sort == Sort::truth) return of->optional ? fmt::format("({} or else false)", with) : with;
      if (sort == Sort::row) break;
      if (sort == Sort::member) return of_member(with, draft_.enums[static_cast<std::size_t>(of->domain)]);
      return compared(sort, with, sort == Sort::text ? text(at, 0) : number(at, 4, of->money, 0).text, true);
    }
    case 12:
      return of_rows(at, std::max(0, depth - 1));
    case 13:
      if (depth > 0 && !truth_tables.empty())
        return fmt::format("{}({})", random_.pick(truth_tables), text(at, depth - 1));
      break;
    default:
      if (depth > 0) return either(at, depth, false);
      break;
    }
  }
  return given_or_not(at, 0);
}

// ---------- conditions of tables of rules ----------

/// Of the row of the table alone.
std::string RowWriter::of_cells(const At &at) {
  const Sort sort = random_.pick(std::vector<Sort>{Sort::truth, Sort::number, Sort::text, Sort::member,
                                                   Sort::date, Sort::row, Sort::list});
  std::vector<Reach> cells = reach(at, true, sort);
  if (cells.empty()) return random_.chance(50) ? "true" : "1 = 1";
  const Reach &one = random_.pick(cells);
  if (one.optional && random_.chance(40))
    return fmt::format("{} is {}", one.text, random_.chance(50) ? "given" : "missing");
  switch (sort) {
  case Sort::truth:
    return about(one, [](const std::string &yes) { return yes; });
  case Sort::member:
    return about(one, [&](const std::string &cell) {
      return of_member(cell, draft_.enums[static_cast<std::size_t>(one.field->domain)]);
    });
  case Sort::row:
    return about(one, [&](const std::string &cell) {
      return draft_.tables[static_cast<std::size_t>(one.field->domain)].keys == 1
                 ? compared(sort, cell, literal_text(), false)
                 : compared(sort, cell, cell, false);
    });
  case Sort::list:
    return fmt::format("{} of {} in {}", any_all(), one.text, draft_.tables[0].name);
  default:
    return about(one,
                 [&](const std::string &cell) { return compared(sort, cell, literal(*one.field), true); });
  }
}

/// Of a cell and of the row that asks.
std::string RowWriter::mixed(const At &at, int depth) {
  for (int tries = 0; tries < 20; ++tries) {
    switch (random_.below(9)) {
    case 0:
    case 1: { // a value and a cell
      const Sort sort = random_.pick(std::vector<Sort>{Sort::number, Sort::number, Sort::text, Sort::member,
                                                       Sort::date, Sort::month, Sort::row});
      std::vector<Reach> cells = reach(at, true, sort);
      if (cells.empty()) break;
      const Reach &one = random_.pick(cells);
      std::vector<Reach> own = reach(at, false, sort);
      std::erase_if(own, [&](const Reach &each) {
        return each.field->domain != one.field->domain || each.field->money != one.field->money;
      });
      const bool ordered =
          sort != Sort::member || draft_.enums[static_cast<std::size_t>(one.field->domain)].ordered;
      return about(one, [&](const std::string &cell) {
        const auto against = [&](const std::string &asked) {
          if (random_.chance(45)) return fmt::format("{} = {}", asked, cell);
          const bool turned = random_.chance(30);
          return compared(sort, turned ? cell : asked, turned ? asked : cell, ordered);
        };
        if (sort == Sort::text && (own.empty() || random_.chance(50))) return against(text(at, depth));
        if (own.empty())
          return sort == Sort::row ? fmt::format("{} = {}", cell, cell) : against(literal(*one.field));
        if (sort == Sort::number && random_.chance(30))
          return against(number(at, 4, one.field->money, depth).text);
        return about(random_.pick(own), against);
      });
    }
    case 2: { // a text in a set that the cells tell
      const std::string of = text(at, depth);
      const std::string not_or = random_.chance(20) ? "not " : "";
      return with_set(at, true,
                      [&](const std::string &set) { return fmt::format("{} {}in {}", of, not_or, set); });
    }
    case 3: {
      const std::string of = optional_text(at, depth);
      return guarded(of, [&](const std::string &given) {
        return with_set(at, true,
                        [&](const std::string &set) { return fmt::format("{} in {}", given, set); });
      });
    }
    case 4:
    case 5: { // elements of the row in such a set
      const std::string of = list(at, depth);
      return with_set(at, true, [&](const std::string &set) {
        if (random_.chance(60)) return fmt::format("{} of {} in {}", any_all(), of, set);
        const std::string element = fresh("e");
        return fmt::format("({} of {} as {} where {} in {})", any_all(), of, element, element, set);
      });
    }
    case 6:
    case 7: { // elements of a cell, asked about the row
      std::vector<Reach> cells = reach(at, true, Sort::list);
      if (cells.empty()) break;
      const std::string cell = random_.pick(cells).text;
      if (random_.chance(40)) {
        std::vector<Reach> own = reach(at, false, Sort::list);
        return fmt::format("{} of {} in {}", any_all(), cell, random_.pick(own).text);
      }
      At inside = at;
      inside.elements.push_back(fresh("e"));
      return fmt::format("({} of {} as {} where {} = {})", any_all(), cell, inside.elements.back(),
                         inside.elements.back(), text(at, depth));
    }
    default: { // a flag that is to be as the row is
      std::vector<Reach> cells = reach(at, true, Sort::truth);
      if (cells.empty()) break;
      return about(random_.pick(cells),
                   [&](const std::string &cell) { return fmt::format("{} = ({})", cell, truth(at, depth)); });
    }
    }
  }
  return of_cells(at);
}

std::string RowWriter::condition(const At &at, int depth) {
  const int kind = random_.below(10);
  if (depth > 0 && kind < 5) return either(at, depth, true);
  if (kind < 6) return of_cells(at);
  if (kind < 7) return truth(at, std::min(depth, 1));
  return mixed(at, std::min(depth, 1));
}

} // namespace steelyard::fuzz
