// SPDX-License-Identifier: MIT
import QtQuick

// One of the lines in a chart: whose values, and how.
QtObject {
    required property string role
    required property color color
}
