// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import SocketIo

Window {
    id: window

    required property url url
    property var latest: ({})

    width: 960
    height: 640
    visible: true
    title: "QtSocketIo dashboard"
    color: "#f5f6f8"

    function percent(value) {
        return value >= 0 ? `${value.toFixed(1)} %` : "–";
    }

    function rate(value) {
        if (!(value >= 0))
            return "–";
        return value < 1e6 ? `${(value / 1e3).toFixed(1)} kB/s` : `${(value / 1e6).toFixed(1)} MB/s`;
    }

    function highest(roles) {
        let result = 1000;
        for (let row = 0; row < samples.count; ++row) {
            const sample = samples.get(row);
            result = Math.max(result, ...roles.map(role => sample[role]));
        }
        return result;
    }

    SocketIoClient {
        id: client
        property int attempts: 0
        url: window.url
        options: ({ reconnectionDelayMax: 3000 })
        onConnected: attempts = 0
        onReconnectAttempted: attempt => attempts = attempt
    }
    SocketIoListModel {
        id: samples
        client: client
        insertEvent: "sample"
        resetEvent: "history"
        roles: ["time", "cpu", "memory", "received", "sent"]
        maximumCount: 120
        onRowsInserted: window.latest = get(count - 1)
    }
    SocketIoListModel {
        id: cores
        client: client
        updateEvent: "cores"
        keyRole: "name"
        roles: ["name", "usage"]
    }
    SocketIoListModel {
        id: processes
        client: client
        updateEvent: "processes"
        keyRole: "rank"
        roles: ["rank", "pid", "name", "cpu", "memory"]
    }

    ColumnLayout {
        anchors { fill: parent; margins: 20 }
        spacing: 16

        RowLayout {
            Layout.fillWidth: true
            spacing: 10
            Text {
                text: "Dashboard"
                color: "#1c2430"
                font { pixelSize: 20; weight: Font.DemiBold }
            }
            Text {
                Layout.alignment: Qt.AlignBaseline
                text: window.url
                color: "#98a2b3"
                font.pixelSize: 13
            }
            Item { Layout.fillWidth: true }
            Rectangle {
                implicitWidth: 8
                implicitHeight: 8
                radius: 4
                color: client.connected ? "#17935f" : "#b3402f"
            }
            Text {
                objectName: "connection"
                text: client.connected ? client.transport : "offline"
                color: "#475467"
                font.pixelSize: 13
            }
            Text {
                objectName: "latency"
                visible: client.connected && client.latency >= 0
                text: `${client.latency.toFixed(1)} ms`
                color: "#475467"
                font.pixelSize: 13
            }
        }

        Rectangle {
            objectName: "banner"
            Layout.fillWidth: true
            implicitHeight: 40
            visible: !client.connected
            radius: 10
            color: "#fdf0ed"
            border.color: "#eab8ae"
            Text {
                anchors.centerIn: parent
                text: client.attempts > 0
                      ? `The server is away. Reconnecting, attempt ${client.attempts}`
                      : "Connecting"
                color: "#8f3324"
                font.pixelSize: 14
            }
        }

        GridLayout {
            Layout.fillWidth: true
            Layout.fillHeight: true
            columns: 3
            columnSpacing: 16
            rowSpacing: 16
            opacity: client.connected ? 1 : 0.5

            MetricCard {
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.preferredWidth: 1
                title: "Processor"
                value: window.percent(window.latest.cpu)
                LineChart {
                    objectName: "cpu chart"
                    anchors.fill: parent
                    model: samples
                    lines: ChartLine { role: "cpu"; color: "#17935f" }
                }
            }
            MetricCard {
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.preferredWidth: 1
                title: "Memory"
                value: window.percent(window.latest.memory)
                LineChart {
                    anchors.fill: parent
                    model: samples
                    lines: ChartLine { role: "memory"; color: "#2e6fb7" }
                }
            }
            MetricCard {
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.preferredWidth: 1
                title: "Network"
                value: `↓ ${window.rate(window.latest.received)}`
                note: `↑ ${window.rate(window.latest.sent)}`
                noteColor: "#b0567f"
                LineChart {
                    anchors.fill: parent
                    model: samples
                    lines: [
                        ChartLine { role: "received"; color: "#6f5bb0" },
                        ChartLine { role: "sent"; color: "#b0567f" }
                    ]
                    maximumText: window.rate(maximum)
                    maximum: {
                        window.latest; // the scale follows the samples
                        return window.highest(["received", "sent"]);
                    }
                }
            }

            MetricCard {
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.preferredWidth: 1
                title: "Cores"
                ListView {
                    objectName: "cores"
                    anchors.fill: parent
                    model: cores
                    clip: true
                    delegate: CoreBar { width: ListView.view.width }
                }
            }
            MetricCard {
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.columnSpan: 2
                Layout.preferredWidth: 2
                title: "Processes"
                ListView {
                    objectName: "processes"
                    anchors.fill: parent
                    model: processes
                    clip: true
                    delegate: ProcessRow { width: ListView.view.width }
                }
            }
        }
    }
}
