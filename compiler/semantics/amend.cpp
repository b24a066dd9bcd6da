#include "compiler/semantics/amend.h"
#include "runtime/data/name_match.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <map>
#include <set>

namespace steelyard::semantics {

namespace {

using namespace syntax;

bool is_called(const Name &name, const std::string &text) {
  return name.ident.text == text || (name.twin && name.twin->text == text);
}
bool same_name(const Name &a, const Name &b) {
  return is_called(a, b.ident.text) || (b.twin && is_called(a, b.twin->text));
}

/// Both spellings of the names that can be keys of a scope, and which scope a single name means.
class ScopeNames {
public:
  void learn(const PolicyFile &file) {
    for (const Item &item : file.items) {
      if (const auto *d = std::get_if<EntityDecl>(&item)) learn(d->name);
      if (const auto *d = std::get_if<EnumDecl>(&item)) learn(d->name);
      if (const auto *d = std::get_if<RangeDecl>(&item)) learn(d->name);
    }
  }
  /// After all files are learnt: scopes by names of their own, or by the joined names of their keys.
  void learn_scopes(const PolicyFile &file) {
    for (const Item &item : file.items) {
      const auto *scope = std::get_if<ScopeDecl>(&item);
      if (!scope || scope->keys.size() < 2) continue;
      const std::string keys = keys_of(*scope);
      std::string joined, twins;
      for (const Ident &key : scope->keys) {
        const auto known = twin_.find(key.text);
        joined += (joined.empty() ? "" : "_") + key.text;
        const std::string twin = known == twin_.end() ? key.text : known->second;
        twins += (twins.empty() ? "" : "_") + twin;
      }
      scopes_.insert({joined, keys});
      scopes_.insert({twins, keys});
      if (!scope->name) continue;
      scopes_.insert({scope->name->ident.text, keys});
      if (scope->name->twin) scopes_.insert({scope->name->twin->text, keys});
    }
  }
  /// The same for every way to write the head of the same scope; "" for the run as a whole.
  std::string keys_of(const ScopeDecl &scope) const {
    if (scope.keys.size() == 1 && !scope.name)
      if (const auto named = scopes_.find(scope.keys[0].text); named != scopes_.end()) return named->second;
    std::string out;
    for (const Ident &key : scope.keys) out += canonical(key.text) + ",";
    return out;
  }
  std::string canonical(const std::string &name) const {
    const auto known = canonical_.find(name);
    return known == canonical_.end() ? name : known->second;
  }

private:
  void learn(const Name &name) {
    canonical_[name.ident.text] = name.ident.text;
    if (!name.twin) return;
    canonical_[name.twin->text] = name.ident.text;
    twin_[name.ident.text] = name.twin->text;
    twin_[name.twin->text] = name.ident.text;
  }
  std::map<std::string, std::string> canonical_, twin_, scopes_;
};

/// One policy put into what those before it are together.
class Amendment {
public:
  Amendment(const PolicyDecl &by, const PolicyDecl &of, std::vector<PolicyFile> &base,
            const ScopeNames &names, std::vector<Diagnostic> &diagnostics)
      : by_(by), of_(of), base_(base), names_(names), diagnostics_(diagnostics) {}

  /// Moves what changes the base out of `file`.
  void apply(PolicyFile &file) {
    std::vector<Item> left;
    for (Item &item : file.items) {
      if (auto *scope = std::get_if<ScopeDecl>(&item)) {
        apply(*scope);
        if (!scope->items.empty() || !scope->keys.empty()) left.push_back(std::move(item));
      } else if (!replaced(item)) {
        left.push_back(std::move(item));
      }
    }
    file.items = std::move(left);
  }

private:
  void report(const char *code, const Span &span, std::string message, std::string hint = {}) {
    diagnostics_.push_back({Severity::error, code, span, std::move(message), std::move(hint), {}});
  }
  void not_there(const Span &span, const std::string &name, const ScopeDecl *scope) {
    std::string where;
    for (const Ident &key : scope ? scope->keys : std::vector<Ident>{})
      where += (where.empty() ? " for each " : ", ") + key.text;
    report("P712", span, fmt::format("{} has no '{}'{}", of_.name.ident.text, name, where),
           elsewhere(name, where));
  }
  /// Where the base has something of this name, or of one that is near to it.
  std::string elsewhere(const std::string &name, const std::string &where) const {
    std::vector<std::string> names, places;
    const auto add = [&](const Name &one, const std::string &place) {
      for (const std::string &text : {one.ident.text, one.twin ? one.twin->text : std::string()})
        if (!text.empty()) names.push_back(text), places.push_back(place);
    };
    for (const PolicyFile &file : base_)
      for (const Item &item : file.items) {
        if (const auto *scope = std::get_if<ScopeDecl>(&item)) {
          std::string place;
          for (const Ident &key : scope->keys) place += (place.empty() ? " for each " : ", ") + key.text;
          for (const ScopeItem &one : scope->items)
            std::visit(
                [&](const auto &decl) {
                  if constexpr (requires { decl.name.twin; }) add(decl.name, place);
                },
                one);
          continue;
        }
        std::visit(
            [&](const auto &decl) {
              if constexpr (requires { decl.name.twin; }) add(decl.name, "");
            },
            item);
      }
    std::string wanted = name;
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      const std::vector<std::string_view> candidates(names.begin(), names.end());
      wanted = data::nearest_name(name, candidates);
      if (wanted.empty()) return "name it as it is declared there, below the line of its scope";
    }
    const std::string &place =
        places[static_cast<std::size_t>(std::find(names.begin(), names.end(), wanted) - names.begin())];
    const std::string mean = wanted == name ? "" : fmt::format("did you mean '{}'? ", wanted);
    if (place == where)
      return mean.empty() ? "it is declared there as another sort of thing" : mean.substr(0, mean.size() - 1);
    return mean + (place.empty() ? "it is declared there outside of all scopes: write this before the first "
                                   "for each (每个), or below overall (总体)"
                                 : fmt::format("it is declared there{}", place));
  }
  /// A layer adds to its base and leaves it as it is.
  bool may_change(const Span &span) {
    if (by_.amends) return true;
    report(
        "P713", span,
        fmt::format("'{}' stands on '{}' and leaves it as it is", by_.name.ident.text, of_.name.ident.text),
        "add exceptions with add to (补充), or amend it: amends (修订) in place of on base (依托)");
    return false;
  }

