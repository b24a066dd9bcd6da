// IBM's General Decimal Arithmetic test cases (Debian: libpython3.11-testsuite) run against runtime/number.
//
// Those cases are of a floating decimal with `precision` significant digits; ours has scales. So each
// operation is done exactly, the exponent of the result is worked out from the operands as the specification
// says (its "ideal exponent", the precision), and runtime/number rounds once to that scale. Coefficient and
// exponent must both be those of the test case. What decTest has and we do not is left out and counted by
// reason: see left_out_for.
#include "runtime/number/exact.h"

#include <algorithm>
#include <cctype>
#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace steelyard::number;

namespace {

constexpr auto debian_folder = "/usr/lib/python3.11/test/decimaltestdata";
constexpr int domain_digits = 38;
constexpr std::size_t cases_wanted = 4000;

/// coefficient x 10^exponent, as a decTest number states it.
struct Floating {
  Integer coefficient;
  int exponent = 0;

  Exact value() const {
    return exponent >= 0 ? Exact(Integer(coefficient * power_of_ten(exponent)))
                         : Exact(Decimal{coefficient, -exponent});
  }
  std::string text() const { return fmt::format("{}E{:+}", coefficient.str(), exponent); }
};

int digits(const Integer &value) {
  return static_cast<int>(value.str().size()) - (value.sign() < 0 ? 1 : 0);
}

/// Digits needed to write the number without an exponent.
int plain_digits(const Floating &number) {
  const int coefficient = digits(number.coefficient);
  return number.exponent >= 0 ? coefficient + number.exponent : std::max(coefficient, -number.exponent);
}

struct Context {
  int precision = 9;
  std::string rounding = "half_up";
};

const std::map<std::string, Rounding, std::less<>> rounding_names = {
    {"half_up", Rounding::half_up},    {"half_even", Rounding::half_even}, {"down", Rounding::down},
    {"floor", Rounding::floor},        {"ceiling", Rounding::ceiling},     {"up", Rounding::up},
    {"half_down", Rounding::half_down}};

struct Case {
  std::string id, operation;
  std::vector<std::string> operands;
  std::string result;
  std::set<std::string, std::less<>> conditions;
};

struct Tally {
  std::size_t run = 0;
  std::map<std::string, std::size_t> by_operation, left_out;
  std::vector<std::string> failures;
};

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// The words of a line in lower case, up to its comment; a quoted word may hold anything.
std::vector<std::string> words_of(const std::string &line) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < line.size();) {
    const char first = line[i];
    if (std::isspace(static_cast<unsigned char>(first)) != 0) {
      ++i;
    } else if (first == '\'' || first == '"') {
      const std::size_t end = std::min(line.find(first, i + 1), line.size());
      words.push_back(lower(line.substr(i + 1, end - i - 1)));
      i = end + 1;
    } else {
      const std::size_t end = std::min(line.find_first_of(" \t\r", i), line.size());
      if (line.compare(i, 2, "--") == 0) break;
      words.push_back(lower(line.substr(i, end - i)));
      i = end;
    }
  }
  return words;
}

/// "12.50e-3" as a number; nothing for anything else. decTest also writes "1." and ".5", which parse_decimal
/// refuses on purpose, so those two are completed first.
std::optional<Floating> floating(const std::string &text) {
  const std::size_t e = std::min(text.find('e'), text.size());
  std::string mantissa = text.substr(0, e);
  if (mantissa.ends_with('.')) mantissa.pop_back();
  if (const std::size_t point = mantissa.find('.'); point == 0 || (point == 1 && !std::isdigit(mantissa[0])))
    mantissa.insert(point, 1, '0');
  const auto parsed = parse_decimal(mantissa);
  if (!parsed) return std::nullopt;
  if (e == text.size()) return Floating{parsed->units, -parsed->scale};
  const auto exponent = parse_decimal(text.substr(e + 1));
  if (!exponent || exponent->scale != 0) return std::nullopt;
  // Far outside the domain all exponents are alike; this keeps them in range.
  const Integer limit = 1'000'000'000;
  const Integer capped = std::clamp<Integer>(exponent->units, Integer(-limit), limit);
  return Floating{parsed->units, static_cast<int>(capped) - parsed->scale};
}

