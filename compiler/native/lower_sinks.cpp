// What a pass adds up: counts, sums, least and greatest values, of groups and of the whole run.
#include "compiler/native/lower.h"
#include <algorithm>

namespace steelyard::native {

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

} // namespace steelyard::native
