// The syntax tree as text, one node a line (`steelyard parse`); see parse.h.
#include "compiler/syntax/parse.h"
#include "compiler/syntax/tree_words.h"
#include <fmt/core.h>

namespace steelyard::syntax {
namespace {

/// Writes lines of a level; children one level deeper.
class Printer {
public:
  explicit Printer(bool places) : places_(places) {}

  std::string file(const PolicyFile &tree) {
    line(fmt::format("file of language version {}", tree.language_version));
    for (const Item &item : tree.items) in([&] { print_item(item); });
    return std::move(out_);
  }

  template<typename Variant> std::string alone(const Variant &item) {
    print_item(item);
    return std::move(out_);
  }

private:
  void line(const std::string &text) {
    out_ += std::string(2 * depth_, ' ') + std::exchange(before_, {}) + text + '\n';
  }
  void line(const std::string &text, const Span &span) {
    line(places_
             ? fmt::format("{} @{}:{}-{}:{}", text, span.line, span.column, span.end_line, span.end_column)
             : text);
  }
  template<typename Children> void in(Children children) {
    ++depth_;
    children();
    --depth_;
  }
  template<typename Variant> void print_item(const Variant &item) {
    std::visit([this](const auto &node) { print_marked(node); }, item);
  }
  template<typename Decl> void print_marked(const Decl &node) {
    if constexpr (requires { node.replaces; })
      if (node.replaces) before_ = "replace ";
    print(node);
  }
  /// A word on a line of its own with an expression under it; nothing when there is no expression.
  void part(const std::string &word, const ExpressionPtr &expression) {
    if (!expression) return;
    line(word);
    in([&] { print(*expression); });
  }
  void all(const std::vector<ExpressionPtr> &expressions) {
    for (const ExpressionPtr &e : expressions) print(*e);
  }

  // ---------- expressions ----------
  void print(const Expression &e) {
    std::visit([&](const auto &node) { expression(node, e.span); }, e.node);
  }
  void expression(const NumberLiteral &n, const Span &span) {
    const std::string unit = words(n.unit, n.per);
    line(fmt::format("number {}{}{}{}", number::to_text(n.value), n.percent ? "%" : "",
                     unit.empty() ? "" : " ", unit),
         span);
  }
  void expression(const TextLiteral &t, const Span &span) { line("text " + in_quotes(t.text), span); }
  void expression(const BoolLiteral &b, const Span &span) { line(b.value ? "true" : "false", span); }
  void expression(const DateLiteral &d, const Span &span) { line("date " + words(d), span); }
  void expression(const MonthLiteral &m, const Span &span) { line("month " + words(m), span); }
  void expression(const Path &p, const Span &span) { path(p, span); }
  void path(const Path &p, const Span &span) {
    std::string text = p.from_this ? "path this" : "path ";
    bool first = !p.from_this;
    for (const PathStep &step : p.steps) {
      text += (first ? "" : ".") + step.name.text + (step.subscript.empty() ? "" : "[]");
      first = false;
    }
    line(text, span);
    in([&] {
      for (const PathStep &step : p.steps)
        if (!step.subscript.empty()) {
          line("subscript of " + step.name.text);
          in([&] { all(step.subscript); });
        }
    });
  }
  void expression(const TableCall &c, const Span &span) {
    line("table " + c.table.text, span);
    in([&] { all(c.arguments); });
  }
  void expression(const FunctionCall &c, const Span &span) {
    line("function " + std::string(words(c.function)), span);
    in([&] {
      all(c.arguments);
      if (c.calendar) expression(*c.calendar, c.calendar_span);
    });
  }
  void expression(const Unary &u, const Span &span) {
    line(u.op == UnaryOp::negate ? "negate" : u.op == UnaryOp::required ? "required" : "not", span);
    in([&] { print(*u.operand); });
  }
  void expression(const Binary &b, const Span &span) {
    line(std::string(words(b.op)), span);
    in([&] {
      print(*b.left);
      print(*b.right);
    });
  }
  void expression(const MissingTest &t, const Span &span) {
    line(t.given ? "is given" : "is missing", span);
    in([&] { print(*t.operand); });
  }
  void expression(const Membership &m, const Span &span) {
    if (m.set) {
      line(m.negated ? "not in" : "in", span);
      in([&] {
        print(*m.operand);
        path(*m.set, m.set_span);
      });
      return;
    }
    line(fmt::format("{} ({})", m.negated ? "not in" : "in", words(m.members)), span);
    in([&] { print(*m.operand); });
  }
  void expression(const Aggregate &a, const Span &span) {
    line(fmt::format("{} of{}{}", words(a.op), a.over ? " over " + a.over->text : std::string(),
                     a.element ? " as " + a.element->text : std::string()),
         span);
    in([&] {
      print(*a.operand);
      if (a.by_none) line("by none");
      for (std::size_t i = 0; i < a.by.size(); ++i) {
        line("by");
        in([&] { path(a.by[i], a.by_spans[i]); });
      }
      part("where", a.where);
    });
  }
  void expression(const ListTerm &l, const Span &span) {
    line(fmt::format("{} of{}", words(l.op), l.element ? " as " + l.element->text : std::string()), span);
    in([&] {
      if (l.list) print(*l.list);
      if (l.set) {
        line("in");
        in([&] { path(*l.set, l.set_span); });
      }
      part(l.op == ListOp::list ? "each" : "where", l.body);
    });
  }
  void expression(const With &w, const Span &span) {
    line("with " + w.field.text, span);
    in([&] {
      print(*w.operand);
      print(*w.value);
    });
  }
  void expression(const Neighbour &n, const Span &span) {
    line(fmt::format("{} of along {}", n.next ? "next" : "previous", n.along.text), span);
    in([&] {
      print(*n.operand);
      part("where", n.where);
    });
  }
  void expression(const Parenthesized &p, const Span &span) {
    line("parentheses", span);
    in([&] { print(*p.inner); });
  }

