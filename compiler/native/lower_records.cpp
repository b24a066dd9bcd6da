// What a pass reads at rows of a small scope lies in records, one a row: a case then touches one or two cache
// lines of its group, not one in each column, and the loop keeps one pointer rather than a dozen.
#include "compiler/native/lower.h"
#include <algorithm>
#include <bit>
#include <set>

namespace steelyard::native {

namespace {

template<class Visit> void each_expression(const plan::Work &work, Visit &&visit) {
  const auto one = [&](const plan::ExpressionPtr &expression) {
    if (expression) visit(*expression);
  };
  if (const auto *compute = std::get_if<plan::Compute>(&work)) {
    for (const auto *list : {&compute->choice.excepts, &compute->choice.lines})
      for (const plan::Alternative &alternative : *list) {
        one(alternative.condition);
        one(alternative.value);
      }
  } else if (const auto *remainder = std::get_if<plan::Remainder>(&work)) {
    one(remainder->from);
    for (const plan::Remainder::Less &less : remainder->clauses) {
      one(less.amount);
      one(less.condition);
    }
  } else if (const auto *check = std::get_if<plan::Check>(&work)) {
    one(check->condition);
  } else if (const auto *sink = std::get_if<plan::Sink>(&work)) {
    one(sink->operand);
    one(sink->where);
  }
}

template<class Visit> void each_read(const plan::Expression &expression, Visit &&visit) {
  if (const auto *read = std::get_if<plan::Read>(&expression.node)) visit(*read);
  plan::each_part(expression, [&](const plan::Expression &part) { each_read(part, visit); });
}

/// Records are worth making when the rows that read them are many more, and they stay in the cache.
constexpr std::size_t fewer = 4, most_bytes = std::size_t{1} << 22;

} // namespace

bool Lowering::read_later(int column, const plan::Compute &work) const {
  bool behind = false, found = false;
  for (const plan::Work &one : pass_.work) {
    if (behind)
      each_expression(one, [&](const plan::Expression &expression) {
        each_read(expression, [&](const plan::Read &read) {
          found = found || (read.path.empty() && read.column == column);
        });
      });
    behind = behind || std::get_if<plan::Compute>(&one) == &work;
  }
  return found;
}

void Lowering::lay_out_records() {
  std::map<std::vector<int>, std::set<int>> reads;
  for (const plan::Work &work : pass_.work)
    each_expression(work, [&](const plan::Expression &expression) {
      each_read(expression, [&](const plan::Read &read) {
        if (!read.path.empty() && read.path.back() != plan::whole_run) reads[read.path].insert(read.column);
      });
    });
  for (const auto &[path, columns] : reads) {
    const int scope = execution_.plan().columns[path.back()].target;
    if (scope < 0 || execution_.rows(scope) * fewer > execution_.rows(pass_.scope)) continue;
    Record record;
    for (const int id : columns) {
      const engine::Column &column = execution_.column(id);
      const auto size = static_cast<unsigned>(engine::size_of(column.storage()));
      record.fields.push_back({{id, ColumnUse::Part::values}, size, 0});
      const bool state =
          execution_.plan().columns[id].may_fail ? !execution_.all_given(id) : column.given() != nullptr;
      if (state) record.fields.push_back({{id, ColumnUse::Part::given}, 1, 0});
    }
    if (record.fields.size() < 2) continue;
    // The widest first: all are aligned. A record does not straddle two cache lines where it fits in one.
    std::stable_sort(record.fields.begin(), record.fields.end(),
                     [](const Record::Field &a, const Record::Field &b) { return a.size > b.size; });
    for (Record::Field &field : record.fields) {
      field.offset = record.stride;
      record.stride += field.size;
    }
    record.stride = record.stride <= 64 ? std::bit_ceil(record.stride) : (record.stride + 15) / 16 * 16;
    record.scope = scope;
    if (execution_.rows(scope) * record.stride > most_bytes) continue;
    records_.emplace(path, static_cast<int>(out_.records.size()));
    out_.records.push_back(std::move(record));
  }
}

/// From a column at the row that `path` leads to.
llvm::Value *Lowering::load_at(const std::vector<int> &path, llvm::Type *type, const ColumnUse &use,
                               Value *row) {
  const auto known = records_.find(path);
  if (known == records_.end()) return load(type, use, row);
  const Record &record = out_.records[static_cast<std::size_t>(known->second)];
  for (const Record::Field &field : record.fields) {
    if (field.use != use) continue;
    Value *place = ir_.CreateInBoundsGEP(ir_.getInt8Ty(), pointer({known->second, ColumnUse::Part::record}),
                                         ir_.CreateMul(row, ir_.getInt64(record.stride)));
    place = ir_.CreateConstInBoundsGEP1_64(ir_.getInt8Ty(), place, field.offset);
    llvm::LoadInst *out = ir_.CreateLoad(type, place);
    out->setMetadata(llvm::LLVMContext::MD_noalias, not_columns_);
    return out;
  }
  return load(type, use, row);
}

} // namespace steelyard::native
