// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import SocketIo

Window {
    id: window

    required property url url
    property string problem // why this program cannot serve; shown while there is one
    property string theme // "light" or "dark"; by default as the system says
    property var latest: ({})
    readonly property bool narrow: width < 760
    property int secondsLeft: 0
    property string ended // why the connection has

    width: 960
    height: 640
    minimumWidth: 360
    minimumHeight: 320
    visible: true
    title: "QtSocketIo dashboard"
    color: Theme.window

    Component.onCompleted: {
        if (theme !== "")
            Theme.dark = theme === "dark";
    }

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

    function stateText() {
        if (client.connected)
            return problem;
        const reason = client.lastError.message || ended || "Connecting";
        const offline = secondsLeft > 0 ? `${reason}. Next attempt in ${secondsLeft} s` : reason;
        return problem === "" ? offline : `${problem} ${offline}`;
    }

    SocketIoClient {
        id: client
        url: window.url
        options: ({ reconnectionDelayMax: 3000 })
        onDisconnected: (reason, description) => window.ended = description
    }
    Timer {
        interval: 200
        repeat: true
        triggeredOnStart: true
        running: !client.connected
        onTriggered: {
            const left = client.nextAttempt.getTime() - Date.now();
            window.secondsLeft = left > 0 ? Math.ceil(left / 1000) : 0;
        }
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

    Flickable {
        id: page
        anchors.fill: parent
        contentHeight: content.height
        boundsBehavior: Flickable.StopAtBounds

        ColumnLayout {
            id: content
            width: page.width
            // As high as the window, unless the cards would be too low.
            height: Math.max(page.height, implicitHeight)
            spacing: 16

            RowLayout {
                Layout.fillWidth: true
                Layout.margins: window.narrow ? 12 : 20
                Layout.bottomMargin: 0
                spacing: 10
                Text {
                    text: "Dashboard"
                    color: Theme.text
                    font { pixelSize: 20; weight: Font.DemiBold }
                    Accessible.role: Accessible.Heading
                    Accessible.name: text
                }
                Text {
                    Layout.alignment: Qt.AlignBaseline
                    Layout.fillWidth: true
                    opacity: window.narrow ? 0 : 1 // there is no room
                    text: window.url
                    elide: Text.ElideRight
                    color: Theme.faintText
                    font.pixelSize: 13
                }
                Rectangle {
                    implicitWidth: 8
                    implicitHeight: 8
                    radius: 4
                    color: client.connected ? Theme.good : Theme.bad
                }
                Text {
                    objectName: "connection"
                    text: client.connected ? client.transport : "offline"
                    color: Theme.text
                    font.pixelSize: 13
                    Accessible.role: Accessible.StaticText
                    Accessible.name: `Connection: ${text}`
                }
                Text {
                    objectName: "latency"
                    visible: client.connected && client.latency >= 0
                    text: `${client.latency.toFixed(1)} ms`
                    color: Theme.text
                    font.pixelSize: 13
                    Accessible.role: Accessible.StaticText
                    Accessible.name: `Latency: ${text}`
                    Accessible.ignored: !visible
                }
            }

            Rectangle {
                objectName: "banner"
                Layout.fillWidth: true
                Layout.leftMargin: window.narrow ? 12 : 20
                Layout.rightMargin: window.narrow ? 12 : 20
                implicitHeight: bannerText.implicitHeight + 22
                visible: !client.connected || window.problem !== ""
                radius: 10
                color: Theme.warning
                border.color: Theme.warningBorder
                Accessible.role: Accessible.AlertMessage
                Accessible.name: bannerText.text
                Accessible.ignored: !visible
                Text {
                    id: bannerText
                    objectName: "banner text"
                    anchors { fill: parent; margins: 11 }
                    horizontalAlignment: Text.AlignHCenter
                    wrapMode: Text.Wrap
                    textFormat: Text.PlainText
                    text: window.stateText()
                    color: Theme.warningText
                    font.pixelSize: 14
                }
            }

            GridLayout {
                objectName: "cards"
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.margins: window.narrow ? 12 : 20
                Layout.topMargin: 0
                columns: window.narrow ? 1 : 3
                columnSpacing: 16
                rowSpacing: 16

                MetricCard {
                    title: "Processor"
                    value: window.percent(window.latest.cpu)
                    LineChart {
                        objectName: "cpu chart"
                        anchors.fill: parent
                        title: "Processor"
                        model: samples
                        lines: ChartLine { role: "cpu"; color: Theme.good }
                    }
                }
                MetricCard {
                    title: "Memory"
                    value: window.percent(window.latest.memory)
                    LineChart {
                        anchors.fill: parent
                        title: "Memory"
                        model: samples
                        lines: ChartLine { role: "memory"; color: Theme.memory }
                    }
                }
                MetricCard {
                    title: "Network"
                    value: `↓ ${window.rate(window.latest.received)}`
                    note: `↑ ${window.rate(window.latest.sent)}`
                    noteColor: Theme.sent
                    LineChart {
                        anchors.fill: parent
                        title: "Network"
                        model: samples
                        lines: [
                            ChartLine { role: "received"; color: Theme.received },
                            ChartLine { role: "sent"; color: Theme.sent }
                        ]
                        maximumText: window.rate(maximum)
                        maximum: {
                            window.latest; // the scale follows the samples
                            return window.highest(["received", "sent"]);
                        }
                    }
                }
                MetricCard {
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
                    Layout.columnSpan: window.narrow ? 1 : 2
                    Layout.preferredWidth: 2
                    Layout.minimumHeight: 290
                    title: "Processes"
                    ListView {
                        objectName: "processes"
                        anchors.fill: parent
                        model: processes
                        clip: true
                        header: ProcessHeader { width: ListView.view.width }
                        delegate: ProcessRow { width: ListView.view.width }
                    }
                }
            }
        }
    }
}
