// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_THREADCOUNTERS_P_H
#define QTSOCKETIO_THREADCOUNTERS_P_H

#include <QtCore/qglobal.h>

#include <array>

namespace EngineIo::detail {

// The counters of a thread since it was started. Only that thread increments and reads them, so
// that counting costs no more than an addition.
struct ThreadCounters
{
    quint64 bytesReceived = 0;
    quint64 bytesSent = 0;
    quint64 packetsReceived = 0;
    quint64 packetsSent = 0;
    quint64 messagesReceived = 0;
    quint64 messagesSent = 0;
    quint64 messageBytesReceived = 0; // without the packet's type
    quint64 messageBytesSent = 0;
    quint64 connections = 0;
    quint64 connectionsRefused = 0; // by maxConnections
    quint64 upgrades = 0;
    quint64 drained = 0;               // clients that were sent elsewhere by drain()
    std::array<quint64, 2> opened{};   // sessions, by the transport that they began with
    std::array<quint64, 8> closed{};   // sessions, by CloseReason
    std::array<quint64, 6> refusals{}; // requests, by ConnectionError
};

} // namespace EngineIo::detail

#endif
