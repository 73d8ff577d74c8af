# What the fuzz-*.sh scripts share, which read this file: their arguments, and a build with the address sanitizer.
#
#   fuzz-….sh [SECONDS [SEED]]      (default: 600, and a seed of the clock)
#
# Each prints its seed first, which makes the same inputs again, and the number of inputs last. Its status is 0 when nothing was
# found, 1 for a wrong answer and 77 for a crash; what breaks something is kept in a file below /tmp, and named.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
seconds=${1:-600}
seed=${2:-$(date +%s)}
# The fuzzers are targets of the package only where they are asked for, and look into its internals.
export LLMUSES_BENCHMARKS=1
# Where reading fails, the compiler forgets to release a few values on paths with typed throws; that is no fault here. A trap
# of Swift is an illegal instruction: it is reported like every other crash.
export ASAN_OPTIONS=detect_leaks=0:handle_sigill=1:exitcode=77

# build PRODUCT: builds it; $program is its path.
build() {
  program=$here/.build-asan/release/$1
  swift build -c release --sanitize=address -Xswiftc -enable-testing --package-path "$here" --scratch-path "$here/.build-asan" \
    --product "$1"
}
