// From the columns of the reading to those of the dataset.
#include "runtime/data/draft_column.h"
#include <algorithm>

namespace steelyard::data {

Column finished(DraftColumn &&draft, FieldKind kind) {
  const std::size_t rows = draft.present.size();
  const bool is_reference = kind == FieldKind::reference;
  Int128 low = 0;
  Int128 high = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    low = std::min(low, value_at(draft, row));
    high = std::max(high, value_at(draft, row));
  }
  Column out = is_reference ? Column::of_references() : Column(narrowest(low, high), 0, false);
  for (std::size_t row = 0; row < rows; ++row) {
    if (draft.present[row]) {
      out.append(value_at(draft, row));
    } else {
      out.append_missing();
    }
  }
  for (const std::string &text : draft.texts) out.dictionary.add(text);
  draft = {};
  return out;
}

} // namespace steelyard::data
