"""Calls the simulator through the vendors' own client libraries. Exit status 1 when one of them is not content."""

import sys
import traceback

import anthropic
import dashscope
import openai
import zhipuai

URL = sys.argv[1]
MESSAGES = [{"role": "user", "content": "one two three four"}]
TOKENS = 12
TOOL = {
    "name": "lookup",
    "description": "Looks a word up",
    "parameters": {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]},
}

client = openai.OpenAI(base_url=URL + "/v1", api_key="sk-x", max_retries=0)
claude = anthropic.Anthropic(base_url=URL, api_key="sk-x", max_retries=0)
zhipu = zhipuai.ZhipuAI(base_url=URL + "/api/paas/v4", api_key="id.secret", max_retries=0)
dashscope.base_http_api_url = URL + "/api/v1"
dashscope.api_key = "sk-x"

CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def chat_stream(service, **options):
    text, reasoning, usage, finish, arguments = "", "", None, None, ""
    for chunk in service.chat.completions.create(model="m", messages=MESSAGES, stream=True, **options):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            finish = choice.finish_reason or finish
            text += choice.delta.content or ""
            reasoning += getattr(choice.delta, "reasoning_content", None) or ""
            for call in choice.delta.tool_calls or []:
                arguments += call.function.arguments or ""
    return text, reasoning, usage, finish, arguments


