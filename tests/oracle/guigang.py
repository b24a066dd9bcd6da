#!/usr/bin/env python3
"""The settlement of Guigang a second time, from the description of the regulation and not from the policy files or the
engine: an oracle to compare the program with. `settle(folder)` returns {file: rows of text, the header first} or raises
DataError. guigang.py DATA [OUT] settles a dataset and writes the result folder (or only counts its rows).

Each defined quantity is computed exactly, as a Fraction, and rounded once, half away from zero, to the decimals of its
type; what the tables hold are the rounded numbers."""
import csv
import math
import pathlib
import sys
from collections import defaultdict
from fractions import Fraction

from guigang_inputs import (COMMON_DEDUCTIONS, DEDUCTIONS, FUNDS, LIMITS, MONEY, MONTHS, POINTS, RATIO, RATIO4, TIERS, DataError,
                            Dataset)

MIN_GROUP_CASES, MAX_CV = 5, 1
ADVANCE_RATIO = Fraction(9, 10)
LOW_THRESHOLD, UNREVIEWED_SHARE = Fraction(3, 10), Fraction(7, 10)
MAX_ENTITLEMENT, MAX_SELF_PAY = Fraction(13, 10), Fraction(1, 10)


def rounded(x: Fraction, scale: int) -> Fraction:
    """Half away from zero."""
    units = math.floor(abs(x) * 10**scale + Fraction(1, 2))
    return Fraction(units if x >= 0 else -units, 10**scale)


def text(x, scale: int) -> str:
    """Plain notation with all the decimals of the type."""
    units = x * 10**scale
    assert units.denominator == 1, f"{x} has more than {scale} decimals"
    digits = str(abs(units.numerator)).rjust(scale + 1, "0")
    sign = "-" if units < 0 else ""
    return sign + (digits[:-scale] + "." + digits[-scale:] if scale else digits)


def quotient(a: Fraction, b: Fraction, what: str) -> Fraction:
    if b == 0:
        raise DataError(f"{what}: division by 0")
    return a / b


# ------------------------------------------------------------------------------------------------------------ settlement


def drg_budget(fund: str, row: dict) -> Fraction:
    for field in COMMON_DEDUCTIONS + ["outpatient_pool"]:
        if field in DEDUCTIONS[fund] and row[field] is None:
            raise DataError(f"fund {fund}: {field} is empty")
        if field not in DEDUCTIONS[fund] and row[field]:
            raise DataError(f"fund {fund}: {field} does not apply")
    budget = row["total_budget"] - sum(row[d] for d in DEDUCTIONS[fund])
    if budget < 0:
        raise DataError(f"fund {fund}: drg_budget is negative, largest is {max(DEDUCTIONS[fund], key=lambda d: row[d])}")
    return budget


