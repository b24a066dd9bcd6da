// A run as one HTML page that opens without a network: totals, which rules fired how often, failed checks,
// assumptions, and the derivations of rows that stand for each of them.
#pragma once
#include "compiler/record/recorded.h"

namespace steelyard::record {

struct ReportOptions {
  interpret::RunOptions run;
  std::string file;                      ///< the run file's name, for commands
  std::size_t derivations_a_rule = 3;    ///< rows of each alternative whose derivation is in the page
  std::size_t most_rows_loaded = 50'000; ///< of a run, for derivations that need all of them
  std::size_t rows_a_table = 400;        ///< longer tables are summed up
};

std::string report_html(const Recorded &recorded, const ReportOptions &options);

} // namespace steelyard::record
