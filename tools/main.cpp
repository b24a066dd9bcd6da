// The `steelyard` program: its command line. What the commands do is in the other files of this folder.
#include "tools/commands.h"
#include "tools/recorded.h"
#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <system_error>

namespace {

using namespace steelyard::tools;

void add_tables(CLI::App &command, std::string &tables) {
  command.add_option("--tables", tables,
                     "folder of the tables that the policy reads; without it `tables` beside the policy "
                     "(分组表目录)");
}

void add_run_options(CLI::App &command, RunOptions &run, bool data_required) {
  command
      .add_option("policy", run.policy,
                  data_required ? "policy folder or file (政策目录或文件)"
                                : "policy folder or file, or a run file or extract (政策, 或留痕文件)")
      ->required();
  add_tables(command, run.tables);
  auto *data = command.add_option("--data", run.data, "folder of the input CSV files (数据目录)");
  if (data_required) data->required();
  command.add_option("--encoding", run.encoding, "of the input files: utf8 or gb18030")
      ->check(CLI::IsMember({"utf8", "gb18030"}))
      ->capture_default_str();
  command
      .add_option("--param", run.parameters,
                  "NAME=VALUE: another value for a parameter of the policy (repeatable)")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all();
  command.add_option("--period", run.period, "the period settled: YYYY, YYYY-MM or YYYY-MM-DD")
      ->type_name("PERIOD");
  command
      .add_option("--at", run.at,
                  "by the text in force on this day, where the policy amends others (按该日施行的文本)")
      ->type_name("DATE");
}

void add_format(CLI::App &command, bool &json) {
  command
      .add_option_function<std::string>(
          "--format", [&json](const std::string &f) { json = f == "json"; }, "text (the default) or json")
      ->check(CLI::IsMember({"text", "json"}));
}

/// What a command writes to standard output must arrive: a letter that ends in the middle of a sum is worse
/// than none.
int writing_results(const std::function<int()> &command) {
  int code = io_error, failure = 0;
  try {
    code = command();
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) failure = errno != 0 ? errno : EIO;
  } catch (const std::system_error &error) { // fmt's, of a write
    failure = error.code().value();
  }
  if (failure == 0) return code;
  std::fprintf(stderr, "error: standard output cannot be written: %s\n", std::strerror(failure));
  return io_error;
}

} // namespace

