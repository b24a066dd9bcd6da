// Division of 256-bit integers: what compiled code calls where no machine
// division is wide enough.
#pragma once
#include <cstdint>

namespace steelyard::native {

/// quotient = numerator / divisor, all unsigned, four words with the lowest
/// first; divisor is not 0.
void divide_256(const std::uint64_t *numerator, const std::uint64_t *divisor, std::uint64_t *quotient);

} // namespace steelyard::native
