// Expressions: reads, operators, tables.
#include "compiler/native/lower.h"

namespace steelyard::native {

using interpret::Day;
using interpret::Member;
using interpret::Missing;
using interpret::Month;
using plan::Operator;
using semantics::TypeKind;

llvm::Value *Lowering::both(Value *a, Value *b) {
  if (a == nullptr) return b;
  if (b == nullptr) return a;
  return ir_.CreateAnd(a, b);
}

llvm::Value *Lowering::negated(Value *value) {
  return value == nullptr ? ir_.getFalse() : ir_.CreateNot(value);
}

llvm::Value *Lowering::is_true(const Machine &value) {
  return both(value.given, value.code);
}

/// `condition` null: always.
void Lowering::raise(Value *condition, Value *active, unsigned bit) {
  Value *when = both(condition, active);
  Value *bits =
      when == nullptr ? ir_.getInt32(bit) : ir_.CreateSelect(when, ir_.getInt32(bit), ir_.getInt32(0));
  ir_.CreateStore(ir_.CreateOr(ir_.CreateLoad(ir_.getInt32Ty(), errors_), bits), errors_);
}

/// Where `condition` holds the row is computed with exact numbers, after the pass.
void Lowering::leave_to_exact(Value *condition, Value *active) {
  if (adding_up_) throw CannotLower("an operand beyond 256 bits in what is added up");
  if (exact_ == nullptr) {
    llvm::IRBuilder<> ir(entry_->getTerminator());
    exact_ = ir.CreateAlloca(ir.getInt1Ty());
    ir.CreateStore(ir.getFalse(), exact_);
  }
  ir_.CreateStore(ir_.CreateOr(is_left_to_exact(), both(condition, active)), exact_);
}

llvm::Value *Lowering::is_left_to_exact() {
  return ir_.CreateLoad(ir_.getInt1Ty(), exact_);
}

/// `a` where `first` holds, else `b`.
Machine Lowering::choose(const Machine &a, const Machine &b, Value *first) {
  Machine x = a, y = b, out;
  if (x.is_number() != y.is_number()) throw CannotLower("values of two kinds");
  if (x.is_number()) {
    align(x, y);
    out = x;
    out.range = either(x.range, y.range);
    const unsigned bits = width_of(out.range);
    out.number = ir_.CreateSelect(first, cast(x.number, bits), cast(y.number, bits));
    // align gives both the same denominator
  } else {
    out.code = ir_.CreateSelect(first, x.code, y.code);
  }
  out.given = nullptr;
  if (x.given != nullptr || y.given != nullptr)
    out.given = ir_.CreateSelect(first, x.given == nullptr ? ir_.getTrue() : x.given,
                                 y.given == nullptr ? ir_.getTrue() : y.given);
  return out;
}

llvm::Value *Lowering::pointer(const ColumnUse &use) {
  const auto at = pointers_.find(use);
  if (at != pointers_.end()) return at->second.second;
  const auto index = static_cast<int>(out_.columns.size());
  out_.columns.push_back(use);
  llvm::IRBuilder<> ir(entry_->getTerminator());
  Value *place =
      ir.CreateConstInBoundsGEP1_64(ir.getPtrTy(), function_->getArg(0), static_cast<std::uint64_t>(index));
  Value *loaded = ir.CreateLoad(ir.getPtrTy(), place);
  pointers_.emplace(use, std::pair{index, loaded});
  return loaded;
}

llvm::Value *Lowering::load(llvm::Type *type, const ColumnUse &use, Value *row) {
  if (row == row_) (alternatives_ > 0 ? read_seldom_ : read_always_).insert(use);
  Value *place = ir_.CreateInBoundsGEP(type, pointer(use), row);
  llvm::LoadInst *out = ir_.CreateLoad(type, place);
  out->setMetadata(llvm::LLVMContext::MD_noalias, not_columns_);
  return out;
}

std::pair<llvm::Value *, llvm::Value *> Lowering::follow(const std::vector<int> &path) {
  Value *row = row_, *there = nullptr;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const int join = path[i];
    if (join == plan::whole_run) {
      row = ir_.getInt64(0);
      there = nullptr;
      continue;
    }
    if (const auto own = computed_.find(join); own != computed_.end() && row == row_) {
      // A reference that this pass computes: it is stored at the end of the row only.
      const Machine &machine = own->second;
      row = machine.given == nullptr ? machine.code
                                     : ir_.CreateSelect(machine.given, machine.code, ir_.getInt64(0));
      there = both(there, machine.given);
      continue;
    }
    if (i == 0 && execution_.left_join(join) != nullptr) {
      std::tie(row, there) = join_by_position(join);
      continue;
    }
    execution_.complete_join(join);
    Value *next = row_of_join(join, row);
    if (execution_.bounds(join).first >= 0) {
      row = ir_.CreateZExt(next, ir_.getInt64Ty());
      continue;
    }
    Value *found = ir_.CreateICmpSGE(next, llvm::ConstantInt::get(next->getType(), 0));
    row = ir_.CreateZExt(ir_.CreateSelect(found, next, llvm::ConstantInt::get(next->getType(), 0)),
                         ir_.getInt64Ty());
    there = both(there, found);
  }
  return {row, there};
}

