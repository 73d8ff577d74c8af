import FuzzShared

// ExporterFuzz SECONDS SEED
//
// Until the time is over: bytes that are and nearly are answers of W&B, MLflow and OTLP services, to the parser and to the
// clients. A crash is a failure, and so is an answer that depends on how its bytes were cut, a client that waits for
// longer than it was told to, and a text for the user that is too long or holds what a terminal obeys.

try ExporterFuzz(Campaign("ExporterFuzz")).run()
