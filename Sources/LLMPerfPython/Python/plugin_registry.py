"""Where plugin files put their classes: `@register_api("name")` and `@register_dataset("name")`."""


class PluginRegistry:
    """Classes by the name they were registered under. A later class of the same name replaces an earlier one."""

    def __init__(self, decorator):
        self._decorator = decorator
        self._classes = {}

    def register(self, name, cls):
        self._classes[name] = cls
        return cls

    def get_class(self, name):
        return self._classes[name]

    def all_classes(self):
        return list(self._classes)

    def __call__(self, name):
        return self.get_class(name)

    def _make_decorator(self, name):
        # `@register_api` without parentheses would replace the class by a function, and register nothing.
        if not isinstance(name, str):
            raise TypeError(f'{self._decorator} takes a name: write @{self._decorator}("my_name")')

        def decorate(cls):
            return self.register(name, cls)

        return decorate


api_registry = PluginRegistry("register_api")
dataset_registry = PluginRegistry("register_dataset")


def register_api(name):
    """Registers a class that builds requests and counts the tokens of responses."""
    return api_registry._make_decorator(name)


def register_dataset(name):
    """Registers a class that yields prompts."""
    return dataset_registry._make_decorator(name)
