// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_CLIENTHANDSHAKE_P_H
#define ENGINEIO_CLIENTHANDSHAKE_P_H

#include <EngineIo/engineioglobal.h>
#include <EngineIo/enums.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <chrono>
#include <optional>

namespace EngineIo::detail {

// The contents of the server's open packet.
struct ENGINEIO_AUTOTEST_EXPORT ClientHandshake
{
    QString sid;
    QList<TransportType> upgrades; // those that are known here
    std::chrono::milliseconds pingInterval{0};
    std::chrono::milliseconds pingTimeout{0};
    qint64 maxPayload = 0; // bytes; 0: no limit

    // Nothing if the data is not a handshake.
    static std::optional<ClientHandshake> fromJson(const QByteArray &json);
};

} // namespace EngineIo::detail

#endif
