// SPDX-License-Identifier: MIT
#ifndef ADMINCLIENT_H
#define ADMINCLIENT_H

#include "rawclient.h"

#include <SocketIo/AdminUi>

// Who may see everything without a password, with the clock out of the way of what tests expect.
inline SocketIo::AdminUiOptions forAnyone()
{
    SocketIo::AdminUiOptions options;
    options.allowAnyone = true;
    options.serverId = QStringLiteral("test");
    options.statisticsInterval = std::chrono::hours(1);
    return options;
}

inline SocketIo::AdminUiOptions withPassword()
{
    SocketIo::AdminUiOptions options = forAnyone();
    options.allowAnyone = false;
    options.username = QStringLiteral("admin");
    // Of "secret".
    options.passwordHash = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
    return options;
}

// A page.
class AdminClient : public RawClient
{
public:
    explicit AdminClient(quint16 port, const QJsonObject &auth = {})
        : RawClient(port)
    {
        send("40/admin," + jsonText(auth));
    }

    // The answer to its CONNECT, or why there is none; events before it are kept.
    QString answer()
    {
        for (;;) {
            const QByteArray packet = wait();
            if (packet.isEmpty())
                return {};
            const WirePacket json(packet);
            if (json.prefix == "40/admin,")
                return json.object.value(u"sid").toString();
            if (json.prefix == "44/admin,")
                return json.object.value(u"message").toString();
            events.append(json.array);
        }
    }

    // The arguments of the next event of that name; others are kept.
    QJsonArray next(const QString &name)
    {
        for (qsizetype i = 0; i < events.size(); ++i) {
            if (events.at(i).at(0) == name)
                return events.takeAt(i);
        }
        for (;;) {
            const QByteArray packet = wait();
            if (packet.isEmpty())
                return {};
            const QJsonArray event = WirePacket(packet).array;
            if (event.at(0) == name)
                return event;
            events.append(event);
        }
    }

    void command(const QJsonArray &event)
    {
        send("42/admin," + QJsonDocument(event).toJson(QJsonDocument::Compact));
    }

    QList<QJsonArray> events;
};

#endif
