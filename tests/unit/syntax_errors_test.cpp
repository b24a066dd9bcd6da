// Errors of syntax as the user reads them, whole. Long, because each message stands with its text: one list
// to look through.
#include "compiler/syntax/parse.h"
#include <doctest/doctest.h>

using namespace steelyard::syntax;

namespace {

std::string errors_of(std::string text) {
  const SourceFiles files{{"p", std::move(text)}};
  std::vector<Diagnostic> diagnostics;
  parse_policy(files, 0, diagnostics);
  std::string errors;
  for (const Diagnostic &d : diagnostics) errors += to_text(d, files);
  return errors;
}

} // namespace

TEST_SUITE("syntax: errors") {

  TEST_CASE("a keyword glued to a name, digits glued to a word") {
    CHECK_EQ(errors_of(R"P(定义基准点数: 点数(8)
  = 权重
每个 病例
  定义 a: 金额(2) = b 当费用 > 60
  判定 kind
    高倍率当 费用 > 3
    低 当 费用 < 60天且费用 > 1
    正常其他
  核对 c: 费用 > 3A
)P"),
             R"P(p:1:1: error P104: a blank is missing after 定义 (define): 定义基准点数 is read as one name
    1 | 定义基准点数: 点数(8)
      | ^^^^^^^^^^^^
p:4:19: error P104: a blank is missing after 当 (when): 当费用 is read as one name
    4 |   定义 a: 金额(2) = b 当费用 > 60
      |                       ^^^^^^
p:6:5: error P104: a blank is missing before 当 (when): 高倍率当 is read as one name
    6 |     高倍率当 费用 > 3
      |     ^^^^^^^^
p:7:14: error P104: blanks are missing in '60天且费用': it is read as the number 60 and the name 天且费用
    7 |     低 当 费用 < 60天且费用 > 1
      |                  ^^^^^^^^^^
p:8:5: error P104: a blank is missing before 其他 (otherwise): 正常其他 is read as one name
    8 |     正常其他
      |     ^^^^^^^^
p:9:14: error P104: '3A' is neither a number nor a name: a name cannot begin with a digit
    9 |   核对 c: 费用 > 3A
      |                  ^^
      = a value that is no name stands in quotes
)P");
  }

  TEST_CASE("unclosed quotes, stray characters") {
    CHECK_EQ(errors_of(R"P(policy p "a
let z = “abc"
let w = "abc\d"
let x = 3 $$ 4
let y = a && b
let u = ‘a’
let t = a；
)P"),
             R"P(p:1:10: error P102: the text that begins here has no closing quote on this line
    1 | policy p "a
      |          ^^
p:2:9: error P102: the text that begins here has no closing quote on this line
    2 | let z = “abc"
      |         ^^^^^
      = a text that begins with “ ends with ”, not with "
p:3:9: error P113: a backslash in a text may stand only before a quote or another backslash
    3 | let w = "abc\d"
      |         ^^^^^^^
      = write \\ for a backslash and \" for a quote
p:4:11: error P103: the character '$' has no meaning in the language
    4 | let x = 3 $$ 4
      |           ^
p:5:11: error P103: the character '&' has no meaning in the language
    5 | let y = a && b
      |           ^
      = write 'and' or '且'
p:6:9: error P103: the character '‘' has no meaning in the language
    6 | let u = ‘a’
      |         ^
      = a text stands in double quotes
p:7:10: error P103: the character '；' has no meaning in the language
    7 | let t = a；
      |          ^^
      = nothing closes a line
)P");
  }

  TEST_CASE("parentheses") {
    CHECK_EQ(errors_of(R"P(let a = (b + c
  + d
let e = f)
let g = fund_month[a, b
let h = (a + b]
let i = max 3, 4
define j: money(2
  = k
)P"),
             R"P(p:1:9: error P105: this '(' is not closed
    1 | let a = (b + c
      |         ^
      note p:2:6: ')' is expected after 'd'
p:3:10: error P105: this ')' closes nothing
    3 | let e = f)
      |          ^
p:4:19: error P105: this '[' is not closed
    4 | let g = fund_month[a, b
      |                   ^
      note p:4:24: ']' is expected after 'b'
p:5:9: error P105: this '(' is not closed
    5 | let h = (a + b]
      |         ^
      note p:5:15: ')' is expected before ']'
p:6:13: error P107: '(' is missing before '3'
    6 | let i = max 3, 4
      |             ^
p:7:16: error P105: this '(' is not closed
    7 | define j: money(2
      |                ^
      note p:8:3: ')' is expected after '2'
)P");
  }

  TEST_CASE("the ':' and the type of a name") {
    CHECK_EQ(errors_of(R"P(define a = 5
define b
  = 5
define c money(2) = 5
define d: = 5
define e: money = 5
input f
check g
param h: = 5
)P"),
             R"P(p:1:10: error P107: a ':' and the type are missing before '='
    1 | define a = 5
      |          ^
      = as in NAME: money(2)
p:2:9: error P107: a ':' and the type are missing after 'b'
    2 | define b
      |         ^
      = as in NAME: money(2)
p:4:10: error P107: ':' is missing before 'money'
    4 | define c money(2) = 5
      |          ^^^^^
p:5:11: error P107: a type such as money(2) is missing before '='
    5 | define d: = 5
      |           ^
p:6:11: error P113: the decimals of 'money' are missing
    6 | define e: money = 5
      |           ^^^^^
      = write money(2) for two decimals
p:7:8: error P107: a ':' and the type are missing after 'f'
    7 | input f
      |        ^
      = as in NAME: money(2)
p:8:8: error P107: ':' is missing after 'g'
    8 | check g
      |        ^
p:9:10: error P107: a type such as money(2) is missing before '='
    9 | param h: = 5
      |          ^
)P");
  }

  TEST_CASE("a word or sign is missing") {
    CHECK_EQ(errors_of(R"P(enum tier primary, secondary
entity drg
  key drg text
let x 5
define a: bool = b >
define b: bool = > c
define c: bool
  b > c
define d: money(2) = a b
define e: bool = a in
define f: money(2) = sum of x where
require g: a > 3 else
policy
in force from 2020-12-01
)P"),
             R"P(p:1:11: error P107: ':' is missing before 'primary'
    1 | enum tier primary, secondary
      |           ^^^^^^^
p:3:11: error P107: ':' is missing before 'text'
    3 |   key drg text
      |           ^^^^
p:4:7: error P107: '=' is missing before '5'
    4 | let x 5
      |       ^
p:5:21: error P107: a value is missing after '>'
    5 | define a: bool = b >
      |                     ^
p:6:18: error P107: a value is missing before '>'
    6 | define b: bool = > c
      |                  ^
p:8:3: error P107: '=' is missing before 'b'
    8 |   b > c
      |   ^
p:9:24: error P107: an operator or 'when' is missing before 'b'
    9 | define d: money(2) = a b
      |                        ^
p:10:22: error P107: a name is missing after 'in'
   10 | define e: bool = a in
      |                      ^
p:11:36: error P107: a condition is missing after 'where'
   11 | define f: money(2) = sum of x where
      |                                    ^
p:12:22: error P107: a text in quotes is missing after 'else'
   12 | require g: a > 3 else
      |                      ^
p:14:1: error P107: a name is missing after 'policy'
   14 | in force from 2020-12-01
      | ^^^^^^^^^^^^^
)P");
  }

  TEST_CASE("cases, alternatives and exceptions") {
    CHECK_EQ(errors_of(R"P(for each drg
  define a: money(2)
    = b when c
    d when e
    = f
    = g otherwise
  define h: money(2)
    except i: 1
    except j 2 when k
    except l: when k
    except m: 1 when k overrides
  decide n
    o p > 4
    q when
    r "s" "t" when true
    u otherwise v
    otherwise
  decide w
  define x: money(2)
  define y: money(2) = none
)P"),
             R"P(p:4:5: error P107: '=' is missing before 'd'
    4 |     d when e
      |     ^
p:8:16: error P107: an operator or 'when' is missing after '1'
    8 |     except i: 1
      |                ^
p:9:14: error P107: ':' is missing before '2'
    9 |     except j 2 when k
      |              ^
p:10:15: error P107: a value or 'none' is missing before 'when'
   10 |     except l: when k
      |               ^^^^
p:11:33: error P107: a name is missing after 'overrides'
   11 |     except m: 1 when k overrides
      |                                 ^
p:13:7: error P107: 'when' is missing before 'p'
   13 |     o p > 4
      |       ^
p:14:11: error P107: a condition is missing after 'when'
   14 |     q when
      |           ^
p:15:11: error P108: "t" is too much here
   15 |     r "s" "t" when true
      |           ^^^
      = expected here: 'when' or 'otherwise'
p:16:17: error P108: 'v' is too much here
   16 |     u otherwise v
      |                 ^
p:17:5: error P107: a name or 'none' is missing before 'otherwise'
   17 |     otherwise
      |     ^^^^^^^^^
p:18:10: error P114: 'w' has no alternatives to choose from
   18 |   decide w
      |          ^
      = write one a line: its name, then 'when' and its condition
p:19:10: error P114: the definition of 'x' has no value
   19 |   define x: money(2)
      |          ^
      = write '=' and the value on the next line
p:20:24: error P107: 'none' needs a condition here
   20 |   define y: money(2) = none
      |                        ^^^^
      = add 'when' and the condition, or 'otherwise'
)P");
  }

  TEST_CASE("tables") {
    CHECK_EQ(errors_of(R"P(table t: ratio(1) by a: points(8)
  | a | t |
  | 1 | 2
  3 | 4 |
  || 5 |
  | 6 7 |
  | <= | 8 |
  | 9 |
  | any | 10 | 11 |
table u: ratio(1) by a: points(8)
table v: ratio(1) a: points(8)
)P"),
             R"P(p:4:3: error P107: the row above has no '|' at its end
    4 |   3 | 4 |
      |   ^
p:5:4: error P107: a cell is empty
    5 |   || 5 |
      |    ^
      = write 'any' where any value will do
p:6:7: error P107: '|' is missing before '7'
    6 |   | 6 7 |
      |       ^
p:7:8: error P107: a number is missing before '|'
    7 |   | <= | 8 |
      |        ^
p:8:3: error P115: this row has 1 cell, and the table's first row has 2 cells
    8 |   | 9 |
      |   ^^^^^
      = put one '|' before each cell and one after the last
      note p:2:3: the first row is here
p:9:3: error P115: this row has 3 cells, and the table's first row has 2 cells
    9 |   | any | 10 | 11 |
      |   ^^^^^^^^^^^^^^^^^
      = put one '|' before each cell and one after the last
      note p:2:3: the first row is here
p:11:19: error P107: 'by' is missing before 'a'
   11 | table v: ratio(1) a: points(8)
      |                   ^
)P");
  }

  TEST_CASE("definitions in the wrong place") {
    CHECK_EQ(errors_of(R"P(define a: bool = true
for each drg
define b: bool = true
  define c: bool = true
table t: ratio(1) by a: points(8)
  | a | t |
  | 1 | 2 |
  define d: bool = true
  define e: bool = true
param p = 1
define f: bool = true
)P"),
             R"P(p:3:1: error P111: this 'define' is not indented, so it is outside the 'for each' above
    3 | define b: bool = true
      | ^^^^^^
      = indent it, or put definitions of the run as a whole under 'overall'
p:8:3: error P111: this 'define' is indented, but it belongs to no 'for each'
    8 |   define d: bool = true
      |   ^^^^^^
      = only 'for each' and 'overall' have definitions under them; repeat the 'for each' line if a scope was meant to go on
p:11:1: error P111: this 'define' stands outside every 'for each'
   11 | define f: bool = true
      | ^^^^^^
      = after the first 'for each', definitions of the run as a whole stand under 'overall'
)P");
    CHECK_EQ(errors_of(R"P(  define a: bool = true
)P"),
             R"P(p:1:3: error P111: this 'define' is indented, but it belongs to no 'for each'
    1 |   define a: bool = true
      |   ^^^^^^
      = only 'for each' and 'overall' have definitions under them; repeat the 'for each' line if a scope was meant to go on
)P");
    CHECK_EQ(errors_of(R"P(entity drg
  key drg: text
  define a: bool = true

)P"),
             R"P(p:3:3: error P111: this 'define' is indented, but it belongs to no 'for each'
    3 |   define a: bool = true
      |   ^^^^^^
      = only 'for each' and 'overall' have definitions under them; repeat the 'for each' line if a scope was meant to go on
)P");
  }

  TEST_CASE("parts of an item without it") {
    CHECK_EQ(errors_of(R"P(for each drg
  let x = 1
  except a: b when c
  except d: e when f
  less x
key x: text
| a |
given x
steelyard 1
param p = 1
  = 2
)P"),
             R"P(p:3:3: error P110: this 'except' belongs to no 'define'
    3 |   except a: b when c
      |   ^^^^^^
      = write it under the 'define' that it is a part of
p:5:3: error P110: this 'less' belongs to no 'deduct'
    5 |   less x
      |   ^^^^
      = write it under the 'deduct' that it is a part of
p:6:1: error P110: this 'key' belongs to no 'entity'
    6 | key x: text
      | ^^^
      = write it under the 'entity' that it is a part of
p:7:1: error P110: this row belongs to no 'table'
    7 | | a |
      | ^
      = write it under the 'table' that it is a part of
p:8:1: error P110: this 'given' belongs to no 'test'
    8 | given x
      | ^^^^^
      = write it under the 'test' that it is a part of
p:9:1: error P110: the language version stands in the first line of a file
    9 | steelyard 1
      | ^^^^^^^^^^^
p:11:3: error P108: '=' neither begins something nor goes on with the line before
   11 |   = 2
      |   ^
      = a line begins with a word such as 'define', 'let' or 'input'
)P");
  }

  TEST_CASE("incomplete items") {
    CHECK_EQ(errors_of(R"P(entity a
for each drg
  deduct b: money(2) from c
  allocate d: money(2) of e by f
  allocate g: money(2)
    by h by largest remainder
  deduct i: money(2)
    less j
  define k: money(2) rounded = l
)P"),
             R"P(p:1:8: error P114: the entity 'a' has no 'key'
    1 | entity a
      |        ^
      = write 'key' and its name and type on the next line
p:4:33: error P107: 'by largest remainder' is missing after 'f'
    4 |   allocate d: money(2) of e by f
      |                                 ^
p:6:5: error P108: 'by' is not expected here
    6 |     by h by largest remainder
      |     ^^
      = expected here: 'of'
p:7:21: error P107: 'from' is missing after ')'
    7 |   deduct i: money(2)
      |                     ^
p:9:30: error P107: 'half up', 'half even', 'down', 'floor' or 'ceiling' is missing before '='
    9 |   define k: money(2) rounded = l
      |                              ^
)P");
  }

  TEST_CASE("worked examples") {
    CHECK_EQ(errors_of(R"P(test high
test "t"
  given drg X: a 1 b 2
  given drg X: a = 1
  expect kind high,
  expect error "a"
  expect error "b"
)P"),
             R"P(p:1:6: error P108: 'high' stands where a text in quotes is expected
    1 | test high
      |      ^^^^
p:3:20: error P107: ',' is missing before 'b'
    3 |   given drg X: a 1 b 2
      |                    ^
p:4:18: error P108: '=' is too much here
    4 |   given drg X: a = 1
      |                  ^
      = expected here: a value or 'none'
p:5:20: error P107: a value or 'none' is missing after ','
    5 |   expect kind high,
      |                    ^
p:7:3: error P114: an example can expect one error only
    7 |   expect error "b"
      |   ^^^^^^^^^^^^^^^^
)P");
  }

  TEST_CASE("misspelt and foreign words") {
    CHECK_EQ(errors_of(R"P(entity drg
  kye drg: text
  input a: money(2) defualt 0
  input b: bool required
for eahc drg
  difine c: bool = a is mising
  define d: bool = a whn b
  define e: money(2) rounded half = sum a
  define f: bool = if a then b
  define g: bool = 费用 不低于 3
  define h: bool = a == b
  define i: bool = a // b
)P"),
             R"P(p:2:3: error P108: 'kye' neither begins something nor goes on with the line before
    2 |   kye drg: text
      |   ^^^
      = a line begins with a word such as 'define', 'let' or 'input'
p:3:21: error P108: 'defualt' is no word of the language
    3 |   input a: money(2) defualt 0
      |                     ^^^^^^^
      = did you mean 'default'?
p:4:17: error P108: 'required' is not expected here
    4 |   input b: bool required
      |                 ^^^^^^^^
      = expected here: 'default' or 'required in row'
p:7:22: error P108: 'whn' is no word of the language
    7 |   define d: bool = a whn b
      |                      ^^^
      = did you mean 'when'?
p:8:30: error P108: 'half' is only a part of 'half up'
    8 |   define e: money(2) rounded half = sum a
      |                              ^^^^
p:9:20: error P108: 'if' is no word of the language
    9 |   define f: bool = if a then b
      |                    ^^
      = write the value, then 'when' (当) and its condition
p:10:23: error P108: '不低于' is no word of the language
   10 |   define g: bool = 费用 不低于 3
      |                         ^^^^^^
      = write '>='
p:11:22: error P108: '==' is no sign of the language
   11 |   define h: bool = a == b
      |                      ^^
      = equality is one '='
p:12:22: error P108: '//' is no sign of the language
   12 |   define i: bool = a // b
      |                      ^^
      = a comment begins with '#'
)P");
  }

  TEST_CASE("words of the language are no names") {
    CHECK_EQ(errors_of(R"P(define when: money(2) = a
define sum of: money(2) = a
let from = 3
let a = b > when
)P"),
             R"P(p:1:8: error P109: 'when' is a word of the language and cannot stand for a value or a name
    1 | define when: money(2) = a
      |        ^^^^
p:2:8: error P109: a name is expected here, and 'sum of' is a phrase of the language
    2 | define sum of: money(2) = a
      |        ^^^^^^
p:3:5: error P109: 'from' is a word of the language and cannot stand for a value or a name
    3 | let from = 3
      |     ^^^^
p:4:13: error P109: 'when' is a word of the language and cannot stand for a value or a name
    4 | let a = b > when
      |             ^^^^
)P");
  }

  TEST_CASE("strung comparisons, literals") {
    CHECK_EQ(errors_of(R"P(let a = 1 < b < 3
define b: money(1.5) = a
param c = -"x"
enum d: "e"
article "x"
steelyard 1.5
)P"),
             R"P(p:1:15: error P112: two comparisons cannot be strung together
    1 | let a = 1 < b < 3
      |               ^
      = write both in full and join them with 'and', as in a < b and b < c
p:2:17: error P113: the number of decimals is a whole number below 100, not 1.5
    2 | define b: money(1.5) = a
      |                 ^^^
p:3:11: error P113: only a number can have a minus sign
    3 | param c = -"x"
      |           ^^^^
p:4:9: error P107: a name is missing before "e"
    4 | enum d: "e"
      |         ^^^
p:5:9: error P107: a name or a number is missing before "x"
    5 | article "x"
      |         ^^^
p:6:1: error P110: the language version stands in the first line of a file
    6 | steelyard 1.5
      | ^^^^^^^^^^^^^
p:6:11: error P113: the language version is a whole number below 100, not 1.5
    6 | steelyard 1.5
      |           ^^^
)P");
  }

  TEST_CASE("doubled tokens, tokens too many") {
    CHECK_EQ(errors_of(R"P(let a = b × × c
define define d: bool = true
define e: bool = = true
entity f f
for each drg, , tier
let g = a define h: bool = true
let i = a.b.
)P"),
             R"P(p:1:13: error P108: '×' stands here twice
    1 | let a = b × × c
      |             ^
p:2:8: error P108: 'define' stands here twice
    2 | define define d: bool = true
      |        ^^^^^^
p:3:18: error P108: '=' stands here twice
    3 | define e: bool = = true
      |                  ^
p:4:10: error P108: 'f' stands here twice
    4 | entity f f
      |          ^
p:5:15: error P108: ',' stands here twice
    5 | for each drg, , tier
      |               ^
p:6:11: error P108: 'define' begins a line of its own
    6 | let g = a define h: bool = true
      |           ^^^^^^
p:7:13: error P107: a name is missing after '.'
    7 | let i = a.b.
      |             ^
)P");
  }

  TEST_CASE("lines that begin nothing") {
    CHECK_EQ(errors_of(R"P(foo bar
let a = b
c
drg, tier
  d: money(2)
    = 3
)P"),
             R"P(p:1:1: error P108: 'foo' neither begins something nor goes on with the line before
    1 | foo bar
      | ^^^
      = a line begins with a word such as 'define', 'let' or 'input'
p:3:1: error P108: 'c' neither begins something nor goes on with the line before
    3 | c
      | ^
      = a line begins with a word such as 'define', 'let' or 'input'
)P");
  }

  TEST_CASE("the words in the file's own surface") {
    CHECK_EQ(errors_of(R"P(每个 病组
  定义 a: 金额(2) = b c
  判定 d
    e f > 3
  分配 g: 金额(2)
对象 h
)P"),
             R"P(p:2:19: error P107: an operator or '当 (when)' is missing before 'c'
    2 |   定义 a: 金额(2) = b c
      |                       ^
p:4:7: error P107: '当 (when)' is missing before 'f'
    4 |     e f > 3
      |       ^
p:5:14: error P107: '总额 (of)' is missing after ')'
    5 |   分配 g: 金额(2)
      |                  ^
p:6:4: error P114: the entity 'h' has no '标识 (key)'
    6 | 对象 h
      |      ^
      = write '标识 (key)' and its name and type on the next line
)P");
  }

} // TEST_SUITE
