// SPDX-License-Identifier: MIT
import QtQuick

// A figure with its name above its chart.
Rectangle {
    id: card

    required property string title
    property string value
    property string note
    property color noteColor
    default property alias content: frame.data

    color: "#ffffff"
    radius: 10
    border.color: "#e0e4ea"

    Text {
        id: titleText
        x: 18
        y: 16
        text: card.title
        color: "#667085"
        font { pixelSize: 13; weight: Font.Medium }
    }
    Text {
        id: valueText
        objectName: card.title
        anchors { left: titleText.left; top: titleText.bottom; topMargin: 4 }
        visible: text !== ""
        text: card.value
        color: "#1c2430"
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
        }
    }
}
