// Explanations as JSON, whole.
#include "tests/unit/explain_fixture.h"

using namespace explain_test;

namespace {

const char *const policy = R"(steelyard 1
policy trial "Trial"
  in force from 2020-01-01
article 5 "Article 5" "Points"

enum tier: low < middle < high

entity hospital
  key hospital: text
  input tier: tier
  input opened: date

entity case
  key case: text
  input hospital: hospital
  input cost: money(2) from -100000
  input refund: money(2) optional

table rate: ratio(1) by tier: tier, cost: money(2)
  | tier         | cost | rate |
  | low          | any  | 1    |
  | middle, high | <= 9 | 0.5  |
  | middle, high | above | 0.4 |

for each hospital
  define spread: ratio(4) optional  cite 5 (1)
    = cv of case.cost
  define dear: count = count of case where cost > 0.5 yuan

for each case
  let third = -cost / 3
  define points: points(2) from -100000 optional rounded down
    = third × 1 point per yuan  when hospital.tier >= middle and (refund is missing or refund = 0 yuan)  assumed "why"
    = none  otherwise
    except late: 0 points  when hospital.opened > 2020-06-30  cite 5
  define rated: money(2) from -100000 = cost × rate(hospital.tier, max(cost, 0 yuan)) - (refund or else 1 yuan)
)";

const std::map<std::string, std::string> files = {
    {"hospital.csv", "hospital,tier,opened\nH1,middle,2020-01-01\n\"H,2\",low,2020-12-31\n"},
    {"case.csv", "case,hospital,cost,refund\nA,H1,10,\nB,H1,-0.5,0\nC,\"H,2\",3,1\n"}};

} // namespace

