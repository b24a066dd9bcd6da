// Definitions, checks and sinks of a pass, and the loop around them.
#include "compiler/native/lower.h"
#include <algorithm>
#include <iterator>
#include <llvm/IR/MDBuilder.h>

namespace steelyard::native {

using number::Rounding;
using semantics::TypeKind;

Lowering::Lowering(const plan::Pass &pass, Execution &execution, Order order)
    : pass_(pass), execution_(execution),
      order_(order), out_{std::make_unique<llvm::LLVMContext>(), nullptr, {}, {}, {}}, ir_(*out_.context) {}

llvm::BasicBlock *Lowering::block(const char *name) {
  return llvm::BasicBlock::Create(ir_.getContext(), name, function_);
}

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

void Lowering::store(int column, Value *value) {
  stores_.emplace_back(column, value);
}

void Lowering::keep(int column, const Machine &value) {
  computed_[column] = value;
  stores_.emplace_back(column, nullptr);
}

void Lowering::work(const plan::Compute &work) {
  const Chosen chosen = choice(work.choice, work.definition, nullptr, read_later(work.column, work));
  keep(work.column, chosen.value);
  if (work.choice_column >= 0) store(work.choice_column, chosen.index);
}

void Lowering::work(const plan::Remainder &work) {
  Machine rest = lower(*work.from, nullptr);
  Value *given = rest.given;
  for (const plan::Remainder::Less &less : work.clauses) {
    Value *due = less.condition ? is_true(lower(*less.condition, given)) : nullptr;
    Machine amount = lower(*less.amount, given);
    if (amount.given != nullptr) {
      Value *there = amount.given;
      amount.given = nullptr;
      amount = choose(amount, literal(Exact(0)), there);
    }
    if (due != nullptr) {
      Value *zero = compare(plan::Operator::equal, amount, literal(Exact(0)));
      raise(ir_.CreateNot(ir_.CreateOr(zero, due)), given, not_met);
    }
    rest = add(rest, amount, true);
  }
  raise(compare(plan::Operator::less, rest, literal(Exact(0))), given, not_met);
  keep(work.column, to_type(rest, work.definition, nullptr));
}

void Lowering::work(const plan::Variation &) {
  throw CannotLower("a coefficient of variation");
}

/// Errors and what is left to exact arithmetic are marked in the column, and count where its value is used.
void Lowering::work(const plan::Hoist &work) {
  Value *errors = errors_, *exact = exact_;
  llvm::IRBuilder<> at_entry(entry_->getTerminator());
  errors_ = at_entry.CreateAlloca(ir_.getInt32Ty());
  exact_ = at_entry.CreateAlloca(ir_.getInt1Ty());
  ir_.CreateStore(ir_.getInt32(0), errors_);
  ir_.CreateStore(ir_.getFalse(), exact_);
  Machine value = lower(*work.value, nullptr);
  if (work.definition >= 0) value = to_type(value, work.definition, nullptr);
  const plan::Column &declared = execution_.plan().columns[work.column];
  if (value.denominator != nullptr || value.scale > declared.type.scale)
    throw CannotLower("hoisted work without fixed decimals");
  multiply(value.number, value.range, number::power_of_ten(declared.type.scale - value.scale));
  const unsigned bits = width_of(value.range);
  if (bits > 128) throw CannotLower("hoisted work beyond 128 bits");
  const auto storage = bits == 64 ? engine::Storage::i64 : engine::Storage::i128;
  execution_.column(work.column) = engine::Column(storage, execution_.rows(pass_.scope), true);
  Value *failed = ir_.CreateICmpNE(ir_.CreateLoad(ir_.getInt32Ty(), errors_), ir_.getInt32(0));
  Value *state = value.given == nullptr ? ir_.getInt8(1) : ir_.CreateZExt(value.given, ir_.getInt8Ty());
  state = ir_.CreateSelect(failed, ir_.getInt8(Execution::failed_row), state);
  state = ir_.CreateSelect(is_left_to_exact(), ir_.getInt8(Execution::exact_row), state);
  hoist_states_[work.column] = state;
  value.given = ir_.CreateICmpEQ(state, ir_.getInt8(1));
  keep(work.column, value);
  errors_ = errors;
  exact_ = exact;
}

void Lowering::work(const plan::Check &work) {
  Value *holds = is_true(lower(*work.condition, nullptr));
  if (execution_.program().checks[work.check].required) raise(ir_.CreateNot(holds), nullptr, not_met);
  store(work.column, ir_.CreateZExt(holds, ir_.getInt64Ty()));
}

namespace {

/// A column of the own row, or null.
const plan::Read *own_read(const plan::ExpressionPtr &expression) {
  const auto *read = expression ? std::get_if<plan::Read>(&expression->node) : nullptr;
  return read != nullptr && read->path.empty() ? read : nullptr;
}

/// "count of ... where column = member": the column and the member.
std::optional<std::pair<const plan::ExpressionPtr *, int>> counted_member(const plan::Sink &sink) {
  if (sink.operand || !sink.where || sink.count < 0) return std::nullopt;
  const auto *apply = std::get_if<plan::Apply>(&sink.where->node);
  if (apply == nullptr || apply->op != plan::Operator::equal) return std::nullopt;
  const auto *literal = std::get_if<plan::Literal>(&apply->operands[1]->node);
  if (literal == nullptr || own_read(apply->operands[0]) == nullptr) return std::nullopt;
  const auto *member = std::get_if<interpret::Member>(&literal->value);
  if (member == nullptr) return std::nullopt;
  return std::pair{&apply->operands[0], member->index};
}

} // namespace

/// What one addition a row can do for several sinks: counts of the members of a column are one cell each of a
/// list, and a sum of the whole run is that of its groups.
void Lowering::join_sinks() {
  std::vector<const plan::Sink *> sinks;
  for (const plan::Work &one : pass_.work)
    if (const auto *sink = std::get_if<plan::Sink>(&one)) sinks.push_back(sink);
  std::map<std::pair<int, int>, std::size_t> families; // by group and column
  for (const plan::Sink *sink : sinks) {
    const auto counted = counted_member(*sink);
    if (!counted) continue;
    const auto [value, member] = *counted;
    const semantics::Program &program = execution_.program();
    const auto [at, is_new] = families.try_emplace({sink->group, own_read(*value)->column}, counts_.size());
    if (is_new) {
      const std::size_t members = program.enums[(*value)->type.domain].members.size();
      counts_.push_back({value, sink->group, members, {}, false});
    }
    counts_[at->second].columns.emplace_back(sink->count, member);
    counted_.emplace(sink, at->second);
  }
  std::erase_if(counted_, [&](const auto &one) { return counts_[one.second].columns.size() < 2; });
  for (const plan::Sink *whole : sinks) {
    const plan::Read *of_whole = own_read(whole->operand);
    if (whole->group >= 0 || whole->where || of_whole == nullptr) continue;
    for (const plan::Sink *grouped : sinks) {
      const plan::Read *of_group = own_read(grouped->operand);
      if (grouped->group < 0 || grouped->where || of_group == nullptr ||
          of_group->column != of_whole->column || grouped->scale != whole->scale ||
          execution_.left_join(grouped->group) != nullptr)
        continue;
      const bool here = std::any_of(pass_.work.begin(), pass_.work.end(), [&](const plan::Work &one) {
        const std::vector<int> written = plan::columns_written(one);
        return std::find(written.begin(), written.end(), grouped->group) != written.end();
      });
      if (here || execution_.bounds(grouped->group).first < 0) continue; // rows of no group
      totals_of_.emplace(grouped, whole);
      break;
    }
  }
}

void Lowering::count_by_member(std::size_t family) {
  CountByMember &counts = counts_[family];
  if (counts.done) return;
  counts.done = true;
  const Machine value = lower(**counts.value, nullptr);
  Value *group = nullptr, *counted = value.given;
  if (counts.group >= 0) {
    Value *there = nullptr;
    std::tie(group, there) = follow({counts.group});
    counted = both(counted, there);
  }
  Value *cell = value.code;
  if (counted != nullptr) cell = ir_.CreateSelect(counted, cell, ir_.getInt64(counts.members));
  if (group != nullptr) cell = ir_.CreateAdd(ir_.CreateMul(group, ir_.getInt64(counts.members + 1)), cell);
  Value *place =
      accumulator(counts.columns.front().first, Accumulator::Kind::by_member, engine::Storage::i64, cell);
  Accumulator &accumulator = out_.accumulators.back();
  accumulator.of_member = counts.columns;
  accumulator.members = counts.members;
  add_to(place, ir_.getInt64(1));
}

void Lowering::add_to(Value *place, Value *value) {
  llvm::LoadInst *before = ir_.CreateLoad(value->getType(), place);
  before->setMetadata(llvm::LLVMContext::MD_alias_scope, sums_scope_);
  llvm::StoreInst *after = ir_.CreateStore(ir_.CreateAdd(before, value), place);
  after->setMetadata(llvm::LLVMContext::MD_alias_scope, sums_scope_);
}

/// The place of a sum. A total of the whole run is kept in a register, and stored at the end of the function.
llvm::Value *Lowering::accumulator(int column, Accumulator::Kind kind, engine::Storage storage,
                                   Value *group) {
  const auto index = out_.accumulators.size();
  out_.accumulators.push_back({column, kind, storage});
  llvm::IRBuilder<> ir(entry_->getTerminator());
  Value *place = ir.CreateConstInBoundsGEP1_64(ir.getPtrTy(), function_->getArg(1), index);
  Value *cells = ir.CreateLoad(ir.getPtrTy(), place);
  llvm::Type *type = ir_.getIntNTy(storage == engine::Storage::i64 ? 64 : 128);
  if (group != nullptr) return ir_.CreateInBoundsGEP(type, cells, group);
  Value *slot = ir.CreateAlloca(type);
  ir.CreateStore(ir.CreateLoad(type, cells), slot);
  totals_.push_back({slot, cells, type});
  return slot;
}

/// Without a branch where the operand costs nothing: a row that does not count adds 0.
void Lowering::work(const plan::Sink &work) {
  if (const auto counted = counted_.find(&work); counted != counted_.end())
    return count_by_member(counted->second);
  const auto of_groups = std::find_if(totals_of_.begin(), totals_of_.end(),
                                      [&](const auto &one) { return one.second == &work; });
  const auto whole = totals_of_.find(&work);
  // Of a sink whose groups are added up anyway, the statistics that are kept for the groups too.
  const auto is_known = [&](int plan::Sink::*statistic) {
    return of_groups != totals_of_.end() && of_groups->first->*statistic >= 0;
  };
  Value *group = nullptr, *when = nullptr; // null: the one row; always
  if (work.group >= 0) {
    Value *there = nullptr;
    std::tie(group, there) = follow({work.group});
    when = both(when, there);
  }
  if (work.where) when = both(when, is_true(lower(*work.where, when)));
  llvm::BasicBlock *done = nullptr;
  Machine operand;
  if (work.operand) {
    if (when != nullptr && !std::holds_alternative<plan::Read>(work.operand->node)) {
      llvm::BasicBlock *go = block("add");
      done = block("added");
      ir_.CreateCondBr(when, go, done);
      ir_.SetInsertPoint(go);
      when = nullptr;
    }
    operand = lower(*work.operand, when);
    when = both(when, operand.given);
  }
  const Integer rows = bucket({0, Integer(execution_.rows(work.scope))}).high;
  const auto add_up = [&](int plan::Sink::*statistic, Value *value, const Range &range) {
    if (work.*statistic < 0 || is_known(statistic)) return;
    const Range sums = range * Range{0, rows};
    if (bits_of(sums) > 128) throw CannotLower("a sum beyond 128 bits");
    const auto storage = bits_of(sums) <= 64 ? engine::Storage::i64 : engine::Storage::i128;
    const unsigned bits = storage == engine::Storage::i64 ? 64 : 128;
    value = cast(value, bits);
    if (when != nullptr) value = ir_.CreateSelect(when, value, constant(0, bits));
    Value *place = accumulator(work.*statistic, Accumulator::Kind::sum, storage, group);
    if (whole != totals_of_.end()) out_.accumulators.back().total = whole->second->*statistic;
    add_to(place, value);
  };
  add_up(&plan::Sink::count, ir_.getInt64(1), {1, 1});
  if (work.sum >= 0 || work.squares >= 0) {
    if (operand.denominator != nullptr || operand.scale > work.scale)
      throw CannotLower("an operand without fixed decimals");
    multiply(operand.number, operand.range, number::power_of_ten(work.scale - operand.scale));
    add_up(&plan::Sink::sum, operand.number, operand.range);
    if (work.squares >= 0) {
      Value *square = operand.number;
      Range range = operand.range;
      multiply(square, range, operand.number, operand.range);
      range = {0, range.magnitude()};
      add_up(&plan::Sink::squares, square, range);
    }
  }
  for (const int column : {work.least, work.greatest}) {
    if (column < 0) continue;
    Value *value = operand.code;
    auto storage = engine::Storage::i64;
    if (operand.is_number()) {
      const int scale = std::max(0, execution_.plan().columns[column].type.scale);
      if (operand.denominator != nullptr || operand.scale > scale)
        throw CannotLower("an operand without fixed decimals");
      multiply(operand.number, operand.range, number::power_of_ten(scale - operand.scale));
      operand.scale = scale;
      // The ends of the storage stand for no value yet.
      if (bits_of(operand.range) > 127) throw CannotLower("a least or greatest value beyond 126 bits");
      if (bits_of(operand.range) > 63) storage = engine::Storage::i128;
      value = cast(operand.number, storage == engine::Storage::i64 ? 64 : 128);
    }
    const bool least = column == work.least;
    Value *place =
        accumulator(column, least ? Accumulator::Kind::least : Accumulator::Kind::greatest, storage, group);
    Value *before = ir_.CreateLoad(value->getType(), place);
    Value *better = least ? ir_.CreateICmpSLT(value, before) : ir_.CreateICmpSGT(value, before);
    ir_.CreateStore(ir_.CreateSelect(both(better, when), value, before), place);
  }
  if (done == nullptr) return;
  ir_.CreateBr(done);
  ir_.SetInsertPoint(done);
}

void Lowering::all_work() {
  const auto lower_work = [&](const plan::Work &one) {
    adding_up_ = std::holds_alternative<plan::Sink>(one);
    std::visit([&](const auto &what) { work(what); }, one);
  };
  if (order_ == Order::as_planned) {
    for (const plan::Work &one : pass_.work) lower_work(one);
    return;
  }
  for (const bool sinks : {false, true}) {
    if (sinks && exact_ != nullptr) part_from_exact();
    for (const plan::Work &one : pass_.work)
      if (std::holds_alternative<plan::Sink>(one) == sinks) lower_work(one);
  }
}

/// A row left to exact arithmetic ends here, with nothing but its mark: it is done again as a whole. Its
/// errors do not count.
void Lowering::part_from_exact() {
  llvm::IRBuilder<> at_entry(entry_->getTerminator());
  all_errors_ = at_entry.CreateAlloca(at_entry.getInt32Ty());
  at_entry.CreateStore(at_entry.getInt32(0), all_errors_);
  llvm::IRBuilder<> at_row(top_, top_->getFirstInsertionPt());
  at_row.CreateStore(at_row.getInt32(0), errors_);
  at_row.CreateStore(at_row.getFalse(), exact_);
  llvm::BasicBlock *left = block("left"), *kept = block("kept");
  next_row_ = block("next_row");
  llvm::MDBuilder metadata(ir_.getContext());
  ir_.CreateCondBr(is_left_to_exact(), left, kept, metadata.createUnlikelyBranchWeights());
  ir_.SetInsertPoint(left);
  Value *mark = ir_.CreateInBoundsGEP(ir_.getInt8Ty(), pointer({ColumnUse::exact_rows}), row_);
  ir_.CreateStore(ir_.getInt8(1), mark)->setMetadata(llvm::LLVMContext::MD_alias_scope, results_scope_);
  count_errors(ir_.getInt32(left_rows));
  ir_.CreateBr(next_row_);
  ir_.SetInsertPoint(kept);
  out_.checked = true;
}

void Lowering::count_errors(Value *bits) {
  ir_.CreateStore(ir_.CreateOr(ir_.CreateLoad(ir_.getInt32Ty(), all_errors_), bits), all_errors_);
}

std::optional<LoweredPass> Lowering::run() {
  llvm::LLVMContext &context = *out_.context;
  out_.module = std::make_unique<llvm::Module>("pass", context);
  llvm::Type *pointer_type = ir_.getPtrTy();
  llvm::Type *row_type = ir_.getInt64Ty();
  function_ = llvm::Function::Create(
      llvm::FunctionType::get(ir_.getInt32Ty(), {pointer_type, pointer_type, row_type, row_type}, false),
      llvm::Function::ExternalLinkage, pass_symbol, *out_.module);
  function_->setDoesNotThrow();
  llvm::MDBuilder metadata(context);
  llvm::MDNode *domain = metadata.createAnonymousAliasScopeDomain("pass");
  llvm::MDNode *results = metadata.createAnonymousAliasScope(domain, "results");
  llvm::MDNode *sums = metadata.createAnonymousAliasScope(domain, "sums");
  results_scope_ = llvm::MDNode::get(context, {results});
  sums_scope_ = llvm::MDNode::get(context, {sums});
  not_columns_ = llvm::MDNode::get(context, {results, sums});

  entry_ = block("entry");
  llvm::BasicBlock *loop = block("row"), *end = block("end");
  ir_.SetInsertPoint(entry_);
  errors_ = ir_.CreateAlloca(ir_.getInt32Ty());
  ir_.CreateStore(ir_.getInt32(0), errors_);
  Value *none = ir_.CreateICmpSGE(function_->getArg(2), function_->getArg(3));
  ir_.CreateCondBr(none, end, loop);
  ir_.SetInsertPoint(loop);
  llvm::PHINode *row = ir_.CreatePHI(row_type, 2);
  row->addIncoming(function_->getArg(2), entry_);
  row_ = row;
  top_ = loop;
  llvm::BasicBlock *body = block("work");
  ir_.CreateBr(body);
  ir_.SetInsertPoint(body);
  lay_out_records();
  join_sinks();
  all_work();
  if (exact_ != nullptr && order_ == Order::as_planned) return std::nullopt;

  for (const auto &[id, chosen] : stores_) {
    const engine::Column &column = execution_.column(id);
    Value *value = chosen;
    Value *given = nullptr;
    if (value == nullptr) {
      const Machine &machine = computed_.at(id);
      value = machine.is_number() ? machine.number : machine.code;
      given = machine.given;
    }
    const unsigned bits = static_cast<unsigned>(engine::size_of(column.storage())) * 8;
    value = ir_.CreateZExtOrTrunc(value, ir_.getIntNTy(bits));
    const auto put = [&](Value *what, const ColumnUse &use) {
      llvm::StoreInst *stored =
          ir_.CreateStore(what, ir_.CreateInBoundsGEP(what->getType(), pointer(use), row_));
      stored->setMetadata(llvm::LLVMContext::MD_alias_scope, results_scope_);
      stored->setMetadata(llvm::LLVMContext::MD_noalias, sums_scope_);
    };
    if (given != nullptr)
      value = ir_.CreateSelect(given, value,
                               llvm::ConstantInt::getSigned(value->getType(), column.holds_rows() ? -1 : 0));
    put(value, {id});
    if (const auto state = hoist_states_.find(id); state != hoist_states_.end())
      put(state->second, {id, ColumnUse::Part::given});
    else if (column.given() != nullptr && given != nullptr)
      put(ir_.CreateZExt(given, ir_.getInt8Ty()), {id, ColumnUse::Part::given});
  }
  if (exact_ != nullptr) {
    count_errors(ir_.CreateLoad(ir_.getInt32Ty(), errors_));
    ir_.CreateBr(next_row_);
    ir_.SetInsertPoint(next_row_);
  }
  Value *next = ir_.CreateAdd(row_, ir_.getInt64(1));
  row->addIncoming(next, ir_.GetInsertBlock());
  ir_.CreateCondBr(ir_.CreateICmpSLT(next, function_->getArg(3)), loop, end);
  ir_.SetInsertPoint(end);
  for (const Total &total : totals_) ir_.CreateStore(ir_.CreateLoad(total.type, total.slot), total.cell);
  ir_.CreateRet(ir_.CreateLoad(ir_.getInt32Ty(), exact_ == nullptr ? errors_ : all_errors_));
  std::set_difference(read_seldom_.begin(), read_seldom_.end(), read_always_.begin(), read_always_.end(),
                      std::back_inserter(out_.seldom));
  for (const llvm::BasicBlock &one : *function_)
    for (const llvm::Instruction &instruction : one)
      if (llvm::isa<llvm::BinaryOperator>(instruction) || llvm::isa<llvm::ICmpInst>(instruction))
        if (const llvm::Type *type = instruction.getOperand(0)->getType(); type->isIntegerTy())
          out_.widest = std::max(out_.widest, type->getIntegerBitWidth());
  return std::move(out_);
}

LoweredPass lower(const plan::Pass &pass, Execution &execution) {
  if (std::optional<LoweredPass> out = Lowering(pass, execution, Lowering::Order::as_planned).run())
    return std::move(*out);
  return *Lowering(pass, execution, Lowering::Order::sinks_last).run();
}

} // namespace steelyard::native
