// One small file for each policy that was proved, which says so, and of what text.
#include "compiler/semantics/proof_memory.h"
#include "runtime/data/cache_folder.h"
#include <fstream>
#include <sstream>

namespace steelyard::semantics {

ProofMemory::ProofMemory(const syntax::SourceFiles &files) {
  const std::filesystem::path folder = data::cache_folder();
  const std::string build = data::build_identity();
  if (folder.empty() || build.empty()) return;
  std::string all = build;
  for (const auto &file : files) all += '\n' + std::to_string(file.text.size()) + '\n' + file.text;
  const std::string digest = data::digest(all);
  file_ = folder / ("proved_" + digest);
  content_ = "steelyard: all choices proved\n" + digest + "\n";
}

bool ProofMemory::proved() const {
  if (file_.empty()) return false;
  std::ifstream in(file_, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str() == content_;
}

void ProofMemory::keep() const {
  if (!file_.empty()) data::keep_file(file_, content_);
}

} // namespace steelyard::semantics
