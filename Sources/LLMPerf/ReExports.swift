// Who writes a plugin imports `LLMPerf` alone: `JSON` and `JSONScanner` come with it. What the other targets of this
// package share comes the same way.
@_exported public import LLMPerfBytes
