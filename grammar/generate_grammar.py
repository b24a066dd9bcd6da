#!/usr/bin/env python3
"""Writes Steelyard.g4 and keywords.inc from Steelyard.g4.in and keywords.csv: generate_grammar.py OUT_DIR."""
import csv
import pathlib
import sys

here = pathlib.Path(__file__).parent
out = pathlib.Path(sys.argv[1])
rows = list(csv.DictReader((here / "keywords.csv").open(encoding="utf-8")))


def spelled(word: str) -> str:
    """A keyword of several words may have any blanks between them."""
    return " BLANK+ ".join(f"'{part}'" for part in word.split(" "))


# The longest match wins in the lexer, so the order of the rules does not matter.
rules = "\n".join(f"{r['token']} : {spelled(r['english'])} | {spelled(r['chinese'])} ;" for r in rows)
soft = " | ".join(r["token"] for r in rows if r["soft"] == "yes")
text = (here / "Steelyard.g4.in").read_text(encoding="utf-8")
# The header comment names the placeholders too: only the ones on lines of their own are replaced.
text = text.replace("\n@KEYWORDS@\n", f"\n{rules}\n").replace("softKeyword : @SOFT@ ;", f"softKeyword : {soft} ;")
out.mkdir(parents=True, exist_ok=True)
(out / "Steelyard.g4").write_text(text, encoding="utf-8")
lines = [f'KEYWORD({r["token"]}, "{r["english"]}", "{r["chinese"]}", {"true" if r["soft"] == "yes" else "false"})' for r in rows]
(out / "keywords.inc").write_text("\n".join(lines) + "\n", encoding="utf-8")
