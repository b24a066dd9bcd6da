#!/usr/bin/env python3
"""Writes the small example datasets of the cities beside this script: make_data.py. Invented data, the same on every run.

examples/guigang has a generator of its own."""
import csv
import pathlib
import random
from datetime import date, timedelta

ROOT = pathlib.Path(__file__).parent
TIERS = ["primary", "secondary", "tertiary"]


def write(city: str, name: str, header: str, rows: list) -> None:
    folder = ROOT / city / "data"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def fen(yuan: float) -> str:
    return f"{yuan:.2f}"


def word(truth: bool) -> str:
    return "true" if truth else "false"


def fujian() -> None:
    rng = random.Random(1)
    prices = {"FR41": 9000.00, "GB23": 6500.50, "KS45": 3200.00, "RE11": 15000.00}
    write("fujian", "drg", "drg,price", [[d, fen(p)] for d, p in prices.items()])
    cases = []
    for i in range(1, 41):
        drg = rng.choice(list(prices))
        cost = prices[drg] * rng.choice([0.2, 0.8, 0.9, 1, 1.1, 1.3, 3.5])
        transferred = i % 13 == 0
        cases.append([f"C{i:03}", "" if i % 11 == 0 else drg, rng.choice([1, 4, 7, 9, 12, 60]), fen(cost), word(transferred),
                      rng.choice([20, 72]) if transferred else "", word(i % 17 == 0),
                      rng.choice(["ordinary"] * 6 + ["rehabilitation", "tcm", "ldr"]), fen(rng.choice([0, 350.5, 4200])),
                      fen(3000), fen(rng.choice([0, 120])), fen(rng.choice([0, 88.8])), rng.choice(["0.8200", "0.7500"]),
                      fen(600), fen(cost * 0.85)])
    write("fujian", "case", "case,drg,days,cost,transferred,hours,died,program,consumables,consumables_cap,extra_bed,"
          "self_chosen,fund_ratio,deductible,eligible_cost", cases)


def shanwei() -> None:
    rng = random.Random(2)
    write("shanwei", "month", "month,pool", [[m, fen(60000 + 2500 * m)] for m in range(1, 7)])
    write("shanwei", "hospital", "hospital,level,encouragement,penalty",
          [["S001", "tertiary", "1.0500", "0.00"], ["S002", "secondary", "1.1000", "500.00"], ["S003", "secondary", "0.9500", "0.00"],
           ["S004", "primary", "1.2000", "0.00"]])
    drgs = [["BR33", "0.50582416", "ordinary"], ["CD13", "1.35999355", "hard"], ["GB23", "1.02500000", "ordinary"],
            ["RE11", "2.86051180", "hard"]]
    write("shanwei", "drg", "drg,weight,difficulty", drgs)
    write("shanwei", "case", "case,hospital,month,drg,cost,refused",
          [[f"C{i:03}", rng.choice(["S001", "S001", "S002", "S003", "S004"]), rng.randint(1, 6), rng.choice(drgs)[0],
            fen(rng.randint(250000, 2500000) / 100), fen(120.5) if i % 9 == 0 else ""] for i in range(1, 49)])


def jinhua() -> None:
    rng = random.Random(3)
    write("jinhua", "district", "district,last_year_paid,growth", [["wucheng", "150000.00", "0.0750"], ["lanxi", "80000.00", "0.0600"]])
    write("jinhua", "hospital", "hospital,district,tier,assessment_points",
          [["J001", "wucheng", "tertiary", "0.0150"], ["J002", "wucheng", "secondary", "-0.0200"], ["J003", "lanxi", "secondary", ""],
           ["J004", "lanxi", "primary", "0.0000"]])
    tier = {"J001": "tertiary", "J002": "secondary", "J003": "secondary", "J004": "primary"}
    write("jinhua", "drg", "drg,tcm,tcm_points", [["BR33", "false", ""], ["GV21", "false", ""], ["TC01", "true", "80.00000000"]])
    write("jinhua", "bed_day", "tier,daily_cost", [["primary", "210.50"], ["secondary", "333.33"], ["tertiary", "480.00"]])
    base = {"BR33": 5200, "GV21": 9800, "TC01": 4100}
    write("jinhua", "history", "id,drg,tier,cost",
          [[f"P{i:03}", drg := rng.choice(list(base)), rng.choice(TIERS), fen(base[drg] * rng.uniform(0.7, 1.4))] for i in range(1, 61)])
    cases = []
    for i in range(1, 43):
        hospital = rng.choice(list(tier))
        mode = rng.choice(["drg"] * 7 + ["bed_day", "item"])
        drg = rng.choice(list(base)) if mode == "drg" and i % 14 else ""
        cost = base.get(drg, 6000) * rng.choice([0.35, 0.9, 1, 1.1, 1.2, 3.6])
        cases.append([f"C{i:03}", hospital, rng.randint(1, 12), mode, drg, rng.randint(2, 80), word(i % 10 == 0),
                      word(i % 2 == 0) if drg == "TC01" else "", fen(cost), fen(50) if i % 8 == 0 else "", fen(cost * 0.8),
                      fen(cost * 0.2), rng.choice(["true", "false", ""])])
    write("jinhua", "case", "case,hospital,month,mode,drg,days,elsewhere,effective,cost,unreasonable,fund_payable,patient_paid,approved",
          cases)
    write("jinhua", "hospital_month", "hospital,month,advance",
          [[h, m, fen(1500 + 100 * m)] for h in tier for m in (1, 2, 5, 9)])


