// Definitions and checks of a pass, and the loop around all its work.
#include "compiler/native/lower.h"
#include <algorithm>
#include <iterator>
#include <llvm/IR/MDBuilder.h>

namespace steelyard::native {

Lowering::Lowering(const plan::Pass &pass, Execution &execution, Order order)
    : pass_(pass), execution_(execution),
      order_(order), out_{std::make_unique<llvm::LLVMContext>(), nullptr, {}, {}, {}}, ir_(*out_.context) {}

llvm::BasicBlock *Lowering::block(const char *name) {
  return llvm::BasicBlock::Create(ir_.getContext(), name, function_);
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
