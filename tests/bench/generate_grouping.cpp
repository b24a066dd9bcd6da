// Records for a grouper, drawn from the tables of a scheme: most are made for an entry of the scheme, so that
// all of its groups are met, and some at random.
#include "runtime/data/csv_scanner.h"
#include "tests/bench/generate.h"
#include "tests/bench/mersenne.h"
#include "tests/bench/text_file.h"
#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace steelyard::bench {

namespace {

using Codes = std::vector<std::string>;

/// The rows of a table, some of its columns.
std::vector<Codes> rows(const std::filesystem::path &path, const std::vector<std::string_view> &columns) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw std::runtime_error("cannot read " + path.string());
  data::CsvScanner scanner(text);
  std::vector<std::size_t> places;
  std::vector<Codes> out;
  while (scanner.next()) {
    const std::vector<std::string_view> &cells = scanner.cells();
    if (places.empty()) {
      for (const std::string_view name : columns)
        for (std::size_t c = 0; c < scanner.cell_count(); ++c)
          if (cells[c] == name) places.push_back(c);
      if (places.size() != columns.size())
        throw std::runtime_error("columns are missing in " + path.string());
      continue;
    }
    Codes &row = out.emplace_back();
    for (const std::size_t place : places) row.emplace_back(cells[place]);
    scanner.release();
  }
  return out;
}

class Records {
public:
  Records(const std::filesystem::path &folder, const std::filesystem::path &tables) {
    for (const Codes &row : rows(tables / "mdc_dx.csv", {"mdc", "icd10"})) {
      of_mdc_[row[0]].push_back(row[1]);
      diagnoses_.push_back(row[1]);
    }
    for (const Codes &row : rows(tables / "mdc.csv", {"mdc", "gender", "age_years"})) gates_[row[0]] = row;
    for (const Codes &row : rows(tables / "cc.csv", {"icd10"})) complications_.push_back(row[0]);
    for (const Codes &row : rows(tables / "valid_procedures.csv", {"icd9"})) procedures_.push_back(row[0]);
    for (const Codes &row : rows(tables / "adrg_dx.csv", {"entry", "list_no", "icd10"}))
      dx_[row[0] + row[1]].push_back(row[2]);
    for (const Codes &row : rows(tables / "adrg_proc.csv", {"entry", "list_no", "icd9"}))
      proc_[row[0] + row[1]].push_back(row[2]);
    entries_ = rows(tables / "adrg.csv", {"entry", "mdc", "primary_dx", "primary_proc", "any_proc"});
    std::filesystem::create_directories(folder);
    path_ = folder / "case.csv";
  }

  void write(std::size_t cases) {
    TextFile out(path_);
    out << "case_id,gender,age,age_day,weight,dept,in_hospital_days,leaving_type,diagnoses,procedures,map_"
           "codes";
    out.end_line();
    for (std::size_t i = 0; i < cases; ++i) {
      out << "C";
      out.padded(static_cast<std::int64_t>(i), 8);
      one(out);
      out.end_line();
    }
  }

private:
  bool in_hundred(int percent) { return random_.below(100) < percent; }
  const std::string &of(const std::map<std::string, Codes> &lists, const std::string &name,
                        const Codes &others) {
    const auto found = lists.find(name);
    return random_.choice(found == lists.end() ? others : found->second);
  }

  void one(TextFile &out) {
    static const Codes depts = {"0301", "0402", "0705", "1901", "ICU"}, leaving = {"1", "2", "3", "9"};
    const Codes &entry = random_.choice(entries_);
    const Codes &gate = gates_[entry[1]];
    const bool meant = in_hundred(90);
    const std::string gender = meant && !gate[1].empty() ? gate[1] : in_hundred(50) ? "1" : "2";
    const bool newborn = (meant && !gate[2].empty()) || in_hundred(2);
    out << "," << gender << ",";
    if (newborn)
      out << "0," << random_.below(40) << "," << 800 + random_.below(3700);
    else
      out << 1 + random_.below(90) << ",,";
    out << "," << random_.choice(depts) << "," << 1 + random_.below(30) << "," << random_.choice(leaving)
        << ",";

    // One to eight diagnoses, four on average.
    constexpr std::array<int, 8> diagnoses_below = {7, 28, 50, 67, 80, 90, 96, 100};
    const std::int64_t drawn = random_.below(100);
    std::size_t count = 1;
    while (drawn >= diagnoses_below[count - 1]) ++count;
    out << (meant && entry[2] == "1" ? of(dx_, entry[0] + "1", diagnoses_)
                                     : of(of_mdc_, meant ? entry[1] : "", diagnoses_));
    for (std::size_t i = 1; i < count; ++i)
      out << "|" << (in_hundred(2) ? unknown_ : random_.choice(in_hundred(50) ? complications_ : diagnoses_));
    out << ",";
    // None to three procedures; those of an entry that asks for one come first.
    const bool operated = entry[3] == "1" || !entry[4].empty();
    std::size_t procedures = meant ? (operated ? 1 : 0) : static_cast<std::size_t>(random_.below(4));
    if (operated && meant) procedures += static_cast<std::size_t>(random_.below(3));
    if (!operated && meant && in_hundred(15)) ++procedures;
    for (std::size_t i = 0; i < procedures; ++i)
      out << (i > 0 ? "|" : "")
          << (meant && operated ? of(proc_, entry[0] + std::to_string(i + 1), procedures_)
                                : random_.choice(procedures_));
    out << (in_hundred(7) ? ",1" : ",0");
  }

  std::filesystem::path path_;
  std::map<std::string, Codes> of_mdc_, dx_, proc_, gates_;
  Codes diagnoses_, complications_, procedures_;
  std::vector<Codes> entries_;
  const std::string unknown_ = "Z99.999x999";
  Mersenne random_{20221125};
};

} // namespace

void generate_grouping(const std::filesystem::path &folder, const std::filesystem::path &tables,
                       std::size_t cases) {
  Records(folder, tables).write(cases);
}

} // namespace steelyard::bench
