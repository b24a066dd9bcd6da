#!/usr/bin/env python3
"""Settles random datasets with the program, by both of its engines, and with the oracle, and compares every cell as text, in
the order of the rows; or all must refuse the dataset: run.py [COUNT] [SEED] [SIZE]. The engines must agree in every byte that
they write and say. What differs is shrunk and kept in a temporary folder.

Before that, the oracle itself must settle the golden dataset to the expected result, if it is there. The program is that
of the environment variable STEELYARD, build/release/steelyard by default; run it from the project's root."""
import collections
import csv
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

import guigang
from generate_guigang import generate, write
from guigang_inputs import DataError

STEELYARD = os.environ.get("STEELYARD", "build/release/steelyard")
GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "golden" / "guigang"
SIZES, CHANCES = [0, 1, 2, 4, 10, 30, 100, 300, 1000, 3000], [1, 3, 3, 4, 5, 6, 6, 4, 2, 1]


def program(data: pathlib.Path, out: pathlib.Path, *options: str):
    """(exit code, what it wrote to standard error). The program may be missing for a moment while it is being built."""
    for _ in range(60):
        try:
            done = subprocess.run([STEELYARD, "settle", "policies/guigang", "--data", data, "--out", out, *options],
                                  capture_output=True, check=False)
            return done.returncode, done.stderr.decode()
        except OSError:
            time.sleep(2)
    raise SystemExit(f"error: there is no program {STEELYARD}")


def oracle(data: pathlib.Path):
    """(tables, "") or (None, why they are refused)."""
    try:
        return guigang.settle(data), ""
    except DataError as error:
        return None, str(error)


def read(file: pathlib.Path) -> list:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


class Comparison:
    """Of one dataset: `cells` compared, and the differences as {(file, column): example}."""

    def __init__(self, tables: dict, scratch: pathlib.Path, **form):
        data, out = scratch / "data", scratch / "out"
        for folder in (data, out):
            shutil.rmtree(folder, ignore_errors=True)
        write(tables, data, **form)
        expected, self.refused = oracle(data)
        code, errors = program(data, out, "--engine", "interpret")
        self.cells, self.differences = 0, {}
        if (expected is None) != (code == 2) or code not in (0, 2):
            sort = re.search(r"\[\w+\]", errors)
            self.differences["exit", f"{code} {sort and sort[0]}"] = f"the program: {code} {errors}; the oracle: {self.refused or 'settled'}"
        elif code == 2 and out.exists():
            self.differences["exit", "out"] = "the program refused the data, and wrote results"
        elif expected is not None:
            for name, rows in expected.items():
                self.compare(name, rows, read(out / name) if (out / name).exists() else [[]])

        self.compare_engines(data, out, scratch / "native", code, errors)

    def compare_engines(self, data: pathlib.Path, out: pathlib.Path, native: pathlib.Path, code: int, errors: str) -> None:
        shutil.rmtree(native, ignore_errors=True)
        native_code, native_errors = program(data, native, "--engine", "native")
        # A note says why the interpreter did the run in the end.
        native_errors = re.sub(r"(?m)^note: .*\n", "", native_errors).replace(str(native), str(out))
        if (native_code, native_errors) != (code, errors):
            self.differences["engines", "said"] = f"native: {native_code} {native_errors}; interpret: {code} {errors}"
        files, native_files = ({p.name: p.read_bytes() for p in folder.glob("*")} for folder in (out, native))
        for name in files.keys() | native_files.keys():
            if files.get(name) != native_files.get(name):
                self.differences["engines", name] = "native and interpret write different files"

    def compare(self, name: str, expected: list, got: list) -> None:
        """Columns that only the program has are its own business; those of the oracle come in the same order."""
        if [c for c in got[0] if c in expected[0]] != expected[0]:
            self.differences[name, "header"] = f"{got[0]}, expected {expected[0]}"
        elif len(expected) != len(got):
            self.differences[name, "rows"] = f"{len(got) - 1} rows, expected {len(expected) - 1}"
        else:
            places = [got[0].index(c) for c in expected[0]]
            for want, row in zip(expected[1:], got[1:]):
                for column, place, value in zip(expected[0], places, want):
                    self.cells += 1
                    if row[place] != value:
                        self.differences.setdefault((name, column), f"{want[:3]}: {row[place]!r}, expected {value!r}")


