from llmuses.perf.api_plugin_base import ApiPluginBase
from llmuses.perf.plugin_registry import register_api


@register_api("broken")
class Broken(ApiPluginBase):
    def build_request(self, model, prompt, query_template):
        return {"prompt": prompt}

    def parse_responses(self, responses, request=None, **kwargs):
        return "1", "2"
