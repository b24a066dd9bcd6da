#!/usr/bin/env python3
"""The program as a user meets it: exit codes, messages, and that nothing half-written is left behind."""
import json
import os
import subprocess

from harness import ROOT, STEELYARD, copy_of, main, same, scratch, steelyard, with_stdlib

GUIGANG = ROOT / "tests/golden/guigang/data"
POLICY = ROOT / "policies/guigang"


def settle(data, *more, code=0, out=None):
    out = out or scratch() / "out"
    return (*steelyard("settle", POLICY, "--data", data, "--out", out, *more, code=code), out)


def spoil(name, change):
    """A copy of the dataset in which `change` was made to the lines of one file."""
    data = copy_of(GUIGANG)
    path = data / name
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(change(lines)) + "\n", encoding="utf-8")
    return data


def refused(data, *texts):
    _, err, out = settle(data, code=2)
    for text in texts:
        assert text in err, f"'{text}' is not in:\n{err}"
    assert "nothing was written" in err, err
    assert not out.exists(), "something was written"


def test_help_everywhere():
    for command in ("", "check", "fmt", "parse", "settle", "explain", "test", "eval", "plan"):
        out, _ = steelyard(*command.split(), "--help")
        assert "Usage:" in out or "OPTIONS" in out.upper(), out


def test_bad_usage_is_64():
    steelyard(code=64)
    steelyard("settle", POLICY, code=64)
    steelyard("nonsense", code=64)
    steelyard("settle", POLICY, "--data", GUIGANG, "--out", scratch() / "o", "--engine", "magic", code=64)


def test_missing_policy_is_1():
    _, err = steelyard("check", "no/such/policy", code=1)
    assert "there is no such policy file" in err, err


def test_missing_data_folder():
    _, err, out = settle("no/such/data", code=2)
    assert "no/such/data" in err, err
    assert not out.exists()


def test_results_are_refused_without_force():
    out = scratch() / "out"
    settle(GUIGANG, out=out)
    _, err, _ = settle(GUIGANG, out=out, code=64)
    assert "--force" in err, err
    settle(GUIGANG, "--force", out=out)


def test_results_are_replaced_whole_or_not_at_all():
    out = scratch() / "out"
    settle(GUIGANG, out=out)
    (out / "old.csv").write_text("old\n")
    before = (out / "case.csv").read_text()
    bad = spoil("case.csv", lambda lines: [*lines, lines[-1]])
    settle(bad, "--force", out=out, code=2)
    assert (out / "old.csv").exists() and (out / "case.csv").read_text() == before
    settle(GUIGANG, "--force", out=out)
    assert not (out / "old.csv").exists()
    left = [p.name for p in out.parent.iterdir()]
    assert left == ["out"], left


def test_results_never_replace_the_data():
    data = copy_of(GUIGANG)
    before = {p.name: p.read_bytes() for p in data.iterdir()}
    for out in (data, f"{data}/", data / ".." / data.name):
        _, err = steelyard("settle", POLICY, "--data", data, "--out", out, "--force", code=64)
        assert "holds the data" in err, err
    assert {p.name: p.read_bytes() for p in data.iterdir()} == before


