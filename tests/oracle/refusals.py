#!/usr/bin/env python3
"""Puts one error of each sort into random Guigang datasets that can be settled: refusals.py [COUNT] [SEED]. Oracle and
program must both refuse each; the program with exit code 2, a message that names the place, and without writing anything,
neither a new result folder nor into one that is there."""
import collections
import copy
import pathlib
import random
import shutil
import sys
import tempfile

from generate_guigang import generate, write
from guigang_inputs import BOOL, DEDUCTIONS, FUND, INPUTS, LABELS, MAY_BE_ABSENT, MONTH, REQUIRED, TIER
from run import oracle, program

NAMED = [("fund_month", "fund"), ("hospital_fund", "hospital"), ("hospital_fund", "fund"), ("hospital_fund_month", "hospital"),
         ("hospital_fund_month", "fund"), ("drg_tier", "drg"), ("history", "drg"), ("case", "hospital"), ("case", "fund"),
         ("case", "drg")]  # the references to other rows


class NotHere(Exception):
    """This dataset has no place for the error."""


class Edit:
    """A copy of a dataset to put an error into."""

    def __init__(self, tables: dict, rng: random.Random):
        self.tables, self.rng = copy.deepcopy(tables), rng

    def column(self, table: str, field: str) -> int:
        header = self.tables.get(table, [[]])[0]
        for name in (field, LABELS.get((table, field))):
            if name in header:
                return header.index(name)
        raise NotHere

    def row(self, table: str, where=lambda row: True) -> int:
        rows = [i for i, row in enumerate(self.tables.get(table, [])) if i and where(row)]
        if not rows:
            raise NotHere
        return self.rng.choice(rows)

    def cell(self, table: str, line: int, field: str) -> str:
        return self.tables[table][line][self.column(table, field)]

    def set(self, table: str, line: int, field: str, value: str) -> list:
        """What a message about the cell must name."""
        self.tables[table][line][self.column(table, field)] = value
        return [f"{table}.csv, line {line + 1}", field]

    def set_any(self, table: str, field: str, value: str) -> list:
        return self.set(table, self.row(table), field, value)

    def column_of(self, table: str, field: str) -> list:
        return [row[self.column(table, field)] for row in self.tables[table][1:]]


def cell_errors() -> dict:
    """The errors that are wrong in themselves, from the list of the inputs: {name: function of an edit}."""
    errors = {}

    def add(what, table, field, value):
        errors[f"{what}: {table}.{field}"] = lambda e: e.set_any(table, field, value)

    for table, (keys, fields) in INPUTS.items():
        types = {**{k: (t, REQUIRED) for k, t in keys.items()}, **fields}
        for field, (type_, default) in types.items():
            if isinstance(type_, tuple):
                add("negative", table, field, "-" + "0." + "0" * (type_[1] - 1) + "1")
                add("too many decimals", table, field, "1." + "0" * type_[1] + "1")
                add("too large", table, field, "1" + "0" * 13)
                add("not a number", table, field, "12x")
            elif type_ == MONTH:
                add("out of range", table, field, "13")
                add("out of range (0)", table, field, "0")
            elif type_ in (FUND, TIER, BOOL):
                add("no such value", table, field, "other")
            if default == REQUIRED:
                add("empty", table, field, "")
                errors[f"no column: {table}.{field}"] = lambda e, t=table, f=field: without_column(e, t, f)
        errors[f"key twice: {table}"] = lambda e, t=table: key_twice(e, t)
        if table not in MAY_BE_ABSENT:
            errors[f"no file: {table}"] = lambda e, t=table: [f"{t}.csv"] if e.tables.pop(t) else []
    for table, field in NAMED:
        add("unknown reference", table, field, "nobody")
    errors["unknown reference: case.fund, which the other fund is"] = other_fund
    return errors


def without_column(e, table, field):
    e.row(table)  # without rows the oracle misses nothing
    column = e.column(table, field)
    for row in e.tables[table]:
        del row[column]
    return [f"{table}.csv, line 1", field]


def key_twice(e, table):
    row = e.row(table)
    e.tables[table].append(list(e.tables[table][row]))
    return [f"{table}.csv", f"line {len(e.tables[table])}"]


def other_fund(e):
    if len(e.tables["fund"]) == 3:
        raise NotHere
    return e.set_any("case", "fund", "resident" if e.cell("fund", 1, "fund") == "employee" else "employee")


# ------------------------------------------------------------------- errors that are wrong only beside other cells and rows


def unreasonable_above_cost(e):
    row = e.row("case")
    cost = e.cell("case", row, "cost")
    e.set("case", row, "unreasonable", cost[:-2] + f"{int(cost[-2:]) + 1:02d}" if cost[-2:] != "99" else "99999999999")
    return [e.cell("case", row, "case"), "case"]


def review_before_month(e):
    row = e.row("case", lambda r: r[e.column("case", "month")] != "1")
    e.set("case", row, "review_month", str(int(e.cell("case", row, "month")) - 1))
    return [e.cell("case", row, "case"), "case"]


def month_missing(e):
    row = e.row("fund_month")
    fund = e.cell("fund_month", row, "fund")
    del e.tables["fund_month"][row]
    return ["fund", fund, ("fund_month", "12 个月")]


def nothing_paid_last_year(e):
    fund = e.cell("fund", e.row("fund"), "fund")
    for line in range(1, len(e.tables["fund_month"])):
        if e.cell("fund_month", line, "fund") == fund:
            e.set("fund_month", line, "last_year_paid", "0")
    return ["fund_month", fund]


