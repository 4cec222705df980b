// SPDX-License-Identifier: MIT
import QtQuick

// A figure with its name above its chart.
Rectangle {
    id: card

    required property string title
    required property string value
    default property alias chart: frame.data

    color: "#ffffff"
    radius: 8
    border.color: "#dde1e7"

    Text {
        id: titleText
        x: 16
        y: 14
        text: card.title
        color: "#667085"
        font { pixelSize: 12; capitalization: Font.AllUppercase; letterSpacing: 0.8 }
    }
    Text {
        id: valueText
        objectName: card.title
        anchors { left: titleText.left; top: titleText.bottom; topMargin: 2 }
        text: card.value
        color: "#1c2430"
        font { pixelSize: 26; weight: Font.DemiBold }
    }
    Item {
        id: frame
        anchors {
            fill: parent
            margins: 16
            topMargin: 76
        }
    }
}