  /// The old name's other spelling and its label go on to hold, where the new text does not say others.
  static void keep_names(Name &to, const Name &from) {
    if (!to.twin && from.twin) {
      const bool same = to.ident.text == from.ident.text;
      to.twin = same ? from.twin : std::optional<Ident>(from.ident);
    }
    if (to.label.empty()) to.label = from.label;
  }

  bool replaced(Item &item) {
    return std::visit(
        [&](auto &decl) {
          using Decl = std::decay_t<decltype(decl)>;
          if constexpr (requires { decl.replaces; }) {
            if (!decl.replaces) return false;
            decl.replaces = false;
            if (!may_change(decl.span)) return true;
            for (PolicyFile &file : base_)
              for (Item &old : file.items) {
                auto *same = std::get_if<Decl>(&old);
                if (!same || !is_same(*same, decl)) continue;
                if constexpr (requires { decl.name; }) keep_names(decl.name, same->name);
                *same = std::move(decl);
                return true;
              }
            if constexpr (requires { decl.name; })
              not_there(decl.name.ident.span, decl.name.ident.text, nullptr);
            else
              not_there(decl.span, decl.id, nullptr);
            return true;
          } else {
            return false;
          }
        },
        item);
  }
  template<typename Decl> static bool is_same(const Decl &a, const Decl &b) {
    if constexpr (requires { a.name; })
      return same_name(a.name, b.name);
    else
      return a.id == b.id;
  }

  void apply(ScopeDecl &scope) {
    const std::string keys = names_.keys_of(scope);
    std::vector<ScopeItem> left;
    for (ScopeItem &item : scope.items) {
      if (auto *remove = std::get_if<RemoveDecl>(&item)) {
        for (const Ident &name : remove->names) take_out(keys, name, scope);
      } else if (auto *add = std::get_if<AddDecl>(&item)) {
        add_to(keys, *add, scope);
      } else if (!replaced(item, keys, scope)) {
        left.push_back(std::move(item));
      }
    }
    scope.items = std::move(left);
  }

  bool replaced(ScopeItem &item, const std::string &keys, const ScopeDecl &scope) {
    return std::visit(
        [&](auto &decl) {
          if constexpr (requires { decl.replaces; }) {
            if (!decl.replaces) return false;
            decl.replaces = false;
            if (!may_change(decl.span)) return true;
            if constexpr (std::is_same_v<std::decay_t<decltype(decl)>, InputDecl>)
              if (InputDecl *input = find_input(keys, decl.name)) {
                keep_names(decl.name, input->name);
                *input = std::move(decl);
                return true;
              }
            const auto [place, old] =
                find(keys, [&](const Name &name) { return same_name(name, decl.name); });
            if (!old) {
              // What was given is computed now: a definition of its own, where this text stands.
              if constexpr (requires { decl.name; } &&
                            !std::is_same_v<std::decay_t<decltype(decl)>, CheckDecl>)
                if (take_out_input(keys, decl.name)) return false;
              not_there(decl.name.ident.span, decl.name.ident.text, &scope);
              return true;
            }
            std::visit(
                [&](const auto &before) {
                  if constexpr (requires { before.name; }) keep_names(decl.name, before.name);
                },
                *old);
            *old = std::move(decl);
            return true;
          } else {
            return false;
          }
        },
        item);
  }

