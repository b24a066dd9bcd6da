// The interpreter on programs that are put together by hand, without grammar and checker: the heart of the
// semantics (laziness, choices, rounding, aggregates, allocation, errors). What is easier said in policy text
// is tested in the other interpret tests.
#include "compiler/interpret/settle.h"

#include <doctest/doctest.h>
#include <initializer_list>

using namespace steelyard;
using namespace steelyard::interpret;
using namespace steelyard::semantics;
using syntax::AggregateOp;
using syntax::BinaryOp;
using syntax::UnaryOp;

namespace {

Type number_type(int scale, bool optional = false) {
  Type type;
  type.scale = scale;
  type.optional = optional;
  return type;
}
Type text_type(bool optional = false) {
  Type type;
  type.kind = TypeKind::text;
  type.optional = optional;
  return type;
}
Type row_type(int scope, bool optional = false) {
  Type type;
  type.kind = TypeKind::row;
  type.domain = scope;
  type.optional = optional;
  return type;
}
Type bool_type() {
  Type type;
  type.kind = TypeKind::boolean;
  return type;
}

Exact exact(const char *text) {
  return Exact(number::parse_decimal(text).value());
}

// ---------- terms ----------

TermPtr term(Type type, decltype(Term::node) node) {
  auto out = std::make_unique<Term>();
  out->type = type;
  out->node = std::move(node);
  return out;
}
TermPtr num(const char *text) {
  return term(number_type(-1), Constant(exact(text)));
}
TermPtr binary(BinaryOp op, TermPtr left, TermPtr right) {
  Binary node;
  node.op = op;
  node.left = std::move(left);
  node.right = std::move(right);
  return term(op >= BinaryOp::less && op <= BinaryOp::logical_or ? bool_type() : number_type(-1),
              std::move(node));
}
TermPtr unary(UnaryOp op, TermPtr operand) {
  Unary node;
  node.op = op;
  node.operand = std::move(operand);
  return term(op == UnaryOp::logical_not ? bool_type() : number_type(-1), std::move(node));
}
TermPtr given(TermPtr operand) {
  MissingTest node;
  node.operand = std::move(operand);
  node.given = true;
  return term(bool_type(), std::move(node));
}

/// A policy and its dataset, grown field by field.
struct World {
  Program program;
  data::Dataset dataset;

  World() {
    program.scopes.emplace_back();
    program.scopes[0].names.ident = "overall";
  }

  int scope(const char *name, bool has_file) {
    const auto index = static_cast<int>(program.scopes.size());
    Scope scope;
    scope.names.ident = name;
    if (has_file) {
      scope.table = static_cast<int>(program.schema.tables.size());
      program.schema.tables.emplace_back();
      dataset.tables.emplace_back();
      scope.sources.emplace_back();
      scope.sources.back().input = true;
    }
    program.scopes.push_back(std::move(scope));
    return index;
  }
  int field(int scope, const char *name, FieldKind kind, Type type) {
    Scope &owner = program.scopes[scope];
    Field field;
    field.names.ident = name;
    field.kind = kind;
    field.type = type;
    if (kind == FieldKind::key) ++owner.key_count;
    if (owner.table >= 0 && (kind == FieldKind::key || kind == FieldKind::input)) {
      data::FieldSchema schema;
      schema.kind = type.kind == TypeKind::row      ? data::FieldKind::reference
                    : type.kind == TypeKind::text   ? data::FieldKind::text
                    : type.kind == TypeKind::number ? data::FieldKind::decimal
                                                    : data::FieldKind::boolean;
      schema.scale = std::max(type.scale, 0);
      auto &fields = program.schema.tables[owner.table].fields;
      field.column = static_cast<int>(fields.size());
      fields.push_back(schema);
      dataset.tables[owner.table].columns.emplace_back();
    }
    owner.fields.push_back(std::move(field));
    return static_cast<int>(owner.fields.size()) - 1;
  }
  /// One input row: numbers and texts as they stand in a file, "" for a missing value, "#2" for a reference.
  void row(int scope, std::initializer_list<const char *> cells) {
    data::Table &table = dataset.tables[program.scopes[scope].table];
    const data::TableSchema &schema = program.schema.tables[program.scopes[scope].table];
    ++table.rows;
    std::size_t i = 0;
    for (const std::string cell : cells) {
      data::Column &column = table.columns[i];
      const data::FieldSchema &field = schema.fields[i++];
      std::int64_t value = 0;
      if (cell.empty()) {
        column.append_missing();
        continue;
      }
      if (field.kind == data::FieldKind::text) {
        value = static_cast<std::int64_t>(column.dictionary.size());
        column.dictionary.add(cell);
      } else if (field.kind == data::FieldKind::reference) {
        value = std::stoll(cell.substr(1));
      } else if (field.kind == data::FieldKind::boolean) {
        value = cell == "true" ? 1 : 0;
      } else {
        value = static_cast<std::int64_t>(
            number::round(exact(cell.c_str()), field.scale, number::Rounding::half_up).units);
      }
      column.append(value);
    }
  }