/// The row number in a column of rows.
llvm::Value *Lowering::row_of_join(int join, Value *row) {
  const unsigned bits = static_cast<unsigned>(engine::size_of(execution_.column(join).storage())) * 8;
  return load(ir_.getIntNTy(bits), {join}, row);
}

/// Worked out once, at the top of the row.
std::pair<llvm::Value *, llvm::Value *> Lowering::join_by_position(int join) {
  const auto known = joined_.find(join);
  if (known != joined_.end()) return known->second;
  const Execution::Position &position = *execution_.left_join(join);
  const llvm::IRBuilderBase::InsertPoint here = ir_.saveIP();
  ir_.SetInsertPoint(top_->getTerminator());
  Value *at = ir_.getInt64(0), *there = nullptr;
  for (const Execution::Position::Key &key : position.keys) {
    const engine::Column &column = execution_.column(key.column);
    const unsigned bits = static_cast<unsigned>(engine::size_of(column.storage())) * 8;
    Value *code = load(ir_.getIntNTy(bits), {key.column}, row_);
    code = bits == 8 ? ir_.CreateZExt(code, ir_.getInt64Ty()) : ir_.CreateSExt(code, ir_.getInt64Ty());
    if (column.given() != nullptr)
      there = both(there, ir_.CreateICmpNE(load(ir_.getInt8Ty(), {key.column, ColumnUse::Part::given}, row_),
                                           ir_.getInt8(0)));
    code = ir_.CreateSub(code, ir_.getInt64(static_cast<std::uint64_t>(key.domain.low)));
    const auto [low, high] = execution_.bounds(key.column);
    const bool inside = low >= key.domain.low && high < Int128{key.domain.low} + key.domain.size;
    if (!inside)
      there = both(there, ir_.CreateICmpULT(code, ir_.getInt64(static_cast<std::uint64_t>(key.domain.size))));
    at = ir_.CreateAdd(ir_.CreateMul(at, ir_.getInt64(static_cast<std::uint64_t>(key.domain.size))), code);
  }
  if (there != nullptr) at = ir_.CreateSelect(there, at, ir_.getInt64(0));
  Value *row = load(ir_.getInt32Ty(), {join, ColumnUse::Part::slots}, at);
  if (!position.table->is_full()) {
    there = both(there, ir_.CreateICmpSGE(row, ir_.getInt32(0)));
    row = ir_.CreateSelect(there, row, ir_.getInt32(0));
  }
  const std::pair<Value *, Value *> out{ir_.CreateZExt(row, ir_.getInt64Ty()), there};
  ir_.restoreIP(here);
  joined_.emplace(join, out);
  return out;
}

Machine Lowering::read(const std::vector<int> &path, int id, Value *active) {
  if (path.empty()) {
    // What was hoisted may have met an error, which only its column says.
    if (hoist_states_.contains(id)) throw CannotLower("hoisted work within hoisted work");
    const auto at = computed_.find(id);
    if (at != computed_.end()) return at->second;
  }
  const engine::Column &column = execution_.column(id);
  const plan::Column &declared = execution_.plan().columns[id];
  const auto [row, there] = follow(path);
  Machine out;
  out.given = there;
  const unsigned stored = static_cast<unsigned>(engine::size_of(column.storage())) * 8;
  Value *value = load_at(path, ir_.getIntNTy(stored), {id}, row);
  if (stored < 64)
    value = stored == 8 ? ir_.CreateZExt(value, ir_.getInt64Ty()) : ir_.CreateSExt(value, ir_.getInt64Ty());
  if (column.holds_rows())
    out.given = both(out.given, ir_.CreateICmpSGE(value, ir_.getInt64(0)));
  else if (declared.may_fail) {
    Value *state = nullptr; // null: all rows are well
    if (!execution_.all_given(id)) {
      state = load_at(path, ir_.getInt8Ty(), {id, ColumnUse::Part::given}, row);
      raise(both(there, ir_.CreateICmpEQ(state, ir_.getInt8(Execution::failed_row))), active, missing_value);
    }
    if (!declared.type.optional) {
      if (there != nullptr) raise(ir_.CreateNot(there), active, missing_value);
      out.given = nullptr;
    } else if (state != nullptr) {
      out.given = both(out.given, ir_.CreateICmpNE(state, ir_.getInt8(0)));
    }
  } else if (column.given() != nullptr)
    out.given =
        both(out.given, ir_.CreateICmpNE(load_at(path, ir_.getInt8Ty(), {id, ColumnUse::Part::given}, row),
                                         ir_.getInt8(0)));
  if (declared.type.kind == TypeKind::boolean) {
    out.code = ir_.CreateICmpNE(value, ir_.getInt64(0));
  } else if (declared.type.kind == TypeKind::number) {
    const auto [low, high] = execution_.bounds(id);
    out.range = bucket({Integer(low), Integer(high)});
    if (low >= -Int128{INT64_MAX} && high <= INT64_MAX) { // nor does the bucket go beyond 64 bits
      out.range.low = std::max(out.range.low, Integer(-INT64_MAX));
      out.range.high = std::min(out.range.high, Integer(INT64_MAX));
    }
    out.number = cast(value, width_of(out.range));
    out.scale = std::max(0, declared.type.scale);
  } else {
    out.code = value;
  }
  return out;
}

