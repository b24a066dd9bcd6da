"""Each folder of tests/conformance is a policy with data and the results that it must have, whichever program settles it."""
import filecmp

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


if __name__ == "__main__":
    main(globals())
