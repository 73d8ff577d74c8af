/// The page that compares runs.
enum ComparisonTemplate {
  static let text = """
    {{<page}}{{$body}}<header>
    <h1>{{title}}</h1>
    <p class="sub">{{#facts}}<span>{{.}}</span>{{/facts}}</p>
    </header>
    <main>
    <section class="verdict" aria-label="Conclusion"><p><b>{{conclusion}}</b></p></section>
    {{#configuration}}{{> section}}{{/configuration}}{{#hasWarnings}}<section class="verdict warn" aria-label="Warnings">
    <p><b>Compare with care</b></p>
    <ul>{{#warnings}}<li>{{.}}</li>{{/warnings}}</ul>
    </section>{{/hasWarnings}}
    {{#sections}}{{> section}}{{/sections}}</main>
    <footer>Written by llmuses {{version}}. {{method}}</footer>
    {{/body}}{{/page}}
    """
}
