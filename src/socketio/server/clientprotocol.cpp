// SPDX-License-Identifier: MIT
#include "socketio/server/clientprotocol_p.h"

#include <EngineIo/Server>
#include <EngineIo/Session>

#include <QtCore/qurlquery.h>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

// Socket.IO 3 and 4
class Protocol5 final : public ClientProtocol
{
public:
    bool joinsMainNamespace() const override { return false; }
    bool recovers() const override { return true; }
    void normalize(Packet *) const override { }

    // The session's id is a secret, and sockets' ids are shown around.
    QString newSocketId(const QString &, const QString &) const override
    {
        return EngineIo::Server::generateId();
    }

    QVariant welcome(const QString &socketId, const QString &pid) const override
    {
        QVariantMap data{{u"sid"_s, socketId}};
        if (!pid.isEmpty())
            data.insert(u"pid"_s, pid);
        return data;
    }

    QVariant refusal(const Error &error) const override
    {
        QVariantMap data{{u"message"_s, error.message()}};
        if (error.data().isValid())
            data.insert(u"data"_s, error.data());
        return data;
    }
};

// Socket.IO 1 and 2
class Protocol4 final : public ClientProtocol
{
public:
    bool joinsMainNamespace() const override { return true; }
    bool recovers() const override { return false; }

    // The name of a namespace may be followed by a query, in which the credentials are:
    // "/admin?token=1".
    void normalize(Packet *packet) const override
    {
        const qsizetype query = packet->nsp.indexOf(u'?');
        if (packet->type == PacketType::Connect)
            packet->data = query < 0 ? QVariantMap() : queryItems(packet->nsp.sliced(query + 1));
        if (query >= 0)
            packet->nsp.truncate(query);
    }

    // The client derives it from the session's id in the same way.
    QString newSocketId(const QString &nsp, const QString &sessionId) const override
    {
        return nsp == u"/" ? sessionId : nsp + u'#' + sessionId;
    }

    QVariant welcome(const QString &, const QString &) const override { return {}; }

    QVariant refusal(const Error &error) const override
    {
        return error.data().isValid() && !error.data().isNull() ? error.data()
                                                                : QVariant(error.message());
    }

private:
    static QVariantMap queryItems(QString query)
    {
        QVariantMap map;
        const QUrlQuery parsed(query.replace(u'+', u"%20"_s));
        const auto items = parsed.queryItems(QUrl::FullyDecoded);
        for (const auto &item : items)
            map.insert(item.first, item.second);
        return map;
    }
};

} // namespace

const ClientProtocol &ClientProtocol::of(const EngineIo::Session *session)
{
    static const Protocol5 current;
    static const Protocol4 old;
    if (session->protocol() == 3)
        return old;
    return current;
}

} // namespace SocketIo::detail
