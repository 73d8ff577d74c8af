import Glibc
import LLMPerfLock

/// The size of a terminal in character cells.
package struct TerminalSize: Sendable, Hashable {
  package var columns: Int
  package var rows: Int

  package init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }

  /// The size of the terminal at `descriptor`, 80 by 24 where it does not tell; nil when it is none.
  ///
  /// Asked at each redraw, so that a resized terminal needs no signal handler.
  package static func of(_ descriptor: Int32) -> TerminalSize? {
    guard isatty(descriptor) == 1 else { return nil }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return TerminalSize(columns: 80, rows: 24)
    }
    return TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
  }
}

/// A few lines at the bottom of a terminal that are drawn over and over, while other lines pass above them.
///
/// Any thread may use it. The terminal's state is changed only within one write, so that a process that is killed leaves
/// a terminal that works.
package final class TerminalRegion: Sendable {
  private struct State {
    var lines: [StyledLine] = []
    /// Where the lines were drawn: each one's length, and the width they were drawn at.
    var drawn: [Int] = []
    var columns = 0
    var isClosed = false
  }

  private let state = Lock(State())
  private let size: @Sendable () -> TerminalSize
  private let isColored: Bool
  private let output: @Sendable (String) -> Void

  /// - Parameters:
  ///   - size: The terminal's size, now.
  ///   - isColored: Whether colors may be used; `NO_COLOR` forbids them.
  ///   - output: Writes to the terminal, whole.
  package init(
    size: @escaping @Sendable () -> TerminalSize, isColored: Bool, output: @escaping @Sendable (String) -> Void
  ) {
    self.size = size
    self.isColored = isColored
    self.output = output
  }

  /// The terminal's size, now.
  var currentSize: TerminalSize { size() }

  /// Draws `lines` in place of those drawn before.
  func show(_ lines: [StyledLine]) {
    state.withLock { state in
      guard !state.isClosed else { return }
      state.lines = lines
      let erased = erase(&state)
      output(erased + draw(&state))
    }
  }

  /// Prints `text` above the region.
  package func print(_ text: String) {
    state.withLock { state in
      let erased = erase(&state)
      let ended = text.hasSuffix("\n") ? text : text + "\n"
      output(erased + ended + (state.isClosed ? "" : draw(&state)))
    }
  }

  /// Ends the region: its lines go, or stay as they are. Nothing is drawn any more.
  package func close(keepingLines: Bool = false) {
    state.withLock { state in
      guard !state.isClosed else { return }
      if !keepingLines {
        let erased = erase(&state)
        if !erased.isEmpty { output(erased) }
      }
      state.drawn = []
      state.isClosed = true
    }
  }

  /// Moves to where the region begins and clears from there on. After a resize a line may take several rows.
  private func erase(_ state: inout State) -> String {
    guard !state.drawn.isEmpty else { return "" }
    let columns = max(1, size().columns)
    let rows = state.drawn.reduce(0) { $0 + max(1, ($1 + columns - 1) / columns) }
    state.drawn = []
    return "\r\u{1B}[\(rows)A\u{1B}[J"
  }

  private func draw(_ state: inout State) -> String {
    guard !state.lines.isEmpty else { return "" }
    let columns = max(1, size().columns - 1)
    // No cursor while it wanders, and no wrapping where the terminal has become smaller since it was asked.
    var text = "\u{1B}[?25l\u{1B}[?7l"
    state.drawn = []
    for line in state.lines {
      let (rendered, width) = line.rendered(columns: columns, isColored: isColored)
      text += rendered + "\n"
      state.drawn.append(width)
    }
    return text + "\u{1B}[?7h\u{1B}[?25h"
  }
}
