"""Answers when two processes are working at the same time."""
import os
import time

from llmuses.perf.api_plugin_base import ApiPluginBase
from llmuses.perf.plugin_registry import register_api


@register_api("meets_another")
class MeetsAnother(ApiPluginBase):
    def build_request(self, messages, param):
        with open(f"{param.name}/{os.getpid()}", "w"):
            pass
        while len(os.listdir(param.name)) < 2:
            time.sleep(0.001)
        return {}

    def parse_responses(self, responses, request=None, **kwargs):
        return 1, 2
