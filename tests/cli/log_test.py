#!/usr/bin/env python3
"""Run files as a user has them: written, replayed, explained, verified, extracted, exported; and what is left of a
run that was killed."""
import csv
import json
import os
import pathlib
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time

from harness import ROOT, STEELYARD, main, same, scratch, steelyard

sys.path.insert(0, str(ROOT / "tests/log"))
import run_file  # noqa: E402

GUIGANG = ROOT / "policies/guigang"
DATA = ROOT / "examples/guigang/data"
KEPT = ROOT / "tests/log/runs"


def settle(*more, policy=GUIGANG, data=DATA):
    folder = scratch()
    steelyard("settle", policy, "--data", data, "--out", folder / "out", "--log", folder / "run", *more)
    return folder


def keys(folder):
    private, public = folder / "private.pem", folder / "public.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", private], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True, capture_output=True)
    return private, public


def test_a_reader_written_from_the_document_finds_the_results():
    for engine in ("interpret", "native"):
        folder = settle("--engine", engine)
        run = run_file.Run(folder / "run")
        assert run.manifest["facts"]["engine"] == engine
        for path in GUIGANG.glob("*.policy"):
            assert run.texts[path.name] == path.read_bytes(), path
        compared = 0
        for path in (folder / "out").glob("*.csv"):
            if path.name == "checks.csv":
                continue
            with path.open(encoding="utf-8", newline="") as file:
                header, *rows = csv.reader(file)
            assert run.results(path.stem) == (header, rows), path
            compared += len(rows)
        assert compared > 600, compared


def test_the_engines_record_the_same():
    runs = [run_file.Run(settle("--engine", engine) / "run").tables for engine in ("interpret", "native")]
    same(json.dumps(runs[0], default=str), json.dumps(runs[1], default=str))


