// Making and destroying terms and programs, and names in each language.
#include "compiler/semantics/program.h"
#include <algorithm>

namespace steelyard::semantics {

namespace {
bool is_ascii(const std::string &text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
}
} // namespace

Term::Term() = default;
Term::Term(Term &&) noexcept = default;
Term &Term::operator=(Term &&) noexcept = default;
Term::~Term() = default;

Program::Program() = default;
Program::Program(Program &&) noexcept = default;
Program &Program::operator=(Program &&) noexcept = default;
Program::~Program() = default;

const std::string &Names::canonical() const {
  if (is_ascii(ident) || twin.empty() || !is_ascii(twin)) return ident;
  return twin;
}

const std::string &Names::chinese() const {
  if (!is_ascii(ident)) return ident;
  if (!twin.empty() && !is_ascii(twin)) return twin;
  return label.empty() ? ident : label;
}

} // namespace steelyard::semantics
