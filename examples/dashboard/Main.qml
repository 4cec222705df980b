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

    function highest(role) {
        let result = 1000;
        for (let row = 0; row < samples.count; ++row)
            result = Math.max(result, samples.get(row)[role]);
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
                color: "#667085"
                font.pixelSize: 13
            }
            Text {
                objectName: "latency"
                visible: client.connected && client.latency >= 0
                text: `${client.latency.toFixed(1)} ms`
                color: "#667085"
                font.pixelSize: 13
            }
        }

        Rectangle {
            objectName: "banner"
            Layout.fillWidth: true
            implicitHeight: 40
            visible: !client.connected
            radius: 8
            color: "#fdf0ed"
            border.color: "#eab8ae"
            Text {
                anchors.centerIn: parent
                text: client.attempts > 0 ? `Reconnecting, attempt ${client.attempts}` : "Connecting"
                color: "#8f3324"
                font.pixelSize: 14
            }
        }

        GridLayout {
            Layout.fillWidth: true
            Layout.fillHeight: true
            columns: 2
            columnSpacing: 16
            rowSpacing: 16
            opacity: client.connected ? 1 : 0.5

            MetricCard {
                Layout.fillWidth: true
                Layout.fillHeight: true
                title: "Processor"
                value: window.percent(window.latest.cpu)
                LineChart {
                    objectName: "cpu chart"
                    anchors.fill: parent
                    model: samples
                    role: "cpu"
                }
            }
            MetricCard {
                Layout.fillWidth: true
                Layout.fillHeight: true
                title: "Memory"
                value: window.percent(window.latest.memory)
                LineChart {
                    anchors.fill: parent
                    model: samples
                    role: "memory"
                    color: "#2e6fb7"
                }
            }
            MetricCard {
                Layout.fillWidth: true
                Layout.fillHeight: true
                title: "Network"
                value: `↓ ${window.rate(window.latest.received)}   ↑ ${window.rate(window.latest.sent)}`
                LineChart {
                    anchors.fill: parent
                    model: samples
                    role: "received"
                    color: "#8d5fa8"
                    maximum: {
                        window.latest; // the scale follows the samples
                        return window.highest("received");
                    }
                }
            }
            MetricCard {
                Layout.fillWidth: true
                Layout.fillHeight: true
                title: "Cores"
                value: `${cores.count}`
                ListView {
                    objectName: "cores"
                    anchors.fill: parent
                    model: cores
                    spacing: 8
                    clip: true
                    delegate: Item {
                        id: core
                        required property string name
                        required property double usage
                        width: ListView.view.width
                        height: 20
                        Text {
                            width: 60
                            anchors.verticalCenter: parent.verticalCenter
                            text: core.name
                            color: "#667085"
                            font.pixelSize: 13
                        }
                        Rectangle {
                            x: 60
                            width: parent.width - 60
                            height: 8
                            anchors.verticalCenter: parent.verticalCenter
                            radius: 4
                            color: "#eceff3"
                            Rectangle {
                                width: parent.width * core.usage / 100
                                height: parent.height
                                radius: 4
                                color: "#c98a1b"
                            }
                        }
                    }
                }
            }
        }
    }
}