  int find(int scope, std::string_view name) const {
    const auto &fields = program.scopes[scope].fields;
    for (std::size_t i = 0; i < fields.size(); ++i)
      if (fields[i].names.is(name)) return static_cast<int>(i);
    FAIL("no field " << name);
    return -1;
  }
  TermPtr own(int scope, std::string_view name, int up = 0) const {
    FieldRef ref;
    ref.up = up;
    ref.scope = scope;
    ref.field = find(scope, name);
    return term(program.scopes[scope].fields[ref.field].type, std::move(ref));
  }
  TermPtr via(int scope, std::string_view reference, int target, std::string_view name) const {
    FieldRef ref;
    FieldRef::Step step;
    step.from = scope;
    step.scope = target;
    step.field = find(scope, reference);
    ref.steps.push_back(std::move(step));
    ref.scope = target;
    ref.field = find(target, name);
    return term(program.scopes[target].fields[ref.field].type, std::move(ref));
  }
  TermPtr aggregate(AggregateOp op, int scope, TermPtr operand) const {
    Aggregate node;
    node.op = op;
    node.scope = scope;
    node.operand = std::move(operand);
    return term(number_type(-1), std::move(node));
  }

  /// A definition with a body that is still empty.
  int define(int scope, const char *name, Type type, bool let = false) {
    const auto index = static_cast<int>(program.definitions.size());
    const int at = field(scope, name, let ? FieldKind::let : FieldKind::definition, type);
    program.scopes[scope].fields[at].definition = index;
    Definition definition;
    definition.scope = scope;
    definition.field = at;
    definition.let = let;
    definition.order = index;
    definition.body = Formula{};
    program.definitions.push_back(std::move(definition));
    return index;
  }
  Formula &formula(int definition) { return std::get<Formula>(program.definitions[definition].body); }
  void line(int definition, TermPtr value, TermPtr condition = nullptr) {
    Alternative line;
    line.value = std::move(value);
    line.condition = std::move(condition);
    formula(definition).lines.push_back(std::move(line));
  }
  void except(int definition, const char *name, TermPtr value, TermPtr condition,
              std::vector<int> overrides = {}) {
    Alternative except;
    except.names.ident = name;
    except.value = std::move(value);
    except.condition = std::move(condition);
    except.overrides = std::move(overrides);
    except.basis.articles.push_back({"13", {"1"}, {}});
    formula(definition).excepts.push_back(std::move(except));
    // Later ones are stronger in these tests.
    formula(definition)
        .except_order.insert(formula(definition).except_order.begin(),
                             static_cast<int>(formula(definition).excepts.size()) - 1);
  }
};

/// Cases of groups: group(name, weight), case(id, group, cost, extra).
struct Cases : World {
  int group = -1, item = -1;
  Cases() {
    group = scope("group", true);
    field(group, "name", FieldKind::key, text_type());
    field(group, "weight", FieldKind::input, number_type(2));
    item = scope("case", true);
    field(item, "id", FieldKind::key, text_type());
    field(item, "group", FieldKind::input, row_type(group, true));
    field(item, "cost", FieldKind::input, number_type(2));
    field(item, "extra", FieldKind::input, number_type(2, true));
    row(group, {"B", "1.50"});
    row(group, {"A", "0.00"});
    row(item, {"C2", "#0", "10.00", "1.00"});
    row(item, {"C1", "#0", "20.01", ""});
    row(item, {"C3", "", "5.00", "2.00"});
  }
  /// Over the cases of the own group.
  TermPtr of_group(AggregateOp op, TermPtr operand) {
    TermPtr out = aggregate(op, item, std::move(operand));
    auto &node = std::get<Aggregate>(out->node);
    Aggregate::Match match;
    match.inner = via(item, "group", group, "name");
    match.outer = own(group, "name");
    node.matches.push_back(std::move(match));
    return out;
  }
};

std::string file(const Settlement &settlement, std::string_view name) {
  for (const ResultFile &file : settlement.files)
    if (file.name == name) return file.content;
  return "no file";
}

std::string first_error(const World &world) {
  Run run(world.program, world.dataset);
  const Settlement out = settle(run);
  return out.errors.empty() ? "none" : to_text(out.errors[0], world.program);
}

} // namespace

