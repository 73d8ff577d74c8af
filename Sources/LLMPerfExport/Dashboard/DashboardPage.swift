import LLMPerfWire

/// The dashboard's one page: it loads nothing but its stream of snapshots.
enum DashboardPage {
  static let response = WholeResponse(
    contentType: "text/html; charset=utf-8",
    headers: [
      .init("Cache-Control", "no-store"), .init("X-Content-Type-Options", "nosniff"),
      .init("Referrer-Policy", "no-referrer"),
      .init(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:"),
    ],
    body: Array((head + script).utf8))

  private static let head = """
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="icon" href="data:,">
    <title>llmuses</title>
    <style>
    :root { color-scheme: light dark; --page: #f6f7f9; --card: #fff; --text: #17202a; --soft: #5a6572; --line: #d9dee4;
      --blue: #1f6feb; --green: #1a7f4b; --violet: #7a4fd0; --orange: #b35900; --red: #c62828; }
    @media (prefers-color-scheme: dark) { :root { --page: #12161b; --card: #1b2128; --text: #e8ecf0; --soft: #9aa7b4;
      --line: #313a44; --blue: #5aa2ff; --green: #4cc38a; --violet: #b392f0; --orange: #f0a35e; --red: #ff7b72; } }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 1200px; padding: 20px 16px 40px; background: var(--page); color: var(--text);
      font: 15px/1.45 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
    header { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: baseline; }
    h1 { font-size: 22px; margin: 0; overflow-wrap: anywhere; }
    h2 { font-size: 14px; font-weight: 600; margin: 0; }
    .soft { color: var(--soft); overflow-wrap: anywhere; }
    #state { margin-left: auto; font-weight: 600; }
    progress { width: 100%; height: 10px; margin: 12px 0 2px; accent-color: var(--blue); }
    .row { display: flex; justify-content: space-between; gap: 16px; flex-wrap: wrap; }
    .grid { display: grid; gap: 12px; margin-top: 16px; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); }
    .charts { grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); }
    section, .card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; }
    .value { font-size: 24px; font-weight: 650; white-space: nowrap; }
    #alert { margin: 14px 0 0; padding: 10px 14px; border-left: 5px solid var(--orange); background: var(--card); border-radius: 8px; }
    #alert p { margin: 0; overflow-wrap: anywhere; }
    .bad { color: var(--red); }
    .warn { color: var(--orange); }
    .good { color: var(--green); }
    svg { display: block; width: 100%; height: 150px; margin-top: 6px; overflow: visible; }
    .key::before { content: ""; display: inline-block; width: 10px; height: 4px; margin: 0 5px 0 12px; border-radius: 2px;
      vertical-align: 3px; background: var(--key); }
    svg text { fill: var(--soft); font-size: 11px; }
    svg .axis { stroke: var(--line); }
    svg .cursor { stroke: var(--soft); stroke-dasharray: 3 3; }
    table { border-collapse: collapse; width: 100%; }
    th, td { text-align: left; padding: 5px 10px 5px 0; border-top: 1px solid var(--line); vertical-align: top; }
    th { font-weight: 600; color: var(--soft); border-top: 0; }
    td.number, th.number { text-align: right; white-space: nowrap; }
    td.text { overflow-wrap: anywhere; }
    </style>
    <header>
      <h1 id="model">llmuses</h1><span class="soft" id="about"></span><span id="state" role="status">connecting …</span>
    </header>
    <progress id="bar" max="1" value="0" aria-label="Requests done"></progress>
    <div class="row"><span id="done">&nbsp;</span><span class="soft" id="time"></span></div>
    <div id="alert" role="status" hidden></div>
    <div class="grid" id="cards"></div>
    <div class="grid charts" id="charts"></div>
    <div class="grid charts">
      <section><h2>Percentiles so far</h2><table id="percentiles"></table></section>
      <section><h2>Failures</h2><table id="failures"></table></section>
    </div>

    """

  private static let script = #"""
    <script>
    "use strict";
    const $ = id => document.getElementById(id);
    const none = "–";
    const make = (tag, attributes = {}, text) => {
      const svg = ["svg", "path", "line", "text"].includes(tag);
      const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
      for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
      if (text !== undefined) node.textContent = text;
      return node;
    };
    const short = v => v == null ? none : v === 0 ? "0" : v < 10 ? v.toPrecision(3).replace(/\.?0+$/, "")
      : v < 100 ? v.toFixed(1).replace(".0", "") : v < 1e5 ? Math.round(v).toLocaleString("en") : v < 1e6 ? Math.round(v / 1e3) + "k"
      : (v / 1e6).toFixed(1) + "M";
    const time = v => v == null ? none : v === 0 ? "0 ms" : v < 1e-3 ? Math.round(v * 1e6) + " µs"
      : v < 1 ? short(v * 1e3) + " ms" : short(v) + " s";
    const clock = v => {
      const s = Math.round(v), two = n => String(n).padStart(2, "0");
      return (s >= 3600 ? Math.floor(s / 3600) + ":" + two(Math.floor(s / 60) % 60) : Math.floor(s / 60)) + ":" + two(s % 60);
    };
    const rate = v => v == null ? none : short(v) + "/s";
    const bytes = v => v == null ? none : short(v / 1048576) + " MiB";
    const percent = v => v == null ? none : (v * 100).toFixed(v > 0 && v < .0995 ? 1 : 0) + " %";

    const charts = [
      { title: "Requests per second", unit: v => short(v) + "/s", lines: [
        { color: "--blue", name: "succeeded", of: (p, w) => p[0] / w }, { color: "--red", name: "failed", of: (p, w) => p[1] / w }] },
      { title: "Output tokens per second", unit: v => short(v) + "/s", lines: [{ color: "--violet", of: (p, w) => p[2] / w }] },
      { title: "Time to first token, median", unit: time, lines: [{ color: "--green", of: p => p[3] }] },
      { title: "Requests in flight", unit: short, lines: [{ color: "--orange", of: p => p[4] }] },
    ];
    for (const chart of charts) {
      const section = make("section"), row = make("div", { class: "row" });
      chart.value = make("span", { class: "soft" });
      row.append(make("h2", {}, chart.title), chart.value);
      chart.svg = make("svg", { role: "img", "aria-label": chart.title });
      section.append(row, chart.svg);
      $("charts").append(section);
      chart.svg.addEventListener("pointermove", event => { chart.at = event.offsetX; draw(chart); });
      chart.svg.addEventListener("pointerleave", () => { chart.at = null; draw(chart); });
    }

    let last = null;
    function draw(chart) {
      if (!last) return;
      const { points, width: w } = last, svg = chart.svg;
      const width = svg.clientWidth || 400, height = 150, bottom = height - 18, left = 4, right = width - 4;
      const series = chart.lines.filter((l, i) => i === 0 || points.some(p => l.of(p, w) > 0));
      const values = series.map(l => points.map(p => l.of(p, w)));
      const top = Math.max(0, ...values.flat().filter(v => v != null)) || 1;
      const n = Math.max(points.length, 2), span = n * w;
      const x = i => left + (right - left) * i / (n - 1), y = v => bottom - (bottom - 16) * v / top;
      svg.replaceChildren(make("line", { class: "axis", x1: 0, x2: width, y1: bottom, y2: bottom }),
        make("text", { x: left, y: 10 }, chart.unit(top)),
        make("text", { x: left, y: height - 4 }, "0:00"),
        make("text", { x: right, y: height - 4, "text-anchor": "end" }, clock(span)));
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      series.forEach((line, s) => {
        let path = "", area = "", from = null;
        const close = end => { if (from != null) area += `L${x(end).toFixed(1)} ${bottom}L${x(from).toFixed(1)} ${bottom}Z`; from = null; };
        values[s].forEach((v, i) => {
          if (v == null) return close(i - 1);
          const step = (from == null ? "M" : "L") + x(i).toFixed(1) + " " + y(v).toFixed(1);
          // A point without neighbours is a line of no length, drawn as a dot by its round ends.
          path += step + (from == null ? "h0" : "");
          area += step;
          from ??= i;
        });
        close(n - 1 < points.length ? n - 1 : points.length - 1);
        const color = `var(${line.color})`;
        svg.append(make("path", { d: area, fill: color, "fill-opacity": .1 }), make("path", { d: path, fill: "none", stroke: color,
          "stroke-width": 1.8, "stroke-linejoin": "round", "stroke-linecap": "round" }));
      });
      let place = points.length - 1;
      if (chart.at != null && points.length) {
        place = Math.min(points.length - 1, Math.max(0, Math.round((chart.at - left) / (right - left) * (n - 1))));
        svg.append(make("line", { class: "cursor", x1: x(place), x2: x(place), y1: 12, y2: bottom }));
      }
      const words = series.map((l, s) => {
        const isNamed = l.name && series.length > 1;
        return make("span", isNamed ? { class: "key", style: `--key: var(${l.color})` } : {},
          (isNamed ? l.name + " " : "") + (values[s][place] == null ? none : chart.unit(values[s][place])));
      });
      chart.value.replaceChildren(...(place < 0 ? [] : [chart.at != null ? clock((place + 1) * w) + "  " : "", ...words]));
    }

    function table(node, head, rows, empty) {
      node.replaceChildren();
      if (!rows.length) { const row = make("tr"); row.append(make("td", {}, empty)); node.append(row); return; }
      for (const [i, cells] of [head, ...rows].entries()) {
        const row = make("tr");
        cells.forEach((cell, j) => row.append(make(i ? "td" : "th", { class: head[j].kind }, i ? cell : cell.text)));
        node.append(row);
      }
    }
    let alerted = "";
    const count = v => v.toLocaleString("en");
    const column = (text, kind = "number") => ({ text, kind });

    function show(run) {
      last = run;
      const done = run.succeeded + run.failed;
      document.title = (run.verdict ? run.verdict : run.expected ? percent(done / run.expected) : done) + " · " + run.model;
      $("model").textContent = run.model;
      $("about").textContent = [run.name, run.url, run.parallel ? run.parallel + " at a time" : "open loop"].join(" · ");
      $("state").textContent = run.verdict ? "finished: " + run.verdict : "running";
      $("state").className = { VALID: "good", SUSPECT: "warn", INVALID: "bad" }[run.verdict] || "";
      if (run.expected) $("bar").value = done / run.expected; else if (run.verdict) $("bar").value = 1; else $("bar").removeAttribute("value");
      $("done").textContent = count(done) + (run.expected ? " of " + count(run.expected) : "") + " requests" + (run.warmups ? ", " + count(run.warmups) + " warm-up" : "");
      const alerts = run.verdict ? run.reasons : run.late == null ? []
        : ["Requests leave late, p99 " + time(run.late) + ": lower the load, or give the client more CPU."];
      if (alerts.join() !== alerted) {
        alerted = alerts.join();
        $("alert").hidden = !alerts.length;
        $("alert").replaceChildren(...alerts.map(text => make("p", {}, text)));
      }
      $("time").textContent = clock(run.elapsed) + (run.left != null ? ", " + clock(run.left) + " left" : "");
      const cards = [["In flight", short(run.inFlight)], ["Rate now", rate(run.recentRate)], ["Mean rate", rate(run.rate)],
        ["Output tokens/s", short(run.tokenRate)], ["Failed", short(run.failed), run.failed ? "bad" : ""],
        ["Client CPU", percent(run.cpu), run.cpu > .8 ? "bad" : ""], ["Client memory", bytes(run.memory)]];
      $("cards").replaceChildren(...cards.map(([name, value, kind]) => {
        const card = make("div", { class: "card" });
        card.append(make("div", { class: "soft" }, name), make("div", { class: "value " + (kind || "") }, value));
        return card;
      }));
      charts.forEach(draw);
      const metrics = [["Time to first token", run.ttft], ["Latency", run.latency], ["Time per output token", run.tpot], ["Schedule lag", run.lag]];
      table($("percentiles"), [column("", ""), column("p50"), column("p90"), column("p99"), column("of")],
        metrics.map(([name, v]) => [name, time(v[0]), time(v[1]), time(v[2]), count(v[3])]));
      table($("failures"), [column("", ""), column("Count"), column("Last message", "text")],
        run.failures.map(f => [f.code, count(f.count), f.sample]), "None.");
    }

    const source = new EventSource("events" + location.search);
    source.onmessage = event => {
      const run = JSON.parse(event.data);
      show(run);
      if (run.verdict) source.close();
    };
    source.onerror = () => { if (!last || !last.verdict) { $("state").textContent = "connection lost"; $("state").className = "bad"; } };
    addEventListener("resize", () => charts.forEach(draw));
    </script>
    </html>

    """#
}
