// Exact arithmetic on numerators and denominators, each operation at the width
// that its range asks for.
#include "compiler/native/lower.h"
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/MDBuilder.h>

namespace steelyard::native {

using number::Rounding;
using plan::Operator;

namespace {

/// Trailing zeros cost width: 300 / 10^2 is 3.
void drop_zeros(Integer &number, int &scale) {
  while (scale > 0 && number != 0 && number % 10 == 0) {
    number /= 10;
    --scale;
  }
  if (number == 0) scale = 0;
}

unsigned width(llvm::Value *value) {
  return value->getType()->getIntegerBitWidth();
}

} // namespace

llvm::Value *Lowering::constant(const Integer &value, unsigned bits) {
  llvm::APInt out(bits, value.words());
  if (value < 0) out.negate();
  return llvm::ConstantInt::get(ir_.getContext(), out);
}

llvm::Value *Lowering::cast(Value *value, unsigned bits) {
  return ir_.CreateSExtOrTrunc(value, ir_.getIntNTy(bits));
}

/// From here on the value is one of `bits` bits: rows where it is not are left to exact arithmetic.
void Lowering::narrow(Value *&value, Range &range, unsigned bits) {
  const Integer most = (Integer(1) << (bits - 2)) - 1;
  Range kept{std::max(range.low, Integer(-most)), std::min(range.high, most)};
  if (kept == range) return;
  if (kept.high < kept.low) throw CannotLower("an intermediate value beyond 256 bits in every row");
  Value *outside = nullptr;
  if (range.low < kept.low) outside = ir_.CreateICmpSLT(value, constant(kept.low, width(value)));
  if (range.high > kept.high) {
    Value *above = ir_.CreateICmpSGT(value, constant(kept.high, width(value)));
    outside = outside == nullptr ? above : ir_.CreateOr(outside, above);
  }
  leave_to_exact(outside, nullptr);
  const Integer safe = kept.holds(0) ? Integer(0) : kept.low;
  value = cast(ir_.CreateSelect(outside, constant(safe, width(value)), value), width_of(kept));
  range = kept;
}

void Lowering::multiply(Value *&value, Range &range, Value *by, const Range &range_by) {
  Range by_range = range_by;
  if (bits_of(range * by_range) > 256) { // beyond what is proved: each factor within its share
    const unsigned a = bits_of(range), b = bits_of(by_range);
    narrow(value, range, std::min(a, std::max(128U, 256 - std::min(b, 128U))));
    narrow(by, by_range, std::min(b, 256 - bits_of(range)));
  }
  range = range * by_range;
  const unsigned bits = std::max({width_of(range), width(value), width(by)});
  value = ir_.CreateMul(cast(value, bits), cast(by, bits));
  value = cast(value, width_of(range));
}

void Lowering::multiply(Value *&value, Range &range, const Integer &by) {
  if (by == 1) return;
  const Range by_range{by, by};
  if (bits_of(range * by_range) > 256) narrow(value, range, 256 - bits_of(by_range));
  range = range * by_range;
  const unsigned bits = std::max(width_of(range), width(value));
  value = ir_.CreateMul(cast(value, bits), constant(by, bits));
}

Machine Lowering::literal(const Exact &value) {
  const Exact reduced = value.reduced();
  Integer number = reduced.num(), denominator = reduced.den();
  Machine out;
  for (int twos_or_fives : {2, 5}) { // to a power of ten, as far as it goes
    while (denominator % twos_or_fives == 0) {
      denominator /= twos_or_fives;
      number *= twos_or_fives == 2 ? 5 : 2;
      ++out.scale;
    }
  }
  drop_zeros(number, out.scale);
  out.range = {number, number};
  out.number = constant(number, width_of(out.range));
  if (denominator != 1) {
    out.denominator_range = {denominator, denominator};
    out.denominator = constant(denominator, width_of(out.denominator_range));
  }
  return out;
}

/// Both over the same denominator and power of ten.
void Lowering::align(Machine &a, Machine &b) {
  const int scale = std::max(a.scale, b.scale);
  for (Machine *one : {&a, &b}) {
    multiply(one->number, one->range, number::power_of_ten(scale - one->scale));
    one->scale = scale;
  }
  if (a.denominator == b.denominator) return;
  if (a.denominator != nullptr) multiply(b.number, b.range, a.denominator, a.denominator_range);
  if (b.denominator != nullptr) multiply(a.number, a.range, b.denominator, b.denominator_range);
  Machine product = a;
  if (product.denominator == nullptr) {
    product.denominator = b.denominator;
    product.denominator_range = b.denominator_range;
  } else if (b.denominator != nullptr) {
    multiply(product.denominator, product.denominator_range, b.denominator, b.denominator_range);
  }
  for (Machine *one : {&a, &b}) {
    one->denominator = product.denominator;
    one->denominator_range = product.denominator_range;
  }
}

Machine Lowering::add(Machine a, Machine b, bool subtract) {
  align(a, b);
  if (bits_of(subtract ? a.range - b.range : a.range + b.range) > 256)
    for (Machine *one : {&a, &b}) narrow(one->number, one->range, 255);
  Machine out = a;
  out.given = both(a.given, b.given);
  out.range = subtract ? a.range - b.range : a.range + b.range;
  const unsigned bits = std::max({width_of(out.range), width(a.number), width(b.number)});
  Value *left = cast(a.number, bits), *right = cast(b.number, bits);
  out.number = cast(subtract ? ir_.CreateSub(left, right) : ir_.CreateAdd(left, right), width_of(out.range));
  return out;
}

Machine Lowering::multiply(const Machine &a, const Machine &b) {
  Machine out = a;
  out.given = both(a.given, b.given);
  out.scale = a.scale + b.scale;
  multiply(out.number, out.range, b.number, b.range);
  if (out.denominator == nullptr) {
    out.denominator = b.denominator;
    out.denominator_range = b.denominator_range;
  } else if (b.denominator != nullptr) {
    multiply(out.denominator, out.denominator_range, b.denominator, b.denominator_range);
  }
  return out;
}

llvm::Value *Lowering::is_negative(Value *value, const Range &range) {
  if (range.low >= 0) return ir_.getFalse();
  if (range.high < 0) return ir_.getTrue();
  return ir_.CreateICmpSLT(value, constant(0, width(value)));
}

Machine Lowering::divide(const Machine &a, const Machine &b, Value *active, bool zero_is_missing) {
  Machine out = a;
  out.given = both(a.given, b.given);
  Value *divisor = b.number;
  Range range = b.range;
  Value *zero = nullptr;
  const unsigned bits = width(divisor);
  if (range.holds(0)) {
    zero = ir_.CreateICmpEQ(divisor, constant(0, bits));
    divisor = ir_.CreateSelect(zero, constant(1, bits), divisor);
    if (range.high < 1) range.high = 1;
  }
  if (range.low < 0) {
    Value *negative = is_negative(divisor, range);
    divisor = ir_.CreateSelect(negative, ir_.CreateNeg(divisor), divisor);
    out.number = ir_.CreateSelect(negative, ir_.CreateNeg(out.number), out.number);
    out.range = either(out.range, Range{-out.range.high, -out.range.low});
    range = {1, range.magnitude()};
    if (width_of(out.range) > width(out.number) || width_of(range) > bits)
      throw CannotLower("a sign at the edge of a width");
  } else if (range.low < 1) {
    range.low = 1;
  }
  if (zero != nullptr) {
    if (zero_is_missing)
      out.given = both(out.given, negated(zero));
    else
      raise(both(out.given, zero), active, division_by_zero);
  }
  if (b.denominator != nullptr) multiply(out.number, out.range, b.denominator, b.denominator_range);
  if (out.denominator == nullptr) {
    out.denominator = divisor;
    out.denominator_range = range;
  } else {
    multiply(out.denominator, out.denominator_range, divisor, range);
  }
  out.scale = a.scale - b.scale;
  if (out.scale < 0) {
    multiply(out.number, out.range, number::power_of_ten(-out.scale));
    out.scale = 0;
  }
  return out;
}

llvm::Value *Lowering::compare(Operator op, Machine a, Machine b) {
  llvm::CmpInst::Predicate predicate = llvm::CmpInst::ICMP_EQ;
  switch (op) {
  case Operator::equal:
    break;
  case Operator::not_equal:
    predicate = llvm::CmpInst::ICMP_NE;
    break;
  case Operator::less:
    predicate = llvm::CmpInst::ICMP_SLT;
    break;
  case Operator::less_equal:
    predicate = llvm::CmpInst::ICMP_SLE;
    break;
  case Operator::greater:
    predicate = llvm::CmpInst::ICMP_SGT;
    break;
  default:
    predicate = llvm::CmpInst::ICMP_SGE;
    break;
  }
  if (!a.is_number()) {
    if (a.code->getType() == ir_.getInt1Ty()) {
      a.code = ir_.CreateZExt(a.code, ir_.getInt64Ty());
      b.code = ir_.CreateZExt(b.code, ir_.getInt64Ty());
    }
    return ir_.CreateICmp(predicate, a.code, b.code);
  }
  align(a, b);
  const unsigned bits = std::max(width(a.number), width(b.number));
  return ir_.CreateICmp(predicate, cast(a.number, bits), cast(b.number, bits));
}

Machine Lowering::extreme(Machine a, Machine b, bool greatest) {
  if (!a.is_number()) {
    Value *first = compare(greatest ? Operator::greater_equal : Operator::less_equal, a, b);
    return choose(a, b, first);
  }
  align(a, b);
  const unsigned bits = std::max(width(a.number), width(b.number));
  Machine out = a;
  out.given = both(a.given, b.given);
  Value *left = cast(a.number, bits), *right = cast(b.number, bits);
  Value *first = greatest ? ir_.CreateICmpSGE(left, right) : ir_.CreateICmpSLE(left, right);
  const auto pick = [&](const Integer &x, const Integer &y) { return greatest == (x > y) ? x : y; };
  out.range = {pick(a.range.low, b.range.low), pick(a.range.high, b.range.high)};
  out.number = cast(ir_.CreateSelect(first, left, right), width_of(out.range));
  return out;
}

/// 128 by 64 bits. Precondition: the quotient has 64 bits.
llvm::Value *Lowering::short_quotient(Value *number, Value *divisor) {
  llvm::Type *word = ir_.getInt64Ty();
  Value *low = ir_.CreateTrunc(number, word), *high = ir_.CreateTrunc(ir_.CreateLShr(number, 64), word);
#ifdef __x86_64__
  // LLVM has no operation for it: it would call a library function. Marked as having effects, so that nothing
  // moves it before the test for its precondition, without which it traps.
  llvm::FunctionType *type =
      llvm::FunctionType::get(llvm::StructType::get(word, word), {word, word, word}, false);
  llvm::CallInst *divide = ir_.CreateCall(
      llvm::InlineAsm::get(type, "divq $4", "={ax},={dx},{ax},{dx},r,~{dirflag},~{fpsr},~{flags}", true),
      {low, high, divisor});
  divide->setDoesNotAccessMemory();
  divide->setDoesNotThrow();
  return ir_.CreateExtractValue(divide, 0);
#else
  (void)low, (void)high;
  return ir_.CreateTrunc(ir_.CreateUDiv(number, ir_.CreateZExt(divisor, number->getType())), word);
#endif
}

/// Of two numbers that are not negative. Most quotients have 64 bits: one instruction where the divisor has
/// no more, and a multiplication where it is constant and the number has no more either.
llvm::Value *Lowering::whole_quotient(Value *number, Value *divisor, const Range &divisor_range) {
  const unsigned bits = width(number);
  if (bits != 128 || bits_of(divisor_range) > 64) return ir_.CreateUDiv(number, divisor);
  llvm::MDBuilder metadata(ir_.getContext());
  Value *by = ir_.CreateTrunc(divisor, ir_.getInt64Ty());
  Value *high = ir_.CreateTrunc(ir_.CreateLShr(number, 64), ir_.getInt64Ty());
  llvm::BasicBlock *divided = block("divided");
  std::vector<std::pair<Value *, llvm::BasicBlock *>> ways;
  const auto arrive = [&](Value *quotient) {
    ways.emplace_back(ir_.CreateZExtOrTrunc(quotient, ir_.getIntNTy(bits)), ir_.GetInsertBlock());
    ir_.CreateBr(divided);
  };
  const auto part = [&](Value *condition) {
    llvm::BasicBlock *likely = block("short"), *other = block("long");
    ir_.CreateCondBr(condition, likely, other, metadata.createLikelyBranchWeights());
    ir_.SetInsertPoint(likely);
    return other;
  };
  if (llvm::isa<llvm::Constant>(divisor)) {
    llvm::BasicBlock *wide = part(ir_.CreateICmpEQ(high, ir_.getInt64(0)));
    arrive(ir_.CreateUDiv(ir_.CreateTrunc(number, ir_.getInt64Ty()), by));
    ir_.SetInsertPoint(wide);
  }
  llvm::BasicBlock *wide = part(ir_.CreateICmpULT(high, by)); // then the quotient is below 2^64
  arrive(short_quotient(number, by));
  ir_.SetInsertPoint(wide);
  arrive(ir_.CreateUDiv(number, divisor));
  ir_.SetInsertPoint(divided);
  llvm::PHINode *out = ir_.CreatePHI(ir_.getIntNTy(bits), static_cast<unsigned>(ways.size()));
  for (const auto &[quotient, from] : ways) out->addIncoming(quotient, from);
  return out;
}

/// The one rounding: a whole number of 10^-scale.
Machine Lowering::rounded(const Machine &value, int scale, Rounding mode) {
  Machine out = value;
  out.denominator = nullptr;
  out.denominator_range = {1, 1};
  out.scale = scale;
  Value *divisor = value.denominator;
  Range divisor_range = value.denominator_range;
  if (value.scale > scale) {
    const Integer power = number::power_of_ten(value.scale - scale);
    if (divisor == nullptr) {
      divisor_range = {power, power};
      divisor = constant(power, width_of(divisor_range));
    } else {
      multiply(divisor, divisor_range, power);
    }
  } else {
    multiply(out.number, out.range, number::power_of_ten(scale - value.scale));
  }
  if (divisor == nullptr) return out;
  unsigned bits = std::max(width_of(out.range), width_of(divisor_range));
  // Half up: the floor of (n + floor(d / 2)) / d, which needs no remainder, where that costs no width.
  const Integer half_more = out.range.magnitude() + divisor_range.high / 2;
  const bool without_rest =
      mode == Rounding::half_up && bits <= 128 && width_of({-half_more, half_more}) <= bits;
  Value *number = cast(out.number, bits);
  divisor = cast(divisor, bits);
  Value *negative = is_negative(number, out.range);
  const bool may_be_negative = out.range.low < 0;
  if (may_be_negative) number = ir_.CreateSelect(negative, ir_.CreateNeg(number), number);
  Value *quotient = nullptr;
  if (without_rest) {
    quotient = whole_quotient(ir_.CreateAdd(number, ir_.CreateLShr(divisor, 1)), divisor, divisor_range);
  } else if (bits <= 128) {
    quotient = whole_quotient(number, divisor, divisor_range);
  } else {
    // Never inline: the code that LLVM makes for it goes bit by bit.
    llvm::Type *wide = ir_.getIntNTy(256);
    llvm::IRBuilder<> at_entry(entry_, entry_->begin());
    Value *n = at_entry.CreateAlloca(wide), *d = at_entry.CreateAlloca(wide),
          *q = at_entry.CreateAlloca(wide);
    ir_.CreateStore(number, n);
    ir_.CreateStore(divisor, d);
    llvm::Type *pointer = ir_.getPtrTy();
    const llvm::FunctionCallee divide =
        out_.module->getOrInsertFunction("steelyard_divide_256", ir_.getVoidTy(), pointer, pointer, pointer);
    ir_.CreateCall(divide, {n, d, q});
    quotient = ir_.CreateLoad(wide, q);
  }
  Value *up = ir_.getFalse();
  Value *rest = nullptr, *other = nullptr, *odd = nullptr, *some = nullptr;
  if (!without_rest) {
    rest = ir_.CreateSub(number, ir_.CreateMul(quotient, divisor));
    other = ir_.CreateSub(divisor, rest); // r >= d - r rather than 2r >= d: a bit less
    odd = ir_.CreateTrunc(quotient, ir_.getInt1Ty());
    some = ir_.CreateICmpNE(rest, constant(0, bits));
  }
  if (!without_rest) switch (mode) {
    case Rounding::half_up:
      up = ir_.CreateICmpUGE(rest, other);
      break;
    case Rounding::half_down:
      up = ir_.CreateICmpUGT(rest, other);
      break;
    case Rounding::half_even:
      up = ir_.CreateOr(ir_.CreateICmpUGT(rest, other), ir_.CreateAnd(ir_.CreateICmpEQ(rest, other), odd));
      break;
    case Rounding::down:
      break;
    case Rounding::up:
      up = some;
      break;
    case Rounding::floor:
      up = ir_.CreateAnd(negative, some);
      break;
    case Rounding::ceiling:
      up = ir_.CreateAnd(ir_.CreateNot(negative), some);
      break;
    }
  const Integer most = out.range.magnitude() / divisor_range.low + 1;
  out.range = {may_be_negative ? Integer(-most) : Integer(0), out.range.high < 0 ? Integer(0) : most};
  quotient = ir_.CreateAdd(quotient, ir_.CreateZExt(up, ir_.getIntNTy(bits)));
  quotient = cast(quotient, width_of(Range{-most, most}));
  if (may_be_negative) quotient = ir_.CreateSelect(negative, ir_.CreateNeg(quotient), quotient);
  out.number = cast(quotient, width_of(out.range));
  return out;
}

} // namespace steelyard::native
