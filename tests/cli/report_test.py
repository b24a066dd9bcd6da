#!/usr/bin/env python3
"""The report of a run: its figures against the results, every link, and how a browser without a network shows it."""
import csv
import html
import re
import shutil
import subprocess
from decimal import Decimal

from harness import ROOT, main, scratch, steelyard

DATA = ROOT / "examples/guigang/data"


def report():
    folder = scratch()
    steelyard("settle", ROOT / "policies/guigang", "--data", DATA, "--out", folder / "out", "--log", folder / "run")
    steelyard("report", folder / "run", "--out", folder / "report.html")
    return folder, (folder / "report.html").read_text(encoding="utf-8")


def rows_of(text, title):
    """The cells of the table under the summary or heading that begins with `title`."""
    table = text[text.index(title):]
    table = table[table.index("<tbody>"):table.index("</tbody>")]
    return [[html.unescape(re.sub("<[^>]*>", "", cell)) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]
            for row in table.split("<tr>")[1:]]


def cases(folder):
    with (folder / "out/case.csv").open(encoding="utf-8") as results, (DATA / "case.csv").open(encoding="utf-8") as data:
        inputs = {row["case"]: row for row in csv.DictReader(data)}
        return [{**inputs[row["case"]], **row} for row in csv.DictReader(results)]


def test_totals_by_fund_month_hospital_and_kind_are_those_of_the_results():
    folder, text = report()
    text = text[text.index('<h3>病例 <span class="small">case'):]
    head = re.findall(r"<th[^>]*>(.*?)</th>", text[:text.index("<tbody>")])
    points, cost = head.index("病例点数 (点)"), head.index("费用 (元)")
    names = {"employee": "职工", "resident": "居民", "ungrouped": "未入组", "unstable": "非稳定病组", "high": "高倍率", "low": "低倍率", "normal": "正常"}
    for title, column in (("病例类型", "kind"), ("医疗机构", "hospital"), ("医保基金", "fund"), ("月", "month")):
        expected = {}
        for case in cases(folder):
            of = expected.setdefault(names.get(case[column], case[column]), [0, Decimal(0), Decimal(0)])
            of[0] += 1
            of[1] += Decimal(case["points"])
            of[2] += Decimal(case["cost"])
        shown = {row[0]: [int(row[1]), *(Decimal(row[i].replace(",", "")) for i in (points, cost))]
                 for row in rows_of(text, f"<summary>按 {title} <span")}
        assert shown == expected, (title, shown, expected)


def test_rules_are_counted():
    folder, text = report()
    kinds = {}
    for case in cases(folder):
        kinds[case["kind"]] = kinds.get(case["kind"], 0) + 1
    rules = rows_of(text[text.index('<h2 id="rules"'):], "<h3>病例")
    shown = {row[1]: int(row[3]) for row in rules if row[0] == "病例类型"}
    assert {count for count in shown.values()} == set(kinds.values()), (shown, kinds)
    assert any("费用 > 高倍率倍数" in name and count == kinds["high"] for name, count in shown.items()), shown


def test_links_lead_somewhere_and_nothing_comes_from_a_network():
    _, text = report()
    ids = set(re.findall(r' id="([^"]*)"', text))
    links = re.findall(r' href="([^"]*)"', text)
    assert len(links) > 60, len(links)
    assert [link for link in links if not link.startswith("#") or link[1:] not in ids] == []
    assert " src=" not in text and "@import" not in text and "url(" not in text
    failed = next(row for row in rows_of(text, '<h2 id="checks"') if row[1] == "没有等级倒挂")
    assert failed[3] == "8" and "BR23, 二级" in failed[4], failed
    assert "假定" in text and "原文此处残缺" in text  # assumptions in force


def test_a_browser_shows_it():
    browser = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
    if browser is None:
        return "no chromium"
    folder, text = report()
    some = re.search(r'<details id="(d[0-9-]+)">', text).group(1)
    page = f"file://{folder / 'report.html'}#{some}"
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--host-resolver-rules=MAP * ~NOTFOUND",
               f"--user-data-dir={folder / 'profile'}", "--window-size=1280,1600"]
    shown = subprocess.run([*command, "--dump-dom", page], capture_output=True, timeout=60, check=False).stdout.decode()
    assert f'<details id="{some}" open' in shown, "the derivation that the address names is not open"
    subprocess.run([*command, f"--screenshot={folder / 'page.png'}", page.split("#")[0]], capture_output=True, timeout=60, check=False)
    picture = (folder / "page.png").read_bytes()
    assert picture.startswith(b"\x89PNG") and len(picture) > 30000, len(picture)
    return None


if __name__ == "__main__":
    main(globals())
