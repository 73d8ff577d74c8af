"""Two builds of llmuses in the same minutes: ratios of pairs, with their intervals."""
import math
import statistics

# Student's t, two-sided 95 %, by degrees of freedom.
STUDENT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
           2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042]

# What is compared of each workload beside CPU: key, words, unit, digits.
ALWAYS = [("user", "user time", "s", 3), ("system", "system time", "s", 3), ("resident_mb", "peak of memory", "MB", 1)]


def costs(name, workload):
    """The costs of a workload that its builds are compared by: (key, words, unit, digits)."""
    if name == "start":
        return [("start_ms", "process start to first request's arrival", "ms", 2), ("cpu_per_request", "CPU", "µs", 0),
                *ALWAYS]
    if not workload.get("streams", True):
        return [("cpu_per_request", "CPU per request", "µs", 2), *ALWAYS]
    return [("cpu_per_event", "CPU per event", "µs", 3), *ALWAYS]


def interval(ratios):
    """The geometric mean of the ratios and its 95 % interval, by Student's t on their logarithms."""
    logarithms = [math.log(ratio) for ratio in ratios]
    middle = statistics.fmean(logarithms)
    if len(logarithms) < 2:
        return math.exp(middle), 0, math.inf
    freedom = len(logarithms) - 1
    reach = STUDENT[min(freedom, len(STUDENT)) - 1] * statistics.stdev(logarithms) / math.sqrt(len(logarithms))
    return tuple(math.exp(value) for value in (middle, middle - reach, middle + reach))


def lines(name, workload, pairs):
    """The lines for pairs of (this build's run, the other's), each with whether no cost up to it is larger for certain."""
    holds = True
    for key, words, unit, digits in costs(name, workload):
        kept = [(mine[key], other[key]) for mine, other in pairs if mine[key] > 0 and other[key] > 0]
        if not kept:
            continue
        ratio, low, high = interval([mine / other for mine, other in kept])
        word = "more" if low > 1 else "less" if high < 1 else "no difference seen"
        # User and system time are parts of the CPU time: what moved from one to the other costs nothing.
        holds &= low <= 1 or key in ("user", "system")
        middle = [f"{statistics.median(side):.{digits}f} {unit}" for side in zip(*kept)]
        yield f"| {name} | {words} | {middle[0]} | {middle[1]} | {ratio:.3f} | {low:.3f} to {high:.3f} | {word} |", holds


def print_table(mine, other, workloads):
    """Prints the table of two builds as the workloads' pairs come: (name, workload, pairs); returns whether no cost is
    larger for certain."""
    print(f"| workload | what | {mine} | {other} | ratio | 95 % interval | |\n|---|---|---|---|---|---|---|", flush=True)
    holds = True
    for name, workload, pairs in workloads:
        for line, is_no_worse in lines(name, workload, pairs):
            print(line, flush=True)
            holds &= is_no_worse
    return holds
