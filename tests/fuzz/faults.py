#!/usr/bin/env python3
"""Plants faults in the native engine, one at a time, and tells after how many seconds steelyard_fuzz finds each.

    tests/fuzz/faults.py SCRATCH [--seconds 60] [--only NAME ...] [--seed 1]

The tree is copied to SCRATCH/tree and built there (SCRATCH may be `build/faults`); nothing here is changed.
Seconds are seconds of CPU. A fault is a piece of
text of a source file and what takes its place; it must stand there exactly once.
"""
import argparse
import os
import pathlib
import resource
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
NATIVE, PLAN = "compiler/native/", "compiler/plan/"

# name, file, what stands there, what is put there
FAULTS = [
    ("half up becomes half down", NATIVE + "lower_number.cpp",
     "ir_.CreateAdd(number, ir_.CreateLShr(divisor, 1))",
     "ir_.CreateAdd(number, ir_.CreateLShr(ir_.CreateSub(divisor, constant(1, bits)), 1))"),
    ("half up becomes half down in wide numbers", NATIVE + "lower_number.cpp",
     "up = ir_.CreateICmpUGE(rest, other);", "up = ir_.CreateICmpUGT(rest, other);"),
    ("a quotient beyond 64 bits taken for a short one", NATIVE + "lower_number.cpp",
     "ir_.CreateICmpULT(high, by)", "ir_.getTrue()"),
    ("half even to the odd", NATIVE + "lower_number.cpp",
     "ir_.CreateAnd(ir_.CreateICmpEQ(rest, other), odd)", "ir_.CreateAnd(ir_.CreateICmpEQ(rest, other), ir_.CreateNot(odd))"),
    ("floor of a negative number", NATIVE + "lower_number.cpp",
     "up = ir_.CreateAnd(negative, some);", "up = ir_.CreateAnd(ir_.CreateNot(negative), some);"),
    ("ceiling like down", NATIVE + "lower_number.cpp",
     "up = ir_.CreateAnd(ir_.CreateNot(negative), some);", "up = ir_.getFalse();"),
    ("< for <=", NATIVE + "lower_number.cpp", "predicate = llvm::CmpInst::ICMP_SLE;", "predicate = llvm::CmpInst::ICMP_SLT;"),
    ("> for >=", NATIVE + "lower_number.cpp",
     "  default:\n    predicate = llvm::CmpInst::ICMP_SGE;", "  default:\n    predicate = llvm::CmpInst::ICMP_SGT;"),
    ("unsigned comparison", NATIVE + "lower_number.cpp", "predicate = llvm::CmpInst::ICMP_SLT;", "predicate = llvm::CmpInst::ICMP_ULT;"),
    ("wrong scale of a product", NATIVE + "lower_number.cpp", "out.scale = a.scale + b.scale;", "out.scale = a.scale;"),
    ("scales not aligned", NATIVE + "lower_number.cpp",
     "multiply(one->number, one->range, number::power_of_ten(scale - one->scale));", ""),
    ("sum as narrow as its operands", NATIVE + "lower_number.cpp",
     "const unsigned bits = std::max({width_of(out.range), width(a.number), width(b.number)});\n  Value *left",
     "const unsigned bits = std::max(width(a.number), width(b.number));\n  Value *left"),
    ("product as narrow as its factors", NATIVE + "lower_number.cpp",
     "const unsigned bits = std::max({width_of(range), width(value), width(by)});", "const unsigned bits = std::max(width(value), width(by));"),
    ("sign of a negative divisor lost", NATIVE + "lower_number.cpp",
     "out.number = ir_.CreateSelect(negative, ir_.CreateNeg(out.number), out.number);", ""),
    ("denominator of the divisor lost", NATIVE + "lower_number.cpp",
     "if (b.denominator != nullptr) multiply(out.number, out.range, b.denominator, b.denominator_range);\n  if (out.denominator == nullptr) {\n    out.denominator = divisor;",
     "if (out.denominator == nullptr) {\n    out.denominator = divisor;"),
    ("min for max", NATIVE + "lower_number.cpp",
     "greatest ? ir_.CreateICmpSGE(left, right) : ir_.CreateICmpSLE(left, right);", "ir_.CreateICmpSLE(left, right);"),
    ("division by zero not reported", NATIVE + "lower_number.cpp", "raise(both(out.given, zero), active, division_by_zero);", "static_cast<void>(active);"),
    ("dropped carry in the division of 256 bits", NATIVE + "divide.cpp",
     "carry = static_cast<Word>(product >> 64);", "carry = 0;"),
    ("rare correction of the division left out", NATIVE + "divide.cpp",
     "if (static_cast<Word>(difference >> 64) != 0) { // one too many: rare", "if (false) {"),
    ("swapped values of a selection", NATIVE + "lower_expression.cpp",
     "out.number = ir_.CreateSelect(first, cast(x.number, bits), cast(y.number, bits));",
     "out.number = ir_.CreateSelect(first, cast(y.number, bits), cast(x.number, bits));"),
    ("or else always the second", NATIVE + "lower_expression.cpp",
     "return choose(left, other, first);",
     "return choose(left, other, ir_.CreateAnd(first, ir_.getFalse()));"),
    ("missing of a joined row forgotten", NATIVE + "lower_expression.cpp",
     "  Machine out;\n  out.given = there;\n", "  Machine out;\n"),
    ("a required value that is missing", NATIVE + "lower_expression.cpp",
     "if (left.given != nullptr) raise(negated(left.given), active, missing_value);", ""),
    ("not in becomes in", NATIVE + "lower_expression.cpp", "among->negated ? ir_.CreateNot(found) : found", "found"),
    ("upper bound of a band open", NATIVE + "lower_expression.cpp",
     "interval->high_closed ? Operator::less_equal : Operator::less", "Operator::less"),
    ("lost last row", NATIVE + "lower_work.cpp",
     "ir_.CreateCondBr(ir_.CreateICmpSLT(next, function_->getArg(3)), loop, end);",
     "ir_.CreateCondBr(ir_.CreateICmpSLT(ir_.CreateAdd(next, ir_.getInt64(1)), function_->getArg(3)), loop, end);"),
    ("missing operand counted", NATIVE + "lower_sinks.cpp", "when = both(when, operand.given);", ""),
    ("where ignored", NATIVE + "lower_sinks.cpp", "if (work.where) when = both(when, is_true(lower(*work.where, when)));", ""),
    ("bounds of a type not tested above", NATIVE + "lower_choice.cpp",
     "also(ir_.CreateICmpSGT(value.number, constant(high, bits)), exact_above)", "also(ir_.getFalse(), exact_above)"),
    ("deductions added", NATIVE + "lower_work.cpp", "rest = add(rest, amount, true);", "rest = add(rest, amount, false);"),
    ("least for greatest", NATIVE + "lower_sinks.cpp",
     "Value *better = least ? ir_.CreateICmpSLT(value, before)", "Value *better = !least ? ir_.CreateICmpSLT(value, before)"),
    ("sums over the whole run for groups", PLAN + "aggregates.cpp", "way.push_back(join);\n  }\n  Sink &sink", "way = {join};\n  }\n  Sink &sink"),
    ("sinks shared whatever their condition", PLAN + "aggregates.cpp",
     'sink.where ? print(*sink.where, plan_, program_) : "all");', '"");'),
    ("previous for next", NATIVE + "order.cpp", "  if (step.next)\n", "  if (!step.next)\n"),
    ("remainders in the wrong order", NATIVE + "order.cpp",
     "return remainders[a] > remainders[b];", "return remainders[a] < remainders[b];"),
    ("group of an allocation ignored", NATIVE + "order.cpp",
     "for (const int k : body.group) keys.push_back(", "for (const int k : std::vector<int>{}) keys.push_back("),
    ("overridden exception taken", NATIVE + "evaluate.cpp", "    if (beaten) continue;\n", "    if (beaten && false) continue;\n"),
    ("wrong alternative in the choice column", PLAN + "translate.cpp", "Alternative except = alternative_of(formula.excepts[index], lines + index);",
     "Alternative except = alternative_of(formula.excepts[index], lines);"),
    ("wrong join: the first that was made", PLAN + "translate.cpp",
     'const std::string known = fmt::format("{}>{}:{}", from, target, text(keys));', 'const std::string known = fmt::format("{}>{}", from, target);'),
    ("a let through a missing row is there", PLAN + "translate.cpp",
     "return where_there(std::move(value), scope, path);", "return value;"),
    ("a wide row kept as it is", NATIVE + "lower_work.cpp",
     "ir_.CreateCondBr(is_left_to_exact(), left, kept,", "ir_.CreateCondBr(ir_.getFalse(), left, kept,"),
    ("a wide row not marked", NATIVE + "lower_work.cpp",
     "ir_.CreateStore(ir_.getInt8(1), mark)", "ir_.CreateStore(ir_.getInt8(0), mark)"),
    ("a member's rows counted for the next one", NATIVE + "compiler.cpp",
     "static_cast<std::size_t>(member)", "static_cast<std::size_t>(member) + 1"),
    ("total of the groups where some rows have none", NATIVE + "lower_sinks.cpp",
     "if (here || execution_.bounds(grouped->group).first < 0) continue;", "if (here) continue;"),
    ("total of the groups left out", NATIVE + "compiler.cpp",
     "if (accumulator.total >= 0) add(", "if (accumulator.total < -1) add("),
    ("errors of hoisted work forgotten", NATIVE + "lower_work.cpp",
     "state = ir_.CreateSelect(failed, ir_.getInt8(Execution::failed_row), state);", "static_cast<void>(failed);"),
    ("wide rows not done again", NATIVE + "compiler.cpp", "if (errors != 0) execution.compute_exactly(pass, exact.data());", ""),
    # (In `make_groups` the same fault would make one more group, which no row ever asks for.)
    ("rows without a complete key made", NATIVE + "rows.cpp",
     "          ++set.dropped[s];\n        else\n          out[row] = set.keys->add(key.data());",
     "          ++set.dropped[s];\n        out[row] = set.keys->add(key.data());"),
    ("dropped rows not counted", NATIVE + "key_positions.cpp",
     "missing[one] += rows[row] == no_key ? 1 : 0;", "missing[one] += rows[row] == no_row ? 1 : 0;"),
]


