#!/usr/bin/env python3
"""Amendments, layers, and what is said about versions: which text settles a period, diff, show and new."""
import csv
import json
import os
import pathlib
import shutil

from harness import ROOT, main, same, scratch, steelyard, with_stdlib

GUIGANG = ROOT / "policies/guigang"
DATA = ROOT / "examples/guigang/data"
AMENDMENT = ROOT / "examples/amendment"
LAYER = ROOT / "examples/layer"


def settled(policy, *more, data=DATA):
    out = scratch() / "out"
    steelyard("settle", policy, "--data", data, "--out", out, *more)
    return {path.name: path.read_text(encoding="utf-8") for path in out.iterdir()}


def kinds(results):
    return {row["case"]: row["kind"] for row in csv.DictReader(results["case.csv"].splitlines())}


def test_an_amendment_changes_what_it_replaces():
    old, new = kinds(settled(GUIGANG)), kinds(settled(AMENDMENT))
    changed = {case: (old[case], new[case]) for case in old if old[case] != new[case]}
    assert changed and set(changed.values()) == {("normal", "low")}, changed
    same(json.dumps(settled(AMENDMENT, "--engine", "native")), json.dumps(settled(AMENDMENT, "--engine", "interpret")))


def test_the_period_chooses_the_text():
    old, new = settled(GUIGANG), settled(AMENDMENT)
    assert settled(AMENDMENT, "--period", "2021") == old
    assert settled(AMENDMENT, "--period", "2022-02") == old
    assert settled(AMENDMENT, "--period", "2022-03") == new
    assert settled(AMENDMENT, "--period", "2023") == new
    out = scratch() / "out"
    _, err = steelyard("settle", AMENDMENT, "--data", DATA, "--out", out, "--period", "2022", code=64)
    same(err, "error: --period 2022: on 2022-03-01 the text of guigang gives way to another, within the period: settle the parts apart, "
              "or say with --at DATE by which text the whole of it is settled\n")
    assert not out.exists()
    record = scratch() / "run"
    settled(AMENDMENT, "--period", "2021", "--log", record)
    steelyard("replay", record)
    assert settled(AMENDMENT, "--period", "2022", "--at", "2022-02-28") == old
    assert settled(AMENDMENT, "--period", "2022", "--at", "2022-03-01") == new


def test_diff_shows_the_threshold():
    out, _ = steelyard("diff", GUIGANG, AMENDMENT)
    same(out.splitlines()[1], "  - 参数 低倍率界值 (low_threshold) = 30%  依据 11 (2)")
    same(out.splitlines()[2], "  + 参数 低倍率界值 (low_threshold) = 60%  依据 N1")
    found = json.loads(steelyard("diff", GUIGANG, AMENDMENT, "--format", "json")[0])
    same(json.dumps([(one["kind"], one["what"]) for one in found], ensure_ascii=False),
         '[["changed", "参数 低倍率界值 (low_threshold)"], ["added", "条文 N1"]]')
    same(steelyard("diff", GUIGANG, GUIGANG)[0], "0 differences\n")


def test_diff_shows_a_row_of_a_tables_file():
    copy = scratch() / "copy"
    shutil.copytree(ROOT / "tests/conformance/table_files", copy)
    rows = copy / "tables/材料单价.csv"
    rows.write_text(rows.read_text(encoding="utf-8").replace("其他,2.75", "其他,2.80"), encoding="utf-8")
    out, _ = steelyard("diff", ROOT / "tests/conformance/table_files", copy)
    assert out.startswith("改变 changed  对照表 材料单价 (item_price)"), out
    same("\n".join(out.splitlines()[1:3]), '  -   "N18,9*",其他,2.75\n  +   "N18,9*",其他,2.80')


def test_diff_does_not_see_the_other_surface():
    copy = with_stdlib(GUIGANG)
    steelyard("fmt", "--to", "en", copy)
    same(steelyard("diff", GUIGANG, copy)[0], "0 differences\n")


def test_the_consolidated_text_is_the_policy():
    for policy in (GUIGANG, AMENDMENT, LAYER, ROOT / "policies/jinhua"):
        text = scratch() / "whole.policy"
        text.write_text(steelyard("show", policy)[0], encoding="utf-8")
        steelyard("check", text)
        if policy != ROOT / "policies/jinhua":
            assert settled(text) == settled(policy), policy
    assert "# 来自 贵港DRG付费2022 (guigang_2022): policy.policy:8\n" in steelyard("show", AMENDMENT)[0]
    same(steelyard("show", AMENDMENT, "--at", "2021-06-01")[0], steelyard("show", GUIGANG)[0])


def test_a_layer_adds_signed_exceptions():
    data = scratch() / "data"
    shutil.copytree(DATA, data)
    case = next(csv.DictReader((DATA / "case.csv").open(encoding="utf-8")))["case"]
    (data / "sign_off.csv").write_text(f"case,granted_points,signed_by,signed_on,reason\n{case},321.5,张三,2021-05-06,罕见病\n", encoding="utf-8")
    folder = scratch()
    steelyard("settle", LAYER, "--data", data, "--out", folder / "out", "--log", folder / "run")
    rows = {row["case"]: row for row in csv.DictReader((folder / "out/case.csv").open(encoding="utf-8"))}
    same(rows[case]["points"], "321.50000000")
    fired = [json.loads(line) for line in steelyard("log", folder / "run", "--where", f"case={case}")[0].splitlines()]
    layers = {line["rule"]: line["layer"] for line in fired}
    same(layers["points"], "hospital_rules")
    same(layers["advance_points"], "guigang")
    for engine in ("interpret", "native"):
        steelyard("replay", folder / "run", "--engine", engine)
    assert "签字同意" in steelyard("explain", folder / "run", f"case={case}", "--only", "points")[0]
    steelyard("test", LAYER)  # the examples of the base hold on


