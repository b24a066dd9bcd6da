#!/usr/bin/env python3
"""Explanations: every formula and comparison recomputed by the separate checker, and how rows are named."""
import json
import subprocess
import sys

from harness import ROOT, STEELYARD, main, scratch, steelyard

GUIGANG = ROOT / "tests/golden/guigang"


def check_all(policy, city):
    lines = scratch() / "explained.jsonl"
    with lines.open("wb") as out:
        subprocess.run([STEELYARD, "explain", str(ROOT / policy), "--data", str(ROOT / f"tests/golden/{city}/data"), "--all",
                        "--format", "json"], stdout=out, check=True)
    done = subprocess.run([sys.executable, ROOT / "tests/explain_checker.py", lines, ROOT / f"tests/golden/{city}/expected"],
                          capture_output=True, check=False)
    print(done.stdout.decode())
    assert done.returncode == 0, done.stdout.decode()[-3000:] + done.stderr.decode()[-2000:]
    return lines


def test_every_row_of_guigang_is_recomputed():
    check_all("policies/guigang", "guigang")


def test_every_row_of_the_other_cities_is_recomputed():
    for city in ("fujian", "jinhua", "shanwei"):
        check_all(f"policies/{city}", city)


def test_the_checker_finds_an_altered_digit():
    lines = check_all("policies/guigang", "guigang").read_text(encoding="utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if '"45.97994600"' in line)
    lines[at] = lines[at].replace('"45.97994600"', '"45.97994601"', 1)
    altered = scratch() / "altered.jsonl"
    altered.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = subprocess.run([sys.executable, ROOT / "tests/explain_checker.py", altered], capture_output=True, check=False)
    assert done.returncode == 1, done.stdout.decode()


def explain(*arguments, code=0):
    return steelyard("explain", ROOT / "policies/guigang", "--data", GUIGANG / "data", *arguments, code=code)


def test_rows_of_any_scope_in_both_languages():
    for row in ("case=C0000001", "病例=C0000001", "hospital_fund=H001,employee", "机构基金=H001,职工", "fund=employee",
                "fund_month=employee,12", "hospital_fund_month=H001,employee,1", "drg=BE25", "drg_tier=BE25,primary",
                "community=QT1", "overall"):
        for language in ("zh", "en"):
            out, _ = explain(row, "--lang", language)
            assert len(out.splitlines()) > 5, out
        json.loads(explain(row, "--format", "json")[0])


def test_a_row_that_is_not_there():
    _, err = explain("case=NOBODY", code=64)
    assert "NOBODY" in err, err
    _, err = explain("nothing=1", code=64)
    assert "nothing" in err, err
    explain(code=64)


def test_ungrouped_and_review_cases_read_on():
    out, _ = explain("case=C0000153")
    assert "9300.00 > 2.0 × 3000.00000000 = 6000.00000000" in out, out
    assert "第十一条(一)" in out and "假定" in out


if __name__ == "__main__":
    main(globals())
