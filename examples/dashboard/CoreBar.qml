// SPDX-License-Identifier: MIT
import QtQuick

// A core of the processor, and how busy it is.
Item {
    id: bar

    required property string name
    required property double usage
    property double shownUsage: usage
    Behavior on shownUsage { NumberAnimation { duration: 250; easing.type: Easing.OutCubic } }

    implicitHeight: 26
    Accessible.role: Accessible.ProgressBar
    Accessible.name: `${name}: ${usage.toFixed(0)} percent`

    Text {
        id: nameText
        width: 52
        anchors.verticalCenter: parent.verticalCenter
        text: bar.name
        color: Theme.text
        font.pixelSize: 13
    }
    Rectangle {
        id: track
        anchors { left: nameText.right; right: usageText.left; verticalCenter: parent.verticalCenter }
        height: 8
        radius: 4
        color: Theme.grid
        Rectangle {
            width: Math.max(parent.height, parent.width * bar.shownUsage / 100)
            height: parent.height
            radius: parent.radius
            color: Theme.core
        }
    }
    Text {
        id: usageText
        width: 48
        anchors { right: parent.right; verticalCenter: parent.verticalCenter }
        horizontalAlignment: Text.AlignRight
        text: `${bar.usage.toFixed(0)} %`
        color: Theme.text
        font.pixelSize: 13
    }
}