TEST_CASE("a definition is rounded once, a let is not") {
  Cases world;
  const int third = world.define(world.item, "third", number_type(-1), true);
  world.line(third, binary(BinaryOp::divide, world.own(world.item, "cost"), num("3")));
  const int back = world.define(world.item, "back", number_type(2));
  world.line(back, binary(BinaryOp::multiply, world.own(world.item, "third"), num("3")));
  const int rounded = world.define(world.item, "rounded", number_type(1));
  world.line(rounded, world.own(world.item, "third"));
  Run run(world.program, world.dataset);
  CHECK(file(settle(run), "case.csv") == "id,back,rounded\nC1,20.01,6.7\nC2,10.00,3.3\nC3,5.00,1.7\n");
  CHECK(number::to_text(run.exact_before_rounding(rounded, 0).value()) == "10/3");
}

TEST_CASE("aggregates leave out missing operands, and over no rows are 0 or missing") {
  Cases world;
  const auto add = [&](const char *name, Type type, TermPtr value) {
    world.line(world.define(world.group, name, type), std::move(value));
  };
  add("count", number_type(0), world.of_group(AggregateOp::count, nullptr));
  add("sum", number_type(2), world.of_group(AggregateOp::sum, world.own(world.item, "extra")));
  add("mean", number_type(3, true), world.of_group(AggregateOp::mean, world.own(world.item, "cost")));
  add("least", number_type(2, true), world.of_group(AggregateOp::min, world.own(world.item, "cost")));
  add("cv", number_type(8, true), world.of_group(AggregateOp::cv, world.own(world.item, "cost")));
  Run run(world.program, world.dataset);
  CHECK(file(settle(run), "group.csv") == "name,count,sum,mean,least,cv\n"
                                          "A,0,0.00,,,\n"
                                          "B,2,1.00,15.005,10.00,0.33355548\n");
}

TEST_CASE("exceptions: the stronger one wins, two of equal rank are an error that names both") {
  Cases world;
  const int value = world.define(world.item, "value", number_type(0));
  world.line(value, num("0"));
  world.except(value, "small", num("1"), binary(BinaryOp::less, world.own(world.item, "cost"), num("15")));
  world.except(value, "extra", num("2"), given(world.own(world.item, "extra")), {0});
  SUBCASE("ranked") {
    Run run(world.program, world.dataset);
    CHECK(file(settle(run), "case.csv") == "id,value\nC1,0\nC2,2\nC3,2\n");
    CHECK(run.choice(value, 0) == 2);
    CHECK(run.choice(value, 1) == 0);
  }
  SUBCASE("equal") {
    world.formula(value).excepts[1].overrides.clear();
    CHECK(first_error(world) ==
          "case id=C2: value: the exceptions small (article 13 (1)) and extra (article 13 (1)) "
          "both hold, and neither overrides the other [D604]");
  }
}

TEST_CASE("only what is taken is evaluated") {
  Cases world;
  const int quotient = world.define(world.item, "quotient", number_type(2));
  const auto divided = [&] {
    return binary(BinaryOp::divide, num("1"),
                  binary(BinaryOp::subtract, world.own(world.item, "cost"), num("5")));
  };
  SUBCASE("a condition guards") {
    world.line(quotient, num("0"), binary(BinaryOp::equal, world.own(world.item, "cost"), num("5")));
    world.line(quotient, divided());
    Run run(world.program, world.dataset);
    CHECK(file(settle(run), "case.csv") == "id,quotient\nC1,0.07\nC2,0.20\nC3,0.00\n");
  }
  SUBCASE("and stops at the left") {
    world.line(quotient, num("0"),
               binary(BinaryOp::logical_and,
                      binary(BinaryOp::greater, world.own(world.item, "cost"), num("5")),
                      binary(BinaryOp::greater, divided(), num("0"))));
    world.line(quotient, num("1"));
    Run run(world.program, world.dataset);
    CHECK(file(settle(run), "case.csv") == "id,quotient\nC1,0.00\nC2,0.00\nC3,1.00\n");
  }
  SUBCASE("unguarded it is an error of the row, and what depends on it is silent") {
    world.line(quotient, divided());
    const int next = world.define(world.item, "next", number_type(2));
    world.line(next, world.own(world.item, "quotient"));
    Run run(world.program, world.dataset);
    const Settlement out = settle(run);
    CHECK(out.files.empty());
    REQUIRE(out.error_count == 1);
    CHECK(to_text(out.errors[0], world.program) ==
          "case id=C3: quotient: division by zero: (1 / (cost - 5)) = 1 / 0 [D601]");
  }
}

