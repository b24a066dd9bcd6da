// The commands on run files and extracts.
#pragma once
#include "tools/commands.h"

namespace steelyard::tools {

struct ReplayOptions {
  std::string run;
  std::string row; ///< "": all
  std::string engine = "auto";
  int threads = 0;
  bool json = false;
};
int replay(const ReplayOptions &options);

struct VerifyOptions {
  std::string file; ///< a run file or an extract
  std::string key;  ///< public key, "" for none
  bool json = false;
};
int verify(const VerifyOptions &options);

struct ExtractOptions {
  std::string run;
  std::string row;
  std::string out;
  bool force = false;
};
int extract(const ExtractOptions &options);

struct LogOptions {
  std::string run;
  std::string format = "jsonl"; ///< jsonl, csv, chain or sqlite
  std::string out;              ///< "": standard output, but for sqlite
  std::string where;            ///< SCOPE or SCOPE=KEY, "" for all
  std::string language = "zh";  ///< of the chain
  bool force = false;
};
int export_log(const LogOptions &options);

struct ReportOptions {
  std::string run;
  std::string out;
  bool force = false;
};
int report(const ReportOptions &options);

/// `explain` where the policy is a run file or an extract.
int explain_recorded(const ExplainOptions &options);

} // namespace steelyard::tools
