#!/usr/bin/env python3
"""tools/import_tables.py: lists as bureaus publish them to the tables of docs/grouping.md."""
import csv
import io
import os
import subprocess
import sys

from grouping_test import SMALL, grouped, tables
from harness import ROOT, main, same, scratch

HEADERS = {  # as in published lists, and for what these do not say the names of stdlib/grouping
    "mdc": "MDC编码", "adrg": "ADRG编码", "entry": "条目", "drg": "病组编码", "icd10": "诊断编码", "icd9": "手术操作编码",
    "list_no": "表号", "label": "部位", "level": "类别", "exclusion_list": "排除表号", "rule": "细分规则", "param": "条件值",
    "order": "次序", "primary_dx": "主诊", "any_dx": "任诊", "other_dx": "他诊", "primary_proc": "主手术", "any_proc": "手术组合",
    "age_day_max": "最大日龄", "weight_min": "最低体重", "weight_max": "体重界", "no_drg_match": "无规则时", "stage": "阶段",
    "extra_procs": "另列手术", "gender": "性别", "age_years": "年龄", "min_body_parts": "最少部位数", "qy_enabled": "判歧义",
    "always": "无条件"}
NAMES = {"drg": "病组名称", "valid_procedures": "手术操作名称"}


def run(*arguments, code=0):
    done = subprocess.run([sys.executable, "tools/import_tables.py", *map(str, arguments)], capture_output=True, cwd=ROOT,
                          check=False)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == code, f"exit code {done.returncode}, expected {code}\n{out}{err}"
    return out, err


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def files_of(folder):
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}


def test_messy_sheets():
    """Title rows, merged cells, full-width codes, two encodings, notes, blank rows; tables and report are as expected."""
    place = scratch()
    out, err = run("--out", place / "tables", "--report", place / "report.csv", "tests/import/sheets", code=1)
    assert not (place / "tables").exists()
    assert out.endswith("1 repeated, 3 remarks, 10 not placed 未能归位\n"), out
    assert err.startswith('tests/import/sheets/01大类诊断表.csv:13: 疾病编码 "糖尿病": no diagnosis'), err
    assert err.endswith("nothing was written: --allow writes the tables without these\n"), err
    same((place / "report.csv").read_text(encoding="utf-8"), (ROOT / "tests/import/report.csv").read_text(encoding="utf-8"))
    run("--out", place / "tables", "--allow", "tests/import/sheets")
    assert files_of(place / "tables") == files_of(ROOT / "tests/import/tables")
    assert [path.name for path in place.iterdir()] in (["tables", "report.csv"], ["report.csv", "tables"])
    # A record is grouped by them as they are.
    case = {"case_id": "1", "gender": "1", "age": "60", "diagnoses": "I63.0|E11.9", "procedures": "01.24"}
    got = grouped(SMALL, [case], "--tables", place / "tables")
    assert got["1"]["drg"] == "BB13", got


def test_usage():
    place = scratch()
    (place / "there").mkdir()
    (place / "there/x").write_text("")
    _, err = run("--out", place / "there", "tests/import/sheets", code=64)
    assert "is not empty" in err, err
    _, err = run("--out", place / "new", "tests/import/nowhere.csv", code=64)
    same(err, "error: there is no file tests/import/nowhere.csv\n")
    sheets = ROOT / "tests/import/sheets"
    _, err = run("--force", "--out", sheets, sheets, code=64)
    assert "holds the sheets" in err, err


def sheet(folder, name, title, columns, rows):
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([title])
    writer.writerow([header for header, _ in columns])
    writer.writerows([[row.get(field, "") for _, field in columns] for row in rows])
    (folder / f"{name}.csv").write_bytes(text.getvalue().encode("gb18030"))


def columns(*fields):
    return [(HEADERS[field], field) for field in fields]


def asks_nothing(row):
    return not any(row[f] for f in ("primary_dx", "any_dx", "other_dx", "primary_proc", "any_proc", "age_day_max",
                                    "weight_min", "weight_max"))


