// Random datasets for any checked policy: keys, references and values by the schema, with magnitudes from
// tiny to the limits of the types, ties at half units and at the policy's own constants.
#pragma once
#include "compiler/semantics/program.h"
#include "tests/fuzz/tables_of_text.h"

namespace steelyard::fuzz {

enum class Size : std::uint8_t { empty, single, few, usual, large };

/// The constants of a policy: literals, bounds of tables, values of parameters.
std::vector<number::Decimal> constants_of(const semantics::Program &program);

TextTables random_tables(const semantics::Program &program, const std::vector<number::Decimal> &constants,
                         Random &random, Size size);

} // namespace steelyard::fuzz
