import Testing
@testable import LLMPerfTokenizers