  // ---------- declarations ----------
  void print(const PolicyDecl &d) {
    line(fmt::format("policy {}{}{}{}{}", words(d.name),
                     d.base.empty() ? std::string()
                                    : (d.amends ? " amends " : " on base ") + in_quotes(d.base),
                     d.from ? " from " + words(*d.from) : std::string(),
                     d.until ? " until " + words(*d.until) : std::string(),
                     d.authority.empty() ? std::string() : " authority" + labelled(d.authority)),
         d.span);
  }
  void print(const ChapterDecl &d) { line("chapter " + in_quotes(d.file) + words(d.basis), d.span); }
  void print(const UsesDecl &d) { line("uses " + in_quotes(d.policy) + " as " + words(d.as), d.span); }
  void print(const ArticleDecl &d) {
    line(fmt::format("article {} {}{}{}", d.id, in_quotes(d.heading), labelled(d.title),
                     d.no_computation ? " no computation" : ""),
         d.span);
  }
  void print(const EnumDecl &d) {
    line(fmt::format("enum {}{}{}", words(d.name), d.ordered ? " ordered" : "", d.mixed ? " mixed" : ""),
         d.span);
    in([&] {
      for (const Name &member : d.members) line("member " + words(member), member.ident.span);
    });
  }
  void print(const RangeDecl &d) {
    line(fmt::format("range {} from {} to {}", words(d.name), number::to_text(d.from), number::to_text(d.to)),
         d.span);
  }
  void print(const KeyDecl &d) { line(fmt::format("key {}: {}", words(d.name), words(d.type)), d.span); }
  void print(const InputDecl &d) {
    line(fmt::format("input {}: {}{}{}", words(d.name), words(d.type),
                     d.required_in_row ? " required in row" : "", words(d.basis)),
         d.span);
    in([&] { part("default", d.default_value); });
  }
  void print(const RemoveDecl &d) { line("remove " + words(d.names), d.span); }
  void print(const AddDecl &d) {
    line("add to " + d.to.text, d.span);
    in([&] {
      for (const ExceptDecl &e : d.excepts) print(e);
    });
  }
  void print(const RowsFromDecl &d) {
    line(d.file.empty() ? "rows from" : "rows from " + in_quotes(d.file), d.span);
    in([&] {
      for (const RowSource &source : d.sources) {
        line(source.input ? "input" : source.scope.text + " by", source.span);
        in([&] { all(source.paths); });
      }
    });
  }
  void print(const EntityDecl &d) {
    line(fmt::format("entity {}{}{}", words(d.name),
                     d.tables_file.empty() ? std::string() : " from tables " + in_quotes(d.tables_file),
                     d.file_optional ? " file optional" : ""),
         d.span);
    in([&] {
      if (d.rows_from) print(*d.rows_from);
      for (const KeyDecl &key : d.keys) print(key);
      for (const InputDecl &input : d.inputs) print_marked(input);
    });
  }
  void print(const ParamDecl &d) {
    line(fmt::format("param {}{}{}", words(d.name), d.type ? ": " + words(*d.type) : std::string(),
                     words(d.basis)),
         d.span);
    in([&] {
      for (const ParamValue &v : d.values)
        part(fmt::format("value{}{}", v.from ? " from " + words(*v.from) : std::string(),
                         v.until ? " until " + words(*v.until) : std::string()),
             v.value);
    });
  }
  void print(const LetDecl &d) {
    line("let " + words(d.name) + words(d.basis), d.span);
    in([&] { print(*d.value); });
  }
  void value_and_condition(const ExpressionPtr &value, const ExpressionPtr &condition, bool otherwise) {
    in([&] {
      if (value)
        print(*value);
      else
        line("none");
      if (otherwise) line("otherwise");
      part("when", condition);
    });
  }
  void print(const ExceptDecl &e) {
    line(fmt::format("except {}{}{}", words(e.name),
                     e.overrides.empty() ? std::string() : " overrides " + words(e.overrides),
                     words(e.basis)),
         e.span);
    value_and_condition(e.value, e.condition, false);
  }
  void print(const DefineDecl &d) {
    line(fmt::format("define {}: {}{}{}", words(d.name), words(d.type), words(d.rounding), words(d.basis)),
         d.span);
    in([&] {
      for (const CaseLine &c : d.lines) {
        line("case" + words(c.basis), c.span);
        value_and_condition(c.value, c.condition, c.otherwise);
      }
      for (const ExceptDecl &e : d.excepts) print(e);
    });
  }
  void print(const DecideDecl &d) {
    line(fmt::format("decide {}{}{}", words(d.name), d.optional ? ": optional" : "", words(d.basis)), d.span);
    in([&] {
      for (const DecideAlternative &a : d.alternatives) {
        line(fmt::format("alternative {}{}", a.name ? words(*a.name) : std::string("none"), words(a.basis)),
             a.span);
        in([&] {
          if (a.otherwise) line("otherwise");
          part("when", a.condition);
        });
      }
    });
  }
  void print(const DeductDecl &d) {
    line(fmt::format("deduct {}: {}{}", words(d.name), words(d.type), words(d.basis)), d.span);
    in([&] {
      part("from", d.from);
      for (const LessClause &c : d.clauses) {
        line("less" + labelled(c.label) + words(c.basis), c.span);
        in([&] {
          print(*c.amount);
          part("when", c.condition);
        });
      }
    });
  }
  void print(const AllocateDecl &d) {
    line(fmt::format("allocate {}: {}{}{}", words(d.name), words(d.type), words(d.rounding), words(d.basis)),
         d.span);
    in([&] {
      part("of", d.whole);
      part("each", d.part);
      if (d.last) line("the last " + d.last->text, d.last->span);
      part("by", d.weight);
      if (!d.within.empty()) line("within " + words(d.within));
      if (d.or_nothing) line("or nothing");
    });
  }
  void print(const CheckDecl &d) {
    line(fmt::format("{} {}{}{}", d.required ? "require" : "check", words(d.name),
                     d.text.empty() ? std::string() : " else" + labelled(d.text), words(d.basis)),
         d.span);
    in([&] { print(*d.condition); });
  }
  void print(const ScopeDecl &d) {
    line(fmt::format("{}{}{}{}", d.keys.empty() ? "overall" : "for each ", words(d.keys),
                     d.name ? " as " + words(*d.name) : std::string(),
                     d.file_optional ? " file optional" : ""),
         d.span);
    in([&] {
      for (const ScopeItem &item : d.items) print_item(item);
    });
  }

