// See recorded_source.h.
#include "tools/recorded_source.h"
#include "tools/policy_source.h"
#include "tools/run_source.h"
#include <cerrno>
#include <cstring>
#include <fmt/core.h>
#include <fstream>
#include <unistd.h>

namespace steelyard::tools {

namespace fs = std::filesystem;

namespace {

std::string beginning_of(const std::string &path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return {};
  std::ifstream in(path, std::ios::binary);
  std::string out(64, '\0');
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  out.resize(static_cast<std::size_t>(in.gcount()));
  return out;
}

} // namespace

bool is_extract(const std::string &path) {
  return beginning_of(path).find("\"steelyard_extract\"") != std::string::npos;
}

bool is_recorded(const std::string &path) {
  return beginning_of(path).starts_with("STEELYARD RUN") || is_extract(path);
}

namespace {

/// What was opened, or null and the sentence shown that says why not.
template<class Opened>
std::unique_ptr<Opened> taken(std::variant<std::unique_ptr<Opened>, std::string> opened, int &code) {
  if (auto *it = std::get_if<std::unique_ptr<Opened>>(&opened)) return std::move(*it);
  show_error(std::get<std::string>(opened));
  code = bad_data;
  return nullptr;
}

} // namespace

std::optional<OpenRun> open_recorded(const std::string &path, int &code) {
  auto recorded = taken(record::Recorded::open(path), code);
  if (!recorded) return std::nullopt;
  auto options = options_of(recorded->program(), recorded->facts(), code);
  if (!options) return std::nullopt;
  return OpenRun{std::move(recorded), std::move(*options)};
}

std::unique_ptr<record::Extract> open_extract(const std::string &path, int &code) {
  return taken(record::Extract::open(path), code);
}

int reading_a_run(const std::function<int()> &work) {
  try {
    return work();
  } catch (const std::system_error &) {
    throw; // of writing, not of the run
  } catch (const std::runtime_error &error) {
    show_error(error.what());
    return bad_data;
  }
}

std::optional<interpret::RunOptions> options_of(const semantics::Program &program, const record::Facts &facts,
                                                int &code) {
  RunOptions options;
  options.parameters = facts.parameters;
  options.period = facts.period;
  interpret::RunOptions out;
  if (const auto error = apply_options(program, options, out)) {
    show_error("the recorded run: " + *error);
    code = bad_data;
    return std::nullopt;
  }
  return out;
}

bool write_file(const std::string &place, const std::string &content, bool force, int &code) {
  std::error_code ignored;
  if (fs::exists(place, ignored) && !force) {
    show_error(fmt::format("the file {} exists; name another, or use --force to replace it", place));
    code = bad_usage;
    return false;
  }
  const fs::path to = fs::absolute(place, ignored);
  const fs::path temporary =
      to.parent_path() / fmt::format(".{}.{}.partial", to.filename().string(), ::getpid());
  std::ofstream out(temporary, std::ios::binary);
  out << content;
  out.close();
  if (!out || ::rename(temporary.c_str(), to.c_str()) != 0) {
    show_error(fmt::format("the file {} cannot be written: {}", place, std::strerror(errno)));
    fs::remove(temporary, ignored);
    code = io_error;
    return false;
  }
  return true;
}

} // namespace steelyard::tools
