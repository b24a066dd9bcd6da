#!/usr/bin/env python3
"""From records to payment: a policy that uses a grouping scheme and computes the groups of its cases."""
import csv
import io
import random
import shutil
from decimal import Decimal

from grouping_test import tables
from harness import ROOT, main, same, scratch, steelyard

EXAMPLE = ROOT / "examples/records_to_points"
CHAIN, PLAIN = "policies/guigang_from_records", "policies/guigang"
ADDED = {"grouping_case.csv", "grouping_group_rule.csv"}


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def files_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def write(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def without_group(content):
    """case.csv without the column that plain Guigang has not, since there the group is input."""
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [name for name in rows[0] if name != "drg"], extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def as_with_groups_given(data, chained, answers, *options):
    """Plain Guigang with the groups of `answers` as input gives the same files, byte for byte."""
    place = scratch()
    given = shutil.copytree(data, place / "data")
    (given / "grouping_case.csv").unlink()
    cases = rows_of(given / "case.csv")
    for row in cases:
        answer = answers[row["case"]]
        row["drg"] = answer["drg"] if answer["status"] == "SUCCESS" else ""
    write(given / "case.csv", cases)
    steelyard("settle", PLAIN, "--data", given, "--out", place / "out", *options)
    plain, chain = files_of(place / "out"), files_of(chained)
    assert set(chain) - set(plain) == ADDED, set(chain) ^ set(plain)
    chain["case.csv"] = without_group(chain["case.csv"])
    assert not (wrong := [name for name in plain if plain[name] != chain[name]]), wrong


def test_worked_examples():
    out, _ = steelyard("test", EXAMPLE)
    assert out.endswith(" 0 failed\n"), out


def test_settle_log_replay():
    place, data = scratch(), EXAMPLE / "data"
    for engine in "interpret", "native":
        _, err = steelyard("settle", EXAMPLE, "--data", data, "--out", place / engine, "--engine", engine)
        same(err, "")  # above all no note that the interpreter did it
    assert files_of(place / "interpret") == files_of(place / "native")
    steelyard("settle", EXAMPLE, "--data", data, "--out", place / "out", "--log", place / "run")
    assert files_of(place / "out") == files_of(place / "interpret")
    out, _ = steelyard("replay", place / "run")
    assert out.endswith(", all are as recorded\n"), out
    answers = {row["case_id"]: row for row in rows_of(ROOT / "tests/golden/grouping/expected.csv")}
    as_with_groups_given(data, place / "out", answers)
    kinds = {row["kind"] for row in rows_of(place / "out/case.csv")}
    assert kinds == {"ungrouped", "unstable", "high", "low", "normal"}, kinds


def test_explain():
    """From the diagnoses to the points of a case, and from there to the yuan of its hospital."""
    data = EXAMPLE / "data"
    out, _ = steelyard("explain", EXAMPLE, "case=C03", "--data", data)
    for part in "BB11", "病组", "病例点数", "分组病例", "状态":
        assert part in out, (part, out)
    out, _ = steelyard("explain", EXAMPLE, "grouping_case=C03", "--data", data)
    for part in "I63.0|E11.9|A41.9", "BB11", "病例分组":
        assert part in out, (part, out)
    row = next(row for row in rows_of(data / "case.csv") if row["case"] == "C03")
    out, _ = steelyard("explain", EXAMPLE, f"hospital_fund={row['hospital']},{row['fund']}", "--data", data)
    assert "年终清算额" in out, out


def test_a_case_without_a_record():
    data = shutil.copytree(EXAMPLE / "data", scratch() / "data")
    write(data / "grouping_case.csv", [row for row in rows_of(data / "grouping_case.csv") if row["case_id"] != "C05"])
    _, err = steelyard("settle", EXAMPLE, "--data", data, "--out", scratch() / "out", code=2)
    assert "病例 C05 没有病案首页" in err, err


def test_a_record_without_a_case():
    data = shutil.copytree(EXAMPLE / "data", scratch() / "data")
    write(data / "case.csv", [row for row in rows_of(data / "case.csv") if row["case"] != "C05"])
    out = scratch() / "out"
    steelyard("settle", EXAMPLE, "--data", data, "--out", out)
    same((out / "checks.csv").read_text(encoding="utf-8").split("\n")[-2], "has_cost,grouping_case,case_id=C05")


def dataset(folder, samples, weights):
    """A year of Guigang around sample records: hospitals, months, funds and costs drawn for them."""
    rng = random.Random(20221125)
    folder.mkdir()
    hospitals = {f"H{i}": tier for i, tier in enumerate(["tertiary"] * 2 + ["secondary"] * 3 + ["primary"] * 4)}
    write(folder / "hospital.csv", [{"hospital": h, "tier": t, "community": "", "lead": ""} for h, t in hospitals.items()])
    weight = {drg: Decimal(rng.randint(30, 600)) / 100 for drg in weights}
    write(folder / "drg.csv", [{"drg": d, "weight": f"{w:.8f}", "basic": "true" if i % 29 == 0 else ""}
                               for i, (d, w) in enumerate(weight.items())])
    tiers = ["primary", "secondary", "tertiary"]
    write(folder / "history.csv", [
        {"id": f"P{i}-{k}", "drg": d, "tier": tiers[k % 3], "cost": f"{float(w) * 7000 * rng.uniform(0.8, 1.25):.2f}"}
        for i, (d, w) in enumerate(weight.items()) for k in range(4 if i % 17 == 0 else 7)])
    cases = []
    for row in samples:
        usual = float(weight[row["drg"]]) * 7000 if row["status"] == "SUCCESS" else 7000.0
        cost = Decimal(f"{usual * rng.choice((0.2, 0.9, 1.0, 1.1, 4.5)) * rng.uniform(0.9, 1.1):.2f}")
        fund_paid = (cost * Decimal("0.66")).quantize(Decimal("0.01"))
        month, approved = rng.randint(1, 12), rng.choice(("", "", "true", "false"))
        cases.append({"case": row["case_id"], "hospital": rng.choice(list(hospitals)),
                      "fund": rng.choice(("employee", "resident")), "month": month, "cost": cost, "unreasonable": "",
                      "approved": approved, "review_month": min(12, month + 1) if approved == "true" else "",
                      "patient_paid": cost - fund_paid, "fund_paid": fund_paid, "other_paid": "0", "self_pay": "0"})
    write(folder / "case.csv", cases)
    write(folder / "grouping_case.csv",
          [{name: row[name] for name in list(row)[:list(row).index("map_codes") + 1]} for row in samples])
    write(folder / "fund_month.csv", [{"fund": f, "month": m, "last_year_paid": rng.randint(10000, 20000)}
                                      for f in ("employee", "resident") for m in range(1, 13)])
    amounts = dict.fromkeys("chronic_outpatient bed_day special_drugs out_of_region non_pilot manual major_illness reserve "
                            "other".split(), "1000")
    write(folder / "fund.csv", [{"fund": f, "total_budget": "30000000", **amounts,
                                 "outpatient_pool": "0" if f == "resident" else "",
                                 "pharmacy": "0" if f == "employee" else ""} for f in ("employee", "resident")])


def test_guangxi_2022():
    """On the published tables: the chain is what Guigang gives with the groups that the samples have."""
    folder = tables("guangxi_2022")
    if not folder:
        return "the tables of the published schemes are not here: set STEELYARD_TABLES"
    samples, place = rows_of(f"{folder}/sample_cases.csv"), scratch()
    groups = [row["drg"] for row in rows_of(f"{folder}/drg.csv") if row["adrg"] != "QY"]
    dataset(place / "data", samples, groups)
    files = []
    for engine in "interpret", "native":
        _, err = steelyard("settle", CHAIN, "--tables", folder, "--data", place / "data", "--out", place / engine,
                           "--engine", engine)
        same(err, "")
        files.append(files_of(place / engine))
    assert files[0] == files[1]
    got = {row["case_id"]: row for row in rows_of(place / "interpret/grouping_case.csv")}
    assert all(got[row["case_id"]][name] == row[name] for row in samples for name in ("status", "mdc", "adrg", "drg"))
    as_with_groups_given(place / "data", place / "interpret", {row["case_id"]: row for row in samples})
    # One log of all of it, from which a case is explained without policy, tables and data.
    run, case = place / "run", samples[0]["case_id"]
    _, err = steelyard("settle", CHAIN, "--tables", folder, "--data", place / "data", "--out", place / "logged",
                       "--log", run, "--engine", "native")
    same(err, "")
    assert files_of(place / "logged") == files[0]
    for engine in "interpret", "native":
        out, _ = steelyard("replay", run, "--engine", engine)
        assert out.endswith(f"computed again ({engine}), all are as recorded\n"), out
    steelyard("extract", run, f"case={case}", "--out", place / "extract")
    out, _ = steelyard("explain", place / "extract", f"case={case}")
    assert "病例点数" in out and samples[0]["drg"] in out, out
    return None


if __name__ == "__main__":
    main(globals())
