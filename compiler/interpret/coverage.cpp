// Collects what an observer hears, and holds it against all that the policy contains.
#include "compiler/interpret/coverage.h"
#include "compiler/interpret/source_text.h"
#include "compiler/interpret/term_walk.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::interpret {

using namespace semantics;

namespace {

bool is_ordering(syntax::BinaryOp op) {
  return op == syntax::BinaryOp::less || op == syntax::BinaryOp::less_equal ||
         op == syntax::BinaryOp::greater || op == syntax::BinaryOp::greater_equal;
}

/// The decimals in which a comparison is stepped over; -1 when no side has fixed ones.
int scale_of(const Binary &comparison) {
  const bool left_is_constant = std::holds_alternative<Constant>(comparison.left->node);
  const int left = comparison.left->type.scale;
  const int right = comparison.right->type.scale;
  if (left >= 0 && !(left_is_constant && right >= 0)) return left;
  return right;
}

/// Every term of a definition's body that is evaluated at a row of its scope.
template<class Visit> void each_term(const Definition &definition, Visit &&visit) {
  const auto one = [&](const TermPtr &term) {
    if (term) visit(*term);
  };
  const auto alternatives = [&](const std::vector<Alternative> &list) {
    for (const Alternative &alternative : list) {
      one(alternative.value);
      one(alternative.condition);
    }
  };
  if (const auto *formula = std::get_if<Formula>(&definition.body)) {
    alternatives(formula->lines);
    alternatives(formula->excepts);
  } else if (const auto *decide = std::get_if<Decide>(&definition.body)) {
    alternatives(decide->alternatives);
  } else if (const auto *deduct = std::get_if<Deduct>(&definition.body)) {
    one(deduct->from);
    for (const Deduct::Less &clause : deduct->clauses) {
      one(clause.amount);
      one(clause.condition);
    }
  } else if (const auto *allocate = std::get_if<Allocate>(&definition.body)) {
    one(allocate->whole);
    one(allocate->part);
    one(allocate->weight);
  }
}

} // namespace

void Coverage::on_alternative(int definition, int, int index) {
  alternatives_.emplace(definition, index);
}

void Coverage::on_table_row(int table, int row) {
  table_rows_.emplace(table, row);
}

void Coverage::meet(Points &points, const Exact &left, const Exact &right, int scale) {
  const Exact distance = left - right;
  if (scale >= 0 && number::abs(distance) > Exact(1, number::power_of_ten(scale))) return;
  points.at(distance.sign() < 0 ? 0 : distance.is_zero() ? 1 : 2) = true;
}

void Coverage::on_comparison(const Term &term, const Exact &left, const Exact &right) {
  meet(comparisons_[&term], left, right, scale_of(std::get<Binary>(term.node)));
}

void Coverage::on_band(int table, int input, const Exact &bound, const Exact &value) {
  auto &bounds = bands_[{table, input}];
  auto at =
      std::find_if(bounds.begin(), bounds.end(), [&](const auto &known) { return known.first == bound; });
  if (at == bounds.end()) at = bounds.insert(at, {bound, Points{}});
  meet(at->second, value, bound, program_.tables[table].inputs[input].type.scale);
}

/// The examples of an amended policy are left out, and then its rules are not counted either.
bool Coverage::counts(const Span &span) const {
  const auto layer = [&](const Span &of) { return program_.layer_of_file[of.file]; };
  return program_.tests.empty() ||
         std::any_of(program_.tests.begin(), program_.tests.end(),
                     [&](const Test &test) { return layer(test.span) == layer(span); });
}

Coverage::Kind Coverage::alternatives() const {
  Kind kind{"alternatives", 0, 0, {}};
  const auto count = [&](int definition, std::size_t index, const Span &span, const std::string &what) {
    if (!counts(span)) return;
    ++kind.total;
    if (alternatives_.count({definition, static_cast<int>(index)}) > 0)
      ++kind.covered;
    else
      kind.gaps.push_back(
          {span, program_.field_of(program_.definitions[definition]).names.canonical() + ": " + what});
  };
  for (std::size_t i = 0; i < program_.definitions.size(); ++i) {
    const auto definition = static_cast<int>(i);
    const auto &body = program_.definitions[i].body;
    if (const auto *formula = std::get_if<Formula>(&body)) {
      if (formula->lines.size() + formula->excepts.size() < 2) continue;
      for (std::size_t k = 0; k < formula->lines.size(); ++k)
        count(definition, k, formula->lines[k].span,
              formula->lines.size() == 1 ? "no example without an exception" : "no example takes this line");
      for (std::size_t k = 0; k < formula->excepts.size(); ++k)
        count(definition, formula->lines.size() + k, formula->excepts[k].span,
              "no example takes the exception " + formula->excepts[k].names.ident);
    } else if (const auto *decide = std::get_if<Decide>(&body)) {
      for (std::size_t k = 0; k < decide->alternatives.size(); ++k)
        count(definition, k, decide->alternatives[k].span,
              "no example takes " + (decide->alternatives[k].member < 0
                                         ? std::string("none")
                                         : decide->alternatives[k].names.ident));
    } else if (const auto *deduct = std::get_if<Deduct>(&body)) {
      for (std::size_t k = 0; k < deduct->clauses.size(); ++k)
        if (deduct->clauses[k].condition)
          count(definition, k, deduct->clauses[k].span, "no example makes this deduction");
    }
  }
  return kind;
}

