"""What the script tests share: running the program, scratch folders, and calling one test by name."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

STEELYARD = os.environ.get("STEELYARD", "build/release/steelyard")
ROOT = pathlib.Path(os.environ.get("STEELYARD_ROOT", "."))
SKIPPED = 77


def steelyard(*arguments, code=0, cwd=ROOT):
    """Runs the program; its exit code must be `code`, or with None any but 0. Returns what it wrote to standard output and error."""
    done = subprocess.run([STEELYARD, *map(str, arguments)], capture_output=True, cwd=cwd, check=False)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == code or (code is None and done.returncode > 0), f"exit code {done.returncode}, expected {code}\n{' '.join(map(str, arguments))}\n{out}{err}"
    return out, err


_scratches = []


def scratch() -> pathlib.Path:
    """A new folder. It is gone after a test that passed, and left for looking at after one that failed."""
    _scratches.append(pathlib.Path(tempfile.mkdtemp(prefix="steelyard-test-")))
    return _scratches[-1]


def copy_of(folder: pathlib.Path) -> pathlib.Path:
    to = scratch() / "data"
    shutil.copytree(folder, to)
    return to


def compare(expected: pathlib.Path, actual: pathlib.Path):
    done = subprocess.run([sys.executable, ROOT / "tests/golden/compare.py", expected, actual], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    return done.stdout.decode()


def same(actual: str, expected: str):
    assert actual == expected, f"expected:\n{expected}\ngot:\n{actual}"


def with_stdlib(policy: pathlib.Path) -> pathlib.Path:
    """A copy of a policy of the project, beside a copy of what it shares with others."""
    folder = scratch()
    shutil.copytree(ROOT / "stdlib", folder / "stdlib")
    return pathlib.Path(shutil.copytree(policy, folder / "policies" / policy.name))


def main(functions):
    """`script.py NAME` runs test_NAME, `script.py` all of them. A test that cannot run here returns why."""
    names = sys.argv[1:] or [n[5:] for n in functions if n.startswith("test_")]
    for name in names:
        reason = functions["test_" + name]()
        for folder in _scratches:
            shutil.rmtree(folder, ignore_errors=True)
        _scratches.clear()
        if reason:
            print("skipped:", reason)
            sys.exit(SKIPPED)
    print("ok:", ", ".join(names))
