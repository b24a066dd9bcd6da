// Every code of runtime/data/error_codes.h with the whole text of its error, and the order and number of
// errors.
#include "data_fixture.h"
#include "runtime/data/error_codes.h"
#include "runtime/data/read_dataset.h"
#include <doctest/doctest.h>
#include <functional>
#include <set>

using namespace steelyard::data;
using namespace data_test;

namespace {

constexpr std::string_view gbk_patient = "\xBB\xBC\xD5\xDF"; // 患者

/// Cases with their group, and a fund per day and hospital whose file is optional.
DatasetSchema hospital_schema() {
  FieldSchema id = key(text("case_id"));
  id.accepted_headers.push_back("病案号");
  FieldSchema ratio = with_default(number("ratio", 4), "0.5000");
  ratio.min = 0;
  ratio.max = 10000;
  ratio.type_text = "share(4)";
  FieldSchema weight = number("weight", 4);
  weight.min = 0;
  weight.min_exclusive = true;
  DatasetSchema schema = dataset({
      table("case", {id, reference("drg", 1), money("total"),
                     choice("kind", {{"inpatient", "住院"}, {"outpatient", "门诊"}}), optional(date("day")),
                     ratio, with_default(boolean("unreasonable"), "false")}),
      table("drg", {key(text("code")), weight}),
      table("fund", {key(date("day")), key(text("hospital")), money("amount")}),
  });
  schema.tables[2].file_optional = true;
  return schema;
}

constexpr std::string_view header = "case_id,drg,total,kind,day,ratio,unreasonable\n";
constexpr std::string_view good_row = "C1,A1,10.00,inpatient,,,\n";

struct Expectation {
  ErrorCode code;
  std::string text;                                    ///< the only error (or warning) there is
  std::function<void(const TemporaryFolder &)> change; ///< of a dataset without errors
  Encoding encoding = Encoding::utf8;
};

std::string with_row(std::string_view row) {
  return std::string(header) + std::string(row) + "\n";
}

std::function<void(const TemporaryFolder &)> case_row(std::string row) {
  return [row](const TemporaryFolder &folder) { folder.put("case.csv", with_row(row)); };
}
std::function<void(const TemporaryFolder &)> file(std::string name, std::string content) {
  return [name, content](const TemporaryFolder &folder) { folder.put(name, content); };
}

ReadResult read_changed(const std::function<void(const TemporaryFolder &)> &change, Encoding encoding,
                        const DatasetSchema &schema = hospital_schema()) {
  TemporaryFolder folder;
  folder.put("case.csv", std::string(header) + std::string(good_row));
  folder.put("drg.csv", "code,weight\nA1,1.2500\n");
  change(folder);
  return read_dataset(schema, folder.path(), encoding);
}

const std::vector<Expectation> &expectations() {
  using E = ErrorCode;
  static const std::vector<Expectation> all = {
      {E::value_missing,
       "case.csv, line 2, column total: the cell is empty; a value is required, because total is neither "
       "optional nor has a default [D101]",
       case_row("C1,A1,,inpatient,,,")},
      {E::not_a_number,
       "case.csv, line 2, column total, value \"1e5\": not a number; plain decimal notation is expected, "
       "such "
       "as 1250.50 [D102]",
       case_row("C1,A1,1e5,inpatient,,,")},
      {E::too_many_decimals,
       "case.csv, line 2, column total, value \"1.500\": 3 digits behind the point, but money(2) allows at "
       "most 2 [D103]",
       case_row("C1,A1,1.500,inpatient,,,")},
      {E::too_many_digits,
       "case.csv, line 2, column total, value \"10000000000000000000000000000000000\": too many digits; at "
       "most "
       "34 are expected before the point [D104]",
       case_row("C1,A1,10000000000000000000000000000000000,inpatient,,,")},
      {E::negative, "case.csv, line 2, column total, value \"-0.01\": must not be negative [D105]",
       case_row("C1,A1,-0.01,inpatient,,,")},
      {E::outside_range,
       "case.csv, line 2, column ratio, value \"1.0001\": outside the range of share(4); must be from 0.0000 "
       "to 1.0000 [D106]",
       case_row("C1,A1,1.00,inpatient,,1.0001,")},
      {E::no_such_row, "case.csv, line 2, column drg, value \"XX99\": no row of drg has this key [D107]",
       case_row("C1,XX99,1.00,inpatient,,,")},
      {E::not_a_boolean,
       "case.csv, line 2, column unreasonable, value \"True\": neither true nor false; one of these two "
       "words "
       "is expected, in small letters [D108]",
       case_row("C1,A1,1.00,inpatient,,,True")},
      {E::not_a_date,
       "case.csv, line 2, column day, value \"2023-02-29\": not a day of the calendar in the form "
       "YYYY-MM-DD; a "
       "date such as 2024-01-31 is expected [D109]",
       case_row("C1,A1,1.00,inpatient,2023-02-29,,")},
      {E::not_a_member,
       "case.csv, line 2, column kind, value \"Inpatient\": not one of the accepted values; expected is one "
       "of: inpatient / 住院, outpatient / 门诊 [D110]",
       case_row("C1,A1,1.00,Inpatient,,,")},
      {E::blank_around_value,
       "case.csv, line 2, column total, value \" 1.00\": a blank stands before or after the value; blanks "
       "are "
       "not removed, and the value alone is expected [D111]",
       case_row("C1,A1, 1.00,inpatient,,,")},
      {E::key_empty, "case.csv, line 2, column case_id: the key is empty; every row must have one [D112]",
       case_row(",A1,1.00,inpatient,,,")},
      {E::key_repeated,
       "case.csv, line 4, column case_id, value \"C1\": the same key stands on line 2; each key may have one "
       "row only [D113]",
       case_row("C1,A1,1.00,inpatient,,,\nC2,A1,1.00,inpatient,,,\nC1,A1,2.00,inpatient,,,")},
      {E::too_few_cells,
       "case.csv, line 2: the row has 4 cells, but the header has 7; an empty cell needs its comma too "
       "[D201]",
       case_row("C1,A1,1.00,inpatient")},
      {E::too_many_cells,
       "case.csv, line 2: the row has 8 cells, but the header has 7; a cell that contains a comma must be in "
       "quotation marks [D202]",
       case_row("C1,A1,1,000.00,inpatient,,,")},
      {E::blank_line,
       "case.csv, line 3: the line is blank; a row is expected on every line up to the end of the file "
       "[D203]",
       case_row("C1,A1,1.00,inpatient,,,\n\nC2,A1,1.00,inpatient,,,")},
      {E::quotes_out_of_order,
       "case.csv, line 2, column drg: quotation marks are out of order; a cell that contains one must be in "
       "quotation marks as a whole, with each one inside it doubled [D204]",
       case_row("C1,A\"1,1.00,inpatient,,,")},
      {E::quote_not_closed,
       "case.csv, line 2, column kind: a cell begins with a quotation mark and the file ends before the "
       "closing one; both are expected [D205]",
       case_row("C1,A1,1.00,\"inpatient,,,")},
      {E::lone_carriage_return,
       "case.csv, line 2, column total: a carriage return (CR) stands without a line feed; lines must end "
       "with LF or CRLF, and a cell that contains a line break must be in quotation marks [D206]",
       case_row("C1,A1,1.00\rC2,inpatient,,,")},
      {E::header_missing,
       "case.csv: the file is empty; a first line with the names of the columns is expected [D301]",
       file("case.csv", "")},
      {E::header_repeated,
       "drg.csv, line 1: columns 2 and 3 both have the header 'weight'; each header may stand once [D302]",
       file("drg.csv", "code,weight,weight\nA1,1,1\n")},
      {E::field_given_twice,
       "case.csv, line 1, column case_id: the headers 'case_id' and '病案号' both mean this column; one of "
       "them is expected [D303]",
       file("case.csv", "case_id,病案号,drg,total,kind\n")},
      {E::key_column_absent,
       "case.csv, line 1, column case_id: the key has no column; a column with one of the headers 'case_id', "
       "'病案号' is expected [D304]",
       file("case.csv", "drg,total,kind\n")},
      {E::required_column_absent,
       "drg.csv, line 1, column weight: this required value has no column; a column with the header 'weight' "
       "is expected; is 'wieght' meant to be it? [D305]",
       file("drg.csv", "code,wieght\nA1,1.0000\n")},
      {E::unknown_column_unsafe,
       "case.csv, line 1: unknown column 'unreasonabel'; the optional column 'unreasonable' is absent: a "
       "misspelt header must not become a default; is 'unreasonable' meant? [D306]",
       file("case.csv", "case_id,drg,total,kind,day,ratio,unreasonabel\n")},
      {E::file_missing,
       "drg.csv: the file is missing; drg must be read from a file of this name in the folder of the dataset "
       "[D402]",
       [](const TemporaryFolder &folder) { std::filesystem::remove(folder.path() / "drg.csv"); }},
      {E::file_unreadable,
       "fund.csv: the file cannot be read (it is a folder); a readable CSV file is expected [D403]",
       [](const TemporaryFolder &folder) { std::filesystem::create_directory(folder.path() / "fund.csv"); }},
      {E::not_utf8,
       "drg.csv, line 2: byte BB is not UTF-8 text here; UTF-8 is expected; if the file is in the Chinese "
       "encoding GB18030 (or GBK), use --encoding gb18030 [D404]",
       file("drg.csv", "code,weight\n" + std::string(gbk_patient) + ",1.0000\n")},
      {E::not_gb18030,
       "drg.csv, line 3: the bytes here are not GB18030 text; if the file is in UTF-8, leave out --encoding "
       "gb18030 [D405]",
       file("drg.csv", "code,weight\nA1,1.0000\n\xFF,1.0000\n"), Encoding::gb18030},
      {E::is_utf16,
       "drg.csv: the file is in UTF-16; save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\") [D406]",
       file("drg.csv", std::string("\xFF\xFE"
                                   "c\0o\0d\0e\0",
                                   10))},
      {E::has_nul_byte,
       "drg.csv, line 2: the file has a NUL byte here, so it is not a text file, or it is damaged or in "
       "UTF-16; CSV in UTF-8 is expected [D407]",
       file("drg.csv", std::string("code,weight\nA1\0,1\n", 18))},
      {E::unknown_column, "drg.csv, line 1: unknown column 'remark'; it is not read [D501]",
       file("drg.csv", "code,weight,remark\nA1,1.0000,x\n")},
      {E::file_not_read,
       "funds.csv: no table is read from this file; is fund.csv meant, which is absent and optional? [D502]",
       file("funds.csv", "day,hospital,amount\n")},
  };
  return all;
}

} // namespace