  void take_out(const std::string &keys, const Ident &name, const ScopeDecl &scope) {
    if (!may_change(name.span)) return;
    const auto [items, old] = find(keys, [&](const Name &one) { return is_called(one, name.text); });
    if (old) {
      items->erase(items->begin() + (old - items->data()));
      return;
    }
    for (PolicyFile &file : base_)
      for (auto item = file.items.begin(); item != file.items.end(); ++item) {
        if (auto *entity = std::get_if<EntityDecl>(&*item); entity && entity->name.ident.text + "," == keys)
          if (std::erase_if(entity->inputs,
                            [&](const InputDecl &input) { return is_called(input.name, name.text); }) > 0)
            return;
        const bool of_policy = keys.empty() && std::visit(
                                                   [&](const auto &decl) {
                                                     if constexpr (requires { decl.name.twin; })
                                                       return is_called(decl.name, name.text);
                                                     else
                                                       return false;
                                                   },
                                                   *item);
        if (!of_policy || std::holds_alternative<PolicyDecl>(*item)) continue;
        file.items.erase(item);
        return;
      }
    not_there(name.span, name.text, &scope);
  }

  void add_to(const std::string &keys, AddDecl &add, const ScopeDecl &scope) {
    const auto [items, old] = find(keys, [&](const Name &one) { return is_called(one, add.to.text); });
    if (!old) return not_there(add.to.span, add.to.text, &scope);
    auto *define = std::get_if<DefineDecl>(old);
    if (!define)
      return report("P714", add.to.span,
                    fmt::format("'{}' has no exceptions: only a definition can have them", add.to.text),
                    "write it anew as a whole: replace (替换), then the declaration");
    std::move(add.excepts.begin(), add.excepts.end(), std::back_inserter(define->excepts));
  }

  template<typename Is>
  std::pair<std::vector<ScopeItem> *, ScopeItem *> find(const std::string &keys, const Is &is) {
    for (PolicyFile &file : base_)
      for (Item &item : file.items) {
        auto *scope = std::get_if<ScopeDecl>(&item);
        if (!scope || names_.keys_of(*scope) != keys) continue;
        for (ScopeItem &one : scope->items) {
          const bool found = std::visit(
              [&](const auto &decl) {
                if constexpr (requires { decl.name; })
                  return is(decl.name);
                else
                  return false;
              },
              one);
          if (found) return {&scope->items, &one};
        }
      }
    return {nullptr, nullptr};
  }
  /// Takes the input of this name out of its entity; its other spelling and its label go on to hold.
  bool take_out_input(const std::string &keys, Name &name) {
    for (PolicyFile &file : base_)
      for (Item &item : file.items) {
        auto *entity = std::get_if<EntityDecl>(&item);
        if (!entity || entity->name.ident.text + "," != keys) continue;
        for (auto input = entity->inputs.begin(); input != entity->inputs.end(); ++input) {
          if (!same_name(input->name, name)) continue;
          keep_names(name, input->name);
          entity->inputs.erase(input);
          return true;
        }
      }
    return false;
  }
  InputDecl *find_input(const std::string &keys, const Name &name) {
    for (PolicyFile &file : base_)
      for (Item &item : file.items) {
        auto *entity = std::get_if<EntityDecl>(&item);
        if (!entity || entity->name.ident.text + "," != keys) continue;
        for (InputDecl &input : entity->inputs)
          if (same_name(input.name, name)) return &input;
      }
    return nullptr;
  }

  const PolicyDecl &by_, &of_;
  std::vector<PolicyFile> &base_;
  const ScopeNames &names_;
  std::vector<Diagnostic> &diagnostics_;
};

} // namespace

std::vector<PolicyFile> consolidate(std::vector<PolicyTrees> line, std::vector<Diagnostic> &diagnostics) {
  ScopeNames names;
  for (const PolicyTrees &policy : line)
    for (const PolicyFile &file : policy.files) names.learn(file);
  for (const PolicyTrees &policy : line)
    for (const PolicyFile &file : policy.files) names.learn_scopes(file);
  std::vector<PolicyFile> whole = std::move(line.back().files);
  for (std::size_t p = line.size() - 1; p-- > 0;) {
    const bool amends = line[p].policy.amends;
    for (PolicyFile &file : whole)
      std::erase_if(file.items, [&](const Item &item) {
        return std::holds_alternative<PolicyDecl>(item) || (amends && std::holds_alternative<TestDecl>(item));
      });
    Amendment amendment(line[p].policy, line[p + 1].policy, whole, names, diagnostics);
    for (PolicyFile &file : line[p].files) amendment.apply(file);
    std::move(line[p].files.begin(), line[p].files.end(), std::back_inserter(whole));
  }
  return whole;
}

} // namespace steelyard::semantics
