from llmuses.perf.api_plugin_base import ApiPluginBase
from llmuses.perf.plugin_registry import register_api


@register_api("broken")
class Broken(ApiPluginBase):
    def build_request(self, one, two, three, four, five):
        return {}

    def parse_responses(self, responses, request=None, **kwargs):
        return 1, 2