def tongren() -> None:
    rng = random.Random(4)
    months = [f"2020-{m:02}" for m in range(2, 11)]
    hospitals = [["T001", 3, "true", "true", "9000000.00", "0.9800"], ["T002", 2, "true", "true", "4200000.00", "1.0000"],
                 ["T003", 2, "true", "false", "3100000.00", "0.9500"], ["T004", 3, "true", "false", "6000000.00", "1.0250"],
                 ["T005", 1, "true", "false", "800000.00", "1.0000"], ["T006", 2, "false", "false", "1500000.00", "0.9000"]]
    write("tongren", "hospital", "hospital,level,public,pilot,package,assessment", hospitals)
    write("tongren", "month", "month,pool", [[m, fen(40000 + 3333.33 * i)] for i, m in enumerate(months)])
    drgs = [["BR33", "0.50582416"], ["CD13", "1.35999355"], ["GB23", "1.02500000"]]
    write("tongren", "drg", "drg,weight", drgs)
    write("tongren", "case", "case,hospital,month,drg",
          [[f"C{i:03}", rng.choice(hospitals)[0], months[i % 9] if i < 55 else months[0], rng.choice(drgs)[0]] for i in range(1, 61)])
    write("tongren", "run", "period", [["2020"]])


def taizhou() -> None:
    rng = random.Random(5)
    off = [date(2022, 1, 31) + timedelta(i) for i in range(7)] + [date(2022, 4, 3) + timedelta(i) for i in range(3)]
    off += [date(2022, 4, 30) + timedelta(i) for i in range(5)] + [date(2022, 6, 3) + timedelta(i) for i in range(3)]
    work = [date(2022, 1, 29), date(2022, 1, 30), date(2022, 4, 2), date(2022, 4, 24), date(2022, 5, 7)]
    write("taizhou", "holiday", "date,kind", sorted([[d.isoformat(), "off"] for d in off] + [[d.isoformat(), "work"] for d in work]))
    write("taizhou", "case", "case,discharged",
          [[f"C{i:03}", (date(2021, 12, 1) + timedelta(rng.randint(0, 150))).isoformat()] for i in range(1, 41)])
    # FR2 is inverted: with complications it weighs less than without; KS1 lacks the middle one
    weights = {"FR1": [1.9, 1.4, 1.1], "FR2": [1.6, 0.85, 0.9], "KS1": [1.2, None, 0.7]}
    names = [("with_mcc", "1"), ("with_cc", "3"), ("without_cc", "5")]
    drgs = [[adrg + digit, adrg, severity, f"{w:.8f}"] for adrg, of in weights.items() for (severity, digit), w in zip(names, of) if w]
    write("taizhou", "drg", "drg,adrg,severity,weight", drgs)
    # for FR11 a secondary hospital has more than a tertiary one
    write("taizhou", "drg_level", "drg,level,coefficient",
          [[d[0], level, "1.0300" if (d[0], level) == ("FR11", "secondary") else c] for d in drgs
           for level, c in zip(TIERS, ["0.9000", "0.9500", "1.0000"])])


def hospital_alerts() -> None:
    rng = random.Random(6)
    standards = {"ES13": 10000, "FR41": 9000, "GB23": 6500.5}
    write("hospital_alerts", "drg", "drg,standard", [[d, fen(s)] for d, s in standards.items()])
    write("hospital_alerts", "mismatch", "id,diagnosis,procedure",
          [[f"M{i:02}", f"J{i}", "36.1"] for i in range(12, 19)] + [["M20", "O8", "60."]])
    cases, signs = [], []
    for i in range(1, 41):
        drg = rng.choice(list(standards))
        times = rng.choice([0.05, 0.5, 0.8, 1, 1.1, 1.15, 1.3, 1.35, 1.8])
        cost = standards[drg] * times
        stay = rng.choice([3, 6, 7, 15, 30, 31, 45])
        case = f"C{i:03}"
        cases.append([case, drg, fen(cost), fen(cost * rng.choice([0.2, 0.4, 0.95, 0.99])), stay,
                      rng.choice(["J18.901", "J12.000", "I50.001", "O82.000"]), rng.choice(["36.1500", "74.1", "60.2900", "", ""])])
        for role in (["insurance_office", "department"][: rng.randint(0, 2)] if times > 1.3 else []):
            signs.append([case, role, rng.choice(["W01", "W02"]), f"2024-03-{rng.randint(1, 28):02}", "complications"])
    write("hospital_alerts", "case", "case,drg,cost_so_far,drug_cost,stay,diagnosis,procedure", cases)
    write("hospital_alerts", "sign_off", "case,role,who,date,reason", signs)


if __name__ == "__main__":
    for make in (fujian, shanwei, jinhua, tongren, taizhou, hospital_alerts):
        make()
