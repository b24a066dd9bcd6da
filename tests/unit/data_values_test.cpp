// Cells as values: what each kind accepts and refuses, defaults, missing values, wide decimals.
#include "data_fixture.h"
#include "runtime/data/cell_parser.h"
#include "runtime/data/read_dataset.h"
#include "runtime/data/run_period.h"
#include <doctest/doctest.h>
#include <limits>
#include <random>

using namespace steelyard::data;
using namespace data_test;

namespace {

/// One table with a key and the field at hand, one row per cell.
ReadResult read_cells(const FieldSchema &field, const Texts &cells) {
  TemporaryFolder folder;
  std::string content = "id," + field.name + "\n";
  for (std::size_t i = 0; i < cells.size(); ++i) content += std::to_string(i) + "," + cells[i] + "\n";
  folder.put("t.csv", content);
  return read_dataset(dataset({table("t", {key(text("id")), field})}), folder.path(), Encoding::utf8);
}

std::vector<std::int64_t> values(const ReadResult &result) {
  return narrow_values(result.dataset.tables[0].columns[1]);
}

/// The codes of the errors of one cell, or "" when it is accepted.
std::string verdict(const FieldSchema &field, const std::string &cell) {
  ReadResult result = read_cells(field, {cell});
  return result.errors.empty() ? "" : result.errors[0].code;
}

std::string range_error(std::optional<Int128> min, bool exclusive, std::optional<Int128> max,
                        const std::string &cell) {
  FieldSchema field = number("n", 2);
  field.min = min;
  field.min_exclusive = exclusive;
  field.max = max;
  ReadResult result = read_cells(field, {cell});
  return result.errors.empty() ? "" : result.errors[0].message;
}

Int128 power(int exponent) {
  Int128 value = 1;
  while (exponent-- > 0) value *= 10;
  return value;
}

} // namespace

TEST_CASE("values: decimals become units of their scale") {
  ReadResult result = read_cells(number("n", 2), {"1", "1.5", "1.50", "-1.05", "0", "-0", "-0.00", "007.10"});
  CHECK(texts(result.errors) == Texts{});
  CHECK(values(result) == std::vector<std::int64_t>{100, 150, 150, -105, 0, 0, 0, 710});
  CHECK(values(read_cells(number("n", 0), {"12", "-3"})) == std::vector<std::int64_t>{12, -3});
}

TEST_CASE("values: what is not plain decimal notation") {
  for (std::string cell :
       {"1e5",  "\"1,000\"", "１２", "１２.50", "+5", ".5",  "5.",   "-",     "--5", "1.2.3",
        "0x10", "NaN",       "−5",   "1 000",   "5-", "-.5", "1.-5", "1.5元", "abc", "."}) {
    CAPTURE(cell);
    CHECK(verdict(number("n", 2), cell) == "D102");
  }
  for (std::string cell : {" 5", "5 ", "\t5", "5\xC2\xA0", "　5", " ", "\" 5\""}) {
    CAPTURE(cell);
    CHECK(verdict(number("n", 2), cell) == "D111");
  }
  CHECK(texts(read_cells(number("n", 0), {"1.0"}).errors) ==
        Texts{"t.csv, line 2, column n, value \"1.0\": 1 digit behind the point, but number(0) allows none "
              "[D103]"});
  CHECK(read_cells(number("n", 0), {"x"}).errors[0].message ==
        "not a number; plain decimal notation is expected, such as 1250");
  CHECK(verdict(number("n", 2), "1.234") == "D103");
  CHECK(verdict(number("n", 2), "0.000") == "D103");
}