int main(int argc, char **argv) {
  CLI::App app("Steelyard (权衡): payment regulations that run, exactly, and can be argued with.",
               "steelyard");
  app.set_version_flag("--version", "steelyard " STEELYARD_VERSION);
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "help of all commands");
  app.footer("Exit codes: 0 well, 1 bad policy, 2 bad data, 64 bad usage, 74 cannot write.");

  CheckOptions check_options;
  auto *check_command = app.add_subcommand("check", "check a policy and list every error (检查政策)");
  check_command->add_option("policy", check_options.policy, "policy folder or file")->required();
  add_tables(*check_command, check_options.tables);
  check_command->add_flag("--citations", check_options.citations,
                          "list the articles and what rests on each, and the assumptions");
  add_format(*check_command, check_options.json);

  FormatOptions format_options;
  auto *format_command = app.add_subcommand("fmt", "format policy files in place (整理格式)");
  format_command->add_option("paths", format_options.paths, "policy files or folders")->required();
  format_command->add_flag("--check", format_options.check,
                           "change nothing; exit code 1 when a file is not formatted");
  format_command->add_option("--to", format_options.to, "keywords in zh or en")
      ->check(CLI::IsMember({"zh", "en"}));
  format_command->add_flag("--stdout", format_options.to_stdout, "print instead of writing the files");

  ParseOptions parse_options;
  auto *parse_command = app.add_subcommand("parse", "print the syntax tree of a policy file (语法树)");
  parse_command->add_option("path", parse_options.path, "policy file or folder")->required();
  add_format(*parse_command, parse_options.json);

  SettleOptions settle_options;
  auto *settle_command = app.add_subcommand("settle", "settle a dataset and write the results (结算)");
  add_run_options(*settle_command, settle_options.run, true);
  settle_command->add_option("--out", settle_options.out, "folder of the results (结果目录)")->required();
  settle_command->add_option(
      "--log", settle_options.log,
      "run file: the policy, the data and every decision, to be replayed and explained (留痕文件)");
  settle_command->add_option("--sign", settle_options.sign,
                             "private Ed25519 key (PEM) that signs the run file (签名私钥)");
  settle_command->add_option("--engine", settle_options.engine, "interpret, native or auto")
      ->check(CLI::IsMember({"interpret", "native", "auto"}))
      ->capture_default_str();
  settle_command->add_flag("--times", settle_options.times, "say on stderr how long each phase took");
  settle_command->add_option("--threads", settle_options.threads, "number of threads; 0: all cores")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  settle_command->add_flag("--force", settle_options.force, "replace results that are there");
  add_format(*settle_command, settle_options.json);

  GroupOptions group_options;
  auto *group_command =
      app.add_subcommand("group", "give each record of a dataset its group by a grouping policy (分组)");
  add_run_options(*group_command, group_options.run, false);
  group_command->add_option("--out", group_options.out, "folder of the result (结果目录)");
  group_command
      ->add_option("--record", group_options.record,
                   "NAME=VALUE ...: the fields of one record, whose group is printed (单份病案)")
      ->type_name("NAME=VALUE");
  group_command->add_option("--engine", group_options.engine, "interpret or native")
      ->check(CLI::IsMember({"interpret", "native"}))
      ->capture_default_str();
  group_command->add_option("--threads", group_options.threads, "number of threads; 0: all cores")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  group_command->add_flag("--force", group_options.force, "replace results that are there");

  ExplainOptions explain_options;
  auto *explain_command = app.add_subcommand("explain", "derive one row's results step by step (解释)");
  add_run_options(*explain_command, explain_options.run, false);
  explain_command->add_option("row", explain_options.row,
                              "SCOPE=KEY[,KEY...]: case=C0000001, hospital_fund=H001,employee");
  explain_command->add_flag("--all", explain_options.all,
                            "every row of every scope, one JSON object a line (with --format json)");
  explain_command->add_option("--only", explain_options.only, "only this quantity and what it rests on");
  explain_command->add_option("--why-not", explain_options.why_not,
                              "what this value, a group say, would have needed (为什么不是)");
  explain_command->add_option("--lang", explain_options.language, "zh or en")
      ->check(CLI::IsMember({"zh", "en"}))
      ->capture_default_str();
  add_format(*explain_command, explain_options.json);

  TestOptions test_options;
  auto *test_command = app.add_subcommand("test", "run the worked examples of a policy (算例)");
  test_command->add_option("policy", test_options.policy, "policy folder or file")->required();
  add_tables(*test_command, test_options.tables);
  test_command->add_flag("--coverage", test_options.coverage,
                         "what the examples cover: alternatives, table rows, thresholds");
  add_format(*test_command, test_options.json);

  EvalOptions eval_options;
  auto *eval_command = app.add_subcommand("eval", "the exact value and type of an expression (计算)");
  eval_command
      ->add_option("expression", eval_options.expression,
                   "such as '2/3 to 8 decimals' or '1.005 yuan / 3 points'")
      ->required();
  add_format(*eval_command, eval_options.json);

  ReplayOptions replay_options;
  auto *replay_command =
      app.add_subcommand("replay", "compute a recorded run again and compare every digit (复算)");
  replay_command->add_option("run", replay_options.run, "run file")->required();
  replay_command->add_option("row", replay_options.row, "only this row: case=C0000001");
  replay_command
      ->add_option("--engine", replay_options.engine, "interpret, native, or auto: the one that made the run")
      ->check(CLI::IsMember({"interpret", "native", "auto"}))
      ->capture_default_str();
  replay_command->add_option("--threads", replay_options.threads, "number of threads; 0: all cores")
      ->check(CLI::Range(0, 1024));
  add_format(*replay_command, replay_options.json);

  VerifyOptions verify_options;
  auto *verify_command =
      app.add_subcommand("verify", "find any changed byte of a run file or an extract (验证)");
  verify_command->add_option("file", verify_options.file, "run file or extract")->required();
  verify_command->add_option("--key", verify_options.key,
                             "public Ed25519 key (PEM) that must have signed it (签名公钥)");
  add_format(*verify_command, verify_options.json);

  ExtractOptions extract_options;
  auto *extract_command =
      app.add_subcommand("extract", "one case of a run with the proof that it belongs to it (摘录)");
  extract_command->add_option("run", extract_options.run, "run file")->required();
  extract_command->add_option("row", extract_options.row, "case=C0000001")->required();
  extract_command->add_option("--out", extract_options.out, "file of the extract")->required();
  extract_command->add_flag("--force", extract_options.force, "replace a file that is there");

  LogOptions log_options;
  auto *log_command = app.add_subcommand("log", "a run file as lines or as a database (导出留痕)");
  log_command->add_option("run", log_options.run, "run file")->required();
  log_command
      ->add_option("--format", log_options.format,
                   "jsonl or csv: a line for each rule fired; chain: a line for each row; sqlite")
      ->check(CLI::IsMember({"jsonl", "csv", "chain", "sqlite"}))
      ->capture_default_str();
  log_command->add_option("--where", log_options.where, "SCOPE or SCOPE=KEY: only these rows");
  log_command->add_option("--lang", log_options.language, "zh or en, of the chain")
      ->check(CLI::IsMember({"zh", "en"}))
      ->capture_default_str();
  log_command->add_option("--out", log_options.out, "file; without it, standard output");
  log_command->add_flag("--force", log_options.force, "replace a file that is there");

  ReportOptions report_options;
  auto *report_command = app.add_subcommand("report", "a run as an HTML page that opens offline (报告)");
  report_command->add_option("run", report_options.run, "run file")->required();
  report_command->add_option("--out", report_options.out, "file of the page")->required();
  report_command->add_flag("--force", report_options.force, "replace a file that is there");

  DiffOptions diff_options;
  auto *diff_command =
      app.add_subcommand("diff", "say what changed between two versions of a policy (比较两个版本)");
  diff_command->add_option("older", diff_options.older, "policy folder or file")->required();
  diff_command->add_option("newer", diff_options.newer, "policy folder or file")->required();
  add_format(*diff_command, diff_options.json);

  ShowOptions show_options;
  auto *show_command = app.add_subcommand(
      "show", "print the whole text of a policy with its amendments in their places (合并文本)");
  show_command->add_option("policy", show_options.policy, "policy folder or file")->required();
  show_command->add_option("--at", show_options.at, "the text in force on this day")->type_name("DATE");

  NewOptions new_options;
  auto *new_command = app.add_subcommand("new", "begin a policy from one that there is (新建政策)");
  new_command
      ->add_option("folder", new_options.folder,
                   "folder of the new policy; its last name is the policy's name")
      ->required();
  new_command->add_option("--from", new_options.from, "policy folder or file to begin from")->required();
  new_command->add_option("--as", new_options.as, "a copy to be changed, an amendment, or a layer on it")
      ->check(CLI::IsMember({"copy", "amendment", "layer"}))
      ->capture_default_str();
  new_command
      ->add_option("--in-force-from", new_options.from_day, "first day in force, of an amendment or layer")
      ->type_name("DATE");

  PlanOptions plan_options;
  auto *plan_command = app.add_subcommand("plan", "print the passes in which a policy is run (执行计划)");
  plan_command->add_option("policy", plan_options.policy, "policy folder or file")->required();
  add_format(*plan_command, plan_options.json);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : bad_usage;
  }
  return writing_results([&]() -> int {
    if (*check_command) return check(check_options);
    if (*format_command) return format(format_options);
    if (*parse_command) return parse(parse_options);
    if (*settle_command) return settle(settle_options);
    if (*group_command) return group(group_options);
    if (*explain_command) return explain(explain_options);
    if (*replay_command) return replay(replay_options);
    if (*verify_command) return verify(verify_options);
    if (*extract_command) return extract(extract_options);
    if (*log_command) return export_log(log_options);
    if (*report_command) return report(report_options);
    if (*test_command) return test(test_options);
    if (*eval_command) return eval(eval_options);
    if (*diff_command) return diff(diff_options);
    if (*show_command) return show_text(show_options);
    if (*new_command) return begin_policy(new_options);
    if (*plan_command) return plan(plan_options);
    return bad_usage;
  });
}
