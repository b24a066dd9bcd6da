// Hashing of keys.
#include "compiler/interpret/value.h"
#include <functional>

namespace steelyard::interpret {

namespace {

struct ValueHash {
  std::size_t operator()(const Missing &) const { return 1; }
  std::size_t operator()(bool value) const { return value ? 3 : 2; }
  // Equal numbers must hash alike: 1.50 and 1.5 differ in their denominators until they are reduced.
  std::size_t operator()(const Exact &value) const {
    if (value.den() == 1) return std::hash<number::Integer>()(value.num());
    const Exact reduced = value.reduced();
    if (reduced.den() == 1) return std::hash<number::Integer>()(reduced.num());
    return std::hash<number::Integer>()(reduced.num()) * 31 + std::hash<number::Integer>()(reduced.den());
  }
  std::size_t operator()(const Member &value) const { return std::hash<int>()(value.index); }
  std::size_t operator()(const Text &value) const { return std::hash<std::string_view>()(value.text); }
  std::size_t operator()(const Month &value) const { return std::hash<std::int64_t>()(value.months); }
  std::size_t operator()(const Day &value) const { return std::hash<std::int64_t>()(value.days); }
  std::size_t operator()(const RowId &value) const { return std::hash<int>()(value.row); }
  std::size_t operator()(const Failed &) const { return 4; }
};

} // namespace

std::size_t KeyHash::operator()(const Key &key) const {
  std::size_t hash = key.size();
  for (const Value &value : key) {
    const std::size_t one = std::visit(ValueHash{}, value);
    hash = (hash ^ one) * 0x9E3779B97F4A7C15U;
    hash ^= hash >> 29U;
  }
  return hash;
}

} // namespace steelyard::interpret
