"""A data set of one's own: one JSON object a line, whose "question" is the prompt.

    llmuses perf --model qwen --url http://127.0.0.1:8000/v1/chat/completions \
        --dataset my_data.py --dataset-path questions.jsonl
"""

import json
import sys
from typing import Iterator

from llmuses.perf.dataset_plugin_base import DatasetPluginBase
from llmuses.perf.plugin_registry import register_dataset


@register_dataset("my_data")
class MyData(DatasetPluginBase):
    def __init__(self, dataset_path: str, max_length: int = sys.maxsize, min_length: int = 0):
        super().__init__(dataset_path, max_length, min_length)

    def build_prompt(self) -> Iterator[str]:
        for line in self.dataset_line_by_line(self.dataset_path):
            prompt = json.loads(line)["question"].strip()
            if self.min_length < len(prompt) < self.max_length:
                yield prompt
