"""Runs one plugin file for the tool, at the other end of a socket.

Orders come as frames: two lengths (32 bits each, little-endian), JSON, and bytes that the JSON describes. Answers go
as frames: a length, one letter, and JSON. The letter is P for a part with more to follow, R for the last one, E for an
error that ends the order.
"""

import errno
import inspect
import json
import os
import select
import signal
import struct
import sys
import threading
import time
import traceback
import types

OWN = "<llmuses"  # what the file names of our own code begin with, to leave it out of tracebacks
PART_ITEMS = 256
PART_BYTES = 1 << 20
PART_SECONDS = 1.0  # a slow plugin shows that it lives by sending what it has
PAGE_SECONDS = 0.1


class PluginError(Exception):
    """What is wrong with the plugin, in one sentence that follows the file's name."""


class Channel:
    """The socket."""

    def __init__(self, orders):
        self._orders = orders
        self._answers = os.fdopen(orders.fileno(), "wb", buffering=1 << 16, closefd=False)

    def receive(self):
        """The next order and its bytes; None when the tool wants no more."""
        header = self._orders.read(8)
        if len(header) < 8:
            return None
        length, attached = struct.unpack("<II", header)
        order = self._orders.read(length)
        return json.loads(order.decode("utf-8", "replace")), self._orders.read(attached)

    def send(self, kind, body):
        # What the plugin printed arrives before the answer.
        flush_prints()
        try:
            self._answers.write(struct.pack("<Ic", len(body), kind))
            self._answers.write(body)
            self._answers.flush()
        except OSError as error:
            if error.errno == errno.EBADF:
                print("descriptor 3 was closed, which belongs to the tool", file=sys.stderr, flush=True)
            os._exit(1)


def flush_prints():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass  # the plugin may have put anything in their place


_plain = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
_escaped = json.JSONEncoder(ensure_ascii=True, allow_nan=False).encode


def encode(value):
    text = _plain(value)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:  # half a surrogate pair
        return _escaped(value).encode("ascii")


def send_array(channel, kind, items):
    channel.send(kind, b"[" + b",".join(items) + b"]")


def failure(function, error):
    """A description of what `function`, or the file when it is None, raised. The traceback leaves our frames out."""
    if isinstance(error, PluginError):
        return {"message": str(error)}
    if isinstance(error, SystemExit):
        what = f"called sys.exit({'' if error.code is None else repr(error.code)})"
    else:
        what = f"raised {one_line(error)}"
    message = f"{function} {what}" if function else f"the file cannot be loaded: it {what}"
    trace = link = traceback.TracebackException.from_exception(error)
    while link is not None:
        link.stack = traceback.StackSummary.from_list([at for at in link.stack if not at.filename.startswith(OWN)])
        link = link.__cause__ or link.__context__
    return {"message": message, "traceback": "".join(trace.format()).rstrip()}


def one_line(error):
    return traceback.format_exception_only(type(error), error)[-1].strip()


def kind_of(value):
    if value is None:
        return "None"
    if inspect.iscoroutine(value) or inspect.isasyncgen(value):
        if inspect.iscoroutine(value):
            value.close()
        return "a coroutine (write it with def, not async def)"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def shown(value):
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def positional(function, known):
    """The names of the positional parameters of a bound function or a class; None when they cannot be known.

    A parameter that is not known and has a default ends them: the plugin means it for itself.
    """
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return None
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = []
    for parameter in parameters:
        if parameter.kind in plain:
            if parameter.name not in known and parameter.default is not parameter.empty:
                break
            names.append(parameter.name)
    return names


def is_overridden(cls, base, name):
    return getattr(cls, name, None) is not getattr(base, name)


PARAMETER_NAMES = {"param", "params", "parameters", "query_parameters", "args"}