TEST_CASE("values: ranges are told in the scale of the field") {
  CHECK(range_error(0, false, 100, "-0.01") == "must not be negative");
  CHECK(range_error(0, false, 100, "1.01") == "outside the range of number(2); must be from 0.00 to 1.00");
  CHECK(range_error(0, true, std::nullopt, "0") == "outside the range of number(2); must be above 0.00");
  CHECK(range_error(0, true, std::nullopt, "-1") == "outside the range of number(2); must be above 0.00");
  CHECK(range_error(0, true, 250, "2.51") ==
        "outside the range of number(2); must be above 0.00 and at most 2.50");
  CHECK(range_error(-50, false, std::nullopt, "-0.51") ==
        "outside the range of number(2); must be at least -0.50");
  CHECK(range_error(std::nullopt, false, -5, "0") == "outside the range of number(2); must be at most -0.05");
  CHECK(range_error(0, false, 100, "0").empty());
  CHECK(range_error(0, false, 100, "1.00").empty());
  CHECK(range_error(0, true, 100, "0.01").empty());
  // Bounds that no 64 bits hold.
  CHECK(range_error(-power(30), false, power(30), "5").empty());
  CHECK(range_error(power(30), false, power(31), "5") ==
        "outside the range of number(2); must be from 10000000000000000000000000000.00 to "
        "100000000000000000000000000000.00");
}

TEST_CASE("values: decimals beyond 64 bits make the column wide") {
  // 92233720368547758.07 is the greatest int64 in scale 2.
  ReadResult narrow = read_cells(number("n", 2), {"92233720368547758.07", "-92233720368547758.08", "1"});
  CHECK(values(narrow) == std::vector<std::int64_t>{std::numeric_limits<std::int64_t>::max(),
                                                    std::numeric_limits<std::int64_t>::min(), 100});
  CHECK(narrow.dataset.tables[0].columns[1].storage() == Storage::i64);

  FieldSchema field = optional(number("n", 2));
  ReadResult result = read_cells(
      field, {"1.5", "", "92233720368547758.08", "2", "", "-9999999999999999999999999999999999.99"});
  CHECK(texts(result.errors) == Texts{});
  const Column &column = result.dataset.tables[0].columns[1];
  CHECK(column.storage() == Storage::i128);
  Int128 above = Int128{std::numeric_limits<std::int64_t>::max()} + 1;
  CHECK((wide_values(column) == std::vector<Int128>{150, 0, above, 200, 0, -(power(36) - 1)}));
  CHECK(given_values(column) == std::vector<bool>{true, false, true, true, false, true});
}

TEST_CASE("values: a short cell whose units do not fit 64 bits is wide too") {
  ReadResult result = read_cells(number("n", 10), {"999999999999999999", "-922337203.6854775808"});
  CHECK(texts(result.errors) == Texts{});
  Int128 nines = (power(18) - 1) * power(10);
  Int128 least = std::numeric_limits<std::int64_t>::min();
  CHECK((wide_values(result.dataset.tables[0].columns[1]) == std::vector<Int128>{nines, least}));
}

TEST_CASE("values: a number has at most 36 digits in units of its scale") {
  std::string nines(36, '9');
  CHECK(verdict(number("n", 0), nines).empty());
  CHECK(verdict(number("n", 0), "000" + nines).empty());
  CHECK(verdict(number("n", 0), "1" + std::string(36, '0')) == "D104");
  CHECK(verdict(number("n", 0), std::string(400, '9')) == "D104");
  CHECK(verdict(number("n", 4), std::string(33, '9')) == "D104");
  CHECK(verdict(number("n", 4), std::string(32, '9') + ".9999").empty());
  CHECK(verdict(number("n", 40), "0").empty());
  CHECK(verdict(number("n", 40), "1") == "D104");
}

TEST_CASE("values: the short path reads what the careful one reads") {
  std::mt19937 random(7);
  std::string_view alphabet = "0123456789012345678900.-x";
  std::size_t accepted = 0;
  for (int round = 0; round < 200000; ++round) {
    std::string cell;
    for (std::size_t left = random() % 22; left > 0; --left) cell += alphabet[random() % alphabet.size()];
    auto scale = static_cast<int>(random() % 20);
    std::int64_t short_units = 0;
    if (!parse_short_decimal(cell, scale, short_units)) continue;
    Int128 units = 0;
    INFO(cell << " at scale " << scale);
    REQUIRE(parse_decimal(cell, number("n", scale), units) == ErrorCode::none);
    REQUIRE((units == short_units));
    ++accepted;
  }
  CHECK(accepted > 10000);
}

