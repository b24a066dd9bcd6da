#!/usr/bin/env python3
"""Recomputes what `steelyard explain --format json` prints: explain_checker.py FILE [EXPECTED_DIR]

FILE: the output of `--all` or of one row, as docs/explain-json.md says. No code is shared with the program. All formulas,
comparisons, choices, roundings, deductions, allocations and (with `--all`) aggregates over the rows that match are worked
out again, and every value taken from elsewhere is held against its origin. Exit code 1 on any disagreement."""
import csv
import json
import operator
import pathlib
import re
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from fractions import Fraction as F
from math import floor, isqrt

TOKEN = re.compile(r"""\s*(?:(?P<func>\w+\()|(?P<num>\(-?\d+(?:\.\d+)?(?:/\d+)?\)|\d+(?:\.\d+)?)|(?P<dots>\.{3})
  |(?P<text>"(?:[^"\\]|\\.)*")|(?P<op>[<>!]=|[-+*/<>=(),.[\]])|(?P<name>\w+)|(?P<bad>\S))""", re.X)
BINDING = {"or": 1, "and": 2, "<": 4, "<=": 4, ">": 4, ">=": 4, "=": 4, "!=": 4, "+": 5, "-": 5, "*": 6, "/": 6}
UNKNOWN = object()  # what was not evaluated or cannot be: an error where it decides
EPOCH = date(1970, 1, 1)


