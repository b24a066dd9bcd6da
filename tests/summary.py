#!/usr/bin/env python3
"""Passes the output of ctest on, and says before its summary how many tests were skipped and why:
ctest ... --output-junit FILE | summary.py FILE. A test that is skipped says "skipped: " and the reason."""
import collections
import re
import sys
import xml.etree.ElementTree as xml


def skipped(path: str) -> list:
    reasons, tests = collections.defaultdict(list), xml.parse(path).getroot().findall("testcase")
    for test in tests:
        if test.get("status") == "notrun" or test.find("skipped") is not None:
            said = re.search(r"skipped: (.*)", test.findtext("system-out") or "")
            reasons[said.group(1).strip() if said else "no reason given"].append(test.get("name"))
    count = sum(map(len, reasons.values()))
    lines = [f"{count} of {len(tests)} tests skipped"]
    for reason, names in sorted(reasons.items()):
        lines.append(f"  {len(names)}: {reason} ({', '.join(names[:3])}{', ...' if len(names) > 3 else ''})")
    return lines


def main() -> None:
    held = []  # the summary, until the results are written
    for line in sys.stdin:
        if held or re.match(r"\d+% tests passed", line):
            held.append(line)
        else:
            print(line, end="", flush=True)
    try:
        print("\n".join(skipped(sys.argv[1])), end="\n\n")
    except (OSError, xml.ParseError) as error:
        print(f"which tests were skipped is not known: {error}\n")
    print("".join(held), end="")


if __name__ == "__main__":
    main()