TEST_CASE("required, no alternative, bounds") {
  Cases world;
  const int value = world.define(world.item, "value", number_type(2));
  SUBCASE("required") {
    world.line(value, unary(UnaryOp::required, world.own(world.item, "extra")));
    CHECK(first_error(world) == "case id=C1: value: extra is missing, but it is required [D602]");
  }
  SUBCASE("no alternative") {
    world.line(value, num("1"), given(world.own(world.item, "extra")));
    CHECK(first_error(world) == "case id=C1: value: no alternative covers this row [D603]");
  }
  SUBCASE("a missing value where the type is not optional, which the checker refuses") {
    world.line(value, world.own(world.item, "extra"));
    CHECK(first_error(world) ==
          "case id=C1: value: the value is missing, though its type is not optional [D615]");
  }
  SUBCASE("bounds are those of the rounded value") {
    world.program.scopes[world.item].fields.back().bounds.high = exact("20");
    world.line(value, binary(BinaryOp::subtract, world.own(world.item, "cost"), num("0.005")));
    CHECK(first_error(world) ==
          "case id=C1: value: 20.01 is outside the range of its type: it must be at most 20 [D605]");
  }
}

TEST_CASE("errors are in the order of definitions, then of keys, whatever was evaluated first") {
  Cases world;
  const int first = world.define(world.group, "first", number_type(2));
  const int second = world.define(world.item, "second", number_type(2));
  world.line(second, binary(BinaryOp::divide, world.own(world.item, "cost"), num("0")));
  world.line(
      first,
      binary(BinaryOp::add, world.of_group(AggregateOp::sum, world.own(world.item, "second")), num("1")),
      binary(BinaryOp::greater, world.own(world.group, "weight"), num("0")));
  Run run(world.program, world.dataset);
  const Settlement out = settle(run, 3);
  REQUIRE(out.error_count == 4);
  REQUIRE(out.errors.size() == 3);
  CHECK(out.errors[0].row_key == "name=A");
  CHECK(out.errors[1].row_key == "id=C1");
  CHECK(out.errors[2].row_key == "id=C2");
}

TEST_CASE("an error inside an aggregate is reported by every row that needs it") {
  Cases world;
  const int total = world.define(world.item, "total", number_type(2));
  world.line(total, world.aggregate(AggregateOp::sum, world.item,
                                    unary(UnaryOp::required, world.own(world.item, "extra"))));
  Run run(world.program, world.dataset);
  const Settlement out = settle(run);
  REQUIRE(out.error_count == 3);
  CHECK(to_text(out.errors[2], world.program) ==
        "case id=C3: total: extra is missing, but it is required for case C1 [D602]");
}

TEST_CASE("this. in an aggregate is the outer row") {
  Cases world;
  const int rank = world.define(world.item, "dearer", number_type(0));
  TermPtr count = world.aggregate(AggregateOp::count, world.item, nullptr);
  std::get<Aggregate>(count->node).where =
      binary(BinaryOp::greater, world.own(world.item, "cost"), world.own(world.item, "cost", 1));
  world.line(rank, std::move(count));
  Run run(world.program, world.dataset);
  CHECK(file(settle(run), "case.csv") == "id,dearer\nC1,0\nC2,1\nC3,2\n");
}

TEST_CASE("allocation by weight: largest remainder, ties by key") {
  Cases world;
  const int share = world.define(world.item, "part", number_type(2));
  Allocate allocate;
  allocate.whole = num("100");
  SUBCASE("equal weights") {
    allocate.weight = num("1");
    world.program.definitions[share].body = std::move(allocate);
    Run run(world.program, world.dataset);
    CHECK(file(settle(run), "case.csv") == "id,part\nC1,33.34\nC2,33.33\nC3,33.33\n");
    CHECK(number::to_text(run.exact_before_rounding(share, 0).value()) == "100/3");
  }
  SUBCASE("weights of each") {
    allocate.weight = world.own(world.item, "cost");
    world.program.definitions[share].body = std::move(allocate);
    Run run(world.program, world.dataset);
    CHECK(file(settle(run), "case.csv") == "id,part\nC1,57.16\nC2,28.56\nC3,14.28\n");
  }
  SUBCASE("a negative weight") {
    allocate.weight = binary(BinaryOp::subtract, world.own(world.item, "cost"), num("6"));
    world.program.definitions[share].body = std::move(allocate);
    CHECK(first_error(world) == "case id=C3: part: the weight is negative: (cost - 6) = -1 [D609]");
  }
  SUBCASE("a negative whole") {
    allocate.whole = num("-1");
    allocate.weight = num("1");
    world.program.definitions[share].body = std::move(allocate);
    CHECK(first_error(world) == "case id=C1: part: the amount to divide is negative: -1 = -1 [D608]");
  }
  SUBCASE("no weight at all") {
    allocate.weight = num("0");
    SUBCASE("is an error") {
      world.program.definitions[share].body = std::move(allocate);
      CHECK(first_error(world) ==
            "case id=C1: part: all weights are 0: nothing says how 100.00 is to be divided by 0 [D610]");
    }
    SUBCASE("or nothing") {
      allocate.or_nothing = true;
      world.program.definitions[share].body = std::move(allocate);
      Run run(world.program, world.dataset);
      CHECK(file(settle(run), "case.csv") == "id,part\nC1,0.00\nC2,0.00\nC3,0.00\n");
    }
  }
}

