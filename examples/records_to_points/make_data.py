#!/usr/bin/env python3
"""Writes the example dataset into data/ beside this script: the records of examples/grouping as discharge records of three
hospitals, with what they cost. Invented data, the same on every run."""
import csv
import pathlib
import random
import shutil
from decimal import ROUND_HALF_UP, Decimal

here = pathlib.Path(__file__).parent
scheme = here.parent / "grouping"
out = here / "data"
out.mkdir(exist_ok=True)
rng = random.Random(20220101)

FUNDS = ["employee", "resident"]
TIERS = {"H1": "tertiary", "H2": "secondary", "H3": "primary"}
FACTOR = {"tertiary": 1.2, "secondary": 1.0, "primary": 0.8}
FEN = Decimal("0.01")


def fen(value):
    return Decimal(repr(value) if isinstance(value, float) else value).quantize(FEN, ROUND_HALF_UP)


def write(name, header, rows):
    with (out / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


shutil.copyfile(scheme / "data/case.csv", out / "grouping_case.csv")
records = read(scheme / "data/case.csv")
write("hospital", "hospital,tier,community,lead",
      [("H1", "tertiary", "", ""), ("H2", "secondary", "YX", "true"), ("H3", "primary", "YX", "")])

# Every group of the scheme has a weight; NB1 is a core group without groups of its own.
codes = sorted({row["drg"] for row in read(scheme / "tables/drg.csv") if row["adrg"] != "QY"} | {"NB1"})
weight = {code: Decimal(rng.randint(40, 390)) / 100 for code in codes}
write("drg", "drg,weight,basic", [(c, f"{weight[c]:.8f}", "true" if c == "BS15" else "") for c in codes])
history = []
for code in codes:
    for i in range(3 if code == "BD10" else 6):  # BD10 has too few past cases to be stable
        tier = list(TIERS.values())[i % 3]
        history.append((f"P{len(history) + 1:03d}", code, tier,
                        fen(float(weight[code]) * 7000 * FACTOR[tier] * rng.uniform(0.9, 1.1))))
write("history", "id,drg,tier,cost", history)

# The cost is drawn from the answers of the scheme, so that every kind of case is there.
answers = {row["case_id"]: row for row in read(here.parents[1] / "tests/golden/grouping/expected.csv")}
cases, paid = [], {}
for number, record in enumerate(records):
    case, answer = record["case_id"], answers[record["case_id"]]
    hospital, fund = rng.choice(list(TIERS)), rng.choice(FUNDS)
    grouped = answer["status"] == "SUCCESS"
    usual = float(weight[answer["drg"]]) * 7000 * FACTOR[TIERS[hospital]] if grouped else 6000.0
    cost = fen(usual * (4.0 if number % 11 == 4 else 0.2 if number % 11 == 7 else rng.uniform(0.8, 1.2)))
    month = rng.randint(1, 12)
    high = grouped and number % 11 == 4
    fund_paid = fen(cost * Decimal("0.65"))
    paid[hospital, fund] = paid.get((hospital, fund), Decimal(0)) + fund_paid
    cases.append((case, hospital, fund, month, cost, fen(cost / 20) if high else "", "true" if high else "",
                  min(12, month + 1) if high else "", cost - fund_paid, fund_paid, "0.00", fen(cost / 20)))
write("case", "case,hospital,fund,month,cost,unreasonable,approved,review_month,patient_paid,fund_paid,other_paid,self_pay",
      cases)
write("hospital_fund", "hospital,fund,last_year_paid,assessment,deducted_points",
      [(h, f, fen(p * 9 / 10), "0.9800" if h == "H1" else "", "") for (h, f), p in sorted(paid.items())])
write("fund_month", "fund,month,last_year_paid", [(f, m, fen(rng.randint(9000, 12000))) for f in FUNDS for m in range(1, 13)])
others = "outpatient_pool,chronic_outpatient,bed_day,pharmacy,special_drugs,out_of_region,non_pilot,manual,major_illness,reserve"
write("fund", "fund,total_budget," + others + ",other",
      [(f, fen(sum(p for (_, g), p in paid.items() if g == f) * Decimal("0.95") + 9000),
        *("" if n == ("outpatient_pool" if f == "employee" else "pharmacy") else "1000.00" for n in others.split(",")), "0.00")
       for f in FUNDS])
