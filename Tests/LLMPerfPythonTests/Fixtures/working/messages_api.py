"""The second generation: messages and parameters."""
from typing import Any, Dict, List

from llmuses.perf.api_plugin_base import ApiPluginBase
from llmuses.perf.plugin_registry import register_api
from llmuses.perf.query_parameters import QueryParameters


@register_api("messages")
class MessagesPlugin(ApiPluginBase):
    def __init__(self, mode_path: str):
        super().__init__(model_path=mode_path)

    def build_request(self, messages: List[Dict], param: QueryParameters) -> Dict:
        request = {"model": param.model, "messages": messages, "max_tokens": param.max_tokens, "tokenizer": self.model_path}
        if param.seed is not None:
            request["seed"] = param.seed
        return request

    def parse_responses(self, responses, request: Any = None, **kwargs):
        assert all(type(response) is str for response in responses)
        return len(request["messages"]), len(responses)