/// `value` as a coefficient at `exponent`, rounded.
Floating at_exponent(const Exact &value, int exponent, Rounding mode) {
  if (exponent <= 0) return {round(value, -exponent, mode).units, exponent};
  return {round(value / Exact(power_of_ten(exponent)), 0, mode).units, exponent};
}

bool fits_exponent(const Exact &value, int exponent) {
  return exponent <= 0 ? fits_scale(value, -exponent) : fits_scale(value / Exact(power_of_ten(exponent)), 0);
}

/// The exponent of the first significant digit of a number that is not zero.
int first_digit(const Exact &value) {
  const int estimate = digits(value.num()) - digits(value.den());
  return abs(value) < Floating{1, estimate}.value() ? estimate - 1 : estimate;
}

/// The result of an operation: its exact value, at its ideal exponent if the precision has room for that. A
/// division takes the nearest exponent below the ideal one which states the value in full.
Floating in_context(const Exact &value, int ideal, const Context &context) {
  if (value.is_zero()) return {0, ideal};
  const Rounding mode = rounding_names.at(context.rounding);
  const int lowest = first_digit(value) - context.precision + 1;
  int exponent = std::max(ideal, lowest);
  while (exponent > lowest && !fits_exponent(value, exponent)) --exponent;
  const Floating result = at_exponent(value, exponent, mode);
  // 999.5 -> 1000 has a digit too many; one place further up it is 100E+1.
  return digits(result.coefficient) <= context.precision ? result : at_exponent(value, exponent + 1, mode);
}

/// As in_context, for a square root: it is irrational, so "in full" is decided by squaring.
Floating root_in_context(const Floating &square, const Context &context) {
  const int ideal = square.exponent >= 0 ? square.exponent / 2 : -((1 - square.exponent) / 2);
  const Exact value = square.value();
  if (value.is_zero()) return {0, ideal};
  const auto root_at = [&value](int exponent, Rounding mode) -> Floating {
    if (exponent <= 0) return {round_root(value, -exponent, mode).units, exponent};
    return {round_root(value / Exact(power_of_ten(2 * exponent)), 0, mode).units, exponent};
  };
  const int first = first_digit(value);
  const int lowest = (first >= 0 ? first / 2 : -((1 - first) / 2)) - context.precision + 1;
  int exponent = std::max(ideal, lowest);
  const auto in_full = [&] {
    const Exact root = root_at(exponent, Rounding::down).value();
    return root * root == value;
  };
  while (exponent > lowest && !in_full()) --exponent;
  // The specification fixes the rounding of square-root, whatever the directive says.
  const Floating result = root_at(exponent, Rounding::half_even);
  return digits(result.coefficient) <= context.precision ? result
                                                         : root_at(exponent + 1, Rounding::half_even);
}

const std::map<std::string, std::size_t, std::less<>> operand_counts = {
    {"add", 2},     {"subtract", 2}, {"multiply", 2},   {"divide", 2},      {"compare", 2},   {"min", 2},
    {"max", 2},     {"abs", 1},      {"minus", 1},      {"plus", 1},        {"apply", 1},     {"quantize", 2},
    {"rescale", 2}, {"fma", 3},      {"tointegral", 1}, {"tointegralx", 1}, {"squareroot", 1}};

