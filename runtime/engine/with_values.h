// A column's values as what they are, whatever its storage.
#pragma once
#include "runtime/engine/column.h"

namespace steelyard::engine {

/// Calls `use` with a pointer to the values of `column`, of the type of its storage.
template<class Use> void with_values(const Column &column, Use &&use) {
  switch (column.storage()) {
  case Storage::u8:
    return use(static_cast<const std::uint8_t *>(column.values()));
  case Storage::i16:
    return use(static_cast<const std::int16_t *>(column.values()));
  case Storage::i32:
    return use(static_cast<const std::int32_t *>(column.values()));
  case Storage::i64:
    return use(static_cast<const std::int64_t *>(column.values()));
  case Storage::i128:
    return use(static_cast<const Int128 *>(column.values()));
  }
}

} // namespace steelyard::engine
