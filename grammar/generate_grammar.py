#!/usr/bin/env python3
"""Writes Steelyard.g4 from Steelyard.g4.in and keywords.csv, and the lists that C++ needs: generate_grammar.py OUT_DIR.

keywords.inc  KEYWORD(TOKEN, english, chinese, soft)
tokens.inc    TOKEN(NAME), keywords first
rules.inc     RULE(name, Name), the parser's rules
"""
import csv
import pathlib
import re
import sys

here = pathlib.Path(__file__).parent
out = pathlib.Path(sys.argv[1])
rows = list(csv.DictReader((here / "keywords.csv").open(encoding="utf-8")))


def spelled(word: str) -> str:
    """A keyword of several words may have any blanks between them."""
    return " BLANK+ ".join(f"'{part}'" for part in word.split(" "))


# The longest match wins in the lexer, so the order of the rules does not matter.
keyword_rules = "\n".join(f"{r['token']} : {spelled(r['english'])} | {spelled(r['chinese'])} ;" for r in rows)
# Soft keywords may be names too; those that stand before an operand cannot be called, or `sum of (x)` would be both.
soft = " | ".join(r["token"] for r in rows if r["soft"] != "no")
callable_soft = " | ".join(r["token"] for r in rows if r["soft"] == "yes")
text = (here / "Steelyard.g4.in").read_text(encoding="utf-8")
# The header comment names the placeholders too: only the ones on lines of their own are replaced.
text = text.replace("\n@KEYWORDS@\n", f"\n{keyword_rules}\n")
text = text.replace("softKeyword : @SOFT@ ;", f"softKeyword : {soft} ;")
text = text.replace("callableKeyword : @CALLABLE@ ;", f"callableKeyword : {callable_soft} ;")

keywords = [f'KEYWORD({r["token"]}, "{r["english"]}", "{r["chinese"]}", {"false" if r["soft"] == "no" else "true"})'
            for r in rows]
made = re.search(r"^tokens \{(.*)\}", text, re.MULTILINE).group(1).replace(" ", "").split(",")
tokens = re.findall(r"^([A-Z]\w*)\s*:", text, re.MULTILINE) + made
rules = re.findall(r"^([a-z]\w*)\s*:", text, re.MULTILINE)

out.mkdir(parents=True, exist_ok=True)
for name, content in [("Steelyard.g4", text),
                      ("keywords.inc", "\n".join(keywords) + "\n"),
                      ("tokens.inc", "\n".join(f"TOKEN({t})" for t in tokens) + "\n"),
                      ("rules.inc", "\n".join(f"RULE({r}, {r[0].upper() + r[1:]})" for r in rules) + "\n")]:
    (out / name).write_text(content, encoding="utf-8")