def is_answer(text, reasoning, usage, finish):
    expect(finish == "stop", finish)
    expect(len(text.split()) == 9, text)
    expect(len(reasoning.split()) == 3, reasoning)
    expect((usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (4, TOKENS, 16), usage)


@check
def openai_chat_stream():
    text, reasoning, usage, finish, _ = chat_stream(client, stream_options={"include_usage": True})
    is_answer(text, reasoning, usage, finish)


@check
def openai_chat_stream_without_usage():
    text, _, usage, finish, _ = chat_stream(client)
    expect(usage is None and finish == "stop" and text, usage)


@check
def openai_chat_plain():
    answer = client.chat.completions.create(model="m", messages=MESSAGES)
    message = answer.choices[0].message
    is_answer(message.content, message.reasoning_content, answer.usage, answer.choices[0].finish_reason)
    expect(answer.usage.completion_tokens_details.reasoning_tokens == 3, answer.usage)


@check
def openai_chat_length():
    _, _, _, finish, _ = chat_stream(client, max_tokens=5)
    expect(finish == "length", finish)
    answer = client.chat.completions.create(
        model="m", messages=MESSAGES, max_tokens=40, extra_body={"ignore_eos": True}
    )
    expect(answer.usage.completion_tokens == 40, answer.usage)


@check
def openai_chat_tools():
    tools = [{"type": "function", "function": TOOL}]
    _, _, _, finish, arguments = chat_stream(client, tools=tools)
    expect(finish == "tool_calls", finish)
    import json

    expect(list(json.loads(arguments)) == ["word"], arguments)
    call = client.chat.completions.create(model="m", messages=MESSAGES, tools=tools).choices[0].message.tool_calls[0]
    expect(call.function.name == "lookup" and json.loads(call.function.arguments), call)


@check
def openai_chat_stream_helper():
    tools = [{"type": "function", "function": TOOL}]
    with client.chat.completions.stream(model="m", messages=MESSAGES, tools=tools) as stream:
        for _ in stream:
            pass
        expect(stream.get_final_completion().choices[0].message.tool_calls[0].function.name == "lookup", stream)


@check
def openai_completions():
    plain = client.completions.create(model="m", prompt="one two three four")
    expect(len(plain.choices[0].text.split()) == TOKENS, plain)
    events = list(client.completions.create(model="m", prompt=[1, 2, 3], stream=True))
    expect(len("".join(event.choices[0].text for event in events).split()) == TOKENS, events)
    expect(events[-1].choices[0].finish_reason == "stop", events[-1])


@check
def openai_responses():
    plain = client.responses.create(model="m", input="one two three four")
    expect(plain.status == "completed" and len(plain.output_text.split()) == 9, plain)
    expect(plain.usage.output_tokens == TOKENS and plain.usage.input_tokens == 4, plain.usage)
    with client.responses.stream(model="m", input="one two three four") as stream:
        deltas = [event.delta for event in stream if event.type == "response.output_text.delta"]
        final = stream.get_final_response()
    expect("".join(deltas) == final.output_text, final.output_text)
    expect(final.usage.output_tokens == TOKENS, final.usage)
    cut = client.responses.create(model="m", input="one", max_output_tokens=5)
    expect(cut.status == "incomplete" and cut.incomplete_details.reason == "max_output_tokens", cut)


@check
def openai_responses_tools():
    with client.responses.stream(model="m", input="one", tools=[{"type": "function", **TOOL}]) as stream:
        for _ in stream:
            pass
        call = stream.get_final_response().output[-1]
    expect(call.type == "function_call" and call.name == "lookup" and '"word"' in call.arguments, call)


@check
def openai_embeddings():
    answer = client.embeddings.create(model="m", input=["one two", "three"])
    expect(len(answer.data) == 2 and len(answer.data[1].embedding) == 64, answer)
    expect(abs(sum(x * x for x in answer.data[0].embedding) - 1) < 1e-4, "the vector's length is not 1")
    floats = client.embeddings.create(model="m", input="one two", encoding_format="float")
    expect(floats.usage.prompt_tokens == 2 and len(floats.data[0].embedding) == 64, floats.usage)


@check
def openai_models():
    expect([model.id for model in client.models.list()] == ["simulated"], "models")


@check
def anthropic_plain():
    answer = claude.messages.create(model="m", max_tokens=100, messages=MESSAGES)
    expect([block.type for block in answer.content] == ["thinking", "text"], answer)
    expect(answer.stop_reason == "end_turn" and answer.usage.output_tokens == TOKENS, answer)


@check
def anthropic_stream():
    with claude.messages.stream(model="m", max_tokens=100, messages=MESSAGES) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()
    expect(len(text.split()) == 9 and final.content[1].text == text, final)
    expect(len(final.content[0].thinking.split()) == 3, final)
    expect((final.usage.input_tokens, final.usage.output_tokens) == (4, TOKENS), final.usage)
    raw = list(claude.messages.create(model="m", max_tokens=5, messages=MESSAGES, stream=True))
    expect(raw[-1].type == "message_stop" and raw[-2].delta.stop_reason == "max_tokens", raw[-2:])


@check
def anthropic_tools():
    tool = {"name": "lookup", "input_schema": TOOL["parameters"]}
    with claude.messages.stream(model="m", max_tokens=100, messages=MESSAGES, tools=[tool]) as stream:
        final = stream.get_final_message()
    expect(final.stop_reason == "tool_use" and list(final.content[-1].input) == ["word"], final)


@check
def dashscope_plain():
    for form in ("text", "message"):
        answer = dashscope.Generation.call(model="m", messages=MESSAGES, result_format=form)
        expect(answer.status_code == 200, answer)
        text = answer.output.text if form == "text" else answer.output.choices[0].message.content
        expect(len(text.split()) == (12 if form == "text" else 9), answer)
        expect((answer.usage.input_tokens, answer.usage.output_tokens) == (4, TOKENS), answer.usage)


@check
def dashscope_stream():
    for form in ("text", "message"):
        for incremental in (True, False):
            answers = list(
                dashscope.Generation.call(
                    model="m", messages=MESSAGES, stream=True, result_format=form, incremental_output=incremental
                )
            )
            expect(all(answer.status_code == 200 for answer in answers), answers)
            texts = [
                answer.output.text if form == "text" else answer.output.choices[0].message.content
                for answer in answers
            ]
            text = "".join(texts) if incremental else texts[-1]
            expect(len(text.split()) == (12 if form == "text" else 9), texts)
            expect(answers[-1].usage.output_tokens == TOKENS, answers[-1])


@check
def dashscope_tools():
    tools = [{"type": "function", "function": TOOL}]
    answer = dashscope.Generation.call(model="m", messages=MESSAGES, result_format="message", tools=tools)
    expect(answer.output.choices[0].message.tool_calls[0]["function"]["name"] == "lookup", answer)


@check
def dashscope_compatible_mode():
    compatible = openai.OpenAI(base_url=URL + "/compatible-mode/v1", api_key="sk-x", max_retries=0)
    text, reasoning, usage, finish, _ = chat_stream(compatible, stream_options={"include_usage": True})
    is_answer(text, reasoning, usage, finish)


@check
def zhipu_plain():
    answer = zhipu.chat.completions.create(model="glm", messages=MESSAGES)
    message = answer.choices[0].message
    expect(len(message.content.split()) == 9, message)
    expect(answer.usage.completion_tokens == TOKENS, answer.usage)


@check
def zhipu_stream():
    text, reasoning, usage, finish, _ = chat_stream(zhipu)
    is_answer(text, reasoning, usage, finish)


failures = 0
for function in CHECKS:
    try:
        function()
        print(f"ok      {function.__name__}")
    except Exception:
        failures += 1
        print(f"FAILED  {function.__name__}\n{traceback.format_exc()}")
print(f"{len(CHECKS) - failures} of {len(CHECKS)} checks passed")
sys.exit(1 if failures else 0)
