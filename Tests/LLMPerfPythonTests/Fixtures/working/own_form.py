"""A service with events of its own form, counted by events."""
import json

from llmuses.perf.api_plugin_base import ApiPluginBase
from llmuses.perf.plugin_registry import register_api


@register_api("own_form")
class OwnForm(ApiPluginBase):
    def build_request(self, model, prompt, query_template):
        return {"q": prompt}

    def parse_responses(self, responses, request=None, **kwargs):
        return len(request["q"]), sum(json.loads(response)["n"] for response in responses)
