#!/usr/bin/env python3
"""Writes the example dataset into data/ beside this script. Invented data, the same on every run."""
import csv
import pathlib
import random
from decimal import ROUND_HALF_UP, Decimal

rng = random.Random(20201201)
out = pathlib.Path(__file__).parent / "data"
out.mkdir(exist_ok=True)

FUNDS = ["employee", "resident"]
TIERS = ["primary", "secondary", "tertiary"]
MONTHS = range(1, 13)
FEN = Decimal("0.01")


def fen(value) -> Decimal:
    return Decimal(value).quantize(FEN, ROUND_HALF_UP)


def draw(mean: float, spread: float = 0.25) -> Decimal:
    """A cost around `mean` in whole fen."""
    return fen(Decimal(repr(round(mean * rng.lognormvariate(0, spread), 2))))


def write(name: str, header: str, rows: list) -> None:
    with (out / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


# ----- hospitals: 2 tertiary, 4 secondary, 6 primary; two county communities -----
hospitals = [
    ("H01", "tertiary", "", ""), ("H02", "tertiary", "", ""),
    ("H03", "secondary", "PN", "true"), ("H04", "secondary", "GP", "true"),
    ("H05", "secondary", "", ""), ("H06", "secondary", "", "false"),
    ("H07", "primary", "PN", "false"), ("H08", "primary", "PN", ""), ("H09", "primary", "GP", "false"),
    ("H10", "primary", "GP", "false"), ("H11", "primary", "", ""), ("H12", "primary", "", ""),
]
tier_of = {h[0]: h[1] for h in hospitals}
write("hospital", "hospital,tier,community,lead", hospitals)

# ----- groups: code, weight, basic -----
drgs = {
    "BR21": ("1.45620000", ""), "BR23": ("1.08350000", ""), "BS15": ("0.56250000", ""), "BX29": ("0.81240000", ""),
    "CB39": ("0.66700000", ""), "DT19": ("0.48130000", "true"), "ED15": ("0.41220000", "true"),
    "ES31": ("1.21040000", ""), "ES33": ("0.93480000", ""), "ET21": ("1.00000000", ""), "FF15": ("3.41080000", ""),
    "FM19": ("2.87350000", ""), "FR21": ("1.13000000", ""), "FU21": ("2.00000000", ""), "GB25": ("5.62310000", ""),
    "GD25": ("1.17360000", ""), "GU15": ("0.53980000", "true"), "HC15": ("2.26040000", ""), "IF15": ("1.93410000", ""),
    "JC15": ("0.89370000", ""), "LJ13": ("1.26660000", ""), "NA29": ("1.58200000", ""), "OB15": ("0.99560000", ""),
    "XJ15": ("0.30120000", "true"), "ZZ11": ("7.10050000", ""),
}
write("drg", "drg,weight,basic", [(code, weight, basic) for code, (weight, basic) in drgs.items()])

# ----- history: NA29 has 4 cases, LJ13 costs that differ too much, ZZ11 none, JC15 none in secondary hospitals -----
UNIT_COST = 6800
FACTOR = {"primary": 0.78, "secondary": 0.97, "tertiary": 1.22}
INVERTED = {"ED15", "GU15", "CB39"}  # here the small hospitals were dearer
mean_of = {}
history = []
for code, (weight, _) in drgs.items():
    if code == "ZZ11":
        continue
    count = 4 if code == "NA29" else rng.randint(9, 24)
    for i in range(count):
        tier = TIERS[i % 3] if count > 4 else TIERS[1 + i % 2]
        if code == "JC15" and tier == "secondary":
            tier = "tertiary"
        factor = FACTOR[tier]
        if code in INVERTED:
            factor = {"primary": 1.12, "secondary": 1.02, "tertiary": 0.9}[tier]
        cost = draw(UNIT_COST * float(weight) * factor)
        if code == "LJ13" and i == 0:
            cost = fen(90000 + 400 * count)
        history.append((f"P{len(history) + 1:04d}", code, tier, cost))
    for tier in TIERS:
        same = [h[3] for h in history if h[1] == code and h[2] == tier] or [h[3] for h in history if h[1] == code]
        mean_of[code, tier] = sum(same) / len(same)
write("history", "id,drg,tier,cost", history)
write("drg_tier", "drg,tier,agreed_coefficient",
      [("CB39", "secondary", "1.00000000"), ("CB39", "primary", "1.00000000"), ("GU15", "primary", "1.00000000")])

# ----- cases -----
SHARE = {"employee": (0.74, 0.04), "resident": (0.61, 0.06)}  # paid by the fund, by medical aid and others
cases = []
codes = [c for c in drgs for _ in range(1 if c in ("NA29", "ZZ11", "LJ13", "GB25") else 4)]
pool = [h for h in tier_of for _ in range({"tertiary": 6, "secondary": 4, "primary": 2}[tier_of[h]])]
for number in range(1, 301):
    hospital = rng.choice(pool)
    fund = rng.choices(FUNDS, [2, 3])[0]
    month = rng.randint(1, 12)
    code = "" if number % 43 == 0 else rng.choice(codes)
    kind = rng.choices(["normal", "high", "low"], [86, 8, 6])[0]
    mean = mean_of.get((code, tier_of[hospital]), Decimal(UNIT_COST) * 7 if code == "ZZ11" else Decimal(UNIT_COST))
    if code and kind == "high":
        cost = draw(float(mean) * rng.uniform(2.4, 4.6), 0.05)
    elif code and kind == "low":
        cost = draw(float(mean) * rng.uniform(0.1, 0.27), 0.05)
    else:
        cost = draw(float(mean), 0.22)
    reviewed = code == "" or code in ("NA29", "LJ13", "ZZ11") or kind == "high"
    unreasonable = approved = review_month = ""
    if reviewed and rng.random() < 0.8:
        approved = rng.choice(["true", "true", "false"])
        if approved == "true" and rng.random() < 0.8:
            review_month = min(12, month + rng.randint(0, 3))
        if rng.random() < 0.6:
            unreasonable = fen(cost * rng.randint(1, 12) / 100)
    base, aid = SHARE[fund]
    fund_paid = fen(cost * Decimal(str(base)) * rng.randint(92, 108) / 100)
    other_paid = fen(cost * Decimal(str(aid))) if rng.random() < 0.3 else fen(0)
    patient_paid = cost - fund_paid - other_paid
    self_pay = fen(min(patient_paid, cost * rng.choice([2, 4, 6, 8, 9, 11, 14]) / 100))
    cases.append((f"C{number:07d}", hospital, fund, month, code, cost, unreasonable, approved, review_month,
                  patient_paid, fund_paid, other_paid, self_pay))
write("case", "case,hospital,fund,month,drg,cost,unreasonable,approved,review_month,"
      "patient_paid,fund_paid,other_paid,self_pay", cases)

# ----- what hospitals and months got last year, and this year's deductions -----
paid = {}
for c in cases:
    paid[c[1], c[2]] = paid.get((c[1], c[2]), Decimal(0)) + c[10]
without_last_year = [("H12", "resident")]  # opened this year: no row
write("hospital_fund", "hospital,fund,last_year_paid,assessment,deducted_points",
      [(h, f, fen(p * rng.randint(85, 105) / 100), rng.choice(["", "1.0000", "0.9850", "0.9600"]),
        "12.50000000" if (h, f) == ("H05", "resident") else "")
       for (h, f), p in sorted(paid.items()) if (h, f) not in without_last_year])
write("hospital_fund_month", "hospital,fund,month,audit_deduction,deducted_points",
      [("H01", "employee", 3, "1250.00", ""), ("H02", "resident", 6, "860.40", "2.00000000"),
       ("H05", "resident", 9, "", "5.25000000"), ("H11", "employee", 12, "75.00", "")])
write("fund_month", "fund,month,last_year_paid",
      [(f, m, fen(rng.randint(70000, 130000)) + fen(rng.randint(0, 99)) / 100) for f in FUNDS for m in MONTHS])

# ----- budgets: a little less than the fund would have paid by item -----
DEDUCTIONS = {"outpatient_pool": 90000, "chronic_outpatient": 60000, "bed_day": 24000, "pharmacy": 80000,
              "special_drugs": 15000, "out_of_region": 45000, "non_pilot": 12000, "manual": 6000,
              "major_illness": 30000, "reserve": 40000, "other": 0}
rows = []
for f in FUNDS:
    own = {n: a for n, a in DEDUCTIONS.items() if n != ("outpatient_pool" if f == "employee" else "pharmacy")}
    drg_budget = int(sum(p for (_, g), p in paid.items() if g == f) * Decimal("0.97")) // 1000 * 1000
    rows.append([f, fen(drg_budget + sum(own.values()))] + [fen(own[n]) if n in own else "" for n in DEDUCTIONS])
write("fund", "fund,total_budget," + ",".join(DEDUCTIONS), rows)
