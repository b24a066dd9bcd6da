#!/usr/bin/env python3
"""Plants faults in the native engine, one at a time, and tells after how many seconds steelyard_fuzz finds each.

    tests/fuzz/faults.py SCRATCH [--seconds 60] [--only NAME ...] [--seed 1] [--jobs 2]

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

# The same in rows that are computed one after the other, for policies of lists and tables of rules (--rows 100).
ROW_FAULTS = [
    ("rows: what is known of other rows lost", NATIVE + "row_nodes.h", "return (before & ~rows) | (now & rows);", "return (before & rows) | (now & rows);"),
    ("rows: the last of 64 left out", NATIVE + "row_nodes.h",
     "for (std::size_t row = 0; row < rows_together; ++row) act(row);", "for (std::size_t row = 0; row + 1 < rows_together; ++row) act(row);"),
    ("rows: element of another list", NATIVE + "row_nodes.h",
     "return current_[depth_ - 1 - level];", "return current_[level < depth_ ? level : 0];"),
    ("rows: with keeps what was known before", NATIVE + "row_scalars.h", "slot.known &= ~rows;", "static_cast<void>(slot);"),
    ("rows: or else takes the first truth", NATIVE + "row_scalars.h", "merged(a.yes, b.yes, rest)", "merged(a.yes, a.yes, rest)"),
    ("rows: unknown texts are all the same", NATIVE + "row_scalars.h",
     "return a.numbers[row] != Codes::unknown || a.texts[row] == b.texts[row];", "return true;"),
    ("rows: unknown elements are all the same", NATIVE + "row_scalars.h",
     "return element.code != Codes::unknown || element.text == sought.texts[row];", "return true;"),
    ("rows: others with one empty text as a value", NATIVE + "row_scalars.h",
     "if (!at_least_one && list.count == 1 && list.first->text.empty()) list = {};", ""),
    ("rows: a value without the element that it must have", NATIVE + "row_scalars.h",
     "if (!at_least_one || list.count != 0) return;", "return;"),
    ("rows: decimals after with", NATIVE + "row_terms.cpp", "out->factor = power_of_ten(of.scale - with->value->type.scale);", ""),
    ("rows: numbers of codes too great to be kept", NATIVE + "row_terms.cpp",
     "number <= CodeFacts::most - ElementNumberNode::first;", "number <= CodeFacts::most;"),
    ("rows: with outside forgotten inside", NATIVE + "row_batch.cpp",
     "of_outer = of_outer || outside->changed_field == f;", "static_cast<void>(outside);"),
    ("rows: with reaches what rests on it at once", NATIVE + "row_engine.cpp", "if (fields_[by].rests_on[f]) of.rests_on[f] = true;", "static_cast<void>(f);"),
    ("rows: results of rows outside a with", NATIVE + "row_engine.cpp", "slot.values = outside.values;", ""),
    ("rows: the first line again", NATIVE + "row_engine.cpp", "left &= ~taken;\n    if (taken != 0) take(", "left &= ~(taken & (taken - 1));\n    if (taken != 0) take("),
    ("rows: elements passed over by all", NATIVE + "row_lists.cpp", "fact != nullptr && op != ListOp::all;", "fact != nullptr;"),
    ("rows: one element short", NATIVE + "row_lists.cpp", "if (i >= lists[row].count) return false;", "if (i + 1 >= lists[row].count) return false;"),
    ("rows: none of one element", NATIVE + "row_leaves.h", "if (elements.count == 1 && op != ListOp::none) return first;", "if (elements.count == 1) return first;"),
    ("rows: an equal cell is a lesser one", NATIVE + "row_leaves.h",
     "return less * 2 + (at != values.end() && *at == x ? 1 : 0);", "return less * 2;"),
    ("rows: filters whose classes are mixed up", NATIVE + "row_leaves.h", "out[row] = out[row] * 2 +", "out[row] = out[row] * 2 + 1 -"),
    ("rows: more rows implied by filters", NATIVE + "row_filters.cpp", "out[w] &= ~whole.may[w];", "out[w] &= ~whole.may[w] | 4;"),
    ("rows: conditions that no row needs are guards", NATIVE + "row_filters.cpp", "const bool guard = whole.may == none;",
     "const bool guard = rows_in(whole.may) * 8 < making.rows;"),
    ("rows: a filter lacks its last rows", NATIVE + "row_search.cpp",
     "while (from < to && set[to - 1] == 0) --to;", "if (to > 1) --to;"),
    ("rows: conditions of a search kept for the next", NATIVE + "row_search.cpp",
     "for (SearchState::Known &known : state.same) known.rows = 0;", ""),
    ("rows: values of a search kept for the next", NATIVE + "row_search.cpp",
     "for (SearchState::Known &known : state.values) known.rows = 0;", ""),
    ("rows: a short list at the end of a block", NATIVE + "row_inputs.cpp",
     "if (left < block) ends = (ends & (bit_of(left) - 1)) | bit_of(left);", "if (left < block) ends |= bit_of(left);"),
]


def run(command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", **options)


def build(folder, jobs):
    """Only what the changed file is part of is built again."""
    result = run(["ninja", "-C", str(folder), f"-j{jobs}", "steelyard_fuzz"])
    return "" if result.returncode == 0 else result.stdout[-1500:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scratch", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", nargs="*", help="names of faults, or their first words: rows:")
    parser.add_argument("--jobs", type=int, default=2)
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
    trouble = build(folder, options.jobs)
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
    faults = [(fault, []) for fault in FAULTS] + [(fault, ["--rows", "100"]) for fault in ROW_FAULTS]
    if options.only:
        faults = [each for each in faults if each[0][0] in options.only or each[0][0].split(" ")[0] in options.only]
    for (name, path, old, new), more in faults:
        source = tree / path
        text = source.read_text()
        if text.count(old) != 1:
            print(f"{name:45} not planted: its place in {path} is there {text.count(old)} times", flush=True)
            missed += 1
            continue
        source.write_text(text.replace(old, new))
        trouble = build(folder, options.jobs)
        if trouble:
            print(f"{name:45} does not build: {trouble[-300:]}", flush=True)
            missed += 1
        else:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            result = run(fuzz + more + ["--seconds", "0", "--cpu-seconds", str(options.seconds)])
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            found = result.returncode not in (0, 2)
            how = next((line for line in result.stdout.split("\n") if line.startswith("seed ")), "")
            print(f"{name:45} {'found after %5.1f s' % seconds if found else 'NOT FOUND'}  {how[:90]}", flush=True)
            missed += 0 if found else 1
        source.write_text(text)
    print(f"{missed} of {len(faults)} not found")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
