// Finds the name that a misspelt one was probably meant to be. Only for suggestions: nothing is ever accepted
// by likeness.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace steelyard::data {

/// The least number of characters to insert, delete, replace or swap with their neighbour that turns `a` into
/// `b`. Characters are code points of UTF-8.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `name`, or empty when none is near: at most one change in three characters, or
/// another use of capital letters and blanks.
std::string_view nearest_name(std::string_view name, const std::vector<std::string_view> &candidates);

} // namespace steelyard::data
