// A derivation on one line, as it stands in a letter: the choices with what decided them, then the quantities
// with their numbers.
#pragma once
#include "compiler/explain/wording.h"
#include <string>

namespace steelyard::explain {

/// "病例 C0000001: 病组 ES23, 病例类型 高倍率 (第十一条(一): 31204.55 > 3.0 × 9876.00000000 =
/// 29628.00000000), 病例点数 205.71428571 = 120.00000000 + 85.71428571". References of the row, then its own
/// results in the order of the policy; missing ones are left out.
std::string chain(interpret::Run &run, const Derivation &derivation, Language language);

} // namespace steelyard::explain
