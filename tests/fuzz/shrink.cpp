#include "tests/fuzz/shrink.h"
#include <algorithm>

namespace steelyard::fuzz {

namespace {

using Lines = std::vector<std::string>;

Lines lines_of(const std::string &text) {
  Lines out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    out.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

std::string text_of(const Lines &lines) {
  std::string out;
  for (const std::string &line : lines) out += line + "\n";
  return out;
}

/// The tables that the policy still reads, in its order, with the columns that it still knows.
bool adapt(Trial &trial) {
  const semantics::LoadResult loaded = semantics::load_text({{"p.policy", trial.policy}});
  if (!loaded.program) return false;
  TextTables out;
  for (const data::TableSchema &schema : loaded.program->schema.tables) {
    const auto old = std::find_if(trial.tables.begin(), trial.tables.end(),
                                  [&](const TextTable &table) { return table.file == schema.file; });
    if (old == trial.tables.end()) return false;
    TextTable table{schema.file, {}, std::vector<std::vector<std::string>>(old->rows.size()), old->present};
    for (const data::FieldSchema &field : schema.fields) {
      const int column = old->column(field.name);
      if (column < 0) continue;
      table.header.push_back(field.name);
      for (std::size_t r = 0; r < old->rows.size(); ++r)
        table.rows[r].push_back(old->rows[r][static_cast<std::size_t>(column)]);
    }
    out.push_back(std::move(table));
  }
  trial.tables = std::move(out);
  return true;
}

class Shrinking {
public:
  Shrinking(Trial trial, const Fails &fails, std::chrono::seconds at_most)
      : trial_(std::move(trial)), fails_(fails), end_(std::chrono::steady_clock::now() + at_most) {}

  Trial run() {
    for (bool smaller = true; smaller && in_time();) {
      smaller = false;
      smaller = fewer_rows() || smaller;
      smaller = fewer_lines() || smaller;
      smaller = fewer_rows() || smaller;
      smaller = fewer_words() || smaller;
      smaller = plainer_cells() || smaller;
    }
    return std::move(trial_);
  }

private:
  bool in_time() const { return std::chrono::steady_clock::now() < end_; }

  bool try_policy(const std::string &policy) {
    if (!in_time() || policy == trial_.policy) return false;
    Trial candidate = trial_;
    candidate.policy = policy;
    if (!adapt(candidate) || !fails_(candidate)) return false;
    trial_ = std::move(candidate);
    return true;
  }

  /// Leaves out runs of `size` elements, from the end, where `attempt(from, count)` accepts it.
  template<class Attempt> static bool leave_out(std::size_t total, std::size_t size, Attempt &&attempt) {
    bool any = false;
    for (std::size_t end = total; end > 0;) {
      const std::size_t begin = end > size ? end - size : 0;
      any = attempt(begin, end - begin) || any;
      end = begin;
    }
    return any;
  }

  bool fewer_lines() {
    bool any = false;
    for (std::size_t size = std::max<std::size_t>(1, lines_of(trial_.policy).size() / 3); in_time();
         size /= 2) {
      const Lines lines = lines_of(trial_.policy);
      any = leave_out(lines.size(), size,
                      [&](std::size_t begin, std::size_t count) {
                        Lines fewer = lines_of(trial_.policy);
                        if (begin + count > fewer.size()) return false;
                        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(begin),
                                    fewer.begin() + static_cast<std::ptrdiff_t>(begin + count));
                        return try_policy(text_of(fewer));
                      }) ||
            any;
      if (size == 1) break;
    }
    return any;
  }

  /// Within a line: runs of words, and parts in parentheses for the whole in parentheses.
  bool fewer_words() {
    bool any = false;
    for (std::size_t at = lines_of(trial_.policy).size(); at-- > 0 && in_time();)
      for (bool smaller = true; smaller && in_time();) {
        smaller = false;
        const Lines lines = lines_of(trial_.policy);
        for (const std::string &line : shorter(lines[at])) {
          Lines changed = lines;
          changed[at] = line;
          if (!try_policy(text_of(changed))) continue;
          smaller = any = true;
          break;
        }
      }
    return any;
  }

  static std::vector<std::string> shorter(const std::string &line) {
    std::vector<std::string> out;
    // Words are kept apart by blanks; parentheses and commas stand for themselves.
    std::vector<std::pair<std::size_t, std::size_t>> words;
    for (std::size_t i = line.find_first_not_of(' '); i < line.size();) {
      std::size_t end = i + 1;
      const auto single = [](char c) { return c == '(' || c == ')' || c == ',' || c == '[' || c == ']'; };
      if (line[i] != ' ' && !single(line[i]))
        while (end < line.size() && line[end] != ' ' && !single(line[end])) ++end;
      if (line[i] != ' ') words.emplace_back(i, end);
      i = end;
    }
    // A pair of parentheses gone, with the word before it and all but one part within.
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (line[words[i].first] != '(') continue;
      int depth = 0;
      std::size_t close = i;
      std::vector<std::size_t> cuts{i};
      for (std::size_t k = i; k < words.size(); ++k) {
        const std::string word = line.substr(words[k].first, words[k].second - words[k].first);
        if (word == "(") ++depth;
        if (word == ")" && --depth == 0) {
          close = k;
          break;
        }
        if (depth == 1 && (word == "," || word == "+" || word == "-" || word == "×" || word == "/" ||
                           word == "or" || word == "and"))
          cuts.push_back(k);
      }
      if (close == i) continue;
      cuts.push_back(close);
      const bool call =
          words[i].first > 0 && line[words[i].first - 1] != ' ' && line[words[i].first - 1] != '(';
      const std::size_t begin = call && i > 0 ? words[i - 1].first : words[i].first;
      for (std::size_t c = 0; c + 1 < cuts.size(); ++c) {
        const std::size_t from = words[cuts[c]].second, to = words[cuts[c + 1]].first;
        if (from < to)
          out.push_back(line.substr(0, begin) + "(" + line.substr(from, to - from) + ")" +
                        line.substr(words[close].second));
      }
      out.push_back(line.substr(0, begin) + "1" + line.substr(words[close].second));
    }
    for (std::size_t count = std::min<std::size_t>(words.size(), 14); count > 0; --count)
      for (std::size_t i = 0; i + count <= words.size(); ++i)
        out.push_back(line.substr(0, words[i].first) + line.substr(words[i + count - 1].second));
    return out;
  }