def coefficient_of_variation(costs: list) -> Fraction:
    """Population standard deviation / mean, to 8 decimals: floor(2·10^8·cv), an integer root, decides the rounding."""
    total = sum(costs)
    square = (len(costs) * sum(c * c for c in costs) - total * total) / (total * total)
    return Fraction((math.isqrt(math.floor(4 * square * 10**16)) + 1) // 2, 10**8)


def mean(costs: list) -> Fraction:
    return rounded(quotient(sum(costs), Fraction(len(costs)), "mean of history.cost"), 8)


def settle_groups(data: Dataset):
    costs, tier_costs = defaultdict(list), defaultdict(list)
    for row in data.history.values():
        costs[row["drg"]].append(row["cost"])
        tier_costs[row["drg"], row["tier"]].append(row["cost"])
    groups = {}
    for drg, row in data.drg.items():
        known, count = drg in costs, len(costs[drg])
        cv = coefficient_of_variation(costs[drg]) if known else None
        groups[drg] = {"history_count": count, "mean_cost": mean(costs[drg]) if known else None, "cv": cv,
                       "stable": known and count >= MIN_GROUP_CASES and cv <= MAX_CV, "base_points": row["weight"] * 100}
    pairs = set(tier_costs) | {(c["drg"], data.hospital[c["hospital"]]["tier"]) for c in data.case.values() if c["drg"]}
    tiers = {}
    for drg, tier in pairs:
        group, own = groups[drg], (drg, tier) in tier_costs
        tier_mean = mean(tier_costs[drg, tier]) if own else group["mean_cost"]
        formula = rounded(tier_mean / group["mean_cost"], 8) if tier_mean is not None else None
        agreed = data.drg_tier.get((drg, tier), {}).get("agreed_coefficient")
        if not group["stable"] or data.drg[drg]["basic"]:
            coefficient = Fraction(1)
        else:
            coefficient = agreed if agreed is not None else formula
        tiers[drg, tier] = {"tier_mean_cost": tier_mean, "formula": formula, "coefficient": coefficient, "own": own,
                            "agreed": agreed is not None}
    for (drg, tier), row in tiers.items():
        higher = [t for t in TIERS[TIERS.index(tier) + 1:] if (drg, t) in tier_costs]
        row["inversion"] = bool(row["own"] and not row["agreed"] and higher
                                and row["formula"] > tiers[drg, higher[0]]["formula"])
    return groups, tiers, mean([row["cost"] for row in data.history.values()])


def high_threshold(base_points: Fraction) -> Fraction:
    for limit, threshold in ((100, 3), (200, Fraction(5, 2)), (300, 2), (500, Fraction(3, 2))):
        if base_points <= limit:
            return Fraction(threshold)
    return Fraction(13, 10)


def settle_case(case: dict, group: dict, tier: dict, overall_mean: Fraction) -> dict:
    """The points of one case; group and tier are those of its drg, None when it has none."""
    cost, reasonable = case["cost"], case["cost"] - case["unreasonable"]
    points = {"normal_points": None, "low_points": None, "appended_points": Fraction(0)}
    if group is None or not group["stable"]:
        return {**points, "kind": "ungrouped" if group is None else "unstable",
                "assessed_points": rounded(cost / overall_mean * 100, 8),
                "advance_points": rounded(UNREVIEWED_SHARE * cost / overall_mean * 100, 8),
                "points": rounded(reasonable / overall_mean * 100, 8)}
    base, tier_mean, full = group["base_points"], tier["tier_mean_cost"], group["base_points"] * tier["coefficient"]
    threshold = high_threshold(base)
    if LOW_THRESHOLD * tier_mean > cost:
        low = rounded(min(base, base * cost / group["mean_cost"]), 8)
        return {**points, "kind": "low", "low_points": low, "assessed_points": low, "advance_points": low, "points": low}
    normal = rounded(full, 8)
    points |= {"kind": "normal", "normal_points": normal, "assessed_points": normal, "advance_points": normal, "points": normal}
    if cost > threshold * tier_mean:
        points |= {"kind": "high", "assessed_points": rounded(full * (1 + max(0, cost / tier_mean - threshold)), 8)}
        if case["approved"]:
            points["appended_points"] = rounded(max(Fraction(0), reasonable / tier_mean - threshold) * full, 8)
            points["points"] = normal + points["appended_points"]
    return points


def settle_months(data: Dataset, budgets: dict, points: dict) -> dict:
    months = {}
    for fund in data.fund:
        paid = {m: data.fund_month[fund, m]["last_year_paid"] for m in MONTHS}
        left = budgets[fund]
        for m in MONTHS:
            share = rounded(paid[m] / sum(paid.values()), 8)
            budget = rounded(budgets[fund] * share, 2) if m < 12 else left
            left -= budget
            months[fund, m] = {"month_share": share, "month_budget": budget, "month_points": Fraction(0)}
    for key, case in data.case.items():
        months[case["fund"], case["month"]]["month_points"] += points[key]["assessed_points"]
    for row in months.values():
        value = row["month_budget"] / row["month_points"] if row["month_points"] else Fraction(0)
        row["month_value"] = rounded(value, 8)
    return months


def settle_advances(data: Dataset, points: dict, months: dict) -> dict:
    advances = defaultdict(lambda: {"advance_points": Fraction(0), "patient_paid": Fraction(0), "review": Fraction(0)})
    for key in data.hospital_fund_month:
        advances[key]  # a row even without cases
    for key, case in data.case.items():
        own = advances[case["hospital"], case["fund"], case["month"]]
        own["advance_points"] += points[key]["advance_points"]
        own["patient_paid"] += case["patient_paid"]
        if case["review_month"]:
            value = months[case["fund"], case["month"]]["month_value"]
            advances[case["hospital"], case["fund"], case["review_month"]]["review"] += points[key]["appended_points"] * value
    for key, row in advances.items():
        value, given = months[key[1:]]["month_value"], data.hospital_fund_month.get(key, defaultdict(Fraction))
        row["review_supplement"] = rounded(row["review"], 2)
        row["advance"] = rounded((row["advance_points"] * value - row["patient_paid"]) * ADVANCE_RATIO
                                 - given["audit_deduction"], 2)
        row["paid"] = rounded(row["advance"] + row["review_supplement"] * ADVANCE_RATIO - given["deducted_points"] * value, 2)
    return advances


def settle_year(data: Dataset, budgets: dict, points: dict, advances: dict):
    funds, hospital_funds = {}, {}
    for fund in data.fund:
        cases = {key: c for key, c in data.case.items() if c["fund"] == fund}
        year_points = sum((points[key]["points"] for key in cases), Fraction(0))
        pool = sum(c["cost"] - c["fund_paid"] for c in cases.values()) + budgets[fund]
        value = rounded(quotient(pool, year_points, f"year_value of fund {fund}"), 8)
        funds[fund] = {"drg_budget": budgets[fund], "year_points": year_points, "year_value": value,
                       "settled_total": Fraction(0)}
    cases_of = defaultdict(list)
    for key, case in data.case.items():
        cases_of[case["hospital"], case["fund"]].append(key)
    for pair in set(cases_of) | set(data.hospital_fund):
        given, cases = data.hospital_fund.get(pair), [data.case[key] for key in cases_of[pair]]
        months = [key for key in advances if key[:2] == pair]
        row = {"working_capital": rounded(given["last_year_paid"] / 12 * 2, 2) if given else None}
        row["net_points"] = (sum((points[key]["points"] for key in cases_of[pair]), Fraction(0))
                             - (given["deducted_points"] if given else 0)
                             - sum(data.hospital_fund_month[m]["deducted_points"] for m in months if m in data.hospital_fund_month))
        row["entitlement"] = rounded(row["net_points"] * funds[pair[1]]["year_value"] * (given["assessment"] if given else 1), 2)
        row["cost"] = cost = sum((c["cost"] for c in cases), Fraction(0))
        row["surplus_excess"] = rounded(max(Fraction(0), row["entitlement"] - MAX_ENTITLEMENT * cost), 2)
        row["self_pay_excess"] = rounded(max(Fraction(0), sum(c["self_pay"] for c in cases) - MAX_SELF_PAY * cost), 2)
        row["non_fund_paid"] = sum((c["patient_paid"] + c["other_paid"] for c in cases), Fraction(0))
        row["already_paid"] = sum((advances[m]["paid"] for m in months), Fraction(0))
        row["settlement"] = (row["entitlement"] - row["surplus_excess"] - row["self_pay_excess"] - row["non_fund_paid"]
                             - row["already_paid"])
        hospital_funds[pair] = row
        funds[pair[1]]["settled_total"] += row["already_paid"] + row["settlement"]
    for fund, row in funds.items():
        row["budget_use"] = rounded(quotient(row["settled_total"], budgets[fund], f"budget_use of fund {fund}"), 4)
    communities = {c: {"community_settlement": sum((row["settlement"] for (hospital, _), row in hospital_funds.items()
                                                    if data.hospital[hospital]["community"] == c), Fraction(0))}
                   for c in data.communities}
    return funds, hospital_funds, communities


# --------------------------------------------------------------------------------------------------------------- results

COUNT, WORD, VALUE, MONEY8 = ("count", 0), "word", ("value", 8), ("money", 8)
RESULTS = {  # the scope: its keys, and its fields with their types
    "overall": ([], {"overall_mean_cost": MONEY8}),
    "drg": (["drg"], {"history_count": COUNT, "mean_cost": MONEY8, "cv": RATIO, "stable": WORD, "base_points": POINTS}),
    "drg_tier": (["drg", "tier"], {"tier_mean_cost": MONEY8, "coefficient": RATIO, "inversion": WORD}),
    "case": (["case"], {"kind": WORD, **{p: POINTS for p in ("normal_points", "low_points", "assessed_points",
                                                             "advance_points", "appended_points", "points")}}),
    "fund_month": (["fund", "month"], {"month_share": RATIO, "month_budget": MONEY, "month_points": POINTS,
                                       "month_value": VALUE}),
    "hospital_fund_month": (["hospital", "fund", "month"], {"advance_points": POINTS, "patient_paid": MONEY,
                                                            "review_supplement": MONEY, "advance": MONEY, "paid": MONEY}),
    "fund": (["fund"], {"drg_budget": MONEY, "year_points": POINTS, "year_value": VALUE, "settled_total": MONEY,
                        "budget_use": RATIO4}),
    "hospital_fund": (["hospital", "fund"], {"working_capital": MONEY, "net_points": POINTS, "entitlement": MONEY, "cost": MONEY,
                                             "surplus_excess": MONEY, "self_pay_excess": MONEY, "non_fund_paid": MONEY,
                                             "already_paid": MONEY, "settlement": MONEY}),
    "community": (["community"], {"community_settlement": MONEY}),
}


def cell_text(value, type_, where: str) -> str:
    if value is None:
        return ""
    if type_ == WORD:
        return str(value).lower()
    kind, scale = type_
    if kind in LIMITS and abs(value) >= LIMITS[kind]:
        raise DataError(f"{where} is too large")
    return text(value, scale)


def as_text(name: str, rows: dict) -> list:
    """The header, and the rows in the order of their keys: enums as declared, numbers as numbers, text by code point."""
    keys, fields = RESULTS[name]
    ranks = {"fund": FUNDS.index, "tier": TIERS.index}
    listed = []
    for key, row in rows.items():
        key = key if isinstance(key, tuple) else (key,)
        cells = [cell_text(row[f], type_, f"{name} {key} {f}") for f, type_ in fields.items()]
        listed.append(([ranks.get(k, lambda v: v)(v) for k, v in zip(keys, key)], [*map(str, key), *cells]))
    return [keys + list(fields)] + [cells for _, cells in sorted(listed)]


def settle(folder) -> dict:
    data = Dataset(pathlib.Path(folder))
    budgets = {fund: drg_budget(fund, row) for fund, row in data.fund.items()}
    groups, tiers, overall_mean = settle_groups(data)
    points = {key: settle_case(c, groups.get(c["drg"]), tiers.get((c["drg"], data.hospital[c["hospital"]]["tier"])), overall_mean)
              for key, c in data.case.items()}
    months = settle_months(data, budgets, points)
    advances = settle_advances(data, points, months)
    funds, hospital_funds, communities = settle_year(data, budgets, points, advances)
    scopes = {"overall": {(): {"overall_mean_cost": overall_mean}}, "drg": groups, "drg_tier": tiers, "case": points,
              "fund_month": months, "hospital_fund_month": advances, "fund": funds, "hospital_fund": hospital_funds,
              "community": communities}
    return {f"{name}.csv": as_text(name, rows) for name, rows in scopes.items()}


if __name__ == "__main__":
    tables = settle(sys.argv[1])
    for file_name, table in tables.items():
        print(f"{file_name}: {len(table) - 1} rows")
        if len(sys.argv) > 2:
            pathlib.Path(sys.argv[2]).mkdir(parents=True, exist_ok=True)
            with (pathlib.Path(sys.argv[2]) / file_name).open("w", encoding="utf-8", newline="") as out:
                csv.writer(out, lineterminator="\n").writerows(table)
