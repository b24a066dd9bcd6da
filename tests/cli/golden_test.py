#!/usr/bin/env python3
"""The golden datasets, settled by the program and compared cell by cell; the same data in other clothes."""
import csv
import io
import random

from harness import ROOT, compare, copy_of, main, scratch, steelyard

GUIGANG = ROOT / "tests/golden/guigang"


def settle(policy, data, expected, *more):
    out = scratch() / "out"
    steelyard("settle", ROOT / policy, "--data", data, "--out", out, *more)
    print(compare(expected, out))


def rewrite(folder, change):
    for path in folder.glob("*.csv"):
        path.write_bytes(change(path.read_text(encoding="utf-8")))


def test_guigang():
    settle("policies/guigang", GUIGANG / "data", GUIGANG / "expected")


def golden(city):
    settle(f"policies/{city}", ROOT / f"tests/golden/{city}/data", ROOT / f"tests/golden/{city}/expected")


def test_fujian():
    golden("fujian")


def test_jinhua():
    golden("jinhua")


def test_shanwei():
    golden("shanwei")


def test_guigang_crlf_and_bom():
    data = copy_of(GUIGANG / "data")
    rewrite(data, lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    settle("policies/guigang", data, GUIGANG / "expected")


def test_guigang_quoted():
    data = copy_of(GUIGANG / "data")

    def quote(text):
        out = io.StringIO()
        csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(csv.reader(io.StringIO(text)))
        return out.getvalue().rstrip("\n").encode()  # no line break at the end

    rewrite(data, quote)
    settle("policies/guigang", data, GUIGANG / "expected")


def test_guigang_chinese_headers_gb18030():
    """As a hospital system exports it: Chinese headers and values, GB18030."""
    names = {"case": "病例", "hospital": "医疗机构", "fund": "医保基金", "month": "月", "drg": "病组", "cost": "费用",
             "approved": "单议结论", "review_month": "单议月", "self_pay": "自费费用"}
    values = {"employee": "职工", "resident": "居民"}
    data = copy_of(GUIGANG / "data")
    rewrite(data, lambda text: text.encode("gb18030"))
    text = (data / "case.csv").read_text(encoding="gb18030")
    rows = list(csv.reader(io.StringIO(text)))
    fund = rows[0].index("fund")
    rows[0] = [names.get(h, h) for h in rows[0]]
    for row in rows[1:]:
        row[fund] = values[row[fund]]
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    (data / "case.csv").write_bytes(out.getvalue().encode("gb18030"))
    settle("policies/guigang", data, GUIGANG / "expected", "--encoding", "gb18030")


def test_guigang_rows_and_columns_in_any_order():
    data = copy_of(GUIGANG / "data")
    shuffle = random.Random(7)

    def permute(text):
        rows = list(csv.reader(io.StringIO(text)))
        order = list(range(len(rows[0])))
        shuffle.shuffle(order)
        body = rows[1:]
        shuffle.shuffle(body)
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([r[i] for i in order] for r in [rows[0], *body])
        return out.getvalue().encode()

    rewrite(data, permute)
    settle("policies/guigang", data, GUIGANG / "expected")


def test_guigang_without_the_files_that_may_be_absent():
    """An absent file is as one without rows."""
    absent, empty = copy_of(GUIGANG / "data"), copy_of(GUIGANG / "data")
    for name in ("drg_tier", "hospital_fund", "hospital_fund_month"):
        (absent / f"{name}.csv").unlink()
        path = empty / f"{name}.csv"
        path.write_text(path.read_text().splitlines()[0] + "\n")
    out = scratch() / "out"
    steelyard("settle", ROOT / "policies/guigang", "--data", empty, "--out", out)
    settle("policies/guigang", absent, out)


if __name__ == "__main__":
    main(globals())
