// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_EVENTHANDLERS_P_H
#define SOCKETIO_EVENTHANDLERS_P_H

#include <SocketIo/Ack>

#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qpointer.h>
#include <QtQml/qjsvalue.h>

#include <functional>

namespace SocketIo {

class EventListeners;

namespace detail {

// Whom a QML object tells of which event: JavaScript functions and other QML objects. They stay
// when the socket behind the object is replaced.
class EventHandlers
{
public:
    using Handler = std::function<void(const QVariantList &args, const Ack &ack)>;

    // owner: the QML object whose events these are.
    explicit EventHandlers(QObject *owner)
        : m_owner(owner)
    {
    }

    // The socket of now, in whose lifetime the owner's lies or which goes with its QObject.
    void setSource(EventListeners *source);

    void add(const QString &event, QObject *receiver, const Handler &handler);
    void remove(const QString &event, QObject *receiver);
    void addFunction(const QString &event, const QJSValue &function, bool once);
    void removeFunction(const QString &event, const QJSValue &function);

private:
    struct Entry
    {
        QPointer<QObject> receiver;
        Handler handler;
        QJSValue function;
        bool once = false;
    };

    void listen(const QString &event);
    void deliver(const QString &event, const QVariantList &args, const Ack &ack);
    void callFunction(const QString &event, const QJSValue &function, const QVariantList &args,
                      const Ack &ack) const;

    QObject *m_owner;
    EventListeners *m_source = nullptr;
    QHash<QString, QList<Entry>> m_entries;
};

} // namespace detail

} // namespace SocketIo

#endif
