/// The frame of every page: head, style, script. A page fills `title` and the block `body`.
enum PageTemplate {
  static let text = """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="generator" content="llmuses {{version}}">
    <link rel="icon" href="data:,">
    <title>{{title}} – llmuses</title>
    <style>
    {{{style}}}
    </style>
    </head>
    <body>
    {{$body}}{{/body}}
    <script>
    {{{script}}}
    </script>
    </body>
    </html>
    """
}
