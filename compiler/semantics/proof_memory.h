// Policies whose choices were proved before. A proof is a fact about the text: a run of the same text by the
// same build need not prove it again. `check` always proves.
#pragma once
#include "compiler/syntax/source.h"
#include <filesystem>

namespace steelyard::semantics {

class ProofMemory {
public:
  /// Of the texts of a policy's files, in their order.
  explicit ProofMemory(const syntax::SourceFiles &files);
  /// The proofs were made, and found nothing to say.
  bool proved() const;
  void keep() const;

private:
  std::filesystem::path file_; ///< empty: nothing is remembered
  std::string content_;
};

} // namespace steelyard::semantics
