/// The page of one run.
enum ReportTemplate {
  static let text = """
    {{<page}}{{$body}}<header>
    <h1>{{title}}</h1>
    <p class="sub">{{#facts}}<span>{{.}}</span>{{/facts}}</p>
    <nav aria-label="Sections">{{#sections}}<a href="#{{id}}">{{heading}}</a>{{/sections}}</nav>
    </header>
    <main>
    <section class="verdict {{verdictClass}}" aria-label="Verdict">
    <p><b>{{verdict}}</b> {{verdictMeaning}}</p>
    {{#hasReasons}}<ul>{{#reasons}}<li>{{.}}</li>{{/reasons}}</ul>{{/hasReasons}}
    </section>
    <dl class="tiles" style="--columns:{{columns}}" aria-label="Headline numbers">
    {{#tiles}}<div class="tile {{style}}"><dt>{{label}}</dt><dd>{{value}}</dd>{{#more}}<dd class="more">{{more}}</dd>{{/more}}</div>
    {{/tiles}}</dl>
    {{#sections}}{{> section}}{{/sections}}</main>
    <footer>Written by llmuses {{version}}. Percentiles are by nearest rank, never interpolated.</footer>
    {{/body}}{{/page}}
    """
}
