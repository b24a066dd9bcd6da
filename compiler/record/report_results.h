// The part of a report that shows results: small tables whole, large ones summed up, both by their keys and
// kinds.
#pragma once
#include "compiler/record/report_counts.h"
#include "compiler/record/report_words.h"

namespace steelyard::record {

/// `counts`: by table, by column. Tables of more than `rows_a_table` rows are summed up.
std::string results_html(const Recorded &recorded, const ReportWords &words,
                         const std::vector<std::vector<ColumnCount>> &counts, std::size_t rows_a_table);

} // namespace steelyard::record
