// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLEVENT_H
#define SOCKETIO_QMLEVENT_H

#include "qmlclient.h"

#include <QtCore/qpointer.h>
#include <QtQml/qqml.h>
#include <QtQml/qqmlparserstatus.h>

namespace SocketIo {

// The QML type SocketIoEvent: a handler for one event of a client.
class QmlEvent : public QObject, public QQmlParserStatus
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    QML_NAMED_ELEMENT(SocketIoEvent)
    Q_PROPERTY(SocketIo::QmlClient *client READ client WRITE setClient NOTIFY clientChanged)
    Q_PROPERTY(QString name READ name WRITE setName NOTIFY nameChanged)
    Q_PROPERTY(bool enabled READ isEnabled WRITE setEnabled NOTIFY enabledChanged)

public:
    explicit QmlEvent(QObject *parent = nullptr)
        : QObject(parent)
    {
    }
    ~QmlEvent() override;

    QmlClient *client() const { return m_client; }
    void setClient(QmlClient *client);
    QString name() const { return m_name; }
    void setName(const QString &name);
    bool isEnabled() const { return m_enabled; }
    void setEnabled(bool enabled);

Q_SIGNALS:
    // The event's arguments, then a function if the server wants an acknowledgement; those beyond the
    // ninth are in the list rest.
    void received(const QVariant &arg1, const QVariant &arg2, const QVariant &arg3,
                  const QVariant &arg4, const QVariant &arg5, const QVariant &arg6,
                  const QVariant &arg7, const QVariant &arg8, const QVariant &arg9,
                  const QVariant &rest);
    void clientChanged();
    void nameChanged();
    void enabledChanged();

protected:
    void classBegin() override { }
    void componentComplete() override;

private:
    void listen();
    void warnOfName() const;
    void stop();
    void deliver(const QVariantList &args, const Ack &ack);

    QPointer<QmlClient> m_client;
    QString m_name;
    bool m_enabled = true;
    bool m_hasClient = false; // the property was set, if only to null
    bool m_hasName = false;
};

} // namespace SocketIo

#endif
