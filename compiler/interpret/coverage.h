// What the worked examples of a policy have tried: each alternative, each row of a table, and each boundary
// from below, at it, and from above. Not part of a settlement.
#pragma once
#include "compiler/interpret/observer.h"
#include <array>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace steelyard::interpret {

class Coverage : public Observer {
public:
  explicit Coverage(const semantics::Program &program) : program_(program) {}

  void on_alternative(int definition, int row, int index) override;
  void on_table_row(int table, int row) override;
  void on_comparison(const semantics::Term &term, const Exact &left, const Exact &right) override;
  void on_band(int table, int input, const Exact &bound, const Exact &value) override;

  /// Something that no example has tried.
  struct Gap {
    Span span;
    std::string text;
  };
  struct Kind {
    std::string name; ///< "alternatives", "table rows", "boundaries"
    std::size_t covered = 0, total = 0;
    std::vector<Gap> gaps;
  };
  /// Alternatives: those of each decide, of each definition with more than one (the exceptions included), and
  /// each conditional deduction. Table rows. Boundaries: each ordering comparison of numbers in a definition
  /// and each bound of a table's bands has three points: met exactly, missed by at most one unit below and
  /// above. The unit is the last decimal of the left side (of the other side when the left is a constant or
  /// any rational); where no side has fixed decimals, any distance counts.
  std::vector<Kind> kinds() const;

private:
  using Points = std::array<bool, 3>; ///< one unit under, equal, one unit over
  static void meet(Points &points, const Exact &left, const Exact &right, int scale);
  Kind alternatives() const;
  Kind table_rows() const;
  Kind boundaries() const;
  bool counts(const semantics::Span &span) const;
  void count_points(Kind &kind, const Points &points, const Span &span, const std::string &what) const;
  void count_comparisons(Kind &kind, const semantics::Term &term) const;

  const semantics::Program &program_;
  std::set<std::pair<int, int>> alternatives_; ///< (definition, index)
  std::set<std::pair<int, int>> table_rows_;
  std::map<const semantics::Term *, Points> comparisons_;
  std::map<std::pair<int, int>, std::vector<std::pair<Exact, Points>>>
      bands_; ///< by (table, input): by bound
};

/// The shares of each kind, and below each what is not covered, with file and line.
std::string to_text(const std::vector<Coverage::Kind> &kinds, const semantics::Program &program);

} // namespace steelyard::interpret
