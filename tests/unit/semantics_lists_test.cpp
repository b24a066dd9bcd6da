// What the checker says about lists, sets, tables of rules and `with`.
#include "tests/unit/semantics_fixture.h"
#include <doctest/doctest.h>

using namespace semantics_fixture;

namespace {

/// The checker about definitions of visits, which have codes; lists of codes stand in tables.
std::string about(const std::string &definitions) {
  return said_alone(R"P(steelyard 1
policy p "P"
entity lead
  key lead: text
entity rule from tables "rule.csv"
  key rule: text
  input list: count optional
entity code from tables "code.csv"
  key rule: text
  key list: count
  key code: text
  input level: count
entity visit
  key visit: text
  input codes: list of text separated by ";"
  input others: list of text separated by "|" at least one
  input note: text
  input cost: money(2)
  input days: count optional
for each visit
)P" + definitions);
}

} // namespace

TEST_SUITE("semantics: lists") {

  TEST_CASE("what lists and tables of rules are for") {
    CHECK_EQ(about(R"P(  let main = first of codes
  let certain = first of others
  let listed = main is given and main in code["a", 1]
  let some = any of codes in code["a", 1] or none of others of codes in others
  let every = all of codes as c where c in others and c != note
  let rule = first of rule where list is missing or any of this.codes in code[rule, list]
  let level = first of codes as c where code["a", 1, c].level is given and code["a", 1, c].level > 2
  let left = rule is missing or main is given and main in rule
  define made: list of text separated by ";" = list of (note) over codes as c
  define one: list of text separated by ";" = list of note
  define tried: bool = (some with codes = list of note)
)P"),
             "");
  }

  TEST_CASE("P227: a separator") {
    CHECK_EQ(about(R"P(  define x: list of text separated by "; " = codes
)P"),
             R"P(p:21:13: error P227: the separator of a list is one ASCII sign other than a quote
   21 |   define x: list of text separated by "; " = codes
      |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      = write list of text separated by "|" (列表 文本 分隔符 "|")
)P");
  }

  TEST_CASE("P228: where no list stands") {
    CHECK_EQ(about(R"P(  define x: list of text separated by ";" optional = codes
entity e
  key k: list of text separated by ";"
)P"),
             R"P(p:21:13: error P228: a list is never missing: without elements it is empty
   21 |   define x: list of text separated by ";" optional = codes
      |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      = leave out optional (可缺)
p:23:3: error P228: a list is no key
   23 |   key k: list of text separated by ";"
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      = the key of a row is one value
)P");
  }

  TEST_CASE("P229: tables refer to tables") {
    CHECK_EQ(about(R"P(  define x: bool = true
entity e from tables "e.csv"
  key e: text
  input lead: lead
)P"),
             R"P(p:24:9: error P229: 'lead' refers to lead, which is no table of the folder of tables
   24 |   input lead: lead
      |         ^^^^
      = make it the text of the key, or take lead from tables (取自表) as well
)P");
  }

  TEST_CASE("P328: what goes over a list") {
    CHECK_EQ(about(R"P(  define x: bool = any of note in others
)P"),
             R"P(p:21:27: error P328: 'any of' goes over a list, but this is text
   21 |   define x: bool = any of note in others
      |                           ^^^^
      note p:17:9: note is declared here: text
)P");
    CHECK_EQ(about(R"P(  define x: text = first of others of cost
)P"),
             R"P(p:21:39: error P328: 'others of' goes over a list, but this is yuan
   21 |   define x: text = first of others of cost
      |                                       ^^^^
      note p:18:9: cost is declared here: yuan
)P");
  }

  TEST_CASE("P321: what is a set") {
    CHECK_EQ(about(R"P(  define x: bool = note in cost
)P"),
             R"P(p:21:28: error P321: 'in' (属于) needs a set here, but this is yuan
   21 |   define x: bool = note in cost
      |                            ^^^^
      = a set is a list, or an entity with all its keys but the last in [...]
      note p:18:9: cost is declared here: yuan
)P");
    CHECK_EQ(
        about(R"P(  define x: bool = any of codes in code["a"]
)P"),
        R"P(p:21:36: error P321: code has 3 keys: as a set all but the last, code, stand in [...], but there is one here
   21 |   define x: bool = any of codes in code["a"]
      |                                    ^^^^^^^^^
)P");
    CHECK_EQ(
        about(R"P(  define x: bool = note in rule["a"]
)P"),
        R"P(p:21:28: error P321: rule has 1 key: as a set all but the last, rule, stand in [...], but there is one here
   21 |   define x: bool = note in rule["a"]
      |                            ^^^^^^^^^
)P");
  }

  TEST_CASE("P322: values that no element is") {
    CHECK_EQ(about(R"P(  define x: bool = cost in others
)P"),
             R"P(p:21:20: error P322: the elements of the list are texts, but this is yuan
   21 |   define x: bool = cost in others
      |                    ^^^^
      note p:18:9: cost is declared here: yuan
)P");
    CHECK_EQ(about(R"P(  define x: bool = cost in rule
)P"),
             R"P(p:21:20: error P322: the set holds values of rule, which is text, but this is yuan
   21 |   define x: bool = cost in rule
      |                    ^^^^
      note p:18:9: cost is declared here: yuan
)P");
  }

  TEST_CASE("P323: a name with two meanings") {
    CHECK_EQ(about(R"P(  define x: bool = any of codes as c where any of others as c where c = note
)P"),
             R"P(p:21:61: error P323: 'c' is the element of a list outside as well: which one is meant?
   21 |   define x: bool = any of codes as c where any of others as c where c = note
      |                                                             ^
      = give the inner one another name
)P");
    CHECK_EQ(about(R"P(  define x: bool = any of codes as note where note = ""
)P"),
             R"P(p:21:36: error P323: 'note' is a quantity of visit as well
   21 |   define x: bool = any of codes as note where note = ""
      |                                    ^^^^
      = give the element another name
      note p:17:9: declared here
)P");
  }

  TEST_CASE("P324: what a list is made of") {
    CHECK_EQ(about(R"P(  define x: list of text separated by ";" = list of cost
)P"),
             R"P(p:21:53: error P324: a list is made of texts, but this is yuan
   21 |   define x: list of text separated by ";" = list of cost
      |                                                     ^^^^
      note p:18:9: cost is declared here: yuan
)P");
    CHECK_EQ(about(R"P(  let x = list of note
)P"),
             R"P(p:21:11: error P324: a list of one element stands only where a list is wanted
   21 |   let x = list of note
      |           ^^^^^^^^^^^^
      = as the value of a define (定义) with the type of a list, or behind with (代入)
)P");
  }

  TEST_CASE("P325: first of a list and of rows") {
    CHECK_EQ(about(R"P(  define x: text optional = first of codes where note = ""
)P"),
             R"P(p:21:29: error P325: the condition has no name for the element
   21 |   define x: text optional = first of codes where note = ""
      |                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      = write as (称) and a name before where (其中)
)P");
    CHECK_EQ(about(R"P(  define x: text optional = first of codes as c
)P"),
             R"P(p:21:29: error P325: of a list it is: first of LIST, or first of LIST as NAME where CONDITION
   21 |   define x: text optional = first of codes as c
      |                             ^^^^^^^^^^^^^^^^^^^
)P");
    CHECK_EQ(
        about(R"P(  let x = first of rule as r where r = ""
)P"),
        R"P(p:21:28: error P325: a row of rule needs no name: its quantities are called by their own names
   21 |   let x = first of rule as r where r = ""
      |                            ^
      = leave out as (称), and write this. (本行.) before what belongs to the own row
)P");
  }

  TEST_CASE("P326: with, of the own row") {
    CHECK_EQ(
        about(R"P(  define x: bool = (cost with note = "a") > 0
)P"),
        R"P(p:21:21: error P326: 'with' (代入) computes a let or definition of the own row anew, and this is none
   21 |   define x: bool = (cost with note = "a") > 0
      |                     ^^^^
      = give the formula a name with let (记)
)P");
    CHECK_EQ(about(R"P(  let a = note = "b"
  define x: bool = (a with visit = "a")
)P"),
             R"P(p:22:28: error P326: 'visit' is no input, let or definition of visit
   22 |   define x: bool = (a with visit = "a")
      |                            ^^^^^
)P");
  }

  TEST_CASE("P327: with, and other rows") {
    CHECK_EQ(about(R"P(  let a = (count of visit by none where note = this.note) > 1
  define x: bool = (a with note = "a")
)P"),
             R"P(p:22:20: error P327: a rests on other rows of visit, which do not see the changed value
   22 |   define x: bool = (a with note = "a")
      |                    ^^^^^^^^^^^^^^^^^^^
      = with (代入) is for quantities of the row by itself
      note p:21:7: a is declared here
)P");
  }

  TEST_CASE("P225: an element has no parts") {
    CHECK_EQ(about(R"P(  define x: bool = any of codes as c where c.note = ""
)P"),
             R"P(p:21:44: error P225: 'c' is text, which has no parts
   21 |   define x: bool = any of codes as c where c.note = ""
      |                                            ^^^^^^
      = the row of an entity with that key is ENTITY[c]
)P");
  }

  TEST_CASE("P617: keys of a set") {
    CHECK_EQ(about(R"P(  define x: bool = note in code[cost, 1]
)P"),
             R"P(p:21:33: error P617: the key rule of code is text, but this is yuan
   21 |   define x: bool = note in code[cost, 1]
      |                                 ^^^^
      note p:18:9: cost is declared here: yuan
)P");
  }
}
