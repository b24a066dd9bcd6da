#!/usr/bin/env python3
"""Jinhua, Shanwei and Fujian settled anew with fractions, from their texts alone, on random datasets, and compared with the
program cell by cell, by both of its engines: other_cities.py [COUNT] [SEED]. The program is that of the environment variable
STEELYARD, build/release/steelyard by default; run it from the project's root."""
import csv
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
from fractions import Fraction as F
from math import isqrt

STEELYARD = os.environ.get("STEELYARD", "build/release/steelyard")
TIERS = ["primary", "secondary", "tertiary"]


def rounded(value: F, scale: int) -> F:
    """Half away from zero."""
    units = abs(value) * 10**scale
    whole = (2 * units.numerator + units.denominator) // (2 * units.denominator)
    return F(whole if value >= 0 else -whole, 10**scale)


def text(value, scale: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) or scale < 0:
        return str(value)
    units = int(value * 10**scale)
    digits = str(abs(units)).rjust(scale + 1, "0")
    sign = "-" if units < 0 else ""
    return sign + (digits[:-scale] + "." + digits[-scale:] if scale else digits)


def mean(values: list):
    return rounded(F(sum(values)) / len(values), 8) if values else None


def variation(values: list):
    """Population standard deviation over mean, to 8 decimals half up, without a root that is not exact."""
    if not values:
        return None
    n, total, squares = len(values), F(sum(values)), F(sum(v * v for v in values))
    square = (n * squares - total * total) / (total * total) * 10**16
    root = isqrt(square.numerator // square.denominator)
    return F(root + 1 if square >= F(2 * root + 1, 2) ** 2 else root, 10**8)


def read(folder: pathlib.Path, name: str) -> list:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def number(cell: str, default=None):
    return F(cell) if cell else default


# ---------- Jinhua ----------

def settle_jinhua(data: pathlib.Path) -> dict:
    districts, hospitals, drgs, days, history, cases = (
        read(data, name) for name in ("district", "hospital", "drg", "bed_day", "history", "case"))
    hospital = {row["hospital"]: row for row in hospitals}
    for row in cases:
        for name in ("cost", "unreasonable", "fund_payable", "patient_paid"):
            row[name] = number(row[name], F(0))
    overall = mean([F(row["cost"]) for row in history])
    drg_rows, stable, means, base = [], {}, {}, {}
    for row in drgs:
        d = row["drg"]
        costs = [F(h["cost"]) for h in history if h["drg"] == d]
        means[d], cv = mean(costs), variation(costs)
        stable[d] = len(costs) >= 5 and cv is not None and cv <= 1
        base[d] = None if means[d] is None else rounded(means[d] / overall * 100, 8)
        drg_rows.append({"drg": d, "history_count": str(len(costs)), "mean_cost": text(means[d], 8), "cv": text(cv, 8),
                         "stable": text(stable[d], 0), "base_points": text(base[d], 8)})
    pairs = {(h["drg"], h["tier"]) for h in history}
    pairs |= {(c["drg"], hospital[c["hospital"]]["tier"]) for c in cases if c["drg"]}
    tier_mean, coefficient, tier_rows = {}, {}, []
    for pair in pairs:
        own = mean([F(h["cost"]) for h in history if (h["drg"], h["tier"]) == pair])
        tier_mean[pair] = means[pair[0]] if own is None else own
        coefficient[pair] = F(1) if not stable[pair[0]] else rounded(tier_mean[pair] / means[pair[0]], 8)
        tier_rows.append({"drg": pair[0], "tier": pair[1], "tier_mean_cost": text(tier_mean[pair], 8),
                          "coefficient": text(coefficient[pair], 8)})
    day_points = {row["tier"]: rounded(F(row["daily_cost"]) / overall * 100, 8) for row in days}
    tcm = {row["drg"]: number(row["tcm_points"]) if row["tcm"] == "true" else None for row in drgs}
    case_rows = []
    for row in cases:
        d, tier = row["drg"], hospital[row["hospital"]]["tier"]
        by_cost = rounded((row["cost"] - row["unreasonable"]) / overall * 100, 8)
        if row["mode"] == "bed_day":
            kind, points = "bed_day", rounded(day_points[tier] * F(row["days"]), 8)
        elif row["mode"] == "item" or not d:
            kind, points = "item", by_cost
        elif tcm[d] is not None and row["effective"] == "true":
            kind, points = "tcm", tcm[d]
        elif not stable[d]:
            kind, points = "unstable", by_cost
        else:
            limit = F(3) if base[d] <= 100 else F(2) if base[d] <= 300 else F(3, 2)
            m, normal = tier_mean[d, tier], base[d] * coefficient[d, tier]
            if row["cost"] >= limit * m:
                extra = max(F(0), (row["cost"] - row["unreasonable"]) / m - limit) * normal if row["approved"] == "true" else F(0)
                kind, points = "high", rounded(normal + extra, 8)
            elif row["cost"] <= F(2, 5) * m:
                kind, points = "low", min(base[d], rounded(row["cost"] / overall * 100, 8))
            else:
                kind, points = "normal", rounded(normal, 8)
        row["points"] = points
        case_rows.append({"case": row["case"], "kind": kind, "points": text(points, 8)})
    adjusted, hospital_rows, district_rows, value = {}, [], [], {}
    for h in hospitals:
        h["case_points"] = sum((c["points"] for c in cases if c["hospital"] == h["hospital"]), F(0))
        adjusted[h["hospital"]] = rounded(h["case_points"] * (1 + number(h["assessment_points"], F(0))), 8)
    for row in districts:
        own = [h["hospital"] for h in hospitals if h["district"] == row["district"]]
        inside = [c for c in cases if c["hospital"] in own]
        budget = rounded(F(row["last_year_paid"]) * (1 + F(row["growth"])), 2)
        payable = sum((c["fund_payable"] for c in inside), F(0))
        final = rounded(payable + F(17, 20) * (budget - payable), 2)
        total = sum((adjusted[h] for h in own), F(0))
        v = value[row["district"]] = F(0) if total == 0 else rounded((final + sum((c["patient_paid"] for c in inside), F(0))) / total, 8)
        district_rows.append({"district": row["district"], "budget": text(budget, 2), "payable": text(payable, 2),
                              "final_fund": text(final, 2), "total_points": text(total, 8), "value": text(v, 8)})
    advances = read(data, "hospital_month") if (data / "hospital_month.csv").exists() else []
    for h in hospitals:
        name = h["hospital"]
        entitlement = rounded(adjusted[name] * value[h["district"]], 2)
        paid = sum((c["patient_paid"] for c in cases if c["hospital"] == name), F(0))
        advanced = sum((number(a["advance"], F(0)) for a in advances if a["hospital"] == name), F(0))
        hospital_rows.append({"hospital": name, "case_points": text(h["case_points"], 8), "adjusted_points": text(adjusted[name], 8),
                              "entitlement": text(entitlement, 2), "patient_paid": text(paid, 2), "advanced": text(advanced, 2),
                              "settlement": text(entitlement - paid - advanced, 2)})
    return {"overall": ([], [{"overall_mean_cost": text(overall, 8)}]), "drg": (["drg"], drg_rows),
            "drg_tier": (["drg", "tier"], tier_rows), "case": (["case"], case_rows),
            "bed_day": (["tier"], [{"tier": t, "day_points": text(p, 8)} for t, p in day_points.items()]),
            "district": (["district"], district_rows), "hospital": (["hospital"], hospital_rows)}


def make_jinhua(r: random.Random) -> dict:
    drgs = [f"G{i:02}" for i in range(r.randint(1, 7))]
    hospitals = [f"H{i}" for i in range(r.randint(1, 5))]
    districts = [f"D{i}" for i in range(r.randint(1, 3))]
    level = {d: r.choice([300, 2000, 9000, 40000]) for d in drgs}
    plain = lambda top: text(F(r.randint(0, int(top * 100)), 100), 2)
    history = [[f"P{i}", d, r.choice(TIERS), text(F(r.randint(1, level[d] * 200), 100), 2) if r.random() < .5 else f"{level[d]}.00"]
               for i, d in enumerate(r.choice(drgs) for _ in range(r.randint(1, 60)))]
    cases = []
    for i in range(r.randint(0, 80)):
        mode = r.choices(["drg", "bed_day", "item"], [8, 1, 1])[0]
        d = r.choice(drgs)
        past = [F(h[3]) for h in history if h[1] == d]
        m = mean(past) if past and r.random() < .4 else F(level[d])
        cost = rounded(m * r.choice([F(2, 5), F(1), F(3, 2), F(2), F(3), F(r.randint(1, 500), 100)]), 2) + F(r.choice([-1, 0, 0, 1]), 100)
        cost = max(cost, F(0))
        unreasonable = rounded(cost * F(r.randint(0, 100), 100), 2) if r.random() < .2 else None
        cases.append([f"C{i:03}", r.choice(hospitals), r.randint(1, 12), mode,
                      "" if mode != "drg" and r.random() < .5 or r.random() < .05 else d,
                      r.randint(0, 90) if mode == "bed_day" else "", r.choice(["", "true", "false"]), r.choice(["", "true", "false"]),
                      text(cost, 2), "" if unreasonable is None else text(unreasonable, 2), plain(20000), plain(5000),
                      r.choice(["", "true", "false"])])
    months = {(r.choice(hospitals), r.randint(1, 12)) for _ in range(r.randint(0, 10))}
    tables = {
        "district": [["district", "last_year_paid", "growth"]] + [[d, plain(10**6), text(F(r.randint(-2000, 2000), 10**4), 4)] for d in districts],
        "hospital": [["hospital", "district", "tier", "assessment_points"]] +
                    [[h, r.choice(districts), r.choice(TIERS), r.choice(["", "0.1", "-0.1", "0.0333"])] for h in hospitals],
        "drg": [["drg", "tcm", "tcm_points"]] + [[d, r.choice(["", "true", "false"]), r.choice(["", "88.5", "0", "123.00000001"])] for d in drgs],
        "bed_day": [["tier", "daily_cost"]] + [[t, plain(900)] for t in TIERS],
        "history": [["id", "drg", "tier", "cost"]] + history,
        "case": [["case", "hospital", "month", "mode", "drg", "days", "elsewhere", "effective", "cost", "unreasonable",
                  "fund_payable", "patient_paid", "approved"]] + cases}
    if r.random() < .8:
        tables["hospital_month"] = [["hospital", "month", "advance"]] + [[h, m, r.choice(["", plain(9000)])] for h, m in sorted(months)]
    return tables


# ---------- Shanwei ----------

LEVEL_FACTOR = {("primary", "ordinary"): F(105, 100), ("primary", "hard"): F(95, 100), ("secondary", "ordinary"): F(102, 100),
                ("secondary", "hard"): F(1), ("tertiary", "ordinary"): F(95, 100), ("tertiary", "hard"): F(105, 100)}


def settle_shanwei(data: pathlib.Path) -> dict:
    months, hospitals, drgs, cases = (read(data, name) for name in ("month", "hospital", "drg", "case"))
    hospital, drg = {h["hospital"]: h for h in hospitals}, {d["drg"]: d for d in drgs}
    for c in cases:
        factor = LEVEL_FACTOR[hospital[c["hospital"]]["level"], drg[c["drg"]]["difficulty"]]
        c["points"] = rounded(F(drg[c["drg"]]["weight"]) * 100 * factor, 8)
    pairs, month_rows, held = {}, [], F(0)
    value = {}
    for m in months:
        points = sum((c["points"] for c in cases if c["month"] == m["month"]), F(0))
        value[m["month"]] = F(0) if points == 0 else rounded(F(m["pool"]) / points, 8)
        m["points"] = points
    for c in cases:
        pairs.setdefault((c["hospital"], c["month"]), []).append(c)
    pair_rows, paid = [], {h: F(0) for h in hospital}
    for (h, m), own in pairs.items():
        points = sum(c["points"] for c in own)
        share = rounded(points * value[m], 2)
        advance = rounded(share * F(9, 10), 2)
        refused = sum((number(c["refused"], F(0)) for c in own), F(0))
        pairs[h, m] = advance
        paid[h] += advance - refused
        pair_rows.append({"hospital": h, "month": m, "points": text(points, 8), "share": text(share, 2), "advance": text(advance, 2),
                          "refused": text(refused, 2), "paid": text(advance - refused, 2)})
    for m in months:
        own = F(m["pool"]) - sum((a for (_, month), a in pairs.items() if month == m["month"]), F(0))
        held += own
        month_rows.append({"month": m["month"], "month_points": text(m["points"], 8), "value": text(value[m["month"]], 8), "held": text(own, 2)})
    weighted, year = {}, {}
    for h in hospital:
        year[h] = sum((c["points"] for c in cases if c["hospital"] == h), F(0))
        weighted[h] = rounded(year[h] * F(hospital[h]["encouragement"]), 8)
    total = sum(weighted.values(), F(0))
    part = {h: F(0) for h in hospital}
    if total:
        exact = {h: held * weighted[h] / total * 100 for h in hospital}
        part = {h: F(exact[h].numerator // exact[h].denominator) for h in hospital}
        left = int(held * 100 - sum(part.values()))
        for h in sorted(hospital, key=lambda h: (-(exact[h] - part[h]), h))[:left]:
            part[h] += 1
        part = {h: units / 100 for h, units in part.items()}
    hospital_rows = [{"hospital": h, "year_points": text(year[h], 8), "weighted_points": text(weighted[h], 8), "incentive": text(part[h], 2),
                      "settlement": text(paid[h] + part[h] - number(hospital[h]["penalty"], F(0)), 2)} for h in hospital]
    return {"case": (["case"], [{"case": c["case"], "points": text(c["points"], 8)} for c in cases]), "month": (["month"], month_rows),
            "hospital_month": (["hospital", "month"], pair_rows), "hospital": (["hospital"], hospital_rows),
            "overall": ([], [{"incentive_pool": text(held, 2)}])}


def make_shanwei(r: random.Random) -> dict:
    months = sorted(r.sample(range(1, 13), r.randint(1, 12)))
    hospitals = [f"S{i}" for i in range(r.randint(1, 7))]
    drgs = [f"G{i}" for i in range(r.randint(1, 6))]
    weight = lambda: r.choice(["1", "0", "0.5", text(F(r.randint(0, 10**9), 10**8), 8)])
    return {
        # A pool of few fen, so that remainders decide.
        "month": [["month", "pool"]] + [[m, text(F(r.choice([0, 1, 7, r.randint(0, 10**8)]), 100), 2)] for m in months],
        "hospital": [["hospital", "level", "encouragement", "penalty"]] +
                    [[h, r.choice(TIERS), r.choice(["1", "0", "1.0500", "0.3333"]), r.choice(["", "12.34"])] for h in hospitals],
        "drg": [["drg", "weight", "difficulty"]] + [[d, weight(), r.choice(["ordinary", "hard"])] for d in drgs],
        "case": [["case", "hospital", "month", "drg", "cost", "refused"]] +
                [[f"C{i:03}", r.choice(hospitals), r.choice(months), r.choice(drgs), "1000.00", r.choice(["", "0", "3.21"])]
                 for i in range(r.randint(0, 60))]}


# ---------- Fujian ----------

def settle_fujian(data: pathlib.Path) -> dict:
    price = {d["drg"]: F(d["price"]) for d in read(data, "drg")}
    rows = []
    for c in read(data, "case"):
        cost, days = F(c["cost"]), int(c["days"])
        p = price[c["drg"]] if c["drg"] else None
        reasons = [("no_group", p is None), ("short_stay", days <= 1), ("long_stay", days >= 60),
                   ("cheap", p is not None and cost < p / 3), ("costly", p is not None and cost > p * 3),
                   ("early_transfer", c["transferred"] == "true" and int(c["hours"] or 0) < 48), ("died", c["died"] == "true"),
                   *((program, c["program"] == program) for program in ("rehabilitation", "tcm", "ldr"))]
        reason = next((name for name, holds in reasons if holds), "")
        extra, ratio = F(c["extra_bed"]) + F(c["self_chosen"]), F(c["fund_ratio"])
        if not reason:
            charge = p + F(c["consumables"]) + extra
            fund = rounded((p + min(F(c["consumables"]), F(c["consumables_cap"]))) * ratio, 2)
        else:
            charge = cost + extra
            fund = rounded(max(F(0), F(c["eligible_cost"]) - F(c["deductible"])) * ratio, 2)
        rows.append({"case": c["case"], "in_scope": text(not reason, 0), "reason": reason, "charge": text(charge, 2),
                     "fund_pays": text(fund, 2), "patient_pays": text(charge - fund, 2)})
    return {"case": (["case"], rows)}


def make_fujian(r: random.Random) -> dict:
    prices = {f"G{i}": F(r.choice([100, 1000, 99999, r.randint(1, 10**7)]), 100) for i in range(r.randint(1, 5))}
    cases = []
    for i in range(r.randint(0, 80)):
        d = r.choice(["", *prices])
        p = prices.get(d, F(100))
        cost = r.choice([p * 3, p * 3 + F(1, 100), rounded(p / 3, 2), rounded(p / 3, 2) + F(1, 100), max(F(0), rounded(p / 3, 2) - F(1, 100)), p])
        transferred = r.random() < .2
        fen = lambda top: text(F(r.randint(0, top), 100), 2)
        cases.append([f"C{i:03}", d, r.choice([0, 1, 2, 5, 59, 60, 61]), text(cost, 2), r.choice(["", "true"]) if not transferred else "true",
                      r.choice([0, 47, 48, 90]), r.choice(["", "", "false", "true"]),
                      r.choices(["ordinary", "rehabilitation", "tcm", "ldr"], [6, 1, 1, 1])[0], fen(50000), fen(50000), fen(3000), fen(3000),
                      r.choice(["0", "1", "0.8", "0.7777"]), fen(100000), fen(10**6)])
    return {"drg": [["drg", "price"]] + [[d, text(p, 2)] for d, p in prices.items()],
            "case": [["case", "drg", "days", "cost", "transferred", "hours", "died", "program", "consumables", "consumables_cap",
                      "extra_bed", "self_chosen", "fund_ratio", "deductible", "eligible_cost"]] + cases}


CITIES = {"jinhua": (make_jinhua, settle_jinhua), "shanwei": (make_shanwei, settle_shanwei), "fujian": (make_fujian, settle_fujian)}


def differences(city: str, data: pathlib.Path, out: pathlib.Path, expected: dict):
    """(cells compared, the first that differ)."""
    cells, found = 0, []
    for name, (keys, rows) in expected.items():
        got = {tuple(row[k] for k in keys): row for row in read(out, name)}
        if len(got) != len(rows):
            found.append(f"{city} {name}: {len(got)} rows, expected {len(rows)}")
        for row in rows:
            other = got.get(tuple(row[k] for k in keys), {})
            for column, value in row.items():
                cells += 1
                if other.get(column) != value:
                    found.append(f"{city} {name} {[row[k] for k in keys]} {column}: {other.get(column)}, expected {value}")
    return cells, found


def main() -> int:
    count, seed = int(sys.argv[1]) if len(sys.argv) > 1 else 20, int(sys.argv[2]) if len(sys.argv) > 2 else 1
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="steelyard-oracle-"))
    cells = 0
    for city, (make, settle) in CITIES.items():
        golden = pathlib.Path(__file__).resolve().parents[1] / "golden" / city
        datasets = [None] + list(range(count)) if golden.exists() else list(range(count))
        for one in datasets:
            data = golden / "data" if one is None else scratch / f"{city}-{one}"
            if one is not None:
                data.mkdir()
                for name, rows in make(random.Random(f"{city} {seed} {one}")).items():
                    with (data / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                        csv.writer(file, lineterminator="\n").writerows(rows)
            expected = settle(data)
            for engine in ("interpret", "native"):
                out = scratch / "out"
                shutil.rmtree(out, ignore_errors=True)
                done = subprocess.run([STEELYARD, "settle", f"policies/{city}", "--data", data, "--out", out, "--engine", engine],
                                      capture_output=True, text=True, check=False)
                found = [done.stderr] if done.returncode else []
                if not done.returncode:
                    more, found = differences(city, data, out, expected)
                    cells += more
                if found:
                    print(f"{data}, {engine}:\n  " + "\n  ".join(found[:10]))
                    return 1
    shutil.rmtree(scratch)
    print(f"{len(CITIES)} cities, {count} random datasets of each from seed {seed} and the golden ones, both engines: {cells} cells agree")
    return 0


if __name__ == "__main__":
    sys.exit(main())
