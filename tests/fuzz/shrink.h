// Makes a failing trial small: fewer lines of the policy, simpler formulas, fewer rows, plainer cells.
#pragma once
#include "tests/fuzz/properties.h"
#include <chrono>
#include <functional>

namespace steelyard::fuzz {

/// True when the trial still fails. A trial that is not accepted or cannot be read does not fail.
using Fails = std::function<bool(const Trial &)>;

Trial shrink(Trial trial, const Fails &fails, std::chrono::seconds at_most);

} // namespace steelyard::fuzz
