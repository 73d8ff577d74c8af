"""An API of one's own: how a prompt becomes a request, and how many tokens its answer took.

    llmuses perf --model qwen --url http://127.0.0.1:8000/v1/chat/completions --api my_api.py --prompt 'Hello'
"""

import json
from typing import Any, Dict, List, Tuple

from llmuses.perf.api_plugin_base import ApiPluginBase
from llmuses.perf.plugin_registry import register_api


@register_api("my_api")
class MyApi(ApiPluginBase):
    def __init__(self, model_path: str):
        # model_path is what --tokenizer-path gives; a tokenizer could be loaded from it.
        super().__init__(model_path=model_path)

    def build_request(self, model: str, prompt: str, query_template: str) -> Dict:
        query = json.loads(query_template)
        ApiPluginBase.replace_values(query, model, prompt)
        query["stream"] = True
        query["stream_options"] = {"include_usage": True}
        return query

    def parse_responses(self, responses: List[str], request: Any = None, **kwargs: Any) -> Tuple[int, int]:
        usage = json.loads(responses[-1]).get("usage")
        if usage:
            return usage["prompt_tokens"], usage["completion_tokens"]
        # The server does not count: words are a coarse measure of tokens.
        prompt = " ".join(message["content"] for message in request["messages"])
        content = ""
        for response in responses:
            for choice in json.loads(response).get("choices", []):
                content += choice.get("delta", {}).get("content") or ""
        return len(prompt.split()), len(content.split())
