// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import SocketIo

// The panel is the server: it knows which devices are there, sends them commands with a time-out, and
// shows the values and images that they report.
ApplicationWindow {
    id: window

    property int port: 0
    property int simulated: 4
    property string theme // "light" or "dark"; by default as the system says
    readonly property SystemPalette systemColors: SystemPalette {}
    readonly property bool dark: theme === "" ? systemColors.window.hslLightness < 0.5 : theme === "dark"
    readonly property alias server: hub
    readonly property alias devices: deviceModel

    width: 760
    height: 520
    minimumWidth: 360
    minimumHeight: 360
    visible: true
    title: "Devices"
    palette.window: dark ? "#14181f" : "#efefef"
    palette.windowText: dark ? "#f0f3f7" : "#1c2430"
    palette.button: dark ? "#343c48" : "#efefef"
    palette.buttonText: dark ? "#f0f3f7" : "#1c2430"
    palette.base: dark ? "#1d232c" : "#ffffff"
    palette.text: dark ? "#f0f3f7" : "#1c2430"
    palette.mid: dark ? "#4a5464" : "#b8b8b8"

    // What devices can take of this process. A device that was seen longest ago makes room for a new one.
    readonly property int maxDevices: 100
    readonly property int maxImageSize: 100000 // bytes
    property string refusal // why the last device was not let in

    // A row for each device, also for those that are away, found by its name.
    ListModel {
        id: deviceModel

        function rowOf(name) {
            for (let row = 0; row < count; ++row) {
                if (get(row).name === name)
                    return row;
            }
            return -1;
        }
        function oldestAway() {
            let oldest = -1;
            for (let row = 0; row < count; ++row) {
                if (!get(row).online && (oldest < 0 || get(row).seen < get(oldest).seen))
                    oldest = row;
            }
            return oldest;
        }
        function hasRoomFor(name) {
            return count < window.maxDevices || rowOf(name) >= 0 || oldestAway() >= 0;
        }
        function add(name) {
            if (rowOf(name) >= 0)
                return;
            if (count >= window.maxDevices && oldestAway() >= 0)
                remove(oldestAway());
            append({ name: name, sid: "", online: false, seen: 0, isOn: false, pending: false,
                     temperature: NaN, image: "", problem: "" });
        }
        function change(name, values) {
            const row = rowOf(name);
            if (row >= 0)
                set(row, values);
        }
    }

    SocketIoServer {
        id: hub
        port: window.port
        options: ({ serveClient: false, pingInterval: 5000, pingTimeout: 3000 })

        // A device says who it is when it connects; others are refused.
        Component.onCompleted: use((socket, next) => {
            const name = socket.handshake.auth.device;
            if (typeof name !== "string" || name.length === 0 || name.length > 40)
                return next({ message: "auth.device has to be a name of at most 40 characters" });
            if (!deviceModel.hasRoomFor(name)) {
                window.refusal = `"${name}" was not let in: ${window.maxDevices} devices are online already.`;
                return next({ message: `${window.maxDevices} devices are online already` });
            }
            socket.data = { name: name };
            next();
        })
        onConnected: socket => {
            const name = socket.data.name;
            deviceModel.add(name);
            const before = deviceModel.get(deviceModel.rowOf(name)).sid;
            deviceModel.change(name, { sid: socket.sid, online: true, problem: "" });
            window.refusal = "";
            // Of two connections the new one counts: the panel may not know yet that the other one broke.
            hub.socket(before)?.disconnectSocket();
            socket.join("devices");
            socket.on("temperature", value => {
                if (Number.isFinite(value))
                    deviceModel.change(name, { temperature: value });
            });
            socket.on("state", isOn => deviceModel.change(name, { isOn: isOn === true }));
            // An image is binary: an ArrayBuffer.
            socket.on("image", bytes => {
                if (!(bytes instanceof ArrayBuffer))
                    return;
                if (bytes.byteLength <= window.maxImageSize)
                    deviceModel.change(name, { image: window.imageUrl(bytes) });
                else
                    deviceModel.change(name, { problem: `Its image is larger than ${window.maxImageSize / 1000} kB` });
            });
        }
        onDisconnected: (socket, reason) => {
            const row = deviceModel.rowOf(socket.data.name);
            // The device may be back already, with another connection.
            if (row >= 0 && deviceModel.get(row).sid === socket.sid)
                deviceModel.set(row, { online: false, seen: Date.now(), pending: false,
                                       problem: reason });
        }
    }

    // The device has two seconds to confirm a command.
    function switchDevice(name, isOn) {
        const row = deviceModel.get(deviceModel.rowOf(name));
        const socket = hub.socket(row.sid);
        if (!socket)
            return;
        deviceModel.change(name, { pending: true, problem: "" });
        socket.timeout(2000).emitWithAck("switch", isOn)
            .then(state => deviceModel.change(name, { isOn: state === true, pending: false }),
                  error => deviceModel.change(name, { pending: false, problem: window.reasonOf(error) }));
    }

    // The message names the event and the address, for developers.
    function reasonOf(error) {
        return error.type === SocketIoError.Timeout ? "No answer within 2 s" : error.message;
    }

    function imageUrl(buffer) {
        const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const bytes = new Uint8Array(buffer);
        let text = "";
        for (let i = 0; i < bytes.length; i += 3) {
            const n = bytes[i] << 16 | (bytes[i + 1] ?? 0) << 8 | (bytes[i + 2] ?? 0);
            text += digits[n >> 18] + digits[n >> 12 & 63]
                + (i + 1 < bytes.length ? digits[n >> 6 & 63] : "=")
                + (i + 2 < bytes.length ? digits[n & 63] : "=");
        }
        return `data:image/bmp;base64,${text}`;
    }

    ColumnLayout {
        anchors { fill: parent; margins: 16 }
        spacing: 12

        RowLayout {
            Label {
                Layout.fillWidth: true
                objectName: "summary"
                text: hub.listening
                      ? `${hub.socketsCount} ${hub.socketsCount === 1 ? "device" : "devices"} online. `
                        + `Others connect to port ${hub.port}.`
                        + (window.refusal === "" ? "" : ` ${window.refusal}`)
                      : hub.errorString === "" ? "" : `${hub.errorString}. Choose another --port.`
                textFormat: Text.PlainText // a refused device has any name it likes
                wrapMode: Text.Wrap
                Accessible.role: Accessible.StaticText
                Accessible.name: text
            }
            Button {
                objectName: "all off"
                text: "All off"
                enabled: hub.socketsCount > 0
                onClicked: hub.to("devices").emitEvent("switch", false)
            }
        }
        Label {
            objectName: "no devices"
            visible: deviceModel.count === 0 && hub.listening
            Layout.fillWidth: true
            Layout.fillHeight: true
            horizontalAlignment: Text.AlignHCenter
            verticalAlignment: Text.AlignVCenter
            wrapMode: Text.Wrap
            text: "No device has connected yet.\nThe option --simulate 4 makes some."
        }
        GridView {
            id: grid
            objectName: "grid"
            readonly property int gap: 8
            readonly property int columns: Math.max(1, Math.floor(width / 340))
            visible: deviceModel.count > 0
            Layout.fillWidth: true
            Layout.rightMargin: -gap // each card has a gap after it
            Layout.fillHeight: true
            clip: true
            cellWidth: width / columns
            cellHeight: 150
            model: deviceModel
            delegate: DeviceCard {
                // qmllint disable unqualified
                width: grid.cellWidth - grid.gap
                height: grid.cellHeight - grid.gap
                onSwitched: isOn => window.switchDevice(name, isOn)
                // qmllint enable unqualified
            }
        }
    }

    Instantiator {
        objectName: "simulation"
        model: {
            const names = ["Kitchen", "Garden", "Cellar", "Garage"];
            const count = hub.listening ? window.simulated : 0;
            return Array.from({ length: count }, (_, i) => ({
                name: names[i % 4] + (i < 4 ? "" : ` ${i}`),
                url: hub.url,
                obedient: i !== 2, // the cellar does not answer
            }));
        }
        delegate: SimulatedDevice {
            required property var modelData
            name: modelData.name
            url: modelData.url
            obedient: modelData.obedient
        }
    }
}