def exported(source, folder, derive):
    """The tables as Chinese sheets. `derive`: without the conditions and rules that the lists say by themselves."""
    folder.mkdir()
    gates = columns("mdc", "order", "primary_dx", "any_dx", "primary_proc", "extra_procs", "gender", "age_years",
                    "min_body_parts", "qy_enabled")
    sheet(folder, "mdc", "主要诊断大类", gates, rows_of(source / "mdc.csv"))
    sheet(folder, "mdc_dx", "大类诊断", columns("mdc", "list_no", "icd10", "label"), rows_of(source / "mdc_dx.csv"))
    lists = {name: rows_of(source / f"{name}.csv") for name in ("adrg_dx", "adrg_proc")}
    has = {(name, row["entry"], row["list_no"]) for name in lists for row in lists[name]}
    entries = rows_of(source / "adrg.csv")
    conditions = ("stage", "primary_dx", "any_dx", "other_dx", "primary_proc", "any_proc", "age_day_max", "weight_min",
                  "weight_max", "no_drg_match")
    for row in entries:
        row["always"] = "是" if asks_nothing(row) else ""
        dx, proc = ("adrg_dx", row["entry"], "1") in has, ("adrg_proc", row["entry"], "1") in has
        two = ("adrg_proc", row["entry"], "2") in has
        plain = {"primary_dx": "1" if dx else "", "primary_proc": "1" if proc and not two else "",
                 "any_proc": "1&2" if two else ""}
        if derive and (dx or proc) and all(row[f] == plain.get(f, "") for f in conditions[1:-1]):
            row |= dict.fromkeys(conditions, "")
    sheet(folder, "adrg", "核心组目录", columns("entry", "adrg", *conditions, "always"), entries)
    sheet(folder, "dx", "核心组诊断", columns("entry", "list_no", "icd10"), lists["adrg_dx"])
    sheet(folder, "proc", "核心组手术", columns("entry", "list_no", "icd9"), lists["adrg_proc"])
    sheet(folder, "drg", "病组目录", [*columns("drg", "adrg", "mdc"), (NAMES["drg"], "name")], rows_of(source / "drg.csv"))
    if not derive:
        sheet(folder, "rules", "细分规则", columns("entry", "order", "drg", "rule", "param"), rows_of(source / "drg_rules.csv"))
    sheet(folder, "cc", "并发症或合并症", columns("icd10", "level", "exclusion_list"), rows_of(source / "cc.csv"))
    sheet(folder, "exclusion", "排除表", columns("exclusion_list", "icd10"), rows_of(source / "cc_exclusion.csv"))
    sheet(folder, "valid", "有效手术", [*columns("icd9"), (NAMES["valid_procedures"], "name")],
          rows_of(source / "valid_procedures.csv"))
    for name, what in ("icd10_map", "诊断"), ("icd9_map", "手术"):
        sheet(folder, name, "编码转换", [(f"原{what}编码", "code"), (f"转换后{what}编码", "mapped")], rows_of(source / f"{name}.csv"))


def compare_tables(source, made, but=()):
    """The rows of the tables that were imported are those of the source, those of adrg and drg_rules in their order."""
    for path in sorted(made.iterdir()):
        header, = csv.reader(io.StringIO(path.read_text(encoding="utf-8").splitlines()[0]))
        expected = [tuple(row.get(c, "") for c in header) for row in rows_of(source / path.name)]
        got = [tuple(row[c] for c in header) for row in rows_of(path)]
        if path.name not in ("mdc.csv", "adrg.csv", "drg_rules.csv"):
            expected, got = sorted(expected), sorted(got)
        differ = [pair for pair in zip(expected, got) if pair[0] != pair[1] and pair[0] not in but]
        assert len(expected) == len(got) and not differ, (path.name, len(expected), len(got), differ[:3])


def test_small_scheme_and_back():
    place = scratch()
    exported(SMALL / "tables", place / "sheets", derive=False)
    # NB1 has neither groups nor rules, and NB19 is a group that nothing leads to: both are so in the tables.
    run("--out", place / "tables", place / "sheets")
    compare_tables(SMALL / "tables", place / "tables")
    cases = rows_of(SMALL / "data/case.csv")
    assert grouped(SMALL, cases) == grouped(SMALL, cases, "--tables", place / "tables")


def published(scheme, *options, derive=True):
    folder = tables(scheme)
    if not folder:
        return "the tables of the published schemes are not here: set STEELYARD_TABLES"
    import pathlib
    source, place = pathlib.Path(folder), scratch()
    exported(source, place / "sheets", derive)
    run("--out", place / "tables", place / "sheets", *options)
    # One code of the source has a blank before it, which nobody's list has: it is trimmed.
    compare_tables(source, place / "tables", but=[("B06.801+J17.1*", " B06.801+J17.1*")])
    cases = rows_of(source / "sample_cases.csv")
    got = grouped(f"policies/grouping/{scheme}", cases, "--tables", place / "tables", "--engine", "native")
    wrong = [row["case_id"] for row in cases if row["drg"] != got[row["case_id"]]["drg"]]
    assert not wrong, wrong[:3]
    return None


def test_guangxi_2022():
    return published("guangxi_2022")


def test_chs_drg_11():
    return published("chs_drg_11", "--one-alone", "mcc")


def test_zhejiang_2022():
    return published("zhejiang_2022", derive=False)


if __name__ == "__main__":
    main(globals())
