// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_JSLISTENERS_P_H
#define SOCKETIO_JSLISTENERS_P_H

#include <SocketIo/Ack>

#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qpointer.h>
#include <QtCore/qstringlist.h>
#include <QtQml/qjsvalue.h>

#include <functional>

namespace SocketIo {

class EventListeners;

namespace detail {

enum class EventSource : quint8;

// The listeners of a QML object: JavaScript functions, and functions of other QML objects. They stay
// when the socket behind the object is replaced.
class JsListeners
{
public:
    using Function = std::function<void(const QVariantList &args, const Ack &ack)>;

    // owner: the QML object whose events these are.
    // from: who sends the events.
    JsListeners(QObject *owner, EventSource from)
        : m_owner(owner)
        , m_from(from)
    {
    }

    // Why a listener for event is never called, and what to do instead; no text if it can be.
    QString neverReceived(const QString &event) const;

    // source: where events come from now, or null. It outlives the owner, or is its parent.
    void setSource(EventListeners *source);

    enum class Times { Once, Always };
    void add(const QString &event, QObject *context, const Function &listener);
    void remove(const QString &event, QObject *context);
    void addFunction(const QString &event, const QJSValue &function, Times times);
    void removeFunction(const QString &event, const QJSValue &function);
    void removeFunctions(); // of all events

    qsizetype count(const QString &event) const { return m_entries.value(event).size(); }
    QStringList events() const { return m_entries.keys(); }

    // Functions for all events, of one direction.
    enum class Direction { In, Out };
    enum class Place { First, Last };
    void addAnyFunction(Direction direction, Place place, const QJSValue &function);
    void removeAnyFunction(Direction direction, const QJSValue &function);
    qsizetype anyCount(Direction direction) const
    {
        return direction == Direction::In ? m_anyIn.size() : m_anyOut.size();
    }

private:
    struct Entry
    {
        QPointer<QObject> context;
        Function listener;
        QJSValue function;
        bool once = false;
        quint64 number = 0; // the same function may have been given several times
    };

    void listen(const QString &event);
    void deliver(const QString &event, const QVariantList &args, const Ack &ack);
    void forget(const QString &event);
    bool take(const QString &event, quint64 number);
    bool contains(const QString &event, quint64 number) const;
    template<typename Condition>
    bool removeIf(const QString &event, const Condition &condition);
    void listenToAll(Direction direction);
    bool containsAny(Direction direction, const QJSValue &function);
    void deliverAny(Direction direction, const QString &event, const QVariantList &args);
    QList<QJSValue> &anyFunctions(Direction direction)
    {
        return direction == Direction::In ? m_anyIn : m_anyOut;
    }
    void callFunction(const QString &event, const QJSValue &function, const QVariantList &args,
                      const Ack &ack) const;

    QObject *m_owner;
    const EventSource m_from;
    EventListeners *m_source = nullptr;
    QHash<QString, QList<Entry>> m_entries; // none is empty
    quint64 m_lastNumber = 0;
    quint64 m_removals = 0; // how often entries have been taken off
    QList<QJSValue> m_anyIn;
    QList<QJSValue> m_anyOut;
};

} // namespace detail

} // namespace SocketIo

#endif
