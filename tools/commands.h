// The commands of the `steelyard` program. Each takes its options as parsed and returns the exit code.
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace steelyard::tools {

/// Exit codes: 0 all is well; 1 a bad policy (or a failed example); 2 bad data; 64 bad usage; 74 files that
/// cannot be written.
enum ExitCode : int { ok = 0, bad_policy = 1, bad_data = 2, bad_usage = 64, io_error = 74 };

struct CheckOptions {
  std::string policy;
  std::string tables; ///< folder of the tables that the policy reads; "" for `tables` beside it
  bool json = false;
  bool citations = false;
};
int check(const CheckOptions &options);

struct FormatOptions {
  std::vector<std::string> paths; ///< files or policy folders
  bool check = false;
  std::string to; ///< "", "zh" or "en"
  bool to_stdout = false;
};
int format(const FormatOptions &options);

struct ParseOptions {
  std::string path;
  bool json = false;
};
int parse(const ParseOptions &options);

/// What settle and explain have in common: where the data is and what the run is told from outside.
struct RunOptions {
  std::string policy;
  std::string tables; ///< folder of the tables that the policy reads; "" for `tables` beside it
  std::string data;
  std::string encoding = "utf8";
  std::vector<std::string> parameters; ///< NAME=VALUE
  std::string period;                  ///< YYYY, YYYY-MM or YYYY-MM-DD
  std::string at;                      ///< by the text in force on this day; "" that of the period
  bool period_of_dataset = false;      ///< it was not on the command line, but in run.csv
};

struct SettleOptions {
  RunOptions run;
  std::string out;
  std::string log;  ///< run file, "" for none
  std::string sign; ///< private key, "" for none
  std::string engine = "auto";
  int threads = 0;
  bool force = false;
  bool json = false;
  bool times = false; ///< say what each phase took
};
int settle(const SettleOptions &options);

struct GroupOptions {
  RunOptions run;
  std::string out;
  std::vector<std::string> record; ///< NAME=VALUE of a single record, in place of data and out
  std::string engine = "native";
  int threads = 0;
  bool force = false;
};
int group(const GroupOptions &options);

struct ExplainOptions {
  RunOptions run;
  std::string row; ///< case=C0000001, hospital_fund=H001,employee
  bool all = false;
  std::string language = "zh";
  bool json = false;
  std::optional<std::string> only;    ///< one definition
  std::optional<std::string> why_not; ///< a value that the row did not come to
};
int explain(const ExplainOptions &options);

struct TestOptions {
  std::string policy;
  std::string tables; ///< folder of the tables that the policy reads; "" for `tables` beside it
  bool coverage = false;
  bool json = false;
};
int test(const TestOptions &options);

/// Prints how a policy is run: rows, joins, passes.
struct DiffOptions {
  std::string older, newer; ///< policies
  bool json = false;
};
int diff(const DiffOptions &options);

struct ShowOptions {
  std::string policy;
  std::string at; ///< a day, YYYY-MM-DD; "" the newest text
};
int show_text(const ShowOptions &options);

struct NewOptions {
  std::string folder;
  std::string from;        ///< the policy that it begins from
  std::string as = "copy"; ///< copy, amendment or layer
  std::string from_day;    ///< in force from, of an amendment or layer
};
int begin_policy(const NewOptions &options);

struct PlanOptions {
  std::string policy;
  bool json = false;
};
int plan(const PlanOptions &options);

struct EvalOptions {
  std::string expression;
  bool json = false;
};
int eval(const EvalOptions &options);

} // namespace steelyard::tools
