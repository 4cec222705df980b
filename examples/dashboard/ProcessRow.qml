// SPDX-License-Identifier: MIT
import QtQuick

// A line of the table of processes.
Item {
    id: line

    required property int pid
    required property string name
    required property double cpu
    required property double memory

    implicitHeight: 26
    visible: pid > 0
    Accessible.role: Accessible.Row
    Accessible.name: `${name}, process ${pid}, ${cpu.toFixed(1)} percent of a core, `
        + `${(memory / 1e6).toFixed(1)} megabytes`

    Text {
        anchors { left: parent.left; right: pidText.left; verticalCenter: parent.verticalCenter }
        text: line.name
        elide: Text.ElideRight
        textFormat: Text.PlainText // a process has any name it likes
        color: Theme.text
        font.pixelSize: 13
    }
    Text {
        id: pidText
        width: line.width < 340 ? 56 : 80
        anchors { right: cpuText.left; verticalCenter: parent.verticalCenter }
        horizontalAlignment: Text.AlignRight
        text: line.pid
        color: Theme.faintText
        font.pixelSize: 13
    }
    Text {
        id: cpuText
        width: line.width < 340 ? 60 : 80
        anchors { right: memoryText.left; verticalCenter: parent.verticalCenter }
        horizontalAlignment: Text.AlignRight
        text: `${line.cpu.toFixed(1)} %`
        color: Theme.text
        font.pixelSize: 13
    }
    Text {
        id: memoryText
        width: 90
        anchors { right: parent.right; verticalCenter: parent.verticalCenter }
        horizontalAlignment: Text.AlignRight
        text: `${(line.memory / 1e6).toFixed(1)} MB`
        color: Theme.text
        font.pixelSize: 13
    }
}
