// A parse as bytes. Places are not stored where they follow: tokens come in the order of the text, and the
// leaves of a tree are the tokens of its clause in turn.
#include "compiler/syntax/parse_memory.h"
#include "runtime/data/cache_folder.h"
#include <fmt/core.h>
#include <fstream>
#include <sstream>

namespace steelyard::syntax {
namespace {

constexpr std::string_view title = "steelyard: a policy file, parsed\n";

class Writer {
public:
  void number(std::size_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
  }
  void node(const Node &node) {
    number(static_cast<std::size_t>(node.rule));
    if (node.rule == Rule::token) return;
    number(node.children.size());
    for (const Node &child : node.children) this->node(child);
  }
  std::string take() { return std::move(bytes_); }

private:
  std::string bytes_;
};

class Reader {
public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::size_t number() {
    std::size_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (at_ == bytes_.size()) break;
      const auto byte = static_cast<unsigned char>(bytes_[at_++]);
      value |= static_cast<std::size_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    whole_ = false;
    return 0;
  }
  /// How many things follow, of which each takes at least one byte.
  std::size_t count() {
    const std::size_t value = number();
    if (value <= bytes_.size() - at_) return value;
    whole_ = false;
    return 0;
  }
  /// The tree whose first token is the clause's token `token`, which then is the one after its last.
  Node node(std::uint32_t &token) {
    Node node;
    node.rule = static_cast<Rule>(number());
    node.first = token;
    if (node.rule == Rule::token) {
      ++token;
    } else {
      const std::size_t children = count();
      node.children.reserve(children);
      for (std::size_t i = 0; i < children && whole_; ++i) node.children.push_back(this->node(token));
    }
    node.last = token;
    return node;
  }
  bool whole() const { return whole_; }
  bool at_end() const { return at_ == bytes_.size(); }

private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool whole_ = true;
};

} // namespace

std::string to_bytes(const ParsedText &parsed) {
  Writer out;
  out.number(parsed.lexemes.size());
  std::uint32_t end = 0;
  for (const Lexeme &lexeme : parsed.lexemes) {
    out.number(static_cast<std::size_t>(lexeme.type));
    out.number(lexeme.begin - end);
    out.number(lexeme.length);
    end = lexeme.begin + lexeme.length;
  }
  out.number(parsed.clauses.size());
  for (const Node &clause : parsed.clauses) out.node(clause);
  return out.take();
}

std::optional<ParsedText> from_bytes(std::string_view bytes) {
  Reader in(bytes);
  ParsedText parsed;
  parsed.lexemes.resize(in.count());
  std::uint32_t end = 0;
  for (Lexeme &lexeme : parsed.lexemes) {
    lexeme.type = static_cast<Tok>(in.number());
    lexeme.begin = end + static_cast<std::uint32_t>(in.number());
    lexeme.length = static_cast<std::uint32_t>(in.number());
    end = lexeme.begin + lexeme.length;
  }
  const std::size_t clauses = in.count();
  parsed.clauses.reserve(clauses);
  for (std::size_t i = 0; i < clauses && in.whole(); ++i) {
    std::uint32_t token = 0;
    parsed.clauses.push_back(in.node(token));
  }
  if (!in.whole() || !in.at_end()) return std::nullopt;
  return parsed;
}

ParseMemory::ParseMemory(std::string_view text, Rule entry) {
  const std::filesystem::path folder = data::cache_folder();
  const std::string build = data::build_identity();
  if (folder.empty() || build.empty()) return;
  file_ =
      folder / ("parsed_" + data::digest(fmt::format("{}\n{}\n{}", build, static_cast<int>(entry), text)));
}

std::optional<ParsedText> ParseMemory::recall() const {
  if (file_.empty()) return std::nullopt;
  std::ifstream in(file_, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  const std::string content = std::move(all).str();
  const std::size_t head = title.size() + 32 + 1; // the digest of what follows, and the end of its line
  if (content.size() < head || !content.starts_with(title)) return std::nullopt;
  const std::string_view bytes = std::string_view(content).substr(head);
  if (std::string_view(content).substr(title.size(), 32) != data::digest(bytes)) return std::nullopt;
  return from_bytes(bytes);
}

void ParseMemory::keep(const ParsedText &parsed) const {
  if (file_.empty()) return;
  const std::string bytes = to_bytes(parsed);
  data::keep_file(file_, std::string(title) + data::digest(bytes) + '\n' + bytes);
}

} // namespace steelyard::syntax