def day_of(month, n):
    return F((date(1970 + month // 12, int(month % 12) + 1, int(n)) - EPOCH).days)


def month_of(day):
    at = EPOCH + timedelta(days=int(day))
    return F((at.year - 1970) * 12 + at.month - 1)


WORDS = {"true": True, "false": False, "none": None}
CALLS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne,
         "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "neg": operator.neg, "abs": abs,
         "max": lambda *of: max(of), "min": lambda *of: min(of), "in": lambda v, *of: v in of, "not_in": lambda v, *of: v not in of,
         "month_of": month_of, "day_of": day_of, "month_end": lambda m: day_of(m + 1, 1) - 1, "begins_with": str.startswith,
         "is_missing": lambda v: v is None, "is_given": lambda v: v is not None}


def call(name, args):
    if name == "or_else":
        return args[1] if args[0] is None else args[0]
    if name in ("and", "or"):
        decides = args[0] is not UNKNOWN and bool(args[0]) == (name == "or")
        return name == "or" if decides else UNKNOWN if UNKNOWN in args else bool(args[1])
    if UNKNOWN in args or name not in CALLS or name == "/" and args[1] == 0:
        return UNKNOWN
    return None if None in args and not name.startswith("is_") else CALLS[name](*args)


class Expression:
    """Evaluates while it reads; names are looked up from `row`, `this` is `outer`, the row outside an aggregate."""
    def __init__(self, text, row=None, outer=None):
        self.tokens = [("end", "")] + [(m.lastgroup, m.group(m.lastgroup)) for m in TOKEN.finditer(text)][::-1]
        self.literals, self.row, self.outer = [], row, outer
        self.value = self.chain(0)
        if self.value is UNKNOWN or len(self.tokens) != 1:
            raise ValueError(f"no value of {text!r}")

    def next_is(self, text):
        return self.tokens[-1][1] == text and bool(self.tokens.pop())

    def chain(self, binding):
        value = self.primary(*self.tokens.pop())
        while BINDING.get(self.tokens[-1][1], 0) > binding:
            op = self.tokens.pop()[1]
            value = call(op, [value, self.chain(BINDING[op])])
        return value

    def arguments(self, close):
        out = []
        while not self.next_is(close):
            out.append(self.chain(0))
            self.next_is(",")
        return out

    def primary(self, kind, text):
        if kind == "func":
            return call(text[:-1], self.arguments(")"))
        if kind == "op":
            return self.arguments(")")[0]
        if text == "not":
            value = self.chain(BINDING["and"])
            return value if value in (None, UNKNOWN) else not value
        if kind == "name" and text not in WORDS:
            path = []
            while not path or self.next_is("."):
                path.append((self.tokens.pop()[1] if path else text, self.next_is("[") and self.arguments("]")))
            return self.row.resolve(path, self.outer)
        if kind == "dots":
            return UNKNOWN
        self.literals.append(F(text.strip("()")) if kind == "num" else json.loads(text) if kind == "text" else WORDS[text])
        return self.literals[-1]


def typed(text, kind="number"):
    convert = {"month": lambda t: F((int(t[:4]) - 1970) * 12 + int(t[5:]) - 1), "number": F, "boolean": json.loads, "date": lambda t: F((date.fromisoformat(t) - date(1970, 1, 1)).days)}
    return None if text is None else convert.get(kind, str)(text)


def rounded(size, negative, mode, decimals, power=1):
    """To `decimals` decimals what has the sign and, to the given power, this size (2: a square root, by squares alone)."""
    scaled = size * 10**(decimals * power)
    low = floor(scaled) if power == 1 else isqrt(floor(scaled))
    half = (low + F(1, 2))**power
    away = {"down": False, "up": True, "floor": negative, "ceiling": not negative, "half up": scaled >= half,
            "half down": scaled > half, "half even": scaled > half or scaled == half and low % 2 == 1}[mode]
    return F(low + (away and scaled != low**power), 10**decimals) * (-1 if negative else 1)


class Row:
    def __init__(self, data, book):
        self.data, self.book, self.scope, self.key = data, book, data["scope"], tuple(data["key"])
        self.steps = {step["name"]: step for step in data["steps"]}
        parts = [*zip(data["keys"], self.key), *((p, p["value"]) for p in data["inputs"] + data["steps"])]
        self.refers_to = {p["name"]: p.get("of") for p, _ in parts}
        self.fields = {p["name"]: typed(text, p["type"]) for p, text in parts}

    def resolve(self, path, outer):
        value = self
        for name, keys in path:
            if isinstance(value, (str, F)):  # the value of a reference: on to its row
                value = self.book.rows[(of, (str(value),))]
            if keys is not False or value is None or name == "this":
                value = outer if name == "this" else value and self.book.rows.get((name, tuple(map(str, keys or ()))))
            else:
                value, of = value.fields[name], value.refers_to[name]
        return value


class Book:
    def __init__(self, records):
        self.complete, self.rows, self.by_scope, self.index = len(records) > 1, {}, defaultdict(list), {}
        self.counts, self.errors, self.where = Counter(), [], ""
        self.parameters = {p["name"]: typed(p["value"], p["type"]) for r in records for p in r["parameters"]}
        for record in records if self.complete else records + records[0]["premises"]:
            row = self.rows[(record["scope"], tuple(record["key"]))] = Row(record, self)
            self.by_scope[row.scope].append(row)

    def agree(self, what, printed, computed):
        if isinstance(printed, str) and not isinstance(computed, str):
            printed = typed(printed, "boolean" if isinstance(computed, bool) else "number")
        if printed != computed:
            self.errors.append(f"{self.where}: {what}: printed {printed}, computed {computed}")

    def expression(self, part, row):
        read = Expression(part["expression"])
        self.counts.update(formulas=1, comparisons=len(part.get("comparisons", [])))
        self.agree("number of leaves", len(part["leaves"]), len(read.literals))
        for literal, leaf in zip(read.literals, part["leaves"]):
            self.leaf(literal, leaf, row)
        for c in part.get("comparisons", []):
            self.agree("the comparison in the expression", True, f"{c['left']} {c['op']} {c['right']}" in part["expression"])
            left, right = Expression(c["left"]).value, Expression(c["right"]).value
            for what, value in ("left_value", left), ("right_value", right), ("holds", bool(call(c["op"], [left, right]))):
                self.agree(f"{what} of {c['left']} {c['op']} {c['right']}", c[what], value)
        self.agree(part["expression"], part.get("value", read.value), read.value)
        return read.value

    def leaf(self, literal, leaf, row):
        kind, name = leaf["kind"], leaf.get("name")
        self.counts["values traced to their origin"] += kind != "constant"
        if kind == "field":
            source = self.rows.get((leaf["scope"], tuple(leaf["key"]))) if "scope" in leaf else row
            keys = tuple(str(self.expression(k, row)) for k in leaf.get("found_by", []))
            self.agree("row found", tuple(leaf.get("key", row.key)) if keys and not leaf.get("absent") else keys, keys)
            if name and (self.complete or source and name in source.fields):
                self.agree(name, literal, None if leaf.get("absent") else source.fields[name])
        elif kind == "rank":
            self.leaf(leaf["member"], leaf["of"], row)
        elif kind == "parameter":
            self.agree(name, literal, self.parameters[name])
        elif kind == "table":
            self.expression(leaf["condition"], row)
        elif kind == "working_days":
            self.working_days(literal, leaf, row)
        elif kind not in ("constant", "list"):
            (self.aggregate if kind == "aggregate" else self.neighbour)(literal, leaf, row)

    def working_days(self, literal, leaf, row):
        left, day = (self.expression(a, row) for a in leaf["arguments"])
        scope, field = leaf["calendar"].split(".")
        while self.complete and left:
            day += 1
            at = EPOCH + timedelta(days=int(day))
            listed = self.rows.get((scope, (at.isoformat(),)))
            worked = listed.fields[field] if listed else None
            left -= at.weekday() < 5 if worked is None else worked
        self.agree("working days", literal, day if self.complete else literal)

    def aggregate(self, literal, leaf, row):
        op, n, total = leaf["op"], F(leaf["count"]), typed(leaf.get("sum"))
        outer = tuple(self.expression(m, row) for m in leaf["matches"])
        value = self.expression(leaf["own"], row) / total if op == "share" else total / n if op == "mean" and n else None
        checked = {"count": n, "sum": total, "mean": value, "share": value, "cv": literal, "min": literal, "max": literal}
        self.agree(op, literal, checked[op])
        if not self.complete or "..." in f"{leaf['operand']} {leaf['where']}":
            return  # the rows are not there, or what is done at each cannot be written in the syntax
        inner = (leaf["over"], *(m["inner"] for m in leaf["matches"]))
        if inner not in self.index:
            self.index[inner] = defaultdict(list)
            for r in self.by_scope[leaf["over"]]:
                self.index[inner][tuple(Expression(i, r).value for i in inner[1:])].append(r)
        matching = self.index[inner].get(outer, []) if None not in outer else []
        counted = [r for r in matching if Expression(leaf["where"] or "true", r, row).value]
        values = [v for v in (Expression(leaf["operand"] or "1", r, row).value for r in counted) if v is not None]
        self.counts.update({"aggregates": 1, "rows counted or summed": len(values)})
        self.agree("rows counted", n, len(values))
        self.agree("sum", total, sum(values) if total is not None else None)
        self.agree("sum of squares", leaf.get("sum_of_squares"), sum(v * v for v in values) if op == "cv" else None)
        self.agree(op, literal, CALLS[op](*values) if op in ("min", "max") and values else literal)

    def neighbour(self, literal, leaf, row):
        self.agree("neighbour", literal, self.expression(leaf["operand"], row) if leaf["found"] else None)
        along = [k["name"] for k in row.data["keys"]].index(leaf["along"])
        line = [r for r in self.by_scope[row.scope] if all(i == along or r.key[i] == k for i, k in enumerate(row.key))]
        line = line[line.index(row) + 1:] if leaf["direction"] == "next" else line[:line.index(row)][::-1]
        far = [list(r.key) for r in line if self.complete and Expression(leaf["where"] or "true", r, row).value]
        self.agree("row found", leaf["found"] if self.complete else None, far[0] if far else None)

    def choice(self, step, row):
        held, tried = {}, step["tried"]
        for i, t in enumerate(tried):
            if t["outcome"] in ("held", "not held"):
                self.counts["alternatives tried"] += 1
                held[i] = "condition" not in t or bool(self.expression(t["condition"], row))
                self.agree(f"{t.get('name', i)} held", t["outcome"] == "held", held[i])
            elif t["outcome"] == "overridden":
                over = [s["outcome"] for s in tried if s.get("name") == t["overridden_by"] and t["name"] in s["overrides"]]
                self.agree(f"what overrides {t['name']}", ["held"], over)
        exceptions = [i for i in held if held[i] and tried[i]["kind"] == "exception"]
        ways = [i for i, t in enumerate(tried) if t["kind"] != "exception"]
        first = (exceptions + [i for i in ways if held.get(i)])[0]
        self.agree("alternative taken", (int(step["taken"]), len(exceptions[1:])), (first, 0))
        outcomes = [] if exceptions else ["not held"] * ways.index(first) + ["held"]
        self.agree("lines tried", [tried[i]["outcome"] for i in ways], outcomes + ["not tried"] * (len(ways) - len(outcomes)))
        return tried[first].get("name")

    def rounding(self, r, exact=None):
        self.counts.update({"roundings": 1, "roundings that changed the value": r["changed"]})
        decimals, square = int(r["decimals"]), typed(r.get("root_of"))
        self.agree("exact value before rounding", typed(r.get("exact")), exact)
        of = (abs(exact), exact < 0) if square is None else (square, r["negative"])
        result = rounded(*of, r["mode"], decimals, 1 if square is None else 2)
        self.agree("rounding", (F(r["result"]), len(r["result"].partition(".")[2])), (result, decimals))
        self.agree("changed", r["changed"], result != exact if square is None else result**2 != square)
        return result

    def step(self, step, row):
        decision = self.choice(step, row) if "tried" in step else None
        square = step.get("rounding", {}).get("root_of")
        value = self.expression(step["formula"], row) if "formula" in step else decision if step["kind"] == "decide" else None
        if square is not None:
            n, s, q = (F(step["formula"]["leaves"][0][k]) for k in ("count", "sum", "sum_of_squares"))
            self.agree("square of the root, and its sign", (F(square), step["rounding"]["negative"]), ((n * q - s * s) / s**2, s < 0))
        if "deduction" in step:
            value = self.expression(step["deduction"]["from"], row)
            for less in step["deduction"]["less"]:
                applies = "condition" not in less or bool(self.expression(less["condition"], row))
                amount = self.expression(less["amount"], row) or F(0)
                self.agree(f"{less['text']} applies (else it is 0)", less["applies"] or amount != 0, applies)
                value -= amount
        if "share" in step:
            value = self.share(step["name"], step["share"], row, value)
        if "rounding" in step:
            value = self.rounding(step["rounding"], value if square is None else None)
        self.agree("value", row.fields[step["name"]], value)

    def share(self, name, share, row, value):
        whole = self.rounding(share["whole_rounding"], self.expression(share["whole"], row))
        same = [i for i, k in enumerate(row.data["keys"]) if k["name"] in share["group"]]
        group = [r for r in self.by_scope[row.scope] if self.complete and all(r.key[i] == row.key[i] for i in same)]
        self.counts["allocations"] += 1
        divided = whole if group and share.get("sum_of_weights") != "0" else 0
        self.agree("sum of the parts", divided, sum(r.fields[name] for r in group))
        if share["way"] == "rest":
            value = whole - sum(F(o["value"]) for o in share["others"])
        elif share["way"] == "largest remainder":
            weight, total = self.expression(share["weight"], row) or F(0), F(share["sum_of_weights"])
            exact, decimals = whole * weight / total if total else F(0), int(share["whole_rounding"]["decimals"])
            low, given = rounded(exact, False, "down", decimals), 0 < int(share["rank"]) <= int(share["units_left"])
            printed = (F(share["exact"]), F(share["floor"]), F(share["remainder"]), share["unit_given"])
            self.agree("part", printed, (exact, low, exact - low, given))
            value, all_of = low + F(given, 10**decimals), [r.steps[name]["share"] for r in group]
            self.agree("sum of weights", total, sum((F(s["weight"]["value"] or 0) for s in all_of), F(0)) if group else total)
            better = [s for s in all_of if s["unit_given"] and not given and F(s["remainder"]) < F(share["remainder"])]
            self.agree("smaller remainders that were given a unit", [], better)
        return value

    def check_all(self):
        for row in self.rows.values():
            self.counts.update(rows=1, steps=len(row.data["steps"]))
            for part in row.data["steps"] + row.data.get("checks", []):
                self.where = f"{row.scope} {','.join(row.key)}: {part['name']}"
                if part.get("failed"):
                    continue
                try:
                    if "condition" in part:
                        self.agree("holds", part["holds"], bool(self.expression(part["condition"], row)))
                    else:
                        self.step(part, row)
                except Exception as error:  # whatever cannot be recomputed is a disagreement
                    self.errors.append(f"{self.where}: {type(error).__name__}: {error}")

    def compare(self, folder):
        for path in sorted(p for p in folder.glob("*.csv") if p.stem != "checks"):
            header, *lines = csv.reader(path.read_text(encoding="utf-8").splitlines())
            rows, self.where = {r.key: r for r in self.by_scope[path.stem]}, path.name
            width = len(next(iter(rows)))
            self.agree("rows", sorted(tuple(line[:width]) for line in lines), sorted(rows))
            for line, (name, cell) in ((line, cell) for line in lines for cell in zip(header[width:], line[width:])):
                self.counts["cells compared with the expected results"] += 1
                self.agree(f"{line[:width]} {name}", rows[tuple(line[:width])].steps[name]["value"] or "", cell)


if __name__ == "__main__":
    TEXT = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    BOOK = Book([json.loads(TEXT)] if TEXT.startswith("{\n") else [json.loads(line) for line in TEXT.splitlines()])
    BOOK.check_all()
    if len(sys.argv) > 2:
        BOOK.compare(pathlib.Path(sys.argv[2]))
    BOOK.counts["disagreements"] = len(BOOK.errors)
    print(*BOOK.errors[:20], ", ".join(f"{n} {what}" for what, n in BOOK.counts.items()), sep="\n")
    sys.exit(1 if BOOK.errors or not BOOK.counts["steps"] else 0)
