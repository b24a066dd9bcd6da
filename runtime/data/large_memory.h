// How the memory of the program comes from the system.
#pragma once
#include <cstdint>

namespace steelyard::tools {

/// For a run over large data: memory in large pages, which are far fewer to fill in one by one, and what one
/// phase gives back is kept for the next. To be called before there are other threads. `bytes`: of the input.
void expect_large_data(std::uintmax_t bytes);

} // namespace steelyard::tools