  bool fewer_rows() {
    bool any = false;
    for (std::size_t t = trial_.tables.size(); t-- > 0 && in_time();)
      for (std::size_t size = std::max<std::size_t>(1, trial_.tables[t].rows.size()); in_time(); size /= 2) {
        any = leave_out(trial_.tables[t].rows.size(), size,
                        [&](std::size_t begin, std::size_t count) {
                          if (!in_time() || begin + count > trial_.tables[t].rows.size()) return false;
                          Trial candidate = trial_;
                          auto &rows = candidate.tables[t].rows;
                          rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(begin),
                                     rows.begin() + static_cast<std::ptrdiff_t>(begin + count));
                          if (!fails_(candidate)) return false;
                          trial_ = std::move(candidate);
                          return true;
                        }) ||
              any;
        if (size <= 1) break;
      }
    return any;
  }

  bool plainer_cells() {
    bool any = false;
    for (std::size_t t = 0; t < trial_.tables.size(); ++t)
      for (std::size_t r = 0; r < trial_.tables[t].rows.size(); ++r)
        for (std::size_t c = 0; c < trial_.tables[t].rows[r].size() && in_time(); ++c)
          for (const char *plain : {"", "0", "1", "2"}) {
            const std::string &cell = trial_.tables[t].rows[r][c];
            if (cell == plain || cell.size() < std::string(plain).size() ||
                (cell.size() == 1 && cell <= plain))
              continue;
            Trial candidate = trial_;
            candidate.tables[t].rows[r][c] = plain;
            if (!fails_(candidate)) continue;
            trial_ = std::move(candidate);
            any = true;
            break;
          }
    return any;
  }

  Trial trial_;
  const Fails &fails_;
  std::chrono::steady_clock::time_point end_;
};

} // namespace

Trial shrink(Trial trial, const Fails &fails, std::chrono::seconds at_most) {
  return Shrinking(std::move(trial), fails, at_most).run();
}

} // namespace steelyard::fuzz
