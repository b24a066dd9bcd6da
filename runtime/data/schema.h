// What a dataset folder must look like: its tables, their columns and the type of each. The compiler makes a
// schema from a checked policy; this folder knows nothing of policies.
#pragma once
#include "runtime/number/integer.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace steelyard::data {

using number::Int128;

enum class FieldKind : std::uint8_t { boolean, text, decimal, date, month, enumeration, reference };

/// The accepted spellings of one member of an enumeration; the first is the canonical one used in results.
using MemberSpellings = std::vector<std::string>;

struct FieldSchema {
  std::string name;                          ///< canonical header, ASCII where there is one
  std::vector<std::string> accepted_headers; ///< every header that means this field (name included)
  std::string type_text;                     ///< the type as the policy writes it, for messages: "money(2)"
  FieldKind kind = FieldKind::text;
  int scale = 0;                        ///< decimal: digits after the point
  std::optional<Int128> min, max;       ///< decimal: inclusive bounds, in units of 10^-scale
  bool min_exclusive = false;           ///< decimal: `min` itself is not allowed ("above 0")
  std::vector<MemberSpellings> members; ///< enumeration
  int target = -1;       ///< reference: index of the table in the dataset, which has one key field
  bool is_key = false;   ///< `optional` and `default_text` have no meaning for a key
  bool optional = false; ///< an empty cell is a missing value
  std::optional<std::string> default_text; ///< an empty cell takes this value (in the notation of a cell)
};

struct TableSchema {
  std::string name;           ///< the scope's name, for messages: "hospital_fund"
  std::string file;           ///< "hospital_fund.csv"
  bool file_optional = false; ///< an absent file is as one without rows
  /// The file stands not in the folder of the dataset but in one of tables that a bureau has published: the
  /// same for many datasets, and it may have columns and other files that nothing reads.
  bool of_tables = false;
  std::vector<FieldSchema> fields; ///< keys first, then inputs, in declared order
};

/// Tables that references name have exactly one key field, and no key is, by way of references, its own key.
struct DatasetSchema {
  std::vector<TableSchema> tables;
  std::string tables_folder; ///< of the files that are `of_tables`; "" where there are none
};

} // namespace steelyard::data
