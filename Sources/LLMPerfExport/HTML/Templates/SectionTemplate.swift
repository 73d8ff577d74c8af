/// A part of any page, and the tables in it.
enum SectionTemplate {
  static let text = """
    <section aria-labelledby="{{id}}">
    <h2 id="{{id}}">{{heading}}</h2>
    {{#lead}}<p class="none">{{lead}}</p>
    {{/lead}}{{#tables}}{{> table}}{{/tables}}{{#hasPlots}}<div class="plots">
    {{#plots}}{{{.}}}{{/plots}}</div>
    {{/hasPlots}}</section>

    """

  /// A table; its cells are escaped by the template.
  static let table = """
    <div class="scroll" role="region" aria-label="{{#caption}}{{caption}}{{/caption}}{{^caption}}{{heading}}{{/caption}}" tabindex="0"><table class="{{style}}">{{#caption}}<caption>{{caption}}</caption>{{/caption}}
    {{#hasHead}}<thead><tr>{{#head}}<th scope="col"{{#number}} class="n"{{/number}}>{{text}}</th>{{/head}}</tr></thead>
    {{/hasHead}}<tbody>{{#rows}}<tr><th scope="row">{{name}}</th>{{#cells}}<td{{#style}} class="{{style}}"{{/style}}>{{text}}</td>{{/cells}}</tr>
    {{/rows}}</tbody></table></div>
    """
}