  // ---------- tables and examples ----------
  std::string cell(const Cell &c) {
    const std::string unit = c.unit == Unit::none ? "" : " " + words(c.unit);
    switch (c.kind) {
    case CellKind::less:
      return "cell < " + number::to_text(c.low->value) + unit;
    case CellKind::less_equal:
      return "cell <= " + number::to_text(c.low->value) + unit;
    case CellKind::greater:
      return "cell > " + number::to_text(c.low->value) + unit;
    case CellKind::greater_equal:
      return "cell >= " + number::to_text(c.low->value) + unit;
    case CellKind::above:
      return "cell above";
    case CellKind::below:
      return "cell below";
    case CellKind::otherwise:
      return "cell otherwise";
    case CellKind::any:
      return "cell any";
    case CellKind::span:
      return fmt::format("cell from {} to {}{}", number::to_text(c.low->value),
                         number::to_text(c.high->value), unit);
    case CellKind::value:
      return "cell";
    case CellKind::names:
      return "cell of names " + words(c.names);
    }
    return "cell";
  }
  void print(const TableDecl &d) {
    line(fmt::format("table {}: {}{}", words(d.name), words(d.type), words(d.basis)), d.span);
    in([&] {
      for (const TableInput &input : d.inputs)
        line(fmt::format("by {}: {}", words(input.name), words(input.type)), input.name.ident.span);
      if (d.rows_from) print(*d.rows_from);
      for (const TableRow &row : d.rows) {
        line("row" + words(row.basis), row.span);
        in([&] {
          for (const Cell &c : row.cells) {
            line(cell(c), c.span);
            if (c.value) in([&] { print(*c.value); });
          }
        });
      }
    });
  }
  void value(const std::string &before, const TestValue &v) {
    if (v.literal) {
      line(before);
      in([&] { print(*v.literal); });
    } else {
      line(before + (v.none ? " none" : " name " + v.ident->text), v.span);
    }
  }
  void print(const TestRow &row, const std::string &word) {
    line(word + " " + (row.overall ? std::string("overall") : row.scope->text), row.span);
    in([&] {
      for (const TestValue &key : row.keys) value("key", key);
      for (const Assignment &a : row.assignments) value(a.field.text + " is", a.value);
    });
  }
  void print(const TestDecl &d) {
    line("test " + in_quotes(d.title) + words(d.basis), d.span);
    in([&] {
      for (const GivenParam &p : d.params) value("given param " + p.name.text, p.value);
      for (const TestRow &row : d.given) print(row, "given");
      for (const TestRow &row : d.expected) print(row, "expect");
      if (d.error) line("expect error" + labelled(d.error->text), d.error->span);
    });
  }

  bool places_;
  std::string before_; ///< of the next line
  std::size_t depth_ = 0;
  std::string out_;
};

} // namespace

std::string print_tree(const PolicyFile &tree, bool places) {
  return Printer(places).file(tree);
}
std::string print_tree(const Item &item) {
  return Printer(false).alone(item);
}
std::string print_tree(const ScopeItem &item) {
  return Printer(false).alone(item);
}

} // namespace steelyard::syntax