def test_an_amendment_of_four_articles():
    amended = ROOT / "examples/amendment_of_four"
    steelyard("test", amended)
    found = json.loads(steelyard("diff", GUIGANG, amended, "--format", "json")[0])
    changed = [one["what"] for one in found if one["kind"] == "changed" and not one["what"].startswith("政策")]
    same("\n".join(changed), "对照表 高倍率界值 (high_threshold)\n病例: 定义 核准追加点数 (appended_points)\n病例: 定义 病例点数 (points)\n"
                             "医疗机构, 医保基金: 定义 年终清算额 (settlement)")
    assert not [one for one in found if one["kind"] == "removed"]
    same(json.dumps(settled(amended, "--engine", "native")), json.dumps(settled(amended, "--engine", "interpret")))


def test_what_is_replaced_keeps_its_other_name_in_show():
    folder = scratch() / "notice"
    folder.mkdir()
    base = pathlib.Path(os.path.relpath(GUIGANG, folder)).as_posix()
    (folder / "policy.policy").write_text(f"""权衡 1
政策 某通知 (notice) "某通知" 修订 "{base}"
  施行自 2022-01-01
条文 N1 "通知第一条"
每个 医保基金
  替换 扣减 DRG预算总额: 金额(2)  依据 5, N1
    从 统筹基金支出预算总额
    减去 大病保险
""", encoding="utf-8")
    text, _ = steelyard("show", folder, "--at", "2022-02-01")
    assert "扣减 DRG预算总额 (drg_budget): 金额(2)" in text, text
    _, err = steelyard("show", folder, "--at", "1999-01-01", code=64)
    assert "is in force from 2020-12-01" in err, err
    _, err = steelyard("show", folder, "--at", "2022", code=64)
    assert "write YYYY-MM-DD" in err, err
    # Of thirteen deductions the lines that have gone, and no others.
    out, _ = steelyard("diff", GUIGANG, folder)
    assert "  - 减去 门诊统筹  当 医保基金 = 居民\n" in out.replace("  -     ", "  - ").replace("  -   ", "  - "), out
    assert "从 统筹基金支出预算总额" not in out and "减去 大病保险" not in out, out


def test_a_layer_tells_who_signed_and_for_a_case_that_there_is():
    data = scratch() / "data"
    shutil.copytree(ROOT / "examples/guigang/data", data)
    signed = "sign_off,granted_points,signed_by,signed_on,reason\n"
    signed = signed.replace("sign_off", "case")
    (data / "sign_off.csv").write_text(signed + "C0000060,300,张三,2021-05-06,疑难\n", encoding="utf-8")
    out, _ = steelyard("explain", LAYER, "--data", data, "case=C0000060")
    assert "签字人 张三, 签字日期 2021-05-06, 理由 疑难" in out, out
    assert "例外 签字同意  院内规则一  〔某院补充规则〕: 当 " in out, out
    (data / "sign_off.csv").write_text(signed + "C9999999,300,张三,2021-05-06,疑难\n", encoding="utf-8")
    _, err = steelyard("settle", LAYER, "--data", data, "--out", data / "out", code=2)
    assert "签字个案 C9999999 不是本次数据中的病例" in err, err


def test_new_policies_check():
    folder = scratch()
    steelyard("new", folder / "liuzhou", "--from", GUIGANG)
    steelyard("check", folder / "liuzhou")
    out, _ = steelyard("diff", GUIGANG, folder / "liuzhou")
    assert out.startswith("改变 changed  政策 liuzhou  (") and out.endswith('  + 政策 liuzhou "贵港市 DRG 付费实施细则"\n\n1 difference\n'), out
    assert (folder / "liuzhou/stable_groups.policy").exists()  # what several cities share is copied too
    for kind in ("amendment", "layer"):
        steelyard("new", folder / kind, "--from", GUIGANG, "--as", kind, "--in-force-from", "2022-01-01")
        steelyard("check", folder / kind)
    _, err = steelyard("new", folder / "layer", "--from", GUIGANG, code=64)
    assert "is there already" in err, err
    same(steelyard("new", folder / "later", "--from", GUIGANG, "--as", "amendment", code=64)[1],
         "error: an amendment has a first day in force: --in-force-from YYYY-MM-DD\n")
    same(steelyard("new", folder / "2022-03", "--from", GUIGANG, "--as", "layer", "--in-force-from", "2022-03-01", code=64)[1],
         "error: 2022-03 cannot name a policy: choose letters, digits and _, not beginning with a digit\n")
    assert sorted(path.name for path in folder.iterdir()) == ["amendment", "layer", "liuzhou"]


if __name__ == "__main__":
    main(globals())