class ApiPlugin:
    """The class that a file registered with `@register_api`."""

    function = "build_request"

    def __init__(self, cls, base, parameters):
        for name in ("build_request", "parse_responses"):
            if not callable(getattr(cls, name, None)) or not is_overridden(cls, base, name):
                raise PluginError(f"class {cls.__name__} has no {name}")
        self._parameters = parameters
        self._plugin = self._make(cls)
        self._parse = self._plugin.parse_responses
        self._arguments = self._choose_arguments()

    def _make(self, cls):
        names = positional(cls, {"model_path", "mode_path", "tokenizer_path"} | PARAMETER_NAMES)
        if names == []:
            return cls()
        if names and names[0] in PARAMETER_NAMES:
            return cls(self._parameters)
        return cls(self._parameters.tokenizer_path)

    def _choose_arguments(self):
        """How `build_request` is called: by the names of its parameters, and where they say nothing by their number."""
        by_position = {1: ["messages"], 2: ["messages", "param"], 3: ["model", "prompt", "query_template"]}
        known = {
            "model": lambda prompt: self._parameters.model,
            "prompt": lambda prompt: prompt,
            "query_template": lambda prompt: self._parameters.query_template,
            "template": lambda prompt: self._parameters.query_template,
            "messages": messages_of,
            "message": messages_of,
        }
        known.update({name: lambda prompt: self._parameters for name in PARAMETER_NAMES})
        names = positional(self._plugin.build_request, known)
        if names is None:
            names = ["messages", "param"]
        if names and all(name in known for name in names):
            return [known[name] for name in names]
        if len(names) not in by_position:
            raise PluginError(
                f"build_request takes ({', '.join(['self'] + names)}); "
                "it is called with (model, prompt, query_template) or (messages, param)")
        return [known.get(name) or known[usual] for name, usual in zip(names, by_position[len(names)])]

    def build(self, prompt):
        request = self._plugin.build_request(*[argument(prompt) for argument in self._arguments])
        if not isinstance(request, dict):
            raise PluginError(
                f"build_request returned {kind_of(request)}; a dict, the request's body, is expected "
                f"(for the prompt {shown(prompt)})")
        try:
            return encode(request)
        except (TypeError, ValueError, RecursionError) as error:
            raise PluginError(f"build_request returned a dict that cannot be written as JSON: {error}") from None

    def parse(self, request, responses):
        counts = self._parse(responses, request=request)
        if not isinstance(counts, (tuple, list)) or len(counts) != 2:
            what = kind_of(counts)
            if isinstance(counts, (tuple, list)):
                what += f" of {len(counts)}"
            raise PluginError(
                f"parse_responses returned {what}; two ints are expected, "
                "the numbers of prompt tokens and of completion tokens")
        return encode([token_count(count) for count in counts])

    def serve(self, channel, order, attached):
        if order["do"] == "build":
            self._answer(channel, order["items"], "build_request", self.build)
        else:
            # A response's messages come as they are, one after another, with their lengths in the order.
            end = 0

            def parse(item):
                nonlocal end
                request, lengths = item
                messages = []
                for length in lengths:
                    start, end = end, end + length
                    messages.append(attached[start:end].decode("utf-8", "replace"))
                # The tool decides whether an error matters: a response that broke off need not be readable.
                try:
                    return self.parse(request, messages)
                except BaseException as error:
                    return encode(failure("parse_responses", error))

            self._answer(channel, order["items"], "parse_responses", parse)

    def _answer(self, channel, items, function, step):
        done, size, since = [], 0, time.monotonic()
        try:
            for item in items:
                answer = step(item)
                done.append(answer)
                size += len(answer)
                now = time.monotonic()
                if size >= PART_BYTES or now - since >= PART_SECONDS:
                    send_array(channel, b"P", done)
                    done, size, since = [], 0, now
        except BaseException as error:
            channel.send(b"E", encode(failure(function, error)))
        else:
            send_array(channel, b"R", done)


def messages_of(prompt):
    if isinstance(prompt, str):
        return [{"role": "user", "content": prompt}]
    return prompt if isinstance(prompt, list) else [prompt]


