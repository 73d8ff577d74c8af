import FuzzShared

// RequestFuzz SECONDS SEED
//
// Until the time is over: bytes that are and nearly are requests, to the parser, to the routes of the simulator, and to
// the ports of the dashboard, the metrics and the simulator. A crash is a failure, and so is a request that depends on how
// its bytes were cut, memory that grows with what has no end, and a server that no longer answers.

try RequestFuzz(Campaign("RequestFuzz")).run()
