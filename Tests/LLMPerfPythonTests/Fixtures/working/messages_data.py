from llmuses.perf.dataset_plugin_base import DatasetPluginBase
from llmuses.perf.plugin_registry import register_dataset
from llmuses.perf.query_parameters import QueryParameters


@register_dataset("messages")
class MessagesData(DatasetPluginBase):
    def __init__(self, query_parameters: QueryParameters):
        super().__init__(query_parameters)

    def build_messages(self):
        for item in self.dataset_json_list(self.query_parameters.dataset_path):
            if len(item) < self.query_parameters.max_prompt_length:
                yield [{"role": "user", "content": item}]
        yield [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]
        yield {"role": "user", "content": "alone"}
