// What the tests of the checker share: a small world of entities to write policies about, and all that the
// checker says, as a user reads it.
#pragma once
#include "compiler/semantics/check.h"
#include <string>
#include <string_view>

namespace semantics_fixture {

/// A first chapter. What a test adds is a second one, called "p", that begins with its line 2.
inline constexpr std::string_view world = R"POLICY(steelyard 1
policy world "World" in force from 2020-01-01
article 1 "Article 1"
enum tier: primary (一级) < secondary (二级) < tertiary (三级)
enum fund: employee (职工), resident (居民)
range month from 1 to 12

entity hospital
  key hospital: text
  input tier: tier
  input opened: date

entity drg
  key drg: text
  input weight: ratio(8) from 0 optional
  input standard: money(2)

entity case
  key case: text
  input hospital: hospital
  input drg: drg optional
  input fund: fund
  input month: month
  input review_month: month optional
  input cost: money(2)
  input paid: money(2) optional
  input stay: days
  input urgent: bool

for each hospital, month
  input budget: money(2)
)POLICY";

inline std::string text_of(const steelyard::semantics::LoadResult &result) {
  std::string out;
  for (const auto &diagnostic : result.diagnostics)
    out += steelyard::syntax::to_text(diagnostic, result.files);
  return out;
}

/// Everything that is said about the world with a chapter more: errors, warnings and notes.
inline std::string said(std::string_view chapter) {
  return text_of(steelyard::semantics::load_text(
      {{"world", std::string(world)}, {"p", "steelyard 1\n" + std::string(chapter)}}));
}

/// Everything that is said about a policy that stands alone.
inline std::string said_alone(std::string_view policy) {
  return text_of(steelyard::semantics::load_text({{"p", std::string(policy)}}));
}

} // namespace semantics_fixture
