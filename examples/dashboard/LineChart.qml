// SPDX-License-Identifier: MIT
import QtQuick
import SocketIo

// Roles of a model's rows as lines, the newest value on the right.
Canvas {
    id: chart

    required property string title
    required property SocketIoListModel model
    required property list<ChartLine> lines
    readonly property color lineColor: lines[0].color
    property double maximum: 100
    property string maximumText: "100 %"
    property int length: 120 // values from the left to the right

    Accessible.role: Accessible.Chart
    Accessible.name: `${title} in the last minute, up to ${maximumText}`

    Connections {
        target: chart.model
        function onRowsInserted() { chart.requestPaint(); }
        function onRowsRemoved() { chart.requestPaint(); }
    }
    Connections {
        target: Theme
        function onDarkChanged() { chart.requestPaint(); }
    }
    onMaximumChanged: requestPaint()
    onWidthChanged: requestPaint()
    onHeightChanged: requestPaint()

    function drawGrid(context) {
        context.strokeStyle = Theme.grid;
        context.lineWidth = 1;
        context.beginPath();
        for (let line = 0; line <= 4; ++line) {
            const y = Math.round(line * (height - 1) / 4) + 0.5;
            context.moveTo(0, y);
            context.lineTo(width, y);
        }
        context.stroke();
    }

    function drawLine(context, rows, role, color) {
        const step = width / (length - 1);
        const x = row => width - (rows.length - 1 - row) * step;
        const y = row => {
            const value = Math.max(0, Math.min(maximum, rows[row][role] ?? 0));
            return 2 + (height - 4) * (1 - value / maximum);
        };
        context.beginPath();
        context.moveTo(x(0), y(0));
        for (let row = 1; row < rows.length; ++row)
            context.lineTo(x(row), y(row));
        context.lineWidth = 2;
        context.lineJoin = "round";
        context.strokeStyle = color;
        context.stroke();
        context.lineTo(width, height);
        context.lineTo(x(0), height);
        context.closePath();
        context.fillStyle = Qt.rgba(color.r, color.g, color.b, 0.1);
        context.fill();
    }

    onPaint: {
        const context = getContext("2d");
        context.reset();
        drawGrid(context);
        const rows = Array.from({ length: model.count }, (_, row) => model.get(row));
        if (rows.length < 2 || maximum <= 0)
            return;
        for (let i = 0; i < lines.length; ++i)
            drawLine(context, rows, lines[i].role, lines[i].color);
    }

    Text {
        anchors { left: parent.left; top: parent.bottom; topMargin: 2 }
        text: "1 minute ago"
        color: Theme.faintText
        font.pixelSize: 11
    }
    Text {
        anchors { right: parent.right; top: parent.bottom; topMargin: 2 }
        text: "now"
        color: Theme.faintText
        font.pixelSize: 11
    }
    Text {
        anchors { right: parent.right; bottom: parent.top; bottomMargin: 2 }
        text: chart.maximumText
        color: Theme.faintText
        font.pixelSize: 11
    }
}
