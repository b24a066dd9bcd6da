#!/usr/bin/env python3
"""The example datasets, settled by both engines: the same files, byte for byte, and what each dataset is meant to show."""
import csv
import subprocess
import sys

from harness import ROOT, main, scratch, steelyard


def results(city, engine):
    """The files of results; the run that made them is recorded, replayed and its explanations are worked out again."""
    place = scratch()
    policy, data = ROOT / f"policies/{city}", ROOT / f"examples/{city}/data"
    steelyard("settle", policy, "--data", data, "--out", place / "out", "--engine", engine, "--log", place / "x.run")
    steelyard("replay", place / "x.run")
    explained, _ = steelyard("explain", policy, "--data", data, "--all", "--format", "json")
    (place / "explained.jsonl").write_text(explained, encoding="utf-8")
    done = subprocess.run([sys.executable, ROOT / "tests/explain_checker.py", place / "explained.jsonl", place / "out"],
                          capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()[-2000:]
    return {path.name: path.read_bytes() for path in (place / "out").iterdir()}


def both(city):
    by_rows, compiled = results(city, "interpret"), results(city, "native")
    assert by_rows == compiled, [name for name in by_rows if by_rows[name] != compiled.get(name)]
    return {name[:-4]: list(csv.DictReader(content.decode().splitlines())) for name, content in by_rows.items()}


def test_fujian():
    reasons = {row["reason"] for row in both("fujian")["case"]}
    assert {"", "no_group", "short_stay", "long_stay", "cheap", "costly"} <= reasons, reasons


def test_jinhua():
    assert len(both("jinhua")["case"]) == 42


def test_shanwei():
    assert both("shanwei")["checks"] == []


def test_tongren():
    """In dry-run months all is computed and nothing is paid; outside nothing is computed."""
    rows = both("tongren")["hospital_month"]
    assert {row["stage"] for row in rows} == {"outside", "dry_run", "real"}
    for row in rows:
        assert row["paid"] == (row["computed"] if row["stage"] == "real" else "0.00"), row
        assert (row["computed"] == "0.00") == (row["stage"] == "outside"), row


def test_taizhou():
    out = both("taizhou")
    january = next(row for row in out["discharge_month"] if row["month"] == "2022-01")
    assert january["payment"] == "2022-03-31" and january["final"] == "2022-03-08", january
    march = next(row for row in out["discharge_month"] if row["month"] == "2022-03")
    assert march["final"] == "2022-05-09", march
    inverted = [tuple(row.values()) for row in out["checks"]]
    assert any("FR23" in str(row) for row in inverted) and any("FR11" in str(row) for row in inverted), inverted


def test_hospital_alerts():
    out = both("hospital_alerts")
    assert {row["alert"] for row in out["case"]} == {"", "warn", "intervene", "approval"}
    assert {row["approval_state"] for row in out["case"]} == {"", "open", "closed"}
    found = {row["check"] for row in out["checks"]}
    assert found == {"diagnosis_fits_procedure", "drug_share", "length_of_stay", "cost_not_too_low"}, found


if __name__ == "__main__":
    main(globals())
