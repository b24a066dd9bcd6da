#!/usr/bin/env python3
"""The examples in these documents, run again: examples.py [--write], from the project's root.

In tutorial*.md each line `$ command` of a console block is run and its output compared with the lines below it; with
--write the output is put there. In language.md the policy that the steelyard blocks make up, one in each surface, must
check, pass its worked examples and be formatted. In README.md and numbers.md what stands below `$ command` must be in its
output, where "…" stands for lines left out; in the READMEs of policies and examples each command must run. The program is build/release/steelyard or that of the environment
variable STEELYARD. Exit code 1 on any difference; times are not compared."""
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
STEELYARD = os.environ.get("STEELYARD", "build/release/steelyard")


def run(command: str) -> str:
    script = f'steelyard() {{ "{STEELYARD}" "$@"; }}; {command}'
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return "\n".join(line.rstrip() for line in done.stdout.rstrip("\n").split("\n"))


def rerun(block: re.Match) -> str:
    out = []
    for line in block.group(1).split("\n"):
        if line.startswith("$ "):
            out.append(line)
            if text := run(line[2:]):
                out.append(text)
    return "```console\n" + "\n".join(out) + "\n```"


def timeless(text: str) -> str:
    return re.sub(r"\(\d+\.\d\d s\)", "(… s)", text)


def tutorials(write: bool) -> bool:
    good = True
    for path in sorted(ROOT.glob("docs/tutorial*.md")):
        old = path.read_text(encoding="utf-8")
        new = re.sub(r"```console\n(.*?)\n```", rerun, old, flags=re.S)
        if timeless(old) == timeless(new):
            continue
        if write:
            path.write_text(new, encoding="utf-8")
            continue
        good = False
        print(f"{path.name} is not what the program prints now (examples.py --write):")
        print("\n".join(difflib.unified_diff(timeless(old).split("\n"), timeless(new).split("\n"), lineterm="", n=0)))
    return good


def reference() -> bool:
    good = True
    text = (ROOT / "docs/language.md").read_text(encoding="utf-8")
    for surface, mark in [("English", ""), ("Chinese", " zh")]:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "reference.policy"
            # The files of tables: a block of CSV for each name, in their order.
            names = re.findall(r'rows from "(.*?)"', text)
            for name, content in zip(names, re.findall(r"```csv\n(.*?)```", text, re.S), strict=True):
                (pathlib.Path(folder) / name).parent.mkdir(exist_ok=True)
                (pathlib.Path(folder) / name).write_text(content, encoding="utf-8")
            path.write_text("\n".join(re.findall(rf"```steelyard{mark}\n(.*?)```", text, re.S)).rstrip("\n") + "\n", encoding="utf-8")
            for command in ("check", "test", "fmt --check"):
                done = subprocess.run([STEELYARD, *command.split(), path], cwd=ROOT, capture_output=True, text=True)
                if done.returncode or done.stderr:
                    good = False
                    print(f"language.md, {surface}: steelyard {command}\n{done.stdout}{done.stderr}")
    return good


def excerpts() -> bool:
    good = True
    for path in (ROOT / "README.md", ROOT / "docs/numbers.md"):
        for block in re.findall(r"^```\n(\$ .*?)\n```", path.read_text(encoding="utf-8"), re.S | re.M):
            for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*(?:\n|\Z))*)", block, re.M):
                output, at = run(command) + "\n", 0
                for part in re.split(r"^…\n", shown.rstrip("\n") + "\n", flags=re.M):
                    at = output.find(part, at)
                    if at < 0:
                        good = False
                        print(f"{path.name}: not in the output of {command}:\n{part}")
                        break
    return good


def commands() -> bool:
    good = True
    for path in sorted([*ROOT.glob("policies/*/README.md"), *ROOT.glob("examples/*/README.md")]):
        for line in re.findall(r"^steelyard .*", path.read_text(encoding="utf-8"), re.M):
            done = subprocess.run([STEELYARD, *line.split("#")[0].split()[1:]], cwd=ROOT, capture_output=True, text=True)
            if done.returncode:
                good = False
                print(f"{path.relative_to(ROOT)}: {line}\n{done.stdout}{done.stderr}")
    return good


if __name__ == "__main__":
    good = [tutorials("--write" in sys.argv[1:]), reference(), excerpts(), commands()]
    sys.exit(0 if all(good) else 1)
