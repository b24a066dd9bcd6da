// Terms at the row: what each becomes.
#include "compiler/interpret/term_walk.h"
#include "compiler/native/row_scalars.h"
#include "compiler/semantics/check.h"
#include <cstring>
#include <fmt/core.h>

namespace steelyard::native {

using namespace semantics;

std::int64_t power_of_ten(int exponent) {
  if (exponent < 0 || exponent > 18) throw NotThisWay("numbers of very different scales");
  std::int64_t out = 1;
  for (; exponent > 0; --exponent) out *= 10;
  return out;
}

const Term &bare(const Term &term) {
  const auto *inside = std::get_if<Parenthesized>(&term.node);
  return inside ? bare(*inside->inner) : term;
}

namespace {

/// The level of the only element that a term looks at, besides tables; -1 where it looks at none, -2 where it
/// looks at anything else.
int only_element(const Term &term) {
  if (const auto *element = std::get_if<ElementRef>(&term.node)) return element->level;
  if (std::holds_alternative<ListTerm>(term.node) || std::holds_alternative<Aggregate>(term.node) ||
      std::holds_alternative<With>(term.node))
    return -2;
  if (const auto *ref = std::get_if<FieldRef>(&term.node);
      ref && (ref->steps.empty() || ref->steps[0].field >= 0))
    return -2;
  if (const auto *in = std::get_if<InSet>(&term.node); in && in->list) return -2;
  int out = -1;
  interpret::each_part(term, [&](const Term &part) {
    const int level = only_element(part);
    if (level == -1 || out == -2) return;
    out = out == -1 || out == level ? level : -2;
  });
  return out;
}

} // namespace

Scalar RowProgram::scalar(const Term &given, int base) {
  const Term &term = bare(given);
  const bool boolean = term.type.kind == TypeKind::boolean;
  const bool text = term.type.kind == TypeKind::text || term.type.kind == TypeKind::list;
  const int level = in_fact_ || text ? -1 : only_element(term);
  if (level < 0) return any_scalar(term, base);
  in_fact_ = true;
  Scalar whole = any_scalar(term, base);
  in_fact_ = false;
  const auto *in = std::get_if<InSet>(&term.node);
  const bool in_scope =
      in && in->keys.empty() && !in->negated && std::holds_alternative<ElementRef>(bare(*in->operand).node);
  const std::string name = fmt::format("element {}: {}", level, canonical_text(term, program_));
  const bool is_new = !named_facts_.contains(name) && !in_scope;
  const std::size_t fact =
      in_scope ? fact_of_set(in->scope) : fact_of(name, [] { return std::vector<std::int32_t>(); });
  if (is_new) learned_.push_back({fact, static_cast<std::size_t>(level), whole.get(), !boolean});
  const auto made = [&](auto out) -> Scalar {
    out->level = static_cast<std::size_t>(level);
    out->fact = fact;
    out->term = std::move(whole);
    return out;
  };
  if (boolean) return made(std::make_unique<ElementFactNode>());
  auto number = std::make_unique<ElementNumberNode>();
  number->place = keep(Shape::number);
  return made(std::move(number));
}

/// What each code, and a text that is none, tells of itself.
void RowProgram::learn_facts() {
  const std::unique_ptr<Batch> rows = batch();
  std::string no_code = "\xff";
  while (codes_.find(no_code) != Codes::unknown) no_code += '\xff';
  const auto learn = [&](const Learned &of, std::int32_t first, Rows codes) {
    if (!of.number) {
      const Rows holds = of.term->truth(*rows, codes);
      each_row(codes, [&](std::size_t row) {
        facts_.set(first + static_cast<std::int32_t>(row), of.fact, (holds & bit_of(row)) != 0 ? 1 : 0);
      });
      return;
    }
    const Values values = of.term->get(*rows, codes);
    each_row(codes, [&](std::size_t row) {
      if ((values.given & bit_of(row)) == 0) return;
      const std::int64_t number = values.numbers[row];
      const bool fits = number >= 0 && number <= CodeFacts::most - ElementNumberNode::first;
      facts_.set(first + static_cast<std::int32_t>(row), of.fact,
                 fits ? static_cast<std::int32_t>(number) + ElementNumberNode::first
                      : ElementNumberNode::fails);
    });
  };
  const auto codes = static_cast<std::int32_t>(codes_.size());
  for (const Learned &of : learned_) {
    rows->forget();
    Batch::Current &current = rows->enter_list();
    for (std::size_t level = 0; level < of.level; ++level) rows->enter_list();
    for (std::int32_t first = Codes::unknown; first < codes; first += rows_together) {
      const auto count = static_cast<std::size_t>(std::min(codes - first, std::int32_t{rows_together}));
      for (std::size_t row = 0; row < count; ++row) {
        const std::int32_t code = first + static_cast<std::int32_t>(row);
        current.put(row, {code == Codes::unknown ? std::string_view(no_code) : codes_.text(code), code});
      }
      const Rows all = count < rows_together ? bit_of(count) - 1 : all_together;
      try {
        learn(of, first, all);
        continue;
      } catch (const HandOver &) {
        rows->return_to(of.level + 1);
      }
      each_row(all, [&](std::size_t row) {
        try {
          learn(of, first, bit_of(row));
        } catch (const HandOver &) { // where it is asked, it will be asked again
          rows->return_to(of.level + 1);
          facts_.set(first + static_cast<std::int32_t>(row), of.fact,
                     of.number ? ElementNumberNode::fails : ElementFactNode::fails);
          facts_.set_open(of.fact);
        }
      });
    }
  }
}

Scalar RowProgram::any_scalar(const Term &term, int base) {
  if (const auto *constant = std::get_if<Constant>(&term.node))
    return std::make_unique<ConstantNode>(to_cell(run_.constant(*constant, term.type), term.type),
                                          shape_of(term.type));
  if (const auto *parameter = std::get_if<ParameterRef>(&term.node))
    return std::make_unique<ConstantNode>(to_cell(run_.parameter(parameter->parameter), term.type),
                                          shape_of(term.type));
  if (const auto *ref = std::get_if<FieldRef>(&term.node)) return path(*ref, base);
  if (const auto *element = std::get_if<ElementRef>(&term.node))
    return std::make_unique<ElementNode>(element->level);
  if (const auto *test = std::get_if<MissingTest>(&term.node)) {
    auto out = std::make_unique<MissingNode>();
    out->operand = scalar(*test->operand, base);
    out->given = test->given;
    return out;
  }
  if (const auto *unary = std::get_if<Unary>(&term.node)) {
    if (unary->op == syntax::UnaryOp::negate) throw NotThisWay("arithmetic");
    if (unary->op == syntax::UnaryOp::required) {
      auto out = std::make_unique<RequiredNode>();
      out->operand = scalar(*unary->operand, base);
      return out;
    }
    auto out = std::make_unique<NotNode>();
    out->operand = scalar(*unary->operand, base);
    return out;
  }
  if (const auto *binary = std::get_if<Binary>(&term.node)) {
    const auto of_two = [&](auto out) -> Scalar {
      out->left = scalar(*binary->left, base);
      out->right = scalar(*binary->right, base);
      return out;
    };
    if (binary->op == BinaryOp::logical_and) return several<AllNode>(term, base);
    if (binary->op == BinaryOp::logical_or) return several<AnyNode>(term, base);
    if (binary->op == BinaryOp::or_else) {
      if (binary->left->type.kind == TypeKind::number &&
          binary->left->type.scale != binary->right->type.scale)
        throw NotThisWay("numbers of different scales");
      auto out = std::make_unique<OrElseNode>();
      out->place = keep(shape_of(term.type));
      return of_two(std::move(out));
    }
    return comparison(*binary, base);
  }
  if (const auto *among = std::get_if<Membership>(&term.node)) {
    auto out = std::make_unique<AmongNode>();
    out->operand = scalar(*among->operand, base);
    out->members.assign(program_.enums[among->operand->type.domain].members.size(), 0);
    for (const int member : among->members) out->members[static_cast<std::size_t>(member)] = 1;
    out->negated = among->negated;
    return out;
  }
  if (const auto *in = std::get_if<InSet>(&term.node)) return in_set(*in, base);
  if (const auto *list = std::get_if<ListTerm>(&term.node)) return list_test(*list, base);
  if (const auto *node = std::get_if<Aggregate>(&term.node)) return aggregate(*node, base);
  if (const auto *call = std::get_if<TableCall>(&term.node)) return by_text(*call, base);
  if (const auto *with = std::get_if<With>(&term.node)) {
    auto out = std::make_unique<ChangedNode>();
    out->place = changes_++;
    if (base != 0 || with->scope != scope_) throw NotThisWay("`with` inside a condition of a table");
    out->operand = static_cast<std::size_t>(std::get<FieldRef>(bare(*with->operand).node).field);
    fields_[out->operand].asked = true;
    out->field = static_cast<std::size_t>(with->field);
    const Type &of = program_.scopes[scope_].fields[out->field].type;
    if (with->value->type.kind == TypeKind::list)
      out->list = list_of_field(*with->value, base, of);
    else
      out->value = scalar(*with->value, base);
    if (of.kind == TypeKind::number && of.scale != with->value->type.scale) {
      if (with->value->type.scale < 0 || with->value->type.scale > of.scale)
        throw NotThisWay("numbers of different scales");
      out->factor = power_of_ten(of.scale - with->value->type.scale);
    }
    if (program_.scopes[scope_].fields[out->operand].type.kind == TypeKind::list)
      throw NotThisWay("`with` of a list");
    return out;
  }
  throw NotThisWay("a formula of a kind that is not done row by row");
}

/// The operands of nested `and`s, or of `or`s, in their order. Neighbours that look at an element only stay
/// together, for they are one fact.
template<class Node> Scalar RowProgram::several(const Term &whole, int base) {
  auto out = std::make_unique<Node>();
  const BinaryOp op = std::get<Binary>(whole.node).op;
  const auto add = [&](const auto &self, const Term &given) -> void {
    const Term &term = bare(given);
    const auto *binary = std::get_if<Binary>(&term.node);
    const bool fact = &term != &whole && !in_fact_ && only_element(term) >= 0;
    if (binary == nullptr || binary->op != op || fact) {
      out->terms.push_back(scalar(term, base));
      return;
    }
    self(self, *binary->left);
    self(self, *binary->right);
  };
  add(add, whole);
  return out;
}

Scalar RowProgram::comparison(const Binary &node, int base) {
  const Type &a = node.left->type;
  const Type &b = node.right->type;
  if (node.op < BinaryOp::less || node.op > BinaryOp::not_equal) throw NotThisWay("arithmetic");
  if (a.kind == TypeKind::list) throw NotThisWay("comparisons of lists");
  if (a.kind == TypeKind::text) {
    if (node.op != BinaryOp::equal && node.op != BinaryOp::not_equal) throw NotThisWay("the order of texts");
    const bool same = node.op == BinaryOp::equal;
    auto out = std::make_unique<SameTextNode>();
    out->left = scalar(*node.left, base);
    out->right = scalar(*node.right, base);
    out->same = same;
    return out;
  }
  auto out = std::make_unique<ComparisonNode>();
  out->signs = signs_of(node.op);
  if (a.kind == TypeKind::number) {
    if (a.scale < 0 || b.scale < 0) throw NotThisWay("numbers without fixed decimals");
    const int scale = std::max(a.scale, b.scale);
    out->left_factor = power_of_ten(scale - a.scale);
    out->right_factor = power_of_ten(scale - b.scale);
  }
  out->left = scalar(*node.left, base);
  out->right = scalar(*node.right, base);
  const auto *fixed = dynamic_cast<const ConstantNode *>(out->right.get());
  if (fixed == nullptr || !fixed->cell.given || out->left_factor != 1 || a.kind == TypeKind::boolean)
    return out;
  const auto value = static_cast<number::Int128>(fixed->cell.number) * out->right_factor;
  if (value != static_cast<std::int64_t>(value)) return out;
  auto simple = std::make_unique<FixedComparisonNode>();
  simple->operand = std::move(out->left);
  simple->signs = signs_of(node.op);
  simple->fixed = static_cast<std::int64_t>(value);
  return simple;
}

/// 1 for the codes in a set without other keys.
std::size_t RowProgram::fact_of_set(int scope) {
  return fact_of("in:" + program_.scopes[scope].names.ident, [&] {
    const auto &sets = set_by_keys(scope);
    std::vector<std::int32_t> in(codes_.size(), 0);
    for (const auto &[keys, codes] : sets)
      for (const std::int32_t code : codes) in[static_cast<std::size_t>(code)] = 1;
    return in;
  });
}

Scalar RowProgram::in_set(const InSet &node, int base) {
  if (node.list) {
    auto out = std::make_unique<InListNode>();
    out->operand = scalar(*node.operand, base);
    out->list = list_node(*node.list, base);
    out->negated = node.negated;
    return out;
  }
  const auto &sets = set_by_keys(node.scope);
  if (node.keys.empty()) {
    const std::size_t fact = fact_of_set(node.scope);
    auto out = std::make_unique<InCodesNode>();
    out->operand = scalar(*node.operand, base);
    out->negated = node.negated;
    out->fact = fact;
    return out;
  }
  if (node.keys.size() > 1) throw NotThisWay("sets with several keys that the row tells");
  auto out = std::make_unique<InPairsNode>();
  const Type &type = program_.scopes[node.scope].fields[0].type;
  out->operand = scalar(*node.operand, base);
  out->key = scalar(*node.keys[0], base);
  if (type.kind == TypeKind::number) {
    if (node.keys[0]->type.scale > type.scale) throw NotThisWay("numbers of different scales");
    out->key_factor = power_of_ten(type.scale - node.keys[0]->type.scale);
  }
  out->negated = node.negated;
  std::vector<std::vector<std::int64_t>> keys_of_code(codes_.size());
  for (const auto &[keys, codes] : sets) {
    std::int64_t key = 0;
    std::memcpy(&key, keys.data(), sizeof key);
    for (const std::int32_t code : codes) keys_of_code[static_cast<std::size_t>(code)].push_back(key);
  }
  std::map<std::vector<std::int64_t>, std::int32_t> numbers{{{}, 0}};
  out->keys.emplace_back();
  std::vector<std::int32_t> by_code(keys_of_code.size(), 0);
  for (std::size_t code = 0; code < keys_of_code.size(); ++code) {
    if (keys_of_code[code].empty()) continue;
    std::sort(keys_of_code[code].begin(), keys_of_code[code].end());
    const auto [at, is_new] =
        numbers.try_emplace(keys_of_code[code], static_cast<std::int32_t>(numbers.size()));
    by_code[code] = at->second;
    if (is_new) out->keys.push_back(at->first);
  }
  out->fact = facts_.add(std::move(by_code));
  return out;
}

Scalar RowProgram::list_test(const ListTerm &node, int base) {
  if (node.op == ListOp::others || node.op == ListOp::list)
    throw NotThisWay("a list where a value is wanted");
  auto out = std::make_unique<ListTestNode>();
  out->op = node.op;
  if (node.op == ListOp::first) out->place = keep(Shape::text);
  out->list = list_node(*node.list, base);
  if (!node.body) return out;
  out->body = scalar(*node.body, base);
  const auto own_fact = [](const ScalarNode *term) {
    const auto *fact = dynamic_cast<const ElementFactNode *>(term);
    return fact != nullptr && fact->level == 0 ? fact : nullptr;
  };
  out->fact = own_fact(out->body.get());
  if (const auto *all = dynamic_cast<const AllNode *>(out->body.get())) {
    out->fact = own_fact(all->terms.front().get());
    out->more = true;
  }
  return out;
}

Scalar RowProgram::own_field(int field) {
  fields_[static_cast<std::size_t>(field)].asked = true;
  return std::make_unique<FieldNode>(field);
}

Scalar RowProgram::path(const FieldRef &node, int base) {
  Scalar at;
  int scope = scope_;
  std::size_t step = 0;
  std::vector<std::pair<int, int>> columns; // scope and field
  const auto lookup = [&](const FieldRef::Step &of) -> Scalar {
    const Scope &target = program_.scopes[of.scope];
    if (of.scope == scope_ || target.key_count != 1 || target.fields[0].type.kind != TypeKind::text)
      throw NotThisWay("rows looked up by other keys than one text");
    const std::size_t fact = fact_of("row:" + target.names.ident, [&] {
      std::vector<std::int32_t> rows_of_code;
      for (std::size_t row = 0; row < rows_of(of.scope); ++row) {
        const std::int32_t code =
            is_file(of.scope) ? static_cast<std::int32_t>(stored(of.scope, 0, row).number)
                              : codes_.add(std::get<interpret::Text>(run_.rows(of.scope).keys[row][0]).text);
        rows_of_code.resize(codes_.size(), 0);
        rows_of_code[static_cast<std::size_t>(code)] = static_cast<std::int32_t>(row) + 1;
      }
      return rows_of_code;
    });
    scope = of.scope;
    auto out = std::make_unique<LookupNode>();
    out->key = scalar(*of.keys[0], base - node.up);
    out->fact = fact;
    out->place = keep(Shape::number);
    return out;
  };
  if (!node.steps.empty() && node.steps[0].field < 0) {
    if (node.steps[0].scope == 0) throw NotThisWay("quantities of the run as a whole");
    at = lookup(node.steps[0]);
    step = 1;
  } else {
    if (node.up != base) throw NotThisWay("a row between");
    if (node.steps.empty()) {
      if (node.scope != scope_) throw NotThisWay("a field of another scope");
      return own_field(node.field);
    }
    at = own_field(node.steps[0].field);
    scope = node.steps[0].scope;
    step = 1;
  }
  for (; step < node.steps.size(); ++step) {
    if (node.steps[step].field < 0) throw NotThisWay("rows looked up from other rows");
    columns.emplace_back(scope, node.steps[step].field);
    scope = node.steps[step].scope;
  }
  if (node.field >= 0) columns.emplace_back(scope, node.field);
  if (columns.empty()) return at;
  auto out = std::make_unique<ColumnNode>();
  out->of_row = std::move(at);
  out->column = &column_along(columns);
  const auto [last_scope, last_field] = columns.back();
  out->place = keep(shape_of(program_.scopes[last_scope].fields[last_field].type));
  return out;
}

Scalar RowProgram::by_text(const TableCall &node, int base) {
  const Table &table = program_.tables[node.table];
  if (table.inputs.size() != 1 || table.inputs[0].type.kind != TypeKind::text)
    throw NotThisWay("tables with other inputs than one text");
  auto out = std::make_unique<ByTextNode>();
  out->argument = scalar(*node.arguments[0], base);
  out->place = keep(shape_of(table.type));
  out->values.emplace_back();
  std::vector<std::int32_t> by_code;
  for (const Table::Row &row : table.rows) {
    const Cell value = to_cell(run_.constant(row.value, table.type), table.type);
    const auto *of = std::get_if<OneOf>(&row.tests[0]);
    if (of == nullptr || of->others) {
      out->values[0] = value;
      continue;
    }
    for (const Constant &text : of->values) {
      const auto code = static_cast<std::size_t>(codes_.add(std::get<std::string>(text)));
      if (code >= by_code.size()) by_code.resize(code + 1, 0);
      by_code[code] = static_cast<std::int32_t>(out->values.size());
    }
    out->values.push_back(value);
  }
  out->fact = facts_.add(std::move(by_code));
  return out;
}

List RowProgram::list_of_field(const Term &value, int base, const Type &field) {
  const auto *node = std::get_if<ListTerm>(&bare(value).node);
  List list = list_node(value, base);
  // All others are as their cells would say already.
  const bool others = node != nullptr && node->op == ListOp::others;
  if (!others && value.type.at_least_one == field.at_least_one) return list;
  auto out = std::make_unique<CellListNode>();
  out->list = std::move(list);
  out->at_least_one = field.at_least_one;
  out->place = lists_++;
  return out;
}

List RowProgram::list_node(const Term &given, int base) {
  const Term &term = bare(given);
  if (const auto *ref = std::get_if<FieldRef>(&term.node)) {
    if (ref->up != base || !ref->steps.empty() || ref->scope != scope_)
      throw NotThisWay("lists of other rows");
    fields_[static_cast<std::size_t>(ref->field)].asked = true;
    return std::make_unique<OwnListNode>(ref->field);
  }
  const auto *node = std::get_if<ListTerm>(&term.node);
  if (!node) throw NotThisWay("a list of a kind that is not done row by row");
  if (node->op == ListOp::others) {
    if (term.type.at_least_one) throw NotThisWay("others that are at least one");
    auto out = std::make_unique<OthersNode>();
    out->list = list_node(*node->list, base);
    out->place = lists_++;
    return out;
  }
  if (node->op != ListOp::list) throw NotThisWay("a list of no kind");
  auto out = std::make_unique<MadeListNode>();
  if (node->list) out->list = list_node(*node->list, base);
  out->body = scalar(*node->body, base);
  out->place = lists_++;
  out->separator = term.type.separator;
  out->at_least_one = term.type.at_least_one;
  return out;
}

} // namespace steelyard::native
