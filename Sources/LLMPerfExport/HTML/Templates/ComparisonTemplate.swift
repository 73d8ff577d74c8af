/// The page that compares runs.
enum ComparisonTemplate {
  static let text = """
    {{<page}}{{$body}}<header>
    <h1>{{title}}</h1>
    <p class="sub">{{#facts}}<span>{{.}}</span>{{/facts}}</p>
    </header>
    <main>
    {{#hasWarnings}}<section class="verdict warn" aria-label="Warnings">
    <p><b>Compare with care</b></p>
    <ul>{{#warnings}}<li>{{.}}</li>{{/warnings}}</ul>
    </section>{{/hasWarnings}}
    {{#sections}}<section aria-labelledby="{{id}}">
    <h2 id="{{id}}">{{heading}}</h2>
    {{#lead}}<p class="none">{{lead}}</p>
    {{/lead}}{{#tables}}{{> table}}{{/tables}}{{#hasPlots}}<div class="plots">
    {{#plots}}{{{.}}}{{/plots}}</div>
    {{/hasPlots}}</section>
    {{/sections}}</main>
    <footer>Written by llmuses {{version}}. {{method}}</footer>
    {{/body}}{{/page}}
    """
}