def run(command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", **options)


def build(folder):
    """Only what the changed file is part of is built again."""
    result = run(["ninja", "-C", str(folder), "-j2", "steelyard_fuzz"])
    return "" if result.returncode == 0 else result.stdout[-1500:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scratch", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", nargs="*")
    options = parser.parse_args()
    # Laid out as the checkout is, so that a cache of objects serves both.
    tree = options.scratch.resolve() / "tree"
    folder = tree / "build/release"
    files = run(["git", "-C", str(ROOT), "ls-files"]).stdout.split("\n")
    for name in filter(None, files):
        here, there = ROOT / name, tree / name
        # What is the same keeps its time, so that a second run builds nothing anew.
        if here.is_file() and not (there.is_file() and there.read_bytes() == here.read_bytes()):
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(here, there)
    # What the compiler keeps is kept apart: another program may throw it away meanwhile.
    os.environ["XDG_CACHE_HOME"] = str(options.scratch.resolve() / "cache")
    run(["cmake", "--preset", "release"], cwd=tree)
    trouble = build(folder)
    if trouble:
        print("the tree does not build:\n" + trouble)
        return 2
    fuzz = [str(folder / "steelyard_fuzz"), "--engine", "native", "--no-real", "--stop-after", "1", "--shrink", "0",
            "--seed", options.seed, "--failures", str(folder / "fuzz_failures")]
    sound = run(fuzz + ["--seconds", "0", "--cpu-seconds", "20"])
    if sound.returncode != 0:
        print("without any fault there is a difference already:\n" + sound.stdout[-3000:])
        return 2
    missed = 0
    for name, path, old, new in FAULTS:
        if options.only and name not in options.only:
            continue
        source = tree / path
        text = source.read_text()
        if text.count(old) != 1:
            print(f"{name:45} not planted: its place in {path} is there {text.count(old)} times", flush=True)
            missed += 1
            continue
        source.write_text(text.replace(old, new))
        trouble = build(folder)
        if trouble:
            print(f"{name:45} does not build: {trouble[-300:]}", flush=True)
            missed += 1
        else:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            result = run(fuzz + ["--seconds", "0", "--cpu-seconds", str(options.seconds)])
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            found = result.returncode not in (0, 2)
            how = next((line for line in result.stdout.split("\n") if line.startswith("seed ")), "")
            print(f"{name:45} {'found after %5.1f s' % seconds if found else 'NOT FOUND'}  {how[:90]}", flush=True)
            missed += 0 if found else 1
        source.write_text(text)
    print(f"{missed} of {len(options.only or FAULTS)} not found")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
