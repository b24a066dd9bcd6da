// LLVM ORC: verify, optimise, compile, link; or link what the cache has.
#include "compiler/native/jit.h"
#include "compiler/native/divide.h"
#include "compiler/native/object_cache.h"
#include "runtime/data/cache_folder.h"
#include <llvm-c/Transforms/PassBuilder.h> // LLVMRunPasses: saves PassBuilder.h
#include <llvm/ExecutionEngine/ObjectCache.h>
#include <llvm/ExecutionEngine/Orc/CompileUtils.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetMachine.h>
#include <map>
#include <mutex>
#include <stdexcept>

namespace steelyard::native {

namespace {

template<class T> T take(llvm::Expected<T> value) {
  if (!value) throw std::runtime_error(llvm::toString(value.takeError()));
  return std::move(*value);
}
void must(llvm::Error error) {
  if (error) throw std::runtime_error(llvm::toString(std::move(error)));
}

/// What pays for loops over rows. LLVM's own O2 takes twice as long: it goes round for calls, which there are
/// none of, and unrolls and vectorises every loop that it can.
constexpr const char *passes = "function(sroa,early-cse<memssa>,simplifycfg,instcombine<no-verify-fixpoint>,"
                               "jump-threading,correlated-propagation,simplifycfg,gvn,loop-mssa(licm),"
                               "instcombine<no-verify-fixpoint>,jump-threading,adce,simplifycfg)";

void optimise(llvm::Module &module, llvm::TargetMachine &machine) {
  LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
  LLVMErrorRef failure = LLVMRunPasses(reinterpret_cast<LLVMModuleRef>(&module), passes,
                                       reinterpret_cast<LLVMTargetMachineRef>(&machine), options);
  LLVMDisposePassBuilderOptions(options);
  if (failure == nullptr) return;
  char *message = LLVMGetErrorMessage(failure);
  const std::string text = message;
  LLVMDisposeErrorMessage(message);
  throw std::runtime_error(text);
}

} // namespace

struct Jit::Parts {
  std::unique_ptr<llvm::TargetMachine> machine;
  std::unique_ptr<llvm::orc::LLJIT> jit;
  ObjectCache cache;
  std::string target;                     ///< what compiled code depends on beside the module
  std::map<std::string, void *> compiled; ///< by key, as in the cache
  int count = 0;
};

Jit::Jit() : parts_(std::make_unique<Parts>()) {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    llvm::InitializeNativeTargetAsmParser(); // for the division of 128 by 64 bits
  });
  auto builder = take(llvm::orc::JITTargetMachineBuilder::detectHost());
  parts_->target = builder.getCPU() + " " + builder.getFeatures().getString() +
                   " LLVM " LLVM_VERSION_STRING " " + data::build_identity();
  parts_->machine = take(builder.createTargetMachine());
  parts_->jit = take(llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(std::move(builder)).create());
}

Jit::~Jit() = default;

void *Jit::compile(std::unique_ptr<llvm::Module> module, std::unique_ptr<llvm::LLVMContext> context,
                   const char *symbol) {
  module->setDataLayout(parts_->jit->getDataLayout());
  module->setTargetTriple(parts_->machine->getTargetTriple().str());
  std::string problem;
  llvm::raw_string_ostream problems(problem);
  if (llvm::verifyModule(*module, &problems)) throw std::logic_error("the IR does not verify: " + problem);
  std::string key = parts_->target + "\n";
  {
    llvm::raw_string_ostream out(key);
    module->print(out, nullptr);
  }
  void *&known = parts_->compiled[key];
  if (known != nullptr) return known;
  llvm::Expected<llvm::orc::JITDylib &> made =
      parts_->jit->createJITDylib("pass" + std::to_string(parts_->count++));
  if (!made) throw std::runtime_error(llvm::toString(made.takeError()));
  llvm::orc::JITDylib &library = *made;
  library.addToLinkOrder(parts_->jit->getMainJITDylib());
  if (auto process = parts_->jit->getProcessSymbolsJITDylib()) library.addToLinkOrder(*process);
  llvm::orc::SymbolMap symbols;
  symbols[parts_->jit->mangleAndIntern("steelyard_divide_256")] = {
      llvm::orc::ExecutorAddr::fromPtr(&divide_256),
      llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
  must(library.define(llvm::orc::absoluteSymbols(std::move(symbols))));
  std::optional<std::string> object = parts_->cache.find(key);
  if (!object) {
    optimise(*module, *parts_->machine);
    llvm::orc::SimpleCompiler compile(*parts_->machine);
    const std::unique_ptr<llvm::MemoryBuffer> compiled = take(compile(*module));
    object = compiled->getBuffer().str();
    parts_->cache.keep(key, *object);
  }
  module.reset();
  context.reset();
  must(parts_->jit->addObjectFile(library, llvm::MemoryBuffer::getMemBufferCopy(*object)));
  known = take(parts_->jit->lookup(library, symbol)).toPtr<void *>();
  return known;
}

} // namespace steelyard::native
