// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_THREADCOUNTERS_P_H
#define ENGINEIO_THREADCOUNTERS_P_H

#include <EngineIo/enums.h>

#include <array>

namespace EngineIo::detail {

// How many there are: each has a counter. The names are those of the last enumerators.
constexpr size_t CloseReasonCount = size_t(CloseReason::SendBufferOverflow) + 1;
constexpr size_t ConnectionErrorCount = size_t(ConnectionError::UnsupportedProtocolVersion) + 1;

// The counters of a thread's sessions, connections and requests since it was started. Only that
// thread increments and reads them, so that counting costs no more than an addition.
struct ThreadCounters
{
    quint64 packetsReceived = 0;
    quint64 packetsSent = 0;
    quint64 messagesReceived = 0;
    quint64 messagesSent = 0;
    quint64 messageBytesReceived = 0; // without the packet's type
    quint64 messageBytesSent = 0;
    quint64 connections = 0;
    quint64 connectionsRefused = 0; // by maxConnections
    quint64 upgrades = 0;
    quint64 drained = 0;             // clients that were sent elsewhere by drain()
    std::array<quint64, 2> opened{}; // sessions, by the transport that they began with
    std::array<quint64, CloseReasonCount> closed{};       // sessions
    std::array<quint64, ConnectionErrorCount> refusals{}; // requests
};

} // namespace EngineIo::detail

#endif
