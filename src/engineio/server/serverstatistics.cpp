// SPDX-License-Identifier: MIT
#include "engineio/server/serverstatistics_p.h"

#include "engineio/server/openmetrics_p.h"

#include <EngineIo/enums.h>

#include <algorithm>
#include <functional>

namespace EngineIo::detail {

using Type = OpenMetricsWriter::Type;

namespace {

template<typename Array>
void addEach(Array &sums, const Array &values)
{
    std::transform(sums.cbegin(), sums.cend(), values.cbegin(), sums.begin(), std::plus<>());
}

} // namespace

void ServerStatistics::add(const ServerStatistics &part)
{
    pollingSessions += part.pollingSessions;
    webSocketSessions += part.webSocketSessions;
    bytesToWrite += part.bytesToWrite;
    traffic.bytesReceived += part.traffic.bytesReceived;
    traffic.bytesSent += part.traffic.bytesSent;
    total.packetsReceived += part.total.packetsReceived;
    total.packetsSent += part.total.packetsSent;
    total.messagesReceived += part.total.messagesReceived;
    total.messagesSent += part.total.messagesSent;
    total.messageBytesReceived += part.total.messageBytesReceived;
    total.messageBytesSent += part.total.messageBytesSent;
    total.connections += part.total.connections;
    total.connectionsRefused += part.total.connectionsRefused;
    total.upgrades += part.total.upgrades;
    total.drained += part.total.drained;
    addEach(total.opened, part.total.opened);
    addEach(total.closed, part.total.closed);
    addEach(total.refusals, part.total.refusals);
}

void ServerStatistics::write(OpenMetricsWriter &writer) const
{
    writer.begin(Type::Gauge, "engineio_sessions", "Open sessions.");
    writer.add(pollingSessions, {{"transport", "polling"}});
    writer.add(webSocketSessions, {{"transport", "websocket"}});
    writer.begin(Type::Gauge, "engineio_connections", "Open TCP connections.");
    writer.add(connections);
    writer.begin(Type::Counter, "engineio_connections_accepted", "TCP connections.");
    writer.add(total.connections);
    writer.begin(Type::Counter, "engineio_connections_refused",
                 "TCP connections that were over maxConnections.");
    writer.add(total.connectionsRefused);
    writer.begin(Type::Counter, "engineio_sessions_opened",
                 "Sessions, by the transport that they began with.");
    writer.add(total.opened[0], {{"transport", "polling"}});
    writer.add(total.opened[1], {{"transport", "websocket"}});
    writer.begin(Type::Counter, "engineio_sessions_closed", "Sessions that have ended.");
    for (size_t i = 0; i < total.closed.size(); ++i)
        writer.add(total.closed[i], {{"reason", closeReasonText(CloseReason(i)).toUtf8()}});
    writer.begin(Type::Counter, "engineio_upgrades", "Changes from polling to WebSocket.");
    writer.add(total.upgrades);
    writer.begin(Type::Counter, "engineio_requests_refused", "Requests with an error code.");
    for (size_t i = 0; i < total.refusals.size(); ++i)
        writer.add(total.refusals[i],
                   {{"code", QByteArray::number(quint64(i))},
                    {"message", connectionErrorText(ConnectionError(i)).toUtf8()}});
    writer.begin(Type::Counter, "engineio_requests_drained",
                 "Handshakes that were refused because the server is being drained.");
    writer.add(total.drained);
    writer.begin(Type::Counter, "engineio_packets", "Engine.IO packets.");
    writer.add(total.packetsReceived, {{"direction", "received"}});
    writer.add(total.packetsSent, {{"direction", "sent"}});
    writer.begin(Type::Counter, "engineio_messages", "Packets with a message.");
    writer.add(total.messagesReceived, {{"direction", "received"}});
    writer.add(total.messagesSent, {{"direction", "sent"}});
    writer.begin(Type::Counter, "engineio_message_bytes", "Bytes of messages, uncompressed.",
                 "bytes");
    writer.add(total.messageBytesReceived, {{"direction", "received"}});
    writer.add(total.messageBytesSent, {{"direction", "sent"}});
    writer.begin(Type::Counter, "engineio_traffic_bytes", "Bytes, without those of TLS.", "bytes");
    writer.add(traffic.bytesReceived, {{"direction", "received"}});
    writer.add(traffic.bytesSent, {{"direction", "sent"}});
    writer.begin(Type::Gauge, "engineio_send_queue_bytes", "Bytes that wait for clients to read.",
                 "bytes");
    writer.add(bytesToWrite);
    writer.begin(Type::Gauge, "engineio_event_loop_lag_seconds",
                 "How long an event has waited for its thread.", "seconds");
    for (size_t i = 0; i < lags.size(); ++i) {
        const QByteArray name =
            i == 0 ? QByteArray("server") : "io" + QByteArray::number(quint64(i));
        writer.add(std::chrono::duration<double>(lags[i]).count(), {{"thread", name}});
    }
}

} // namespace EngineIo::detail
