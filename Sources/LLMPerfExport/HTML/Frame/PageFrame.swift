/// What every page has: head, style and script. A page is one file and asks for no other.
struct PageFrame {
  var title: String
  /// The tool's version.
  var version: String
  /// Of the page's own: header, main and footer.
  var body: Markup

  /// The page's bytes.
  var bytes: [UInt8] { Array(markup.text.utf8) }

  private var markup: Markup {
    #"""
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="generator" content="llmuses \#(version)">
    <link rel="icon" href="data:,">
    <title>\#(title) – llmuses</title>
    <style>
    \#(PageStyle.markup)
    </style>
    </head>
    <body>
    \#(body)
    <script>
    \#(PageScript.markup)
    </script>
    </body>
    </html>
    """#
  }
}
