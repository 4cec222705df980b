// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLNAMESPACE_H
#define SOCKETIO_QMLNAMESPACE_H

#include "qmlbroadcast.h"
#include "qmllistener.h"
#include "qmlsocket.h"

#include <SocketIo/Namespace>

#include <QtCore/qobject.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqml.h>

namespace SocketIo {

// The QML type SocketIoNamespace. It belongs to its Namespace, except for SocketIoServer, which is
// the main namespace, and more.
class QmlNamespace : public SocketIo::QmlListener
{
    Q_OBJECT
    QML_NAMED_ELEMENT(SocketIoNamespace)
    QML_UNCREATABLE("Given by the server's of()")
    Q_PROPERTY(QString name READ name CONSTANT)
    Q_PROPERTY(bool isParent READ isParent CONSTANT)
    Q_PROPERTY(SocketIo::QmlNamespace *parentNamespace READ parentNamespace CONSTANT)
    Q_PROPERTY(QList<QObject *> sockets READ sockets NOTIFY socketsChanged)
    Q_PROPERTY(int socketsCount READ socketsCount NOTIFY socketsCountChanged)
    Q_PROPERTY(QStringList rooms READ rooms NOTIFY roomsChanged)
    Q_PROPERTY(QJSValue serverSideEmit READ serverSideEmitFunction CONSTANT)
    Q_PROPERTY(QJSValue serverSideEmitWithAck READ serverSideEmitWithAckFunction CONSTANT)

public:
    // The one object that stands for nsp in QML. context: the server in QML.
    static QmlNamespace *of(Namespace *nsp, const QObject *context);

    QString name() const { return m_nsp->name(); }
    bool isParent() const { return m_nsp->isParent(); }
    QmlNamespace *parentNamespace() const;
    QList<QObject *> sockets() const;
    int socketsCount() const { return m_nsp->socketsCount(); }
    QStringList rooms() const;
    QJSValue serverSideEmitFunction() { return function(Kind::ServerSide); }
    QJSValue serverSideEmitWithAckFunction() { return function(Kind::ServerSideWithAck); }

    Q_INVOKABLE SocketIo::QmlSocket *socket(const QString &sid) const;
    Q_INVOKABLE void use(const QJSValue &middleware = {});
    Q_INVOKABLE SocketIo::QmlBroadcast *to(const QJSValue &rooms = {}) const;
    Q_INVOKABLE SocketIo::QmlBroadcast *in(const QJSValue &rooms = {}) const { return to(rooms); }
    Q_INVOKABLE SocketIo::QmlBroadcast *except(const QJSValue &rooms = {}) const;
    Q_INVOKABLE SocketIo::QmlBroadcast *local() const;
    Q_INVOKABLE SocketIo::QmlBroadcast *timeout(const QJSValue &milliseconds = {}) const;
    Q_INVOKABLE SocketIo::QmlBroadcast *
    compress(SocketIo::QmlEmitter::Compression compression) const;
    Q_INVOKABLE QJSValue fetchSockets() const;
    Q_INVOKABLE void socketsJoin(const QJSValue &rooms = {}) const;
    Q_INVOKABLE void socketsLeave(const QJSValue &rooms = {}) const;
    Q_INVOKABLE void
    disconnectSockets(SocketIo::QmlEmitter::Disconnection disconnection = KeepConnection) const;

Q_SIGNALS:
    void connected(SocketIo::QmlSocket *socket);
    void disconnected(SocketIo::QmlSocket *socket, const QString &reason,
                      const QString &description);
    void roomCreated(const QString &room);
    void roomJoined(const QString &room, const QString &sid);
    void roomLeft(const QString &room, const QString &sid);
    void roomDeleted(const QString &room);
    void socketsChanged();
    void socketsCountChanged();
    void roomsChanged();

protected:
    // For SocketIoServer, which calls attach() when it has its namespace.
    explicit QmlNamespace(QObject *parent = nullptr);
    void attach(Namespace *nsp);
    void detach();
    // Returns the QML object of a namespace of the same server.
    virtual QmlNamespace *sibling(Namespace *nsp) const { return of(nsp, this); }

    bool sendEvent(const QString &name, const QVariantList &args, Delivery delivery) override;
    PendingAck *sendWithAck(const QString &name, const QVariantList &args,
                            Delivery delivery) override;
    bool sendServerSide(const QString &name, const QVariantList &args) override;
    PendingAck *sendServerSideWithAck(const QString &name, const QVariantList &args) override;
    detail::Answers answers() const override { return detail::Answers::OfMany; }

private:
    BroadcastOperator all() const { return BroadcastOperator(m_nsp); }

    Namespace *m_nsp = nullptr;
};

} // namespace SocketIo

#endif
