#include "tests/fuzz/campaign.h"
#include "compiler/semantics/load_policy.h"
#include "compiler/syntax/source.h"
#include "tests/fuzz/coverage.h"
#include "tests/fuzz/data.h"
#include "tests/fuzz/division.h"
#include "tests/fuzz/draft.h"
#include "tests/fuzz/row_policies.h"
#include "tests/fuzz/shrink.h"
#include <algorithm>
#include <chrono>
#include <csignal>
#include <ctime>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <sys/wait.h>
#include <unistd.h>

namespace steelyard::fuzz {

namespace {

namespace fs = std::filesystem;

/// Whoever ends a long run wants to know what it did.
volatile std::sig_atomic_t asked_to_end = 0;

void end_soon(int) {
  asked_to_end = 1;
}

/// Which policy is at work: told when the process dies.
volatile std::sig_atomic_t seed_at_work = 0;

void tell_seed(int signal) {
  char text[] = "\nthe process dies at seed           : --seed N --policies 1 --isolate makes it small\n";
  char *end = text + 36;
  for (unsigned long rest = static_cast<unsigned long>(seed_at_work); rest > 0 && *(end - 1) == ' ';
       rest /= 10)
    *--end = static_cast<char>('0' + rest % 10);
  if (write(2, text, sizeof text - 1) < 0) _exit(3);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

/// What becomes of `act` in a process of its own; empty when it ends by itself.
template<class Act> std::string death_of(Act &&act) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL}) std::signal(signal, SIG_DFL);
    alarm(120);
    if (freopen("/dev/null", "w", stderr) == nullptr) _exit(0);
    act();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? fmt::format("the process dies of signal {}", WTERMSIG(status)) : std::string();
}

using Clock = std::chrono::steady_clock;

class Campaign {
public:
  Campaign(const Plan &plan, const Engines &engines) : plan_(plan), engines_(engines), start_(Clock::now()) {}

