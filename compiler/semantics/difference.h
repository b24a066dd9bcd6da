// What two versions of a policy say differently, and the text of a policy with its amendments in their
// places.
#pragma once
#include "compiler/semantics/check_parsed.h"
#include <string>
#include <vector>

namespace steelyard::semantics {

/// A declaration that one version has and the other has not, or that says something else there.
struct Difference {
  enum class Kind : std::uint8_t { added, removed, changed } kind = Kind::changed;
  std::string
      what; ///< "参数 低倍率界值 (low_threshold)", "病例: 定义 病例点数 (points)"; keywords as in the policy
  std::string
      articles; ///< that it rests on in the newer version (of a removed one: in the older), "N1, 16 (3)"
  std::vector<std::string> before, after; ///< its lines as written, without those that it has in both
  std::string place;                      ///< file:line in the newer version (of a removed one: in the older)
};

/// In the order of the newer version; then what is removed. Comments, the order of declarations, keywords of
/// the other surface and places do not count; worked examples and chapters are left out.
std::vector<Difference> differences(const Sources &older, const Sources &newer);

/// The policy in one text, each part as it is in force, with comments that say where it comes from.
std::string consolidated_text(const Sources &sources);

} // namespace steelyard::semantics
