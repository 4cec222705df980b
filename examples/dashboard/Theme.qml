// SPDX-License-Identifier: MIT
pragma Singleton
import QtQuick

// The colours of the window. Texts have a contrast of at least 4.5 to what is behind
// them, graphics one of 3.
QtObject {
    property bool dark: palette.window.hslLightness < 0.5 // as the system says

    readonly property SystemPalette palette: SystemPalette {}
    readonly property color window: dark ? "#14181f" : "#f5f6f8"
    readonly property color card: dark ? "#1d232c" : "#ffffff"
    readonly property color border: dark ? "#343c48" : "#e0e4ea"
    readonly property color grid: dark ? "#2b323d" : "#e9ecf0"
    readonly property color text: dark ? "#f0f3f7" : "#1c2430"
    readonly property color faintText: dark ? "#a4aebd" : "#5a6577"
    readonly property color warning: dark ? "#3a211d" : "#fdf0ed"
    readonly property color warningBorder: dark ? "#7d4136" : "#eab8ae"
    readonly property color warningText: dark ? "#f2b5a9" : "#8f3324"
    readonly property color good: dark ? "#37c48b" : "#17935f"
    readonly property color bad: dark ? "#ef7d6c" : "#b3402f"
    readonly property color memory: dark ? "#6ea6e6" : "#2e6fb7"
    readonly property color received: dark ? "#a897e6" : "#6f5bb0"
    readonly property color sent: dark ? "#e08fb3" : "#a34c74"
    readonly property color core: dark ? "#e0aa4c" : "#a86f0f"
}
