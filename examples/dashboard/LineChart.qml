// SPDX-License-Identifier: MIT
import QtQuick
import SocketIo

// One role of a model's rows as a line, the newest on the right.
Canvas {
    id: chart

    required property SocketIoListModel model
    required property string role
    property color color: "#17935f"
    property double maximum: 100
    property int length: 120

    Connections {
        target: chart.model
        function onRowsInserted() { chart.requestPaint(); }
        function onModelReset() { chart.requestPaint(); }
    }
    onMaximumChanged: requestPaint()
    onWidthChanged: requestPaint()
    onHeightChanged: requestPaint()

    onPaint: {
        const context = getContext("2d");
        context.reset();
        context.strokeStyle = "#e6e9ee";
        for (let line = 0; line <= 4; ++line) {
            const y = Math.round(line * (height - 1) / 4) + 0.5;
            context.moveTo(0, y);
            context.lineTo(width, y);
        }
        context.stroke();

        const count = model.count;
        if (count < 2 || maximum <= 0)
            return;
        const step = width / (length - 1);
        const x = row => width - (count - 1 - row) * step;
        const y = row => {
            const value = Math.max(0, Math.min(maximum, model.get(row)[role] ?? 0));
            return 2 + (height - 4) * (1 - value / maximum);
        };
        context.beginPath();
        context.moveTo(x(0), y(0));
        for (let row = 1; row < count; ++row)
            context.lineTo(x(row), y(row));
        context.lineWidth = 2;
        context.lineJoin = "round";
        context.strokeStyle = color;
        context.stroke();
        context.lineTo(x(count - 1), height);
        context.lineTo(x(0), height);
        context.closePath();
        context.fillStyle = Qt.rgba(color.r, color.g, color.b, 0.12);
        context.fill();
    }
}
