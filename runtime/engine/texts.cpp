// Looking for texts.
#include "runtime/engine/texts.h"

namespace steelyard::engine {

void Texts::make_index() {
  if (indexed_) return;
  indexed_ = true;
  index_.reserve(size());
  for (std::size_t i = 0; i < size(); ++i) index_.try_emplace(at(i), static_cast<int>(i));
}

int Texts::find(std::string_view text) {
  make_index();
  const auto found = index_.find(text);
  return found == index_.end() ? -1 : found->second;
}

int Texts::intern(std::string_view text) {
  make_index();
  const auto [at, is_new] = index_.try_emplace(text, static_cast<int>(size()));
  if (is_new) added_.push_back(text);
  return at->second;
}

} // namespace steelyard::engine
