// The definitions and checks of a draft. Each rests only on what was defined before it, so there is no cycle.
#pragma once
#include "tests/fuzz/world.h"

namespace steelyard::fuzz {

class Statements {
public:
  Statements(Random &random, Draft &draft, World &world)
      : random_(random), draft_(draft), world_(world), expressions_(random, draft) {}
  void add();

private:
  bool let(int scope);
  bool number(int scope);
  bool optional_number(int scope);
  bool cases(int scope);
  bool excepts(int scope);
  bool other_kind(int scope);
  bool decide(int scope);
  bool deduct(int scope);
  bool allocate(int scope);
  bool variation(int scope);
  bool share(int scope);
  bool rule(int scope);
  bool tally(int scope);
  bool of_group(int scope);
  bool through(int scope);
  bool totals(int scope);

  /// Adds the field and the lines "define NAME: TYPE ..." with `body`.
  void define(int scope, const Type &type, Extent extent, const std::string &body,
              std::vector<std::string> more);
  std::string basis();
  std::string rounding();
  Written value_of(const Place &place, const Type &type);
  Written enlarged(Written value, const Type &type);
  Written beyond_64_bits(const Place &place, const Type &type);
  std::optional<Reach> path_of(int scope, bool wanted(const Reach &));
  std::vector<std::string> exceptions(int scope, const Type &type, bool optional, Extent &extent);

  Random &random_;
  Draft &draft_;
  World &world_;
  Expressions expressions_;
};

} // namespace steelyard::fuzz