Machine Lowering::constant_value(const Constant &value, const semantics::Type &type) {
  Machine out;
  if (std::holds_alternative<Missing>(value)) {
    if (type.kind == TypeKind::number)
      out = literal(Exact(0));
    else
      out.code = type.kind == TypeKind::boolean ? static_cast<Value *>(ir_.getFalse()) : ir_.getInt64(0);
    out.given = ir_.getFalse();
    return out;
  }
  if (const auto *number = std::get_if<Exact>(&value)) return literal(*number);
  if (const bool *truth = std::get_if<bool>(&value))
    out.code = ir_.getInt1(*truth);
  else if (const auto *member = std::get_if<Member>(&value))
    out.code = ir_.getInt64(static_cast<std::uint64_t>(member->index));
  else if (const auto *day = std::get_if<Day>(&value))
    out.code = ir_.getInt64(static_cast<std::uint64_t>(day->days));
  else if (const auto *month = std::get_if<Month>(&value))
    out.code = ir_.getInt64(static_cast<std::uint64_t>(month->months));
  else
    throw CannotLower("a text");
  return out;
}

Machine Lowering::lower(const plan::Expression &expression, Value *active) {
  if (const auto *read = std::get_if<plan::Read>(&expression.node))
    return this->read(read->path, read->column, active);
  if (const auto *apply = std::get_if<plan::Apply>(&expression.node)) return lower(*apply, active);
  if (const auto *literal = std::get_if<plan::Literal>(&expression.node))
    return constant_value(literal->value, expression.type);
  if (const auto *parameter = std::get_if<plan::Parameter>(&expression.node)) {
    const interpret::Value value = execution_.parameter(parameter->parameter);
    if (const auto *number = std::get_if<Exact>(&value)) return literal(*number);
    if (const auto *truth = std::get_if<bool>(&value)) return constant_value(*truth, expression.type);
    if (const auto *member = std::get_if<Member>(&value)) return constant_value(*member, expression.type);
    if (const auto *day = std::get_if<Day>(&value)) return constant_value(*day, expression.type);
    if (const auto *month = std::get_if<Month>(&value)) return constant_value(*month, expression.type);
    throw CannotLower("a parameter that is a text or a row");
  }
  if (const auto *arrive = std::get_if<plan::Arrive>(&expression.node)) {
    Machine out;
    std::tie(out.code, out.given) = follow(arrive->path);
    return out;
  }
  if (const auto *among = std::get_if<plan::AmongMembers>(&expression.node)) {
    Machine out = lower(*among->operand, active);
    Value *found = ir_.getFalse();
    for (const int member : among->members)
      found =
          ir_.CreateOr(found, ir_.CreateICmpEQ(out.code, ir_.getInt64(static_cast<std::uint64_t>(member))));
    out.code = among->negated ? ir_.CreateNot(found) : found;
    return out;
  }
  if (std::holds_alternative<plan::WorkingDays>(expression.node)) throw CannotLower("working days");
  if (const auto *lookup = std::get_if<plan::TableLookup>(&expression.node)) return lower(*lookup, active);
  return choice(*std::get<plan::Choose>(expression.node).choice, -1, active).value;
}

/// What is left to the evaluation row by row: the calendar, and the insides of texts.
bool Lowering::is_row_by_row(const plan::Apply &node) {
  switch (node.op) {
  case Operator::month_of:
  case Operator::day_of:
  case Operator::month_end:
  case Operator::begins_with:
    return true;
  case Operator::add:
  case Operator::subtract:
    return semantics::in_calendar(node.operands[0]->type);
  default:
    return false;
  }
}