TEST_CASE("values: decimals as text") {
  CHECK(decimal_text(0, 0) == "0");
  CHECK(decimal_text(0, 2) == "0.00");
  CHECK(decimal_text(-5, 2) == "-0.05");
  CHECK(decimal_text(12345, 2) == "123.45");
  CHECK(decimal_text(power(36), 4) == "1" + std::string(32, '0') + ".0000");
  __extension__ typedef unsigned __int128 Unsigned;
  auto least = static_cast<Int128>(Unsigned{1} << 127U);
  CHECK(decimal_text(least, 0) == "-170141183460469231731687303715884105728");
}

TEST_CASE("values: dates are days of the calendar") {
  ReadResult result = read_cells(
      date("d"), {"1970-01-01", "1969-12-31", "2000-02-29", "2024-12-31", "0001-01-01", "9999-12-31"});
  CHECK(texts(result.errors) == Texts{});
  CHECK(values(result) == std::vector<std::int64_t>{0, -1, 11016, 20088, -719162, 2932896});
  for (std::string cell :
       {"2024-1-31", "2024/01/31", "20240131", "2024-01-32", "2024-13-01", "2024-00-10", "2024-01-00",
        "1900-02-29", "0000-01-01", "2024-01-31T00:00", "31-01-2024", "２０２４-01-01"}) {
    CAPTURE(cell);
    CHECK(verdict(date("d"), cell) == "D109");
  }
  CHECK(verdict(date("d"), "2024-01-31 ") == "D111");
}

TEST_CASE("values: booleans and enumerations") {
  CHECK(values(read_cells(boolean("b"), {"true", "false", "\"true\""})) ==
        std::vector<std::int64_t>{1, 0, 1});
  for (std::string cell : {"TRUE", "1", "yes", "truefalse", "t", "是"})
    CHECK(verdict(boolean("b"), cell) == "D108");
  CHECK(verdict(boolean("b"), "true ") == "D111");

  FieldSchema field = choice("c", {{"one", "一"}, {"two", "二"}, {"with blank "}});
  CHECK(values(read_cells(field, {"二", "one", "two", "一", "with blank "})) ==
        std::vector<std::int64_t>{1, 0, 1, 0, 2});
  CHECK(verdict(field, "三") == "D110");
  CHECK(verdict(field, "one ") == "D111");

  std::vector<MemberSpellings> many;
  for (int i = 1; i <= 22; ++i) many.push_back({"m" + std::to_string(i)});
  CHECK(read_cells(choice("c", many), {"x"}).errors[0].message ==
        "not one of the accepted values; expected is one of: m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, "
        "m12, "
        "m13, m14, m15, m16, m17, m18, m19, m20 and 2 more");
}

TEST_CASE("values: texts go to the dictionary in order of first appearance") {
  ReadResult result = read_cells(text("x"), {"乙", "甲", " 甲", "乙"});
  CHECK(values(result) == std::vector<std::int64_t>{0, 1, 2, 0});
  CHECK(dictionary_texts(result.dataset.tables[0].columns[1]) == Texts{"乙", "甲", " 甲"});
}

TEST_CASE("values: a dictionary of many texts finds each again") {
  Texts cells;
  for (int i = 0; i < 30000; ++i) cells.push_back("text number " + std::to_string(i % 20000));
  ReadResult result = read_cells(text("x"), cells);
  std::vector<std::int64_t> expected;
  for (int i = 0; i < 30000; ++i) expected.push_back(i % 20000);
  CHECK((values(result) == expected));
}