def test_aggregates_are_recorded_with_count_and_sum():
    run = run_file.Run(settle() / "run")
    groups = {}
    with (DATA / "history.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            groups.setdefault(row["drg"], []).append(round(100 * float(row["cost"])))
    table = run.tables["drg"]
    at = {(column["name"], column.get("role")): i for i, column in enumerate(table["columns"])}
    assert ("mean_cost", "sum") in at and ("history_count", "count") in at and ("history_count", "sum") not in at, at
    for row, key in enumerate(table["cells"][at["drg", "key"]]):
        costs = groups.get(key.decode(), [])
        for name in ("mean_cost", "cv"):
            assert table["cells"][at[name, "count"]][row] == len(costs), (key, name)
            assert table["cells"][at[name, "sum"]][row] == sum(costs), (key, name)
    assert len(groups) > 20, len(groups)


def test_explain_shows_aggregates_as_recorded():
    run = settle() / "run"
    out, _ = steelyard("explain", run, "case=C0000241")
    assert (f"记录的值, 推导见: steelyard explain {run} drg_tier=CB39,secondary\n"
            "  等级例均费用 5411.39333333 元  ← 均值 历史病例.费用: 6 行, 合计 32468.36, 均值 5411.393333333333…\n") in out, out
    out, _ = steelyard("explain", run, "case=C0000241", "--lang", "en")
    assert "  history_count 18  ← count of history: 18 rows\n" in out, out
    out, _ = steelyard("explain", run, "case=C0000241", "--format", "json")
    premises = {", ".join(one["key"]): one for one in json.loads(out)["premises"]}
    recorded = [one for one in premises["CB39, secondary"]["inputs"] if one.get("recorded")]
    assert recorded[0]["aggregates"] == [{"formula": "均值 历史病例.费用", "count": "6", "sum": "32468.36"}], recorded
    # Its own derivation goes over all rows.
    out, _ = steelyard("explain", run, "drg_tier=CB39,secondary")
    assert "6 行, 合计 32468.36" in out, out


def test_replay_agrees_for_every_policy():
    cities = sorted(path.parent.name for path in (ROOT / "policies").glob("*/policy.policy"))
    assert len(cities) >= 4, cities
    for city in cities:
        golden = ROOT / "tests/golden" / city / "data"
        data = golden if golden.exists() else ROOT / "examples" / city / "data"
        if not data.exists():
            continue  # it needs published tables; chain_test has one like it
        folder = settle(policy=ROOT / "policies" / city, data=data)
        for engine in ("interpret", "native"):
            out, _ = steelyard("replay", folder / "run", "--engine", engine)
            assert out.endswith(", all are as recorded\n"), out
            if city not in ("hospital_alerts", "taizhou"):  # with `this.` in an aggregate a policy is interpreted
                assert f"computed again ({engine})" in out, out


def test_replay_of_a_run_with_a_parameter_from_outside():
    folder = settle("--param", "advance_ratio=0.85")
    steelyard("replay", folder / "run")
    out, _ = steelyard("replay", folder / "run", "case=C0000001", "--format", "json")
    run = run_file.Run(folder / "run")
    roles = [column.get("role") for column in run.tables["case"]["columns"]]
    assert json.loads(out)["cells"] == sum(role in ("key", "result", "choice", "check") for role in roles), out
    facts = run.manifest["facts"]
    assert {"name": "advance_ratio", "value": "0.85", "origin": "set from outside"} in facts["parameters"], facts


def test_runs_of_earlier_versions_are_replayed_and_explained():
    kept = sorted(KEPT.glob("*.run"))
    assert kept
    for run in kept:
        steelyard("verify", run)
        steelyard("replay", run)
        steelyard("explain", run, "case=C03" if run.name.startswith("records_to_points") else "case=C0000001")


def test_explain_says_the_same_from_a_run_as_from_policy_and_data():
    folder = settle()
    with (folder / "out/case.csv").open(encoding="utf-8") as file:
        kinds = {row["kind"]: row["case"] for row in csv.DictReader(file)}
    assert len(kinds) == 5, kinds
    rows = [f"case={key}" for key in kinds.values()] + ["fund=employee", "hospital_fund=H01,resident", "overall"]
    for row in rows:
        for language in ("zh", "en"):
            from_data, _ = steelyard("explain", GUIGANG, "--data", DATA, row, "--lang", language, "--format", "json")
            from_run, _ = steelyard("explain", folder / "run", row, "--lang", language, "--format", "json")
            one, other = json.loads(from_data), json.loads(from_run)
            for derivation in (one, other):  # steps are numbered through, and a run has fewer of them
                for step in derivation["steps"]:
                    step.pop("number", None)
            for part in ("steps", "inputs", "checks"):
                same(json.dumps(other.get(part), indent=1), json.dumps(one.get(part), indent=1))


def test_explanations_of_a_run_can_be_recomputed():
    folder = settle()
    for row in ("case=C0000241", "fund=employee"):
        out, _ = steelyard("explain", folder / "run", row, "--format", "json")
        (folder / "derivation.json").write_text(out, encoding="utf-8")
        done = subprocess.run([sys.executable, ROOT / "tests/explain_checker.py", folder / "derivation.json"], capture_output=True, check=False)
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


def test_verify_finds_changed_bytes():
    folder = settle()
    whole = (folder / "run").read_bytes()
    rng = random.Random(4)
    for _ in range(60):  # every byte in turn is tried in the unit test
        at = rng.randrange(len(whole))
        changed = bytearray(whole)
        changed[at] ^= 1 << rng.randrange(8)
        (folder / "changed").write_bytes(changed)
        steelyard("verify", folder / "changed", code=2)
    column = run_file.Run(folder / "run").manifest
    assert column["tables"][0]["name"] == "overall"


def test_signatures():
    folder = scratch()
    private, public = keys(folder)
    _, other = keys(scratch())
    signed = settle("--sign", private) / "run"
    out, _ = steelyard("verify", signed, "--key", public)
    assert out.endswith(f"signed by {public}\n"), out
    _, err = steelyard("verify", signed, "--key", other, code=2)
    same(err, f"error: {signed}: it is not signed by {other}\n")
    unsigned = settle() / "run"
    _, err = steelyard("verify", unsigned, "--key", public, code=2)
    same(err, f"error: {unsigned}: it is not signed\n")
    _, err = steelyard("settle", GUIGANG, "--data", DATA, "--out", folder / "out", "--log", folder / "run", "--sign", public, code=64)
    same(err, f"error: {public} is no private Ed25519 key in PEM form (openssl genpkey -algorithm ed25519 makes one)\n")
    assert not (folder / "out").exists() and not (folder / "run").exists()


def test_extract():
    folder = scratch()
    private, public = keys(folder)
    run = settle("--sign", private) / "run"
    extract = folder / "extract.json"
    steelyard("extract", run, "case=C0000241", "--out", extract)
    alone = scratch()  # nothing of the run is there
    moved = alone / "extract.json"
    moved.write_bytes(extract.read_bytes())
    steelyard("verify", moved, "--key", public)
    from_run, _ = steelyard("explain", run, "case=C0000241")
    from_extract, _ = steelyard("explain", moved, "case=C0000241")
    same(from_extract.replace(str(moved), str(run)), from_run)
    text = extract.read_text(encoding="utf-8")
    with (DATA / "case.csv").open(encoding="utf-8") as file:
        others = [row["case"] for row in csv.DictReader(file) if row["case"] != "C0000241"]
    assert len(others) == 299
    assert [key for key in others if key in text or key.encode().hex() in text] == []
    secret = run_file.Run(run).secret.hex()
    assert secret not in text
    _, err = steelyard("explain", moved, "case=C0000240", code=64)
    same(err, "error: case=C0000240: there is no such row of case\n")
    _, err = steelyard("explain", run, "case=C9999999", code=64)
    same(err, "error: case=C9999999: there is no such row of case\n")
    _, err = steelyard("replay", run, "case=C9999999", code=64)
    same(err, "error: case=C9999999: there is no such row of case\n")
    steelyard("extract", run, "case=C0000241", "--out", extract, code=64)  # it is there already


def test_a_changed_digit_of_an_extract_is_found():
    run = settle() / "run"
    folder = scratch()
    steelyard("extract", run, "case=C0000241", "--out", folder / "extract.json")
    whole = json.loads((folder / "extract.json").read_text(encoding="utf-8"))
    changes = 0
    for r, row in enumerate(whole["rows"]):
        for c, cell in enumerate(row["cells"]):
            changed = json.loads(json.dumps(whole))
            changed["rows"][r]["cells"][c] = cell + 1 if isinstance(cell, int) else "x" if cell is None or isinstance(cell, str) else None
            if cell is None:
                changed["rows"][r]["cells"][c] = 1
            (folder / "changed.json").write_text(json.dumps(changed), encoding="utf-8")
            steelyard("verify", folder / "changed.json", code=2)
            changes += 1
    assert changes > 50, changes


def test_an_extract_of_a_row_over_many_rows_is_refused():
    run = settle() / "run"
    out = scratch() / "extract.json"
    _, err = steelyard("extract", run, "fund=employee", "--out", out, code=64)
    same(err, "error: fund=employee: its results are computed over many rows, which an extract does not carry\n")
    assert not out.exists()


def test_log_lines():
    run = settle() / "run"
    lines = steelyard("log", run, "--where", "case=C0000241")[0].splitlines()
    fired = [json.loads(line) for line in lines]
    assert [one["rule"] for one in fired] == ["kind", "normal_points", "low_points", "assessed_points", "advance_points",
                                               "appended_points", "points"], fired
    assert fired[0]["articles"] == ["11 (1)"] and fired[0]["alternative"] == "high" and fired[0]["layer"] == "guigang", fired[0]
    assert fired[0]["inputs"]["费用"] == "23754.54", fired[0]
    whole = steelyard("log", run, "--where", "case", "--format", "csv")[0].splitlines()
    assert len(whole) == 1 + 300 * 7, len(whole)
    chain, _ = steelyard("log", run, "--where", "case=C0000241", "--format", "chain")
    assert chain.startswith("病例 C0000241: 医疗机构 H03, 医保基金 职工, 病组 CB39, 高倍率 (第十一条(一): 23754.54 > 3.0 × "
                            "5411.39333333 = 16234.17999999), "), chain
    assert "核准追加点数 92.69479801 = 取大(0, 23754.54 ÷ 5411.39333333 - 3.0) × 66.70000000 (第十六条(三): 单议结论 = 是), " in chain, chain
    assert chain.endswith(", 病例点数 159.39479801 = 66.70000000 + 92.69479801 (第十六条(三))\n"), chain
    chain, _ = steelyard("log", run, "--where", "case=C0000001", "--format", "chain")
    assert "正常点数 93.88871298 = 81.24000000 × 1.15569563 (第十六条(一)), " in chain, chain  # those of the let
    _, err = steelyard("log", run, "--where", "nothing", code=64)
    same(err, "error: --where nothing: write SCOPE or SCOPE=KEY, as case=C0000001\n")


def test_the_whole_log_of_every_policy():
    runs = [settle() / "run", *sorted((ROOT / "tests/log/runs").glob("*.run"))]
    for run in runs:
        fired = [json.loads(line) for line in steelyard("log", run)[0].splitlines()]
        assert len(fired) > 100, len(fired)
        rows = list(csv.reader(steelyard("log", run, "--format", "csv")[0].splitlines()))
        assert [row[:3] for row in rows[1:]] == [[one["scope"], one["row"], one["rule"]] for one in fired], run
        assert steelyard("log", run, "--format", "chain")[0], run
        # Of a coefficient of variation there is no other value than that of the definition.
        roots = [one for one in fired if one["rule"] == "cv"]
        assert roots and all(list(one["inputs"].values()) == [one["value"]] for one in roots if one["value"]), roots[:3]


def test_log_as_a_database():
    folder = settle()
    steelyard("log", folder / "run", "--format", "sqlite", "--out", folder / "db")
    with (folder / "out/case.csv").open(encoding="utf-8") as file:
        expected = [(row["case"], row["kind"], row["points"]) for row in csv.DictReader(file)]
    database = sqlite3.connect(folder / "db")
    assert database.execute('SELECT "case", kind, points FROM "case" ORDER BY 1').fetchall() == expected
    assert database.execute('SELECT count(*) FROM "case" WHERE kind <> "choice of kind"').fetchone() == (0,)


def test_a_killed_run_leaves_no_file_that_looks_complete():
    folder = scratch()
    rng = random.Random(9)
    begin = time.monotonic()
    steelyard("settle", GUIGANG, "--data", DATA, "--out", folder / "out0", "--log", folder / "run0")
    whole = time.monotonic() - begin
    complete = 0
    for i in range(1, 25):
        process = subprocess.Popen([STEELYARD, "settle", GUIGANG, "--data", DATA, "--out", folder / f"out{i}", "--log", folder / f"run{i}"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(whole * rng.uniform(0.3, 1.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
        run = folder / f"run{i}"
        if run.exists():
            steelyard("verify", run)
            complete += 1
    assert complete < 24, "no run was killed in time"


def test_a_run_that_is_ended_while_it_writes_leaves_no_file_that_looks_complete():
    """The limit of a file's size ends the program at the byte that goes over it."""
    size = os.path.getsize(settle() / "run")
    rng = random.Random(12)

    def limit():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_written, bytes_written))

    for _ in range(20):
        folder = scratch()
        bytes_written = rng.randrange(20, size - 200)
        done = subprocess.run([STEELYARD, "settle", GUIGANG, "--data", DATA, "--out", folder / "out", "--log", folder / "run"],
                              capture_output=True, check=False, preexec_fn=limit, env={**os.environ, "XDG_CACHE_HOME": str(folder / "cache")})
        assert done.returncode == -signal.SIGXFSZ, (bytes_written, done.returncode, done.stderr.decode())
        assert not (folder / "run").exists() and not (folder / "out").exists(), os.listdir(folder)
        for left in folder.glob(".run.*.partial"):
            steelyard("verify", left, code=2)


def test_a_disk_without_room_leaves_nothing():
    folder = scratch()
    disk = folder / "disk"
    disk.mkdir()
    for kilobytes in (8, 40, 68):
        script = (f"mount -t tmpfs -o size={kilobytes}k none {disk} || exit 99; "
                  f"{STEELYARD} settle {GUIGANG} --data {DATA} --out {folder / 'out'} --log {disk / 'run'}; echo $?; ls -A {disk}")
        done = subprocess.run(["unshare", "-rm", "sh", "-c", script], capture_output=True, check=False)
        if done.returncode != 0 or not done.stdout:
            return "no small disk can be mounted here"
        assert done.stdout == b"74\n" and b"cannot be written: No space left on device" in done.stderr, (kilobytes, done.stdout, done.stderr)
        assert not (folder / "out").exists()
    return None


def test_output_that_cannot_be_written_is_an_error():
    run = settle() / "run"
    for command in (["log", run], ["explain", run, "case=C0000241"], ["verify", run], ["replay", run, "--format", "json"]):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([STEELYARD, *map(str, command)], stdout=full, stderr=subprocess.PIPE, check=False)
        assert done.returncode == 74, (command, done.returncode)
        same(done.stderr.decode(), "error: standard output cannot be written: No space left on device\n")


def test_a_full_disk_leaves_nothing():
    folder = scratch()
    for blocks in (8, 40, 60):
        done = subprocess.run(["bash", "-c", f"ulimit -f {blocks}; trap '' XFSZ; exec \"$@\"", "-", STEELYARD, "settle", GUIGANG, "--data", DATA,
                               "--out", folder / "out", "--log", folder / "run"], capture_output=True, check=False)
        assert done.returncode == 74, (blocks, done.returncode, done.stderr.decode())
        assert os.listdir(folder) == [], os.listdir(folder)


if __name__ == "__main__":
    main(globals())
