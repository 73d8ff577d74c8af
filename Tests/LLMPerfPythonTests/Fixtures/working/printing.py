import os
import subprocess
import sys

from llmuses.perf.api_plugin_base import ApiPluginBase
from llmuses.perf.plugin_registry import register_api

print("loading")


@register_api("printing")
class Printing(ApiPluginBase):
    def build_request(self, model, prompt, query_template):
        print("building", prompt)
        print("a warning", file=sys.stderr)
        os.write(1, b"straight to the descriptor\n")
        subprocess.run(["echo", "from a child"])
        return {"prompt": prompt}

    def parse_responses(self, responses, request=None, **kwargs):
        print("no line end", end="")
        return 1, 2