TEST_CASE("values: empty cells and absent columns take the default, else are missing") {
  TemporaryFolder folder;
  DatasetSchema schema = dataset(
      {table("t", {key(text("id")), with_default(number("n", 2), "1.5"), with_default(text("x"), "none"),
                   with_default(date("d"), "1970-01-03"),
                   with_default(choice("c", {{"a"}, {"b", "乙"}}), "乙"), with_default(boolean("b"), "true"),
                   optional(number("o", 0)), with_default(number("w", 0), "100000000000000000000")})});
  auto check = [&](std::string_view content) {
    folder.put("t.csv", content);
    ReadResult result = read_dataset(schema, folder.path(), Encoding::utf8);
    CHECK(texts(result.errors) == Texts{});
    const std::vector<Column> &columns = result.dataset.tables[0].columns;
    CHECK(narrow_values(columns[1]) == std::vector<std::int64_t>{150, 150});
    CHECK(narrow_values(columns[2]) == std::vector<std::int64_t>{0, 0});
    CHECK(dictionary_texts(columns[2]) == Texts{"none"});
    CHECK(narrow_values(columns[3]) == std::vector<std::int64_t>{2, 2});
    CHECK(narrow_values(columns[4]) == std::vector<std::int64_t>{1, 1});
    CHECK(narrow_values(columns[5]) == std::vector<std::int64_t>{1, 1});
    CHECK(narrow_values(columns[6]) == std::vector<std::int64_t>{0, 0});
    CHECK((wide_values(columns[7]) == std::vector<Int128>{power(20), power(20)}));
    for (std::size_t f = 0; f < columns.size(); ++f)
      CHECK(given_values(columns[f]) == std::vector<bool>(2, f != 6));
  };
  check("id,n,x,d,c,b,o,w\nA,,,,,,,\nB,,,,,,,\n");
  check("id\nA\nB\n");
}

TEST_CASE("values: a text default shares the code of the same text in a cell") {
  ReadResult result = read_cells(with_default(text("x"), "none"), {"some", "none", "", "some"});
  CHECK(values(result) == std::vector<std::int64_t>{0, 1, 1, 0});
}

TEST_CASE("values: a bad cell is missing and keeps the rows in step") {
  ReadResult result = read_cells(number("n", 0), {"1", "x", "3"});
  CHECK(result.error_count == 1);
  CHECK(values(result) == std::vector<std::int64_t>{1, 0, 3});
  CHECK(given_values(result.dataset.tables[0].columns[1]) == std::vector<bool>{true, false, true});
}

TEST_CASE("values: errors behind the first batch have their own lines and cells") {
  Texts cells(1000, "1");
  cells[63] = "a";
  cells[64] = "b";
  cells[999] = "c";
  CHECK(
      texts(read_cells(number("n", 0), cells).errors) ==
      Texts{
          "t.csv, line 65, column n, value \"a\": not a number; plain decimal notation is expected, such as "
          "1250 [D102]",
          "t.csv, line 66, column n, value \"b\": not a number; plain decimal notation is expected, such as "
          "1250 [D102]",
          "t.csv, line 1001, column n, value \"c\": not a number; plain decimal notation is expected, such "
          "as 1250 [D102]"});
}

TEST_CASE("values: months of the calendar") {
  ReadResult result = read_cells(month("m"), {"1970-01", "2024-12", "1969-12", "0001-01", "9999-12"});
  CHECK(texts(result.errors) == Texts{});
  CHECK(values(result) == std::vector<std::int64_t>{0, 659, -1, -23628, 96359});
  CHECK(texts(read_cells(month("m"), {"2024-13", " 2024-01"}).errors) ==
        Texts{"t.csv, line 2, column m, value \"2024-13\": not a month of the calendar in the form YYYY-MM; "
              "a month such as "
              "2024-01 is expected [D115]",
              "t.csv, line 3, column m, value \" 2024-01\": a blank stands before or after the value; blanks "
              "are not removed, "
              "and the value alone is expected [D111]"});
}

TEST_CASE("values: the period of a dataset") {
  const auto period = [](const std::string &content) {
    TemporaryFolder folder;
    folder.put("run.csv", content);
    const DatasetPeriod out = period_of_dataset(folder.path(), Encoding::utf8);
    CHECK(out.read);
    return out.faults.errors.empty() ? Texts{out.period} : texts(out.faults.errors);
  };
  CHECK(period("period\n2024-03\n") == Texts{"2024-03"});
  CHECK(period("结算期\n2024\n") == Texts{"2024"});
  CHECK(period("period\n2024\n2025\n") ==
        Texts{"run.csv, column period: 2 rows; a dataset belongs to one period, which is one row [D307]"});
  CHECK(period("period\n") ==
        Texts{"run.csv, column period: 0 rows; a dataset belongs to one period, which is one row [D307]"});
  TemporaryFolder folder;
  CHECK(!period_of_dataset(folder.path(), Encoding::utf8).read);
  CHECK(has_table_of_that_name(dataset({table("run", {key(text("run"))})})));
  CHECK(!has_table_of_that_name({}));
}
