// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where the command line prints: results to standard output, everything else to standard error.
enum Console {
    /// Colours and moving lines only on a terminal, and never against `NO_COLOR` or `TERM=dumb`.
    static let isTerminal: Bool = {
        let environment = ProcessInfo.processInfo.environment
        return isatty(FileHandle.standardOutput.fileDescriptor) == 1 && environment["NO_COLOR"] == nil
            && environment["TERM"] != "dumb"
    }()

    /// Columns of the terminal; 100 where it does not tell.
    static var width: Int {
        var size = winsize()
        guard ioctl(FileHandle.standardOutput.fileDescriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return 100
        }
        return Int(size.ws_col)
    }

    static func print(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    static func error(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// Replaces the current line of a terminal.
    static func status(_ text: String) {
        guard isTerminal else { return }
        FileHandle.standardOutput.write(Data("\r\u{1B}[K\(text)".utf8))
    }

    /// Ends a line that ``status(_:)`` left open.
    static func clearStatus() {
        guard isTerminal else { return }
        FileHandle.standardOutput.write(Data("\r\u{1B}[K".utf8))
    }

    static func bold(_ text: String) -> String { isTerminal ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    static func coloured(_ text: String, _ colour: Colour) -> String {
        isTerminal ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    enum Colour: Int { case red = 31, green = 32, yellow = 33 }
}