Floating run(const std::string &operation, const std::vector<Floating> &operands, const Context &context) {
  const Floating &a = operands.front(), &b = operands.back();
  const auto at = [&](int exponent) {
    return at_exponent(a.value(), exponent, rounding_names.at(context.rounding));
  };
  if (operation == "add") return in_context(a.value() + b.value(), std::min(a.exponent, b.exponent), context);
  if (operation == "subtract")
    return in_context(a.value() - b.value(), std::min(a.exponent, b.exponent), context);
  if (operation == "multiply") return in_context(a.value() * b.value(), a.exponent + b.exponent, context);
  if (operation == "divide") return in_context(a.value() / b.value(), a.exponent - b.exponent, context);
  if (operation == "fma") {
    const Floating &factor = operands[1];
    return in_context(a.value() * factor.value() + b.value(),
                      std::min(a.exponent + factor.exponent, b.exponent), context);
  }
  if (operation == "compare") {
    const auto order = a.value() <=> b.value();
    return {std::is_lt(order) ? -1 : std::is_gt(order) ? 1 : 0, 0};
  }
  if (operation == "min" || operation == "max") {
    const bool first = operation == "min" ? a.value() < b.value() : a.value() > b.value();
    return in_context(first ? a.value() : b.value(), first ? a.exponent : b.exponent, context);
  }
  if (operation == "abs") return in_context(abs(a.value()), a.exponent, context);
  if (operation == "minus") return in_context(-a.value(), a.exponent, context);
  if (operation == "plus" || operation == "apply") return in_context(a.value(), a.exponent, context);
  if (operation == "quantize") return at(b.exponent);
  if (operation == "rescale")
    return at(static_cast<int>(round(b.value(), 0, Rounding::down).units)); // b is written 2 or 2.0
  if (operation == "squareroot") return root_in_context(a, context);
  return at(std::max(a.exponent, 0)); // tointegral, tointegralx
}

/// Why the case is not one of runtime/number; null when it is. The texts are what the test prints.
const char *left_out_for(const Case &test, const Context &context) {
  static const std::set<std::string, std::less<>> range = {"overflow", "underflow", "subnormal", "clamped"};
  const auto count = operand_counts.find(test.operation);
  if (count == operand_counts.end()) return "an operation runtime/number does not have";
  if (test.result == "?" || count->second != test.operands.size() || test.result.starts_with('#'))
    return "undefined result, or an operand that is a bit pattern";
  std::vector<Floating> numbers;
  for (const std::string &word : test.operands) {
    const auto number = floating(word);
    if (!number)
      return word.starts_with('#') ? "undefined result, or an operand that is a bit pattern"
                                   : "an operand is a NaN, an infinity or not a number";
    numbers.push_back(*number);
  }
  const auto result = floating(test.result);
  if (!result)
    return test.conditions.contains("division_by_zero") || test.conditions.contains("division_undefined")
               ? "division by zero"
           : test.conditions.contains("overflow") ? "overflow, underflow, subnormal or clamped exponents"
                                                  : "the result is a NaN (beyond the precision, root of < 0)";
  if (std::ranges::any_of(test.conditions, [](const std::string &name) { return range.contains(name); }))
    return "overflow, underflow, subnormal or clamped exponents";
  if (!rounding_names.contains(context.rounding)) return "rounding mode 05up";
  // The second operand of a rescale is an exponent, whose size as a number says nothing.
  if (test.operation == "rescale") numbers.pop_back();
  numbers.push_back(*result);
  if (std::ranges::any_of(numbers, [](const Floating &n) { return digits(n.coefficient) > domain_digits; }))
    return "a coefficient of more than 38 digits";
  if (std::ranges::any_of(numbers, [](const Floating &n) { return plain_digits(n) > domain_digits; }))
    return "an exponent that takes more than 38 digits to write out";
  return nullptr;
}

/// decTest's text of a result as ours: no exponent (then nothing, it is compared by its parts) and no "-0".
std::optional<std::string> plain_text(const std::string &text, const Floating &number) {
  if (text.find('e') != std::string::npos) return std::nullopt;
  return number.coefficient.is_zero() && text.starts_with('-') ? text.substr(1) : text;
}

