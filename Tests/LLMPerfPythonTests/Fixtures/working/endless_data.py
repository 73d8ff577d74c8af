from llmuses.perf.dataset_plugin_base import DatasetPluginBase
from llmuses.perf.plugin_registry import register_dataset


@register_dataset("endless")
class Endless(DatasetPluginBase):
    def build_prompt(self):
        number = 0
        while True:
            yield f"{number} " + "x" * 1000
            number += 1