TEST_CASE("data: the dataset that the error cases change has no errors") {
  ReadResult result = read_changed([](const TemporaryFolder &) {}, Encoding::utf8);
  CHECK(texts(result.errors) == Texts{});
  CHECK(texts(result.warnings) == Texts{});
  CHECK(result.error_count == 0);
}

TEST_CASE("data: each code has its whole text") {
  for (const Expectation &expected : expectations()) {
    CAPTURE(id_of(expected.code));
    ReadResult result = read_changed(expected.change, expected.encoding);
    bool is_warning = expected.code == ErrorCode::unknown_column || expected.code == ErrorCode::file_not_read;
    CHECK(texts(is_warning ? result.warnings : result.errors) == Texts{expected.text});
    CHECK(result.error_count == (is_warning ? 0U : 1U));
  }
}

TEST_CASE("data: a default that is not a value of its type") {
  DatasetSchema schema = hospital_schema();
  schema.tables[0].fields[5].default_text = "1/2";
  ReadResult result = read_changed([](const TemporaryFolder &) {}, Encoding::utf8, schema);
  CHECK(texts(result.errors) ==
        Texts{"case.csv, column ratio, value \"1/2\": the policy's default for an empty cell cannot be used: "
              "not a number; plain decimal notation is expected, such as 1250.50 [D114]"});
}