def token_count(value):
    """A number of tokens; None stands for one that is not known. NumPy's numbers and whole floats count too."""
    if value is None:
        return None
    if not isinstance(value, (bool, str)):
        try:
            count = int(value)
            if count == value and count >= 0:
                return count
        except (TypeError, ValueError, OverflowError):
            pass
    raise PluginError(
        f"parse_responses returned {shown(value)} as a number of tokens; an int of 0 or more is expected")


class DatasetPlugin:
    """The class that a file registered with `@register_dataset`. Each pass has an object of its own."""

    def __init__(self, cls, base, parameters):
        generators = ("build_prompt", "build_messages", "__iter__")
        if not any(hasattr(cls, name) and getattr(cls, name) is not getattr(base, name) for name in generators):
            raise PluginError(f"class {cls.__name__} has neither build_prompt nor build_messages")
        self._class = cls
        self._has_own_init = cls.__init__ is not base.__init__
        self._parameters = parameters
        self._passes = {}
        self.function = next(
            name for name in ("build_messages", "build_prompt", "__iter__")
            if hasattr(cls, name) and getattr(cls, name) is not getattr(base, name))

    def _make(self):
        given = self._parameters
        by_name = {
            "dataset_path": given.dataset_path, "path": given.dataset_path, "dataset": given.dataset_path,
            "max_length": given.max_prompt_length, "max_prompt_length": given.max_prompt_length,
            "min_length": given.min_prompt_length, "min_prompt_length": given.min_prompt_length,
        }
        by_name.update({name: given for name in PARAMETER_NAMES})
        by_position = [given.dataset_path, given.max_prompt_length, given.min_prompt_length]
        if not self._has_own_init:
            return self._class(given)
        names = positional(self._class, by_name)
        if names is None:
            return self._class(*([given] if self.function == "build_messages" else by_position))
        return self._class(*[by_name.get(name, usual) for name, usual in zip(names, by_position)])

    def _open(self):
        plugin = self._make()
        if hasattr(type(plugin), "__iter__"):
            items = plugin.__iter__()
        else:
            items = getattr(plugin, self.function)()
        if isinstance(items, (str, bytes, dict)) or not hasattr(items, "__iter__"):
            raise PluginError(
                f"{self.function} returned {kind_of(items)}; it is a generator, which yields one prompt after another")
        return [iter(items), 0]

    def serve(self, channel, order, attached):
        number = order["pass"]
        try:
            if order["do"] == "close":
                self._passes.pop(number, None)
                return send_array(channel, b"R", [])
            if number not in self._passes:
                self._passes[number] = self._open()
            items, is_end = self._page(self._passes[number])
        except BaseException as error:
            return channel.send(b"E", encode(failure(self.function, error)))
        if is_end:
            del self._passes[number]
        send_array(channel, b"R" if is_end else b"P", items)

    def _page(self, position):
        generator, _ = position
        items, size, until = [], 0, time.monotonic() + PAGE_SECONDS
        for prompt in generator:
            position[1] += 1
            items.append(self._item(prompt, position[1]))
            size += len(items[-1])
            if len(items) >= PART_ITEMS or size >= PART_BYTES or time.monotonic() >= until:
                return items, False
        return items, True

    def _item(self, prompt, number):
        yields_messages = self.function == "build_messages"
        if not isinstance(prompt, (str, list, dict)):
            raise PluginError(
                f"{self.function} yielded {kind_of(prompt)} as prompt {number}; "
                "a str or a list of messages is expected")
        if isinstance(prompt, dict) and yields_messages:
            prompt = [prompt]
        if isinstance(prompt, list) and yields_messages and len(prompt) == 1:
            # One user message is what a text prompt stands for with every protocol.
            message = prompt[0]
            if isinstance(message, dict) and message.keys() == {"role", "content"}:
                if message["role"] == "user" and isinstance(message["content"], str):
                    prompt = message["content"]
        try:
            return encode(prompt)
        except (TypeError, ValueError, RecursionError) as error:
            raise PluginError(
                f"{self.function} yielded prompt {number}, which cannot be written as JSON: {error}") from None