TEST_CASE("allocation in turn: the last row takes the rest") {
  Cases world;
  const int part = world.define(world.item, "part", number_type(1));
  Allocate allocate;
  allocate.whole = num("100");
  allocate.part = binary(BinaryOp::divide, num("100"), num("3"));
  allocate.last_key = 0;
  world.program.definitions[part].body = std::move(allocate);
  Run run(world.program, world.dataset);
  CHECK(file(settle(run), "case.csv") == "id,part\nC1,33.3\nC2,33.3\nC3,33.4\n");
}

TEST_CASE("deduct") {
  Cases world;
  const int rest = world.define(world.item, "rest", number_type(2));
  Deduct deduct;
  deduct.from = num("20");
  Deduct::Less less;
  less.amount = world.own(world.item, "cost");
  less.label = "costs";
  deduct.clauses.push_back(std::move(less));
  SUBCASE("negative") {
    world.program.definitions[rest].body = std::move(deduct);
    CHECK(first_error(world) == "case id=C1: rest: 20 less its deductions is -0.01; the largest deduction is "
                                "cost costs, 20.01 [D607]");
  }
  SUBCASE("conditions") {
    deduct.clauses[0].condition = binary(BinaryOp::less, world.own(world.item, "cost"), num("20"));
    Deduct::Less more;
    more.amount = world.own(world.item, "extra");
    deduct.clauses.push_back(std::move(more));
    world.program.definitions[rest].body = std::move(deduct);
    CHECK(first_error(world) ==
          "case id=C1: rest: cost costs is 20.01, but it is deducted only when (cost < 20): it must "
          "be empty or 0 [D606]");
    world.dataset.tables[1].columns[2].set(1, 0);
    Run run(world.program, world.dataset);
    CHECK(file(settle(run), "case.csv") == "id,rest\nC1,20.00\nC2,9.00\nC3,13.00\n");
  }
}

TEST_CASE("rows of a scope without a file, and what was dropped") {
  Cases world;
  const int pair = world.scope("group_extra", false);
  world.field(pair, "group", FieldKind::key, row_type(world.group));
  RowSource source;
  source.scope = world.item;
  source.keys.push_back(world.own(world.item, "group"));
  world.program.scopes[pair].sources.push_back(std::move(source));
  const int weight = world.define(pair, "weight", number_type(1));
  world.line(weight, world.via(pair, "group", world.group, "weight"));
  Run run(world.program, world.dataset);
  const Settlement out = settle(run);
  CHECK(file(out, "group_extra.csv") == "group,weight\nB,1.5\n");
  REQUIRE(out.dropped.size() == 1);
  CHECK(out.dropped[0].scope == pair);
  CHECK(out.dropped[0].count == 1);
}

TEST_CASE("checks are listed, requirements stop the run") {
  Cases world;
  Check check;
  check.names.ident = "dear";
  check.scope = world.item;
  check.condition = binary(BinaryOp::greater, world.own(world.item, "cost"), num("9"));
  check.text.emplace_back("case ", world.own(world.item, "id"));
  check.text.emplace_back(" costs only ", world.own(world.item, "cost"));
  SUBCASE("check") {
    world.program.checks.push_back(std::move(check));
    Run run(world.program, world.dataset);
    const Settlement out = settle(run);
    CHECK(file(out, "checks.csv") == "check,scope,row\ndear,case,id=C3\n");
    REQUIRE(out.failed_checks.size() == 1);
    CHECK(out.failed_checks[0].count == 1);
  }
  SUBCASE("require") {
    check.required = true;
    world.program.checks.push_back(std::move(check));
    CHECK(first_error(world) == "case id=C3: dear: case C3 costs only 5.00 [D611]");
  }
}
