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
    <dl class="tiles" aria-label="Headline numbers">
    {{#tiles}}<div class="tile {{style}}"><dt>{{label}}</dt><dd>{{value}}</dd>{{#more}}<dd class="more">{{more}}</dd>{{/more}}</div>
    {{/tiles}}</dl>
    {{#sections}}<section aria-labelledby="{{id}}">
    <h2 id="{{id}}">{{heading}}</h2>
    {{#lead}}<p class="none">{{lead}}</p>
    {{/lead}}{{#tables}}{{> table}}{{/tables}}{{#hasPlots}}<div class="plots">
    {{#plots}}{{{.}}}{{/plots}}</div>
    {{/hasPlots}}</section>
    {{/sections}}</main>
    <footer>Written by llmuses {{version}}. Times are from the run's start. Percentiles are by nearest rank, never interpolated.</footer>
    {{/body}}{{/page}}
    """

  /// A table; its cells are escaped by the template.
  static let table = """
    <div class="scroll" tabindex="0"><table class="{{style}}">{{#caption}}<caption>{{caption}}</caption>{{/caption}}
    {{#hasHead}}<thead><tr>{{#head}}<th scope="col"{{#number}} class="n"{{/number}}>{{text}}</th>{{/head}}</tr></thead>
    {{/hasHead}}<tbody>{{#rows}}<tr><th scope="row">{{name}}</th>{{#cells}}<td{{#style}} class="{{style}}"{{/style}}>{{text}}</td>{{/cells}}</tr>
    {{/rows}}</tbody></table></div>
    """
}
