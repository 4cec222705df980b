// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLSERVEREXTENSION_H
#define SOCKETIO_QMLSERVEREXTENSION_H

#include "qmlexport_p.h"

#include <EngineIo/HttpRequest>
#include <EngineIo/HttpResponse>

#include <QtCore/qobject.h>
#include <QtQml/qqml.h>

namespace SocketIo {

class Server;

// The QML type SocketIoServerExtension: what works on the SocketIoServer that it is declared in.
class SOCKETIO_QML_EXPORT QmlServerExtension : public QObject
{
    Q_OBJECT
    QML_NAMED_ELEMENT(SocketIoServerExtension)
    QML_UNCREATABLE("Use the type of an extension, such as AdminUi of SocketIo.AdminUi.")

public:
    ~QmlServerExtension() override;

    // Called before server listens for the first time.
    virtual void start(Server *server) = 0;
    // Answers a request outside the server's path, if it is for it.
    virtual bool handleRequest(const EngineIo::HttpRequest &request,
                               const EngineIo::HttpResponder &respond);

protected:
    explicit QmlServerExtension(QObject *parent = nullptr);
};

} // namespace SocketIo

#endif