Machine Lowering::lower(const plan::Apply &node, Value *active) {
  if (is_row_by_row(node)) throw CannotLower("dates and the beginnings of texts");
  Machine left = lower(*node.operands[0], active);
  const auto right = [&](Value *when) { return lower(*node.operands[1], when); };
  Machine out;
  switch (node.op) {
  case Operator::is_missing:
    out.code = negated(left.given);
    return out;
  case Operator::is_given:
    out.code = left.given == nullptr ? static_cast<Value *>(ir_.getTrue()) : left.given;
    return out;
  case Operator::required:
    if (left.given != nullptr) raise(negated(left.given), active, missing_value);
    left.given = nullptr;
    return left;
  case Operator::logical_and: {
    Value *first = is_true(left);
    out.code = ir_.CreateAnd(first, is_true(right(both(active, first))));
    return out;
  }
  case Operator::logical_or: {
    Value *first = is_true(left);
    out.code = ir_.CreateOr(first, is_true(right(both(active, negated(first)))));
    return out;
  }
  case Operator::where_there: {
    Machine value = right(both(active, left.given));
    value.given = both(value.given, left.given);
    return value;
  }
  case Operator::or_else: {
    if (left.given == nullptr) return left;
    const Machine other = right(both(active, negated(left.given)));
    Value *first = left.given;
    left.given = nullptr;
    return choose(left, other, first);
  }
  case Operator::logical_not:
    left.code = ir_.CreateNot(left.code);
    return left;
  case Operator::negate: {
    left.range = {-left.range.high, -left.range.low};
    left.number = ir_.CreateNeg(left.number);
    return left;
  }
  case Operator::absolute: {
    if (left.range.low >= 0) return left;
    Value *negative = is_negative(left.number, left.range);
    left.number = ir_.CreateSelect(negative, ir_.CreateNeg(left.number), left.number);
    left.range = {0, left.range.magnitude()};
    return left;
  }
  case Operator::greatest:
  case Operator::least:
    for (std::size_t i = 1; i < node.operands.size(); ++i)
      left = extreme(left, lower(*node.operands[i], both(active, left.given)), node.op == Operator::greatest);
    return left;
  default:
    break;
  }
  // Both sides are evaluated, also where the left is missing.
  const Machine other = right(active);
  switch (node.op) {
  case Operator::add:
    return add(left, other, false);
  case Operator::subtract:
    return add(left, other, true);
  case Operator::multiply:
    return multiply(left, other);
  case Operator::divide:
    return divide(left, other, active, false);
  case Operator::mean:
    return divide(left, other, active, true);
  default:
    out.given = both(left.given, other.given);
    out.code = compare(node.op, left, other);
    return out;
  }
}

llvm::Value *Lowering::test(const semantics::CellTest &test, const Machine &argument) {
  if (std::holds_alternative<semantics::AnyValue>(test)) return nullptr;
  if (const auto *interval = std::get_if<semantics::Interval>(&test)) {
    Value *holds = nullptr;
    if (interval->low)
      holds = both(holds, compare(interval->low_closed ? Operator::greater_equal : Operator::greater,
                                  argument, literal(*interval->low)));
    if (interval->high)
      holds = both(holds, compare(interval->high_closed ? Operator::less_equal : Operator::less, argument,
                                  literal(*interval->high)));
    return holds;
  }
  Value *any = ir_.getFalse();
  const auto &list = std::get<semantics::OneOf>(test);
  for (const Constant &value : list.values) {
    Machine one;
    const auto *number = std::get_if<Exact>(&value);
    if (number != nullptr && !argument.is_number())
      one.code = ir_.getInt1(*number == Exact(1)); // a truth value in a table is 0 or 1
    else
      one = constant_value(value, {});
    any = ir_.CreateOr(any, compare(Operator::equal, argument, one));
  }
  return list.others ? ir_.CreateNot(any) : any;
}

Machine Lowering::lower(const plan::TableLookup &lookup, Value *active) {
  const semantics::Table &table = execution_.program().tables[lookup.table];
  if (table.rows.size() > 64) throw CannotLower("a table of more than 64 rows");
  std::vector<Machine> arguments;
  Value *given = nullptr;
  for (const plan::ExpressionPtr &argument : lookup.arguments) {
    arguments.push_back(lower(*argument, both(active, given)));
    given = both(given, arguments.back().given);
  }
  // From the last row to the first: the first that holds wins.
  Value *found = ir_.getFalse();
  std::optional<Machine> out;
  for (auto row = table.rows.rbegin(); row != table.rows.rend(); ++row) {
    Value *holds = nullptr;
    for (std::size_t i = 0; i < arguments.size(); ++i) holds = both(holds, test(row->tests[i], arguments[i]));
    const Machine value = constant_value(row->value, table.type);
    if (holds == nullptr) holds = ir_.getTrue();
    out = out ? choose(value, *out, holds) : value;
    found = ir_.CreateOr(found, holds);
  }
  if (!out) throw CannotLower("a table without rows");
  raise(both(given, ir_.CreateNot(found)), active, no_alternative);
  out->given = both(out->given, given);
  return *out;
}

} // namespace steelyard::native
