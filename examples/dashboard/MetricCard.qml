// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts

// A figure with its name above its chart.
Rectangle {
    id: card

    required property string title
    property string value
    property string note
    property color noteColor
    default property alias content: frame.data

    Layout.fillWidth: true
    Layout.fillHeight: true
    Layout.preferredWidth: 1
    Layout.minimumHeight: 180
    color: Theme.card
    radius: 10
    border.color: Theme.border
    Accessible.role: Accessible.Grouping
    Accessible.name: title + (value !== "" ? `, ${value}` : "") + (note !== "" ? `, ${note}` : "")

    Text {
        id: titleText
        x: 18
        y: 16
        text: card.title
        color: Theme.faintText
        font { pixelSize: 13; weight: Font.Medium }
    }
    Text {
        id: valueText
        objectName: card.title
        anchors { left: titleText.left; top: titleText.bottom; topMargin: 4 }
        visible: text !== ""
        text: card.value
        color: Theme.text
        font { pixelSize: 26; weight: Font.DemiBold }
    }
    Text {
        objectName: `${card.title}, note`
        anchors { right: parent.right; rightMargin: 18; baseline: valueText.baseline }
        text: card.note
        color: card.noteColor
        font { pixelSize: 14; weight: Font.Medium }
    }
    Item {
        id: frame
        anchors {
            fill: parent
            margins: 18
            topMargin: card.value === "" ? 48 : 92
            bottomMargin: card.value === "" ? 18 : 28 // what the axis means
        }
    }
}
