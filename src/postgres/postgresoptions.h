// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_POSTGRESOPTIONS_H
#define SOCKETIO_POSTGRESOPTIONS_H

#include <QtCore/qstring.h>
#include <QtCore/qurl.h>

#include <chrono>

namespace SocketIo {

struct PostgresOptions
{
    QUrl url = QUrl(QStringLiteral("postgresql://localhost"));
    QString channelPrefix = QStringLiteral("socket.io");
    QString tableName = QStringLiteral("socket_io_attachments");
    int payloadThreshold = 8000; // bytes
    std::chrono::milliseconds connectTimeout{10000};
    std::chrono::milliseconds commandTimeout{10000};
    std::chrono::milliseconds reconnectionDelay{100};
    std::chrono::milliseconds reconnectionDelayMax{5000};
    int maxAttachmentSize = 64 * 1024 * 1024;    // bytes
    qsizetype maxQueuedBytes = 16 * 1024 * 1024; // in each direction
};

} // namespace SocketIo

#endif
