"""The options of the command line, as plugins see them."""

import sys

_NAMES = (
    "model", "url", "connect_timeout", "read_timeout", "max_prompt_length", "min_prompt_length", "prompt", "number",
    "parallel", "rate", "log_every_n_query", "headers", "name", "debug", "tokenizer_path", "api", "query_template",
    "dataset", "dataset_path", "frequency_penalty", "logprobs", "max_tokens", "n_choices", "seed", "stop", "stream",
    "temperature", "top_p",
)


class QueryParameters:
    """One attribute for each option, spelled as on the command line with underscores; None where it was not given."""

    def __init__(self, args):
        given = args if isinstance(args, dict) else vars(args)
        for name in _NAMES:
            setattr(self, name, given.get(name))
        for name, value in given.items():
            setattr(self, name, value)
        if self.max_prompt_length is None:
            self.max_prompt_length = sys.maxsize
        if self.min_prompt_length is None:
            self.min_prompt_length = 0

    def __repr__(self):
        return f"QueryParameters({vars(self)!r})"
