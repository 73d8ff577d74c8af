"""The class that data set plugins derive from."""

import json
import sys

from llmuses.perf.query_parameters import QueryParameters


class DatasetPluginBase:
    """Yields prompts.

    A subclass has either `build_prompt`, which yields a str for each request, or `build_messages`, which yields a list
    of messages. It is made from `(dataset_path, max_length, min_length)` or from one `QueryParameters`; both
    generations of plugins work, and both find their attributes here.
    """

    def __init__(self, dataset_path=None, max_length=sys.maxsize, min_length=0, query_parameters=None):
        if not (dataset_path is None or isinstance(dataset_path, str)):
            query_parameters = dataset_path
        if query_parameters is None:
            query_parameters = QueryParameters({
                "dataset_path": dataset_path, "max_prompt_length": max_length, "min_prompt_length": min_length,
            })
        self.query_parameters = query_parameters
        self.dataset_path = query_parameters.dataset_path
        self.max_length = query_parameters.max_prompt_length
        self.min_length = query_parameters.min_prompt_length

    def __iter__(self):
        has_messages = type(self).build_messages is not DatasetPluginBase.build_messages
        return self.build_messages() if has_messages else self.build_prompt()

    def build_prompt(self):
        raise NotImplementedError

    def build_messages(self):
        raise NotImplementedError

    def dataset_line_by_line(self, dataset):
        """Yields each line of a UTF-8 file, with its line end."""
        with open(dataset, "r", encoding="utf-8") as file:
            yield from file

    def dataset_json_list(self, dataset):
        """Yields each element of a JSON array that a file holds."""
        with open(dataset, "r", encoding="utf-8") as file:
            elements = json.load(file)
        yield from elements
