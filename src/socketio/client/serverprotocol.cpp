// SPDX-License-Identifier: MIT
#include "socketio/client/serverprotocol_p.h"

#include <QtCore/qurl.h>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

// Socket.IO 3 and 4
class Protocol5 final : public ServerProtocol
{
public:
    bool joinsMainNamespace() const override { return false; }

    Packet connectPacket(const QString &nsp, const QVariant &auth) const override
    {
        Packet packet;
        packet.type = PacketType::Connect;
        packet.nsp = nsp;
        packet.data = auth;
        return packet;
    }

    void normalize(QString *) const override { }

    QString socketId(const QVariantMap &welcome, const QString &, const QString &) const override
    {
        return welcome.value(u"sid"_s).toString();
    }
};

// Socket.IO 1 and 2
class Protocol4 final : public ServerProtocol
{
public:
    bool joinsMainNamespace() const override { return true; }

    // The credentials are a query behind the name.
    Packet connectPacket(const QString &nsp, const QVariant &auth) const override
    {
        Packet packet;
        packet.type = PacketType::Connect;
        packet.nsp = nsp;
        QByteArray query;
        const QVariantMap items = auth.toMap();
        for (auto it = items.cbegin(); it != items.cend(); ++it) {
            query.append(query.isEmpty() ? '?' : '&');
            query.append(QUrl::toPercentEncoding(it.key())).append('=');
            query.append(QUrl::toPercentEncoding(it.value().toString()));
        }
        packet.nsp += QString::fromLatin1(query);
        return packet;
    }

    void normalize(QString *nsp) const override
    {
        if (const qsizetype query = nsp->indexOf(u'?'); query >= 0)
            nsp->truncate(query);
    }

    QString socketId(const QVariantMap &, const QString &nsp,
                     const QString &sessionId) const override
    {
        return nsp == u"/" ? sessionId : nsp + u'#' + sessionId;
    }
};

} // namespace

const ServerProtocol &ServerProtocol::of(EngineIo::ProtocolRevision revision)
{
    static const Protocol5 current;
    static const Protocol4 old;
    if (revision == EngineIo::ProtocolRevision::Revision3)
        return old;
    return current;
}

} // namespace SocketIo::detail
