import os
import signal

from llmuses.perf.api_plugin_base import ApiPluginBase
from llmuses.perf.plugin_registry import register_api


@register_api("interrupted")
class Interrupted(ApiPluginBase):
    def build_request(self, model, prompt, query_template):
        os.kill(os.getpid(), signal.SIGINT)
        return {"group": os.getpgrp() == os.getpid()}

    def parse_responses(self, responses, request=None, **kwargs):
        return 1, 2
