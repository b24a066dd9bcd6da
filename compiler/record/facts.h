// What a run says of itself, as JSON in its manifest.
#pragma once
#include "compiler/record/record.h"
#include <string>

namespace steelyard::record {

/// With the value of every parameter as the run used it, and where it came from.
std::string facts_json(const Facts &facts, interpret::Run &values);
/// What facts_json was given. Throws std::runtime_error where it is not of that form.
Facts read_facts(std::string_view json);
/// Those of a run file or of an extract.
inline Facts facts_of(const log::Contents &contents) {
  return read_facts(contents.facts);
}

} // namespace steelyard::record