TEST_SUITE("explain: json") {
  TEST_CASE("one row with its premises") {
    Explained explained(policy, files);
    CHECK("\n" + explained.json("case=B", "points").dump(1) == R"json(
{
 "policy": "trial",
 "scope": "case",
 "zh": "case",
 "key": [
  "B"
 ],
 "keys": [
  {
   "name": "case",
   "zh": "case",
   "type": "text"
  }
 ],
 "inputs": [
  {
   "name": "hospital",
   "zh": "hospital",
   "type": "row",
   "of": "hospital",
   "value": "H1"
  },
  {
   "name": "cost",
   "zh": "cost",
   "type": "number",
   "unit": "yuan",
   "value": "-0.50"
  },
  {
   "name": "refund",
   "zh": "refund",
   "type": "number",
   "unit": "yuan",
   "value": "0.00"
  }
 ],
 "steps": [
  {
   "number": "1",
   "name": "third",
   "zh": "third",
   "kind": "let",
   "type": "number",
   "unit": "yuan",
   "basis": {
    "articles": []
   },
   "formula": {
    "text": "-cost ÷ 3",
    "expression": "neg((-0.50)) / 3",
    "leaves": [
     {
      "kind": "field",
      "name": "cost"
     },
     {
      "kind": "constant"
     }
    ],
    "value": "1/6"
   },
   "value": "1/6"
  },
  {
   "number": "2",
   "name": "points",
   "zh": "points",
   "kind": "define",
   "type": "number",
   "unit": "points",
   "basis": {
    "articles": []
   },
   "tried": [
    {
     "kind": "exception",
     "name": "late",
     "zh": "late",
     "outcome": "not held",
     "condition": {
      "text": "hospital.opened > 2020-06-30",
      "expression": "18262 > 18443",
      "leaves": [
       {
        "kind": "field",
        "scope": "hospital",
        "key": [
         "H1"
        ],
        "name": "opened",
        "found_by": [
         {
          "expression": "\"H1\"",
          "leaves": [
           {
            "kind": "field",
            "name": "hospital"
           }
          ]
         }
        ]
       },
       {
        "kind": "constant"
       }
      ],
      "comparisons": [
       {
        "left": "18262",
        "op": ">",
        "right": "18443",
        "left_value": "18262",
        "right_value": "18443",
        "holds": false
       }
      ],
      "value": "false"
     },
     "overrides": [],
     "basis": {
      "articles": [
       {
        "id": "5",
        "clauses": [],
        "heading": "Article 5"
       }
      ]
     }
    },
    {
     "kind": "line",
     "outcome": "held",
     "condition": {
      "text": "hospital.tier ≥ middle and (refund is missing or refund = 0 yuan)",
      "expression": "1 >= 1 and (is_missing(0.00) or 0.00 = 0)",
      "leaves": [
       {
        "kind": "rank",
        "member": "middle",
        "of": {
         "kind": "constant"
        }
       },
       {
        "kind": "rank",
        "member": "middle",
        "of": {
         "kind": "field",
         "scope": "hospital",
         "key": [
          "H1"
         ],
         "name": "tier",
         "found_by": [
          {
           "expression": "\"H1\"",
           "leaves": [
            {
             "kind": "field",
             "name": "hospital"
            }
           ]
          }
         ]
        }
       },
       {
        "kind": "field",
        "name": "refund"
       },
       {
        "kind": "field",
        "name": "refund"
       },
       {
        "kind": "constant"
       }
      ],
      "comparisons": [
       {
        "left": "1",
        "op": ">=",
        "right": "1",
        "left_value": "1",
        "right_value": "1",
        "holds": true
       },
       {
        "left": "0.00",
        "op": "=",
        "right": "0",
        "left_value": "0.00",
        "right_value": "0",
        "holds": true
       }
      ],
      "value": "true"
     },
     "basis": {
      "articles": [],
      "assumptions": [
       "why"
      ]
     }
    },
    {
     "kind": "line",
     "outcome": "not tried",
     "basis": {
      "articles": []
     }
    }
   ],
   "taken": "1",
   "formula": {
    "text": "third × 1 points per yuan",
    "expression": "(1/6) * 1",
    "leaves": [
     {
      "kind": "field",
      "name": "third"
     },
     {
      "kind": "constant"
     }
    ],
    "value": "1/6"
   },
   "rounding": {
    "exact": "1/6",
    "mode": "down",
    "decimals": "2",
    "result": "0.16",
    "changed": true
   },
   "value": "0.16"
  }
 ],
 "only": "points",
 "parameters": [],
 "checks": [],
 "assumptions": [
  {
   "subject": "points",
   "text": "why"
  }
 ],
 "errors": [],
 "premises": [
  {
   "scope": "hospital",
   "zh": "hospital",
   "key": [
    "H1"
   ],
   "keys": [
    {
     "name": "hospital",
     "zh": "hospital",
     "type": "text"
    }
   ],
   "inputs": [
    {
     "name": "tier",
     "zh": "tier",
     "type": "member",
     "value": "middle"
    },
    {
     "name": "opened",
     "zh": "opened",
     "type": "date",
     "value": "2020-01-01"
    }
   ],
   "steps": []
  }
 ]
})json");
  }

  TEST_CASE("expressions") {
    Explained explained(policy, files);
    const auto expression = [&](const char *row, const char *only) {
      return explained.json(row, only)["steps"].back()["formula"]["expression"].get<std::string>();
    };
    CHECK(expression("case=A", "third") == R"(neg(10.00) / 3)");
    CHECK(expression("case=A", "rated") == R"(10.00 * 0.4 - (or_else(none, 1)))");
    CHECK(expression("case=C", "rated") == R"(3.00 * 1.0 - (or_else(1.00, ...)))");
    CHECK(expression("case=A", "points") == R"((-10/3) * 1)");
    CHECK(expression("hospital=H1", "spread") == R"(1.1053)");
  }

  TEST_CASE("what a literal is") {
    Explained explained(policy, files);
    const auto leaf = [&](const char *row, const char *only, std::size_t i) {
      return "\n" + explained.json(row, only)["steps"].back()["formula"]["leaves"][i].dump(1);
    };
    CHECK(leaf("hospital=H,2", "dear", 0) == R"json(
{
 "kind": "aggregate",
 "op": "count",
 "over": "case",
 "operand": null,
 "where": "cost > 0.5",
 "matches": [
  {
   "expression": "\"H,2\"",
   "leaves": [
    {
     "kind": "field",
     "name": "hospital"
    }
   ],
   "inner": "hospital.hospital"
  }
 ],
 "count": "1",
 "left_out": "0",
 "rows": [
  {
   "key": [
    "C"
   ],
   "value": null
  }
 ]
})json");
    CHECK(leaf("case=A", "rated", 1) == R"json(
{
 "kind": "table",
 "name": "rate",
 "arguments": [
  {
   "expression": "\"middle\"",
   "leaves": [
    {
     "kind": "field",
     "scope": "hospital",
     "key": [
      "H1"
     ],
     "name": "tier",
     "found_by": [
      {
       "expression": "\"H1\"",
       "leaves": [
        {
         "kind": "field",
         "name": "hospital"
        }
       ]
      }
     ]
    }
   ]
  },
  {
   "expression": "max(10.00, 0)",
   "leaves": [
    {
     "kind": "field",
     "name": "cost"
    },
    {
     "kind": "constant"
    }
   ]
  }
 ],
 "row": "3",
 "row_text": "tier = middle, cost 9 < 10.00",
 "condition": {
  "expression": "in(\"middle\", \"middle\", \"high\") and max(10.00, 0) > 9.00",
  "leaves": [
   {
    "kind": "field",
    "scope": "hospital",
    "key": [
     "H1"
    ],
    "name": "tier",
    "found_by": [
     {
      "expression": "\"H1\"",
      "leaves": [
       {
        "kind": "field",
        "name": "hospital"
       }
      ]
     }
    ]
   },
   {
    "kind": "constant"
   },
   {
    "kind": "constant"
   },
   {
    "kind": "field",
    "name": "cost"
   },
   {
    "kind": "constant"
   },
   {
    "kind": "constant"
   }
  ],
  "value": "true"
 }
})json");
    CHECK("\n" + explained.json("hospital=H1", "spread")["steps"][0]["rounding"].dump(1) == R"json(
{
 "root_of": "441/361",
 "negative": false,
 "mode": "half up",
 "decimals": "4",
 "result": "1.1053",
 "changed": true
})json");
    CHECK("\n" + explained.json("case=C", "points")["steps"].back()["tried"].dump(1) == R"json(
[
 {
  "kind": "exception",
  "name": "late",
  "zh": "late",
  "outcome": "held",
  "condition": {
   "text": "hospital.opened > 2020-06-30",
   "expression": "18627 > 18443",
   "leaves": [
    {
     "kind": "field",
     "scope": "hospital",
     "key": [
      "H,2"
     ],
     "name": "opened",
     "found_by": [
      {
       "expression": "\"H,2\"",
       "leaves": [
        {
         "kind": "field",
         "name": "hospital"
        }
       ]
      }
     ]
    },
    {
     "kind": "constant"
    }
   ],
   "comparisons": [
    {
     "left": "18627",
     "op": ">",
     "right": "18443",
     "left_value": "18627",
     "right_value": "18443",
     "holds": true
    }
   ],
   "value": "true"
  },
  "overrides": [],
  "basis": {
   "articles": [
    {
     "id": "5",
     "clauses": [],
     "heading": "Article 5"
    }
   ]
  }
 },
 {
  "kind": "line",
  "outcome": "not tried",
  "basis": {
   "articles": [],
   "assumptions": [
    "why"
   ]
  }
 },
 {
  "kind": "line",
  "outcome": "not tried",
  "basis": {
   "articles": []
  }
 }
])json");
  }
}