Coverage::Kind Coverage::table_rows() const {
  Kind kind{"table rows", 0, 0, {}};
  for (std::size_t t = 0; t < program_.tables.size(); ++t) {
    const Table &table = program_.tables[t];
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
      if (!counts(table.rows[row].span)) continue;
      ++kind.total;
      if (table_rows_.count({static_cast<int>(t), static_cast<int>(row)}) > 0)
        ++kind.covered;
      else
        kind.gaps.push_back({table.rows[row].span, table.names.canonical() + ": no example takes this row"});
    }
  }
  return kind;
}

void Coverage::count_points(Kind &kind, const Points &points, const Span &span,
                            const std::string &what) const {
  if (!counts(span)) return;
  static const char *const names[] = {"just under it", "at equality", "just over it"};
  std::string missing;
  for (std::size_t i = 0; i < points.size(); ++i) {
    ++kind.total;
    if (points[i])
      ++kind.covered;
    else
      missing += (missing.empty() ? "" : ", ") + std::string(names[i]);
  }
  if (!missing.empty()) kind.gaps.push_back({span, what + ": no example " + missing});
}

void Coverage::count_comparisons(Kind &kind, const Term &term) const {
  const auto *binary = std::get_if<Binary>(&term.node);
  if (binary != nullptr && is_ordering(binary->op) && binary->left->type.kind == TypeKind::number) {
    const auto at = comparisons_.find(&term);
    count_points(kind, at == comparisons_.end() ? Points{} : at->second, term.span,
                 text_of_term(term, program_));
  }
  each_part(term, [&](const Term &part) { count_comparisons(kind, part); });
}

Coverage::Kind Coverage::boundaries() const {
  Kind kind{"boundaries", 0, 0, {}};
  for (const Definition &definition : program_.definitions)
    each_term(definition, [&](const Term &term) { count_comparisons(kind, term); });
  for (std::size_t t = 0; t < program_.tables.size(); ++t) {
    const Table &table = program_.tables[t];
    for (std::size_t input = 0; input < table.inputs.size(); ++input) {
      std::vector<Exact> seen; // neighbouring bands share a bound
      const auto count = [&](const std::optional<Exact> &bound, const Span &span) {
        if (!bound || std::find(seen.begin(), seen.end(), *bound) != seen.end()) return;
        seen.push_back(*bound);
        Points points{};
        const auto known = bands_.find({static_cast<int>(t), static_cast<int>(input)});
        if (known != bands_.end())
          for (const auto &[met, how] : known->second)
            if (met == *bound) points = how;
        count_points(kind, points, span,
                     fmt::format("{} {} at {}", table.names.canonical(),
                                 table.inputs[input].names.canonical(), number::to_text(*bound)));
      };
      for (const Table::Row &row : table.rows) {
        if (const auto *interval = std::get_if<Interval>(&row.tests[input])) {
          count(interval->low, row.span);
          count(interval->high, row.span);
        }
      }
    }
  }
  return kind;
}

std::vector<Coverage::Kind> Coverage::kinds() const {
  return {alternatives(), table_rows(), boundaries()};
}

std::string to_text(const std::vector<Coverage::Kind> &kinds, const Program &program) {
  std::string out;
  for (const Coverage::Kind &kind : kinds) {
    // Rounded down, so that 100 % means all of them.
    const std::size_t percent = kind.total == 0 ? 100 : 100 * kind.covered / kind.total;
    out += fmt::format("{}: {} of {} ({} %)\n", kind.name, kind.covered, kind.total, percent);
    for (const Coverage::Gap &gap : kind.gaps)
      out += fmt::format("  {}{}\n", place_text(gap.span, program.files), gap.text);
  }
  return out;
}

} // namespace steelyard::interpret
