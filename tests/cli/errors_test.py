#!/usr/bin/env python3
"""docs/errors.md has a line for every code that the sources give, and none besides."""
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


if __name__ == "__main__":
    main(globals())
