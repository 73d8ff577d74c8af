/// The style sheet of every page. Colours are chosen for a contrast of at least 4.5 to 1 for text and 3 to 1 for marks, in
/// both themes; paper always gets the light one.
enum PageStyle {
  static let markup: Markup = """
    :root{--page:#fff;--panel:#f6f7f9;--edge:#dfe3e8;--grid:#e6e9ed;--text:#16191d;--quiet:#58616c;
    --a:#2460d8;--b:#b4530a;--good:#14773a;--bad:#c22525;--warn:#8a5a00;--mid:#848d98;
    --good-back:#e5f5ea;--bad-back:#fdeaea;--warn-back:#fdf3dc}
    @media screen and (prefers-color-scheme:dark){:root{--page:#101317;--panel:#181c22;--edge:#2c333c;--grid:#262c34;
    --text:#e7eaee;--quiet:#9ba6b3;--a:#6ea8fe;--b:#f5a35c;--good:#57cf80;--bad:#ff7b76;--warn:#efc05a;--mid:#78828e;
    --good-back:#12301d;--bad-back:#3a1716;--warn-back:#33280d}}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
    body{margin:0 auto;max-width:1160px;padding:32px 24px 64px;background:var(--page);color:var(--text);
    font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
    font-variant-numeric:tabular-nums}
    h1{font-size:26px;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere;letter-spacing:-.01em}
    h2{font-size:18px;line-height:1.3;margin:48px 0 14px;padding-top:14px;border-top:1px solid var(--edge)}
    p{margin:0 0 10px}
    a{color:var(--a)}
    .sub{color:var(--quiet);overflow-wrap:anywhere;margin:0}
    .sub span+span::before{content:"\\00b7";margin:0 .5em}
    nav{display:flex;flex-wrap:wrap;gap:4px 18px;margin:18px 0 0;font-size:14px}
    nav a{text-decoration:none}
    nav a:hover{text-decoration:underline}
    .verdict{margin:22px 0 0;padding:14px 18px;border-radius:8px;border-left:5px solid var(--edge);background:var(--panel)}
    .verdict.good{border-color:var(--good);background:var(--good-back)}
    .verdict.warn{border-color:var(--warn);background:var(--warn-back)}
    .verdict.bad{border-color:var(--bad);background:var(--bad-back)}
    .verdict b{letter-spacing:.02em}
    .verdict.good b{color:var(--good)}.verdict.warn b{color:var(--warn)}.verdict.bad b{color:var(--bad)}
    .verdict p{margin:0}
    .verdict ul{margin:6px 0 0;padding-left:20px}
    .verdict li{margin:2px 0;overflow-wrap:anywhere}
    .tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(max(190px,calc((100% - 12px*(var(--columns,4) - 1))/var(--columns,4))),1fr));gap:12px;margin:20px 0 0;padding:0}
    .tile{background:var(--panel);border:1px solid var(--edge);border-radius:8px;padding:12px 14px;min-width:0}
    .tile dt{color:var(--quiet);font-size:13px;line-height:1.35}
    .tile dd{margin:3px 0 0;font-size:22px;line-height:1.25;font-weight:600;letter-spacing:-.01em;overflow-wrap:anywhere}
    .tile dd.more{font-size:13px;font-weight:400;color:var(--quiet);letter-spacing:0}
    .tile.bad dd:first-of-type{color:var(--bad)}
    .scroll{overflow-x:auto;margin:0 0 8px}
    table{border-collapse:separate;border-spacing:0;width:100%;font-size:14px}
    caption{text-align:left;color:var(--quiet);padding:0 0 6px}
    th,td{padding:6px 12px 6px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--grid)}
    th{font-weight:600;color:var(--quiet);white-space:nowrap}
    thead th.n{white-space:normal;vertical-align:bottom;max-width:200px;overflow-wrap:break-word}
    tbody th{color:var(--text);font-weight:500}
    td.n,th.n{text-align:right;white-space:nowrap;padding-right:0;padding-left:14px}
    td.w{overflow-wrap:anywhere;min-width:180px;white-space:pre-line}td.n+td.w,th.n+th:not(.n){padding-left:20px}
    tbody th{position:sticky;left:0;background:var(--page)}
    td.missed{color:var(--bad);font-weight:600}td.passed{color:var(--good)}td.changed{font-weight:600}
    .options th,.notes th{white-space:normal;width:30%;min-width:130px}
    .options td{font:13px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
    :focus-visible{outline:2px solid var(--a);outline-offset:3px;border-radius:3px}
    .facts{max-width:520px}
    .scroll+.plots,.scroll+.scroll{margin-top:26px}
    .plots{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:26px 32px}
    .plot{margin:0;min-width:0;break-inside:avoid}
    .plot.wide{grid-column:1/-1}
    figcaption{font-weight:600;font-size:14px;margin:0 0 8px;display:flex;flex-wrap:wrap;gap:2px 16px;align-items:baseline}
    .legend{display:inline-flex;flex-wrap:wrap;gap:2px 14px;font-weight:400;font-size:13px;color:var(--quiet)}
    .key::before{content:"";display:inline-block;width:12px;height:4px;border-radius:2px;margin-right:6px;vertical-align:3px;background:currentColor}
    .k-a::before{color:var(--a)}.k-b::before{color:var(--b)}.k-good::before{color:var(--good)}.k-bad::before{color:var(--bad)}
    .k-quiet::before{color:var(--mid)}
    .canvas{margin:0 8px 22px 64px}.plot:not(.wide) .canvas{margin-top:20px}
    .canvas svg{display:block;overflow:visible}
    .grid line{stroke:var(--grid);shape-rendering:crispEdges}
    .base{stroke:var(--mid);shape-rendering:crispEdges}
    .tick text,.guide text{fill:var(--quiet);font-size:12px;text-anchor:middle}
    text.e,.tick text.e,.guide text.e{text-anchor:end}.tick text.s,.guide text.s{text-anchor:start}
    .guide line{stroke:var(--mid);stroke-dasharray:3 3}
    path{vector-effect:non-scaling-stroke;stroke-linejoin:round}
    .l{fill:none;stroke-width:1.75;stroke-linecap:round}.f{fill-opacity:.16;stroke-width:0}.r{stroke:none}
    .o{fill:none;stroke-width:4;stroke-linecap:round;stroke-opacity:.6}.pale{stroke-opacity:.35}.full{stroke-opacity:1}.some{stroke-width:5;stroke-opacity:.7}
    .few{stroke-width:7;stroke-opacity:.8}
    .c-a{stroke:var(--a)}.c-b{stroke:var(--b)}.c-good{stroke:var(--good)}.c-bad{stroke:var(--bad)}.c-quiet{stroke:var(--mid)}
    .r.c-a,.f.c-a{fill:var(--a)}.r.c-b,.f.c-b{fill:var(--b)}.r.c-good,.f.c-good{fill:var(--good)}
    .r.c-bad,.f.c-bad{fill:var(--bad)}.r.c-quiet,.f.c-quiet{fill:var(--mid)}
    .hits rect{fill:transparent}.hits rect:hover,.hits rect.on{fill:var(--text);fill-opacity:.08}
    .axis{margin:0 8px 0 64px;color:var(--quiet);font-size:12px;text-align:center}
    .note{margin:6px 0 0;color:var(--quiet);font-size:13px}
    .none{color:var(--quiet)}
    .ci{white-space:nowrap}
    .tip{position:fixed;z-index:9;max-width:320px;padding:5px 9px;border-radius:5px;background:var(--text);color:var(--page);
    font-size:13px;line-height:1.4;pointer-events:none;overflow-wrap:anywhere}
    footer{margin-top:48px;color:var(--quiet);font-size:13px}
    @media screen and (max-width:760px){body{padding:20px 16px 48px;font-size:15px}h1{font-size:22px}h2{margin-top:36px}
    .plots{grid-template-columns:minmax(0,1fr)}.tiles{grid-template-columns:repeat(2,minmax(0,1fr));gap:10px}.tile:last-child:nth-child(odd){grid-column:1/-1}.tile{padding:10px 12px}.tile dd{font-size:19px}
    .canvas,.axis{margin-left:58px;margin-right:6px}
    tbody th{white-space:normal;min-width:92px}td.w{min-width:130px}.ci{white-space:normal;min-width:72px}}
    @media print{body{max-width:none;padding:0;font-size:11pt}nav,.tip{display:none}h1{font-size:20pt}
    h2{font-size:13pt;margin:22pt 0 8pt;padding-top:8pt}h2,.none,caption,thead{break-after:avoid}tr,.tile,.verdict{break-inside:avoid}
    .tiles{grid-template-columns:repeat(var(--columns,4),1fr);gap:8px}.tile{padding:8px 10px}.tile dd{font-size:14pt}.tile dt,.tile dd.more{font-size:9pt}
    .scroll{overflow:visible}table{font-size:8.5pt}th,td{padding:3pt 6pt 3pt 0}th{white-space:normal}td.n,th.n{padding-left:5pt}
    tbody th{position:static}.options td{font-size:8pt}.plots{display:block}.plot{display:inline-block;vertical-align:top;width:49%;margin:0 0 16px}
    .plot.wide{width:100%}.none{break-inside:avoid}.hint{display:none}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
    """
}
