#!/usr/bin/env python3
"""docs/errors.md has a line for every code that the sources give, and none besides; each code has a test of its text."""
import re

from harness import ROOT, main


def given_codes():
    out = set()
    for folder in ("compiler/syntax", "compiler/semantics", "compiler/interpret", "runtime/data"):
        for path in (ROOT / folder).iterdir():
            if path.suffix in (".h", ".cpp"):
                out |= set(re.findall(r'"([PD]\d{3})"', path.read_text(encoding="utf-8")))
    return out


def test_every_code_is_documented():
    documented = re.findall(r"^\| ([PD]\d{3}) \|", (ROOT / "docs/errors.md").read_text(encoding="utf-8"), re.M)
    assert len(documented) == len(set(documented)), "a code stands twice"
    given = given_codes()
    assert len(given) > 100
    assert given == set(documented), (sorted(given - set(documented)), sorted(set(documented) - given))


def test_every_code_has_a_test():
    """Whole texts of messages hold `error P201: ...`, those of data and runs end in `[D101]`."""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests/unit").glob("*.cpp")))
    tested = set(re.findall(r"(?:error|warning|note) (P\d{3}): ", text)) | set(re.findall(r"\[(D\d{3})\]", text))
    untested = given_codes() - tested
    # Whether the folder of a policy and its chapters are there is tested with the program, in program_test.py.
    program = (ROOT / "tests/cli/program_test.py").read_text(encoding="utf-8")
    untested -= set(re.findall(r"error (P70\d): ", program))
    assert not untested, sorted(untested)


if __name__ == "__main__":
    main(globals())
