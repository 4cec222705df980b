// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISOPTIONS_H
#define SOCKETIO_REDISOPTIONS_H

#include <SocketIo/redisglobal.h>

#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qsslconfiguration.h>

#include <chrono>
#include <optional>

namespace SocketIo {

struct RedisOptions
{
    QUrl url = QUrl(QStringLiteral("redis://localhost"));
    QList<QUrl> sentinels;  // that know where the server is, instead of the host in url
    QString sentinelMaster; // the server's name there
    QList<QUrl> rootNodes;  // some nodes of a Redis Cluster, which know the others; replaces url
    QHash<QString, QString> nodeAddressMap; // "host:port" of a node: its address from here
    std::optional<QSslConfiguration> sslConfiguration; // for rediss
    std::chrono::milliseconds connectTimeout{10000};
    std::chrono::milliseconds responseTimeout{10000}; // 0: none
    std::chrono::milliseconds reconnectionDelay{100};
    std::chrono::milliseconds reconnectionDelayMax{5000};
    std::chrono::milliseconds subscribersTimeout{6000}; // 0: they are not waited for
    qsizetype maxReplySize = 64 * 1024 * 1024;          // bytes
    qsizetype maxQueuedBytes = 16 * 1024 * 1024;        // of commands while there is no connection
};

} // namespace SocketIo

#endif
