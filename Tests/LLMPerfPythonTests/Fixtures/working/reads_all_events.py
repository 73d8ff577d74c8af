"""Parses every event, as a plugin with a tokenizer does."""
import json

from llmuses.perf.api_plugin_base import ApiPluginBase
from llmuses.perf.plugin_registry import register_api


@register_api("reads_all_events")
class ReadsAllEvents(ApiPluginBase):
    def build_request(self, model, prompt, query_template):
        query = json.loads(query_template)
        ApiPluginBase.replace_values(query, model, prompt)
        return query

    def parse_responses(self, responses, request=None, **kwargs):
        content = ""
        for response in responses:
            for choice in json.loads(response)["choices"]:
                content += choice["delta"].get("content") or ""
        return len(request["messages"][0]["content"].split()), len(content.split())
