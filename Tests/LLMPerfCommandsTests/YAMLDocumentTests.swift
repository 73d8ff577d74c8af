import LLMPerfCommands
import Testing
