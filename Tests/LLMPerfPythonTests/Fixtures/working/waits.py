"""Asks for the counts elsewhere, so to speak."""
import time

from llmuses.perf.api_plugin_base import ApiPluginBase
from llmuses.perf.plugin_registry import register_api


@register_api("waits")
class Waits(ApiPluginBase):
    def build_request(self, model, prompt, query_template):
        return {"prompt": prompt}

    def parse_responses(self, responses, request=None, **kwargs):
        time.sleep(0.002)
        return 1, 2
