// What the definitions of a policy rest on: articles, and assumptions with their reasons.
#pragma once
#include "compiler/semantics/program.h"

namespace steelyard::semantics {

struct Citation {
  std::string article, clause, what;
  Span span;
};
struct Assumption {
  std::string what, reason;
  Span span;
};

/// Of everything that has a basis, with its name as scope.quantity, in the order of the program.
struct Bases {
  std::vector<Citation> citations;
  std::vector<Assumption> assumptions;

  explicit Bases(const Program &program);

private:
  void add(const Basis &basis, const std::string &what, const Span &span);
};

} // namespace steelyard::semantics