  int run() {
    Random random = Random(plan_.seed).fork(7);
    if (const std::string wrong = wrong_division(random, 100000); !wrong.empty()) {
      fmt::print("seed {}: division of 256 bits: {}\n", plan_.seed, wrong);
      ++failures_;
    }
    if (!plan_.no_real)
      for (const char *name : {"fujian", "jinhua", "shanwei", "guigang"}) real_policy(name);
    for (std::uint64_t seed = plan_.seed; going_on(); ++seed)
      if (Random(seed).fork(31).chance(plan_.rows))
        policy_of_rows(seed);
      else
        generated_policy(seed);
    report();
    return failures_ > 0 ? 1 : 0;
  }

private:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }
  /// Of the whole process, the compiler's part included.
  static double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }
  bool going_on() const {
    return asked_to_end == 0 && (plan_.seconds <= 0 || seconds() < plan_.seconds) &&
           (plan_.cpu_seconds <= 0 || cpu_seconds() < plan_.cpu_seconds) &&
           (plan_.policies == 0 || policies_ < plan_.policies) && failures_ < plan_.stop_after;
  }

  /// Loads the policy, which is spoilt now and then; nothing where it is refused.
  semantics::LoadResult load(Trial &trial, Random &random, std::uint64_t seed) {
    ++policies_;
    seed_at_work = static_cast<std::sig_atomic_t>(seed);
    if (plan_.show) fmt::print("# seed {}\n{}\n", seed, trial.policy);
    const bool spoilt = random.chance(4);
    if (spoilt) spoil(trial.policy, random);
    semantics::LoadResult loaded;
    try {
      loaded = semantics::load_text({{"p.policy", trial.policy}});
    } catch (const std::exception &error) {
      trial.seed = seed;
      failed(trial, "check", -1, error.what(), seed);
      return {};
    }
    if (spoilt) ++spoilt_;
    if (!loaded.program) {
      if (!spoilt) count_refusal(loaded);
      return loaded;
    }
    accepted_ += spoilt ? 0 : 1;
    coverage_.add(*loaded.program);
    return loaded;
  }
  void count_refusal(const semantics::LoadResult &loaded) {
    for (const syntax::Diagnostic &each : loaded.diagnostics)
      if (each.severity == syntax::Severity::error) {
        ++refused_[each.code];
        if (plan_.show) fmt::print("{}\n", to_text(each, loaded.files));
        break;
      }
  }

  void generated_policy(std::uint64_t seed) {
    const Draft draft = draft_policy(seed);
    Random random = Random(seed).fork(99);
    Trial trial;
    trial.policy = draft.text();
    const semantics::LoadResult loaded = load(trial, random, seed);
    if (!loaded.program) return;
    if (draft.periods && !(draft.reckless && random.chance(30)))
      trial.request.day = 18262 + random.below(900);
    for (const ParameterDraft &parameter : draft.parameters)
      if (random.chance(10)) trial.request.parameters.emplace_back(parameter.name, "1");
    const auto constants = constants_of(*loaded.program);
    std::vector<Size> sizes{Size::usual};
    sizes.push_back(random.chance(25) ? Size::empty : random.chance(30) ? Size::single : Size::few);
    if (random.chance(50)) sizes.push_back(Size::usual);
    if (random.chance(plan_.large)) sizes.push_back(Size::large);
    const std::size_t compared = compared_runs_;
    for (const Size size : sizes) {
      trial.tables = random_tables(*loaded.program, constants, random, size);
      trial.seed = random.next();
      trial.request.least_rows = random.chance(50) ? 1 : 1000000;
      if (!compare(trial, *loaded.program, random, size == Size::large ? 25 : 100, seed)) return;
    }
    if (compared_runs_ > compared) ++compared_policies_;
  }

  /// One of lists and tables of rules. Rows are computed 64 at a time.
  void policy_of_rows(std::uint64_t seed) {
    const RowDraft draft = draft_row_policy(seed);
    Random random = Random(seed).fork(98);
    Trial trial;
    trial.policy = draft.text;
    ++of_rows_.policies;
    const semantics::LoadResult loaded = load(trial, random, seed);
    if (!loaded.program) return;
    ++of_rows_.accepted;
    std::vector<int> sizes{random.pick(std::vector<int>{64, 65, 130, 130, 300})};
    sizes.push_back(random.pick(std::vector<int>{0, 1, 20, 63}));
    if (random.chance(plan_.large)) sizes.push_back(5000); // more texts than are looked up beforehand
    const std::size_t compared = of_rows_.compared_runs;
    for (const int size : sizes) {
      trial.tables = random_row_tables(*loaded.program, draft, random, size);
      trial.seed = random.next();
      trial.request.least_rows = random.chance(50) ? 1 : 1000000;
      if (!compare(trial, *loaded.program, random, size > 1000 ? 10 : 50, seed)) return;
    }
    if (of_rows_.compared_runs > compared) ++of_rows_.compared;
  }

  /// A policy of the repository with its golden data, and with random data.
  void real_policy(const std::string &name) {
    const fs::path root = STEELYARD_SOURCE_DIR;
    const semantics::LoadResult loaded = semantics::load_policy(root / "policies" / name);
    if (!loaded.program) return;
    Trial trial;
    for (const syntax::SourceFile &file : loaded.files) trial.policy += file.text + "\n";
    // One file: its chapters follow, without their own versions and names.
    std::string text;
    bool versioned = false;
    for (std::size_t begin = 0; begin < trial.policy.size();) {
      const std::size_t end = std::min(trial.policy.find('\n', begin), trial.policy.size());
      const std::string line = trial.policy.substr(begin, end - begin);
      const bool version = line.starts_with("权衡 ") || line.starts_with("steelyard ");
      if (!(version && versioned) && !line.starts_with("分章 ") && !line.starts_with("chapter "))
        text += line + "\n";
      versioned = versioned || version;
      begin = end + 1;
    }
    trial.policy = text;
    const semantics::LoadResult joined = semantics::load_text({{"p.policy", trial.policy}});
    if (!joined.program) {
      fmt::print("{} cannot be read as one file: {}\n", name,
                 to_text(joined.diagnostics.front(), joined.files));
      ++failures_;
      return;
    }
    ++real_;
    Random random = Random(plan_.seed).fork(5);
    trial.tables = read_tables(joined.program->schema, root / "tests/golden" / name / "data");
    for (int round = 0; round < 3 && going_on(); ++round) {
      trial.seed = random.next();
      compare(trial, *joined.program, random, round == 0 ? 1000 : 60, plan_.seed);
    }
    const auto constants = constants_of(*joined.program);
    for (int round = 0; round < 4 && going_on(); ++round) {
      trial.tables = random_tables(*joined.program, constants, random, round < 2 ? Size::few : Size::usual);
      trial.seed = random.next();
      compare(trial, *joined.program, random, 50, plan_.seed);
    }
  }

  /// Runs the trial and tries the properties on it; `share` scales how many.
  /// False when something was found: one report for a policy is enough.
  bool compare(const Trial &trial, const semantics::Program &program, Random &random, int share,
               std::uint64_t seed) {
    std::string trouble;
    const auto dataset = dataset_of(program, trial.tables, folder_, trouble);
    if (!dataset) {
      ++unreadable_;
      if (unreadable_ <= 3) fmt::print("seed {}: a dataset cannot be read: {}", seed, trouble);
      return true;
    }
    if (plan_.isolate)
      if (const std::string how = death(trial); !how.empty())
        return failed(trial, "crash", -1, how, seed), false;
    const Outcome found = engines_.tested->run(program, *dataset, trial.request, 1);
    ++runs_;
    if (found.good()) {
      fallbacks_ += found.fell_back ? 1 : 0;
      if (found.fell_back) ++reasons_["fell back: " + found.fallback_reason];
      for (const std::string &reason : found.not_compiled) ++reasons_["not compiled: " + reason];
    }
    native_rows_ += found.native_rows;
    interpreted_rows_ += found.interpreted_rows;
    exact_rows_ += found.exact_rows;
    if (found.widest > 0) ++widths_[found.widest];
    rows_ += rows_of(found);
    if (!found.thrown.empty()) return failed(trial, "run", -1, "thrown: " + found.thrown, seed), false;
    if (found.good()) ++good_;
    for (const std::string &error : found.errors) coverage_.add_error(error);
    const bool relations = random.chance(plan_.relations);
    for (std::size_t p = 0; p < properties().size(); ++p) {
      // The other engine always: it is what all this is for.
      if (p > 0 && !(relations && random.chance(std::min(100, properties()[p].share * share / 100))))
        continue;
      Subject subject{trial, program, engines_, folder_, *dataset, found, Random(trial.seed)};
      std::string broken;
      try {
        broken = properties()[p].broken(subject);
      } catch (const std::exception &error) {
        broken = std::string("thrown: ") + error.what();
      }
      ++tried_[p];
      tried_rows_ += rows_of(found);
      if (!broken.empty())
        return failed(trial, properties()[p].name, static_cast<int>(p), broken, seed), false;
    }
    if (found.row_by_row && found.good()) {
      ++of_rows_.compared_runs;
      of_rows_.compared_rows += rows_of(found);
    }
    if (!found.fell_back && found.good()) {
      ++compared_runs_;
      compared_rows_ += rows_of(found);
    }
    return true;
  }

  /// A word of the policy left out, doubled or changed: it must be refused or accepted, and nothing else.
  static void spoil(std::string &policy, Random &random) {
    for (int i = random.between(1, 3); i > 0; --i) {
      const auto at = static_cast<std::size_t>(random.below(policy.size()));
      const std::size_t end = std::min(policy.find_first_of(" \n", at), policy.size());
      const std::string word = policy.substr(at, end - at);
      if (random.chance(40))
        policy.erase(at, end - at);
      else if (random.chance(50))
        policy.insert(at, word + " ");
      else
        policy.replace(at, end - at, std::string(1, "()|=<\"x,×必。"[random.below(9)]));
    }
  }

  void failed(const Trial &trial, const std::string &what, int property, const std::string &how,
              std::uint64_t seed) {
    ++failures_;
    fmt::print("\nseed {}: {}: {}\n", seed, what, how);
    // It must go on failing in the same way: a thrown exception is another matter than a difference.
    const auto thrown = [](const std::string &text) { return text.starts_with("thrown: "); };
    const Fails fails = [&](const Trial &candidate) {
      if (what == "crash") return !death(candidate).empty();
      const std::string broken = try_quietly(candidate, property);
      return !broken.empty() && thrown(broken) == thrown(how);
    };
    Trial small = trial;
    if (what != "check" && plan_.shrink_seconds > 0)
      small = shrink(trial, fails, std::chrono::seconds(plan_.shrink_seconds));
    const fs::path folder = fs::path(plan_.failures) / fmt::format("seed_{}_{}", seed, failures_);
    fs::remove_all(folder);
    fs::create_directories(folder / "data");
    std::ofstream(folder / "p.policy") << small.policy;
    write_tables(small.tables, folder / "data");
    std::string told =
        fmt::format("seed {}, {}: {}\n\n{}\n", seed, what,
                    what == "check" || what == "crash" ? how : try_quietly(small, property), small.policy);
    for (const TextTable &table : small.tables)
      if (table.present) told += "--- " + table.file + "\n" + csv_text(table);
    for (Engine *engine : {engines_.reference, engines_.tested}) {
      told += fmt::format("\n=== {}\n{}", engine->name(), result_of(small, *engine));
      if (engines_.reference == engines_.tested || what == "crash") break;
    }
    std::ofstream(folder / "report.txt") << told;
    fmt::print("{}\nkept in {}\n", told.size() > 6000 ? told.substr(0, 6000) + "\n..." : told,
               folder.string());
    std::fflush(stdout);
  }

  std::string death(const Trial &trial) {
    return death_of([&] {
      for (int property = -1; property < static_cast<int>(properties().size()); ++property)
        try_quietly(trial, property);
    });
  }

  std::string try_quietly(const Trial &trial, int property) {
    try {
      return try_property(trial, engines_, folder_, property);
    } catch (const std::exception &error) {
      return std::string("thrown: ") + error.what();
    }
  }

  std::string result_of(const Trial &trial, Engine &engine) {
    try {
      const semantics::LoadResult loaded = semantics::load_text({{"p.policy", trial.policy}});
      std::string trouble;
      if (!loaded.program) return "refused\n";
      const auto dataset = dataset_of(*loaded.program, trial.tables, folder_, trouble);
      return dataset ? to_text(engine.run(*loaded.program, *dataset, trial.request, 1)) : trouble;
    } catch (const std::exception &error) {
      return std::string("thrown: ") + error.what();
    }
  }

  void report() const {
    fmt::print("engine {} against {}; seeds {} to {}; {:.0f} s\n", engines_.tested->name(),
               engines_.reference->name(), plan_.seed, plan_.seed + policies_, seconds());
    const std::size_t sound = policies_ - spoilt_;
    fmt::print(
        "{} policies, {} accepted ({:.1f} % of those not spoilt on purpose), {} spoilt; {} real ones\n",
        policies_, accepted_,
        sound > 0 ? 100.0 * static_cast<double>(accepted_) / static_cast<double>(sound) : 0, spoilt_, real_);
    for (const auto &[code, count] : refused_) fmt::print("  refused with {}: {}\n", code, count);
    fmt::print("{} runs, {} without data errors; {} result rows, {} with all comparisons; {} datasets "
               "unreadable; {} fallbacks\n",
               runs_, good_, rows_, tried_rows_, unreadable_, fallbacks_);
    fmt::print("by the plan, and compared with the interpreter: {} policies, {} runs, {} result rows\n",
               compared_policies_, compared_runs_, compared_rows_);
    fmt::print(
        "of lists and tables of rules: {} policies, {} accepted; row by row, and compared: {} policies, "
        "{} runs, {} result rows\n",
        of_rows_.policies, of_rows_.accepted, of_rows_.compared, of_rows_.compared_runs,
        of_rows_.compared_rows);
    for (const auto &[property, count] : tried_)
      fmt::print("  {}: {} times\n", properties()[property].name, count);
    if (engines_.reference != engines_.tested) {
      fmt::print("rows of passes: {} compiled ({} of them left to exact arithmetic), {} evaluated\n",
                 native_rows_, exact_rows_, interpreted_rows_);
      for (const auto &[bits, count] : widths_)
        fmt::print("  widest integer of {} bits: {} runs\n", bits, count);
      for (const auto &[reason, count] : reasons_) fmt::print("  {}: {} times\n", reason, count);
    }
    fmt::print("constructs in the accepted policies:\n{}", coverage_.text());
    fmt::print("{} difference{}\n", failures_, failures_ == 1 ? "" : "s");
  }

  const Plan &plan_;
  const Engines &engines_;
  const Clock::time_point start_;
  ScratchFolder folder_;
  Coverage coverage_;
  std::size_t policies_ = 0, accepted_ = 0, spoilt_ = 0, real_ = 0, runs_ = 0, good_ = 0, rows_ = 0,
              tried_rows_ = 0, unreadable_ = 0, fallbacks_ = 0, failures_ = 0;
  std::size_t compared_policies_ = 0, compared_runs_ = 0, compared_rows_ = 0; ///< not left to the interpreter
  std::size_t native_rows_ = 0, interpreted_rows_ = 0, exact_rows_ = 0;
  struct {
    std::size_t policies = 0, accepted = 0, compared = 0, compared_runs = 0, compared_rows = 0;
  } of_rows_; ///< of lists and tables of rules; compared: without the interpreter's help
  std::map<unsigned, std::size_t> widths_;
  std::map<std::string, std::size_t> refused_, reasons_;
  std::map<std::size_t, std::size_t> tried_;
};

} // namespace

int run(const Plan &plan) {
  const std::unique_ptr<Engine> reference = interpreter(),
                                native = plan.engine == "self" ? nullptr : native_engine();
  if (plan.engine == "native" && !native) {
    fmt::print(stderr, "this program was built without the native engine\n");
    return 2;
  }
  for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL}) std::signal(signal, tell_seed);
  for (const int signal : {SIGTERM, SIGINT}) std::signal(signal, end_soon);
  const Engines engines{reference.get(), native ? native.get() : reference.get()};
  return Campaign(plan, engines).run();
}

} // namespace steelyard::fuzz
