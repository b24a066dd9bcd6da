// Where rows are computed: the room for their values.
#include "compiler/native/row_engine.h"

namespace steelyard::native {

using namespace semantics;

Values Batch::make_values(Shape shape) {
  Values out;
  if (shape != Shape::truth) out.numbers = numbers_.emplace_back().data();
  if (shape == Shape::text) out.texts = texts_.emplace_back().data();
  return out;
}

Elements *Batch::make_lists() {
  return lists_.emplace_back().data();
}

std::int16_t *Batch::make_choices() {
  return taken_.emplace_back().data();
}

Element *Batch::make_elements(std::size_t count) {
  constexpr std::size_t usual = 1024;
  while (block_ < made_.size() && used_ + count > made_[block_].size()) {
    ++block_;
    used_ = 0;
  }
  if (block_ == made_.size()) made_.emplace_back(std::max(usual, count));
  used_ += count;
  return made_[block_].data() + (used_ - count);
}

std::unique_ptr<Batch> RowProgram::batch() const {
  auto out = std::make_unique<Batch>(*this, facts_);
  const Scope &scope = program_.scopes[scope_];
  for (std::size_t f = 0; f < fields_.size(); ++f) {
    Batch::Slot &slot = out->slots.emplace_back();
    if (scope.fields[f].type.kind == TypeKind::list)
      slot.lists = out->make_lists();
    else
      slot.values = out->make_values(fields_[f].shape);
    const int definition = scope.fields[f].definition;
    if (definition >= 0 && !program_.definitions[definition].let) slot.taken = out->make_choices();
  }
  for (const Shape shape : kept_) out->values.push_back(out->make_values(shape));
  for (std::size_t i = 0; i < lists_; ++i) out->lists.push_back(out->make_lists());
  for (const RowSearch *search : searches_) out->searches.push_back(search->state());
  out->changed.resize(changes_);
  return out;
}

std::unique_ptr<Batch> RowProgram::changed_batch(Batch &outer, std::size_t field) const {
  std::unique_ptr<Batch> out = batch();
  out->outer = &outer;
  out->changed_field = field;
  for (std::size_t f = 0; f < fields_.size(); ++f) {
    const std::vector<bool> &rests_on = fields_[f].rests_on;
    bool of_outer = rests_on.empty() || !rests_on[field];
    // What a `with` outside has changed stays so, whatever its definition rests on.
    for (const Batch *outside = &outer; outside != nullptr; outside = outside->outer)
      of_outer = of_outer || outside->changed_field == f;
    out->slots[f].of_outer = of_outer && f != field;
  }
  return out;
}

} // namespace steelyard::native