def deduction_of_the_other_fund(e):
    row = e.row("fund")
    fund = e.cell("fund", row, "fund")
    field = "outpatient_pool" if fund == "employee" else "pharmacy"
    e.set("fund", row, field, "0.01")
    return ["fund", fund, (field, LABELS["fund", field])]


def own_deduction_empty(e):
    row = e.row("fund")
    fund = e.cell("fund", row, "fund")
    field = e.rng.choice(DEDUCTIONS[fund])
    e.set("fund", row, field, "")
    return ["fund", (fund, f"line {row + 1}"), (field, LABELS["fund", field])]


def negative_budget(e):
    row = e.row("fund")
    fund = e.cell("fund", row, "fund")
    field = e.rng.choice(DEDUCTIONS[fund])
    e.set("fund", row, field, "9876543210987.65")
    return ["fund", fund, "drg_budget", (field, LABELS["fund", field])]


def no_budget(e):
    row = e.row("fund")
    for field in ["total_budget", *DEDUCTIONS[e.cell("fund", row, "fund")]]:
        e.set("fund", row, field, "0")
    return ["fund", e.cell("fund", row, "fund"), "budget_use"]


def no_lead(e):
    row = e.row("hospital", lambda r: r[e.column("hospital", "lead")] == "true")
    e.set("hospital", row, "lead", "false")
    return ["community", e.cell("hospital", row, "community")]


def two_leads(e):
    led = e.row("hospital", lambda r: r[e.column("hospital", "lead")] == "true")
    community = e.cell("hospital", led, "community")
    row = e.row("hospital", lambda r: r[e.column("hospital", "community")] == community
                and r[e.column("hospital", "lead")] != "true")
    e.set("hospital", row, "lead", "true")
    return ["community", community]


def lead_of_nothing(e):
    row = e.row("hospital", lambda r: r[e.column("hospital", "community")] == "")
    e.set("hospital", row, "lead", "true")
    return ["hospital", e.cell("hospital", row, "hospital")]


def history_cost_of_nothing(e):
    return e.set_any("history", "cost", "0.00")


def no_history(e):
    del e.tables["history"][1:]
    return [("overall_mean_cost", "总例均费用")]


def no_cases_of_a_fund(e):
    fund, column = e.cell("fund", e.row("fund"), "fund"), e.column("case", "fund")
    e.tables["case"] = [row for row in e.tables["case"] if row[column] != fund]
    return ["fund", fund, "year_value"]


def no_points_of_a_fund(e):
    fund = e.cell("fund", e.row("fund"), "fund")
    for line in range(1, len(e.tables["case"])):
        if e.cell("case", line, "fund") == fund:
            e.set("case", line, "drg", "")
            e.set("case", line, "unreasonable", e.cell("case", line, "cost"))
    return ["fund", fund, "year_value"]


ERRORS = {**cell_errors(), **{f.__name__.replace("_", " "): f for f in (
    unreasonable_above_cost, review_before_month, month_missing, nothing_paid_last_year, deduction_of_the_other_fund,
    own_deduction_empty, negative_budget, no_budget, no_lead, two_leads, lead_of_nothing, history_cost_of_nothing, no_history,
    no_cases_of_a_fund, no_points_of_a_fund)}}


def problem(tables: dict, places: list, scratch: pathlib.Path, out_exists: bool, engine: str) -> str:
    """What is wrong with the refusal; "" when it is as it must be."""
    for folder in scratch.iterdir():
        shutil.rmtree(folder)
    write(tables, scratch / "data")
    if out_exists:
        (scratch / "out").mkdir()
        (scratch / "out" / "case.csv").write_text("kept\n")
    before = {p: p.read_bytes() for p in scratch.rglob("*") if p.is_file()}
    refused = oracle(scratch / "data")[1]
    code, message = program(scratch / "data", scratch / "out", "--force", "--engine", engine)
    if not refused:
        return f"the oracle settles it (the program: {code} {message})"
    if code != 2:
        return f"exit code {code} {message}; the oracle: {refused}"
    if {p: p.read_bytes() for p in scratch.rglob("*") if p.is_file()} != before or (scratch / "out").exists() != out_exists:
        return "it wrote something"
    lacking = [p for p in places if not any(name in message for name in (p if isinstance(p, tuple) else (p,)))]
    return f"the message does not name {lacking}: {message}" if lacking else ""


def main() -> int:
    count, seed = int(sys.argv[1]) if len(sys.argv) > 1 else 3, sys.argv[2] if len(sys.argv) > 2 else "1"
    rng = random.Random(f"refusals {seed}")
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="steelyard-refusals-"))
    tried, wrong, sound = collections.Counter(), collections.Counter(), 0
    number = 0
    while sound < count:
        number += 1
        tables = generate(f"refusals {seed} {number}", rng.randint(2, 40))
        write(tables, scratch / "data")
        unsound = oracle(scratch / "data")[1]
        shutil.rmtree(scratch / "data")
        if unsound:
            continue
        sound += 1
        for name, put in ERRORS.items():
            edit = Edit(tables, rng)
            try:
                places = put(edit)
            except NotHere:
                continue
            tried[name] += 1
            what = problem(edit.tables, places, scratch, rng.random() < 0.3, rng.choice(["interpret", "native"]))
            if what:
                wrong[name] += 1
                if wrong[name] == 1:
                    print(f"{name} (dataset {number}): {what}", flush=True)
    never = [name for name in ERRORS if not tried[name]]
    print(f"{sum(tried.values())} wrong datasets of {len(tried)} sorts in {count} datasets; {sum(wrong.values())} not refused as they "
          f"must be: {dict(wrong)}" + (f"; never tried: {never}" if never else ""))
    shutil.rmtree(scratch)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
