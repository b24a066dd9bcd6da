#!/usr/bin/env python3
"""Grouping: the made-up scheme of examples/grouping, and the published schemes where their tables are. They are looked for
in STEELYARD_TABLES, or beside the checkout in ../shared/data/chs-drg; they are no part of the repository."""
import csv
import importlib.util
import io
import json
import os
import random
import shutil

from harness import ROOT, main, scratch, steelyard

SMALL = ROOT / "examples/grouping"
ANSWER = ["case_id", "status", "mdc", "adrg", "drg"]
RECORD = ["case_id", "gender", "age", "age_day", "weight", "dept", "in_hospital_days", "leaving_type", "diagnoses",
          "procedures", "map_codes"]


def oracle(folder, retry=False):
    spec = importlib.util.spec_from_file_location("oracle", ROOT / "tests/grouping/oracle.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Scheme(folder, retry)


def tables(scheme):
    folders = [os.environ["STEELYARD_TABLES"]] if "STEELYARD_TABLES" in os.environ else [
        ROOT / "../shared/data/chs-drg", ROOT / "../../shared/data/chs-drg"]
    for folder in folders:
        if os.path.exists(os.path.join(folder, scheme, "adrg.csv")):
            return os.path.join(folder, scheme)
    return None


def write(folder, cases):
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "case.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, RECORD, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(cases)


def grouped(policy, cases, *more):
    place = scratch()
    write(place / "data", cases)
    steelyard("group", policy, "--data", place / "data", "--out", place / "out", *more)
    with (place / "out/case.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == ANSWER, reader.fieldnames
        return {row["case_id"]: row for row in reader}


def agree(expected, got):
    assert len(expected) == len(got)
    wrong = [(row, got[row["case_id"]]) for row in expected if any(row[n] != got[row["case_id"]][n] for n in ANSWER)]
    assert not wrong, (len(wrong), wrong[:3])


def random_cases(scheme, count, seed):
    """Records that try everything: codes of all tables and of none, empty and repeated ones, very long lists."""
    rng = random.Random(seed)
    lists = [sorted({d for of in scheme.parts.values() for d in of}), sorted(scheme.cc),
             sorted({d for of in scheme.dx.values() for d in of}), ["", "X", "Z99.999", " A", "i10"]]
    procedures = [sorted({p for of in scheme.proc.values() for p in of}), sorted(scheme.valid), ["", "00", "99.9999"]]
    entries = list(scheme.proc.values())

    def codes(pools, weights, longest):
        length = rng.choice((1, 1, 2, 3, 5, 8, longest))
        out = [rng.choice(rng.choices(pools, weights)[0]) for _ in range(length)]
        return out + [out[0]] if rng.random() < 0.1 else out

    cases = []
    for i in range(count):
        newborn = rng.random() < 0.15
        procs = [] if rng.random() < 0.35 else codes(procedures, (5, 3, 1), 12)
        if rng.random() < 0.3:  # what belongs together is seldom met by chance
            procs += [rng.choice(sorted(rng.choice(entries))) for _ in range(2)]
        cases.append({
            "case_id": f"R{i:06}", "gender": rng.choice("11112222223 ").strip(),
            "age": "0" if newborn else rng.choice(("", "0", "1", "16", "17", "18", "45", "80")),
            "age_day": rng.choice(("", "0", "5", "28", "29", "200")), "in_hospital_days": "3", "leaving_type": "1",
            "weight": rng.choice(("", "0", "900", "1499", "1500", "1999", "2000", "2499", "2500", "3300")),
            "dept": rng.choice(("", "ICU", "0402")), "diagnoses": "|".join(codes(lists, (5, 3, 3, 1), 60)),
            "procedures": "|".join(procs), "map_codes": "1" if rng.random() < 0.07 else "0"})
    return cases


def answers(scheme, cases):
    return [dict(zip(ANSWER, (case["case_id"], *scheme.answer(case)))) for case in cases]


def test_small_scheme():
    with (ROOT / "tests/golden/grouping/expected.csv").open(encoding="utf-8", newline="") as file:
        expected = list(csv.DictReader(file))
    for engine in "interpret", "native":
        out = scratch() / "out"
        steelyard("group", SMALL, "--data", SMALL / "data", "--out", out, "--engine", engine)
        with (out / "case.csv").open(encoding="utf-8", newline="") as got:
            agree(expected, {row["case_id"]: row for row in csv.DictReader(got)})
    assert {row["status"] for row in expected} == {
        "SUCCESS", "FAIL", "QY", "CHECK_FAILED", "ZD_NOT_MAPPING", "SS_NOT_MAPPING"}


def test_small_scheme_examples():
    out, _ = steelyard("test", SMALL)
    assert out == "9 examples, 0 failed\n", out


def test_small_scheme_at_random():
    """All that a record can be, three times over: both engines settle the same files and agree with the oracle."""
    scheme = oracle(SMALL / "tables")
    cases = random_cases(scheme, 3000, 20220601)
    expected = answers(scheme, cases)
    assert len({row["drg"] for row in expected}) > 20
    place = scratch()
    write(place / "data", cases)
    files = []
    for engine in "interpret", "native":
        steelyard("settle", SMALL, "--data", place / "data", "--out", place / engine, "--engine", engine)
        files.append({path.name: path.read_bytes() for path in (place / engine).iterdir()})
    assert files[0] == files[1]
    rows = csv.DictReader(io.StringIO(files[1]["case.csv"].decode("utf-8"), newline=""))
    agree(expected, {row["case_id"]: row for row in rows})


def test_single_record():
    out, _ = steelyard("group", SMALL, "--record", "gender=1", "age=60", "diagnoses=I63.0|E11.9", "procedures=01.24")
    assert out == "case_id,status,mdc,adrg,drg\n1,SUCCESS,MDCB,BB1,BB13\n", out


def test_record_without_a_name():
    _, err = steelyard("group", SMALL, "--record", "I63.0", code=64)
    assert err == "error: --record I63.0: write NAME=VALUE\n", err


def test_no_grouping_policy():
    _, err = steelyard("group", "policies/guigang", "--data", "examples/guigang/data", "--out", scratch() / "out", code=1)
    assert "is no grouping policy: no scope has status, mdc, adrg and drg" in err, err


def test_tables_are_needed():
    _, err = steelyard("settle", "policies/grouping/chs_drg_11", "--data", SMALL / "data", "--out", scratch() / "out", code=64)
    assert err == "error: this policy reads tables: say with --tables where their folder is\n", err
    _, err = steelyard("check", "policies/guigang", "--tables", SMALL / "tables", code=64)
    assert err == "error: --tables: this policy reads no tables\n", err


def test_tables_with_a_fault():
    folder = scratch() / "tables"
    folder.mkdir()
    for path in (SMALL / "tables").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "cc.csv").write_text("icd10,level,exclusion_list\nA41.9,MCCC,1\n", encoding="utf-8")
    _, err = steelyard("check", SMALL, "--tables", folder, code=2)
    assert 'cc.csv, line 2, column level, value "MCCC"' in err, err


def samples(name, retry=False):
    folder = tables(name)
    if not folder:
        return "the tables of the published schemes are not here: set STEELYARD_TABLES"
    with open(os.path.join(folder, "sample_cases.csv"), encoding="utf-8", newline="") as file:
        cases = list(csv.DictReader(file))
    assert len(cases) == 2000
    for engine in "native", "interpret":
        agree(cases, grouped(f"policies/grouping/{name}", cases, "--tables", folder, "--engine", engine))
    scheme = oracle(folder, retry)
    more = random_cases(scheme, 20000, 20221125)
    agree(answers(scheme, more), grouped(f"policies/grouping/{name}", more, "--tables", folder))
    few = more[:500]
    place = scratch()
    write(place / "data", few)
    replays(f"policies/grouping/{name}", place / "data", "--tables", folder)
    agree(answers(scheme, few), grouped(f"policies/grouping/{name}", few, "--tables", folder, "--engine", "interpret"))
    return None


def test_chs_drg_11():
    return samples("chs_drg_11")


def test_guangxi_2022():
    return samples("guangxi_2022")


def test_zhejiang_2022():
    return samples("zhejiang_2022", retry=True)


def replays(policy, data, *more):
    place = scratch()
    steelyard("settle", policy, "--data", data, "--out", place / "out", "--log", place / "run", *more)
    for engine in "interpret", "native":
        out, _ = steelyard("replay", place / "run", "--engine", engine)
        assert out.endswith(", all are as recorded\n"), out
    return place / "run"


def test_a_run_keeps_the_order_of_files():
    folder = scratch()
    policy = folder / "examples/grouping"
    shutil.copytree(SMALL, policy)
    shutil.copytree(ROOT / "stdlib", folder / "stdlib")
    adrg = policy / "tables/adrg.csv"
    head, *entries = adrg.read_text(encoding="utf-8").splitlines()
    data = policy / "data"
    groups = set()
    for order in entries, sorted(entries), entries[::-1]:
        adrg.write_text("\n".join([head, *order]) + "\n", encoding="utf-8")
        run = replays(policy, data)
        out, _ = steelyard("log", run, "--format", "csv")
        groups.add(out)
    assert len(groups) > 1  # the order matters, or this test would show nothing


def test_a_record_is_explained_from_its_run_and_from_an_extract():
    data = SMALL / "data"
    run = replays(SMALL, data)
    with (data / "case.csv").open(encoding="utf-8", newline="") as file:
        names = [f"case={row['case_id']}" for row in csv.DictReader(file)]
    for name in names:
        expected, _ = steelyard("explain", SMALL, "--data", data, name)
        assert steelyard("explain", run, name)[0] == expected, name
    extract = run.parent / "extract.json"
    for name in names[:10]:
        steelyard("extract", run, name, "--out", extract, "--force")
        steelyard("verify", extract)
        expected, _ = steelyard("explain", SMALL, "--data", data, name)
        assert steelyard("explain", extract, name)[0] == expected, name
    # Rows that are left out: a rule is missed by number, a code by what was recorded with it.
    whole = json.loads(extract.read_text(encoding="utf-8"))
    tables = [row["table"] for row in whole["rows"]]
    for table, said in ("entry", "does not hold a row that the derivation needs"), ("mdc_dx", "was recorded with another value"):
        assert table in tables, tables
        less = [row for i, row in enumerate(whole["rows"]) if i != tables.index(table)]
        extract.write_text(json.dumps(whole | {"rows": less}), encoding="utf-8")
        _, err = steelyard("explain", extract, names[9], code=None)
        assert said in err, err


if __name__ == "__main__":
    main(globals())
