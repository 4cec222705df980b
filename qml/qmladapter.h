// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLADAPTER_H
#define SOCKETIO_QMLADAPTER_H

#include "qmlexport_p.h"

#include <SocketIo/ServerOptions>

#include <QtCore/qobject.h>
#include <QtQml/qqml.h>

namespace SocketIo {

// The QML type SocketIoAdapter: what SocketIoServer's property adapter takes.
class SOCKETIO_QML_EXPORT QmlAdapter : public QObject
{
    Q_OBJECT
    QML_NAMED_ELEMENT(SocketIoAdapter)
    QML_UNCREATABLE("Use the type of an adapter, such as RedisAdapter of SocketIo.Redis.")

public:
    ~QmlAdapter() override;

    // Makes the adapters of a server that starts now.
    virtual AdapterFactory factory() = 0;

protected:
    explicit QmlAdapter(QObject *parent = nullptr);
};

} // namespace SocketIo

#endif
