// SPDX-License-Identifier: MIT
import QtQml
import SocketIo

// A device as it could run elsewhere: it reports its temperature and an image, and confirms commands.
SocketIoClient {
    id: device

    required property string name
    property bool obedient: true
    property bool isOn: false
    property double temperature: 20

    auth: ({ device: name })
    options: ({ forceNew: true, transports: ["websocket"] })
    onConnected: {
        emitEvent("state", isOn);
        emitEvent("temperature", temperature);
        emitEvent("image", picture());
    }

    SocketIoEvent {
        name: "switch"
        onReceived: (isOn, answer) => {
            if (!device.obedient)
                return;
            device.isOn = isOn === true;
            if (answer)
                answer(device.isOn);
            device.emitEvent("state", device.isOn);
            device.emitEvent("image", device.picture());
        }
    }
    Timer {
        interval: 1000
        repeat: true
        running: device.connected
        onTriggered: {
            device.temperature += (device.isOn ? 0.2 : -0.1) + (Math.random() - 0.5) / 5;
            device.emitVolatile("temperature", device.temperature); // the next one replaces it
        }
    }

    // A bitmap of 16 by 16 pixels: 54 bytes of header, then blue, green and red of each pixel.
    function picture() {
        const bytes = new Uint8Array(54 + 16 * 16 * 3);
        const view = new DataView(bytes.buffer);
        bytes.set([0x42, 0x4d]);
        view.setUint32(2, bytes.length, true);
        view.setUint32(10, 54, true);
        view.setUint32(14, 40, true);
        view.setInt32(18, 16, true);
        view.setInt32(22, 16, true);
        view.setUint16(26, 1, true);
        view.setUint16(28, 24, true);
        const seed = Array.from(name).reduce((sum, letter) => sum + letter.charCodeAt(0), 0) * 37;
        for (let y = 0; y < 16; ++y) {
            for (let x = 0; x < 16; ++x) {
                const light = isOn ? 130 + 8 * y : 40;
                bytes.set([seed % 200, light, (x * 16 + seed) % 256], 54 + (y * 16 + x) * 3);
            }
        }
        return bytes.buffer;
    }
}