void check(const Case &test, const std::string &line, const Context &context, Tally &tally) {
  if (const char *reason = left_out_for(test, context)) {
    ++tally.left_out[reason];
    return;
  }
  std::vector<Floating> operands;
  for (const std::string &word : test.operands) operands.push_back(floating(word).value());
  const Floating wanted = floating(test.result).value();
  ++tally.run;
  ++tally.by_operation[test.operation];
  std::string got;
  try {
    const Floating result = run(test.operation, operands, context);
    // Of two equal operands decTest's min and max choose by exponent and sign of zero: not a matter of value.
    const bool tie = (test.operation == "min" || test.operation == "max") &&
                     operands.front().value() == operands.back().value();
    const auto text = plain_text(test.result, wanted);
    const bool as_text = tie || !text || to_text(Decimal{result.coefficient, -result.exponent}) == *text;
    if (result.value() == wanted.value() && (tie || result.exponent == wanted.exponent) && as_text) return;
    got = result.text();
  } catch (const std::exception &error) {
    got = error.what();
  }
  tally.failures.push_back(fmt::format("{} (precision {}, rounding {}): got {}, wanted {}\n  {}", test.id,
                                       context.precision, context.rounding, got, wanted.text(), line));
}

/// Runs all cases of one file.
void run_file(std::istream &file, Tally &tally) {
  Context context;
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> words = words_of(line);
    const auto arrow = std::ranges::find(words, "->");
    if (arrow == words.end()) {
      if (words.size() == 2 && words[0] == "precision:")
        context.precision = std::stoi(words[1]);
      else if (words.size() == 2 && words[0] == "rounding:")
        context.rounding = words[1];
      continue;
    }
    if (arrow - words.begin() < 2 || arrow + 1 == words.end()) {
      tally.failures.push_back("not understood: " + line);
      continue;
    }
    const Case test{words[0], words[1], {words.begin() + 2, arrow}, arrow[1], {arrow + 2, words.end()}};
    check(test, line, context, tally);
  }
}

} // namespace

TEST_CASE("decimal arithmetic: IBM's decTest cases of our domain") {
  if (!std::filesystem::is_directory(debian_folder)) {
    MESSAGE(fmt::format("skipped: {} is not there (Debian: libpython3.11-testsuite)", debian_folder));
    return;
  }
  Tally tally;
  for (const auto &entry : std::filesystem::directory_iterator(debian_folder)) {
    if (entry.path().extension() != ".decTest") continue;
    std::ifstream file(entry.path());
    REQUIRE_MESSAGE(file, entry.path().string() << " cannot be read");
    run_file(file, tally);
  }
  std::string report = fmt::format("{} decTest cases run:", tally.run);
  for (const auto &[operation, count] : tally.by_operation) report += fmt::format(" {} {}", operation, count);
  for (const auto &[reason, count] : tally.left_out)
    report += fmt::format("\n  left out {:6}: {}", count, reason);
  MESSAGE(report);
  for (const std::string &failure : tally.failures) FAIL_CHECK(failure);
  CHECK(tally.run >= cases_wanted);
}

TEST_CASE("decimal arithmetic: a wrong result, scale or line is reported") {
  const auto failures = [](const std::string &text) {
    std::istringstream file("precision: 4 -- digits\nrounding:  Half_Even\n" + text);
    Tally tally;
    run_file(file, tally);
    return tally.failures.size();
  };
  CHECK(
      failures(
          "t1 add 1.50 2.5 -> 4.00\nt2 divide 2 3 -> 0.6667 Inexact Rounded\nt3 multiply 1E+2 12 -> 1.2E+3\n"
          "t4 quantize -0.5 1 -> -0 Inexact Rounded\nt5 plus '1.2345' -> 1.234 Rounded Inexact") == 0);
  CHECK(failures("t1 add 1.50 2.5 -> 4.01") == 1);
  CHECK(failures("t1 add 1.50 2.5 -> 4.0") == 1);
  CHECK(failures("t1 add 1.50 2.5 -> 0.4E+1") == 1);
  CHECK(failures("t1 plus 1.2345 -> 1.235 -- half_up's result") == 1);
  CHECK(failures("t1 compare 2 1 -> -1") == 1);
  CHECK(failures("t1 max 2 3 -> 2\nt2 squareroot 2 -> 1.415\nt3 add ->") == 3);
}
