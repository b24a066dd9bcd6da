// steelyard_fuzz: random policies over random datasets, settled in ways that must agree. Everything follows
// from the seed; what fails is made small, printed and kept in a folder.
#include "tests/fuzz/campaign.h"
#include <CLI/CLI.hpp>
#include <fmt/core.h>

int main(int argc, char **argv) {
  using namespace steelyard::fuzz;
  CLI::App app{"Settles random policies over random datasets by different ways and compares the results."};
  Plan plan;
  app.add_option("--seconds", plan.seconds, "stop after so many seconds (0: no limit)");
  app.add_option("--cpu-seconds", plan.cpu_seconds, "stop after so many seconds of CPU (0: no limit)");
  app.add_option("--large", plan.large, "how many of 100 policies get a dataset of 20,000 rows as well");
  app.add_option("--rows", plan.rows, "how many of 100 policies are of lists and tables of rules");
  app.add_option("--relations", plan.relations,
                 "on how many of 100 datasets more is tried than the two engines against each other");
  app.add_option("--seed", plan.seed, "the first policy's seed; the others follow it");
  app.add_option("--policies", plan.policies, "stop after so many policies (0: no limit)");
  app.add_option("--engine", plan.engine,
                 "native: against the interpreter; self: the interpreter against itself; auto")
      ->check(CLI::IsMember({"auto", "native", "self"}));
  app.add_option("--failures", plan.failures, "the folder for what fails");
  app.add_option("--stop-after", plan.stop_after, "stop after so many failures");
  app.add_option("--shrink", plan.shrink_seconds, "seconds for making one failure small");
  app.add_flag("--isolate", plan.isolate,
               "run each trial in a process of its own first: a crash is made small, too");
  app.add_flag("--no-real", plan.no_real, "leave out the policies of this repository");
  app.add_flag("--show", plan.show, "print each generated policy");
  CLI11_PARSE(app, argc, argv);
  return run(plan);
}
