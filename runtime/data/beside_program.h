// Libraries of the program that are opened when they are wanted.
#pragma once
#include <string>

namespace steelyard::data {

/// Opens the library `name`, which lies beside the running program or in ../lib of its folder; it stays open
/// to the end. Null, with the reason, when it cannot be.
void *open_beside_program(const std::string &name, std::string &reason);

} // namespace steelyard::data
