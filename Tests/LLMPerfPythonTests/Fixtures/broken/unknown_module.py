from llmuses.perf.openai_api import OpenaiPlugin
