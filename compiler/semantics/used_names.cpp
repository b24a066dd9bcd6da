// Names of policies that are used: in the program they stand behind the name that `uses ... as` gives, so
// that two policies never meet in a name. `case (病例)` of a policy that is used as `grouping (分组)` is
// `grouping_case (分组病例)`. Within the used policy names are as they are written there.
#include "compiler/semantics/checker.h"
#include <algorithm>

namespace steelyard::semantics {

namespace {

bool ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 128; });
}

/// What stands before a name of the same surface: "grouping_", "分组".
std::string prefix(const Names &as, bool of_ascii) {
  const bool first = ascii(as.ident) == of_ascii || as.twin.empty();
  const std::string &word = first ? as.ident : ascii(as.twin) == of_ascii ? as.twin : as.ident;
  // As in names of scopes of several keys: joined by an underscore, in Chinese by nothing.
  return ascii(word) || of_ascii ? word + "_" : word;
}

} // namespace

Checker::InUse::InUse(Checker &checker, std::uint32_t file) : checker_(checker), before_(checker.use_) {
  checker.use_ = file < checker.use_of_file_.size() ? checker.use_of_file_[file] : 0;
}

std::string Checker::of_use(std::string_view name) const {
  if (use_ == 0 || name.empty()) return std::string(name);
  return prefix(uses_as_[static_cast<std::size_t>(use_)], ascii(name)) + std::string(name);
}

Names Checker::of_use(Names names) const {
  return {of_use(names.ident), of_use(names.twin), std::move(names.label)};
}

std::string Checker::in_used(const std::string &name, const std::vector<std::string> &candidates) const {
  for (std::size_t use = 1; use_ == 0 && use < uses_as_.size(); ++use) {
    const std::string whole = prefix(uses_as_[use], ascii(name)) + name;
    if (std::find(candidates.begin(), candidates.end(), whole) != candidates.end()) return whole;
  }
  return {};
}

std::string Checker::own_name(const std::string &name) const {
  if (use_ == 0 || name.empty()) return name;
  // What follows a prefix says which of the two it was.
  for (const bool of_ascii : {true, false}) {
    const std::string before = prefix(uses_as_[static_cast<std::size_t>(use_)], of_ascii);
    if (name.starts_with(before) && ascii(name.substr(before.size())) == of_ascii)
      return name.substr(before.size());
  }
  return name;
}

} // namespace steelyard::semantics
