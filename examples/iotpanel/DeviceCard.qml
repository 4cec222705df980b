// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts

// A device: whether it is there, what it reports, and a switch.
Frame {
    id: card

    required property string name
    required property bool online
    required property double seen
    required property bool isOn
    required property bool pending
    required property double temperature
    required property string image
    required property string problem

    signal switched(bool isOn)

    background: Rectangle {
        radius: 6
        color: card.palette.base
        border.color: card.palette.mid
    }
    Accessible.role: Accessible.Grouping
    Accessible.name: `${name}, ${state.text}`

    RowLayout {
        anchors.fill: parent
        spacing: 12
        Image {
            objectName: `image of ${card.name}`
            Layout.preferredWidth: 96
            Layout.preferredHeight: 96
            visible: card.image !== ""
            source: card.image
            smooth: false
            opacity: card.online ? 1 : 0.4
            Accessible.role: Accessible.Graphic
            Accessible.name: `Image of ${card.name}`
        }
        ColumnLayout {
            Layout.fillWidth: true
            Label {
                Layout.fillWidth: true
                text: card.name
                elide: Text.ElideRight
                textFormat: Text.PlainText // a device has any name it likes
                font.bold: true
            }
            Label {
                id: state
                objectName: `state of ${card.name}`
                Layout.fillWidth: true
                wrapMode: Text.Wrap
                text: !card.online ? `Offline since ${new Date(card.seen).toLocaleTimeString()}`
                    : card.problem !== "" ? card.problem
                    : card.pending ? "Switching" : card.isOn ? "On" : "Off"
            }
            Label {
                objectName: `temperature of ${card.name}`
                text: isNaN(card.temperature) ? "" : `${card.temperature.toFixed(1)} °C`
            }
        }
        Switch {
            objectName: `switch of ${card.name}`
            enabled: card.online && !card.pending
            checked: card.isOn
            palette.window: "#b0b4bc" // the style makes the lines around it of this, but darker
            onToggled: {
                card.switched(checked);
                checked = Qt.binding(() => card.isOn); // as the device confirms
            }
            Accessible.name: `Switch ${card.name}`
        }
    }
}
