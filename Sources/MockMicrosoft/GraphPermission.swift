// SPDX-License-Identifier: Apache-2.0

/// What an operation on meetings needs (wire-protocols 2.1; the permission tables of Microsoft's reference).
struct GraphPermission {
    /// Any of these scopes, for a person.
    let delegated: Set<String>
    /// Any of these roles, for an application; each besides needs the application access policy.
    let application: Set<String>

    static let writeMeeting = GraphPermission(
        delegated: ["OnlineMeetings.ReadWrite"], application: ["OnlineMeetings.ReadWrite.All"])
    static let readMeeting = GraphPermission(
        delegated: ["OnlineMeetings.Read", "OnlineMeetings.ReadWrite"],
        application: ["OnlineMeetings.Read.All", "OnlineMeetings.ReadWrite.All"])
    static let readAttendance = GraphPermission(
        delegated: ["OnlineMeetingArtifact.Read.All"], application: ["OnlineMeetingArtifact.Read.All"])
    static let readVirtualAppointment = GraphPermission(
        delegated: ["VirtualAppointment.Read", "VirtualAppointment.ReadWrite"],
        application: ["VirtualAppointment.Read.All", "VirtualAppointment.ReadWrite.All"])
    static let writeVirtualAppointment = GraphPermission(
        delegated: ["VirtualAppointment.ReadWrite"], application: ["VirtualAppointment.ReadWrite.All"])
    static let sendVirtualAppointmentSMS = GraphPermission(
        delegated: ["VirtualAppointmentNotification.Send"], application: ["VirtualAppointmentNotification.Send"])

    /// For the path after `onlineMeetings`.
    init(method: String, rest: [String]) {
        let isRead = method == "GET" || method == "HEAD"
        let last = rest.last?.lowercased() ?? ""
        let part = rest.dropFirst().first?.lowercased() ?? ""
        self =
            if last.hasPrefix("getvirtualappointmentjoinweburl") {
                .readVirtualAppointment
            } else if last.hasPrefix("sendvirtualappointment") {
                .sendVirtualAppointmentSMS
            } else if part == "virtualappointment" {
                isRead ? .readVirtualAppointment : .writeVirtualAppointment
            } else if part == "attendancereports" {
                .readAttendance
            } else {
                isRead ? .readMeeting : .writeMeeting
            }
    }

    private init(delegated: Set<String>, application: Set<String>) {
        self.delegated = delegated
        self.application = application
    }
}
