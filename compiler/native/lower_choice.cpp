// The value of a definition: which alternative is taken, and that it fits its type.
#include "compiler/native/lower.h"
#include <algorithm>

namespace steelyard::native {

using number::Rounding;

/// A value that is a whole number of its type's units: within the bounds of the
/// type, or an error.
Machine Lowering::to_type(Machine value, int definition, Value *active) {
  const semantics::Definition &declared = execution_.program().definitions[definition];
  const semantics::Field &field = execution_.program().field_of(declared);
  if (value.given != nullptr && !field.type.optional) {
    raise(negated(value.given), active, missing_value);
    value.given = nullptr;
  }
  if (!value.is_number()) return value;
  const int scale = field.type.scale;
  Value *given = value.given;
  value = rounded(value, scale, declared.rounding);
  const auto units = [&](const Exact &bound, bool up) {
    return number::round(bound, scale, up ? Rounding::ceiling : Rounding::floor).units;
  };
  Integer low = -Integer(INT64_MAX), high = Integer(INT64_MAX);
  bool exact_below = true, exact_above = true; // narrower than the type: what is outside may still be a value
  if (field.bounds.low) {
    Integer bound = units(*field.bounds.low, true);
    if (field.bounds.low_exclusive && Exact(number::Decimal{bound, scale}) == *field.bounds.low) bound += 1;
    if (bound >= low) {
      low = bound;
      exact_below = false;
    }
  }
  if (field.bounds.high) {
    const Integer bound = units(*field.bounds.high, false);
    if (bound <= high) {
      high = bound;
      exact_above = false;
    }
  }
  const unsigned bits = value.number->getType()->getIntegerBitWidth();
  Value *outside = nullptr;
  const auto also = [&](Value *condition, bool exact) {
    if (exact)
      leave_to_exact(both(condition, given), active);
    else
      raise(both(condition, given), active, out_of_range);
    outside = outside == nullptr ? condition : ir_.CreateOr(outside, condition);
  };
  if (value.range.low < low) also(ir_.CreateICmpSLT(value.number, constant(low, bits)), exact_below);
  if (value.range.high > high) also(ir_.CreateICmpSGT(value.number, constant(high, bits)), exact_above);
  if (outside != nullptr) {
    // What follows must meet the range that it was compiled for, also in a row
    // that has failed.
    const Integer safe = value.range.low > low ? value.range.low : low;
    value.number = ir_.CreateSelect(outside, constant(safe, bits), value.number);
    if (value.range.low < low) value.range.low = low;
    if (value.range.high > high) value.range.high = high;
    if (value.range.high < value.range.low) throw CannotLower("a value that is always outside its type");
  }
  value.number = cast(value.number, width_of(value.range));
  return value;
}

/// One block for each alternative: what is not taken is not computed. `branch`: so it is with a decision,
/// whose alternatives would otherwise be selected; what depends on it then follows each branch by itself.
Lowering::Chosen Lowering::choice(const plan::Choice &choice, int definition, Value *active, bool branch) {
  if (choice.decide && !branch) return decide(choice, active);
  struct Way {
    llvm::BasicBlock *end = nullptr;
    Machine value;
    bool none = false;
    int index = 0;
  };
  std::vector<Way> ways;
  const auto take = [&](const plan::Alternative &alternative) {
    Way way;
    way.index = alternative.index;
    way.none = choice.decide ? alternative.member < 0 : !alternative.value;
    if (choice.decide) {
      if (!way.none) way.value.code = ir_.getInt64(static_cast<std::uint64_t>(alternative.member));
    } else if (!way.none) {
      ++alternatives_;
      way.value = lower(*alternative.value, active);
      if (definition >= 0) way.value = to_type(way.value, definition, active);
      --alternatives_;
    } else if (definition >= 0 &&
               !execution_.program().field_of(execution_.program().definitions[definition]).type.optional) {
      raise(nullptr, active, missing_value);
    }
    way.end = ir_.GetInsertBlock();
    ways.push_back(std::move(way));
  };
  // Exceptions: all conditions first, since two that hold are an error.
  std::vector<Value *> holds;
  Value *conflicts = nullptr, *any = nullptr;
  for (const plan::Alternative &except : choice.excepts) {
    Value *beaten = nullptr;
    for (const int strong : except.beaten_by)
      beaten = beaten == nullptr ? holds[strong] : ir_.CreateOr(beaten, holds[strong]);
    Value *open = beaten == nullptr ? nullptr : ir_.CreateNot(beaten);
    Value *one = except.condition ? is_true(lower(*except.condition, both(active, open))) : ir_.getTrue();
    one = both(one, open);
    holds.push_back(one);
    if (any != nullptr) {
      Value *second = ir_.CreateAnd(any, one);
      conflicts = conflicts == nullptr ? second : ir_.CreateOr(conflicts, second);
    }
    any = any == nullptr ? one : ir_.CreateOr(any, one);
  }
  if (conflicts != nullptr) raise(conflicts, active, conflict);
  for (std::size_t i = 0; i < choice.excepts.size(); ++i) {
    llvm::BasicBlock *taken = block("except"), *next = block("next");
    ir_.CreateCondBr(holds[i], taken, next);
    ir_.SetInsertPoint(taken);
    take(choice.excepts[i]);
    ir_.SetInsertPoint(next);
  }
  bool covered = false;
  for (const plan::Alternative &line : choice.lines) {
    if (!line.condition) {
      take(line);
      covered = true;
      break;
    }
    Value *condition = is_true(lower(*line.condition, active));
    llvm::BasicBlock *taken = block("line"), *next = block("next");
    ir_.CreateCondBr(condition, taken, next);
    ir_.SetInsertPoint(taken);
    take(line);
    ir_.SetInsertPoint(next);
  }
  if (!covered) {
    raise(nullptr, active, no_alternative);
    Way way;
    way.none = true;
    way.end = ir_.GetInsertBlock();
    ways.push_back(way);
  }
  Chosen out;
  if (ways.size() == 1) {
    if (ways[0].none) throw CannotLower("a definition that is always missing");
    return {ways[0].value, ir_.getInt64(static_cast<std::uint64_t>(ways[0].index))};
  }
  if (std::all_of(ways.begin(), ways.end(), [](const Way &way) { return way.none; }))
    throw CannotLower("a value that is missing whichever alternative is taken");
  // Bring all ways to one form, each at its own end.
  bool numbers = false, booleans = false, divided = false, may_miss = false;
  int scale = 0;
  for (const Way &way : ways) {
    may_miss = may_miss || way.none || way.value.given != nullptr;
    if (way.none) continue;
    numbers = way.value.is_number();
    booleans = !numbers && way.value.code->getType() == ir_.getInt1Ty();
    divided = divided || way.value.denominator != nullptr;
    scale = std::max(scale, way.value.scale);
  }
  bool first = true;
  for (Way &way : ways) {
    ir_.SetInsertPoint(way.end);
    if (way.none) {
      way.value = Machine{};
      way.value.given = ir_.getFalse();
      if (numbers)
        way.value.number = ir_.getInt64(0);
      else
        way.value.code = booleans ? static_cast<Value *>(ir_.getFalse()) : ir_.getInt64(0);
    }
    if (numbers) {
      multiply(way.value.number, way.value.range, number::power_of_ten(scale - way.value.scale));
      if (way.value.denominator == nullptr) way.value.denominator = ir_.getInt64(1);
      out.value.range = first ? way.value.range : either(out.value.range, way.value.range);
      out.value.denominator_range = first ? way.value.denominator_range
                                          : either(out.value.denominator_range, way.value.denominator_range);
      first = false;
    }
  }
  const unsigned bits = numbers ? width_of(out.value.range) : 64;
  const unsigned denominator_bits = width_of(out.value.denominator_range);
  llvm::BasicBlock *merge = block("chosen");
  for (Way &way : ways) {
    ir_.SetInsertPoint(way.end);
    if (numbers) {
      way.value.number = cast(way.value.number, bits);
      if (divided) way.value.denominator = cast(way.value.denominator, denominator_bits);
    }
    ir_.CreateBr(merge);
  }
  ir_.SetInsertPoint(merge);
  const auto join = [&](auto &&value) {
    llvm::PHINode *phi = ir_.CreatePHI(value(ways[0])->getType(), static_cast<unsigned>(ways.size()));
    for (Way &way : ways) phi->addIncoming(value(way), way.end);
    return static_cast<Value *>(phi);
  };
  if (numbers) {
    out.value.number = join([](Way &way) { return way.value.number; });
    out.value.scale = scale;
    if (divided)
      out.value.denominator = join([](Way &way) { return way.value.denominator; });
    else
      out.value.denominator_range = {1, 1};
  } else {
    out.value.code = join([](Way &way) { return way.value.code; });
  }
  if (may_miss)
    out.value.given = join([&](Way &way) {
      return way.value.given == nullptr ? static_cast<Value *>(ir_.getTrue()) : way.value.given;
    });
  out.index = join(
      [&](Way &way) { return static_cast<Value *>(ir_.getInt64(static_cast<std::uint64_t>(way.index))); });
  return out;
}

/// No branches: the alternatives have no values of their own.
Lowering::Chosen Lowering::decide(const plan::Choice &choice, Value *active) {
  std::vector<Value *> takes;
  Value *open = nullptr; // null: nothing taken yet for sure
  bool covered = false;
  for (const plan::Alternative &line : choice.lines) {
    Value *holds = line.condition ? is_true(lower(*line.condition, both(active, open))) : nullptr;
    if (holds == nullptr) {
      takes.push_back(open == nullptr ? static_cast<Value *>(ir_.getTrue()) : open);
      covered = true;
      break;
    }
    takes.push_back(both(open, holds));
    open = both(open, ir_.CreateNot(holds));
  }
  if (!covered) raise(open, active, no_alternative);
  Chosen out;
  Value *member = ir_.getInt64(0), *index = ir_.getInt64(0), *given = ir_.getFalse();
  bool may_miss = !covered;
  for (std::size_t i = takes.size(); i-- > 0;) {
    const plan::Alternative &line = choice.lines[i];
    may_miss = may_miss || line.member < 0;
    member = ir_.CreateSelect(takes[i], ir_.getInt64(static_cast<std::uint64_t>(std::max(0, line.member))),
                              member);
    index = ir_.CreateSelect(takes[i], ir_.getInt64(static_cast<std::uint64_t>(line.index)), index);
    given = ir_.CreateSelect(takes[i], ir_.getInt1(line.member >= 0), given);
  }
  out.value.code = member;
  if (may_miss) out.value.given = given;
  out.index = index;
  return out;
}

} // namespace steelyard::native