def shrink(tables: dict, still_differs, tries: int = 1000) -> dict:
    """Drops rows, ever fewer at a time, then tables and what cells hold, while `still_differs(tables)` holds."""
    def differs(smaller: dict) -> bool:
        nonlocal tries
        tries -= 1
        return tries > 0 and still_differs(smaller)

    changed = True
    while changed:
        changed = False
        for name in ["case", "hospital_fund_month", "hospital_fund", "drg_tier", "history", "drg", "hospital"]:
            chunk = len(tables.get(name, [])) - 1
            while chunk > 0:
                at = 1
                while at < len(tables[name]):
                    smaller = {**tables, name: tables[name][:at] + tables[name][at + chunk:]}
                    if differs(smaller):
                        tables, changed = smaller, True
                    else:
                        at += chunk
                chunk //= 2
    for name in list(tables):
        if differs(smaller := {n: rows for n, rows in tables.items() if n != name}):
            tables = smaller
            continue
        for row in range(1, len(tables[name])):
            for column in range(len(tables[name][0])):
                for simple in ("", "0", "1", "100"):
                    cells = list(tables[name][row])
                    if cells[column] == simple:
                        break
                    cells[column] = simple
                    smaller = {**tables, name: tables[name][:row] + [cells] + tables[name][row + 1:]}
                    if differs(smaller):
                        tables = smaller
                        break
    return tables


def prove_on_golden() -> None:
    if not (GOLDEN / "data").is_dir():
        print("the oracle is not proved: there is no golden dataset")
        return
    tables = guigang.settle(GOLDEN / "data")
    for name, rows in tables.items():
        if rows != read(GOLDEN / "expected" / name):
            raise SystemExit(f"error: the oracle's own {name} is not that of {GOLDEN}")
    print(f"the oracle agrees with the golden result: {sum(len(r) * len(r[0]) - len(r[0]) for r in tables.values())} cells")


def main() -> int:
    count, seed = int(sys.argv[1]) if len(sys.argv) > 1 else 100, sys.argv[2] if len(sys.argv) > 2 else "1"
    prove_on_golden()
    rng = random.Random(f"run {seed}")
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="steelyard-oracle-"))
    cells = settled = different = cases = 0
    refusals = collections.Counter()
    for number in range(1, count + 1):
        size = int(sys.argv[3]) if len(sys.argv) > 3 else rng.choices(SIZES, CHANCES)[0]
        size += rng.randint(0, size // 2)
        name = f"{seed}-{number}"
        tables = generate(name, size)
        form = {"newline": rng.choice(["\n", "\n", "\r\n"]), "encoding": rng.choice(["utf-8", "utf-8", "utf-8-sig"])}
        result = Comparison(tables, scratch, **form)
        cells, settled, cases = cells + result.cells, settled + (not result.refused), cases + size
        if result.refused:
            refusals[result.refused.split(" of ")[0]] += 1
        if not result.differences:
            continue
        different += 1
        print(f"DIFFERENCE: generate_guigang.py {name} {size}")
        signature = set(result.differences)
        small = shrink(tables, lambda t: signature & set(Comparison(t, scratch, **form).differences))
        keep = scratch / f"difference-{name}"
        write(small, keep, **form)
        for (file, column), example in Comparison(small, scratch, **form).differences.items():
            print(f"  {file} {column}: {example}")
        print(f"  shrunk to {keep}", flush=True)
    print(f"{count} datasets of {cases} cases: {settled} settled, {count - settled} refused by both or one; {cells} cells compared; "
          f"{different} datasets differ")
    print("refused:", "; ".join(f"{why} ({n})" for why, n in refusals.most_common()) or "none")
    if not different:
        shutil.rmtree(scratch)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
