// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// One person's browser on the wire: one connection pool, one cookie jar, one request at a time, on a thread of its own.
package actor BrowserSession {
    private let thread: TransportThread
    private var handle: CurlHandle?
    private var jar: CookieJar

    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - name: labels the thread.
    ///   - thread: whose it is where it shall not have one of its own; what runs there already calls it without a switch.
    package init(name: String = "browser", jar: CookieJar = CookieJar(), thread: TransportThread? = nil) {
        self.thread = thread ?? TransportThread(name: name)
        self.jar = jar
    }

    /// Sends one request with the jar's cookies and keeps those of the answer. Cancelling the task ends the transfer at once.
    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let signal = AbortSignal()
        let result = await withTaskCancellationHandler {
            perform(request, signal: signal)
        } onCancel: {
            signal.raise()
        }
        return try result.get()
    }

    /// The jar as it stands.
    package var cookies: CookieJar { jar }

    /// Replaces the jar, for example by an empty one.
    package func setCookies(_ jar: CookieJar) { self.jar = jar }

    private func perform(_ request: HTTPRequest, signal: AbortSignal) -> Result<HTTPResponse, HTTPError> {
        do throws(HTTPError) {
            let handle: CurlHandle
            if let made = self.handle { handle = made } else { handle = try CurlHandle() }
            self.handle = handle
            var request = request
            if request.sendCookies, request.headers["cookie"] == nil,
                let cookies = jar.header(
                    for: request.url, method: request.method, context: request.cookieContext, now: Date())
            {
                request.headers.append(HTTPRequest.Header("Cookie", cookies))
            }
            let response = try handle.perform(request, signal: signal)
            if request.sendCookies {
                for line in response.headers.all("set-cookie") {
                    jar.store(line, from: request.url, context: request.cookieContext, now: Date())
                }
            }
            return .success(response)
        } catch {
            return .failure(error)
        }
    }
}
