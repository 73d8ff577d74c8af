"""The class that API plugins derive from."""

import re


class ApiPluginBase:
    """Builds the requests of a service, and counts the tokens of its responses.

    `build_request` takes either `(model, prompt, query_template)` or `(messages, param)`; both generations of plugins
    work. It returns the request's body as a dict. `parse_responses` takes the data of each event of a stream, or the
    one body of a plain answer, as a list of str, and returns (number of prompt tokens, number of completion tokens).
    """

    def __init__(self, model_path=None, mode_path=None):
        self.model_path = mode_path if model_path is None else model_path

    def build_request(self, *args, **kwargs):
        raise NotImplementedError

    def parse_responses(self, responses, request=None, **kwargs):
        raise NotImplementedError

    @staticmethod
    def replace_values(input_json, model, prompt):
        """Replaces `%m` and `%p` in every string value, in place and at any depth.

        One pass: a prompt that contains `%m`, or a model's name that contains `%p`, stays as it is. A value that is
        exactly `%p` may also become a prompt that is no text, such as a list of messages.
        """
        texts = {"%m": model, "%p": prompt}

        def replaced(value):
            if not isinstance(value, str):
                ApiPluginBase.replace_values(value, model, prompt)
                return value
            if value == "%p":
                return prompt
            return re.sub("%[mp]", lambda mark: texts[mark.group()], value)

        if isinstance(input_json, dict):
            for key, value in input_json.items():
                input_json[key] = replaced(value)
        elif isinstance(input_json, list):
            input_json[:] = [replaced(value) for value in input_json]
