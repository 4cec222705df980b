// SPDX-License-Identifier: MIT
#include "engineio/client/clienthandshake_p.h"

#include "engineio/protocol/pingtimes_p.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>

#include <limits>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

// A longer one would be in the URL of each request, which servers refuse from 8 KiB on.
constexpr qsizetype LongestSid = 4096;

std::optional<std::chrono::milliseconds> readTime(const QJsonValue &value)
{
    const double time = value.toDouble(-1);
    if (!(time >= 0 && time <= double(LongestPingTime.count())))
        return std::nullopt;
    return std::chrono::milliseconds(qint64(time));
}

} // namespace

std::optional<ClientHandshake> ClientHandshake::fromJson(const QByteArray &json)
{
    const QJsonObject object = QJsonDocument::fromJson(json).object();
    ClientHandshake handshake;
    handshake.sid = object.value("sid"_L1).toString();
    const auto interval = readTime(object.value("pingInterval"_L1));
    const auto timeout = readTime(object.value("pingTimeout"_L1));
    if (handshake.sid.isEmpty() || handshake.sid.size() > LongestSid || !interval || !timeout)
        return std::nullopt;
    handshake.pingInterval = *interval;
    handshake.pingTimeout = *timeout;
    const double maxPayload = object.value("maxPayload"_L1).toDouble();
    if (maxPayload >= 1 && maxPayload < double(std::numeric_limits<qint64>::max()))
        handshake.maxPayload = qint64(maxPayload);
    const QJsonArray upgrades = object.value("upgrades"_L1).toArray();
    for (const auto &upgrade : upgrades) {
        const QString name = upgrade.toString();
        for (const TransportType type : {TransportType::Polling, TransportType::WebSocket}) {
            if (name == transportName(type) && !handshake.upgrades.contains(type))
                handshake.upgrades.append(type);
        }
    }
    return handshake;
}

} // namespace EngineIo::detail
