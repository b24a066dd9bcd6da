"""Each folder of tests/conformance is a policy with data and the results that it must have, whichever program settles it."""
import filecmp
import subprocess
import sys

from harness import ROOT, main, scratch, steelyard


def settled_as_expected(name):
    folder = ROOT / "tests/conformance" / name
    place = scratch()
    for engine in ("interpret", "native"):
        out, record = place / engine, place / f"{engine}.run"
        steelyard("settle", folder, "--data", folder / "data", "--out", out, "--engine", engine, "--log", record)
        files = sorted(path.name for path in (folder / "expected").iterdir())
        assert sorted(path.name for path in out.iterdir()) == files
        for file in files:
            assert filecmp.cmp(out / file, folder / "expected" / file, shallow=False), f"{engine}: {file}"
        steelyard("replay", record)
    steelyard("fmt", "--check", folder)


def test_table_files():
    settled_as_expected("table_files")


def test_uses():
    settled_as_expected("uses")
    folder, place = ROOT / "tests/conformance/uses", scratch()
    explained, _ = steelyard("explain", folder, "--data", folder / "data", "--all", "--format", "json")
    (place / "explained.jsonl").write_text(explained, encoding="utf-8")
    done = subprocess.run([sys.executable, ROOT / "tests/explain_checker.py", place / "explained.jsonl", folder / "expected"],
                          capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()[-2000:]


if __name__ == "__main__":
    main(globals())
