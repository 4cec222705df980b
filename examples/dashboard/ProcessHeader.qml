// SPDX-License-Identifier: MIT
import QtQuick

// What the columns of the processes mean.
Item {
    id: header

    implicitHeight: 24

    component Title: Text {
        anchors.verticalCenter: parent?.verticalCenter
        horizontalAlignment: Text.AlignRight
        color: Theme.faintText
        font.pixelSize: 12
    }
    Title {
        anchors.left: header.left
        text: "Name"
    }
    Title {
        id: pidTitle
        anchors.right: cpuTitle.left
        width: header.width < 340 ? 56 : 80
        text: "PID"
    }
    Title {
        id: cpuTitle
        anchors.right: memoryTitle.left
        width: header.width < 340 ? 60 : 80
        text: "Core"
    }
    Title {
        id: memoryTitle
        anchors.right: header.right
        width: 90
        text: "Memory"
    }
}
