// The parts of a report's page that do not depend on the run: its style and its little script.
#pragma once

namespace steelyard::record {

inline constexpr const char *page_style = R"css(
:root { --ink:#1d2733; --soft:#5b6b7b; --line:#dbe2e8; --ground:#f6f8fa; --bar:#3b7ea1; --bar2:#b9d3e0; --bad:#b3261e; --good:#2e7d32 }
* { box-sizing:border-box }
body { margin:0; font:15px/1.55 system-ui,"Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif; color:var(--ink); background:var(--ground) }
main { max-width:1180px; margin:0 auto; padding:0 24px 80px }
header { background:#16324a; color:#fff; padding:28px 0 24px; margin-bottom:8px }
header div { max-width:1180px; margin:0 auto; padding:0 24px }
h1 { margin:0 0 4px; font-size:26px; font-weight:650 } header p, header p.small { margin:2px 0; color:#c7d8e4 }
h2 { margin:40px 0 10px; font-size:19px } h3 { margin:22px 0 8px; font-size:16px }
nav { position:sticky; top:0; background:var(--ground); border-bottom:1px solid var(--line); padding:9px 0; z-index:2 }
nav a { margin-right:18px; color:var(--bar); text-decoration:none; white-space:nowrap }
.card { background:#fff; border:1px solid var(--line); border-radius:8px; padding:14px 18px; margin:12px 0; overflow-x:auto }
table { border-collapse:collapse; width:100%; font-variant-numeric:tabular-nums }
th,td { padding:5px 10px; text-align:left; border-bottom:1px solid var(--line); vertical-align:top; white-space:nowrap }
th { color:var(--soft); font-weight:600; font-size:13px; cursor:pointer; position:sticky; top:0; background:#fff }
td.n,th.n { text-align:right } td.w { white-space:normal; min-width:200px; max-width:430px }
tr:last-child td { border-bottom:0 } tbody tr:hover { background:#f2f7fa }
.bar { display:block; height:11px; min-width:1px; background:var(--bar); border-radius:2px } .track { width:220px; background:#eef2f5; border-radius:2px }
.minus .bar, .bar.minus { background:var(--bad) }
.small { color:var(--soft); font-size:13px } .bad { color:var(--bad) } .good { color:var(--good) }
.tag { display:inline-block; padding:0 7px; border-radius:9px; background:#e6eef3; color:#2a5a75; font-size:12.5px; margin-left:4px }
a.row { color:var(--bar); text-decoration:none; border-bottom:1px dotted var(--bar) }
details { background:#fff; border:1px solid var(--line); border-radius:8px; margin:8px 0 } summary { padding:9px 16px; cursor:pointer }
pre { margin:0; padding:4px 18px 16px; font:13px/1.6 "Sarasa Mono SC","Noto Sans Mono CJK SC",Consolas,monospace; overflow-x:auto; white-space:pre-wrap }
dl { display:grid; grid-template-columns:max-content 1fr; gap:3px 18px; margin:0 } dt { color:var(--soft) } dd { margin:0; overflow-wrap:anywhere }
.tiles { display:flex; flex-wrap:wrap; gap:12px; margin:18px 0 0 }
.tiles a { flex:1; min-width:170px; background:#fff; border:1px solid var(--line); border-radius:8px; padding:12px 18px; text-decoration:none; color:var(--soft) }
.tiles b { display:block; font-size:25px; font-weight:650; color:var(--ink) } .tiles b.bad { color:var(--bad) }
details.part { border:0; border-top:1px solid var(--line); border-radius:0; margin:0 } details.part:first-child { border-top:0 }
details.part > summary { padding:9px 2px; font-weight:600 } .wide { overflow-x:auto; padding-bottom:10px }
table.chart { width:auto; margin-bottom:8px } .part .track { width:120px; margin-top:6px } .track { margin-top:6px }
@media print { nav { display:none } body { background:#fff } details { break-inside:avoid } }
)css";

inline constexpr const char *page_script = R"js(
// A click on a head sorts its table: numbers as numbers, texts by code point.
for (const th of document.querySelectorAll('table.sorts th')) th.addEventListener('click', () => {
  const table = th.closest('table'), at = [...th.parentNode.children].indexOf(th), body = table.tBodies[0];
  const down = th.dataset.down = th.dataset.down === '1' ? '0' : '1';
  const key = row => { const t = row.children[at].textContent.trim(), n = Number(t.replaceAll(',', '')); return t !== '' && !Number.isNaN(n) ? n : t; };
  const rows = [...body.rows].sort((a, b) => { const x = key(a), y = key(b); return x < y ? -1 : x > y ? 1 : 0; });
  if (down === '1') rows.reverse();
  body.append(...rows);
});
// A link to a derivation opens it.
const open = () => { const at = document.getElementById(decodeURIComponent(location.hash.slice(1))); if (at && at.tagName === 'DETAILS') { at.open = true; at.scrollIntoView(); } };
addEventListener('hashchange', open); open();
)js";

} // namespace steelyard::record
