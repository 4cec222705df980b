// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLADAPTER_H
#define SOCKETIO_QMLADAPTER_H

#include <SocketIo/ServerOptions>

#include <QtCore/qobject.h>
#include <QtQml/qqml.h>

// Other QML modules derive from it.
#if defined(QTSOCKETIO_STATIC)
#define SOCKETIO_QML_EXPORT
#elif defined(SocketIoQml_EXPORTS)
#define SOCKETIO_QML_EXPORT Q_DECL_EXPORT
#else
#define SOCKETIO_QML_EXPORT Q_DECL_IMPORT
#endif

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