TEST_CASE("data: a folder that is not there") {
  ReadResult result = read_dataset(hospital_schema(), "/nonexistent/data", Encoding::utf8);
  CHECK(texts(result.errors) ==
        Texts{"/nonexistent/data: there is no such folder; the folder with the CSV files "
              "of the dataset is expected [D401]"});
  CHECK(result.dataset.tables.size() == 3);
}

TEST_CASE("data: the table of codes is sorted, complete and tested") {
  std::set<ErrorCode> tested = {ErrorCode::default_unusable, ErrorCode::folder_missing,
                                ErrorCode::not_a_month,
                                ErrorCode::period_rows}; // the last two in data_values_test.cpp
  for (const Expectation &expected : expectations()) tested.insert(expected.code);
  std::uint16_t before = 0;
  for (const ErrorTitle &title : error_titles) {
    CAPTURE(title.id);
    auto number = static_cast<std::uint16_t>(title.code);
    CHECK(title.id == "D" + std::to_string(number));
    CHECK(number > before);
    CHECK(!title.title.empty());
    CHECK(title.is_warning == (number >= 500));
    CHECK(tested.count(title.code) == 1);
    before = number;
  }
  CHECK(id_of(ErrorCode::none).empty());
}

TEST_CASE("data: errors come by table, row and column, and all are counted") {
  TemporaryFolder folder;
  folder.put("case.csv", std::string(header) + "C1,XX,x,inpatient,,,\n"    // line 2: drg, total
                                               "C1,A1,1.00\n"              // line 3: too few cells
                                               "C1,A1,y,inpatient,,,z\n"); // line 4: key, total, unreasonable
  folder.put("drg.csv", "code,weight\nA1,0.0000\n");
  ReadResult all = read_dataset(hospital_schema(), folder.path(), Encoding::utf8);
  Texts places;
  for (const DataError &error : all.errors) {
    places.push_back(error.file + " " + std::to_string(error.row) + " " + error.column + " " + error.code);
  }
  CHECK(places == Texts{"case.csv 2 drg D107", "case.csv 2 total D102", "case.csv 3  D201",
                        "case.csv 4 case_id D113", "case.csv 4 total D102", "case.csv 4 unreasonable D108",
                        "drg.csv 2 weight D106"});
  CHECK(all.error_count == 7);

  Texts first = texts(all.errors);
  for (std::size_t kept = 7; kept-- > 0;) {
    first.pop_back();
    ReadResult some = read_dataset(hospital_schema(), folder.path(), Encoding::utf8, kept);
    CHECK(texts(some.errors) == first);
    CHECK(some.error_count == 7);
  }
}

TEST_CASE("data: a bad cell is kept before a bad row behind it") {
  TemporaryFolder folder;
  folder.put("drg.csv", "code,weight\nA1,x\nA2\n");
  ReadResult result = read_dataset(dataset({hospital_schema().tables[1]}), folder.path(), Encoding::utf8, 1);
  CHECK(texts(result.errors) ==
        Texts{"drg.csv, line 2, column weight, value \"x\": not a number; plain decimal "
              "notation is expected, such as 1250.50 [D102]"});
  CHECK(result.error_count == 2);
}

TEST_CASE("data: a text of an error shows no control characters and no end of a long cell") {
  DataError error;
  error.file = "a.csv";
  error.value = "x\ty\nz\x1B[2J" + std::string(66, 'q') + "患者患者";
  error.message = "bad";
  // 80 bytes are x . y . z, ESC, "[2J", 66 q (75 in all) and then whole characters of 3 bytes: one fits.
  CHECK(to_text(error) == "a.csv, value \"x\\ty\\nz\\x1b[2J" + std::string(66, 'q') + "患...\": bad");
}