def test_killed_in_the_middle_leaves_the_old_results_whole():
    out = scratch() / "out"
    settle(GUIGANG, out=out)
    (out / "old.csv").write_text("old\n")
    old = {p.name: p.read_bytes() for p in out.iterdir()}
    seen = set()
    for milliseconds in range(0, 1200, 60):
        run = subprocess.Popen([STEELYARD, "settle", str(POLICY), "--data", str(GUIGANG), "--out", str(out), "--force"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            run.wait(milliseconds / 1000)
        except subprocess.TimeoutExpired:
            run.kill()
            run.wait()
        files = {p.name: p.read_bytes() for p in out.iterdir()}
        whole = {name: content for name, content in old.items() if name != "old.csv"}
        assert files in (old, whole), f"killed after {milliseconds} ms: {sorted(files)}"
        seen.add(files == old)
    assert True in seen


def test_data_errors_for_a_program():
    data = spoil("case.csv", lambda lines: [*lines, lines[1]])
    out, _, _ = settle(data, "--format", "json", code=2)
    found = json.loads(out)
    assert (found["ok"], found["policy"], found["error_count"]) == (False, "guigang", 1), found
    assert found["errors"][0]["file"] == "case.csv" and found["errors"][0]["line"] == 1502, found
    data = spoil("fund.csv", lambda l: [l[0], l[1].replace("8100000.00", "810000.00"), *l[2:]])
    out, _, _ = settle(data, "--format", "json", code=2)
    error = json.loads(out)["errors"][0]
    assert (error["scope"], error["row"], error["quantity"]) == ("fund", "fund=employee", "drg_budget"), error


def test_duplicate_key():
    refused(spoil("case.csv", lambda lines: [*lines, lines[1]]), "case.csv", "1502", "C0000001")


def test_unknown_reference():
    refused(spoil("case.csv", lambda l: [l[0], l[1].replace("H015", "H999"), *l[2:]]), "case.csv, line 2", "hospital", "H999")


def test_unreasonable_above_cost():
    data = spoil("case.csv", lambda l: [l[0], l[1].replace(",6039.09,,", ",6039.09,6039.10,"), *l[2:]])
    refused(data, "C0000001", "6039.10", "6039.09")


def test_misspelt_header_does_not_become_a_default():
    data = spoil("case.csv", lambda l: [l[0].replace("unreasonable", "unreasonabel"), *l[1:]])
    refused(data, "unreasonabel", "unreasonable")


def test_unknown_column_is_a_warning():
    data = spoil("case.csv", lambda l: [l[0] + ",remark", *[line + ",x" for line in l[1:]]])
    _, err, _ = settle(data)
    assert "warning" in err and "remark" in err, err


def test_up_to_twenty_errors_then_the_count():
    data = spoil("case.csv", lambda l: [l[0], *[line.replace("employee", "nobody") for line in l[1:]]])
    _, err, _ = settle(data, code=2)
    assert err.count("error: case.csv") == 20 and " more" in err, err


def test_negative_budget_names_fund_and_largest_deduction():
    data = spoil("fund.csv", lambda l: [l[0], l[1].replace("8100000.00", "810000.00"), *l[2:]])
    refused(data, "fund=employee", "药店购药")


def test_parameter_from_outside():
    out, _, folder = settle(GUIGANG, "--param", "advance_ratio=0.95")
    assert "advance_ratio = 0.95" in out, out
    _, _, plain = settle(GUIGANG)
    assert (folder / "hospital_fund_month.csv").read_text() != (plain / "hospital_fund_month.csv").read_text()
    assert (folder / "case.csv").read_text() == (plain / "case.csv").read_text()


def test_bad_parameter():
    for text in ("advance_ratio", "nothing=1", "advance_ratio=many"):
        _, err, out = settle(GUIGANG, "--param", text, code=64)
        assert text.split("=")[0] in err and not out.exists(), err


def test_parameters_of_every_type():
    folder = scratch()
    (folder / "p.policy").write_text(
        "steelyard 1\npolicy p \"P\" in force from 2020-01-01\n"
        "enum tier: low (低) \"低等\", high (高)\nrange month from 1 to 12\n"
        'param b: bool = false\nparam d: date = 2020-01-01\nparam e: tier = "low"\nparam t: text = "x"\n'
        "param m: month = 1\nparam y: money(2) = 1\nparam r: ratio(2) = 1\nparam n = 1\n"
        "overall\n  define ob: bool = b\n  define od: date = d\n  define oe: tier = e\n  define ot: text = t\n"
        "  define om: month = m\n  define oy: money(2) = y\n  define or_: ratio(2) = r\n  define on_: count = n\n",
        encoding="utf-8")
    (folder / "data").mkdir()

    def run(*parameters, code=0):
        more = [word for parameter in parameters for word in ("--param", parameter)]
        out = scratch() / "out"
        _, err = steelyard("settle", "p.policy", "--data", "data", "--out", out, *more, code=code, cwd=folder)
        return err if code else (out / "overall.csv").read_text(encoding="utf-8").splitlines()[1]

    same(run(), "false,2020-01-01,low,x,1,1.00,1.00,1")
    same(run("b=true", "d=2024-02-29", "e=high", "t=a b=c", "m=12", "y=-0.5", "r=92.5%", "n=7"),
         "true,2024-02-29,high,a b=c,12,-0.50,0.93,7")
    same(run("b=是", "e=高"), "true,2020-01-01,high,x,1,1.00,1.00,1")
    same(run("b=否", "e=低等", "t="), "false,2020-01-01,low,,1,1.00,1.00,1")
    same(run("b=yes", code=64), "error: --param b: 'yes' is neither true (是) nor false (否)\n")
    same(run("d=2023-02-29", code=64), "error: --param d: '2023-02-29' is no day of the calendar: write YYYY-MM-DD\n")
    same(run("d=2023", code=64), "error: --param d: '2023' is no day of the calendar: write YYYY-MM-DD\n")
    same(run("e=middle", code=64), "error: --param e: tier has no value 'middle'; it has low, high\n")
    same(run("m=13", code=64), "error: --param m: '13' is not a whole number from 1 to 12\n")
    same(run("y=1e3", code=64), "error: --param y: '1e3' is not a number in plain decimal notation\n")


def test_files_of_a_policy():
    folder = scratch()
    (folder / "p").mkdir()

    def check(path):
        return steelyard("check", path, code=1, cwd=folder)[1]

    assert "error P705: the folder has no file policy.policy" in check("p")
    assert "error P705: there is no such policy file" in check("q.policy")
    (folder / "p/policy.policy").write_text(
        'steelyard 1\npolicy p "P" in force from 2020-01-01\nchapter "a.policy"\nchapter "b.policy"\nchapter "a.policy"\n')
    (folder / "p/a.policy").write_text('steelyard 1\nchapter "c.policy"\n')
    same(check("p"), """\
p/a.policy:2:1: error P709: a chapter cannot name further chapters
    2 | chapter "c.policy"
      | ^^^^^^^^^^^^^^^^^^
      = name it in policy.policy

p/policy.policy:4:1: error P706: there is no file 'p/b.policy'
    4 | chapter "b.policy"
      | ^^^^^^^^^^^^^^^^^^
      = the place of a chapter is told from the folder of policy.policy

p/policy.policy:5:1: error P708: the chapter 'a.policy' is named twice
    5 | chapter "a.policy"
      | ^^^^^^^^^^^^^^^^^^

3 errors
""")


def test_period():
    settle(GUIGANG, "--period", "2021")
    _, err, out = settle(GUIGANG, "--period", "2019", code=64)
    assert "2020-12-01" in err and not out.exists(), err
    _, err, _ = settle(GUIGANG, "--period", "soon", code=64)
    assert "YYYY" in err, err


def test_period_of_the_dataset():
    """run.csv says what --period would; if both say something, it must be the same."""
    folder = scratch()
    (folder / "p.policy").write_text('''steelyard 1
policy p "P" in force from 2020-01-01
param rate = 1 until 2025-01-01, 2 from 2025-01-01
entity item
  key item: text
for each item
  define x: count = rate
''')
    (folder / "data").mkdir()
    (folder / "data/item.csv").write_text("item\na\n")

    def run(*more, code=0):
        out = scratch() / "out"
        _, err = steelyard("settle", folder / "p.policy", "--data", folder / "data", "--out", out, *more, code=code)
        return err if code else err + (out / "item.csv").read_text()

    assert "say which period is settled with --period, or in run.csv of the dataset" in run(code=64)
    (folder / "data/run.csv").write_text("period\n2025\n")
    same(run(), "item,x\na,2\n")
    same(run("--period", "2025"), "item,x\na,2\n")
    same(run("--period", "2024", code=64), "error: --period 2024: the dataset's run.csv says 2025\n")
    (folder / "data/run.csv").write_text("period\nsoon\n")
    same(run(code=64), "error: run.csv, period soon: write YYYY, YYYY-MM or YYYY-MM-DD\n")
    (folder / "data/run.csv").write_text("period\n2024\n2025\n")
    assert "[D307]" in run(code=2)
    # The run file knows the period, wherever it was said.
    (folder / "data/run.csv").write_text("period\n2024\n")
    run("--log", folder / "x.run")
    steelyard("replay", folder / "x.run")


def test_a_period_in_which_a_parameter_changes_is_refused():
    folder = scratch()
    (folder / "p.policy").write_text('''steelyard 1
policy p "P" in force from 2020-01-01
param rate = 1 until 2025-07-01, 2 from 2025-07-01
entity item
  key item: text
for each item
  define x: count = rate
''')
    (folder / "item.csv").write_text("item\na\n")
    arguments = ["settle", folder / "p.policy", "--data", folder, "--out", folder / "out"]
    _, err = steelyard(*arguments, "--period", "2025", code=64)
    same(err, "error: --period 2025: the parameter rate changes on 2025-07-01, within the period: settle the parts apart\n")
    steelyard(*arguments, "--period", "2025-07")


def test_citations_for_a_program():
    out, _ = steelyard("check", ROOT / "policies/tongren", "--citations", "--format", "json")
    said = json.loads(out)
    assert [a["article"] for a in said["articles"]] == ["1", "2", "3", "4"], said["articles"]
    assert said["articles"][0]["heading"] == "一" and not said["articles"][0]["no_computation"]
    assert all(a["cited"] > 0 for a in said["articles"])
    assert said["assumptions"][0]["reason"]


def test_json_of_settle_and_check():
    out, _, _ = settle(GUIGANG, "--format", "json")
    assert json.loads(out)["policy"] == "guigang"
    out, _ = steelyard("check", POLICY, "--format", "json")
    assert json.loads(out)["ok"] is True


def test_json_of_parse_and_plan():
    trees = json.loads(steelyard("parse", POLICY, "--format", "json")[0])
    assert len(trees) == len(list(POLICY.glob("*.policy"))), len(trees)
    assert all("line" in node for tree in trees for node in tree["children"])
    lines = steelyard("parse", POLICY)[0].splitlines()

    def count(nodes):
        return sum(1 + count(node.get("children", [])) for node in nodes)
    assert count(trees) == len(lines)
    plan = json.loads(steelyard("plan", POLICY, "--format", "json")[0])
    assert [node["text"] for node in plan] == [line for line in steelyard("plan", POLICY)[0].splitlines() if not line.startswith(" ")]


def test_a_full_disk_leaves_no_results():
    folder = scratch()
    for blocks in (0, 4, 16):  # of 1024 bytes: the largest file that the program may write
        done = subprocess.run(["bash", "-c", f"ulimit -f {blocks}; trap '' XFSZ; exec \"$@\"", "-", STEELYARD, "settle", POLICY, "--data",
                               GUIGANG, "--out", folder / "out"], capture_output=True, check=False)
        assert done.returncode == 74, (blocks, done.returncode, done.stderr.decode())
        assert os.listdir(folder) == [], os.listdir(folder)


def test_eval():
    same(steelyard("eval", "2/3 to 8 decimals")[0], "0.66666667\n  exact: 2/3\n  type: a plain number\n")
    same(steelyard("eval", "1.005 yuan / 3 points")[0], "0.335\n  type: yuan per point\n")
    same(steelyard("eval", "取大(1 元, 2.50 元) × 30%")[0], "0.75\n  type: yuan\n")
    _, err = steelyard("eval", "1 yuan + 1 points", code=1)
    assert "yuan and points cannot be added" in err, err
    _, err = steelyard("eval", "1 / 0", code=2)
    assert "division by zero" in err, err
    _, err = steelyard("eval", "1 +", code=1)
    assert "expression:1:" in err, err


def test_examples_of_every_policy_hold_with_full_coverage():
    policies = sorted(path.parent for path in (ROOT / "policies").glob("*/policy.policy"))
    assert len(policies) >= 4
    for policy in policies:
        assert (policy / "README.md").exists(), policy
        if ' 修订 "' in (policy / "policy.policy").read_text(encoding="utf-8"):
            continue  # the examples of what it amends are left out, and hold there
        out, _ = steelyard("test", policy, "--coverage")
        assert " 0 failed" in out, out
        shares = [line for line in out.splitlines() if line.endswith("%)")]
        assert len(shares) == 3 and all("(100 %)" in line for line in shares), out


def test_policies_are_formatted_and_translate_back():
    folders = [path.parent for place in ("policies", "stdlib", "examples/grouping")
               for path in (ROOT / place).rglob("policy.policy")]
    assert len(folders) >= 12, folders
    for folder in sorted(folders):
        steelyard("fmt", "--check", folder)
        for path in sorted([*folder.glob("*.policy"), *(ROOT / "stdlib").glob("*.policy")]):
            text = path.read_text(encoding="utf-8")
            english = scratch() / "english.policy"
            english.write_text(steelyard("fmt", "--stdout", "--to", "en", path)[0], encoding="utf-8")
            same(steelyard("fmt", "--stdout", "--to", "zh", english)[0], text)
            same(steelyard("fmt", "--stdout", english)[0], english.read_text(encoding="utf-8"))


def test_translated_policy_settles_the_same():
    folder = with_stdlib(POLICY)
    steelyard("fmt", "--to", "en", folder)
    assert "每个" not in (folder / "cases.policy").read_text(encoding="utf-8").replace("每个病例", "")
    out, plain = scratch() / "out", scratch() / "out"
    steelyard("settle", folder, "--data", GUIGANG, "--out", out)
    steelyard("settle", POLICY, "--data", GUIGANG, "--out", plain)
    for path in plain.iterdir():
        same((out / path.name).read_text(encoding="utf-8"), path.read_text(encoding="utf-8"))


def test_citations():
    out, _ = steelyard("check", "--citations", POLICY)
    assert "没有依据此条的定义" not in out, "an article computes something but nothing rests on it"
    assert "假定 assumptions" in out


def test_unwritable_place():
    if not os.path.exists("/proc/version"):
        return "there is no /proc"
    _, err = steelyard("settle", POLICY, "--data", GUIGANG, "--out", "/proc/steelyard/out", code=64)
    assert "/proc/steelyard" in err, err
    return None


def test_locale_does_not_matter():
    env = {"LC_ALL": "C", "PATH": os.environ["PATH"]}
    done = subprocess.run([STEELYARD, "check", str(POLICY)], capture_output=True, env=env, check=False)
    assert done.returncode == 0 and "贵港市" in done.stdout.decode(), done.stdout


if __name__ == "__main__":
    main(globals())
