#!/usr/bin/env python3
"""Compares result folders cell by cell: compare.py EXPECTED ACTUAL. Rows are matched by key (all columns up to the
first that ACTUAL computes are taken from the expected header's leading columns that are keys in every row)."""
import csv
import pathlib
import sys

KEYS = {"overall.csv": 0}


def load(path: pathlib.Path):
    with path.open(encoding="utf-8", newline="") as f:
        rows = list(csv.reader(f))
    return rows[0], rows[1:]


def key_count(rows) -> int:
    """The fewest leading columns that tell the rows apart."""
    for count in range(len(rows[0]) + 1):
        if len({tuple(r[:count]) for r in rows}) == len(rows):
            return count
    raise SystemExit("rows repeat")


def main() -> int:
    expected_dir, actual_dir = map(pathlib.Path, sys.argv[1:3])
    wrong = cells = 0
    for expected_file in sorted(expected_dir.glob("*.csv")):
        header, rows = load(expected_file)
        actual_file = actual_dir / expected_file.name
        if not actual_file.exists():
            print(f"{expected_file.name}: missing")
            wrong += 1
            continue
        got_header, got_rows = load(actual_file)
        keys = key_count(rows) if rows else 0
        got = {tuple(r[got_header.index(h)] for h in header[:keys]): r for r in got_rows}
        for extra in set(got) - {tuple(r[:keys]) for r in rows}:
            print(f"{expected_file.name}: row {extra} is not expected")
            wrong += 1
        for row in rows:
            mine = got.get(tuple(row[:keys]))
            if mine is None:
                print(f"{expected_file.name}: row {row[:keys]} is missing")
                wrong += 1
                continue
            for name, value in zip(header, row):
                cells += 1
                actual = mine[got_header.index(name)] if name in got_header else "(no such column)"
                if actual != value:
                    wrong += 1
                    if wrong < 30:
                        print(f"{expected_file.name} {row[:keys]} {name}: expected {value}, got {actual}")
    print(f"{cells} cells compared, {wrong} wrong")
    return 1 if wrong or not cells else 0


if __name__ == "__main__":
    sys.exit(main())
