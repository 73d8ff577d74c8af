from llmuses.perf.dataset_plugin_base import DatasetPluginBase
from llmuses.perf.plugin_registry import register_dataset


@register_dataset("broken")
class Broken(DatasetPluginBase):
    pass
