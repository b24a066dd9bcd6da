// Values and lists in policies of lists. Conditions are in row_conditions.cpp.
#include "tests/fuzz/row_policies.h"
#include <algorithm>
#include <fmt/format.h>

namespace steelyard::fuzz {

using Sort = RowField::Sort;

// ---------- what can be named ----------

void RowWriter::follow(int table, const std::string &so_far, bool optional, int steps,
                       std::vector<Reach> &out) const {
  for (const RowField &field : draft_.tables[static_cast<std::size_t>(table)].fields) {
    const Reach reach{so_far + field.name, &field, optional || field.optional};
    if (field.sort == Sort::row && steps > 0)
      follow(field.domain, reach.text + ".", reach.optional, steps - 1, out);
    out.push_back(reach);
  }
}

std::vector<RowWriter::Reach> RowWriter::reach(const At &at, bool inner, Sort sort) const {
  std::vector<Reach> all;
  follow(inner ? at.inner : static_cast<int>(draft_.tables.size()) - 1, inner ? "" : at.own(), false, 2, all);
  std::erase_if(all, [&](const Reach &each) {
    if (each.field->sort != sort) return true;
    // Lists of other rows than the own one are not asked row by row.
    return sort == Sort::list &&
           (inner ? each.optional : each.text.find('.', at.own().size()) != std::string::npos);
  });
  return all;
}

std::vector<RowWriter::Reach> RowWriter::looked_up(const std::string &key, Sort sort) const {
  std::vector<Reach> all;
  for (std::size_t t = 0; t + 1 < draft_.tables.size(); ++t)
    if (draft_.tables[t].keys == 1 && draft_.tables[t].fields[0].sort == Sort::text)
      follow(static_cast<int>(t), fmt::format("{}[{}].", draft_.tables[t].name, key), true, 1, all);
  std::erase_if(all, [&](const Reach &each) { return each.field->sort != sort; });
  return all;
}

// ---------- values ----------

std::string RowWriter::literal_text() {
  static const std::vector<std::string> texts{"A00", "A01", "A02", "A03", "B00",
                                              "B01", "B02", "C00", "",    "ZZ"};
  return '"' + random_.pick(texts) + '"';
}

std::string RowWriter::literal(const RowField &type, bool qualified) {
  switch (type.sort) {
  case Sort::truth:
    return random_.chance(50) ? "true" : "false";
  case Sort::number: {
    std::string out = std::to_string(random_.pick(std::vector<int>{0, 1, 1, 2, 2, 3, 4, 5, 10, 70000}));
    if (type.scale > 0) out += fmt::format(".{:0{}}", random_.chance(60) ? 0 : 5, type.scale);
    return out + (type.money ? " yuan" : "");
  }
  case Sort::date:
    return fmt::format("2024-0{}-1{}", random_.between(1, 3), random_.below(3));
  case Sort::month:
    return fmt::format("2024-0{}", random_.between(1, 4));
  case Sort::member: {
    const RowEnum &of = draft_.enums[static_cast<std::size_t>(type.domain)];
    return (qualified && !of.of_decide ? of.name + "." : "") + random_.pick(of.members);
  }
  default:
    return literal_text();
  }
}

std::string RowWriter::text(const At &at, int depth) {
  const std::vector<Reach> own = reach(at, false, Sort::text);
  for (int tries = 0; tries < 20; ++tries) {
    switch (random_.below(12)) {
    case 0:
      return literal_text();
    case 1:
    case 2:
    case 3: {
      const Reach &one = random_.pick(own);
      if (!one.optional) return one.text;
      if (random_.chance(30)) {
        const Reach &other = random_.pick(own);
        if (other.optional)
          return fmt::format("({} or else {} or else {})", one.text, other.text, literal_text());
      }
      return fmt::format("({} or else {})", one.text, literal_text());
    }
    case 4:
    case 5:
    case 6:
      if (!at.elements.empty()) return random_.chance(70) ? at.elements.back() : random_.pick(at.elements);
      break;
    case 7: {
      bool at_least_one = false;
      const std::string of = list(at, 0, &at_least_one);
      if (at_least_one) return "first of " + of;
      return fmt::format("(first of {} or else {})", of, literal_text());
    }
    case 8:
      if (depth > 0 && !text_tables.empty())
        return fmt::format("{}({})", random_.pick(text_tables), text(at, depth - 1));
      break;
    case 9:
      if (depth > 0) {
        const std::string key = text(at, 0);
        const std::vector<Reach> there = looked_up(key, Sort::text);
        return fmt::format("({} or else {})", random_.pick(there).text,
                           random_.chance(50) ? key : literal_text());
      }
      break;
    case 10:
      if (depth > 0) return fmt::format("({} or else {})", optional_text(at, depth - 1), text(at, 0));
      break;
    default:
      if (at.inner < 0 && depth > 0 && random_.chance(40))
        if (const RowField *of = nullptr; true) {
          const std::string with = changed(at, Sort::text, depth - 1, &of);
          if (!with.empty())
            return of->optional ? fmt::format("({} or else {})", with, literal_text()) : with;
        }
      break;
    }
  }
  return literal_text();
}

std::string RowWriter::optional_text(const At &at, int depth) {
  if (random_.chance(40)) {
    std::vector<Reach> own = reach(at, false, Sort::text);
    std::erase_if(own, [](const Reach &each) { return !each.optional; });
    if (!own.empty()) return random_.pick(own).text;
  }
  if (depth > 0 && random_.chance(50)) {
    if (random_.chance(35)) return random_.pick(looked_up(text(at, depth - 1), Sort::text)).text;
    At inside = at;
    const std::string over = list(at, depth - 1);
    inside.elements.push_back(fresh("e"));
    return fmt::format("(first of {} as {} where {})", over, inside.elements.back(),
                       truth(inside, depth - 1));
  }
  // Whatever the list, its others have perhaps no first.
  for (int tries = 0; tries < 5; ++tries) {
    bool at_least_one = false;
    const std::string of = list(at, 0, &at_least_one);
    if (!at_least_one) return "first of " + of;
  }
  const std::vector<Reach> own = reach(at, false, Sort::list);
  return "first of others of " + random_.pick(own).text;
}

RowWriter::Number RowWriter::number(const At &at, int scale, bool money, int depth) {
  const auto fits = [&](const Reach &each) {
    return each.field->money == money && each.field->scale <= scale;
  };
  std::vector<Reach> own = reach(at, false, Sort::number);
  std::erase_if(own, [&](const Reach &each) { return !fits(each); });
  const auto given = [&](const Reach &one) -> Number {
    if (!one.optional) return {one.text, one.field->scale};
    return {fmt::format("({} or else {})", one.text, literal(*one.field)), one.field->scale};
  };
  for (int tries = 0; tries < 10; ++tries) {
    switch (random_.below(9)) {
    case 0:
    case 1:
    case 2:
    case 3:
      if (!own.empty()) return given(random_.pick(own));
      break;
    case 4:
    case 5:
      if (depth > 0 && !money && at.inner < 0) return {search(at, depth - 1), 0};
      break;
    case 6: {
      if (money || number_tables.empty() || depth == 0) break;
      const auto &[table, decimals] = random_.pick(number_tables);
      if (decimals > scale) break;
      return {fmt::format("{}({})", table, text(at, depth - 1)), decimals};
    }
    case 7: {
      if (depth == 0) break;
      std::vector<Reach> there = looked_up(text(at, 0), Sort::number);
      std::erase_if(there, [&](const Reach &each) { return !fits(each); });
      if (!there.empty()) return given(random_.pick(there));
      break;
    }
    default: {
      RowField type;
      type.sort = Sort::number;
      type.scale = random_.below(static_cast<std::size_t>(scale) + 1);
      type.money = money;
      return {literal(type), type.scale};
    }
    }
  }
  return {money ? "1 yuan" : "1", 0};
}

std::string RowWriter::value(const At &at, const RowField &type, bool optional, int depth) {
  const auto same = [&](const Reach &each) {
    return each.field->domain == type.domain && (optional || !each.optional);
  };
  switch (type.sort) {
  case Sort::truth:
    return truth(at, depth);
  case Sort::number: {
    std::vector<Reach> own = reach(at, false, Sort::number);
    std::erase_if(own, [&](const Reach &each) {
      return !each.optional || each.field->money != type.money || each.field->scale > type.scale;
    });
    if (optional && !own.empty() && random_.chance(50)) return random_.pick(own).text;
    return number(at, type.scale, type.money, depth).text;
  }
  case Sort::text:
    return optional && random_.chance(60) ? optional_text(at, depth) : text(at, depth);
  case Sort::list: {
    if (random_.chance(50)) {
      At inside = at;
      const std::string over = list(at, 0);
      inside.elements.push_back(fresh("e"));
      return fmt::format("list of ({}) over {} as {}", text(inside, depth), over, inside.elements.back());
    }
    if (random_.chance(35)) return fmt::format("list of ({})", text(at, depth));
    std::vector<Reach> own = reach(at, false, Sort::list);
    std::erase_if(own, [&](const Reach &each) {
      return each.field->separator != type.separator || (type.at_least_one && !each.field->at_least_one);
    });
    if (!own.empty()) {
      const Reach &one = random_.pick(own);
      return random_.chance(50) ? one.text : "others of " + one.text;
    }
    return fmt::format("list of ({})", text(at, 0));
  }
  default: {
    std::vector<Reach> own = reach(at, false, type.sort);
    if (depth > 0 && random_.chance(30))
      for (const Reach &each : looked_up(text(at, depth - 1), type.sort)) own.push_back(each);
    std::vector<Reach> fitting = own;
    std::erase_if(fitting, [&](const Reach &each) { return !same(each); });
    if (!fitting.empty() && random_.chance(70)) return random_.pick(fitting).text;
    if (type.sort == Sort::row)
      return fmt::format("{}[{}]", draft_.tables[static_cast<std::size_t>(type.domain)].name,
                         depth > 0 ? text(at, 0) : literal_text());
    std::erase_if(own,
                  [&](const Reach &each) { return !each.optional || each.field->domain != type.domain; });
    if (!own.empty() && random_.chance(60))
      return fmt::format("({} or else {})", random_.pick(own).text, literal(type));
    return literal(type);
  }
  }
}

std::string RowWriter::list(const At &at, int depth, bool *at_least_one) {
  const Reach own = random_.pick(reach(at, false, Sort::list));
  if (at_least_one != nullptr) *at_least_one = false;
  if (depth > 0 && random_.chance(12)) {
    At inside = at;
    inside.elements.push_back(fresh("e"));
    if (at_least_one != nullptr) *at_least_one = own.field->at_least_one;
    return fmt::format("(list of ({}) over {} as {})", text(inside, depth - 1), own.text,
                       inside.elements.back());
  }
  if (random_.chance(30)) return "others of " + own.text;
  if (random_.chance(4)) return "others of (others of " + own.text + ")";
  if (at_least_one != nullptr) *at_least_one = own.field->at_least_one;
  return own.text;
}

} // namespace steelyard::fuzz