class OwnModules:
    """Finds the package `llmuses` in what the tool sent, before any that is installed."""

    def __init__(self, sources):
        self._sources = sources

    def find_spec(self, name, path=None, target=None):
        if name != "llmuses" and not name.startswith("llmuses."):
            return None
        from importlib.machinery import ModuleSpec
        if name in ("llmuses", "llmuses.perf"):
            return ModuleSpec(name, self, is_package=True)
        if name not in self._sources:
            known = ", ".join(sorted(self._sources))
            raise ModuleNotFoundError(f"{name} is not there for plugins; there are {known}", name=name)
        return ModuleSpec(name, self)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        source = self._sources.get(module.__name__, "")
        exec(compile(source, f"{OWN}/{module.__name__}>", "exec"), module.__dict__)


def load(order):
    """Runs the plugin's file and makes what it registered."""
    sys.meta_path.insert(0, OwnModules(order["modules"]))
    path = os.path.abspath(order["file"])
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        raise PluginError(f"the file cannot be read: {error.strerror}") from None
    sys.path.insert(0, os.path.dirname(path))
    sys.argv = [path]
    module = types.ModuleType("llmuses_plugin_" + os.path.splitext(os.path.basename(path))[0])
    module.__file__ = path
    sys.modules[module.__name__] = module
    exec(compile(source, path, "exec"), module.__dict__)

    from llmuses.perf import api_plugin_base, dataset_plugin_base, plugin_registry, query_parameters
    parameters = query_parameters.QueryParameters(order["parameters"])
    if order["kind"] == "api":
        base, make = api_plugin_base.ApiPluginBase, ApiPlugin
        registry, other = plugin_registry.api_registry, plugin_registry.dataset_registry
    else:
        base, make = dataset_plugin_base.DatasetPluginBase, DatasetPlugin
        registry, other = plugin_registry.dataset_registry, plugin_registry.api_registry
    return make(choose(registry, other, base, module), base, parameters)


def choose(registry, other, base, module):
    """The class that the file registered; classes of files that it imports count when it has none of its own."""
    classes = {name: registry.get_class(name) for name in registry.all_classes()}
    own = {name: cls for name, cls in classes.items() if getattr(cls, "__module__", None) == module.__name__}
    found = own or classes
    decorator = registry._decorator
    if len(set(found.values())) > 1:
        raise PluginError(f"@{decorator} registers {len(found)} classes, {', '.join(found)}; keep one in a file")
    if not found:
        message = f'nothing is registered with @{decorator}("name")'
        unregistered = [
            name for name, value in vars(module).items()
            if isinstance(value, type) and issubclass(value, base) and value.__module__ == module.__name__]
        if unregistered:
            message += f"; put it before class {unregistered[0]}"
        elif other.all_classes():
            message += f"; there is only a class for @{other._decorator}"
        raise PluginError(message)
    cls = next(iter(found.values()))
    if not isinstance(cls, type):
        raise PluginError(f"@{decorator} stands before {kind_of(cls)}, not before a class")
    return cls


def end_with_the_tool(descriptor):
    """Ends this process and those that it started when the tool is gone, whatever the plugin is doing."""
    poll = select.poll()
    poll.register(descriptor, 0)
    while not poll.poll():
        pass
    os.killpg(0, signal.SIGKILL)


def main(orders):
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is the tool's affair: it drains first
    threading.Thread(target=end_with_the_tool, args=(orders.fileno(),), daemon=True).start()
    channel = Channel(orders)
    plugin = None
    while True:
        received = channel.receive()
        if received is None:
            return
        if plugin is not None:
            plugin.serve(channel, *received)
            continue
        try:
            plugin = load(received[0])
        except BaseException as error:
            channel.send(b"E", encode(failure(None, error)))
        else:
            send_array(channel, b"R", [encode(plugin.function)])


main(orders)
