// The division of 256-bit integers against integers of any size. What it does in its rare cases shows in no
// policy: a quotient of two words is beyond every type, so the row is computed with exact numbers anyway.
#pragma once
#include "tests/fuzz/random.h"
#include <string>

namespace steelyard::fuzz {

/// The first of `rounds` divisions that is wrong; empty: none is.
std::string wrong_division(Random &random, int rounds);

} // namespace steelyard::fuzz
